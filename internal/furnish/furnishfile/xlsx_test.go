package furnishfile_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/kit/spool"
)

// workbook writes one with an independent library.
func workbook(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestXLSX_ofAnotherWriter(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	file := workbook(t, func(f *excelize.File) error {
		date, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		text, _ := f.NewStyle(&excelize.Style{NumFmt: 49})
		own := `yyyy"年"m"月"d"日"`
		chinese, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &own})
		six := "000000"
		padded, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &six})
		for cell, v := range map[string]any{
			"A1": "number", "B1": " text ", "C1": "day",
			"A3": 12.5, "B3": "示例丙\n<&>\"", "C3": day,
			"A4": "420106199001011234", "B4": true, "C4": day,
			"A5": 4.20106199001011e+17, "B5": "x", "C5": day,
			"A6": 123, "B6": "", "C6": day.Add(9*time.Hour + 30*time.Minute),
			"A7": 0.1 + 0.2, "B7": "示例丙\n<&>\"", "C7": 45000.25,
		} {
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				return err
			}
		}
		for cell, style := range map[string]int{"C3": date, "C4": date, "C5": date, "C6": chinese, "A6": padded, "A4": text} {
			if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
				return err
			}
		}
		return f.SetCellRichText("Sheet1", "B6", []excelize.RichTextRun{{Text: "示"}, {Text: "例", Font: &excelize.Font{Bold: true}}})
	})
	form, rows, bad, err := read(t, bytes.NewReader(file))
	if want := (furnish.Form{Format: furnish.XLSX, Sheet: "Sheet1"}); form != want || err != nil {
		t.Fatalf("%+v, %v", form, err)
	}
	want := [][]string{{"number", "text", "day"}, {"12.5", "示例丙\n<&>\"", "2026-03-10"}, {"000123", "示例", "2026-03-10"}, {"0.3", "示例丙\n<&>\"", "45000.25"}}
	if diff := cmp.Diff(want, rows) + cmp.Diff([]string{"2 E-CELL-BOOLEAN text", "3 E-CELL-DIGITS number"}, bad); diff != "" {
		t.Error(diff)
	}
}

// book is the parts of a workbook by name.
type book map[string]string

const (
	relsTop  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	relsBook = `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/styles" Target="/xl/styles.xml"/>` +
		`<Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="http://x/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`
	workbookXML = `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns:r="x"><workbookPr/><sheets><sheet name="表 &amp; 1" sheetId="1" r:id="rId1"/><sheet name="2" sheetId="2" r:id="rId4"/></sheets></workbook>`
	stylesXML   = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="&quot;d&quot;0.00"/><numFmt numFmtId="165" formatCode="[$-804]yyyy\-mm\-dd hh:mm"/><numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="31"/></cellXfs></styleSheet>`
	stringsXML = `<sst><si><t>a</t></si><si><t>b</t></si><si><r><t>示</t></r><r><t xml:space="preserve">例 </t></r><rPh sb="0"><t>shi</t></rPh></si><si/></sst>`
)

// sheet is a workbook with these rows under a header of a and b.
func sheet(rows string) book {
	return book{"_rels/.rels": relsTop, "xl/_rels/workbook.xml.rels": relsBook, "xl/workbook.xml": workbookXML, "xl/styles.xml": stylesXML, "xl/sharedStrings.xml": stringsXML,
		"xl/worksheets/sheet1.xml": `<worksheet><cols><col min="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>` + rows}
}

const sheetEnd = `</sheetData></worksheet>`

func (b book) with(name, text string) book {
	c := maps.Clone(b)
	c[name] = text
	return c
}

