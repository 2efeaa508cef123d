package law

import (
	"fmt"
	"slices"
	"strings"

	"recourse/internal/catalogue"
)

// priced are words that make money or labour a price, in the two languages that packs
// are written in: a closed set of what can be asked for is kept from being dressed up.
const priced = " donate donates donated donation donations charity charitable volunteer volunteers volunteering volunteered unpaid labour labor fee fees surcharge sponsor sponsorship "

func pricedZ() []string {
	return []string{"捐", "慈善", "公益", "志愿", "义工", "义务劳动", "无偿劳动", "服务时长", "手续费", "修复费", "工本费", "赞助"}
}

// asksPrice reports whether a text asks for money or labour.
func asksPrice(text string) bool {
	for _, w := range pricedZ() {
		if strings.Contains(text, w) {
			return true
		}
	}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if strings.Contains(priced, " "+w+" ") {
			return true
		}
	}
	return false
}

func whats() []What {
	return []What{DutyPerformed, Corrected, TimeGranted, HarmExplained, PromiseGiven}
}

// asks says what a kind of route asks for, first that of which it needs one.
func asks(k RouteKind) (one []What) {
	switch k {
	case Performance:
		return []What{DutyPerformed, Corrected}
	case Extension:
		return []What{TimeGranted}
	case Explanation:
		return []What{HarmExplained}
	}
	return nil
}

func (c *compiler) repair() {
	seen := map[string]bool{}
	for i := range c.d.Routes {
		c.route(fmt.Sprintf("routes.%d", i), c.d.Routes[i], seen)
	}
	for i := range c.d.Reliefs {
		c.relief(fmt.Sprintf("relief.%d", i), c.d.Reliefs[i], seen)
	}
}

// told checks the words of a route or relief: no price stands in them.
func (c *compiler) told(at, what string, text map[string]string) {
	c.words(RepairFile, at+"."+what, text)
	for _, s := range text {
		if asksPrice(s) {
			c.price(at + "." + what)
			return
		}
	}
}

func (c *compiler) price(at string) {
	c.say(RepairFile, at, "D8", "Money or labour is no price of repair.", "Ask for what the decision itself asks for, or for words; take everything else out.")
}

// classes checks that what ends early weighs on the person: a favourable record never does (rules D4).
func (c *compiler) classes(at string, list []string) {
	if len(list) == 0 {
		c.say(RepairFile, at+".classes", "form", "It is for no record.", "Name classes of retention.yaml.")
	}
	for i, class := range list {
		if _, ok := c.p.retentions[class]; !ok || slices.Contains(list[:i], class) {
			c.say(RepairFile, at+".classes", "name", "This class is not in retention.yaml, or named twice.", "Use a class of retention.yaml, each once.")
			continue
		}
		for _, t := range c.d.Types {
			if t.Retention == class && slices.Contains([]catalogue.Form{catalogue.Licence, catalogue.Qualification, catalogue.ObligationMet}, t.Form) {
				c.say(RepairFile, at+".classes", "D4", "A favourable record would end early too.", "Name classes of negative types only.")
				break
			}
		}
	}
}

func (c *compiler) route(at string, d DraftRoute, seen map[string]bool) {
	r := d.Route
	c.code(RepairFile, at+".code", r.Code, seen)
	c.told(at, "labels", r.Labels)
	c.told(at, "sentence", r.Sentence)
	c.classes(at, r.Classes)
	name := "routes." + r.Code
	c.cite(RepairFile, at+".basis", Parameter{Name: name}, &r.Basis)
	r.Wait = slices.Clone(r.Wait)
	if len(r.Wait) > 0 {
		c.rules(spot{RepairFile, at + ".wait", name + ".wait"}, r.Wait, CalendarDays, Months, Years)
		c.unrolled(RepairFile, at+".wait", r.Wait)
	}
	if r.To != nil && *r.To < r.From {
		c.say(RepairFile, at+".to", "term", "The route ends before it begins.", "Correct from: or to:.")
	}
	if r.Kind == ByTime {
		if len(r.Wait) == 0 || len(r.Conditions) > 0 || r.Decides != "" || len(d.Clock) > 0 {
			c.say(RepairFile, at+".kind", "D8", "A route by time asks for nothing and nobody decides on it: it has a wait and nothing else.", "Write wait:, and take conditions:, decides: and clock: out.")
		}
		c.p.routes = append(c.p.routes, r)
		return
	}
	r.Conditions = c.conditions(at, r)
	c.decided(at, d)
	c.p.routes = append(c.p.routes, r)
}

