package lawfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"recourse/internal/law"
	"recourse/internal/when"
)

// idType reads one kind of identifier: its code alone, or with scheme and labels.
func idType(v value) law.IDType {
	if v.n.Kind == yaml.ScalarNode {
		code := v.text()
		return law.IDType{Code: code, Scheme: code}
	}
	o := v.object("code", "scheme", "labels")
	return law.IDType{Code: o.text("code"), Scheme: o.text("scheme"), Labels: o.words("labels")}
}

func (o object) calendar(key string) *law.DraftCalendar {
	v, there := o.keys[key]
	if !there {
		return nil
	}
	o = v.object("weekend", "basis", "years")
	d := &law.DraftCalendar{Weekend: o.texts("weekend"), Basis: o.citation("basis")}
	for _, v := range o.list("years") {
		o := v.object("year", "basis")
		d.Years = append(d.Years, law.DraftYear{Year: o.number("year"), Basis: o.citation("basis")})
	}
	return d
}

// days reads one file of calendar/: a header "date,kind,name_zh,name_en" with a
// name for each language, then one line for each day.
func (r *reader) days(file string) law.DraftDays {
	r.lines[file] = map[string]int{"": 1}
	d := law.DraftDays{File: file}
	if name := stem(file); len(name) == 4 {
		d.Year, _ = strconv.Atoi(name)
	}
	if d.Year < 1900 || d.Year > 2200 {
		r.say(file, 1, "The file does not bear the name of its year.", "Name it like calendar/2026.csv.")
		return d
	}
	rows := csv.NewReader(strings.NewReader(r.files[file]))
	head, err := rows.Read()
	if err == nil && !r.calendarHead(file, head) {
		return d
	}
	for i := 0; err == nil; i++ {
		var row []string
		if row, err = rows.Read(); err == nil {
			line, _ := rows.FieldPos(0)
			d.Days = append(d.Days, r.day(file, i, line, head, row))
		}
	}
	if !errors.Is(err, io.EOF) || head == nil {
		line := 1
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			line = parse.Line
		}
		r.say(file, line, "This is no table with one line for each day.", "Write date,kind,name_zh,name_en and as many cells in each line below.")
	}
	return d
}

func (r *reader) calendarHead(file string, head []string) bool {
	for i, name := range head {
		lang, named := strings.CutPrefix(name, "name_")
		if i < 2 && name != []string{"date", "kind"}[i] || i >= 2 && (!named || lang == "" || slices.Contains(head[:i], name)) || len(head) < 3 {
			r.say(file, 1, "The header is not date,kind and a name for each language.", "Write date,kind,name_zh,name_en.")
			return false
		}
	}
	return true
}

func (r *reader) day(file string, i, line int, head, row []string) law.Day {
	r.lines[file][fmt.Sprintf("days.%d", i)] = line
	date, err := when.Parse(row[0])
	if err != nil {
		r.say(file, line, "Here should be a date that exists.", "Write it like 2026-10-01.")
	}
	day := law.Day{Date: date, Kind: law.DayKind(row[1]), Names: map[string]string{}}
	for j, name := range row[2:] {
		if strings.ContainsAny(name, "\n\r") {
			r.say(file, line, "A name goes over more than one line.", "Write each day on one line.")
		}
		day.Names[strings.TrimPrefix(head[j+2], "name_")] = name
	}
	return day
}
