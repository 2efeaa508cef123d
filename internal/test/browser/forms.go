package browser

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// form is a form of a page, as a browser reads it.
type form struct {
	method, action string // action with its language
	upload         bool
	fields         []field
	buttons        []field // those that send it; a form without names has one of no name
}

// field is a part of a form that is sent with it.
type field struct {
	name, kind, value string // kind is that of an input, or "select", "textarea", "button"
	options           []string
	checked           bool
	most              int // characters that the page lets somebody type; 0 for no bound
}

// formsOf reads the forms of a page, in their order.
func formsOf(page string) ([]form, error) {
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var out []form
	var open *form
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading a page: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "form" {
				out = append(out, formOf(attributes(token)))
				open = &out[len(out)-1]
			} else if open != nil {
				open.add(token.Name.Local, attributes(token))
			}
		case xml.CharData:
			if open != nil {
				open.text(string(token))
			}
		case xml.EndElement:
			if open != nil && token.Name.Local == "textarea" {
				open.fields[len(open.fields)-1].kind = "textarea"
			}
			if token.Name.Local == "form" {
				open = nil
			}
		}
	}
}

func attributes(e xml.StartElement) map[string]string {
	out := map[string]string{}
	for _, a := range e.Attr {
		out[a.Name.Local] = a.Value
	}
	return out
}

func formOf(a map[string]string) form {
	return form{method: strings.ToUpper(a["method"]), action: a["action"], upload: a["enctype"] == "multipart/form-data"}
}

// reading marks a text area whose text is being read.
const reading = "textarea, being read"

// add takes an element that stands in the form.
func (f *form) add(tag string, a map[string]string) {
	f0 := field{name: a["name"], kind: a["type"], value: a["value"]}
	f0.most, _ = strconv.Atoi(a["maxlength"]) // without one there is no bound
	_, f0.checked = a["checked"]
	switch tag {
	case "input":
		if f0.kind == "" {
			f0.kind = "text"
		}
		f.fields = append(f.fields, f0)
	case "textarea":
		f0.kind = reading
		f.fields = append(f.fields, f0)
	case "select":
		f0.kind = "select"
		f.fields = append(f.fields, f0)
	case "option":
		last := &f.fields[len(f.fields)-1]
		last.options = append(last.options, a["value"])
		if _, chosen := a["selected"]; chosen || len(last.options) == 1 {
			last.value = a["value"]
		}
	case "button":
		if f0.kind == "" || f0.kind == "submit" {
			f0.kind = "button"
			f.buttons = append(f.buttons, f0)
		}
	}
}

// text takes what is written in the form.
func (f *form) text(s string) {
	if n := len(f.fields); n > 0 && f.fields[n-1].kind == reading {
		f.fields[n-1].value += s
	}
}
