package browser

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// view is how a window shows its pages.
type view struct {
	width    int    // CSS pixels
	scheme   string // light or dark
	language string
}

// show applies a view. Movement is always reduced, so that no picture and no click catches one half way.
func (p *Page) show(v view) {
	p.t.Helper()
	height := 900
	if v.width < 700 {
		height = 844
	}
	tell(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(v.width), Height: int64(height), DeviceScaleFactor: 1})
	tell(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: v.scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	p.view = v
}

// Width makes the window that many CSS pixels wide.
func (p *Page) Width(pixels int) {
	p.t.Helper()
	v := p.view
	v.width = pixels
	p.show(v)
}

// Scheme makes the window one for somebody who prefers «light» or «dark» pages.
func (p *Page) Scheme(scheme string) {
	p.t.Helper()
	v := p.view
	v.scheme = scheme
	p.show(v)
}

// NoSidewaysScroll fails the test when the page is wider than the window, and names what sticks out.
func (p *Page) NoSidewaysScroll() {
	p.t.Helper()
	if out := evaluate[string](p, sticksOut); out != "" {
		p.t.Errorf("browser: at %d pixels the page scrolls sideways: %s\n\tat %s", p.view.width, out, p.where())
	}
}

const sticksOut = `(() => {
	const page = document.scrollingElement, edge = page.clientWidth
	if (page.scrollWidth <= edge) return ""
	const scrolls = (e) => e && e !== page && e !== document.body && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement))
	const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > edge + 0.5 && !scrolls(e.parentElement))
	return page.scrollWidth + " pixels of content; " + out.slice(0, 5).map((e) => e.cloneNode(false).outerHTML).join(", ")
})()`

// Screenshot keeps four pictures of the whole page in test/artifacts/screens: NAME-1280-light.png, and narrow
// (360), dark, and both. They are for a person to look at, and left out where nobody will (see pictured); that nothing scrolls
// sideways is looked at in any case, see NoSidewaysScroll.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	dir, err := artifacts("screens")
	p.must(err)
	before, schemes := p.view, []string{"light"}
	if pictured() {
		schemes = append(schemes, "dark")
	}
	for _, width := range []int{1280, 360} {
		for _, scheme := range schemes {
			p.show(view{width: width, scheme: scheme, language: before.language})
			if scheme == "light" {
				p.NoSidewaysScroll()
			}
			if pictured() {
				p.must(p.picture(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", fileName(name), width, scheme))))
			}
		}
	}
	p.show(before)
}

// pictured reports whether pictures to look at are kept: always, unless ENTREGENT_TEST_PICTURES=none (make test).
func pictured() bool { return os.Getenv("ENTREGENT_TEST_PICTURES") != "none" }

// Picture keeps one picture of the whole page as the window shows it, NAME.png beside those of Screenshot.
func (p *Page) Picture(name string) {
	p.t.Helper()
	if !pictured() {
		return
	}
	dir, err := artifacts("screens")
	p.must(err)
	p.must(p.picture(filepath.Join(dir, fileName(name)+".png")))
}

// picture writes one picture of the whole page as it is now, movements at their end.
func (p *Page) picture(file string) error {
	evaluate[bool](p, `document.getAnimations().forEach((a) => { try { a.finish() } catch { a.cancel() } }), true`)
	size, err := ask(p, page.GetLayoutMetrics, struct{}{})
	if err != nil {
		return err
	}
	content := size.CSSContentSize
	shot, err := ask(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format:                page.CaptureScreenshotFormatPng,
		CaptureBeyondViewport: new(true),
		OptimizeForSpeed:      new(true),
		Clip:                  &page.Viewport{Width: float64(p.view.width), Height: min(content.Height, 16000), Scale: 1},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, shot.Data, 0o644)
}
