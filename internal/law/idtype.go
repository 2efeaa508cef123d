package law

import (
	"fmt"
	"slices"
	"strings"

	"recourse/internal/scheme"
)

// IDType is one kind of official identifier that a delivery may use.
type IDType struct {
	Code   string            // what stands in column id_type
	Scheme string            // the compiled check of the number
	Labels map[string]string // by language; none where the pack names the code alone
}

func (c *compiler) identifiers() {
	seen := map[string]bool{}
	for i, d := range c.d.IDTypes {
		at := fmt.Sprintf("id_types.%d", i)
		c.code(PackFile, at+".code", d.Code, seen)
		if !slices.Contains(scheme.Codes(), d.Scheme) {
			c.say(PackFile, at+".scheme", "form", "No check of this name is compiled in.", "Use one of: "+strings.Join(scheme.Codes(), ", ")+".")
		}
		if d.Labels != nil {
			c.words(PackFile, at+".labels", d.Labels)
		}
		c.p.IDTypes = append(c.p.IDTypes, d.Code)
		c.p.identifiers = append(c.p.identifiers, d)
	}
	if len(c.d.IDTypes) == 0 {
		c.say(PackFile, "id_types", "form", "No kind of official identifier is named.", "Name one of: "+strings.Join(scheme.Codes(), ", ")+".")
	}
}

// Identifiers returns the kinds of official identifiers in the order of the pack.
func (p *Pack) Identifiers() []IDType { return slices.Clone(p.identifiers) }

// Scheme returns the compiled check of a kind of identifiers by the code that
// rows write; empty for a kind that the registry does not take.
func (p *Pack) Scheme(code string) string {
	code = strings.TrimSpace(code)
	for _, d := range p.identifiers {
		if d.Code == code {
			return d.Scheme
		}
	}
	return ""
}
