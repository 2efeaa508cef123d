package dispute

import (
	"context"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// said is what a person says about a record, opened, with what others say of it.
type said struct {
	at         time.Time // zero where nothing is said
	box        seal.Box
	text       string
	complaints []Complaint      // oldest first
	papers     []ComplaintPaper // of all of them, as far as who reads may see
}

// basis is what a change is made from that is made from this.
func (x said) basis() Basis {
	return Basis{Turns: turns(x.complaints), Slot: seal.Slot{Epoch: x.box.Epoch, Leaf: x.box.Leaf}}
}

func turns(list []Complaint) (n int64) {
	for _, c := range list {
		n += int64(c.Turn)
	}
	return n
}

// passage is one passage of a complaint, in exact words.
func (x said) passage(id ref.Complaint, nth int) string {
	for _, p := range x.papers {
		if p.Complaint == id && p.What == Passage && p.Nth == nth {
			return p.Content.Text
		}
	}
	return ""
}

// held are the passages that others are not given, with one complaint as it is changed.
func (x said) held(changed Complaint, now time.Time) (out []held) {
	for _, c := range x.complaints {
		if c.ID == changed.ID {
			c = changed
		}
		for nth := 1; nth <= c.Passages; nth++ {
			if until, is := c.Withholds(nth, now); is {
				out = append(out, held{x.passage(c.ID, nth), until})
			}
		}
	}
	return out
}

// ownWords reads what a person says about a record of theirs, with complaints about it.
func (s *Service) ownWords(ctx context.Context, p ref.Person, r ref.Record, now time.Time) (said, error) {
	about, err := s.about(ctx, p, r)
	if err != nil {
		return said{}, err
	}
	list, err := s.Complaints.ComplaintsAbout(ctx, about.Key)
	if err != nil {
		return said{}, err
	}
	access, err := ref.Mint[ref.Inquiry](s.Chance)
	if err != nil {
		return said{}, err
	}
	seen, err := s.Statements.ShowStatement(ctx, about.Key, access, s.Shelf.At(now).Version, now)
	if err != nil {
		return said{}, err
	}
	return s.openSaid(ctx, about.Key, list, seen)
}

// examineStatement reads what a person says about a record, for somebody on staff who
// works on a complaint about it, or enters one: its number is zero then.
func (s *Service) examineStatement(ctx context.Context, by party.Clerk, c Complaint, id ref.Complaint, now time.Time) (said, error) {
	k := dossier.Key{Person: c.Person, Record: c.Record}
	list, err := s.Complaints.ComplaintsAbout(ctx, k)
	if err != nil {
		return said{}, err
	}
	pack := s.Shelf.At(now)
	trace, err := s.drawer().Trace(ctx, c.Person, by, c.ID.String(), pack.AccessEnd(now))
	if err != nil {
		return said{}, err
	}
	seen, err := s.Complaints.ExamineStatement(ctx, StatementLook{Key: k, Complaint: id, Access: trace.Access, Pack: pack.Version, By: staff(by), Trace: trace.Box, Now: now})
	if err != nil {
		return said{}, err
	}
	return s.openSaid(ctx, k, list, seen)
}

func (s *Service) openSaid(ctx context.Context, k dossier.Key, list []Complaint, seen StatementSeen) (said, error) {
	x := said{at: seen.At, box: seen.Box, complaints: list}
	var err error
	if x.papers, err = paper.Open(ctx, s.drawer(), k.Person, seen.Papers); err != nil || x.box.Data == nil {
		return x, err
	}
	opened, err := s.Sealer.Open(ctx, []seal.Sealed{{Subject: dossier.WordsSubject(k.Person, k.Record), Box: x.box}})
	if err != nil {
		return said{}, err
	}
	x.text = string(opened[0].Plain)
	return x, nil
}

// sealComplaint numbers what is written in a complaint and seals it for as long as its
// record is kept.
func (s *Service) sealComplaint(ctx context.Context, c Complaint, papers []ComplaintPaper, by ref.Clerk, now time.Time) ([]ComplaintPaper, error) {
	for i := range papers {
		papers[i].Complaint, papers[i].Clerk, papers[i].At = c.ID, by, now
	}
	return papers, paper.Close(ctx, s.drawer(), c.Person, c.Keep, papers)
}

// sealCuts numbers and seals what others are given of a statement, as it is sealed itself.
func (s *Service) sealCuts(ctx context.Context, p ref.Person, epoch seal.Epoch, all []Cut) error {
	contents := make([]seal.Content, len(all))
	for i := range all {
		id, err := ref.Mint[ref.Paper](s.Chance)
		if err != nil {
			return err
		}
		all[i].ID = id
		contents[i] = seal.Content{Subject: paper.Subject(p, id), Epoch: epoch, Plain: []byte(all[i].Text)}
	}
	boxes, err := s.Sealer.Close(ctx, contents)
	for i := range boxes {
		all[i].Box = boxes[i]
	}
	return err
}
