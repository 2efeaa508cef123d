// Package meaning holds what each code of an error or a finding means and what to do
// about it, for programs that serve no pages.
//
// It promises that every code has both sentences in both languages (a test of
// internal/arch compares the files) and that no text repeats what was sent.
package meaning

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Files are the words, as locales/zh.json and locales/en.json.
func Files() fs.FS { return localeFiles }

// Book is what all codes mean in one language.
type Book struct {
	Codes map[string]struct{ What, Fix string }
}

// Open reads the book of a language, "zh" or "en".
func Open(lang string) (b Book, err error) {
	raw, err := localeFiles.ReadFile("locales/" + lang + ".json")
	if err != nil {
		return b, fmt.Errorf("there are no words in the language %q", lang)
	}
	return b, json.Unmarshal(raw, &b)
}

// Say returns what a code means and what to do; false where the book does not have it.
func (b Book) Say(code string) (what, fix string, ok bool) {
	m, ok := b.Codes[code]
	return m.What, m.Fix, ok
}
