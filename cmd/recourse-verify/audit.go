package main

import (
	"errors"
	"io/fs"
	"os"

	"recourse/internal/fault"
	"recourse/internal/proof"
)

// auditCmd checks a whole log.
type auditCmd struct {
	trusted  `embed:""`
	Log      string `arg:"" help:"Address or folder of the log or of a copy (C2SP tlog-tiles)."`
	Remember string `help:"File that keeps the checkpoint for the next audit. Where it is there already, the log must have grown from it." placeholder:"FILE"`
	Labels   bool   `help:"Check the labels of every day too: as many as entries, under the published root."`
	Year     int    `help:"Check the shard that ends with this year in place of the whole log." placeholder:"YEAR"`
	After    string `help:"File with the checkpoint at which the shard before ended: what came before it is not read, and the log must have grown from it." placeholder:"FILE"`
	Copy     string `help:"New folder to keep a copy of the log in, labels included, as static files that any web server can serve." placeholder:"DIR"`
}

// shownAudit is what an audit shows, for machines.
type shownAudit struct {
	Checkpoint shownCheckpoint  `json:"checkpoint"`
	Grown      *shownCheckpoint `json:"grown_from,omitempty"`
	After      *shownCheckpoint `json:"after,omitempty"` // what came before it was not read
	Public     uint64           `json:"public"`
	Days       int              `json:"days"` // that the log says it has labels of
	Labels     uint64           `json:"labels,omitempty"`
}

// Run checks every entry, every tile and every public event.
func (c *auditCmd) Run(s *session) error {
	trust, err := c.open()
	if err != nil {
		return err
	}
	m, err := openMirror(s.ctx, c.Log)
	if err != nil {
		return err
	}
	var kept *copying
	if c.Copy != "" {
		if kept, err = copyInto(c.Copy, m); err != nil {
			return err
		}
	}
	note, err := m.checkpoint(c.Year)
	if err != nil {
		return err
	}
	shown, days, err := c.check(s, trust, m, note)
	if err == nil && kept != nil {
		err = kept.end(days, note)
	}
	var shows any
	var lines []string
	if err == nil {
		shows, lines = shown, s.auditLines(shown)
	}
	f, err := s.found(c.Log, shows, lines, err)
	if err != nil {
		return err
	}
	if f.Holds && c.Remember != "" {
		if err := os.WriteFile(c.Remember, note, 0o644); err != nil {
			return errInput.At(c.Remember).Because(err)
		}
	}
	return s.report(f)
}

func (c *auditCmd) check(s *session, trust proof.Trust, m *mirror, note []byte) (shown shownAudit, labelled []proof.Day, err error) {
	seen, err := trust.Check(note)
	if err == nil {
		err = c.fresh(seen, s.now)
	}
	if err != nil {
		return shown, nil, err
	}
	shown.Checkpoint = showCheckpoint(seen)
	if shown.Grown, err = c.grown(trust, m, seen); err != nil {
		return shown, nil, err
	}
	older, err := c.before(trust, &shown)
	if err != nil {
		return shown, nil, err
	}
	days := proof.Chain{After: older.Size}
	got, err := proof.RebuildAfter(seen.Checkpoint, older, m.tile, days.Take)
	if err != nil {
		return shown, nil, tileFault(m, err)
	}
	shown.Public, shown.Days = got.Public, len(days.Days)
	if c.Labels || c.Copy != "" {
		for _, d := range days.Days {
			n, err := checkLabels(m, d)
			if err != nil {
				return shown, nil, err
			}
			shown.Labels += n
		}
	}
	return shown, days.Days, nil
}

// before reads the checkpoint at which the shard before ended.
func (c *auditCmd) before(trust proof.Trust, shown *shownAudit) (proof.Checkpoint, error) {
	if c.After == "" {
		return proof.Checkpoint{}, nil
	}
	note, err := read(c.After)
	if err != nil {
		return proof.Checkpoint{}, err
	}
	seen, err := trust.CheckLog([]byte(note))
	if err != nil {
		return proof.Checkpoint{}, errInput.At(c.After).Because(err)
	}
	is := showCheckpoint(seen)
	shown.After = &is
	return seen.Checkpoint, nil
}

// grown checks that the log has grown from what was seen the last time.
func (c *auditCmd) grown(trust proof.Trust, m *mirror, seen proof.Seen) (*shownCheckpoint, error) {
	if c.Remember == "" {
		return nil, nil
	}
	note, err := os.ReadFile(c.Remember)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, errInput.At(c.Remember).Because(err)
	}
	before, err := trust.CheckLog(note)
	if err != nil {
		return nil, errInput.At(c.Remember).Because(err)
	}
	var way []proof.Hash
	if before.Size < seen.Size {
		if way, err = proof.Extend(seen.Checkpoint, before.Size, m.tile); err != nil {
			return nil, tileFault(m, err)
		}
	}
	shown := showCheckpoint(before)
	return &shown, proof.CheckConsistency(before.Checkpoint, seen.Checkpoint, way)
}

// checkLabels reads every bucket of a day: there must be a label for each entry.
func checkLabels(m *mirror, d proof.Day) (n uint64, err error) {
	for number := range 1 << d.Bits {
		text, err := m.bucket(d.Day.String(), number)
		if err != nil {
			return n, err
		}
		b, err := proof.ParseBucket(text)
		if err == nil && b.Number != number {
			err = proof.ErrBucket
		}
		if err == nil {
			err = b.Check(d)
		}
		if err != nil {
			return n, fault.Of(err).At(m.last)
		}
		n += uint64(len(b.Labels))
	}
	if n != d.Until-d.From {
		return n, proof.ErrDaysMissing.At(d.Day.String())
	}
	return n, nil
}

// tileFault says of which part of the log something does not hold. Errors of the tree
// library mean that a tile does not agree with the root.
func tileFault(m *mirror, err error) error {
	var f *fault.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &f):
		f = proof.ErrTile.Because(err)
	}
	if f.Field != "" {
		return f
	}
	return f.At(m.last)
}

func (s *session) auditLines(a shownAudit) []string {
	out := s.checkpointLines(a.Checkpoint)
	out = append(out, s.say("every entry and every tile agrees with the checkpoint; %d entries are public", "所有条目与分块均与检查点相符；公开条目 %d 条", a.Public))
	if a.After != nil {
		out = append(out, s.say("a shard: what came after its first %d entries, from which it grew; those were not read", "这是一个分段：在前 %d 条之后、由其增长而来的部分；前面的条目未读取", a.After.Size))
	}
	if a.Grown != nil {
		out = append(out, s.say("grown from the %d entries that were seen before", "由之前见过的 %d 条增长而来", a.Grown.Size))
	}
	if a.Days > 0 {
		out = append(out, s.say("labels of %d days are published, each following on the one before", "已公布 %d 天的标签，前后相连", a.Days))
	}
	if a.Labels > 0 {
		out = append(out, s.say("%d labels, one for each of their entries", "标签 %d 个，与条目一一对应", a.Labels))
	}
	return out
}
