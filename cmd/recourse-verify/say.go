package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/proof"
)

// say returns the text in the language of the command.
func (s *session) say(en, zh string, args ...any) string {
	text := en
	if s.lang == "zh" {
		text = zh
	}
	return fmt.Sprintf(text, args...)
}

// sentence says an error with its code, in the language of the command: what is
// wrong, and what to do.
func (s *session) sentence(err error) string {
	f := fault.Of(err)
	if f.Code == "E-INTERNAL" {
		return err.Error()
	}
	what, fix, ok := s.book.Say(f.Code)
	if !ok {
		return err.Error()
	}
	text := f.Code + ": " + what + " " + fix
	if s.lang == "zh" {
		text = f.Code + "：" + what + fix
	}
	if f.Field != "" {
		text += " [" + f.Field + "]"
	}
	return text
}

// finding is what one check found.
type finding struct {
	Of    string   `json:"of"` // file or address
	Holds bool     `json:"holds"`
	Code  string   `json:"code,omitempty"`
	What  string   `json:"what,omitempty"`
	Fix   string   `json:"fix,omitempty"`
	At    string   `json:"at,omitempty"` // what of it does not hold
	Shows any      `json:"shows,omitempty"`
	lines []string // what it shows, for people
}

// found makes a finding of an error: one of the ways of not holding. Any other error
// comes back, because then nothing is known.
func (s *session) found(of string, shows any, lines []string, err error) (finding, error) {
	if err == nil {
		return finding{Of: of, Holds: true, Shows: shows, lines: lines}, nil
	}
	var f *fault.Error
	if !errors.As(err, &f) || !strings.HasPrefix(f.Code, "E-PROOF-") {
		return finding{}, err
	}
	what, fix, _ := s.book.Say(f.Code)
	return finding{Of: of, Code: f.Code, What: what, Fix: fix, At: f.Field}, nil
}

// report says all findings and is doesNotHold where one is so.
func (s *session) report(all ...finding) error {
	var err error
	for _, f := range all {
		if !f.Holds {
			err = doesNotHold{}
		}
	}
	if s.json {
		return errors.Join(s.writeJSON(all), err)
	}
	for _, f := range all {
		if _, bad := fmt.Fprint(s.out, s.text(f)); bad != nil {
			return bad
		}
	}
	return err
}

func (s *session) text(f finding) string {
	if f.Holds {
		out := s.say("%s: holds\n", "%s：成立\n", f.Of)
		for _, l := range f.lines {
			out += "  " + l + "\n"
		}
		return out
	}
	at := ""
	if f.At != "" {
		at = " [" + f.At + "]"
	}
	return s.say("%[1]s: does not hold: %[2]s%[3]s\n  %[4]s %[5]s\n", "%[1]s：不成立：%[2]s%[3]s\n  %[4]s%[5]s\n", f.Of, f.Code, at, f.What, f.Fix)
}

// shownEvent is an event of the log, for machines.
type shownEvent struct {
	Index  uint64            `json:"index"`
	Event  string            `json:"event"`
	Kind   string            `json:"kind"`
	At     time.Time         `json:"at"`
	Facts  map[string]string `json:"facts"`
	Sealed bool              `json:"sealed"`
	Stream string            `json:"stream,omitempty"`
}

// shownCheckpoint is a checkpoint, for machines.
type shownCheckpoint struct {
	Origin     string           `json:"origin"`
	Size       uint64           `json:"size"`
	Root       string           `json:"root"`
	Extensions []string         `json:"extensions,omitempty"`
	Witnesses  []shownWitnessed `json:"witnesses"`
}

type shownWitnessed struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

func showEvent(p proof.Proven) shownEvent {
	e := shownEvent{Index: p.Index, Event: hex.EncodeToString(p.Event.ID[:]), Kind: p.Event.Kind, At: p.Event.At, Facts: p.Event.Facts, Sealed: p.Sealed}
	if p.Stream != nil {
		e.Stream = hex.EncodeToString(p.Stream[:])
	}
	return e
}

func showCheckpoint(seen proof.Seen) shownCheckpoint {
	c := shownCheckpoint{Origin: seen.Origin, Size: seen.Size, Root: hex.EncodeToString(seen.Root[:]), Extensions: seen.Extensions, Witnesses: []shownWitnessed{}}
	for _, w := range seen.Witnesses {
		c.Witnesses = append(c.Witnesses, shownWitnessed(w))
	}
	return c
}

const shownTime = "2006-01-02 15:04:05 UTC"

func (s *session) eventLines(e shownEvent) []string {
	out := []string{s.say("entry %d: %s, %s", "第 %d 条：%s，%s", e.Index, e.Kind, e.At.Format(shownTime))}
	for _, name := range slices.Sorted(maps.Keys(e.Facts)) {
		out = append(out, name+": "+fmt.Sprintf("%q", e.Facts[name]))
	}
	return out
}

func (s *session) checkpointLines(c shownCheckpoint) []string {
	out := []string{s.say("log %s, %d entries", "日志 %s，%d 条", c.Origin, c.Size)}
	for _, x := range c.Extensions {
		out = append(out, fmt.Sprintf("%q", x))
	}
	for _, w := range c.Witnesses {
		out = append(out, s.say("seen by %s, %s", "见证人 %s，%s", w.Name, w.At.Format(shownTime)))
	}
	if len(c.Witnesses) == 0 {
		out = append(out, s.say("seen by no witness that is trusted here: another might be shown another log", "没有受信任的见证人：别人看到的日志可能不同"))
	}
	return out
}
