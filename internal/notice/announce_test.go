package notice_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	notice.Ways // what is not asked for here
	contact     party.Contact
	answer      error
	nth         int32
	tried       []notice.Attempt
	sent        []notice.Announcement
	done        []string // what became of the letter, in order
}

func (h *house) Address(_ context.Context, g notice.Going, _ time.Time) (notice.Where, int32, bool, error) {
	h.done = append(h.done, g.Channel)
	return notice.Where{}, max(h.nth, 1), h.contact != party.Contact{}, nil
}

func (h *house) Ended(_ context.Context, _ notice.Going, outcome string, _ time.Time) error {
	h.done = append(h.done, outcome)
	return nil
}

func (h *house) Hand(_ context.Context, g notice.Going, now, served, until time.Time) error {
	h.done = append(h.done, fmt.Sprintf("handed over by %s %d: %d and %d days", g.Channel, g.Nth, int(served.Sub(now).Hours())/24, int(until.Sub(served).Hours())/24))
	return nil
}

func (h *house) Attempts(context.Context, ref.Person, ref.Notice) ([]notice.Attempt, error) {
	return h.tried, nil
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
	a := notice.Announcer{Ways: h, Opener: h, Email: h, Shelf: law.One(pack), BaseURL: "https://registry.example.org"}
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
			strings.ContainsAny(m.Text, "{}") || len(h.done) != 2 {
			t.Errorf("%s: %+v, %q", lang, m, h.done)
		}
	}
}

// What cannot be announced by e-mail goes by post; where no way is left the letter
// counts as handed over. An e-mail that a server took starts the service period and
// delivers nothing.
func TestAnnounce_goesToTheNextChannel(t *testing.T) {
	t.Parallel()
	const (
		email = "handed over by email 1: 30 and 16 days"
		none  = "handed over by post 0: 30 and 16 days"
	)
	post, both := party.Contact{Post: "示例甲\n武汉市", Language: "zh"}, party.Contact{Email: "a@example.org", Post: "示例甲\n武汉市", Language: "en"}
	only := party.Contact{Email: "a@example.org", Language: "en"}
	refused := fault.New(fault.Refused, "E-MAIL-REFUSED", "")
	for name, c := range map[string]struct {
		house *house
		want  error
		done  string
	}{
		"no address":              {&house{}, nil, "email, no address, post, no address, " + none},
		"by post only":            {&house{contact: post}, nil, "email, no address, post"},
		"taken":                   {&house{contact: both}, nil, "email, " + email},
		"refused":                 {&house{contact: only, answer: refused}, nil, "email, refused, post, no address, " + none},
		"refused, with post":      {&house{contact: both, answer: refused}, nil, "email, refused, post"},
		"later":                   {&house{contact: both, answer: notice.ErrLater}, notice.ErrLater, "email, unreachable"},
		"later for days":          {&house{contact: both, answer: notice.ErrLater, nth: 130}, nil, "email, unreachable, post"},
		"no such wording":         {&house{contact: party.Contact{Email: "a@example.org", Language: "xx"}}, fault.New(fault.Internal, "E-WORDING", ""), "email, unreachable"},
		"came back from the post": {&house{answer: refused, tried: []notice.Attempt{{Channel: notice.ByPost, Nth: 1, Outcome: notice.Bounced}}}, nil, "email, no address, " + none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := announce(t, c.house)
			if !errors.Is(err, c.want) || strings.Join(c.house.done, ", ") != c.done {
				t.Errorf("got %v, %q", err, c.house.done)
			}
			if err != nil && strings.Contains(err.Error(), "example.org") {
				t.Errorf("the error repeats the address: %v", err)
			}
		})
	}
}

// A letter is delivered by the first of the three ways, at its time.
func TestDelivered(t *testing.T) {
	t.Parallel()
	at := func(h int) time.Time { return time.Date(2026, time.March, 1, h, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		o    notice.Owed
		way  notice.Way
		when time.Time
	}{
		"owed":                      {notice.Owed{OwedAt: at(1)}, "", time.Time{}},
		"handed over":               {notice.Owed{OwedAt: at(1), HandedAt: at(2), ServedAt: at(13)}, "", time.Time{}},
		"service period has run":    {notice.Owed{OwedAt: at(1), HandedAt: at(2), ServedAt: at(12)}, notice.ServicePeriod, at(12)},
		"opened":                    {notice.Owed{OwedAt: at(1), OpenedAt: at(3), HandedAt: at(2), ServedAt: at(12)}, notice.Opened, at(3)},
		"opened after that":         {notice.Owed{OwedAt: at(1), OpenedAt: at(5), HandedAt: at(2), ServedAt: at(4)}, notice.ServicePeriod, at(4)},
		"confirmed, opened later":   {notice.Owed{OwedAt: at(1), OpenedAt: at(5), ConfirmedAt: at(3)}, notice.PostConfirmed, at(3)},
		"confirmed, opened earlier": {notice.Owed{OwedAt: at(1), OpenedAt: at(2), ConfirmedAt: at(3)}, notice.Opened, at(2)},
	} {
		way, when, delivered := c.o.Delivered(at(12))
		if way != c.way || !when.Equal(c.when) || delivered != (c.way != "") {
			t.Errorf("%s: %q at %s, %v", name, way, when, delivered)
		}
	}
}
