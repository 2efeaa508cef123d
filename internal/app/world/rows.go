package world

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/when"
)

// Of a hundred rows, so many repeat or correct one of the delivery before, and
// so many break a rule.
const (
	repeats     = 2
	corrections = 3
	faults      = 5
)

// What dice are thrown for.
const (
	ofDelivery = iota
	ofRow
)

// Rows yields the rows of a delivery by the header of its type. A row may be
// kept by the caller.
func (w *World) Rows(d Delivery) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		r := dice(d.Type, ofDelivery, d.Nth)
		for i := range d.Rows {
			row := w.row(d, d.first+i, 1)
			if r.IntN(100) < faults {
				spoil(r, d.Type, row)
			}
			if !yield(row) {
				return
			}
			if n := r.IntN(100); d.first > 0 && n < repeats+corrections {
				version := 1
				if n >= repeats {
					version = 2
				}
				if !yield(w.row(d, r.IntN(d.first), version)) {
					return
				}
			}
		}
	}
}

func (w *World) row(d Delivery, serial, version int) []string {
	r := dice(d.Type, ofRow, serial)
	p, _ := w.Person(r.IntN(w.size.People))
	row := w.about(r, p, d.Type, of{serial, version, w.sent(d, serial)})
	if version > 1 {
		amend(d.Type, row)
	}
	return row
}

// About makes one good row about a person, with numbers made of serial, as it would
// be sent on a day.
func (w *World) About(p Person, t *catalogue.Type, serial int, sent when.Date) []string {
	return w.about(dice(t, ofRow, serial), p, t, of{serial, 1, sent})
}

// of is which row: the number of its record, its version, and when it is sent.
type of struct {
	serial, version int
	sent            when.Date
}

// about makes one row out of the example of its type: other numbers, days that
// keep their distances, other values of closed fields.
func (w *World) about(r *rand.Rand, p Person, t *catalogue.Type, o of) []string {
	start := w.start(r, t, o.sent)
	shift := int(start) - int(day(t.Example[t.StartField]))
	row := make([]string, 0, len(Columns(t)))
	for _, name := range Columns(t) {
		f, field := t.Field(name)
		value := ""
		switch {
		case name == "id_type":
			value = p.IDType
		case name == "id_number":
			value = p.Number
		case name == "name":
			value = p.Name
		case name == catalogue.BirthColumn && p.Birth == 0: // the number tells it
		case name == catalogue.BirthColumn:
			value = p.Birth.String()
		case name == t.OrderField:
			value = order(t, o.sent, o.version)
		case !field || f.Kind == catalogue.DocumentNumber || f.Kind == catalogue.LicenceNumber:
			value = renumber(t.Example[name], o.serial)
		case t.Example[name] == "":
		default:
			value = w.value(r, f, t.Example[name], shift)
		}
		row = append(row, value)
	}
	return row
}

// Columns are those of a type's files: with the day of birth, which not every
// number tells.
func Columns(t *catalogue.Type) []string {
	return slices.Insert(t.Columns(), len(catalogue.PersonColumns()), catalogue.BirthColumn)
}

// sent is the day on which a record of that number was first sent.
func (w *World) sent(d Delivery, serial int) when.Date {
	n, files := 0, w.files(d.of)
	for n+1 < files && serial >= d.of*(n+1)/files {
		n++
	}
	return w.today.AddDays(-w.ago(d.turn, n, files))
}

// soon is the longest distance in days, from the start event to another day of
// the example, at which that day must have passed when the row is sent. What
// lies further off is an end.
const soon = 90

// start is the day of the start event: shortly before the delivery, and so that
// what follows it soon has happened.
func (w *World) start(r *rand.Rand, t *catalogue.Type, sent when.Date) when.Date {
	from, last := day(t.Example[t.StartField]), 0
	for _, f := range t.Fields {
		if f.Kind != catalogue.Date || t.Example[f.Name] == "" {
			continue
		}
		if n := int(day(t.Example[f.Name])) - int(from); n <= soon {
			last = max(last, n)
		}
	}
	return sent.AddDays(-last - 1 - r.IntN(20))
}

func day(s string) when.Date {
	d, err := when.Parse(s)
	if err != nil {
		return when.Of(2026, time.January, 1)
	}
	return d
}

func (w *World) value(r *rand.Rand, f catalogue.Field, example string, shift int) string {
	switch {
	case f.Kind == catalogue.Date:
		return day(example).AddDays(shift).String()
	case f.Kind == catalogue.Money:
		_, currency, _ := strings.Cut(example, " ")
		return fmt.Sprintf("%d.00 %s", 100*(1+r.IntN(300)), currency)
	case len(f.Values) > 0:
		v := f.Values[r.IntN(len(f.Values))]
		if spelled := v.Labels[w.pack.Languages[0]]; r.IntN(2) == 0 && spelled != "" {
			return spelled
		}
		return v.Code
	}
	return example
}

func order(t *catalogue.Type, sent when.Date, version int) string {
	if t.OrderBy == catalogue.ByNumber {
		return strconv.Itoa(version)
	}
	return sent.Time().Add(time.Duration(8+version) * time.Hour).Format(time.RFC3339)
}

// renumber writes serial in place of the last run of digits of a sample number,
// and as long where it fits.
func renumber(sample string, serial int) string {
	end := strings.LastIndexAny(sample, "0123456789") + 1
	begin := end
	for begin > 0 && sample[begin-1] >= '0' && sample[begin-1] <= '9' {
		begin--
	}
	return sample[:begin] + fmt.Sprintf("%0*d", max(end-begin, 6), serial+1) + sample[end:]
}

// amend changes what a later version may change: an amount.
func amend(t *catalogue.Type, row []string) {
	for i, name := range Columns(t) {
		if f, ok := t.Field(name); ok && f.Kind == catalogue.Money && row[i] != "" {
			_, currency, _ := strings.Cut(row[i], " ")
			row[i] = "50.00 " + currency
			return
		}
	}
}

// spoil breaks one row in a way that real files are broken.
func spoil(r *rand.Rand, t *catalogue.Type, row []string) {
	at := func(name string) *string {
		for i, n := range Columns(t) {
			if n == name {
				return &row[i]
			}
		}
		return new(string)
	}
	switch r.IntN(6) {
	case 0: // a digit misread
		n := at("id_number")
		*n = flip(*n)
	case 1: // the name of somebody else
		*at("name") += "错"
	case 2: // a day that does not exist
		*at(t.StartField) = "2026-02-30"
	case 3: // nothing where something must be
		for _, f := range t.Fields {
			if f.Required && f.Name != t.StartField {
				*at(f.Name) = ""
				return
			}
		}
	case 4: // a value that the type does not have
		for _, f := range t.Fields {
			if len(f.Values) > 0 {
				*at(f.Name) = "信用等级D"
				return
			}
		}
		*at(t.StartField) = "03/10/2026"
	case 5: // masked
		n := at("id_number")
		*n = (*n)[:6] + "********" + (*n)[len(*n)-4:]
	}
}

// flip changes the last digit but one, so that the check character is wrong.
func flip(s string) string {
	b := []byte(s)
	i := len(b) - 2
	b[i] = '0' + (b[i]-'0'+1)%10
	return string(b)
}
