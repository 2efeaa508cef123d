package lawfile_test

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"recourse/internal/law/lawfile"
)

func files(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	whole := os.DirFS("testdata/sample")
	err := fs.WalkDir(whole, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(whole, name)
		out[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func mapFS(f map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range f {
		m[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return m
}

// TestLoad_malformed breaks the writing of a pack; what is refused for its
// meaning is in the tests of law.
func TestLoad_malformed(t *testing.T) {
	t.Parallel()
	whole := files(t)
	put := func(file, old, new string) func(map[string]string) {
		return func(f map[string]string) {
			if !strings.Contains(f[file], old) {
				t.Errorf("%s does not hold %q", file, old)
			}
			f[file] = strings.Replace(f[file], old, new, 1)
		}
	}
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"unknown key":        {put("pack.yaml", "zone:", "score: 3\nzone:"), "pack.yaml:12: [form] This key is not known here."},
		"missing key":        {put("pack.yaml", "zone: Asia/Shanghai\n", ""), "pack.yaml:3: [form] Key zone is missing."},
		"doubled key":        {put("pack.yaml", "zone: Asia/Shanghai", "zone: Asia/Shanghai\nzone: Europe/Berlin"), "pack.yaml:13: [form] This key is there twice."},
		"doubled language":   {put("pack.yaml", "{zh: 护士, en: Nurse}", "{zh: 护士, zh: 护士}"), "[form] This key is there twice or is no name."},
		"bad indentation":    {put("pack.yaml", "  - code: market", " - code: market\n     x"), "[form] This is not a YAML document."},
		"second document":    {put("pack.yaml", "sectors:", "---\nsectors:"), "[form] The file holds more than one document"},
		"rubbish at the end": {put("retention.yaml", "access:", "...\n\x01access:"), "retention.yaml:"},
		"empty file":         {func(f map[string]string) { f["bodies.yaml"] = "" }, "bodies.yaml:1: [form] This is not a YAML document."},
		"a list as root":     {func(f map[string]string) { f["bodies.yaml"] = "- a\n" }, "bodies.yaml:1: [form] Here should be keys with values."},
		"anchor and alias":   {put("pack.yaml", "title: {", "title: &t {"), "[form] Here should be texts by name."},
		"anchor on a text":   {put("pack.yaml", "pack: sample", "pack: &p cn-hubei"), "[form] Here should be text."},
		"tag on a mapping":   {put("retention.yaml", "access:", "access: !!omap"), "[form] Here should be keys with values."},
		"number as text":     {put("pack.yaml", "pack: sample", "pack: 42"), "pack.yaml:3: [form] Here should be text."},
		"text as number":     {put("deadlines.yaml", "value: 15", "value: \"15\""), "[form] Here should be a whole number."},
		"hex as number":      {put("deadlines.yaml", "value: 15", "value: 0x0F"), "[form] Here should be a whole number."},
		"signed number":      {put("deadlines.yaml", "value: 15", "value: -15"), "[form] Here should be a whole number."},
		"yes for true":       {put("types/nurse-licence.yaml", "required: true", "required: yes"), "[form] Here should be true or false."},
		"shouted flag":       {put("types/nurse-licence.yaml", "required: true", "required: TRUE"), "[form] Here should be true or false."},
		"no such day":        {put("deadlines.yaml", "from: 2026-01-01", "from: 2026-02-30"), "[form] Here should be a date that exists."},
		"a list as date":     {put("deadlines.yaml", "from: 2026-01-01", "from: [1]"), "[form] Here should be a date."},
		"text as list":       {put("pack.yaml", "languages: [zh, en]", "languages: zh"), "[form] Here should be a list."},
		"list as words":      {put("pack.yaml", "{zh: 护士, en: Nurse}", "[护士]"), "[form] Here should be texts by name."},
		"type under a name":  {func(f map[string]string) { f["types/b.yaml"] = f["types/nurse-licence.yaml"] }, "types/b.yaml:1: [form] The file does not bear the name"},
		"unknown file":       {func(f map[string]string) { f["scores.yaml"] = "" }, "scores.yaml:1: [form] This file is no part of a pack."},
		"file too deep":      {func(f map[string]string) { f["types/a/b.yaml"] = "" }, "types/a/b.yaml:1: [form] This file is no part of a pack."},
		"large file":         {func(f map[string]string) { f["types/a.yaml"] = strings.Repeat("#", 300<<10) }, "types/a.yaml:1: [form] This is not a regular file of at most 256 KiB."},
		"carriage returns":   {put("pack.yaml", "\n", "\r\n"), "pack.yaml:1: [form] This file is not UTF-8 text with plain line ends."},
		"other encoding":     {put("pack.yaml", "护士", "\xbb\xa4\xca\xbf"), "pack.yaml:1: [form] This file is not UTF-8"},
		"byte order mark":    {put("pack.yaml", "# A pack", "\ufeff# A pack"), "pack.yaml:1: [form] This file is not UTF-8"},
		"notice name":        {func(f map[string]string) { f["notices/filed.md"] = "# a\n\nb\n" }, "notices/filed.md:1: [form] The name of the file does not say"},
		"notice subject":     {put("notices/filed.zh.md", "# ", ""), "notices/filed.zh.md:1: [form] The file does not begin with its subject."},
		"source head":        {put("sources/cn-pipl.txt", "number:", "nummer:"), "sources/cn-pipl.txt:4: [form] This line of the head is not known."},
		"source day":         {put("sources/cn-pipl.txt", "2021-11-01", "2021-11-31"), "sources/cn-pipl.txt:5: [form] Here should be a date that exists."},
		"source kind":        {put("sources/cn-pipl.txt", "kind: law", "kind: rumour"), "sources/cn-pipl.txt:1: [form] The source does not say whether it is law."},
		"source titles":      {put("sources/cn-pipl.txt", "in-force: 2021-11-01\n", ""), "sources/cn-pipl.txt:1: [form] The source has no title or no day"},
		"source line":        {put("sources/cn-pipl.txt", "[34] ", "34 "), "sources/cn-pipl.txt:9: [form] This line is no article"},
		"article twice":      {put("sources/cn-pipl.txt", "[34] ", "[19] "), "sources/cn-pipl.txt:9: [form] This line is no article"},
		"no parameter":       {put("retention.yaml", "access:\n", "access: {}\nold:\n"), "[form] Key value is missing."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := maps.Clone(whole)
			c.change(f)
			_, err := lawfile.Load(mapFS(f))
			var all lawfile.Faults
			if !errors.As(err, &all) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("want %q in\n%v", c.want, err)
			}
			for _, one := range all {
				if one.File == "" || one.Line < 1 || one.Rule == "" || one.Text == "" || one.Fix == "" {
					t.Errorf("fault without file, line, rule, text or remedy: %+v", one)
				}
			}
		})
	}
}

func TestLoad_tooManyFiles(t *testing.T) {
	t.Parallel()
	f := files(t)
	for i := range 1000 {
		f["cases/"+strings.Repeat("a", i+1)+".txtar"] = ""
	}
	if _, err := lawfile.Load(mapFS(f)); err == nil || !strings.Contains(err.Error(), "too many files") {
		t.Errorf("%v", err)
	}
}

func TestLoad_notAFile(t *testing.T) {
	t.Parallel()
	m := mapFS(files(t))
	m["types/link.yaml"] = &fstest.MapFile{Data: []byte("pack.yaml"), Mode: fs.ModeDevice}
	if _, err := lawfile.Load(m); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("%v", err)
	}
}

// failing is a file system in which one step on one file fails, or tells
// another size than it gives.
type failing struct {
	fstest.MapFS
	file, step string
	err        error
}

func (f failing) Open(name string) (fs.File, error) {
	if name == f.file && f.step == "open" {
		return nil, f.err
	}
	file, err := f.MapFS.Open(name)
	if name == f.file && f.step == "read" {
		return reading{file, f.err}, err
	}
	return file, err
}

func (f failing) ReadFile(name string) ([]byte, error) {
	if name == f.file && f.step == "grow" {
		return make([]byte, 300<<10), nil
	}
	file, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(file)
}

func (f failing) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == f.file && f.step == "list" {
		return nil, f.err
	}
	all, err := f.MapFS.ReadDir(name)
	for i, e := range all {
		if e.Name() == f.file && f.step == "info" {
			all[i] = entry{e, f.err}
		}
	}
	return all, err
}

type reading struct {
	fs.File
	err error
}

func (r reading) Read([]byte) (int, error) { return 0, r.err }

type entry struct {
	fs.DirEntry
	err error
}

func (e entry) Info() (fs.FileInfo, error) { return nil, e.err }

func TestLoad_faultyDisk(t *testing.T) {
	t.Parallel()
	boom := errors.New("disk")
	m := mapFS(files(t))
	for _, c := range []struct {
		fs   fs.FS
		want string
	}{
		{failing{m, "pack.yaml", "open", boom}, "disk"},
		{failing{m, "pack.yaml", "read", boom}, "disk"},
		{failing{m, "pack.yaml", "info", boom}, "disk"},
		{failing{m, "types", "list", boom}, "disk"},
		{failing{m, "pack.yaml", "open", fs.ErrNotExist}, "changed while it was read"},
		{failing{m, "pack.yaml", "grow", nil}, "changed while it was read"},
	} {
		if _, err := lawfile.Load(c.fs); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q: %v", c.want, err)
		}
	}
}
