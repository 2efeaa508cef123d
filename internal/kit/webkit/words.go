package webkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Phrase is one thing a page says, in one language. Places for values are names
// in braces; {n} is the number that a plural goes by.
type Phrase struct{ one, other string }

// UnmarshalJSON reads a text, or {"one": …, "other": …} where number matters.
func (p *Phrase) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &p.other)
	}
	var forms struct{ One, Other string }
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&forms); err != nil {
		return err
	}
	p.one, p.other = forms.One, forms.Other
	return nil
}

// String returns a phrase that has no places.
func (p Phrase) String() string { return p.With() }

// With returns the phrase with its places filled from pairs of name and value. A
// place without a value is a fault of the page and panics; the tests render every
// phrase.
func (p Phrase) With(pairs ...string) string { return fill(p.other, pairs) }

// N returns the phrase for a number, with {n} and the other places filled.
func (p Phrase) N(n int, pairs ...string) string {
	text := p.other
	if n == 1 && p.one != "" {
		text = p.one
	}
	return fill(text, append(pairs, "n", strconv.Itoa(n)))
}

// Rich returns the phrase with its places filled by parts of a page, so that a
// sentence can hold a link or a bold date wherever its language wants it.
func (p Phrase) Rich(parts map[string]templ.Component) templ.Component { return rich(p.other, parts) }

// RichN is Rich for a number: {n} is written in bold.
func (p Phrase) RichN(n int, parts map[string]templ.Component) templ.Component {
	text := p.other
	if n == 1 && p.one != "" {
		text = p.one
	}
	all := map[string]templ.Component{"n": Bold(strconv.Itoa(n))}
	for name, part := range parts {
		all[name] = part
	}
	return rich(text, all)
}

func fill(text string, pairs []string) string {
	var out strings.Builder
	pieces(text, func(plain string) { out.WriteString(plain) }, func(name string) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				out.WriteString(pairs[i+1])
				return
			}
		}
		panic("webkit: no value for {" + name + "} in " + strconv.Quote(text))
	})
	return out.String()
}

func rich(text string, parts map[string]templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) (err error) {
		pieces(text, func(plain string) {
			if err == nil {
				_, err = io.WriteString(w, templ.EscapeString(plain))
			}
		}, func(name string) {
			part, ok := parts[name]
			if !ok {
				panic("webkit: no part for {" + name + "} in " + strconv.Quote(text))
			}
			if err == nil {
				err = part.Render(ctx, w)
			}
		})
		return err
	})
}

// pieces walks over a text and its places.
func pieces(text string, plain, place func(string)) {
	for {
		before, rest, found := strings.Cut(text, "{")
		if before != "" {
			plain(before)
		}
		if !found {
			return
		}
		name, after, _ := strings.Cut(rest, "}")
		place(name)
		text = after
	}
}

// Words are the phrases of one face: a struct of Phrases, maps of Phrases and
// structs of these, once per language.
type Words[T any] struct{ by map[string]*T }

// In returns the words of a language, one of Langs.
func (w Words[T]) In(lang string) *T { return w.by[lang] }

// LoadWords reads locales/zh.json and locales/en.json. It fails where a language
// lacks a phrase, has one that T does not know, or where the places of the two
// differ: what is half said is not served.
func LoadWords[T any](files fs.FS) (Words[T], error) {
	w := Words[T]{by: map[string]*T{}}
	places := map[string]map[string][]string{}
	for _, lang := range Langs() {
		raw, err := fs.ReadFile(files, "locales/"+lang+".json")
		if err != nil {
			return w, fmt.Errorf("reading words: %w", err)
		}
		t := new(T)
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(t); err != nil {
			return w, fmt.Errorf("reading the words of %T in %s: %w", *t, lang, err)
		}
		places[lang] = map[string][]string{}
		if err := walk(reflect.ValueOf(t).Elem(), "", places[lang]); err != nil {
			return w, fmt.Errorf("the words of %T in %s: %w", *t, lang, err)
		}
		w.by[lang] = t
	}
	return w, agree(places[ZH], places[EN])
}

// walk notes the places of every phrase below v.
func walk(v reflect.Value, name string, into map[string][]string) error {
	if p, ok := v.Interface().(Phrase); ok {
		if strings.TrimSpace(p.other) == "" {
			return errors.New(name + " is missing")
		}
		var found []string
		pieces(p.other, func(string) {}, func(place string) { found = append(found, place) })
		slices.Sort(found)
		into[name] = slices.Compact(found)
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if err := walk(v.Field(i), name+"."+v.Type().Field(i).Name, into); err != nil {
				return err
			}
		}
		return nil
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if err := walk(v.MapIndex(key), name+"."+key.String(), into); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%s is no phrase", name)
}

// agree compares the two languages.
func agree(zh, en map[string][]string) error {
	for name, places := range zh {
		if other, ok := en[name]; !ok {
			return fmt.Errorf("%s is not said in en", name)
		} else if !slices.Equal(places, other) {
			return fmt.Errorf("%s has the places %q in zh and %q in en", name, places, other)
		}
	}
	for name := range en {
		if _, ok := zh[name]; !ok {
			return fmt.Errorf("%s is not said in zh", name)
		}
	}
	return nil
}

// Both returns a phrase in each language, picked by pick.
func Both[T any](w Words[T], pick func(*T) Phrase) map[string]string {
	out := map[string]string{}
	for _, lang := range Langs() {
		out[lang] = pick(w.In(lang)).String()
	}
	return out
}
