package furnishfile_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"recourse/internal/catalogue"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/law/lawfile"
	"recourse/packs"
)

func types(t *testing.T) []*catalogue.Type {
	t.Helper()
	files, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := lawfile.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return pack.Types()
}

func template(t *testing.T, typ *catalogue.Type, f furnish.Format, lang string) (file []byte, notes string) {
	t.Helper()
	ts, err := furnishfile.NewTemplates()
	if err != nil {
		t.Fatal(err)
	}
	var out, talk bytes.Buffer
	if err := ts.Write(&out, &talk, typ, f, lang); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), talk.String()
}

// TestTemplate_ofEveryType holds the header of its type, and no row; its notes
// speak of every column and value, in both languages.
func TestTemplate_ofEveryType(t *testing.T) {
	t.Parallel()
	all := types(t)
	if len(all) < 30 {
		t.Fatalf("%d types", len(all))
	}
	for _, typ := range all {
		for _, lang := range []string{"zh", "en"} {
			for _, f := range []furnish.Format{furnish.CSV, furnish.JSONL, furnish.XLSX} {
				file, notes := template(t, typ, f, lang)
				form, rows, bad, err := read(t, bytes.NewReader(file))
				if err != nil || form.Format != f || len(bad) > 0 || len(rows) != 1 || len(typ.CheckHeader(rows[0])) > 0 {
					t.Errorf("%s as %s: %+v, %v, %v, %v", typ.Code, f, form, rows, bad, err)
				}
				if f == furnish.XLSX {
					notes = sheetText(t, file, map[string]string{"zh": "说明", "en": "notes"}[lang])
				}
				missing(t, typ, notes, lang)
			}
		}
	}
}

func missing(t *testing.T, typ *catalogue.Type, notes, lang string) {
	t.Helper()
	want := append(typ.Columns(), typ.Code, typ.Labels[lang])
	for _, f := range typ.Fields {
		want = append(want, f.Labels[lang], typ.Example[f.Name])
		for _, v := range f.Values {
			want = append(want, v.Labels[lang])
		}
	}
	for _, w := range want {
		if !strings.Contains(notes, w) {
			t.Errorf("the notes of %s in %s lack %q", typ.Code, lang, w)
		}
	}
}

func sheetText(t *testing.T, file []byte, sheet string) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(rows)
}

// TestTemplate_asAWorkbook: an independent library finds the lists that cells
// offer, and text wherever something is typed.
func TestTemplate_asAWorkbook(t *testing.T) {
	t.Parallel()
	for _, typ := range types(t) {
		if typ.Code != "market-penalty" {
			continue
		}
		file, _ := template(t, typ, furnish.XLSX, "zh")
		f, err := excelize.OpenReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"数据", "说明", "可选值"}, f.GetSheetList()); diff != "" {
			t.Error(diff)
		}
		offers, err := f.GetDataValidations("数据")
		if err != nil {
			t.Fatal(err)
		}
		lists, err := f.GetCols("可选值")
		if err != nil {
			t.Fatal(err)
		}
		if len(offers) != len(lists) || len(offers) < 3 {
			t.Fatalf("%d offers of %d lists", len(offers), len(lists))
		}
		for i, o := range offers {
			column, _ := excelize.ColumnNumberToName(i + 1)
			if want := fmt.Sprintf("'可选值'!$%s$2:$%s$%d", column, column, filled(lists[i])); o.Formula1 != want || o.Type != "list" {
				t.Errorf("%s offers %s, not %s", o.Sqref, o.Formula1, want)
			}
			at := strings.TrimSuffix(strings.Split(o.Sqref, ":")[0], "2")
			if head, _ := f.GetCellValue("数据", at+"1"); head != lists[i][0] {
				t.Errorf("column %s is %q and offers the values of %q", at, head, lists[i][0])
			}
		}
		id, err := f.GetColStyle("数据", "B")
		if err != nil {
			t.Fatal(err)
		}
		if style, err := f.GetStyle(id); err != nil || style.NumFmt != 49 {
			t.Errorf("identifiers are typed as numbers: %+v, %v", style, err)
		}
		return
	}
	t.Fatal("there is no type market-penalty")
}

// filled is how many cells at the top of a column are not empty.
func filled(column []string) int {
	n := slices.Index(column, "")
	if n < 0 {
		return len(column)
	}
	return n
}

func TestTemplate_inNoLanguage(t *testing.T) {
	t.Parallel()
	ts, err := furnishfile.NewTemplates()
	if err != nil {
		t.Fatal(err)
	}
	if err := ts.Write(&bytes.Buffer{}, &bytes.Buffer{}, types(t)[0], furnish.CSV, "fr"); err == nil {
		t.Error("a template in a language that has no words")
	}
}
