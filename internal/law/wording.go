package law

import (
	"fmt"
	"slices"
	"strings"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
)

// Wording is how a person is told something, in one language. Placeholders are
// names in braces.
type Wording struct {
	Kind    string
	Lang    string
	Subject string
	Body    string // Markdown
}

type wordingKey struct{ kind, lang string }

// The kinds of wording. A pack must have each in each of its languages.
const (
	BeforeEffect   = "before-effect"   // letter: a record was filed and will take effect unless answered
	Filed          = "filed"           // letter: a favourable record was filed
	BeforeErasure  = "before-erasure"  // letter: a content will be erased; the person can take a copy before
	ShownElsewhere = "shown-elsewhere" // letter: a record was shown to others under the file of somebody else
	Announcement   = "announcement"    // e-mail: there is a letter; it says nothing of its content

	Reinserted = "re-inserted" // letter: what was found wrong was certified, and will take effect again unless answered; of a pack that allows it
	AtOnce     = "at-once"     // letter: a decision has effect at once (rules C3); of a pack with such a type

	Held = "held" // letter: the content of a record is held for a court (rules E1); of a pack with holds

	Restored  = "restored"   // letter: a record ended early; of a pack with routes or reliefs
	WayOpened = "way-opened" // letter: a way to end a record early has opened; of a pack with routes
)

// BeginsAnswer reports whether a letter of a kind gives time to answer, after which
// its record takes effect.
func BeginsAnswer(kind string) bool {
	return kind == BeforeEffect || kind == AtOnce || kind == Reinserted
}

// Wording returns the wording of a kind in a language.
func (p *Pack) Wording(kind, lang string) (Wording, bool) {
	w, ok := p.wordings[wordingKey{kind, lang}]
	return w, ok
}

// placeholders returns what the wording of a kind must use and what else it may.
func placeholders(kind string) (must, may []string) {
	switch kind {
	case BeforeEffect, Reinserted:
		return []string{"registry", "sentence", "source", "answer_days", "display_end", "retain_end", "contact"},
			[]string{"type", "received_on", "letter", "home"}
	case AtOnce:
		return []string{"registry", "sentence", "source", "named", "days", "answer_days", "display_end", "retain_end", "contact"},
			[]string{"type", "received_on", "letter", "home"}
	case Held:
		return []string{"registry", "type", "source", "ground", "reference", "court", "until", "contact"}, []string{"hold", "letter", "home"}
	case Restored:
		return []string{"registry", "type", "source", "home", "contact"}, []string{"letter"}
	case WayOpened:
		return []string{"registry", "type", "source", "conditions", "home", "contact"}, []string{"letter", "display_end"}
	case Filed:
		return []string{"registry", "sentence", "source", "display_end", "retain_end", "contact"},
			[]string{"type", "received_on", "letter", "home"}
	}
	if kind == BeforeErasure {
		return []string{"registry", "sentence", "source", "retain_end", "contact"}, []string{"type", "received_on", "display_end", "letter", "home"}
	}
	if kind == ShownElsewhere {
		return []string{"registry", "sentence", "source", "recipients", "contact"}, []string{"type", "received_on", "display_end", "retain_end", "letter", "home"}
	}
	return []string{"registry", "home", "contact"}, []string{"letter", "received_on", "answer_days"}
}

func wordingKinds() []string {
	return []string{BeforeEffect, Filed, BeforeErasure, ShownElsewhere, Announcement}
}

// repairWordings are what a pack needs that lets records end early.
func repairWordings() []string { return []string{Restored, WayOpened} }

// Fill returns subject and body with the placeholders replaced. A placeholder
// without a value is an error: a letter with a gap is never sent.
func (w Wording) Fill(values map[string]string) (subject, body string, err error) {
	if subject, err = w.fill(w.Subject, values); err != nil {
		return "", "", err
	}
	body, err = w.fill(w.Body, values)
	return subject, body, err
}

func (w Wording) fill(text string, values map[string]string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, _ := strings.Cut(rest, "}")
		value, ok := values[name]
		if !ok || value == "" {
			return "", fault.Newf(fault.Internal, "E-WORDING-GAP",
				"Wording %s.%s needs a value for {%s} and got none. Nothing was sent.", w.Kind, w.Lang, name)
		}
		out.WriteString(value)
		text = after
	}
}

// check returns what is wrong with the placeholders of a wording.
func (w Wording) check(file string) []catalogue.Problem {
	var out []catalogue.Problem
	say := func(path, text, fix string) {
		out = append(out, catalogue.Problem{File: file, Path: path, Rule: "words", Text: text, Fix: fix})
	}
	must, may := placeholders(w.Kind)
	used := map[string]bool{}
	for _, part := range []struct{ path, text string }{{"subject", w.Subject}, {"body", w.Body}} {
		if strings.TrimSpace(part.text) == "" {
			say(part.path, "The "+part.path+" is empty.", "Begin the file with \"# Subject\", then an empty line and the text.")
		}
		names, ok := named(part.text)
		if !ok {
			say(part.path, "A brace is not closed or stands alone.", "Write placeholders as {name}; use no other braces.")
		}
		for _, n := range names {
			used[n] = true
			if !slices.Contains(must, n) && !slices.Contains(may, n) {
				say(part.path, fmt.Sprintf("There is no placeholder {%s} in wording %s.", n, w.Kind),
					"Use: "+strings.Join(append(slices.Clone(must), may...), ", ")+".")
			}
		}
	}
	for _, n := range must {
		if !used[n] {
			say("body", fmt.Sprintf("The wording does not use {%s}, which the person must be told.", n), "Add it where it reads well.")
		}
	}
	return out
}

// named returns the placeholders of a text, and false where braces do not pair.
func named(text string) (names []string, ok bool) {
	for {
		before, rest, found := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return names, false
		}
		if !found {
			return names, true
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || strings.Contains(name, "{") {
			return names, false
		}
		names = append(names, name)
		text = after
	}
}
