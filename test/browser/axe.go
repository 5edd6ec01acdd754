package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Axe checks the page as it is now, light and dark, against WCAG 2.2 level A and AA with axe-core, and fails
// the test with every violation: rule, help, places. What axe-core cannot decide is no violation. Without
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
	for _, scheme := range []string{"light", "dark"} {
		p.Scheme(scheme)
		for _, v := range p.axe(source) {
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

// axe runs axe-core in a world of its own beside the page's scripts, where the page's content security policy
// does not hold. It needs timers, so a page without scripts gets them back for this moment.
func (p *Page) axe(source string) []violation {
	p.t.Helper()
	if p.quiet {
		tell(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
		defer tell(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	tree := tell(p, page.GetFrameTree, struct{}{})
	world := tell(p, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.Frame.ID, WorldName: "axe"})
	in := func(params *runtime.EvaluateParams) { params.ContextID = world.ExecutionContextID }
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](source+axeRun, in, chromedp.EvalAwaitPromise))
	p.must(err)
	var violations []violation
	p.must(json.Unmarshal(raw, &violations))
	return violations
}

// axeRun goes to the top first: what stays in view while the page scrolls would cover what lies under its edge.
const axeRun = `;
scrollTo({ top: 0, behavior: "instant" });
axe.run(document, {
	runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
	resultTypes: ["violations"],
}).then((result) => result.violations)`

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
