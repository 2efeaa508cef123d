package oversightpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/oversight"
	"recourse/internal/ref"
)

// Questions is oversight.QuestionStore on a pool of recourse_app; Tend is for one of
// recourse_keeper.
type Questions struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewQuestions returns the questions about looks.
func NewQuestions(pool *pgxpool.Pool, publisher pgkit.Publisher) *Questions {
	return &Questions{pool: pool, publisher: publisher}
}

// Ask is oversight.QuestionStore.Ask.
func (s *Questions) Ask(ctx context.Context, q oversight.Question) (kept oversight.Question, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.AskQuestion(ctx, tx, AskQuestionParams{Person: pgkit.UUID(q.Person), Access: pgkit.UUID(q.Access), Question: pgkit.UUID(q.ID), Body: pgkit.UUID(q.Body), Purpose: q.Purpose,
			LookedAt: q.LookedAt, Why: string(q.Why), AskedAt: q.AskedAt, DueOn: pgkit.Day(q.Due), DueAt: q.DueAt, Supervisor: pgkit.UUID(q.Supervisor), Beyond: pgkit.UUID(q.Beyond)})
		if err != nil {
			return err
		}
		if n > 0 {
			refs := map[string]string{"question": q.ID.String(), "inquiry": q.Access.String(), "body": q.Body.String(), "due": q.Due.String(), "supervisor": q.Supervisor.String()}
			if err := s.publisher.Publish(ctx, tx, pgkit.Event{Stream: q.Person, Kind: "oversight.questioned", At: q.AskedAt, Refs: refs}); err != nil {
				return err
			}
		}
		row, err := s.q.QuestionAbout(ctx, tx, QuestionAboutParams{Person: pgkit.UUID(q.Person), Access: pgkit.UUID(q.Access)})
		kept = questionOf(row)
		return err
	})
	return kept, err
}

// About is oversight.QuestionStore.About.
func (s *Questions) About(ctx context.Context, p ref.Person, access ref.Inquiry) (oversight.Question, bool, error) {
	row, err := s.q.QuestionAbout(ctx, s.pool, QuestionAboutParams{Person: pgkit.UUID(p), Access: pgkit.UUID(access)})
	return one(row, err)
}

// Question is oversight.QuestionStore.Question.
func (s *Questions) Question(ctx context.Context, id ref.Question) (oversight.Question, bool, error) {
	row, err := s.q.QuestionByNumber(ctx, s.pool, pgkit.UUID(id))
	return one(row, err)
}

func one(row OversightQuestion, err error) (oversight.Question, bool, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return oversight.Question{}, false, nil
	}
	if err != nil {
		return oversight.Question{}, false, pgkit.Clean(err)
	}
	return questionOf(row), true, nil
}

func questionOf(r OversightQuestion) oversight.Question {
	q := oversight.Question{ID: r.Question.Bytes, Person: r.Person.Bytes, Access: r.Access.Bytes, Body: r.Body.Bytes, Purpose: r.Purpose, LookedAt: r.LookedAt, Why: oversight.Doubt(r.Why), AskedAt: r.AskedAt,
		Due: pgkit.Date(r.DueOn), DueAt: r.DueAt, Supervisor: r.Supervisor.Bytes, Beyond: r.Beyond.Bytes, FoundBy: r.FoundBy.Bytes, FoundFor: r.FoundFor.Bytes, FoundAt: pgkit.Instant(r.FoundAt)}
	if r.Finding != nil {
		q.Finding = oversight.Finding(*r.Finding)
	}
	return q
}

// Waiting is oversight.QuestionStore.Waiting.
func (s *Questions) Waiting(ctx context.Context, supervisor ref.Body, now time.Time, limit int) ([]oversight.Question, error) {
	rows, err := s.q.WaitingQuestions(ctx, s.pool, WaitingQuestionsParams{Supervisor: pgkit.UUID(supervisor), Now: now, Most: int32(limit)})
	out := make([]oversight.Question, len(rows))
	for i, r := range rows {
		out[i] = questionOf(r)
	}
	return out, pgkit.Clean(err)
}

// Answer is oversight.QuestionStore.Answer.
func (s *Questions) Answer(ctx context.Context, q oversight.Question) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.AnswerQuestion(ctx, tx, AnswerQuestionParams{Person: pgkit.UUID(q.Person), Access: pgkit.UUID(q.Access), Finding: string(q.Finding), FoundBy: pgkit.UUID(q.FoundBy), FoundFor: pgkit.UUID(q.FoundFor), FoundAt: q.FoundAt})
		if done = n > 0; err != nil || !done {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: q.Person, Kind: "oversight.question-answered", At: q.FoundAt,
			Refs: map[string]string{"question": q.ID.String(), "inquiry": q.Access.String(), "finding": string(q.Finding), "supervisor": q.FoundFor.String()}})
	})
	return done && err == nil, err
}

// Tend publishes "oversight.question-overdue" for questions that nobody answered in
// time, each once, removes those that were answered before an instant, and reports
// whether there were any.
func (s *Questions) Tend(ctx context.Context, before, now time.Time) (bool, error) {
	some := false
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		gone, err := s.q.SweepQuestions(ctx, tx, before)
		if err != nil {
			return err
		}
		rows, err := s.q.OverdueQuestions(ctx, tx, now)
		for _, r := range rows {
			if err != nil {
				break
			}
			id := ref.Question(r.Question.Bytes)
			err = s.publisher.Publish(ctx, tx, pgkit.Event{Stream: ref.Person(r.Person.Bytes), Kind: "oversight.question-overdue", At: now, Refs: map[string]string{"question": id.String()}})
		}
		some = len(rows) > 0 || gone > 0
		return err
	})
	return some && err == nil, err
}
