package furnishweb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"slices"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/kit/spool"
	"recourse/internal/kit/webkit"
)

// form lets the clerk choose a type and a file.
func (f *Face) form(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.formPage(v, v.Query.Get("type"), nil), nil
}

func (f *Face) formPage(v webkit.Visit, chosen string, mend []webkit.Mend) webkit.Page {
	w, pack := f.words.In(v.Lang), f.Shelf.At(v.Now)
	view := newView{f: f, w: w, v: v, chosen: chosen, mend: mend}
	for _, t := range pack.Furnishable(v.BodyCode) {
		view.types = append(view.types, choice{Type: t, within: f.within(v, t.Code)})
	}
	if len(view.types) == 1 {
		view.chosen = view.types[0].Code
	}
	return webkit.Page{Title: w.New.Title.String(), Nav: newPath, Mend: mend, Content: newForm(view)}
}

// within is how long a body may take to file a type, as the pack writes it.
func (f *Face) within(v webkit.Visit, code string) string {
	for _, q := range f.Shelf.At(v.Now).Parameters() {
		if q.Name == "types."+code+".deliver_within" {
			return f.words.In(v.Lang).term(q.Term)
		}
	}
	return ""
}

// choice is a type that the body may send.
type choice struct {
	*catalogue.Type
	within string
}

// try takes an upload through a dry run. The file is kept, encrypted, so that it
// can be sent without being uploaded again.
func (f *Face) try(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	typ, file, err := parts(v.Parts)
	if err != nil {
		return f.mend(v, typ, err)
	}
	if !slices.ContainsFunc(f.Shelf.At(v.Now).Furnishable(v.BodyCode), func(t *catalogue.Type) bool { return t.Code == typ }) {
		drain(file)
		return f.mend(v, typ, errNoType)
	}
	kept, err := f.Spool.Create(f.Most)
	if err != nil {
		return nil, err
	}
	in := &keeping{from: file, to: kept}
	trial, err := f.Service.Try(ctx, clerk(v), typ, in, nil, v.Now)
	if err == nil {
		err = in.whole()
	}
	if err = errors.Join(in.broken, err); err != nil {
		drain(file)
		_ = kept.Remove() // a file without a name: there is nothing else to do about it
		return f.mend(v, typ, err)
	}
	f.drafts.tidy(v.Now)
	f.drafts.put(&draft{id: trial.ID, clerk: clerk(v), typ: typ, made: v.Now, file: kept, hash: trial.FileHash})
	return webkit.See{Path: trialsPath + trial.ID.String()}, nil
}

var (
	errNoFile = errors.New("no file was chosen")
	errNoType = errors.New("no type was chosen")
)

// parts reads the form up to its file, which comes last.
func parts(in *multipart.Reader) (typ string, file io.Reader, err error) {
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return typ, nil, errNoFile
		}
		if err != nil {
			return typ, nil, fault.New(fault.Invalid, "E-FILE-CUT", "The upload ended before it was whole. Nothing was kept.").Because(err)
		}
		switch {
		case part.FormName() == "type":
			raw, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return "", nil, fault.New(fault.Invalid, "E-FILE-CUT", "The upload ended before it was whole. Nothing was kept.").Because(err)
			}
			typ = string(raw)
		case part.FormName() == "file" && part.FileName() == "":
			return typ, nil, errNoFile
		case part.FormName() == "file":
			return typ, part, nil
		}
	}
}

// drain reads an upload to its end: a browser shows no answer that comes before
// it has sent everything.
func drain(file io.Reader) { _, _ = io.Copy(io.Discard, file) }

// keeping reads an upload and keeps what was read.
type keeping struct {
	from   io.Reader
	to     *spool.File
	broken error
}

// Read is io.Reader.
func (k *keeping) Read(b []byte) (int, error) {
	n, err := k.from.Read(b)
	if _, bad := k.to.Write(b[:n]); bad != nil {
		k.broken = bad
		return 0, bad
	}
	return n, err
}

// whole keeps what is left after the last row and ends the file.
func (k *keeping) whole() error {
	if _, err := io.Copy(io.Discard, k); err != nil {
		return err
	}
	return k.to.End()
}

// mend shows the form again with what is wrong with the upload.
func (f *Face) mend(v webkit.Visit, typ string, err error) (webkit.Reply, error) {
	w, field := f.words.In(v.Lang).Mend, "file"
	var text string
	bad := fault.Of(err)
	switch {
	case errors.Is(err, errNoType), bad.Code == furnish.ErrType.Code:
		text, field = w.Type.String(), "type"
	case errors.Is(err, errNoFile):
		text = w.File.String()
	case errors.Is(err, spool.ErrLong), tooLong(err):
		text = w.Long.With("most", size(f.Most))
	case errors.Is(err, spool.ErrFull):
		text = w.Full.String()
	case bad.Code == "E-FILE-CUT":
		text = w.Cut.String()
	case bad.Kind == fault.Invalid:
		text = f.wrong(v.Lang, bad)
	default:
		return nil, err
	}
	return f.formPage(v, typ, []webkit.Mend{{Field: field, Text: text}}), nil
}

// wrong words a fault of a file.
func (f *Face) wrong(lang string, bad *fault.Error) string {
	text := bad.Text
	if lang != webkit.EN {
		if what, fix, ok := f.Book.Say(bad.Code, lang); ok {
			text = what + fix
		}
	}
	if bad.Field != "" && bad.Field != "file" {
		text = bad.Field + ": " + text
	}
	return text
}

// template gives an empty file of a type.
func (f *Face) template(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	t, ok := f.Shelf.At(v.Now).Type(v.Param("type"))
	form := furnish.Format(v.Query.Get("format"))
	if _, known := mediaTypes()[form]; !ok || !known {
		return nil, fault.New(fault.NotFound, "E-NO-TYPE", "There is no such type of record.")
	}
	var out bytes.Buffer
	if err := f.Template(&out, t, form, v.Lang); err != nil {
		return nil, err
	}
	return webkit.File{Name: t.Code + "." + string(form), Type: mediaTypes()[form], Data: out.Bytes()}, nil
}

func mediaTypes() map[furnish.Format]string {
	return map[furnish.Format]string{furnish.CSV: "text/csv; charset=utf-8", furnish.JSONL: "application/jsonl; charset=utf-8",
		furnish.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
}
