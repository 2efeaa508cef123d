package housetest

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/packs"
)

// Pack returns the pack of Hubei with its files changed by edits, which get the
// path of each file and its text.
func Pack(t testing.TB, edits ...func(file, text string) string) *law.Pack {
	t.Helper()
	p, err := lawfile.Load(PackFiles(t, edits...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// PackFiles are the files of Pack.
func PackFiles(t testing.TB, edits ...func(file, text string) string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	sub, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(sub, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(name, "samples/") {
			return err
		}
		b, err := fs.ReadFile(sub, name)
		text := string(b)
		for _, edit := range edits {
			text = edit(name, text)
		}
		files[name] = &fstest.MapFile{Data: []byte(text)}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Reworded is an edit after which the pack says the same under another hash.
func Reworded(file, text string) string {
	if file == law.PackFile {
		return text + "# written anew\n"
	}
	return text
}
