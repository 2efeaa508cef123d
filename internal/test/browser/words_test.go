package browser

import (
	"encoding/json"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"recourse/internal/kit/webkit"
	"recourse/internal/test/housetest"
)

// banned are words that shame, praise, guess or hurry, or that would certify what
// nobody can know (rules B1). Letters of packs are held to them too.
func banned() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"zh": regexp.MustCompile(`没有记录|无记录|清白|良好|洗白|污点|不良|失信|数据提供|用户|申诉成功|信用分|评级|黑名单|立即|尽快|！|老赖`),
		"en": regexp.MustCompile(`(?i)\bno records?\b|\bclear(ed|ly)?\b|\bgood standing\b|\bclean\b|\bwipe|\badverse\b|\bderogatory\b|\boffenders?\b|\bfurnishers?\b|` +
			`\bdata providers?\b|\busers?\b|\byou won\b|\bblack ?lists?|\bplease\b|\bhurry\b|\bcredit (score|rating)|!`),
	}
}

// texts flattens a file of words into key and text.
func texts(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	var walk func(string, any)
	walk = func(key string, node any) {
		switch node := node.(type) {
		case string:
			out[key] = node
		case map[string]any:
			for k, v := range node {
				walk(strings.TrimPrefix(key+"."+k, "."), v)
			}
		}
	}
	walk("", tree)
	return out
}

