package law

import (
	"fmt"
	"slices"
)

// IDType is one kind of official identifier that a delivery may use.
type IDType struct {
	Code   string            // what stands in column id_type
	Scheme string            // the compiled check of the number
	Labels map[string]string // by language; none where the pack names the code alone
}

// Schemes lists the compiled checks of identifiers. The room party holds them:
// a pack cannot name a number that nothing checks.
func Schemes() []string {
	return []string{"be-nrn", "cn-id", "es-dni", "fi-hetu", "it-cf", "pl-pesel", "se-pnr"}
}

func (c *compiler) identifiers() {
	seen := map[string]bool{}
	for i, d := range c.d.IDTypes {
		at := fmt.Sprintf("id_types.%d", i)
		c.code(PackFile, at+".code", d.Code, seen)
		if !slices.Contains(Schemes(), d.Scheme) {
			c.say(PackFile, at+".scheme", "form", "No check of this name is compiled in.", fmt.Sprintf("Use one of: %v.", Schemes()))
		}
		if d.Labels != nil {
			c.words(PackFile, at+".labels", d.Labels)
		}
		c.p.IDTypes = append(c.p.IDTypes, d.Code)
		c.p.identifiers = append(c.p.identifiers, d)
	}
	if len(c.d.IDTypes) == 0 {
		c.say(PackFile, "id_types", "form", "No kind of official identifier is named.", "Write id_types: [cn-id].")
	}
}

// Identifiers returns the kinds of official identifiers in the order of the pack.
func (p *Pack) Identifiers() []IDType { return slices.Clone(p.identifiers) }
