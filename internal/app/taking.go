package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/retention/retentionweb"
	"recourse/internal/when"
)

// Shape is the lists of an export with their columns: what its schema says.
func Shape() []retentionweb.List {
	list := func(code, columns string) retentionweb.List {
		return retentionweb.List{Code: code, Columns: strings.Fields(columns)}
	}
	return []retentionweb.List{
		list("records", "number type type_name source_name state others_can_see received start display_end retention_end erased version rules"),
		list("contents", "record field field_name value"),
		list("letters", "number kind record contest written handed delivered opened answer_until"),
		list("lookups", "number at body_name purpose basis outcome records case reason"),
		list("consents", "number body_name purpose types given usable_from until stopped used single"),
		list("freezes", "from until"),
		list("contests", "number record type source_name grounds state sent due decided outcomes review_until"),
		list("papers", "contest at what ground text file"),
		list("applications", "number record type route state sent due decided"),
		list("endings", "record type route how at entry_ends"),
		list("holds", "number record court ground reference state from until"),
		list("erasures", "record type source_name start why rule erased unreadable_from"),
	}
}

// taking gathers what is kept about one person.
type taking struct {
	h   PageConfig
	ctx context.Context
	v   webkit.Visit
	out map[string][][]string
	err error
}

// gather collects an export from the rooms, one after another.
func (c PageConfig) gather(ctx context.Context, v webkit.Visit) (retentionweb.Taken, error) {
	k := &taking{h: c, ctx: ctx, v: v, out: map[string][][]string{}}
	p := c.Shelf.At(v.Now)
	t := retentionweb.Taken{At: v.Now, Rules: p.Version, Registry: p.Registry[v.Lang]}
	if !v.Person.IsZero() {
		t.Name = k.records()
		for _, room := range []func(){k.letters, k.lookups, k.consents, k.contests, k.applications, k.holds, k.erasures} {
			room()
		}
	}
	if c.Logged != nil && k.err == nil {
		t.Log, k.err = c.Logged(ctx)
	}
	t.Lists = Shape()
	for i, l := range t.Lists {
		t.Lists[i].Rows = k.out[l.Code]
	}
	return t, k.err
}

// row adds a row to a list.
func (k *taking) row(list string, cells ...string) { k.out[list] = append(k.out[list], cells) }

// step does one thing where nothing went wrong before it.
func (k *taking) step(do func() error) {
	if k.err == nil {
		k.err = do()
	}
}

