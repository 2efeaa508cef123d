package contest_test

import (
	"slices"
	"strings"
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongFact)
	other := h.file(t)
	if q, err := h.Questions(t.Context(), h.filer); err != nil || len(q) != 1 || q[0].ID != c.ID {
		t.Fatalf("%v %v", q, err)
	}
	said := map[dispute.Ground]dispute.Said{dispute.WrongFact: {Position: dispute.Stands, Text: "SAMPLE-REPLY"}}
	if _, err := h.Answer(t.Context(), h.filer, c.ID, dispute.Answering{Said: said}, h.Now()); code(err) != "E-CONTEST-OFFICER" {
		t.Errorf("without a name: %v", err)
	}
	if _, err := h.Answer(t.Context(), h.first, c.ID, dispute.Answering{Officer: "样本", Said: said}, h.Now()); code(err) != "E-CONTEST" {
		t.Errorf("by another body: %v", err)
	}
	h.Exec(t, `insert into furnish.delivery (delivery, body, clerk, idempotency_key, type, pack, state, begun_at, ended_at)
		select $1, $2, $3, 'x', $4, 'x', 'done', received_at, received_at from dossier.record where record = $5`,
		housetest.Mint[ref.Delivery](t), h.Bodies[source].ID, h.filer.ID, recordType, h.record)
	if _, err := h.Answer(t.Context(), h.filer, c.ID, dispute.Answering{Officer: "样本", Said: said}, h.Now()); code(err) != "E-CONTEST-FILER" {
		t.Errorf("by who filed it: %v", err)
	}
	h.Exec(t, "update furnish.delivery set clerk = $1", h.reviewA.ID)
	for range 2 { // the second is the same call again
		if _, err := h.Answer(t.Context(), h.filer, c.ID, dispute.Answering{Officer: "样本", Said: said, Key: "sample"}, h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	file, err := h.File(t.Context(), h.person, c.ID, h.Now())
	if err != nil || len(file.Answers) != 1 || !slices.ContainsFunc(file.Papers, func(p dispute.Paper) bool {
		return p.What == dispute.Reply && p.Content.Text == "SAMPLE-REPLY" && p.Content.Officer == "样本"
	}) {
		t.Errorf("%+v %v", file, err)
	}
	// The control: under another key it is another answer.
	if again, err := h.Answer(t.Context(), h.filer, c.ID, dispute.Answering{Officer: "样本", Said: said, Key: "another"}, h.Now()); err != nil || len(again.Answers) != 2 {
		t.Errorf("under another key: %d answers, %v", len(again.Answers), err)
	}
	if _, err := h.Store.One(t.Context(), housetest.Mint[ref.Person](t), c.ID); code(err) != "E-CONTEST" {
		t.Errorf("another person's: %v, %s", err, other)
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	h := open(t)
	c, err := h.Begin(t.Context(), h.person, h.record, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]struct {
		data []byte
		want string
	}{
		"a picture":              {[]byte("\x89PNG\r\n\x1a\nsample"), ""},
		"a program":              {[]byte("MZ\x90\x00"), "E-EVIDENCE-TYPE"},
		"a page.pdf that is not": {[]byte("<script>"), "E-EVIDENCE-TYPE"},
		"nothing":                {nil, "E-EVIDENCE-SIZE"},
		"too large":              {make([]byte, paper.MostFile+1), "E-EVIDENCE-SIZE"},
		"malware":                {[]byte("%PDF-malware"), "E-EVIDENCE-MALWARE"},
		"a zip":                  {[]byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "E-EVIDENCE-TYPE"},
	} {
		if err := h.Attach(t.Context(), h.person, c.ID, dispute.Upload{Name: name, Data: f.data}, h.Now()); code(err) != f.want {
			t.Errorf("%s: %v, want %q", name, err, f.want)
		}
	}
	file, err := h.File(t.Context(), h.person, c.ID, h.Now())
	if err != nil || len(file.Papers) != 1 || file.Papers[0].Media != "image/png" || file.Papers[0].Content.Data != nil {
		t.Fatalf("%+v %v", file.Papers, err)
	}
	one, err := h.Paper(t.Context(), h.person, c.ID, file.Papers[0].ID, h.Now())
	if err != nil || string(one.Content.Data) != "\x89PNG\r\n\x1a\nsample" || one.Content.Name != "a picture" {
		t.Errorf("%+v %v", one.Content.Name, err)
	}
	for range paper.MostFiles - 1 {
		if err := h.Attach(t.Context(), h.person, c.ID, dispute.Upload{Name: "x", Data: []byte("%PDF-x")}, h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Attach(t.Context(), h.person, c.ID, dispute.Upload{Name: "x", Data: []byte("%PDF-x")}, h.Now()); code(err) != "E-EVIDENCE-MANY" {
		t.Errorf("one too many: %v", err)
	}
}

// Who on staff looked is in the person's list of look-ups.
func TestLooks_areTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongFact)
	seen, err := h.Case(t.Context(), h.first, c.ID, h.Now())
	if err != nil || seen.Fields["measure"] != "fine" || len(seen.Papers) != 1 {
		t.Fatalf("%+v %v", seen, err)
	}
	looks, err := inquirypg.NewStore(h.App).Recent(t.Context(), h.person, inquiry.Page{Limit: 10})
	if err != nil || len(looks) != 1 || looks[0].Basis != inquiry.Case || looks[0].Body != h.first.Body.ID {
		t.Errorf("%+v %v", looks, err)
	}
}
