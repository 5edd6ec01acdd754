// Package browser lets a test use Entregent as a person does: it opens pages in Chromium and finds things by
// the role and the name that a screen reader would say, never by how the page is marked up. What goes wrong
// behind the person's back fails the test too: errors on the console, refusals of the content security
// policy, requests that leave the machine, files that are missing.
//
// It knows nothing of the product's pages, and the product knows nothing of it. It is for tests alone.
//
//	func TestMain(m *testing.M) { browser.Main(m) }
//
//	func TestAddContact(t *testing.T) {
//		page := browser.Window(t)
//		page.Open(address + "/contacts")
//		page.Click("button", "Ajouter un contact")
//		dialog := page.ByRole("dialog", "Ajouter un contact")
//		dialog.Fill("Nom", "Martin")
//		dialog.Choose("Civilité", "Madame")
//		dialog.Click("button", "Ajouter")
//		page.See("Martin")
//		page.Axe()
//	}
//
// Nothing here sleeps: every verb waits for what it needs, for at most Patience, and fails the test after that
// with what it saw instead. After a click or a key it waits for the page that this loads and for the requests
// that this starts; what a script then changes on the page is waited for by See, Gone and the other verbs.
package browser

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// programs are the names that a Chromium may have in PATH; scripts/setup looks for the same. First those without windows: a
// Chromium that draws its own frame around each page, for nobody, takes twice as long.
var programs = []string{"chromium-headless-shell", "headless_shell", "headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// chromium is the one browser of a test process, started for the first window.
var chromium struct {
	sync.Mutex
	managed bool            // Main will stop it
	ctx     context.Context // nil until it runs
	stop    func()
}

// Main runs a package's tests and then ends the Chromium that they shared. Window wants it as TestMain.
func Main(m *testing.M) {
	chromium.managed = true
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	os.Exit(code)
}

// running gives the context of the one Chromium. Without a Chromium in PATH the test is skipped, and fails
// where nothing may be left out (CI=true).
func running(t testing.TB) context.Context {
	t.Helper()
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.ctx != nil {
		return chromium.ctx
	}
	if !chromium.managed {
		t.Fatal("browser: this package needs func TestMain(m *testing.M) { browser.Main(m) }")
	}
	program, err := program()
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatal(err)
	case err != nil:
		t.Skip(err)
	}
	if err := start(program); err != nil {
		t.Fatalf("browser: %s does not start: %v", program, err)
	}
	return chromium.ctx
}

func program() (string, error) {
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium in PATH; to get it: apt-get install chromium-headless-shell")
}

// start runs Chromium with a profile of its own. It may reach nothing but this machine, so that a test can
// not depend on what is elsewhere. chromedp adds --no-sandbox when the tests run as root.
func start(program string) error {
	profile, err := os.MkdirTemp("", "entregent-chromium-")
	if err != nil {
		return err
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.UserDataDir(profile),
		chromedp.DisableGPU,
		chromedp.Flag("lang", "fr-FR"),
		chromedp.Flag("accept-lang", "fr-FR"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]"),
	)
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, cancel := chromedp.NewContext(allocator)
	stop := func() {
		chromedp.Cancel(ctx) // politely, so that Chromium clears its own files away
		cancel()
		cancelAllocator()
		os.RemoveAll(profile)
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return err
	}
	chromium.ctx, chromium.stop = ctx, stop
	return nil
}

// root is the top of the checkout: the directory of go.mod above the test's own.
func root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("browser: no go.mod above the test's directory")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
