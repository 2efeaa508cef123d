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
	BeforeEffect = "before-effect" // letter: a record was filed and will take effect unless answered
	Filed        = "filed"         // letter: a favourable record was filed
	Announcement = "announcement"  // e-mail: there is a letter; it says nothing of its content
)

// Wording returns the wording of a kind in a language.
func (p *Pack) Wording(kind, lang string) (Wording, bool) {
	w, ok := p.wordings[wordingKey{kind, lang}]
	return w, ok
}

// placeholders returns what the wording of a kind must use and what else it may.
func placeholders(kind string) (must, may []string) {
	switch kind {
	case BeforeEffect:
		return []string{"registry", "sentence", "source", "answer_days", "display_end", "retain_end", "contact"},
			[]string{"type", "received_on", "letter", "home"}
	case Filed:
		return []string{"registry", "sentence", "source", "display_end", "retain_end", "contact"},
			[]string{"type", "received_on", "letter", "home"}
	}
	return []string{"registry", "home", "contact"}, []string{"letter", "received_on", "answer_days"}
}

func wordingKinds() []string { return []string{BeforeEffect, Filed, Announcement} }

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
