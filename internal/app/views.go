package app

import (
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
)

// lists are the lists of work of all rooms that can be narrowed.
func (f faces) lists() (out []webkit.List) {
	if f.dispute != nil {
		out = append(out, f.dispute.Lists()...)
	}
	if f.repair != nil {
		out = append(out, f.repair.Lists()...)
	}
	if f.hold != nil {
		out = append(out, f.hold.Lists()...)
	}
	if f.watch != nil {
		out = append(out, f.watch.Lists()...)
	}
	return out
}

// saved lets clerks save what they choose of the lists of work.
func (f faces) saved(s *party.Views, site *webkit.Config) error {
	if s == nil {
		return nil
	}
	views, err := partyweb.NewViews(s, f.lists())
	if err != nil {
		return err
	}
	site.Routes, site.Saved = append(site.Routes, views.Routes()...), views.Saved
	return nil
}
