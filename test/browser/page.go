package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Patience is how long a verb waits for what it needs. It is long because tests share two cores; a test that
// passes never waits for it.
const Patience = time.Minute

// stuck is how long a navigation that was asked for may take to begin; one that the page called off never does.
const stuck = 2 * time.Second

// Page is a window with cookies of its own, closed at the end of its test. The verbs that look for something
// are those of Part: a page is the part that holds everything. One test uses it from one goroutine.
type Page struct {
	*Part
	t        testing.TB
	ctx      context.Context
	patience time.Duration // Patience, but in the tests of this package
	view     view
	quiet    bool // scripts are off
	watch    *watch
}

// Option chooses what a window is like.
type Option func(*Page)

// WithoutJavaScript switches the pages' scripts off.
func WithoutJavaScript(p *Page) { p.quiet = true }

// Wide makes a window of that many CSS pixels; a window is 1280 wide unless told.
func Wide(pixels int) Option { return func(p *Page) { p.view.width = pixels } }

// Dark makes a window for somebody who prefers dark pages.
func Dark(p *Page) { p.view.scheme = "dark" }

// Speaking makes a window for somebody who reads that language («en»); it is French unless told.
func Speaking(language string) Option { return func(p *Page) { p.view.language = language } }

// Window opens a window. When its test ends, what went wrong behind the person's back fails it (see Allow),
// and a test that failed leaves a picture in test/artifacts.
func Window(t testing.TB, options ...Option) *Page {
	t.Helper()
	p := &Page{t: t, patience: Patience, view: view{width: 1280, scheme: "light", language: "fr-FR"}, watch: newWatch()}
	p.Part = &Part{page: p}
	for _, option := range options {
		option(p)
	}
	ctx, cancel := chromedp.NewContext(running(t), chromedp.WithNewBrowserContext(), chromedp.WithListener(p.watch.take))
	p.ctx = ctx
	t.Cleanup(cancel)
	p.must(chromedp.Do(ctx))
	p.watch.answer = func() {
		chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	}
	tell(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	tell(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: p.quiet})
	tell(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": p.view.language}})
	p.show(p.view)
	t.Cleanup(p.end)
	return p
}

func (p *Page) end() {
	for _, problem := range p.watch.problems() {
		p.t.Errorf("browser: %s", problem)
	}
	if p.t.Failed() {
		if dir, err := artifacts("failed"); err == nil {
			p.picture(filepath.Join(dir, fileName(p.t.Name())+".png"))
		}
	}
}

// During makes a step of the window's test, with t.Run, the one that the window's verbs fail, until it ends.
func (p *Page) During(t testing.TB) {
	whole := p.t
	p.t = t
	t.Cleanup(func() { p.t = whole })
}

// Allow says that a problem whose text contains this one is meant to happen here.
func (p *Page) Allow(problem string) { p.watch.allow(problem) }

// Open goes to an address and waits until it has loaded. Every status is fine but a failure of the server
// (5xx), which fails the test at its end.
func (p *Page) Open(address string) {
	p.t.Helper()
	u, err := url.Parse(address)
	p.must(err)
	p.watch.visit(u.Host)
	result, err := ask(p, page.Navigate, page.NavigateParams{URL: address})
	if err == nil && result.ErrorText != "" && !result.IsDownload {
		err = errors.New(result.ErrorText)
	}
	if err != nil {
		p.t.Fatalf("browser: open %s: %v", address, err)
	}
	p.settle()
}

// Reload loads the page again.
func (p *Page) Reload() {
	p.t.Helper()
	tell(p, page.Reload, page.ReloadParams{})
	p.settle()
}

// Address is where the window is, as the address bar shows it.
func (p *Page) Address() string {
	p.t.Helper()
	return evaluate[string](p, "location.href")
}

// Status is the HTTP status that the page came with.
func (p *Page) Status() int { return p.watch.lastStatus() }

// SetCookie gives the window a cookie for an address, for tests that begin signed in.
func (p *Page) SetCookie(address string, c *http.Cookie) {
	p.t.Helper()
	path := c.Path
	if path == "" {
		path = "/"
	}
	tell(p, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: address, Path: path, HTTPOnly: &c.HttpOnly, Secure: &c.Secure})
}

// until tries again and again, on each sign of life from the page and 20 times a second, until try has no
// objection, and fails the test with its last one when patience ends.
func (p *Page) until(try func() error) {
	p.t.Helper()
	p.within(p.patience, try)
}

func (p *Page) within(patience time.Duration, try func() error) {
	p.t.Helper()
	deadline, again := time.NewTimer(patience), time.NewTicker(50*time.Millisecond)
	defer deadline.Stop()
	defer again.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-p.watch.stirred:
		case <-again.C:
		case <-p.ctx.Done():
			p.t.Fatalf("browser: Chromium is gone: %v", context.Cause(p.ctx))
		case <-deadline.C:
			p.t.Fatalf("browser: %v\n\tat %s, after %s", err, p.where(), patience)
		}
	}
}

// settle waits until the page has nothing under way: no navigation, no fetch. It first asks the page a
// question, so that every event of what was just done has arrived.
func (p *Page) settle() {
	p.t.Helper()
	ask(p, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"})
	p.within(Patience, p.watch.busy)
}

func (p *Page) where() string {
	result, err := ask(p, runtime.Evaluate, runtime.EvaluateParams{Expression: "location.href", ReturnByValue: new(true)})
	if err != nil || result.Result == nil {
		return "an unknown address"
	}
	return text(result.Result.Value)
}

func (p *Page) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// ask runs a command of the DevTools protocol; it never waits longer than Patience.
func ask[P, R any](p *Page, command cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	return chromedp.Call(ctx, command, params)
}

// tell runs a command that has no reason to fail.
func tell[P, R any](p *Page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := ask(p, command, params)
	if err != nil {
		p.t.Fatalf("browser: %s: %v", command.Method, err)
	}
	return result
}

// evaluate gives the value of a JavaScript expression on the page; it works with the page's scripts off too.
func evaluate[T any](p *Page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	p.must(err)
	return value
}

// artifacts is the directory for what tests leave to look at.
func artifacts(kind string) (string, error) {
	top, err := root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(top, "test", "artifacts", kind)
	return dir, os.MkdirAll(dir, 0o755)
}

// fileName makes a name safe for a file.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '-'
		}
		return r
	}, name)
}

// fold makes every run of blanks, the French no-break ones too, one space.
func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

func quote(s string) string { return fmt.Sprintf("«%s»", s) }