// localeFiles returns every file of words and every wording of the packs.
func localeFiles(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, top := range []string{"internal", "packs"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(name, "/locales/") && !strings.Contains(name, "/notices/") {
				return err
			}
			raw, err := os.ReadFile(name)
			out[filepath.ToSlash(name)] = raw
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestWords_banned(t *testing.T) {
	t.Parallel()
	files := localeFiles(t)
	if len(files) < 12 {
		t.Fatalf("only %d files of words are seen", len(files))
	}
	for name, raw := range files {
		lang := "en"
		if strings.Contains(filepath.Base(name), "zh") {
			lang = "zh"
		}
		said := map[string]string{"(whole)": string(raw)}
		if strings.HasSuffix(name, ".json") {
			said = texts(t, raw)
		}
		for key, text := range said {
			if found := banned()[lang].FindString(text); found != "" {
				t.Errorf("%s: %s says %q in %q", name, key, found, text)
			}
		}
	}
}

func TestWords_bannedPlanted(t *testing.T) {
	t.Parallel()
	for lang, bad := range map[string][]string{
		"zh": {"你没有记录", "信用良好", "不良信息", "快！"},
		"en": {"You have no record here", "Your file is clear", "in good standing", "Please wait", "Done!"}} {
		for _, text := range bad {
			if !banned()[lang].MatchString(text) {
				t.Errorf("%q passes", text)
			}
		}
	}
	for _, text := range []string{"Nuclear", "3 records others can see", "no recording"} {
		if banned()["en"].MatchString(text) {
			t.Errorf("%q does not pass", text)
		}
	}
}

// TestWords_areSaid visits every page in every state and looks for each phrase of each
// face in it: one that no page says is no longer needed, or is shown in a state that no
// test reaches. A phrase stands at the same place in each language, so that one in
// which it was said is enough.
func TestWords_areSaid(t *testing.T) {
	t.Parallel()
	if housetest.Long(0, 1) == 0 {
		t.Skip("asks for some fifteen thousand pages: make long does")
	}
	w := serveWholeLife(t)
	people := w.everybody(t)
	said := map[string]*strings.Builder{}
	for _, lang := range webkit.Langs() {
		said[lang] = &strings.Builder{}
		for _, page := range slices.Concat(everyPage(t, lang), everyFault(t, lang), consentPages(t, lang), people.read(w, lang)) {
			said[lang].WriteString(page + "\n")
		}
	}
	w.lives(t, people, func(page string) { said[webkit.EN].WriteString(text(page) + "\n") })
	for name, raw := range localeFiles(t) {
		face, isEnglish := strings.CutSuffix(name, "/locales/en.json")
		if !isEnglish || !strings.Contains(name, "web") {
			continue
		}
		zh := unsaid(texts(t, localeFiles(t)[face+"/locales/zh.json"]), said[webkit.ZH].String())
		for _, key := range unsaid(texts(t, raw), said[webkit.EN].String()) {
			if slices.Contains(zh, key) && (!seldom(name, key) || !used(t, name, key)) {
				t.Errorf("%s: no page says %s", strings.TrimPrefix(name, root+"/"), key)
			}
		}
	}
}

// read returns the text of every page that links lead somebody to.
func (c cast) read(w *whole, lang string) (out []string) {
	for who, o := range c {
		o.walk(w, lang, func(page string) { out = append(out, text(page)) }, entrance(who)...)
	}
	return out
}

// seldom reports whether a phrase is said in a state that this package does not bring
// about: a sending that breaks, a body whose system never answers, a year without a
// calendar. The tests of its room do.
func seldom(name, key string) bool {
	face := strings.TrimSuffix(strings.TrimPrefix(name, root+"/internal/"), "/locales/en.json")
	return slices.Contains(map[string][]string{
		"consent/consentweb":             {"Freeze.PassesNone"},
		"dispute/disputeweb":             {"Aside.Lacks", "Certify.Confirm", "Certify.ConfirmText", "Certify.Confirmed", "Certify.Document", "Certify.Done", "Certify.File", "Certify.List", "Certify.Mend", "Certify.Never", "Certify.Own", "Certify.Reasons", "Certify.Send", "Certify.Stands", "Certify.Text", "Certify.Title", "Certify.Waits", "Certify.Whole", "Complaint.States.stood", "Complaint.States.withheld", "Complaint.States.lapsed", "Complaint.Stood", "Complaint.Lapsed", "Complaint.Nothing", "Complaint.Letter.Unheard", "Letter.WaitsWorking", "Lever.WaitText", "Lever.WaitWorking", "Letter.Extended", "Letter.Outage", "Letter.ToldBodies", "Letter.Waits", "Lever.Extend", "Lever.ExtendText"},
		"dossier/dossierweb":             {"Seen.AtOnce", "Seen.AtOnceHeard"},
		"estate/estateweb":               {"BackTil", "Entered", "None", "States.dropped", "States.reversed", "Step.Over", "Step.Reverse", "Step.Reverse2", "Step.ReverseText", "Step.ReverseWaits", "Letter.Entered", "Letter.EnteredText", "Letter.Wrong", "Letter.Estate", "Letter.Reversed", "Letter.ReversedText", "Letter.Consents", "Letter.Contact", "States.entered"},
		"furnish/furnishweb":             {"Delivery.Failed", "Delivery.Running", "Findings.Certify", "Mend.Cut", "Mend.Full", "Mend.Long", "Trial.Again", "Trial.Failed", "Trial.FailedText", "Trial.FormBook", "Trial.FormText"},
		"hold/holdweb":                   {"Mine.Ended", "New.NoGround", "States.dropped", "States.ended", "States.lifted", "Done", "None"},
		"inquiry/inquiryweb":             {"CSV.Referred", "Detail.Refer", "Detail.Two", "Saw.Referred"},
		"inquiry/inquiryweb/ask":         {"Answer.Provisional", "Answer.ProvisionalText", "Answer.Refer", "Answer.ReferAsk", "Answer.ReferText", "Answer.Statement", "Second.DoneText", "Second.WaitAgain", "Second.WaitText", "Second.WaitTitle"},
		"law/lawweb":                     {"Versions.NoEffect", "Calendar.None", "One.Nobody", "Types.None"},
		"ledger/ledgerweb":               {"List.Kinds", "List.Kinds.dossier.erased", "List.Kinds.retention", "List.None", "List.NoneText", "None", "Paper.Alt", "Paper.Long", "Policy", "Seen"},
		"notice/noticeweb":               {"Kinds.before-erasure", "Kinds.death-entered", "Kinds.death-reversed", "Kinds.re-inserted", "Kinds.look-answered", "Kinds.look-late", "Kinds.record-stayed", "Kinds.plea-closed", "Kinds.shown-elsewhere", "Post.DoneReturned", "Post.Ended", "Post.Gone", "Post.More", "Post.Sealed"},
		"notice/noticeweb/changes":       {"Became.corrected", "Became.found wrong", "Became.not this person", "Became.unverifiable", "Hook.Dead", "Hook.Sent", "Hook.Waiting", "Mine.Sent", "Replay.Address", "Replay.Again", "Replay.AgainOf", "Replay.Dead", "Replay.Done", "Replay.OnItsWay", "Replay.Retried", "Replay.Retry", "Replay.Since", "Replay.Waiting", "Replay.Mend.E-CHANGE-WAITS", "Replay.Mend.E-HOOK-STATUS", "Replay.Mend.E-HOOK-REACH", "Replay.Mend.E-HOOK-SLOW", "Replay.Mend.E-HOOK-PRIVATE", "Replay.Mend.E-HOOK-GONE"},
		"oversight/oversightweb":         {"Plea.Mine.Began", "Plea.Done", "Plea.None", "Plea.Gone", "Plea.Lasts", "Plea.Asked.Done", "Plea.Asked.Late", "Plea.Asked.None", "Plea.Mend.answers", "Plea.Mend.outcome", "Plea.Letter.Stayed", "Plea.Letter.StayedText", "Plea.Letter.Closed", "Plea.Letter.ClosedText", "Plea.Letter.Next", "Plea.Letter.Contact", "Inspect.Silent", "Inspect.Own.Late", "Inspect.Own.None", "Inspect.WaitsUntil", "Inspect.Done", "Inspect.Own.Done", "Inspect.Rules.night", "Inspect.Rules.day-off", "Inspect.Rules.many", "Inspect.Rules.refused", "Inspect.Rules.random", "Inspect.Rules.new-purpose", "None", "Overdue", "Mend", "Answered", "Done", "Mine.Beyond", "Findings.mistaken", "Findings.unshown", "Findings.unlawful", "Meaning.mistaken", "Meaning.unshown", "Meaning.unlawful", "Letter.Answered", "Letter.AnsweredText", "Letter.Late", "Letter.LateText", "Letter.Next", "Letter.Contact", "Doubts.unknown body", "Doubts.nothing asked", "Doubts.no consent", "Doubts.too much", "Doubts.somebody else", "Doubts.for no reason"},
		"oversight/oversightweb/figures": {"None"},
		"party/partyweb":                 {"Team.Code", "Team.CodeText", "Team.Waiting", "Team.WaitingText", "Team.NotHead", "Team.PutBy", "Team.NeedsOther", "Team.Second", "Team.Drop", "Team.WishInvite", "Team.WishAppoint", "Team.WishTrain", "Team.WishLeave", "Team.Lent", "Team.Left", "Team.LeftTo", "Team.Untrained", "Team.Away", "Team.NoMandate", "Team.LeaveFrom", "Team.Return", "Team.Done.put", "Team.Done.second", "Team.Done.drop", "Team.Done.dismiss", "Team.Done.return", "Team.Done.part", "Team.Mend.E-STAFF", "Team.Mend.E-STAFF-KNOWN", "Team.Mend.E-TRAINED", "Team.Mend.E-TERM", "Team.Mend.E-LEAVE", "Team.Mend.E-STAND-IN", "Team.Mend.E-DESK", "Team.Mend.E-DESK-BODY", "Team.Mend.E-CLERK-NONE", "Team.Mend.E-MOTION-OWN", "Team.Mend.E-MOTION-ALONE", "Team.Mend.E-MOTION-OVER", "Team.Mend.E-HEAD-LAST", "Team.Mend.E-MANDATE-NONE", "Team.Mend.E-LEAVE-NONE", "Team.Mend.E-HANDED-TO", "Team.Mend.E-HEAD", "Team.Desks.supervise", "Clerk.Mandate", "Welcome.Token", "Welcome.TokenText", "Welcome.SignIn", "Welcome.Wrong", "Clerk.Doors", "SignIn.Failed.E-FILE-CLOSED", "SignIn.Failed.E-PROVIDER-AWAY", "SignIn.Failed.E-PROVIDER-DENIED", "SignIn.Failed.E-PROVIDER-STALE", "SignIn.Failed.E-PROVIDER-WEAK", "SignIn.Failed.E-PROVIDER-CLAIM", "SignIn.Failed.E-PROVIDER-OTHER", "SignIn.Failed.E-STAFF-UNKNOWN", "SignIn.Failed.E-TRAINING", "SignIn.Failed.E-NO-MANDATE", "SignIn.Failed.E-PASSKEY-ANSWER", "SignIn.Failed.E-PASSKEY-COUNTER", "SignIn.Failed.E-PASSKEY-FULL", "SignIn.Failed.E-PASSKEY-UNKNOWN", "SignIn.Failed.E-PASSKEY-WAY", "Passkey.Title", "Passkey.Text", "Passkey.Made", "Passkey.Revoke", "Passkey.New", "Passkey.DoneBound", "Passkey.DoneRevoked", "Passkey.Use", "Passkey.AskTitle", "Passkey.AskText", "Passkey.Ask", "Passkey.MakeTitle", "Passkey.MakeText", "Passkey.Make", "Passkey.Label", "Passkey.First", "Passkey.None", "Passkey.Wrong", "Passkey.Instead", "SignIns.Ways.passkey", "SignIns.Ways.provider", "SignIns.Ways.sample", "SignIns.Ways.token"},
		"party/partyweb/views":           {"Old"},
		"repair/repairweb":               {"Check.Send", "Check.Text", "New.ByItself", "New.None", "Relief.None", "Work.Done", "Work.Extend", "Work.ExtendText"},
		"retention/retentionweb":         {"Copy.Ahead", "Copy.Call", "Copy.CallText", "Gone.Held", "Gone.Law", "Gone.Waits", "Whys.ordered", "Whys.retention ended", "Whys.wrong person"},
		"kit/webkit":                     {"List.Before", "List.Behind", "Resume.Title", "Resume.Text", "Resume.Send", "Resume.Back", "Resume.Kept"},
	}[face], key)
}

// used reports whether the face of a file of words has a place for a phrase: by
// its own name, or by that of the table that it stands in.
func used(t *testing.T, name, key string) bool {
	t.Helper()
	parts := strings.Split(key, ".")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	tables := strings.Join(parts[:len(parts)-1], "|")
	place := regexp.MustCompile(`\.` + parts[len(parts)-1] + `\b|\.(` + tables + `)\[|phrase\([\w.]*\.(` + tables + `), `)
	for dir := filepath.Dir(filepath.Dir(name)); strings.Contains(dir, "web"); dir = filepath.Dir(dir) {
		for _, ext := range []string{"*.templ", "*.go"} {
			found, err := filepath.Glob(filepath.Join(dir, ext))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range found {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if place.Match(text) {
					return true
				}
			}
		}
	}
	return false
}

func TestWords_usedPlanted(t *testing.T) {
	t.Parallel()
	name := filepath.Join(root, "internal/furnish/furnishweb/locales/en.json")
	if !used(t, name, "Trial.Sending") || used(t, name, "Trial.Nowhere") {
		t.Error("a phrase with a place is not found, or one without is")
	}
}

func TestWords_areSaidPlanted(t *testing.T) {
	t.Parallel()
	got := unsaid(map[string]string{"a": "Comes off on {day}", "b.one": "{n} thing", "b.other": "{n} things", "c": "Never said"}, "It comes. Comes off on 3 May. 2 things")
	if !slices.Equal(got, []string{"c"}) {
		t.Errorf("unsaid: %q", got)
	}
}

// unsaid returns the keys whose phrase is nowhere in a text. Of the forms of a
// plural one is enough.
func unsaid(phrases map[string]string, said string) []string {
	found := map[string]bool{}
	for key, phrase := range phrases {
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		var pattern strings.Builder
		last := 0
		for _, at := range regexp.MustCompile(`\{[^}]*\}`).FindAllStringIndex(phrase, -1) {
			pattern.WriteString(regexp.QuoteMeta(phrase[last:at[0]]) + `[^\n]+?`)
			last = at[1]
		}
		pattern.WriteString(regexp.QuoteMeta(strings.TrimRight(phrase[last:], " ")))
		found[base] = found[base] || regexp.MustCompile(pattern.String()).MatchString(said)
	}
	var out []string
	for key, ok := range found {
		if !ok {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// text returns all that a page says, also to those who hear it.
func text(page string) string {
	for _, a := range []string{"aria-label", "data-l"} {
		page = regexp.MustCompile(a+`="([^"]*)"`).ReplaceAllString(page, ">$1<i ")
	}
	page = strings.ReplaceAll(page, "<title>", "<title>\n")
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, ""))
}
