package main

import (
	"encoding/base64"
	"strings"

	"recourse/internal/proof"
)

// consistencyCmd checks that a log only grew.
type consistencyCmd struct {
	trusted `embed:""`
	Older   string `arg:"" help:"The older checkpoint."`
	Newer   string `arg:"" help:"The newer checkpoint."`
	Log     string `help:"Address or folder of the log, to take the way between them from." placeholder:"URL"`
	Way     string `help:"File with the way between them instead: hashes in base64, one a line." placeholder:"FILE"`
}

// shownGrowth is what two checkpoints show, for machines.
type shownGrowth struct {
	Older shownCheckpoint `json:"older"`
	Newer shownCheckpoint `json:"newer"`
}

// Run checks both and the way between them.
func (c *consistencyCmd) Run(s *session) error {
	trust, err := c.open()
	if err != nil {
		return err
	}
	older, err := read(c.Older)
	if err != nil {
		return err
	}
	newer, err := read(c.Newer)
	if err != nil {
		return err
	}
	shown, err := c.check(s, trust, older, newer)
	var shows any
	var lines []string
	if err == nil {
		shows, lines = shown, append(s.checkpointLines(shown.Older), s.checkpointLines(shown.Newer)...)
	}
	f, err := s.found(c.Older+" → "+c.Newer, shows, lines, err)
	if err != nil {
		return err
	}
	return s.report(f)
}

func (c *consistencyCmd) check(s *session, trust proof.Trust, older, newer string) (shown shownGrowth, err error) {
	// The log's own signature is enough: it is the log that two of them convict.
	before, err := trust.CheckLog([]byte(older))
	if err != nil {
		return shown, err
	}
	after, err := trust.CheckLog([]byte(newer))
	if err != nil {
		return shown, err
	}
	if err := c.fresh(after, s.now); err != nil {
		return shown, err
	}
	way, err := c.way(s, before, after)
	if err == nil {
		err = proof.CheckConsistency(before.Checkpoint, after.Checkpoint, way)
	}
	return shownGrowth{showCheckpoint(before), showCheckpoint(after)}, err
}

func (c *consistencyCmd) way(s *session, before, after proof.Seen) ([]proof.Hash, error) {
	switch {
	case c.Way != "":
		text, err := read(c.Way)
		if err != nil {
			return nil, err
		}
		return parseWay(text)
	case c.Log == "" || before.Size >= after.Size || before.Size == 0:
		return nil, nil // where one would be needed, it does not hold without
	}
	m, err := openMirror(s.ctx, c.Log)
	if err != nil {
		return nil, err
	}
	way, err := proof.Extend(after.Checkpoint, before.Size, m.tile)
	return way, tileFault(m, err)
}

func parseWay(text string) (way []proof.Hash, err error) {
	for line := range strings.Lines(text) {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(line, "\n"))
		if err != nil || len(raw) != len(proof.Hash{}) {
			return nil, proof.ErrForm
		}
		way = append(way, proof.Hash(raw))
	}
	return way, nil
}
