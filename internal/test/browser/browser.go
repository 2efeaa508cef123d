package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// root is the top of the checkout, seen from this package.
const root = "../../.."

// Find returns the path of a Chromium, or says which package brings one.
func Find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no browser to try the pages in: install the package chromium (apt-get install chromium), then run the tests again")
}

// Axe returns the accessibility rules: the file that RECOURSE_AXE names, else the
// one that make test fetches.
func Axe() (string, error) {
	path := os.Getenv("RECOURSE_AXE")
	if path == "" {
		path = filepath.Join(root, ".cache", "npm-checks", "node_modules", "axe-core", "axe.min.js")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("the accessibility rules are missing: make test fetches axe-core, or RECOURSE_AXE names its axe.min.js: %w", err)
	}
	return string(script), nil
}

// Browser is a running Chromium.
type Browser struct {
	ctx context.Context
	axe string
}

// Start runs a browser until stop is called. Where there is none, or no rules of
// accessibility, it says what to install: pages that nobody looked at are not
// tested, so nothing is skipped.
func Start() (b *Browser, stop func(), err error) {
	path, err := Find()
	if err != nil {
		return nil, nil, err
	}
	axe, err := Axe()
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "zh-CN"))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses its sandbox as root
	}
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		end()
		return nil, nil, fmt.Errorf("the browser %s does not start: %w", path, err)
	}
	return &Browser{ctx: ctx, axe: axe}, func() { _ = chromedp.Cancel(ctx); end() }, nil
}

// Tab is a page in a browser, with cookies of its own.
type Tab struct {
	t   testing.TB
	ctx context.Context
	axe string

	dark  bool
	mu    sync.Mutex
	urls  []string // asked for since the last Open
	harms []string // what no page may do: a dialog that a script opened, a breach of the page's own policy
}

// Tab opens a tab that shares nothing with the others.
func (b *Browser) Tab(t testing.TB) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx, axe: b.axe}
	t.Cleanup(func() {
		for _, harm := range tab.Harms() {
			t.Error(harm)
		}
		cancel()
	})
	tab.must(chromedp.Listen(ctx, tab.hear))
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	tab.must(err)
	_, err = chromedp.Call(ctx, audits.Enable, cdp.Empty{})
	tab.must(err)
	return tab
}

// hear takes what the browser reports of the tab.
func (tab *Tab) hear(ev any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if ev.RedirectResponse != nil && len(tab.urls) > 0 {
			tab.urls = tab.urls[:len(tab.urls)-1] // the page that it leads to stands in its place
		}
		tab.urls = append(tab.urls, ev.Request.URL)
	case *audits.EventIssueAdded:
		if d := ev.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			tab.harms = append(tab.harms, "a page breaks its own policy: "+d.ViolatedDirective+" "+d.BlockedURL)
		}
	case *page.EventJavascriptDialogOpening:
		tab.harms = append(tab.harms, "a script opened a dialog on "+ev.URL+": "+ev.Message)
		go func() {
			_, _ = chromedp.Call(tab.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		}()
	}
}

// Harms returns what the pages of the tab did that no page may do, and forgets it.
func (tab *Tab) Harms() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	out := tab.harms
	tab.harms = nil
	return out
}

func (tab *Tab) must(err error) {
	tab.t.Helper()
	if err != nil {
		tab.t.Fatal(err)
	}
}

// View sets what the tab is looked at through.
type View struct {
	Width     int64
	Dark      bool
	Print     bool
	NoScripts bool
	Forced    bool // the colours are the reader's own
	Zoomed    bool // four times as large: as wide a screen shows a quarter
}

// Look changes the view.
func (tab *Tab) Look(v View) {
	tab.t.Helper()
	scheme, media := "light", ""
	if v.Dark {
		scheme = "dark"
	}
	if v.Print {
		media = "print"
	}
	tab.dark = v.Dark
	size := chromedp.EmulateViewport(v.Width, 900)
	if v.Zoomed {
		size = chromedp.EmulateViewport(v.Width/4, 225, chromedp.EmulateScale(4))
	}
	tab.must(chromedp.Do(tab.ctx, size))
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if v.Forced {
		features = append(features, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	}
	_, err := chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: features})
	tab.must(err)
	_, err = chromedp.Call(tab.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoScripts})
	tab.must(err)
}

// Cookie gives the tab a cookie.
func (tab *Tab) Cookie(site, name, value string) {
	tab.t.Helper()
	_, err := chromedp.Call(tab.ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: site})
	tab.must(err)
}

// Open goes to an address and waits until the page is loaded.
func (tab *Tab) Open(url string) {
	tab.t.Helper()
	tab.mu.Lock()
	tab.urls = nil
	tab.mu.Unlock()
	tab.must(chromedp.Do(tab.ctx, chromedp.Navigate(url)))
}

