package party

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"recourse/internal/fault"
	"recourse/internal/ref"
)

// View is what one clerk calls some choices by which a list of work is narrowed. The
// choices are of the fixed sets that the list offers: nothing of it is about a person.
type View struct {
	ID      ref.View
	Clerk   ref.Clerk
	List    string // address of the list, below the language
	Name    string
	Filters string // as the address has them
	MadeAt  time.Time
}

// MostViews is how many views one clerk keeps at most.
const MostViews = 20

// MostViewName is the length of a name in characters.
const MostViewName = 40

// ViewStore keeps views. Every write is durable on return. It writes nothing to the
// journal: what somebody calls a list is no act of the registry.
type ViewStore interface {
	// Views returns a clerk's views, by list and name.
	Views(ctx context.Context, clerk ref.Clerk) ([]View, error)
	// PutView keeps a view: ErrViewName where the clerk has one of that name for the
	// list, false where they have as many as they may.
	PutView(ctx context.Context, v View, most int) (bool, error)
	// RenameView is false where the clerk has no such view; ErrViewName as above.
	RenameView(ctx context.Context, clerk ref.Clerk, id ref.View, name string) (bool, error)
	DropView(ctx context.Context, clerk ref.Clerk, id ref.View) (bool, error)
}

// Views is how clerks keep the views that they work with.
type Views struct {
	Store  ViewStore
	Chance ref.Minter
}

// Of returns a clerk's views of a list, of all where it is empty, by list and name.
func (s *Views) Of(ctx context.Context, clerk ref.Clerk, list string) ([]View, error) {
	all, err := s.Store.Views(ctx, clerk)
	var out []View
	for _, v := range all {
		if list == "" || v.List == list {
			out = append(out, v)
		}
	}
	return out, err
}

// Save keeps a view. The caller has seen to it that the list offers its filters.
func (s *Views) Save(ctx context.Context, v View, now time.Time) (View, error) {
	var err error
	if v.Name, err = viewName(v.Name); err != nil {
		return View{}, err
	}
	if v.ID, err = ref.Mint[ref.View](s.Chance); err != nil {
		return View{}, err
	}
	v.MadeAt = now
	kept, err := s.Store.PutView(ctx, v, MostViews)
	if err == nil && !kept {
		err = ErrViewsFull
	}
	return v, err
}

// Rename gives a clerk's own view another name.
func (s *Views) Rename(ctx context.Context, clerk ref.Clerk, id ref.View, name string) error {
	name, err := viewName(name)
	if err != nil {
		return err
	}
	done, err := s.Store.RenameView(ctx, clerk, id, name)
	if err == nil && !done {
		err = ErrNoView
	}
	return err
}

// Remove removes a clerk's own view.
func (s *Views) Remove(ctx context.Context, clerk ref.Clerk, id ref.View) error {
	done, err := s.Store.DropView(ctx, clerk, id)
	if err == nil && !done {
		err = ErrNoView
	}
	return err
}

func viewName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if n := utf8.RuneCountInString(name); n < 1 || n > MostViewName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", ErrViewNamed
	}
	return name, nil
}

// The faults of views. Nothing was changed where one of them is answered.
var (
	ErrViewNamed = fault.New(fault.Invalid, "E-VIEW-NAME", "The name of a view has 1 to 40 characters. Nothing was changed; write another.").At("name")
	ErrViewName  = fault.New(fault.Conflict, "E-VIEW-TWICE", "You have a view of this name for this list. Nothing was changed; choose another name, or remove the other view.").At("name")
	ErrViewsFull = fault.New(fault.Refused, "E-VIEWS-FULL", "You keep 20 views, which is as many as there can be. Nothing was changed; remove one first.").At("name")
	ErrNoView    = fault.New(fault.NotFound, "E-VIEW-NONE", "You have no such view. Nothing was changed.")
)
