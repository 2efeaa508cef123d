package webkit

import (
	"embed"

	"github.com/a-h/templ"

	"recourse/internal/when"
)

//go:embed locales/*.json
var localeFiles embed.FS

// shellWords is what the shell around every page says.
type shellWords struct {
	Skip, Main, Up, SignIn, SignOut, Leave, LeftTitle, Left      Phrase
	Sandbox, SandboxClock, Talk, Promise, Zone, Printed, OwnCopy Phrase
	Mend, Wrong, Ahead, AheadNone, YourMove, Pages, Newer, Older Phrase
	Home, Again, Number, Today, InSpan, Public                   Phrase
	Faults                                                       faultWords
	Resume                                                       struct{ Title, Text, Send, Back, Kept Phrase }
	List                                                         struct {
		Title, Apply, All, None, Before, Behind, Due, DueAny, DueLate, DueWeek, Type, AnyType Phrase
		Views, NoViews, Manage, Save, SaveGo, Name, NameHint, Just                            Phrase
	}
}

type faultWords struct {
	Invalid, Unsigned, Forbidden, Mandate, NotFound, Conflict, Refused, TooMany, Unavailable, Internal faultWord
}

type faultWord struct{ Title, Text Phrase }

// shell is a page with all that stands around it.
type shell struct {
	Page
	w        *shellWords
	lang     string
	swap     string // address of the same page in the other language
	registry string
	contact  string
	version  string
	css      string
	js       string
	script   string // of this page alone
	icon     templ.SafeURL
	nav      []Link
	foot     []Link
	size     int // of text, in percent
	signed   bool
	clerk    bool // who is signed in acts for a body
	door     bool // offers to sign in
	sandbox  bool
	guide    templ.Component
	set      *when.Date // the day that a shifted clock shows
	dates    Dates
	at       string // instant of the page
	offset   string
}

func (s shell) href(path string) string { return "/" + s.lang + path }

func (s shell) otherLang() (tagged, name string) {
	if s.lang == ZH {
		return "en", "English"
	}
	return "zh-Hans", "中文"
}

// Bold is text that stands out.
func Bold(text string) templ.Component { return bold(text) }

// Anchor is a link inside a sentence; path is the whole address.
func Anchor(path, text string) templ.Component { return anchor(path, text) }

// Code is a number as it is written, a part of a page.
func Code(text string) templ.Component { return code(text) }

// Text is plain text as a part of a page.
func Text(text string) templ.Component { return plain(text) }

// Day is a day as a part of a page, with its machine-readable form.
func Day(d when.Date, text string) templ.Component { return day(d, text) }
