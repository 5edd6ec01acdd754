package browser

import (
	"encoding/json"

	"github.com/chromedp/cdproto/runtime"
)

// Painting is how the page came to stand in its window.
type Painting struct {
	First float64 // milliseconds from asking for the page to the first thing that was painted of it
	Shift float64 // how much of it moved by itself after it was painted, as Chromium sums it («layout-shift»); 0 = nothing
}

// Painting tells how the page that is open was painted, once it is.
func (p *Page) Painting() (painted Painting) {
	p.t.Helper()
	result := tell(p, runtime.Evaluate, runtime.EvaluateParams{Expression: paintedSoFar, AwaitPromise: new(true), ReturnByValue: new(true)})
	if result.ExceptionDetails != nil {
		p.t.Fatalf("browser: %s", exception(result.ExceptionDetails))
	}
	p.must(json.Unmarshal(result.Result.Value, &painted))
	return painted
}

// What was observed before is told in a task of its own, which comes before the second frame.
const paintedSoFar = `new Promise((done) => {
	let shift = 0;
	new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value }).observe({ type: "layout-shift", buffered: true });
	const tell = () => {
		const first = performance.getEntriesByName("first-paint")[0];
		if (first) setTimeout(() => done({ First: first.startTime, Shift: shift }));
		else requestAnimationFrame(tell);
	};
	requestAnimationFrame(() => requestAnimationFrame(tell));
})`

// steady is the sum up to which a page counts as one that stays where it was painted (Chromium's own bound). A table whose columns find
// their widths while the last rows arrive makes some thousandths.
const steady = 0.1

// NoShift fails the test when the page moved by itself after it was painted.
func (p *Page) NoShift() {
	p.t.Helper()
	if shift := p.Painting().Shift; shift >= steady {
		p.t.Errorf("browser: at %d pixels the page moved by itself after it was painted (%.4f)\n\tat %s", p.view.width, shift, p.where())
	}
}

// Weight is what a page was made of when it was opened, whatever the window had kept of it.
type Weight struct {
	HTML, CSS, JS Bytes
	Requests      int // with the page's own
}

// Bytes are counted as a browser unpacks them, and as they were sent.
type Bytes struct{ Plain, Sent int }

// Weight tells what the page that is open was made of.
func (p *Page) Weight() (w Weight) {
	p.t.Helper()
	result := tell(p, runtime.Evaluate, runtime.EvaluateParams{Expression: weighed, ReturnByValue: new(true)})
	if result.ExceptionDetails != nil {
		p.t.Fatalf("browser: %s", exception(result.ExceptionDetails))
	}
	p.must(json.Unmarshal(result.Result.Value, &w))
	return w
}

const weighed = `(() => {
	const w = { HTML: { Plain: 0, Sent: 0 }, CSS: { Plain: 0, Sent: 0 }, JS: { Plain: 0, Sent: 0 }, Requests: 0 };
	for (const entry of [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]) {
		const path = new URL(entry.name).pathname;
		const kind = entry.entryType == "navigation" ? w.HTML : path.endsWith(".css") ? w.CSS : path.endsWith(".js") ? w.JS : null;
		w.Requests++;
		if (kind) { kind.Plain += entry.decodedBodySize; kind.Sent += entry.encodedBodySize }
	}
	return w;
})()`

// Interaction is how long the page took to show what came of the first key or click in it, in milliseconds, as Chromium counts
// it («first-input»): in steps of 8. It waits until there was one.
func (p *Page) Interaction() (took float64) {
	p.t.Helper()
	result := tell(p, runtime.Evaluate, runtime.EvaluateParams{Expression: interacted, AwaitPromise: new(true), ReturnByValue: new(true)})
	if result.ExceptionDetails != nil {
		p.t.Fatalf("browser: %s", exception(result.ExceptionDetails))
	}
	p.must(json.Unmarshal(result.Result.Value, &took))
	return took
}

const interacted = `new Promise((done) => {
	new PerformanceObserver((list) => done(list.getEntries()[0].duration)).observe({ type: "first-input", buffered: true });
})`