// decided checks who decides on a route, and by when.
func (c *compiler) decided(at string, d DraftRoute) {
	if d.Decides != BySource && d.Decides != ByRegistry {
		c.say(RepairFile, at+".decides", "form", "It is not said who decides.", "Write decides: source or decides: registry.")
	}
	clock := slices.Clone(d.Clock)
	for i := range clock {
		clock[i].Clock.Overdue, clock[i].Clock.Unverifiable = Hide, NotShown // an overdue application hides the record, like a contest (rules D1)
		c.levers(RepairFile, at+".clock", clock[i])
	}
	c.rules(spot{RepairFile, at + ".clock", "deadlines." + RepairClock(d.Code)}, clock, CalendarDays, WorkingDays, Months)
	c.unrolled(RepairFile, at+".clock", clock)
	c.p.deadlines[RepairClock(d.Code)] = clock
}

func (c *compiler) conditions(at string, r Route) []Condition {
	needs := asks(r.Kind)
	if needs == nil {
		c.say(RepairFile, at+".kind", "D8", "There is no such way to end a record early.", "Use performance, extension, explanation or time.")
	}
	out, seen, met := slices.Clone(r.Conditions), map[string]bool{}, false
	for i := range out {
		k, path := &out[i], fmt.Sprintf("%s.conditions.%d", at, i)
		c.code(RepairFile, path+".code", k.Code, seen)
		c.told(path, "labels", k.Labels)
		if !slices.Contains(whats(), k.What) {
			c.price(path + ".what")
		} else if k.What != PromiseGiven && !slices.Contains(needs, k.What) {
			c.say(RepairFile, path+".what", "form", "A route of this kind does not ask for that.", "Make it a route of its own kind.")
		}
		if k.Proof != ByFile && k.Proof != ByWords && k.Proof != Either {
			c.say(RepairFile, path+".proof", "form", "It is not said how this is shown.", "Write proof: file, words or either.")
		}
		c.cite(RepairFile, path+".basis", Parameter{Name: "routes." + r.Code + "." + k.Code}, &k.Basis)
		met = met || slices.Contains(needs, k.What)
	}
	if !met && needs != nil {
		c.say(RepairFile, at+".conditions", "D8", "The route does not ask for what its kind is about.", fmt.Sprintf("Add a condition with what: %s.", needs[0]))
	}
	return out
}

func (c *compiler) relief(at string, r Relief, seen map[string]bool) {
	c.code(RepairFile, at+".code", r.Code, seen)
	c.told(at, "labels", r.Labels)
	c.told(at, "sentence", r.Sentence)
	c.classes(at, r.Classes)
	c.cite(RepairFile, at+".basis", Parameter{Name: "relief." + r.Code}, &r.Basis)
	if r.Since != nil && *r.Since > r.Until || r.To != nil && *r.To < r.From {
		c.say(RepairFile, at, "term", "The relief ends before it begins.", "Correct since: and until:, or from: and to:.")
	}
	if r.SettledBy != "" {
		if t, ok := c.draftType(r.SettledBy); !ok || t.Form != catalogue.ObligationMet {
			c.say(RepairFile, at+".settled_by", "name", "This is not a type of obligations met.", "Name the type by which a source says that a duty was met, or leave it out.")
		}
	} else if r.SettledOn != nil {
		c.say(RepairFile, at+".settled_on", "form", "A day is named, and not what was settled.", "Add settled_by:, or take it out.")
	}
	c.p.reliefs = append(c.p.reliefs, r)
}
