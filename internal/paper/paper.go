// Package paper is what is written and sent in a case, a contest or an application:
// words and files, sealed.
//
// It promises that
//   - a file is taken only where its content is of a kind that is taken, it has at most
//     MostFile bytes, and somebody looked into it for malware;
//   - what is written is sealed before it leaves the room that takes it, each paper under
//     a leaf of its own, so that one can be forgotten without the others.
package paper

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/media"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Sheet is what every paper has, whatever case it is in. Its content is sealed.
type Sheet struct {
	ID      ref.Paper
	Clerk   ref.Clerk // zero for the person
	Media   string    // of a file
	At      time.Time
	Content Content
	Gone    bool // its key is gone
	Box     seal.Box
}

// Content is what a paper says.
type Content struct {
	Text    string `json:"text,omitempty"`
	Officer string `json:"officer,omitempty"` // who answers for a source, by name
	Help    string `json:"help,omitempty"`    // what help is asked for
	Name    string `json:"name,omitempty"`    // of a file
	Data    []byte `json:"data,omitempty"`    // of a file
}

// Sealer closes and opens boxes; see seal.Content.
type Sealer interface {
	Close(ctx context.Context, contents []seal.Content) ([]seal.Box, error)
	Open(ctx context.Context, boxes []seal.Sealed) ([]seal.Opened, error)
}

// Scanner looks for malware in a file. It returns a fault of kind Refused where there
// is some, and of kind Unavailable where it could not look: the file is not taken then.
type Scanner interface {
	Scan(ctx context.Context, data []byte) error
}

// The bounds of what a case takes.
const (
	MostFile  = 5 << 20 // bytes of one file
	MostFiles = 8       // files of one case
	mostWords = 2000    // characters at one place
	mostName  = 200     // characters of the name of a file
)

// Subject is what a paper is sealed for.
func Subject(p ref.Person, id ref.Paper) seal.Subject { return seal.Subject{Person: p, Record: id} }

// Words checks what somebody wrote into a field, and returns it without blanks around it.
func Words(text, field string) (string, error) {
	text = strings.TrimSpace(text)
	if n := len([]rune(text)); n > mostWords {
		return "", ErrLong.At(field)
	}
	return text, nil
}

// ErrLong is the answer to a text for which there is no room.
var ErrLong = fault.Newf(fault.Invalid, "E-WORDS-LONG", "A text is longer than the %d characters for which there is room. Nothing was sent; say it shorter, or attach it as a file.", mostWords)

// Room returns a fault where a case has as many files as it may.
func Room(files int) error {
	if files < MostFiles {
		return nil
	}
	return fault.Newf(fault.Invalid, "E-EVIDENCE-MANY", "There are %d files already. Nothing was added; put several pages into one PDF, or take one out.", files).At("file")
}

// Drawer makes, closes and opens papers.
type Drawer struct {
	Sealer  Sealer
	Scanner Scanner
	Chance  ref.Minter
}

// File checks a file and makes a sheet of it. What its name says does not count.
func (d Drawer) File(ctx context.Context, name string, data []byte) (Sheet, error) {
	if len(data) == 0 || len(data) > MostFile {
		return Sheet{}, fault.Newf(fault.Invalid, "E-EVIDENCE-SIZE", "A file has at least one byte and at most %d MiB. Nothing was kept; make it smaller, or send parts of it.", MostFile>>20).At("file")
	}
	is, ok := media.Of(data)
	if !ok {
		return Sheet{}, fault.New(fault.Invalid, "E-EVIDENCE-TYPE", "This is not a picture (PNG, JPEG), a PDF or an office document without macros. Nothing was kept; send it as one of these.").At("file")
	}
	if err := d.Scanner.Scan(ctx, data); err != nil {
		return Sheet{}, err
	}
	if r := []rune(name); len(r) > mostName {
		name = string(r[:mostName])
	}
	return Sheet{Media: is, Content: Content{Name: name, Data: data}}, nil
}

// sheeted is a pointer to a room's own kind of paper: a Sheet and what the room adds.
type sheeted[P any] interface {
	*P
	sheet() *Sheet
}

func (s *Sheet) sheet() *Sheet { return s }

// Close numbers papers of a person and seals them until a day.
func Close[P any, H sheeted[P]](ctx context.Context, d Drawer, p ref.Person, until when.Date, papers []P) error {
	contents := make([]seal.Content, len(papers))
	for i := range papers {
		id, err := ref.Mint[ref.Paper](d.Chance)
		if err != nil {
			return err
		}
		s := H(&papers[i]).sheet()
		s.ID = id
		plain, err := json.Marshal(s.Content)
		if err != nil {
			return fmt.Errorf("writing a paper: %w", err)
		}
		contents[i] = seal.Content{Subject: Subject(p, id), Epoch: seal.NewEpoch(seal.Case, until), Plain: plain}
	}
	boxes, err := d.Sealer.Close(ctx, contents)
	for i := range boxes {
		H(&papers[i]).sheet().Box = boxes[i]
	}
	return err
}

// Open reads papers of a person, oldest first; a file that was not asked for comes
// without its content.
func Open[P any, H sheeted[P]](ctx context.Context, d Drawer, p ref.Person, papers []P) ([]P, error) {
	var sealed []seal.Sealed
	var given []*Sheet
	for i := range papers {
		if s := H(&papers[i]).sheet(); s.Box.Data != nil {
			sealed, given = append(sealed, seal.Sealed{Subject: Subject(p, s.ID), Box: s.Box}), append(given, s)
		}
	}
	opened, err := d.Sealer.Open(ctx, sealed)
	if err != nil {
		return nil, err
	}
	for i, s := range given {
		if s.Gone = opened[i].Gone; s.Gone {
			continue
		}
		if err := json.Unmarshal(opened[i].Plain, &s.Content); err != nil {
			return nil, fmt.Errorf("reading paper %s: %w", s.ID, err)
		}
	}
	slices.SortStableFunc(papers, func(a, b P) int { return H(&a).sheet().At.Compare(H(&b).sheet().At) })
	return papers, nil
}

// Pick returns the file of a number that was asked for with its content.
func Pick[P any, H sheeted[P]](papers []P, file ref.Paper) (found P, ok bool) {
	for _, one := range papers {
		if s := H(&one).sheet(); s.ID == file && s.Content.Data != nil {
			return one, true
		}
	}
	return found, false
}

// Trace is the sealed part of the access row that a look by staff leaves.
type Trace struct {
	Access ref.Inquiry
	Box    seal.Box
}

// Trace seals who of the staff looks into which case, until a day.
func (d Drawer) Trace(ctx context.Context, p ref.Person, by party.Clerk, of string, until when.Date) (Trace, error) {
	access, err := ref.Mint[ref.Inquiry](d.Chance)
	if err != nil {
		return Trace{}, err
	}
	plain, err := json.Marshal(struct {
		Clerk       string `json:"clerk"`
		StaffNumber string `json:"staff_number"`
		Case        string `json:"case"`
	}{by.ID.String(), by.StaffNumber, of})
	if err != nil {
		return Trace{}, fmt.Errorf("writing the trace: %w", err)
	}
	boxes, err := d.Sealer.Close(ctx, []seal.Content{{Subject: seal.Subject{Person: p, Record: access}, Epoch: seal.NewEpoch(seal.Access, until), Plain: plain}})
	if err != nil {
		return Trace{}, err
	}
	return Trace{access, boxes[0]}, nil
}
