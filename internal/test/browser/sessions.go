package browser

import (
	"cmp"
	"context"
	"slices"
	"time"

	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// PutSession keeps a sign-in.
func (s *parties) PutSession(_ context.Context, n party.NewSession) (time.Time, bool, error) {
	if err := s.lock(); err != nil {
		return time.Time{}, false, err
	}
	defer s.mu.Unlock()
	s.sessions[n.ID] = n
	return n.Expires, true, nil
}

// Session finds a sign-in.
func (s *parties) Session(_ context.Context, id ref.Session, hash [32]byte, _ time.Time, _ when.Date) (party.Session, bool, error) {
	if err := s.lock(); err != nil {
		return party.Session{}, false, err
	}
	defer s.mu.Unlock()
	in, ok := s.sessions[id]
	return in.Session, ok && in.Hash == hash, nil
}

// change changes a sign-in that is there.
func (s *parties) change(id ref.Session, how func(*party.NewSession)) error {
	if err := s.lock(); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if in, ok := s.sessions[id]; ok {
		how(&in)
		s.sessions[id] = in
	}
	return nil
}

// Touch notes that a sign-in was used.
func (s *parties) Touch(_ context.Context, id ref.Session, now time.Time) error {
	return s.change(id, func(in *party.NewSession) { in.Seen = now })
}

// Prove notes a new proof.
func (s *parties) Prove(_ context.Context, id ref.Session, p party.Proof) (done bool, err error) {
	err = s.change(id, func(in *party.NewSession) {
		if done = in.Hash == p.Old; done {
			in.Hash, in.Way, in.Seen, in.Proved = p.New, p.Way, p.At, p.At
		}
	})
	return done, err
}

// Drop ends a sign-in.
func (s *parties) Drop(_ context.Context, id ref.Session, hash [32]byte) error {
	_, err := s.end(func(in party.NewSession) bool { return in.ID == id && in.Hash == hash })
	return err
}

// SessionsOf lists those of a holder.
func (s *parties) SessionsOf(_ context.Context, h party.Holder, _ time.Time) (out []party.Session, err error) {
	if err := s.lock(); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	for _, in := range s.sessions {
		if in.Holder() == h {
			out = append(out, in.Session)
		}
	}
	slices.SortFunc(out, func(a, b party.Session) int { return cmp.Or(b.Seen.Compare(a.Seen), a.ID.Compare(b.ID)) })
	return out, nil
}

// EndSession ends one of a holder.
func (s *parties) EndSession(_ context.Context, h party.Holder, id ref.Session) (bool, error) {
	n, err := s.end(func(in party.NewSession) bool { return in.ID == id && in.Holder() == h })
	return n > 0, err
}

// EndOthers ends all but one of a holder.
func (s *parties) EndOthers(_ context.Context, h party.Holder, but ref.Session) (int64, error) {
	return s.end(func(in party.NewSession) bool { return in.ID != but && in.Holder() == h })
}

func (s *parties) end(which func(party.NewSession) bool) (n int64, err error) {
	if err := s.lock(); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	for id, in := range s.sessions {
		if which(in) {
			delete(s.sessions, id)
			n++
		}
	}
	return n, nil
}

// ClerkOf finds nobody: staff does not sign in here.
func (s *parties) ClerkOf(context.Context, string, string, when.Date) (party.Clerk, bool, error) {
	return party.Clerk{}, false, nil
}
