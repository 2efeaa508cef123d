package retentionweb

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"recourse/internal/kit/webkit"
)

// exportPath is where a person takes along all that is kept about them.
const exportPath = "/me/export"

// Format is the name and version of the format of exports.
const Format = "recourse/export@v1"

// Taken is all that is kept about a person, as lists of plain text. Instants are in
// UTC (RFC 3339), days as 2006-01-02, truths "yes" or "no"; what is not known is empty.
type Taken struct {
	Name     string    // of the person, as it was filed; empty where there is no file
	At       time.Time // of the export
	Rules    string    // version of the pack in force
	Registry string
	Log      string // size of the public log that was last signed; empty where there is none
	Lists    []List
}

// List is one kind of things. Columns are the names that programs go by; every row
// has as many cells.
type List struct {
	Code    string
	Columns []string
	Rows    [][]string
}

// Gather collects what is kept about the person of a visit. Each look leaves an
// access row, as every look of a person at their own file does.
type Gather func(ctx context.Context, v webkit.Visit) (Taken, error)

func (f *Face) exportRoutes() []webkit.Route {
	if f.Gather == nil {
		return nil
	}
	return []webkit.Route{
		{Method: http.MethodGet, Path: exportPath, Role: webkit.Person, Why: "what a person can take along of all that is kept about them", Serve: f.export},
		{Method: http.MethodGet, Path: exportPath + "/file", Role: webkit.Person, Why: "all of it for programs, as JSON", Serve: f.exportJSON},
		{Method: http.MethodGet, Path: exportPath + "/schema", Role: webkit.Person, Why: "the JSON Schema of that file", Serve: f.exportSchema},
		{Method: http.MethodGet, Path: exportPath + "/tables", Role: webkit.Person, Why: "all of it as tables, one for each list, in a zip file", Serve: f.exportTables},
		{Method: http.MethodGet, Path: exportPath + "/copy", Role: webkit.Person, Why: "all of it on one page, to print", Serve: f.exportCopy},
	}
}

func (f *Face) export(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	w := f.words.In(v.Lang)
	return webkit.Page{Title: w.Export.Title.String(), Nav: "/me", Content: exportPage(w, v)}, nil
}

func (f *Face) exportCopy(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	t, err := f.Gather(ctx, v)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	back := webkit.Link{Path: exportPath, Text: w.Export.Title.String()}
	return webkit.Page{Title: w.Export.CopyTitle.String(), Nav: "/me", Back: back, Content: exportCopyPage(takenView{t, w, v})}, nil
}

func (f *Face) exportJSON(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	t, err := f.Gather(ctx, v)
	if err != nil {
		return nil, err
	}
	data, err := t.JSON()
	return webkit.File{Name: fileName(v, "json"), Type: "application/json", Data: data}, err
}

func (f *Face) exportSchema(_ context.Context, _ webkit.Visit) (webkit.Reply, error) {
	data, err := Schema(f.Shape)
	return webkit.File{Name: "recourse-export.schema.json", Type: "application/schema+json", Data: data}, err
}

func (f *Face) exportTables(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	t, err := f.Gather(ctx, v)
	if err != nil {
		return nil, err
	}
	data, err := t.zip()
	return webkit.File{Name: fileName(v, "zip"), Type: "application/zip", Data: data}, err
}

func fileName(v webkit.Visit, ext string) string { return "my-file-" + v.Today().String() + "." + ext }

// JSON writes an export for programs.
func (t Taken) JSON() ([]byte, error) {
	lists := map[string]any{}
	for _, l := range t.Lists {
		rows := make([]map[string]string, len(l.Rows))
		for i, row := range l.Rows {
			if len(row) != len(l.Columns) {
				return nil, fmt.Errorf("list %s has a row of %d cells and %d columns", l.Code, len(row), len(l.Columns))
			}
			rows[i] = map[string]string{}
			for n, cell := range row {
				rows[i][l.Columns[n]] = cell
			}
		}
		lists[l.Code] = rows
	}
	return json.MarshalIndent(map[string]any{"format": Format, "notice": notCertificate, "at": t.At.UTC().Format(time.RFC3339), "rules": t.Rules,
		"registry": t.Registry, "log": t.Log, "name": t.Name, "lists": lists}, "", "  ")
}

// notCertificate stands in each export (rules of enforced access: nobody may demand it).
const notCertificate = "The person's own copy. It is not a certificate, and nobody may demand it. 本人留存件，不是证明，任何人不得要求交出。"

// Schema is the JSON Schema of exports with lists of such columns.
func Schema(shape []List) ([]byte, error) {
	text := map[string]any{"type": "string"}
	lists, codes := map[string]any{}, []string{}
	for _, l := range shape {
		cells := map[string]any{}
		for _, c := range l.Columns {
			cells[c] = text
		}
		lists[l.Code] = map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": cells,
			"required": slices.Clone(l.Columns), "additionalProperties": false}}
		codes = append(codes, l.Code)
	}
	top := map[string]any{"format": map[string]any{"const": Format}, "lists": map[string]any{"type": "object", "properties": lists, "required": codes, "additionalProperties": false}}
	for _, name := range []string{"notice", "at", "rules", "registry", "log", "name"} {
		top[name] = text
	}
	return json.MarshalIndent(map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": Format, "type": "object",
		"properties": top, "required": []string{"format", "notice", "at", "rules", "registry", "log", "name", "lists"}, "additionalProperties": false}, "", "  ")
}

// zip writes a table for each list.
func (t Taken) zip() ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, l := range t.Lists {
		w, err := z.Create(l.Code + ".csv")
		if err != nil {
			return nil, fmt.Errorf("writing tables: %w", err)
		}
		data, err := webkit.CSV(append([][]string{l.Columns}, l.Rows...))
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, fmt.Errorf("writing tables: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("writing tables: %w", err)
	}
	return out.Bytes(), nil
}

// takenView is an export as its page shows it.
type takenView struct {
	Taken
	w *words
	v webkit.Visit
}

func (t takenView) list(code string) string {
	if p, ok := t.w.Export.Lists[code]; ok {
		return p.String()
	}
	return code
}

func (t takenView) column(code string) string {
	if p, ok := t.w.Export.Columns[code]; ok {
		return p.String()
	}
	return code
}

// cell is what a reader sees of a cell: instants in the zone of the registry.
func (t takenView) cell(text string) string {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return t.v.Dates.Instant(at)
	}
	switch text {
	case "yes":
		return t.w.Export.Yes.String()
	case "no":
		return t.w.Export.No.String()
	}
	return text
}

// contents is the list of what records say; the page shows it with each record.
const contents = "contents"

// shown are the lists that have a part of the page of their own.
func (t takenView) shown() []List {
	return slices.DeleteFunc(slices.Clone(t.Lists), func(l List) bool { return l.Code == contents })
}

// contents is what a record says: rows of record, field, name of the field, value.
func (t takenView) contents(record string) (out [][]string) {
	for _, l := range t.Lists {
		for _, row := range l.Rows {
			if l.Code == contents && row[0] == record {
				out = append(out, row)
			}
		}
	}
	return out
}
