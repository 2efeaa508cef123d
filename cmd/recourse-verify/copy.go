package main

import (
	"errors"
	"os"
	"path"
	"strings"

	"recourse/internal/proof"
)

// copying keeps every part of a log that is read, so that the log goes on to be served and
// checked as it stands, by any server of static files, when its registry is no more. The
// checkpoint comes last, once everything under it was checked: a folder without one is no
// copy.
type copying struct {
	folder *os.Root
	from   *mirror
}

// copyInto makes a mirror keep what is read of it in a new folder.
func copyInto(dir string, from *mirror) (*copying, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, errInput.At(dir).Because(err)
	}
	folder, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errInput.At(dir).Because(err)
	}
	c, get := &copying{folder: folder, from: from}, from.get
	from.get = func(name string) ([]byte, error) {
		raw, err := get(name)
		if err == nil && name != "checkpoint" && !strings.HasPrefix(name, "shard/") {
			err = c.keep(name, raw)
		}
		return raw, err
	}
	return c, nil
}

func (c *copying) keep(name string, raw []byte) error {
	if err := c.folder.MkdirAll(path.Dir(name), 0o755); err != nil {
		return errInput.At(name).Because(err)
	}
	if err := c.folder.WriteFile(name, raw, 0o644); err != nil {
		return errInput.At(name).Because(err)
	}
	return nil
}

// end keeps what an audit does not read, and the checkpoint.
func (c *copying) end(days []proof.Day, note []byte) error {
	if _, err := c.from.get("key"); err != nil && !errors.Is(err, errAbsent) {
		return errReach.At("key").Because(err)
	}
	if len(days) > 0 {
		if err := c.labels(days); err != nil {
			return err
		}
	}
	return errors.Join(c.keep("checkpoint", note), c.folder.Close())
}

// labels keeps the receipts of days, and the list that servers of static files answer
// with for labels/: days of older shards too, so that shards put over one another are
// one log.
func (c *copying) labels(days []proof.Day) error {
	all, err := c.from.days()
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, day := range all {
		if day < days[0].Day.String() {
			list.WriteString(day + "\n")
		}
	}
	for _, d := range days {
		if _, err := c.from.labelled(d.Day.String()); err != nil {
			return err
		}
		list.WriteString(d.Day.String() + "\n")
	}
	return c.keep("labels/index.html", []byte(list.String()))
}