// Asked returns the addresses that the page asked for since Open.
func (tab *Tab) Asked() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.urls...)
}

// patience ends a wait for what a page does not have.
const patience = 2 * time.Minute

// wait lets do wait for what stands on the page, and says where it waited in vain.
func (tab *Tab) wait(what string, do func(context.Context) error) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := do(ctx); err != nil {
		tab.t.Fatalf("%s on %s: %v", what, tab.At(), err)
	}
}

// Click clicks on what a selector finds, and waits for the page that it leads to.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.wait("clicking "+selector, func(ctx context.Context) error {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
		return err
	})
}

// Press clicks on what a selector finds without leaving the page.
func (tab *Tab) Press(selector string) {
	tab.t.Helper()
	tab.wait("pressing "+selector, func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector))) })
}

// Fill sets the value of a field as typing would.
func (tab *Tab) Fill(selector, value string) {
	tab.t.Helper()
	tab.wait("filling in "+selector, func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.SetValue(chromedp.CSS(selector), value))
	})
}

// Text returns the text of what a selector finds.
func (tab *Tab) Text(selector string) (text string) {
	tab.t.Helper()
	tab.wait("reading "+selector, func(ctx context.Context) (err error) {
		text, err = chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
		return err
	})
	return text
}

// At returns the address of the page.
func (tab *Tab) At() string {
	tab.t.Helper()
	at, err := chromedp.Run(tab.ctx, chromedp.Location())
	tab.must(err)
	return at
}

// Number computes a number in the page.
func (tab *Tab) Number(expression string) float64 {
	tab.t.Helper()
	n, err := chromedp.Run(tab.ctx, chromedp.Evaluate[float64](expression))
	if err != nil {
		tab.t.Fatalf("computing %s: %v", expression, err)
	}
	return n
}

// Violations returns what the accessibility rules of WCAG 2.0 to 2.2, levels A and
// AA, and the best practices find wrong with the page; in dark colours, those
// about colours.
func (tab *Tab) Violations() []string {
	tab.t.Helper()
	there, err := chromedp.Run(tab.ctx, chromedp.Evaluate[bool]("'axe' in window")) // one view of a page after another
	tab.must(err)
	if !there {
		_, err = chromedp.Run(tab.ctx, chromedp.Evaluate[string](tab.axe+";'there'"))
		tab.must(err)
	}
	only := `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']}`
	if tab.dark { // the same page in other colours
		only = `{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`
	}
	found, err := chromedp.Run(tab.ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: `+only+`, resultTypes: ['violations']})
		.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ' ' + n.failureSummary)))`, chromedp.EvalAwaitPromise))
	tab.must(err)
	return found
}

// Shot writes a picture of the whole page under .cache/screenshots, where
// RECOURSE_SCREENS asks for pictures: they take as long as all that is checked.
func (tab *Tab) Shot(name string) {
	tab.t.Helper()
	if !pictures() {
		return
	}
	height := int64(tab.Number("document.documentElement.scrollHeight"))
	width := int64(tab.Number("innerWidth"))
	tab.must(chromedp.Do(tab.ctx, chromedp.EmulateViewport(width, min(height, 6000))))
	picture, err := chromedp.Run(tab.ctx, chromedp.CaptureScreenshot())
	tab.must(err)
	tab.keep(name+".png", picture)
}

// keep writes what a page looked like under .cache/screenshots.
func (tab *Tab) keep(name string, what []byte) {
	tab.t.Helper()
	dir := filepath.Join(root, ".cache", "screenshots")
	tab.must(os.MkdirAll(dir, 0o755))
	tab.must(os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "_")), what, 0o644))
}

// pictures reports whether pictures are asked for.
func pictures() bool { return os.Getenv("RECOURSE_SCREENS") != "" }

// Printed returns the page as a PDF.
func (tab *Tab) Printed() []byte {
	tab.t.Helper()
	pdf, err := chromedp.Run(tab.ctx, chromedp.PrintToPDF(chromedp.PDFPrintBackground(), chromedp.PDFPreferCSSPageSize()))
	tab.must(err)
	return pdf
}

// Cookies returns the names of the cookies of the tab.
func (tab *Tab) Cookies() []string {
	tab.t.Helper()
	got, err := chromedp.Call(tab.ctx, network.GetCookies, network.GetCookiesParams{})
	tab.must(err)
	var names []string
	for _, c := range got.Cookies {
		names = append(names, c.Name)
	}
	return names
}

// String names the view in the names of pictures.
func (v View) String() string {
	s := strconv.FormatInt(v.Width, 10)
	for name, is := range map[string]bool{"-dark": v.Dark, "-forced": v.Forced, "-zoomed": v.Zoomed} {
		if is {
			s += name
		}
	}
	return s
}