func (b book) zip(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(b)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, b[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		book book
		rows [][]string
		bad  []string
	}{
		"strings":       {sheet(`<row><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row><row><c t="inlineStr"><is><t>x&#x4E00;</t></is></c><c t="str"><f>A1</f><v>y_x000A__x005F_x0041_</v></c></row>` + sheetEnd), [][]string{{"示例 ", ""}, {"x一", "y\n_x0041_"}}, nil},
		"left out":      {sheet(`<row r="3"><c r="B3"><v>1</v></c></row><row r="9"/><row r="11"><c r="A11"/><c r="B11" s="1"/></row><row r="12"><c r="A12"><v>2</v></c></row>` + sheetEnd), [][]string{{"", "1"}, {"2", ""}}, nil},
		"beyond":        {sheet(`<row><c r="A2"><v>1</v></c><c r="D2" s="1"/></row><row><c r="A3"><v>1</v></c><c r="XFD3"><v>1</v></c></row>` + sheetEnd), [][]string{{"1", ""}}, []string{"2 E-ROW-WIDTH"}},
		"numbers":       {sheet(`<row><c><v>1E3</v></c><c><v>0.30000000000000004</v></c></row><row><c><v>-5</v></c><c><v>123456789012345</v></c></row><row><c s="2"><v>1.50</v></c><c s="99"><v>7</v></c></row>` + sheetEnd), [][]string{{"1000", "0.3"}, {"-5", "123456789012345"}, {"1.5", "7"}}, nil},
		"lost digits":   {sheet(`<row><c><v>4.2010619900101101E+17</v></c></row><row><c><v>420106199001011234</v></c></row><row><c/><c><v>1e999</v></c></row>` + sheetEnd), nil, []string{"1 E-CELL-DIGITS a", "2 E-CELL-DIGITS a", "3 E-CELL-DIGITS b"}},
		"no numbers":    {sheet(`<row><c><v>x</v></c></row><row><c><v>1-</v></c></row><row><c><v>NaN</v></c></row><row><c><v>0x10</v></c></row>` + sheetEnd), nil, []string{"1 E-CELL-NUMBER a", "2 E-CELL-NUMBER a", "3 E-CELL-NUMBER a", "4 E-CELL-NUMBER a"}},
		"days":          {sheet(`<row><c s="1"><v>46091</v></c><c s="3"><v>46091.395833333336</v></c></row><row><c s="5"><v>1</v></c><c s="1"><v>59.5</v></c></row><row><c t="d"><v>2026-03-10T00:00:00</v></c><c s="1"><v>61</v></c></row>` + sheetEnd), [][]string{{"2026-03-10", "2026-03-10T09:30:00"}, {"1900-01-01", "1900-02-28"}, {"2026-03-10", "1900-03-01"}}, nil},
		"no days":       {sheet(`<row><c s="1"><v>60</v></c></row><row><c s="4"><v>1.5</v></c></row><row><c s="1"><v>-1</v></c></row><row><c s="1"><v>2958466</v></c></row><row><c s="1"><v>1e300</v></c></row>` + sheetEnd), nil, []string{"1 E-CELL-DAY a", "2 E-CELL-DAY a", "3 E-CELL-DAY a", "4 E-CELL-DAY a", "5 E-CELL-DAY a"}},
		"since 1904":    {sheet(`<row><c s="1"><v>0</v></c><c s="1"><v>44629</v></c></row>`+sheetEnd).with("xl/workbook.xml", strings.Replace(workbookXML, "<workbookPr", `<workbookPr date1904="1"`, 1)), [][]string{{"1904-01-01", "2026-03-10"}}, nil},
		"formulas":      {sheet(`<row><c><f>1+1</f><v>2</v></c></row><row><c><f>1+1</f></c></row><row><c t="e"><f>NA()</f><v>#N/A</v></c></row><row><c t="b"><v>1</v></c></row>` + sheetEnd), [][]string{{"2", ""}}, []string{"2 E-CELL-FORMULA a", "3 E-CELL-ERROR a", "4 E-CELL-BOOLEAN a"}},
		"merged":        {sheet(`<row r="2"><c><v>1</v></c></row><row r="3"><c><v>2</v></c></row><row r="4"><c><v>3</v></c></row></sheetData><mergeCells count="2"><mergeCell ref="A3:B3"/><mergeCell ref="A3:B4"/></mergeCells></worksheet>`), [][]string{{"1", ""}}, []string{"2 E-ROW-MERGED", "3 E-ROW-MERGED"}},
		"not merged":    {sheet(`<row><c t="inlineStr"><is><t>mergeCell ref="A1:B9"></t></is></c></row></sheetData><mergeCells count="0"/></worksheet>`), [][]string{{`mergeCell ref="A1:B9">`, ""}}, nil},
		"hidden sheet":  {sheet("").with("xl/workbook.xml", strings.Replace(workbookXML, `sheetId="1"`, `sheetId="1" state="veryHidden"`, 1)).with("xl/worksheets/sheet2.xml", `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>7</v></c></row></sheetData></worksheet>`), [][]string{{"7", ""}}, nil},
		"prefixed":      {sheet("").with("xl/worksheets/sheet1.xml", `<x:worksheet xmlns:x="y"><x:sheetData><x:row><x:c t='s'><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row><x:row><x:c t="inlineStr"><x:is><x:t><![CDATA[<1>]]></x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`), [][]string{{"<1>", ""}}, nil},
		"long cell":     {sheet(`<row><c t="inlineStr"><is><t>`+strings.Repeat("x", 16<<10+1)+`</t></is></c></row><row><c/><c t="s"><v>2</v></c></row>`+sheetEnd).with("xl/sharedStrings.xml", strings.Replace(stringsXML, "示", strings.Repeat("示", 16<<10), 1)), nil, []string{"1 E-CELL-LONG a", "2 E-CELL-LONG b"}},
		"not UTF-8":     {sheet(`<row><c t="inlineStr"><is><t>` + "\xc4\xe3" + `</t></is></c></row><row><c t="inlineStr"><is><t>_xE000_</t></is></c></row>` + sheetEnd), nil, []string{"1 E-CELL-ENCODING a", "2 E-CELL-PRIVATE a"}},
		"no strings":    {sheet("").with("xl/_rels/workbook.xml.rels", strings.Replace(relsBook, "sharedStrings\"", "none\"", 1)).with("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row><row><c><v>1</v></c></row>`+sheetEnd), [][]string{{"1", ""}}, nil},
		"empty first":   {sheet("").with("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"/><row r="2"><c r="A2" t="s"><v>3</v></c></row><row r="4"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>1</v></c></row>`+sheetEnd), [][]string{{"1", ""}}, nil},
		"many strings":  manyStrings(20000),
		"other folders": {sheet(`<row><c><v>1</v></c></row>`+sheetEnd).with("[Content_Types].xml", "<Types/>").with("docProps/app.xml", "not read at all <"), [][]string{{"1", ""}}, nil},
	} {
		form, rows, bad, err := read(t, bytes.NewReader(c.book.zip(t)))
		if err != nil || form.Format != furnish.XLSX || form.Sheet != map[bool]string{true: "2", false: "表 & 1"}[name == "hidden sheet"] {
			t.Errorf("%s: %+v, %v", name, form, err)
		}
		if diff := cmp.Diff(append([][]string{{"a", "b"}}, c.rows...), rows) + cmp.Diff(c.bad, bad); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// manyStrings is a workbook whose table of strings has many blocks, read back and
// forth.
func manyStrings(n int) (c struct {
	book book
	rows [][]string
	bad  []string
}) {
	var words, rows strings.Builder
	words.WriteString("<sst><si><t>a</t></si><si><t>b</t></si>")
	for i := range n {
		fmt.Fprintf(&words, "<si><t>示例%d</t></si>", i)
		fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c><c t="s"><v>%d</v></c></row>`, 2+i, 2+n-1-i)
		c.rows = append(c.rows, []string{fmt.Sprintf("示例%d", i), fmt.Sprintf("示例%d", n-1-i)})
	}
	c.book = sheet(rows.String()+sheetEnd).with("xl/sharedStrings.xml", words.String()+"</sst>")
	return c
}

func TestXLSX_broken(t *testing.T) {
	t.Parallel()
	good := sheet(`<row><c><v>1</v></c></row>` + sheetEnd)
	whole := good.zip(t)
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(flipped, []byte("xl/worksheets/sheet1.xml"))+40] ^= 0x55
	one := "xl/worksheets/sheet1.xml"
	without := func(name string) []byte { c := maps.Clone(good); delete(c, name); return c.zip(t) }
	for name, c := range map[string]struct {
		in   []byte
		code string
	}{
		"cut":                  {whole[:len(whole)-1], "E-FILE-DAMAGED"},
		"half":                 {whole[:len(whole)/2], "E-FILE-DAMAGED"},
		"one bit":              {flipped, "E-FILE-DAMAGED"},
		"only magic":           {[]byte("PK\x03\x04"), "E-FILE-DAMAGED"},
		"empty ZIP":            {book{}.zip(t), "E-FILE-FORMAT"},
		"another ZIP":          {book{"a.csv": "a,b\n"}.zip(t), "E-FILE-FORMAT"},
		"a letter":             {book{"_rels/.rels": strings.Replace(relsTop, "xl/workbook", "word/document", 1), "word/document.xml": "<document/>"}.zip(t), "E-FILE-FORMAT"},
		"no sheet":             {without(one), "E-FILE-DAMAGED"},
		"no strings":           {without("xl/sharedStrings.xml"), "E-FILE-DAMAGED"},
		"all sheets hidden":    {good.with("xl/workbook.xml", strings.ReplaceAll(workbookXML, `sheetId`, `state="hidden" sheetId`)).zip(t), "E-FILE-SHEET"},
		"no rows":              {good.with(one, "<worksheet><sheetData/></worksheet>").zip(t), "E-FILE-EMPTY"},
		"no sheetData":         {good.with(one, "<worksheet/>").zip(t), "E-FILE-EMPTY"},
		"nameless column":      {good.with(one, `<worksheet><sheetData><row><c/><c t="s"><v>1</v></c></row>`+sheetEnd).zip(t), "E-FILE-HEADER"},
		"merged header":        {sheet(`</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>`).zip(t), "E-FILE-HEADER"},
		"many columns":         {good.with(one, `<worksheet><sheetData><row>`+strings.Repeat(`<c><v>1</v></c>`, 1001)+"</row>"+sheetEnd).zip(t), "E-FILE-COLUMNS"},
		"million columns":      {good.with(one, `<worksheet><sheetData><row>`+strings.Repeat(`<c><v>1</v></c>`, 20000)+"</row>"+sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"column twice":         {sheet(`<row><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>` + sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"row backwards":        {sheet(`<row r="1"><c><v>1</v></c></row>` + sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"row too far":          {sheet(`<row r="1048577"><c><v>1</v></c></row>` + sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"string that is not":   {sheet(`<row><c t="s"><v>4</v></c></row>` + sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"string without place": {sheet(`<row><c t="s"><v>x</v></c></row>` + sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"end tags crossed":     {sheet(`<row><c><v>1</c></v></row>` + sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"not closed":           {sheet(`<row><c><v>1`).zip(t), "E-FILE-DAMAGED"},
		"document type":        {good.with("xl/sharedStrings.xml", `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><sst><si><t>&lol2;</t></si></sst>`).zip(t), "E-FILE-DAMAGED"},
		"unknown entity":       {sheet(`<row><c t="inlineStr"><is><t>&nbsp;</t></is></c></row>` + sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"NUL as entity":        {sheet(`<row><c t="inlineStr"><is><t>&#0;</t></is></c></row>` + sheetEnd).zip(t), "E-FILE-DAMAGED"},
		"deep":                 {sheet(strings.Repeat("<a>", 10000)).zip(t), "E-FILE-DAMAGED"},
		"much merged":          {sheet(`</sheetData><mergeCells>` + strings.Repeat(`<mergeCell ref="A2:B2"/>`, 10001) + `</mergeCells></worksheet>`).zip(t), "E-FILE-MERGED"},
		"merged nowhere":       {sheet(`</sheetData><mergeCells><mergeCell ref="A2"/></mergeCells></worksheet>`).zip(t), "E-FILE-DAMAGED"},
		"two of a part":        {doubled(t, good), "E-FILE-DAMAGED"},
		"many parts":           {parts(t, good, 5000), "E-FILE-DAMAGED"},
	} {
		_, rows, _, err := read(t, bytes.NewReader(c.in))
		if f := fault.Of(err); f.Code != c.code || f.Kind != fault.Invalid || f.Field != "file" {
			t.Errorf("%s: %v (%d rows)", name, err, len(rows))
		}
	}
	if _, _, _, err := read(t, io.MultiReader(bytes.NewReader(whole[:len(whole)/2]), torn{})); fault.Of(err).Code != "E-FILE-CUT" {
		t.Errorf("cut by the sender: %v", err)
	}
	if _, rows, _, err := read(t, bytes.NewReader(whole)); err != nil || len(rows) != 2 {
		t.Errorf("control: %v", err)
	}
}

func doubled(t testing.TB, b book) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range append(slices.Sorted(maps.Keys(b)), "XL/workbook.xml") {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, b[strings.ToLower(name)]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func parts(t testing.TB, b book, n int) []byte {
	t.Helper()
	b = maps.Clone(b)
	for i := range n {
		b[fmt.Sprintf("x/%d", i)] = ""
	}
	return b.zip(t)
}

// TestXLSX_leavesNothing: what is set aside has no name and is not readable.
func TestXLSX_leavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	aside := spool.New(dir, rand.Reader, 1<<30)
	o := &furnishfile.Opener{Spool: aside}
	table, err := o.Open(t.Context(), bytes.NewReader(sheet(`<row><c><v>1</v></c></row>`+sheetEnd).zip(t)))
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 || aside.Used() == 0 {
		t.Errorf("while it is read: %v, %v, %d bytes", left, err, aside.Used())
	}
	if err := table.Close(); err != nil || aside.Used() != 0 {
		t.Errorf("%v, %d bytes are kept", err, aside.Used())
	}
	if _, err := o.Open(t.Context(), strings.NewReader("PK\x03\x04")); err == nil || aside.Used() != 0 {
		t.Errorf("after a fault: %v, %d bytes are kept", err, aside.Used())
	}
	for name, s := range map[string]*spool.Spool{"without a place": spool.New(dir+"/none", rand.Reader, 1<<30), "without room": spool.New(dir, rand.Reader, 3)} {
		if _, err := (&furnishfile.Opener{Spool: s}).Open(t.Context(), strings.NewReader("PK\x03\x04")); fault.Of(err).Kind != fault.Unavailable || fault.Of(err).Code != "E-FILE-SPOOL" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
