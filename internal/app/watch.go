package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/oversight"
	"recourse/internal/ref"
)

// ownLooks are the looks of a person's own list.
type ownLooks struct{ service *inquiry.Service }

// watcher tells oversight of looks by staff.
type watcher struct{ *oversight.Inspector }

// Looked is inquiry.Watcher.Looked.
func (w watcher) Looked(ctx context.Context, l inquiry.StaffLook) error {
	told := oversight.Something
	switch l.Outcome {
	case inquiry.NotAnswered, inquiry.Stopped:
		told = oversight.Refused
	case inquiry.NothingToShow:
		told = oversight.Nothing
	}
	return w.Inspector.Looked(ctx, oversight.StaffLook{Person: l.Person, Access: l.Access, Body: l.Clerk.Body, Clerk: l.Clerk.ID, Purpose: l.Purpose, Told: told, At: l.At})
}

// inspectionKey returns the key by which looks are drawn. The vault makes it, for no
// body, out of a key that it shows nobody; a process asks for it until it has it.
func inspectionKey(marks inquiry.Marker) func(context.Context) ([16]byte, error) {
	var mu sync.Mutex
	var key [16]byte
	var known bool
	return func(ctx context.Context) ([16]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		if known {
			return key, nil
		}
		got, err := marks.MatterMarks(ctx, ref.Body{}, [][]byte{[]byte("recourse/inspection/v1")})
		if err == nil {
			key, known = got[0], true
		}
		return key, err
	}
}

// looksAtOnce is how many looks are read at once to find one.
const looksAtOnce = 500

// Look is oversight.OwnLooks.Look.
func (l ownLooks) Look(ctx context.Context, p ref.Person, access ref.Inquiry) (oversight.Look, bool, error) {
	for page := (inquiry.Page{Limit: looksAtOnce}); ; {
		rows, err := l.service.Recent(ctx, p, page)
		if err != nil {
			return oversight.Look{}, false, err
		}
		for _, r := range rows {
			if r.Access == access {
				return oversight.Look{Access: r.Access, Body: r.Body, Purpose: r.Purpose, At: r.At}, true, nil
			}
		}
		last := len(rows) - 1
		if last+1 < page.Limit {
			return oversight.Look{}, false, nil
		}
		for last > 0 && rows[last].At.Equal(rows[len(rows)-1].At) { // others of the same instant may lie behind
			last--
		}
		page.Before = rows[last].At
	}
}

// tendQuestions tells of questions about looks that nobody answered in time, and removes
// those whose finding is old. Nothing waits for it: what is overdue lies before another
// supervisor by itself.
func (h *House) tendQuestions(ctx context.Context) (bool, error) {
	now := h.clock.Now()
	return h.questions.Tend(ctx, now.AddDate(-oversight.FindingYears, 0, 0), now)
}

// closeQuarter writes the figures of the next quarter that is over, once and for good.
func (h *House) closeQuarter(ctx context.Context) (bool, error) {
	pack, codes := h.pack(), *h.codes.Load()
	under := make(map[ref.Body]string, len(codes))
	for id, code := range codes {
		under[id] = oversight.CountedFor(pack, code)
	}
	_, closed, err := h.figures.Close(ctx, under, h.clock.Now())
	return closed, err
}

// oweAnswer makes the letter owed that a question was answered, or left lying.
func (h *House) oweAnswer(ctx context.Context, t ledger.Task, now time.Time) error {
	id, err := ref.Parse[ref.Question](t.Refs["question"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	kind := notice.QuestionLetter
	if t.Kind == "oversight.question-overdue" {
		kind = notice.LateQuestionLetter
	}
	_, err = h.noticeWork.Owe(ctx, []notice.Owed{{Person: t.Stream, Kind: kind, Contest: ref.Contest(id)}}, now)
	return err
}

// questionLetter writes a letter about a question; false where the letter is about
// something else.
func (f faces) questionLetter(ctx context.Context, v webkit.Visit, o notice.Owed) (subject, body string, is bool, err error) {
	if f.watch == nil || o.Kind != notice.QuestionLetter && o.Kind != notice.LateQuestionLetter {
		return "", "", false, nil
	}
	subject, body, err = f.watch.Letter(ctx, v, ref.Question(o.Contest), o.Kind == notice.LateQuestionLetter)
	return subject, body, true, err
}

// owePlea makes the letter owed that the ombudsman ordered a stay, or closed a plea.
func (h *House) owePlea(ctx context.Context, t ledger.Task, now time.Time) error {
	id, err := ref.Parse[ref.Plea](t.Refs["plea"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	kind := notice.StayLetter
	if t.Kind == "oversight.plea-closed" {
		kind = notice.PleaLetter
	}
	_, err = h.noticeWork.Owe(ctx, []notice.Owed{{Person: t.Stream, Kind: kind, Record: record, Contest: ref.Contest(id)}}, now)
	return err
}

// pleaLetter writes a letter about a plea; false where the letter is about something
// else.
func (f faces) pleaLetter(ctx context.Context, v webkit.Visit, o notice.Owed) (subject, body string, is bool, err error) {
	if f.watch == nil || o.Kind != notice.StayLetter && o.Kind != notice.PleaLetter {
		return "", "", false, nil
	}
	subject, body, err = f.watch.PleaLetter(ctx, v, ref.Plea(o.Contest), o.Kind == notice.PleaLetter)
	return subject, body, true, err
}
