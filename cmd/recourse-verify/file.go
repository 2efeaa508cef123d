package main

import (
	"encoding/hex"

	"recourse/internal/proof"
	"recourse/internal/when"
)

// fileCmd checks a file of receipts.
type fileCmd struct {
	trusted `embed:""`
	File    string `arg:"" help:"File of receipts, as the registry gives it to the person."`
	Log     string `help:"Address or folder of the log, to fetch the labels of days from where the file has none." placeholder:"URL"`
	Until   string `help:"Day (UTC) up to which nothing must be withheld, e.g. 2026-11-22." placeholder:"DAY"`
	Earlier string `help:"An earlier file of the same person: its key must be the same, and its events must all be there." placeholder:"FILE"`
}

// shownFile is what a file of receipts shows, for machines.
type shownFile struct {
	Origin     string       `json:"origin"`
	Stream     string       `json:"stream"`
	Events     []shownEvent `json:"events"`
	Days       int          `json:"days"` // on which nothing is withheld
	From       string       `json:"from,omitempty"`
	Until      string       `json:"until,omitempty"`
	Unlabelled int          `json:"unlabelled"`
	Erased     uint64       `json:"erased"`
	ErasedOn   string       `json:"erased_on,omitempty"` // the last day with any
}

// Run checks the file and says what it shows.
func (c *fileCmd) Run(s *session) error {
	trust, err := c.open()
	if err != nil {
		return err
	}
	text, err := read(c.File)
	if err != nil {
		return err
	}
	f, a, err := c.check(s, trust, text)
	var shows any
	var lines []string
	if err == nil {
		shown := showFile(f, a)
		shows, lines = shown, s.fileLines(shown)
	}
	found, err := s.found(c.File, shows, lines, err)
	if err != nil {
		return err
	}
	return s.report(found)
}

func (c *fileCmd) check(s *session, trust proof.Trust, text string) (f proof.File, a proof.Account, err error) {
	if f, err = proof.ParseFile([]byte(text)); err != nil {
		return f, a, err
	}
	if c.Log != "" && len(f.Days) == 0 {
		if err := c.fetch(s, trust, &f); err != nil {
			return f, a, err
		}
	}
	if a, err = trust.CheckFile(f); err != nil {
		return f, a, err
	}
	for _, p := range a.Events {
		if err := c.fresh(p.Seen, s.now); err != nil {
			return f, a, err
		}
	}
	if err := c.reaches(a); err != nil {
		return f, a, err
	}
	return f, a, c.continues(trust, f, a)
}

// fetch adds the days that the log has labels of.
func (c *fileCmd) fetch(s *session, trust proof.Trust, f *proof.File) error {
	m, err := openMirror(s.ctx, c.Log)
	if err != nil {
		return err
	}
	days, err := m.days()
	if err != nil {
		return err
	}
	for _, day := range days {
		one, err := labelday(trust, m, day, *f)
		if err != nil {
			return err
		}
		f.Days = append(f.Days, one)
	}
	return nil
}

// labelday reads what shows the labels of the file's stream on one day.
func labelday(trust proof.Trust, m *mirror, day string, f proof.File) (one proof.Labelday, err error) {
	if one.Receipt, err = m.labelled(day); err != nil {
		return one, err
	}
	p, err := trust.CheckReceipt(one.Receipt)
	if err != nil {
		return one, err
	}
	n, err := f.Bucket(p.Event)
	if err == nil {
		one.Bucket, err = m.bucket(day, n)
	}
	return one, err
}

// reaches returns nil where nothing is withheld up to the day that the user asked for.
func (c *fileCmd) reaches(a proof.Account) error {
	if c.Until == "" {
		return nil
	}
	day, err := when.Parse(c.Until)
	if err != nil {
		return errInput.At("--until").Because(err)
	}
	if a.Days == 0 || a.Until < day {
		return proof.ErrDaysMissing
	}
	return nil
}

// continues returns nil where an earlier file is about the same person under the same
// key, and all that it shows is still there.
func (c *fileCmd) continues(trust proof.Trust, f proof.File, a proof.Account) error {
	if c.Earlier == "" {
		return nil
	}
	text, err := read(c.Earlier)
	if err != nil {
		return err
	}
	old, err := proof.ParseFile([]byte(text))
	if err != nil {
		return errInput.At(c.Earlier).Because(err)
	}
	old.Days = nil
	before, err := trust.CheckFile(old)
	switch {
	case err != nil:
		return errInput.At(c.Earlier).Because(err)
	case old.Stream != f.Stream || old.LabelKey != f.LabelKey:
		return proof.ErrStream
	}
	there := map[[16]byte]bool{}
	for _, p := range a.Events {
		there[p.Event.ID] = true
	}
	for _, p := range before.Events {
		if !there[p.Event.ID] {
			return proof.ErrWithheld.At(hex.EncodeToString(p.Event.ID[:]))
		}
	}
	return nil
}

func showFile(f proof.File, a proof.Account) shownFile {
	out := shownFile{Origin: f.Origin, Stream: f.Stream, Events: []shownEvent{}, Days: a.Days, Unlabelled: a.Unlabelled, Erased: a.Erased}
	for _, p := range a.Events {
		out.Events = append(out.Events, showEvent(p))
	}
	if a.Days > 0 {
		out.From, out.Until = a.From.String(), a.Until.String()
	}
	if a.Erased > 0 {
		out.ErasedOn = a.ErasedOn.String()
	}
	return out
}

func (s *session) fileLines(f shownFile) []string {
	out := []string{s.say("log %s, %d events about this person", "日志 %s，关于此人的事件 %d 个", f.Origin, len(f.Events))}
	if f.Days == 0 {
		out = append(out, s.say("no labels: that nothing is withheld is NOT shown; name the log with --log", "没有标签：未能证明没有隐瞒；请用 --log 指明日志"))
	} else {
		out = append(out, s.say("nothing is withheld from the log's first entry, %s, to %s (%d days with entries)", "自日志首条（%s）至 %s 没有隐瞒（%d 个有条目的日子）", f.From, f.Until, f.Days))
	}
	if f.Unlabelled > 0 {
		out = append(out, s.say("%d later events: their labels come with the end of their day", "之后的事件 %d 个：标签在当日结束后公布", f.Unlabelled))
	}
	if f.Erased > 0 {
		out = append(out, s.say("%d entries are said to be erased, the last of %s: complain if that is within the time that events are kept", "据称已清除 %d 条，最近的在 %s：若仍在保存期限内，请投诉", f.Erased, f.ErasedOn))
	}
	for _, e := range f.Events {
		out = append(out, s.eventLines(e)...)
	}
	return out
}
