// Package ledgerweb is the page on which a person checks receipts of the public log
// in their own browser.
//
// It promises that nothing of what is checked leaves the browser: the page's policy
// lets its script reach nothing, and the form posts nowhere. Without a script it says
// how to check with recourse-verify.
package ledgerweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"recourse/internal/kit/webkit"
)

var (
	//go:embed static
	staticFiles embed.FS
	//go:embed verify/locales
	localeFiles embed.FS
)

// Static are the files that the page loads.
func Static() (fs.FS, error) { return fs.Sub(staticFiles, "static") }

// Path is where receipts are checked, below the language.
const Path = "/v"

// VerifyConfig is what the page is made of.
type VerifyConfig struct {
	Say   func(code, lang string) (what, fix string, ok bool) // what each code means
	Trust func() (key, policy string)                         // what the page begins with; who checks may put in their own
}

type verifyWords struct {
	Title, Intro, Private, Doubt, Unable                            webkit.Phrase
	Text, File, Check, Trust, TrustWhy, Key, Policy                 webkit.Phrase
	Growth, Older, Newer, Way, Grown, Mirror, Folder, After, Shard  webkit.Phrase
	Holds, Fails, Log, Seen, Alone, Event, Events, Whole            webkit.Phrase
	Unlabelled, Erased, Audit, Busy                                 webkit.Phrase
	Tool, ToolWhy, ToolReceipt, ToolFile, ToolAudit, ToolAnd, Limit webkit.Phrase
}

// codes are those that a check can end with.
var codes = []string{"E-PROOF-FORM", "E-PROOF-SIGNATURE", "E-PROOF-WITNESS", "E-PROOF-INCLUSION", "E-PROOF-STREAM", "E-PROOF-FORK", "E-PROOF-ROLLBACK",
	"E-PROOF-TILE", "E-PROOF-STALE", "E-PROOF-BUCKET", "E-PROOF-WITHHELD", "E-PROOF-UNLABELLED", "E-PROOF-DAYS", "E-VERIFY-TRUST", "E-VERIFY-REACH"}

type verifyView struct {
	w           *verifyWords
	key, policy string
	codes       []meant
}

type meant struct{ code, text string }

// Verify returns the page, and what leads to it.
func Verify(c VerifyConfig) ([]webkit.Route, webkit.NavItem, error) {
	var words webkit.Words[verifyWords]
	files, err := fs.Sub(localeFiles, "verify")
	if err == nil {
		words, err = webkit.LoadWords[verifyWords](files)
	}
	if err != nil {
		return nil, webkit.NavItem{}, err
	}
	item := webkit.NavItem{Path: Path, Label: webkit.Both(words, func(w *verifyWords) webkit.Phrase { return w.Title })}
	return []webkit.Route{{Method: http.MethodGet, Path: Path, Role: webkit.Anyone, Why: "receipts checked in the reader's own browser",
		Serve: func(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
			p := verifyView{w: words.In(v.Lang)}
			p.key, p.policy = c.Trust()
			for _, code := range codes {
				what, fix, _ := c.Say(code, v.Lang)
				if v.Lang == webkit.EN {
					what += " "
				}
				p.codes = append(p.codes, meant{code, what + fix})
			}
			return webkit.Page{Title: p.w.Title.String(), Script: "verify.js", Content: verify(p)}, nil
		}}}, item, nil
}
