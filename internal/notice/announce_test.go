package notice_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/notice"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/packs"
)

// house is what an announcer works with: one sealed contact, and a mail server
// that answers as it is told.
type house struct {
	contact party.Contact
	answer  error
	sent    []notice.Announcement
	ended   []string
}

func (h *house) Address(context.Context, ref.Person, ref.Notice, time.Time) (seal.Box, int32, bool, error) {
	return seal.Box{}, 1, h.contact.Email != "", nil
}

func (h *house) Ended(_ context.Context, e notice.End) error {
	h.ended = append(h.ended, e.Outcome)
	return nil
}

func (h *house) Open(_ context.Context, boxes []seal.Sealed) ([]seal.Opened, error) {
	plain, err := json.Marshal(h.contact)
	return []seal.Opened{{Plain: plain}}, err
}

func (h *house) Send(_ context.Context, a notice.Announcement) error {
	h.sent = append(h.sent, a)
	return h.answer
}

func announce(t *testing.T, h *house) error {
	t.Helper()
	files, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := lawfile.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	a := notice.Announcer{Addresses: h, Opener: h, Email: h, Shelf: law.One(pack), BaseURL: "https://registry.example.org"}
	return a.Announce(t.Context(), ref.Person{1}, ref.Notice{2}, time.Date(2026, time.March, 2, 20, 0, 0, 0, time.UTC))
}

func TestAnnounce_inEveryLanguage(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"zh": "2026-03-03", "en": "2026-03-03"} { // the legal day in Hubei
		h := &house{contact: party.Contact{Email: "sample.person@example.org", Language: lang}}
		if err := announce(t, h); err != nil || len(h.sent) != 1 {
			t.Fatalf("%s: %d sent, %v", lang, len(h.sent), err)
		}
		m := h.sent[0]
		if m.Address != h.contact.Email || m.Subject == "" || !strings.Contains(m.Text, want) || !strings.Contains(m.Text, "https://registry.example.org/"+lang+"/me/notices") ||
			strings.ContainsAny(m.Text, "{}") || h.ended[0] != notice.HandedOver {
			t.Errorf("%s: %+v, ended as %q", lang, m, h.ended)
		}
	}
}

func TestAnnounce_outcomes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		house *house
		want  error
		ended string
	}{
		"no address":      {&house{}, nil, ""},
		"refused":         {&house{contact: party.Contact{Email: "a@example.org", Language: "en"}, answer: fault.New(fault.Refused, "E-MAIL-REFUSED", "")}, nil, notice.RefusedBy},
		"later":           {&house{contact: party.Contact{Email: "a@example.org", Language: "en"}, answer: notice.ErrLater}, notice.ErrLater, notice.Unreachable},
		"no such wording": {&house{contact: party.Contact{Email: "a@example.org", Language: "xx"}}, fault.New(fault.Internal, "E-WORDING", ""), notice.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := announce(t, c.house)
			if !errors.Is(err, c.want) || strings.Join(c.house.ended, ",") != c.ended {
				t.Errorf("got %v, ended as %q", err, c.house.ended)
			}
			if err != nil && strings.Contains(err.Error(), "example.org") {
				t.Errorf("the error repeats the address: %v", err)
			}
		})
	}
}
