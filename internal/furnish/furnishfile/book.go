package furnishfile

import (
	"strconv"

	"recourse/internal/kit/spool"
)

// book is what is known of a workbook before its rows are read.
type book struct {
	*zipped
	sheet     string // name of the first sheet that is shown
	part      string // where it is
	epoch1904 bool
	looks     []look // of numbers, by style
	strings   *shared
}

// openBook reads all parts but the sheet.
func openBook(z *zipped, aside *spool.Spool) (*book, error) {
	b := &book{zipped: z}
	if z.parts["_rels/.rels"] == nil {
		return nil, errNoBook
	}
	top, err := z.relations("")
	if err != nil {
		return nil, err
	}
	workbook := find(top, "officeDocument")
	if z.parts[workbook] == nil || z.parts[relationsOf(workbook)] == nil {
		return nil, errNoBook
	}
	parts, err := z.relations(workbook)
	if err != nil {
		return nil, err
	}
	if err := b.workbook(workbook, parts); err != nil {
		return nil, err
	}
	if name := find(parts, "styles"); name != "" {
		if b.looks, err = readLooks(z, name); err != nil {
			return nil, err
		}
	}
	b.strings, err = readShared(z, find(parts, "sharedStrings"), aside)
	return b, err
}

func find(in []relation, kind string) string {
	for _, r := range in {
		if r.kind == kind {
			return r.target
		}
	}
	return ""
}

// workbook finds the first sheet that is shown.
func (b *book) workbook(name string, parts []relation) error {
	book := false
	err := b.each(name, func(m *markup) error {
		switch {
		case m.opens("workbook"):
			book = true
		case m.opens("workbookPr"):
			b.epoch1904, _ = strconv.ParseBool(string(m.attr("date1904")))
		case m.opens("sheet") && b.part == "":
			if state := string(m.attr("state")); state == "hidden" || state == "veryHidden" {
				return nil
			}
			id := string(m.attr(":id"))
			for _, p := range parts {
				if p.id == id && p.kind == "worksheet" {
					b.part = p.target
				}
			}
			var err error
			b.sheet, err = m.value("name")
			return err
		}
		return nil
	})
	if err == nil && !book {
		err = errNoBook
	}
	if err == nil && b.part == "" {
		err = errNoSheet
	}
	return err
}
