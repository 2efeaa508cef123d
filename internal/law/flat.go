package law

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/when"
)

// flat is a compiled pack as one list of places with what stands there. It is
// made by looking at every field that a pack has, so that what is added to the
// grammar is compared without anybody thinking of it.
type flat struct {
	leaves map[string]string // by path; places where nothing stands are absent
	nodes  map[string]bool   // things with a code of their own
	terms  map[string][]term // the terms of one thing
}

// term is a Parameter as far as it counts time.
type term struct {
	Term
	from, to string
}

// flatten lists a pack. Its name and what repeats other places are left out.
func flatten(p *Pack) flat {
	f := flat{leaves: map[string]string{}, nodes: map[string]bool{}, terms: map[string][]term{}}
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		switch name := v.Type().Field(i).Name; name {
		case "Hash", "Version", "parameters":
		case "deliver": // belongs to its type
			for it := v.Field(i).MapRange(); it.Next(); {
				f.walk("types/"+it.Key().String()+"/deliver_within", it.Value())
			}
		default:
			f.walk(strings.ToLower(name), v.Field(i))
		}
	}
	return f
}

func (f flat) walk(path string, v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[*time.Location]():
		return // the same for all versions: Succeeds
	case reflect.TypeFor[when.Date]():
		f.leaves[path] = when.Date(v.Int()).String()
		return
	case reflect.TypeFor[Parameter]():
		f.term(path, v)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			f.walk(path, v.Elem())
		}
	case reflect.Struct:
		f.structure(path, v)
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			at := path + "/" + keyText(it.Key())
			if it.Value().Kind() != reflect.String && it.Value().Kind() != reflect.Bool {
				f.nodes[at] = true
			}
			f.walk(at, it.Value())
		}
	case reflect.Slice, reflect.Array:
		f.list(path, v)
	case reflect.Func, reflect.Chan:
	default:
		if !v.IsZero() {
			f.leaves[path] = keyText(v)
		}
	}
}

// structure walks the fields of a struct. What a compiled value keeps for itself is
// made of its other fields, except in a calendar.
func (f flat) structure(path string, v reflect.Value) {
	t := v.Type()
	inside := strings.HasSuffix(t.PkgPath(), "/when")
	for i := range v.NumField() {
		switch {
		case !t.Field(i).IsExported() && !inside:
		case t == reflect.TypeFor[catalogue.Field]() && t.Field(i).Name == "Values" && v.FieldByName("Kind").String() == string(catalogue.Authority):
			// the bodies of the pack, which are listed by themselves
		case t.Field(i).Anonymous:
			f.walk(path, v.Field(i))
		default:
			f.walk(path+"/"+strings.ToLower(t.Field(i).Name), v.Field(i))
		}
	}
}

// list walks a list: texts as a set, things by their code, everything else by place.
func (f flat) list(path string, v reflect.Value) {
	codes := codesOf(v)
	for i := range v.Len() {
		e := pointed(v.Index(i))
		if e.Kind() == reflect.String && !strings.HasSuffix(path, "languages") {
			f.leaves[path+"/"+e.String()] = "+"
			continue
		}
		at := path + "/" + codes[i]
		if e.Kind() == reflect.Struct && e.Type() != reflect.TypeFor[Parameter]() {
			f.nodes[at] = true
		}
		f.walk(at, e)
	}
}

func pointed(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	return v
}

// codesOf are what the things in a list go by: their codes, where each has its
// own, else their places.
func codesOf(v reflect.Value) []string {
	codes, places, seen := make([]string, v.Len()), make([]string, v.Len()), map[string]bool{}
	for i := range v.Len() {
		places[i], codes[i] = strconv.Itoa(i), codeOf(pointed(v.Index(i)))
		seen[codes[i]] = true
	}
	if len(seen) < len(codes) || seen[""] {
		return places
	}
	return codes
}

func codeOf(v reflect.Value) string {
	if v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[Parameter]() {
		return ""
	}
	for _, name := range []string{"Code", "Class", "Kind", "Name", "Type"} {
		if c := v.FieldByName(name); c.IsValid() && c.Kind() == reflect.String && c.String() != "" {
			return c.String()
		}
	}
	return ""
}

func keyText(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	}
	var parts []string
	switch v.Kind() {
	case reflect.Array:
		for i := range v.Len() {
			parts = append(parts, keyText(v.Index(i)))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			parts = append(parts, keyText(v.Field(i)))
		}
	}
	return strings.Join(parts, ".")
}

// term notes a term under the thing that it belongs to, of which it may be one of
// several.
func (f flat) term(path string, v reflect.Value) {
	t := term{Term: Term{N: int(v.FieldByName("Term").FieldByName("N").Int()), Unit: Unit(v.FieldByName("Term").FieldByName("Unit").String())},
		from: when.Date(v.FieldByName("From").Int()).String()}
	if to := v.FieldByName("To"); !to.IsNil() {
		t.to = when.Date(to.Elem().Int()).String()
	}
	of := termed(path)
	f.terms[of] = append(f.terms[of], t)
}

// termed is the thing that a term at a path belongs to.
func termed(path string) string {
	at := strings.LastIndexByte(path, '/')
	if _, err := strconv.Atoi(path[at+1:]); err == nil {
		return path[:at]
	}
	return path
}

// bounds returns how many days a term has at least and at most; in minutes for
// minutes. ok is false where the unit is not known.
func (t Term) bounds() (least, most int, ok bool) {
	switch t.Unit {
	case Minutes, CalendarDays:
		return t.N, t.N, true
	case WorkingDays:
		return t.N, 3*t.N + 30, true // a run of days off is never that long
	case Months:
		return 28 * t.N, 31 * t.N, true
	case Years:
		return 365 * t.N, 366 * t.N, true
	}
	return 0, 0, false
}

// compare tells terms apart: -1 where every new one is at most as long as every
// old one and one of them shorter, 1 the other way round, 0 where they are alike,
// and false where neither can be said.
func compare(old, now []term) (int, bool) {
	if fmt.Sprint(old) == fmt.Sprint(now) {
		return 0, true
	}
	if len(old) == 0 || len(now) == 0 {
		return 0, false
	}
	shorter, longer, strict := true, true, false
	for _, a := range old {
		for _, b := range now {
			leastA, mostA, ok := a.bounds()
			leastB, mostB, known := b.bounds()
			if !ok || !known || (a.Unit == Minutes) != (b.Unit == Minutes) {
				return 0, false
			}
			if a.Unit == b.Unit {
				leastA, mostA, leastB, mostB = a.N, a.N, b.N, b.N
			}
			shorter, longer = shorter && mostB <= leastA, longer && leastB >= mostA
			strict = strict || a.Term != b.Term
		}
	}
	switch {
	case strict && shorter:
		return -1, true
	case strict && longer:
		return 1, true
	}
	return 0, false
}
