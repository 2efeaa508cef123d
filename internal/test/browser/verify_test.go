package browser

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"recourse/internal/fault"
	"recourse/internal/proof"
)

// vectors are what every implementation of the checks runs.
const vectors = root + "/internal/proof/testdata/vectors"

// vectorRunner runs cases in the page; what comes back is a list of what was found.
const vectorRunner = `(async (files, cases) => {
	const V = recourseVerify, raw = n => Uint8Array.from(atob(files[n] || ''), c => c.charCodeAt(0)), S = n => n ? V.utf8(raw(n)) : '', out = [];
	for (const v of cases) {
		let code = '', shows = '';
		try {
			const t = await V.trust(S('log.key'), S(v.policy));
			const texts = v.input.map(i => {
				const c = Array.from(S(i.file));
				return c.slice(0, i.from || 0).join('') + (i.put || '') + c.slice(i.to || 0).join('');
			});
			if (v.check === 'receipt') {
				const p = await V.checkReceipt(t, texts[0]);
				shows = [p.index, p.event.kind, p.event.at, p.seen.witnesses.length].join(' ');
			} else if (v.check === 'file') {
				const a = await V.checkFile(t, texts[0]);
				shows = [a.events.length, a.days, a.until, a.unlabelled, a.erased].join(' ');
			} else if (v.check === 'consistency') await V.checkConsistency(t, ...texts);
			else if (v.check === 'fresh') V.checkFresh(await V.checkCheckpoint(t, texts[0]), new Date(v.since));
			else {
				const parts = new Map(Object.keys(files).filter(n => n.startsWith('mirror/')).map(n => [n.slice(7), raw(n)]));
				for (const c of v.change || []) {
					const b = parts.get(c.part);
					if (c.gone) { parts.delete(c.part); continue; }
					if (c.flip >= 0) b[c.flip] ^= 1;
					parts.set(c.part, Uint8Array.from([...b.slice(0, b.length - (c.cut || 0)), ...new TextEncoder().encode(c.more || '')]));
				}
				const a = await V.checkMirror(t, parts, S(v.after));
				shows = [a.entries, a.open, a.days.length].join(' ');
			}
		} catch (e) { code = e.code || String(e.stack); }
		out.push({code, shows: code ? '' : shows});
	}
	return JSON.stringify(out);
})`

type foundInPage struct{ Code, Shows string }

// inPage runs cases in the tab.
func inPage(tab *Tab, files map[string][]byte, cases any) (out []foundInPage) {
	tab.t.Helper()
	f, err := json.Marshal(files)
	tab.must(err)
	c, err := json.Marshal(cases)
	tab.must(err)
	text, err := chromedp.Run(tab.ctx, chromedp.Evaluate[string](vectorRunner+"("+string(f)+","+string(c)+")", chromedp.EvalAwaitPromise))
	tab.must(err)
	tab.must(json.Unmarshal([]byte(text), &out))
	return out
}

func vectorFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(vectors, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(name)
		files[filepath.ToSlash(strings.TrimPrefix(name, vectors+"/"))] = raw
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestVerify_vectors runs every vector of the public log in the page's own script.
func TestVerify_vectors(t *testing.T) {
	t.Parallel()
	tab, files := shared(t).Tab(t), vectorFiles(t)
	tab.Open(serve(t, Options{}).url + "/en/v")
	var cases []map[string]any
	tab.must(json.Unmarshal(files["cases.json"], &cases))
	valid, broken := 0, 0
	for i, got := range inPage(tab, files, cases) {
		want, shows := cases[i]["want"], cases[i]["shows"]
		if want == "" {
			valid++
		} else {
			broken++
		}
		if got.Code != want || shows != nil && got.Shows != shows {
			t.Errorf("%s: %+v, want %q %q", cases[i]["name"], got, want, shows)
		}
	}
	t.Logf("%d valid, %d broken vectors in the browser", valid, broken)
	if valid < 15 || broken < 60 {
		t.Error("too few vectors were run")
	}
}

// TestVerify_agree alters receipts at random and compares what the Go package and the
// script say of each.
func TestVerify_agree(t *testing.T) {
	t.Parallel()
	tab, files := shared(t).Tab(t), vectorFiles(t)
	tab.Open(serve(t, Options{}).url + "/en/v")
	trust, err := proof.NewTrust(string(files["log.key"]), files["policy.txt"])
	tab.must(err)
	type in struct {
		File string `json:"file"`
		From int    `json:"from"`
		To   int    `json:"to"`
		Put  string `json:"put"`
	}
	type one struct {
		Check  string `json:"check"`
		Policy string `json:"policy"`
		Input  []in   `json:"input"`
	}
	chance := rand.New(rand.NewPCG(7, 7))
	bits := []string{"", "A", "=", "\n", " ", "0", "1", "9", "+", "/", "—", "\r", "\t", "é", "\n\n", "index 1\n"}
	var cases []one
	var want []string
	for range 600 {
		name := []string{"receipt.txt", "receipt-public.txt", "receipt-labels.txt", "receipt-of-1.txt"}[chance.IntN(4)]
		chars := []rune(string(files[name]))
		from := chance.IntN(len(chars))
		to := min(len(chars), from+chance.IntN(3))
		put := bits[chance.IntN(len(bits))]
		cases = append(cases, one{"receipt", "policy.txt", []in{{name, from, to, put}}})
		_, err := trust.CheckReceipt(string(chars[:from]) + put + string(chars[to:]))
		var f *fault.Error
		if errors.As(err, &f) {
			want = append(want, f.Code)
		} else {
			want = append(want, "")
		}
	}
	held := map[string]int{}
	for i, got := range inPage(tab, files, cases) {
		held[want[i]]++
		if got.Code != want[i] {
			t.Errorf("%+v: the page says %q, the package %q", cases[i].Input, got.Code, want[i])
		}
	}
	t.Log(held)
	if len(held) < 4 {
		t.Error("the changes end in too few ways")
	}
}

// TestVerify_page: a person pastes a receipt and reads what it shows, in both
// languages; the page asks for nothing more, and without a script says what to do.
func TestVerify_page(t *testing.T) {
	t.Parallel()
	s, files := serve(t, Options{}), vectorFiles(t)
	for lang, said := range map[string][2]string{"en": {"It holds.", "It does not hold: E-PROOF-WITHHELD"}, "zh": {"成立。", "不成立：E-PROOF-WITHHELD"}} {
		tab := shared(t).Tab(t)
		tab.Look(View{Width: 1000})
		tab.Open(s.url + "/" + lang + "/v")
		ready(tab, "!document.querySelector('[data-verify]').hidden")
		set := func(id, text string) {
			quoted, err := json.Marshal(text)
			tab.must(err)
			tab.Number("(document.getElementById('" + id + "').value = " + string(quoted) + ", 1)")
		}
		check := func(text, outcome string) string {
			set("text", text)
			tab.Number("(document.querySelector('[data-out]').dataset.out = 'none', 1)")
			tab.Press("[data-check]")
			ready(tab, "document.querySelector('[data-out]').dataset.out === '"+outcome+"'")
			return tab.Text("[data-out]")
		}
		set("key", string(files["log.key"]))
		set("policy", string(files["policy.txt"]))
		if got := check(strings.TrimSuffix(string(files["receipt.txt"]), "\n"), "holds"); !strings.HasPrefix(got, said[0]) || !strings.Contains(got, "207") || !strings.Contains(got, "witness-2.example") {
			t.Errorf("%s: %q", lang, got)
		}
		if got := check(string(files["file.json"]), "holds"); !strings.Contains(got, "2026-11-21") {
			t.Errorf("%s: %q", lang, got)
		}
		f, err := proof.ParseFile(files["file.json"])
		tab.must(err)
		f.Receipts = f.Receipts[1:]
		withheld, err := json.Marshal(f)
		tab.must(err)
		if got := check(string(withheld), "fails"); !strings.HasPrefix(got, said[1]) {
			t.Errorf("%s: %q", lang, got)
		}
		for _, url := range tab.Asked() {
			if !strings.HasPrefix(url, s.url+"/static/") && url != s.url+"/"+lang+"/v" {
				t.Errorf("the page asked for %s", url)
			}
		}
		tab.Shot("verify-" + lang)
	}
	plain := shared(t).Tab(t)
	plain.Look(View{Width: 1000, NoScripts: true})
	plain.Open(s.url + "/en/v")
	if body := plain.Text("main"); !strings.Contains(body, "recourse-verify receipt") || strings.Contains(body, "paste it here") {
		t.Errorf("without a script the page says %q", body)
	}
}

// ready waits until an expression is true in the tab.
func ready(tab *Tab, expression string) {
	tab.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if tab.Number("("+expression+") ? 1 : 0") == 1 {
			return
		}
	}
	tab.t.Fatalf("never true: %s; the page says %s", expression, tab.Text("[data-out]"))
}
