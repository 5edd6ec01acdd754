package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Axe checks the page as it is now, light and dark, against WCAG 2.2 level A and AA with axe-core, and fails
// the test with every violation: rule, help, places. What axe-core cannot decide is no violation. Of the dark page, which
// differs in its colours alone, it asks only what colours decide, in make test-full everything. Without
// axe-core (scripts/setup gets it) the check is left out, and fails where nothing may be (CI=true).
func (p *Page) Axe() {
	p.t.Helper()
	source, err := axeSource()
	if err != nil {
		if os.Getenv("CI") == "true" {
			p.t.Fatalf("browser: %v", err)
		}
		p.t.Logf("browser: left out: %v", err)
		return
	}
	before := p.view
	world := p.worldOf(source)
	for _, scheme := range []string{"light", "dark"} {
		p.Scheme(scheme)
		rules := everyRule
		if scheme == "dark" && os.Getenv("ENTREGENT_TEST_FULL") == "" {
			rules = rulesOfColours
		}
		for _, v := range p.axe(world, rules) {
			p.t.Errorf("browser: axe-core, %s page at %d pixels: %s\n\tat %s", scheme, p.view.width, v, p.where())
		}
	}
	p.show(before)
}

// violation is one rule that axe-core found broken.
type violation struct {
	ID    string // the rule
	Help  string
	Nodes []struct {
		Target         []any // CSS selectors, from the page down into frames
		FailureSummary string
	}
}

func (v violation) String() string {
	s := v.ID + ": " + v.Help
	for _, n := range v.Nodes {
		s += fmt.Sprintf("\n\t%v %s", n.Target, strings.ReplaceAll(n.FailureSummary, "\n", "\n\t\t"))
	}
	return s
}

// The rules of WCAG 2.2, levels A and AA, as axe-core names them.
const (
	everyRule      = `{ type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }`
	rulesOfColours = `{ type: "rule", values: ["color-contrast", "link-in-text-block"] }`
)

// worldOf brings axe-core into a world of its own beside the page's scripts, where the page's content security policy does
// not hold. On a page without scripts (a window that has none, a document that its policy puts into a sandbox) no timer
// ever goes off, and axe-core would wait for its own without end: so it gets timers that are wound from here.
func (p *Page) worldOf(source string) chromedp.EvaluateOption {
	p.t.Helper()
	tree := tell(p, page.GetFrameTree, struct{}{})
	world := tell(p, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.Frame.ID, WorldName: "axe"})
	in := func(params *runtime.EvaluateParams) { params.ContextID = world.ExecutionContextID }
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axeTimers+source+";true", in))
	p.must(err)
	return in
}

// axe has axe-core judge the page by those rules.
func (p *Page) axe(in chromedp.EvaluateOption, rules string) []violation {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(axeRun, rules), in))
	p.must(err)
	for {
		raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte]("wind()", in))
		p.must(err)
		var said struct {
			Violations []violation
			Fault      string
		}
		p.must(json.Unmarshal(raw, &said))
		if said.Fault != "" {
			p.t.Fatalf("browser: axe-core: %s\n\tat %s", said.Fault, p.where())
		}
		if said.Violations != nil {
			return said.Violations
		}
	}
}

// axeTimers are that world's own; wind has those go off whose time has come, and gives what axe-core has said.
const axeTimers = `
var timers = new Map(), said = {}, wound = 0;
globalThis.setTimeout = (then, wait = 0, ...args) => {
	timers.set(++wound, { due: performance.now() + wait, go: () => then(...args) });
	return wound;
};
globalThis.clearTimeout = (which) => timers.delete(which);
globalThis.wind = () => {
	for (const [which, timer] of [...timers]) {
		if (timer.due <= performance.now() && timers.delete(which)) timer.go();
	}
	return said;
};
`

// axeRun goes to the top first: what stays in view while the page scrolls would cover what lies under its edge. A page
// that leaves its ground to the browser gets that very ground by name: axe-core would take it for white, dark or not. No
// rule that is asked for reads the style sheets, so they are not taken apart beforehand.
const axeRun = `
said = {};
scrollTo({ top: 0, behavior: "instant" });
var ground = document.documentElement.style, bare = [document.documentElement, document.body].every(
	(e) => getComputedStyle(e).backgroundColor === "rgba(0, 0, 0, 0)");
if (bare) ground.backgroundColor = "Canvas";
axe.run(document, { runOnly: %s, resultTypes: ["violations"], preload: { assets: ["media"] } })
	.then((result) => { said.violations = result.violations }, (fault) => { said.fault = String(fault) })
	.then(() => { if (bare) ground.backgroundColor = "" });
true`

func axeSource() (string, error) {
	top, err := root()
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(filepath.Join(top, "test/browser/node_modules/axe-core/axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("no axe-core; to get it: npm ci --prefix test/browser")
	}
	return string(source), nil
}
