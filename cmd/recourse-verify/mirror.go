package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"recourse/internal/proof"
)

// mirror is a log or a copy of one: a folder or an address with what C2SP tlog-tiles
// puts below its prefix.
type mirror struct {
	get  func(path string) ([]byte, error) // errAbsent where there is no such part
	list func() ([]string, error)          // the days that have labels
	last string                            // path of the part that was read last
}

var errAbsent = errors.New("not there")

// longestPart is more than any part of a log has: a bundle of the longest entries.
const longestPart = 256 * (2 + proof.LongestEntry)

func openMirror(ctx context.Context, at string) (*mirror, error) {
	if u, err := url.Parse(at); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return overHTTP(ctx, strings.TrimSuffix(at, "/")), nil
	}
	folder, err := os.OpenRoot(at)
	if err != nil {
		return nil, errReach.At(at).Because(err)
	}
	return inFolder(folder), nil
}

func inFolder(folder *os.Root) *mirror {
	return &mirror{
		get: func(path string) ([]byte, error) {
			raw, err := folder.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				err = errAbsent
			}
			return raw, err
		},
		list: func() ([]string, error) {
			days, err := fs.ReadDir(folder.FS(), "labels")
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil
			}
			var names []string
			for _, d := range days {
				if d.IsDir() {
					names = append(names, d.Name())
				}
			}
			return names, err
		},
	}
}

// overHTTP asks for one part after another.
func overHTTP(ctx context.Context, base string) *mirror {
	client := &http.Client{Timeout: time.Minute}
	get := func(path string) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/"+path, nil)
		if err != nil {
			return nil, err
		}
		res, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer func() { _ = res.Body.Close() }()
		switch res.StatusCode {
		case http.StatusOK:
			return io.ReadAll(io.LimitReader(res.Body, longestPart))
		case http.StatusNotFound, http.StatusGone:
			return nil, errAbsent
		}
		return nil, fmt.Errorf("the server answered with status %d", res.StatusCode)
	}
	return &mirror{get: get, list: func() ([]string, error) {
		raw, err := get("labels/")
		if errors.Is(err, errAbsent) {
			return nil, nil
		}
		var days []string
		for line := range strings.Lines(string(raw)) {
			day, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			days = append(days, day)
		}
		return days, err
	}}
}

// part reads one part; that it is not there is an error.
func (m *mirror) part(path string) ([]byte, error) {
	m.last = path
	raw, err := m.get(path)
	if err != nil {
		return nil, errReach.At(path).Because(err)
	}
	return raw, nil
}

// tile reads a tile or bundle. Where a partial one is gone because it has been
// filled since, its beginning is taken from the full one.
func (m *mirror) tile(t proof.Tile) ([]byte, error) {
	m.last = t.Path()
	raw, err := m.get(t.Path())
	if !errors.Is(err, errAbsent) || t.Width == proof.TileWidth {
		if err != nil {
			err = errReach.At(t.Path()).Because(err)
		}
		return raw, err
	}
	full := proof.Tile{Level: t.Level, N: t.N, Width: proof.TileWidth}
	if raw, err = m.part(full.Path()); err != nil {
		return nil, err
	}
	if t.Level != proof.Bundles {
		return raw[:min(len(raw), t.Width*len(proof.Hash{}))], nil
	}
	entries, err := proof.SplitBundle(raw, t.Width)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, e := range entries {
		out = proof.AppendEntry(out, e)
	}
	return out, nil
}

// checkpoint reads the newest checkpoint, or the one at which a year ended.
func (m *mirror) checkpoint(year int) ([]byte, error) {
	if year > 0 {
		return m.part(fmt.Sprint("shard/", year))
	}
	return m.part("checkpoint")
}

// days returns the days that have labels, in order.
func (m *mirror) days() ([]string, error) {
	names, err := m.list()
	if err != nil {
		return nil, errReach.At("labels/").Because(err)
	}
	slices.Sort(names)
	return names, nil
}

// labelled reads the receipt of the event that publishes the labels of a day.
func (m *mirror) labelled(day string) (string, error) {
	raw, err := m.part("labels/" + day + "/receipt")
	return string(raw), err
}

// bucket reads one bucket of the labels of a day.
func (m *mirror) bucket(day string, n int) (string, error) {
	raw, err := m.part(fmt.Sprintf("labels/%s/%d", day, n))
	return string(raw), err
}
