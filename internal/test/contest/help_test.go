package contest_test

import (
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/party"
	"recourse/internal/test/housetest"
)

// TestHelp_forThoseWhoDecide: what help a person asks for is read by those who decide, and
// the source is given nothing of it, not even that it was asked for.
func TestHelp_forThoseWhoDecide(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	c := h.contested(t, dispute.WrongFact)
	if _, err := h.Case(ctx, h.first, c.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		want      dispute.Help
		say, code string
	}{"of no kind": {"car", "", "E-CONTEST-HELP"}, "into no language": {dispute.Interpreter, " ", "E-CONTEST-LANGUAGE"}} {
		if err := h.AskHelp(ctx, h.person, c.ID, x.want, x.say, h.Now()); code(err) != x.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, want := range []dispute.Help{dispute.ReadAloud, dispute.Interpreter} { // the second takes the place of the first
		if err := h.AskHelp(ctx, h.person, c.ID, want, "示例语", h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Rule(ctx, h.first, c.ID, map[dispute.Ground]dispute.Written{dispute.WrongFact: {Outcome: dispute.Upheld, Reasons: "x"}}, h.Now()); err != nil {
		t.Errorf("who had looked has to look again for help that was asked for: %v", err)
	}
	seen, err := h.Case(ctx, h.second, c.ID, h.Now())
	if want, say, asked := seen.Asked(); err != nil || !asked || want != dispute.Interpreter || say != "示例语" {
		t.Errorf("who decides reads %q %q %t, %v", want, say, asked, err)
	}
	for name, by := range map[string]party.Clerk{"the source": h.filer, "of the source, who may decide": h.filing} {
		seen, err := h.Question(ctx, by, c.ID, h.Now())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, p := range seen.Papers {
			if p.What == dispute.Helped {
				t.Errorf("%s is given %+v", name, p)
			}
		}
		if len(seen.Papers) == 0 {
			t.Errorf("%s reads nothing at all: the control", name)
		}
	}
	own, err := h.File(ctx, h.person, c.ID, h.Now())
	if want, _, asked := own.Asked(); err != nil || !asked || want != dispute.Interpreter {
		t.Errorf("the person reads %q, %v", want, err)
	}
	if err := h.AskHelp(ctx, h.person, c.ID, "", "", h.Now()); err != nil {
		t.Fatal(err)
	}
	if own, err = h.File(ctx, h.person, c.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	if want, _, asked := own.Asked(); asked {
		t.Errorf("taken back, %q is still asked for", want)
	}
}

// TestHelp_whileItRuns: help is asked for in a draft and in a contest that runs, by nobody
// but whose it is; it moves no clock.
func TestHelp_whileItRuns(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	c, err := h.Begin(ctx, h.person, h.record, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.AskHelp(ctx, h.person, c.ID, dispute.SignLanguage, "", h.Now()); err != nil {
		t.Errorf("in a draft: %v", err)
	}
	other := h.Register(t, h.keys, housetest.Sample(t, 2), h.Today().AddYears(6))
	if err := h.AskHelp(ctx, other, c.ID, dispute.SignLanguage, "", h.Now()); code(err) != "E-CONTEST" {
		t.Errorf("in somebody else's: %v", err)
	}
	c = h.contested(t, dispute.WrongFact)
	due := c.Clock.Due
	own, err := h.File(ctx, h.person, c.ID, h.Now())
	if want, _, asked := own.Asked(); err != nil || !asked || want != dispute.SignLanguage || own.Clock.Due != due {
		t.Errorf("after it was sent: %q %t %v, %v", want, asked, own.Clock.Due, err)
	}
	c = h.decided(t, c, dispute.Upheld)
	if err := h.AskHelp(ctx, h.person, c.ID, dispute.ReadAloud, "", h.Now()); code(err) != "E-CONTEST-STATE" {
		t.Errorf("when it is decided: %v", err)
	}
}
