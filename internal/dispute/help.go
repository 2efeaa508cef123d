package dispute

import (
	"context"
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/paper"
	"recourse/internal/ref"
)

// Help is what somebody needs to take part in their contest.
type Help string

// The kinds of help.
const (
	Interpreter  Help = "interpreter"
	SignLanguage Help = "sign-language"
	ReadAloud    Help = "read-aloud"
	PlainWords   Help = "plain-words"
)

// Helps returns all kinds of help in the order in which they are offered.
func Helps() []Help { return []Help{Interpreter, SignLanguage, ReadAloud, PlainWords} }

// The faults of asking for help. Nothing was changed where one of them is answered.
var (
	ErrHelp     = fault.New(fault.Invalid, "E-CONTEST-HELP", "This is no help that can be asked for. Nothing was changed; choose one, or that you need none.").At("help")
	ErrLanguage = fault.New(fault.Invalid, "E-CONTEST-LANGUAGE", "An interpreter needs to know which language. Nothing was changed; write it.").At("say")
)

// AskHelp keeps what help a person needs in a contest that they write or that runs, in
// place of what they asked for before; nothing where it is empty. Those who decide read
// it, the source does not. It moves no clock, and nobody has to have read it to decide.
func (s *Service) AskHelp(ctx context.Context, p ref.Person, id ref.Contest, want Help, say string, now time.Time) error {
	c, err := s.mine(ctx, p, id)
	if err != nil {
		return err
	}
	if say, err = paper.Words(say, "say"); err != nil {
		return err
	}
	var papers []Paper
	switch {
	case want == "":
	case !slices.Contains(Helps(), want):
		return ErrHelp
	case want == Interpreter && say == "":
		return ErrLanguage
	default:
		papers = []Paper{{What: Helped, Stage: c.Stage(), Sheet: paper.Sheet{At: now, Content: paper.Content{Help: string(want), Text: say}}}}
	}
	if err := s.seal(ctx, p, c.KeepUntil, papers); err != nil {
		return err
	}
	before, err := s.papers(ctx, p, id, ref.Paper{}, now)
	if err != nil {
		return err
	}
	_, err = s.Store.Change(ctx, p, id, now, func(c Contest) (Change, error) {
		if c.State != Draft && !c.Runs() {
			return Change{}, ErrState
		}
		ch := Change{Contest: c, Add: papers, Note: true}
		for _, old := range before {
			if old.What == Helped {
				ch.Drop = append(ch.Drop, old.ID)
			}
		}
		return ch, nil
	})
	return err
}

// Asked returns what help the person asks for, with what they say of it; false where they
// ask for none, or it is not for who looks.
func (f File) Asked() (Help, string, bool) {
	for _, p := range f.Papers {
		if p.What == Helped && !p.Gone {
			return Help(p.Content.Help), p.Content.Text, true
		}
	}
	return "", "", false
}
