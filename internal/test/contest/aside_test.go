package contest_test

import (
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// given is what somebody on staff is given of a file: its bytes, or empty where it is not
// there for them.
func (h house) given(t *testing.T, by party.Clerk, c dispute.Contest, file ref.Paper) string {
	t.Helper()
	p, err := h.CasePaper(t.Context(), by, c.ID, file, h.Now())
	if err != nil && code(err) != "E-CONTEST" {
		t.Fatal(err)
	}
	return string(p.Content.Data)
}

// brings begins a contest with one file, and sends it.
func (h house) brings(t *testing.T, up dispute.Upload) dispute.Contest {
	t.Helper()
	c, err := h.Begin(t.Context(), h.person, h.record, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Write(t.Context(), h.person, c.ID, map[dispute.Ground]string{dispute.WrongFact: "SAMPLE"}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if err := h.Attach(t.Context(), h.person, c.ID, up, h.Now()); err != nil {
		t.Fatal(err)
	}
	if c, err = h.Send(t.Context(), h.person, c.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	return c
}

// papers are the one file of a kind in a contest, and its copy; zero where there is none.
func (h house) papers(t *testing.T, c dispute.Contest, what dispute.What) (file, copied ref.Paper) {
	t.Helper()
	all, err := h.File(t.Context(), h.person, c.ID, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all.Papers {
		if p.What == what {
			file = p.ID
		}
	}
	for _, p := range all.Papers {
		if p.What == dispute.Copy && p.Of == file {
			copied = p.ID
		}
	}
	return file, copied
}

const whole, black = "%PDF-1.7 SAMPLE-NEIGHBOUR", "%PDF-1.7 SAMPLE-BLACK"

// Rules D7: of a file that names third persons the source is given the copy without them,
// and nothing while there is none; who decides is given all of it.
func TestThirdPersons(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		up             dispute.Upload
		source, copied string // what the source is given of the file, and of its copy
	}{
		"names nobody":           {dispute.Upload{Data: []byte(whole)}, whole, ""},
		"names others":           {dispute.Upload{Data: []byte(whole), Third: true}, "", ""},
		"names others, a copy":   {dispute.Upload{Data: []byte(whole), Third: true, Copy: []byte(black)}, "", black},
		"a copy, and not a word": {dispute.Upload{Data: []byte(whole), Copy: []byte(black)}, "", black},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			c := h.brings(t, tc.up)
			file, copied := h.papers(t, c, dispute.Evidence)
			if got := h.given(t, h.filer, c, file); got != tc.source {
				t.Errorf("the source is given %q of the file", got)
			}
			if got := h.given(t, h.first, c, file); got != whole {
				t.Errorf("who decides is given %q", got)
			}
			if own, err := h.Paper(t.Context(), h.person, c.ID, file, h.Now()); string(own.Content.Data) != whole || err != nil {
				t.Errorf("the person is given %q of their own file, %v", own.Content.Data, err)
			}
			if (tc.copied != "") != (copied != ref.Paper{}) {
				t.Fatalf("the copy is %v", copied)
			}
			if tc.copied != "" && h.given(t, h.filer, c, copied) != tc.copied {
				t.Error("the source is not given the copy")
			}
			// The control: it is the mark that keeps the file.
			h.Exec(t, "update dispute.paper set aside = false")
			if got := h.given(t, h.filer, c, file); got != whole {
				t.Errorf("control: without the mark the source is given %q, so the test proves nothing", got)
			}
		})
	}
}

// Who decides sets aside what the person did not, and makes the copy.
func TestThirdPersons_whoDecides(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.brings(t, dispute.Upload{Data: []byte(whole)})
	file, _ := h.papers(t, c, dispute.Evidence)
	words := housetest.Ask[[16]byte](t, h.Fixture, "select paper from dispute.paper where what = 'words'")
	for name, try := range map[string]struct {
		by   party.Clerk
		of   ref.Paper
		data string
		want string
	}{
		"the source":             {h.filer, file, black, "E-CONTEST"},
		"who has no mandate":     {h.reviewA, file, black, "E-CONTEST"},
		"of what is no file":     {h.first, words, black, "E-CONTEST"},
		"of what does not exist": {h.first, housetest.Mint[ref.Paper](t), black, "E-CONTEST"},
		"a program":              {h.first, file, "MZ\x90\x00", "E-EVIDENCE-TYPE"},
	} {
		if _, err := h.Redact(t.Context(), try.by, c.ID, dispute.Redaction{File: try.of, Copy: []byte(try.data)}, h.Now()); code(err) != try.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.given(t, h.filer, c, file) != whole {
		t.Fatal("the file is set aside by what was refused")
	}
	if _, err := h.Case(t.Context(), h.second, c.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{"", black, black + "ER"} {
		if _, err := h.Redact(t.Context(), h.first, c.ID, dispute.Redaction{File: file, Copy: []byte(data)}, h.Now()); err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, copied := h.papers(t, c, dispute.Evidence); copied != (ref.Paper{}) {
			got = h.given(t, h.filer, c, copied)
		}
		if got != data || h.given(t, h.filer, c, file) != "" || h.given(t, h.second, c, file) != whole {
			t.Errorf("with copy %q the source is given %q", data, got)
		}
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from vault.intent where reason = 'superseded'"); n != 1 {
		t.Errorf("%d copies that were replaced are to be forgotten", n)
	}
	// A copy is nothing that who decides has not seen, and no new evidence.
	found := map[dispute.Ground]dispute.Written{dispute.WrongFact: {Outcome: dispute.Upheld, Reasons: "SAMPLE"}}
	if _, err := h.Rule(t.Context(), h.second, c.ID, found, h.Now()); err != nil {
		t.Errorf("a copy made who decides look anew: %v", err)
	}
	if n, err := h.Store.Files(t.Context(), h.person, c.ID); n != 1 || err != nil {
		t.Errorf("%d files of the person, %v", n, err)
	}
}

// The other way round: of what a source certifies with, the person is given the copy where
// it names third persons.
func TestThirdPersons_ofTheSource(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.decided(t, h.contested(t, dispute.WrongFact), dispute.Withdrawn)
	word := dispute.Certified{Officer: "示例 Officer", Whole: true, Reasons: "SAMPLE", File: dispute.Upload{Data: []byte(whole), Third: true}}
	if _, err := h.Certify(t.Context(), h.filer, c.ID, word, h.Now()); code(err) != "E-EVIDENCE-COPY" {
		t.Errorf("without a copy: %v", err)
	}
	word.File.Copy = []byte(black)
	if _, err := h.Certify(t.Context(), h.filer, c.ID, word, h.Now()); err != nil {
		t.Fatal(err)
	}
	file, copied := h.papers(t, c, dispute.Document)
	if got, err := h.Paper(t.Context(), h.person, c.ID, file, h.Now()); code(err) != "E-CONTEST" {
		t.Errorf("the person is given %q, %v", got.Content.Data, err)
	}
	if got, err := h.Paper(t.Context(), h.person, c.ID, copied, h.Now()); string(got.Content.Data) != black || err != nil {
		t.Errorf("of the copy the person is given %q, %v", got.Content.Data, err)
	}
	if h.given(t, h.filer, c, file) != whole {
		t.Error("the source does not have its own document")
	}
	h.Exec(t, "update dispute.paper set aside = false")
	if got, err := h.Paper(t.Context(), h.person, c.ID, file, h.Now()); string(got.Content.Data) != whole || err != nil {
		t.Errorf("control: without the mark the person is given %q, %v", got.Content.Data, err)
	}
}