// body names a body in the words of a version of the pack.
func (k *taking) body(id ref.Body, version string) string {
	return rules{law.Under(k.h.Shelf, version, k.v.Now), k.h.Bodies}.BodyName(id, k.v.Lang)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func day(d when.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func truth(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// number is an id, empty where it is none.
func number[T interface {
	IsZero() bool
	String() string
}](id T) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// readAtOnce is how much is read of a list at once.
const readAtOnce = 200

// records adds all records with what they say, and returns the person's name.
func (k *taking) records() (name string) {
	k.step(func() error {
		for from := 0; ; from += readAtOnce {
			file, err := k.h.Dossier.File(k.ctx, k.v.Person, dossier.Part{From: from, N: readAtOnce}, k.v.Now)
			if err != nil {
				return err
			}
			name = file.Name
			for _, r := range file.Records {
				k.record(r)
			}
			if len(file.Records) < readAtOnce {
				return nil
			}
		}
	})
	return name
}

func (k *taking) record(r dossier.Shown) {
	under := law.Under(k.h.Shelf, r.Pack, k.v.Now)
	t, known := under.Type(r.Type)
	label := r.Type
	if known {
		label = t.Labels[k.v.Lang]
	}
	k.row("records", r.Record.String(), r.Type, label, k.body(r.Source, r.Pack), string(r.State), truth(r.Visible), instant(r.ReceivedAt),
		day(r.Start), day(r.DisplayEnd), day(r.RetainEnd), instant(r.ErasedAt), strconv.Itoa(int(r.Version)), r.Pack)
	if !known {
		return
	}
	for _, f := range t.Fields {
		if value, there := r.Fields[f.Name]; there {
			k.row("contents", r.Record.String(), f.Name, f.Labels[k.v.Lang], value)
		}
	}
}

func (k *taking) letters() {
	k.step(func() error {
		list, err := k.h.Notice.List(k.ctx, k.v.Person)
		for _, l := range list {
			k.row("letters", l.ID.String(), l.Kind, number(l.Record), number(l.Contest), instant(l.OwedAt), instant(l.HandedAt), instant(l.DeliveredAt()), instant(l.OpenedAt), instant(l.AnswerUntil))
		}
		return err
	})
}

func (k *taking) lookups() {
	k.step(func() error {
		seen := map[ref.Inquiry]bool{}
		for before := (time.Time{}); ; {
			list, err := k.h.Inquiry.Lookups(k.ctx, k.v.Person, inquiry.Page{Before: before, Limit: readAtOnce}, k.v.Now)
			if err != nil {
				return err
			}
			for _, l := range list {
				if seen[l.Access] {
					continue
				}
				seen[l.Access] = true
				k.row("lookups", l.Access.String(), instant(l.At), k.body(l.Body, l.Pack), l.Purpose, string(l.Basis), l.Outcome.String(), joined(l.Records), l.Case, l.Reason)
			}
			if len(list) < readAtOnce {
				return nil
			}
			// A microsecond later, so that looks of the same instant are not parted.
			next := list[len(list)-1].At.Add(time.Microsecond)
			if next.Equal(before) {
				return nil
			}
			before = next
		}
	})
}

func joined[T interface{ String() string }](list []T) string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = one.String()
	}
	return strings.Join(out, " ")
}

func (k *taking) consents() {
	k.step(func() error {
		list, err := k.h.Consent.List(k.ctx, k.v.Person)
		if err != nil {
			return err
		}
		for _, g := range list {
			k.row("consents", g.ID.String(), k.body(g.Body, ""), g.Purpose, strings.Join(g.Types, " "), instant(g.GivenAt), instant(g.UsableFrom), instant(g.Until), instant(g.StoppedAt), instant(g.UsedAt), truth(g.Single))
		}
		f, err := k.h.Consent.Frozen(k.ctx, k.v.Person, k.v.Now)
		if err == nil && !f.Last.PlacedAt.IsZero() {
			k.row("freezes", instant(f.Last.PlacedAt), instant(f.Last.LiftedAt))
		}
		return err
	})
}

func (k *taking) contests() {
	k.step(func() error {
		if k.h.Dispute == nil {
			return nil
		}
		list, err := k.h.Dispute.List(k.ctx, k.v.Person)
		for _, c := range list {
			if err != nil {
				return err
			}
			grounds := make([]string, len(c.Grounds))
			for i, g := range c.Grounds {
				grounds[i] = string(g)
			}
			k.row("contests", c.ID.String(), c.Record.String(), c.Type, k.body(c.Source, c.Pack), strings.Join(grounds, " "), string(c.State), instant(c.OpenedAt), day(c.Clock.Due), instant(c.DecidedAt), k.outcomes(c), instant(c.ReviewUntil))
			err = k.papers(c)
		}
		return err
	})
}

// outcomes are what was decided, once the person has read the letter about it.
func (k *taking) outcomes(c dispute.Contest) string {
	if c.DecidedAt.IsZero() || c.LetterAt.IsZero() || c.LetterAt.After(k.v.Now) {
		return ""
	}
	var out []string
	for _, g := range c.Grounds {
		if found := c.Latest(c.Stage(), g); len(found) > 0 {
			out = append(out, string(g)+": "+string(found[0].Outcome))
		}
	}
	return strings.Join(out, "; ")
}

// papers adds what was written and sent in a contest. Files are named: each is
// saved from the page of its contest. Reasons are read in the letter first.
func (k *taking) papers(c dispute.Contest) error {
	file, err := k.h.Dispute.File(k.ctx, k.v.Person, c.ID, k.v.Now)
	for _, p := range file.Papers {
		if p.Gone || p.What == dispute.Reasons && k.outcomes(c) == "" {
			continue
		}
		said := strings.TrimSpace(p.Content.Help + " " + p.Content.Text) // of a request for help: which, and what they say of it
		k.row("papers", c.ID.String(), instant(p.At), string(p.What), string(p.Ground), said, p.Content.Name)
	}
	return err
}

func (k *taking) applications() {
	k.step(func() error {
		if k.h.Repair == nil {
			return nil
		}
		list, entries, err := k.h.Repair.List(k.ctx, k.v.Person)
		for _, a := range list {
			k.application(a)
		}
		for _, e := range entries {
			k.row("endings", e.Record.String(), e.Type, e.Route, string(e.How), instant(e.At), day(e.EndsOn))
		}
		return err
	})
}

func (k *taking) application(a repair.Application) {
	k.row("applications", a.ID.String(), a.Record.String(), a.Type, a.Route, string(a.State), instant(a.OpenedAt), day(a.Clock.Due), instant(a.DecidedAt))
}

func (k *taking) erasures() {
	k.step(func() error {
		list, err := k.h.Retention.Receipts(k.ctx, k.v.Person, ref.Record{}, k.v.Now)
		for _, r := range list {
			k.row("erasures", r.Record.String(), r.Type, k.body(r.Source, r.Pack), day(r.Start), string(r.Why), r.Rule, instant(r.EndedAt), day(r.Unreadable))
		}
		return err
	})
}
