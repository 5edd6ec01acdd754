package browser

import (
	"github.com/chromedp/cdproto/page"
)

// Outline is what this part shows, a line a thing: its kind, its name or text, its state, and indented what is in it. Two parts
// that read alike have one outline, however they are painted.
func (x *Part) Outline() string {
	x.page.t.Helper()
	return onPart[string](x, outline)
}

// Words are the texts of this part, each as it stands between two tags: labels, names, what can be chosen, what is typed.
func (x *Part) Words() []string {
	x.page.t.Helper()
	return onPart[[]string](x, shownWords)
}

// Shot is a PNG of this part as the window shows it, a little of what is around it included, and menus that are open over it.
func (x *Part) Shot() []byte {
	p := x.page
	p.t.Helper()
	clip := onPart[page.Viewport](x, around)
	clip.Scale = 1
	shot := tell(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: new(true), Clip: &clip,
	})
	return shot.Data
}

// onPart waits until the part is there and runs a JavaScript function with its element as this.
func onPart[T any](x *Part, function string) T {
	x.page.t.Helper()
	var value T
	if x.in == nil {
		return evaluate[T](x.page, "("+function+").call(document.body)")
	}
	x.page.until(func() error {
		e, err := x.find()
		if err != nil {
			return err
		}
		value, err = call[T](x.page, e, function)
		return err
	})
	return value
}

// outline walks the elements that are shown. Those that only arrange others leave no line.
const outline = `function() {
	const kinds = { A: "link", BUTTON: "button", H1: "heading", H2: "heading", H3: "heading", TABLE: "table", TR: "row", TH: "header", TD: "cell",
		LI: "item", DT: "term", DD: "value", FORM: "form", FIELDSET: "group", LEGEND: "legend", LABEL: "label", SECTION: "section",
		ARTICLE: "article", DIALOG: "dialog", NAV: "navigation", SUMMARY: "summary", P: "paragraph", CAPTION: "caption", SMALL: "small" }
	const states = (e) => ["current", "invalid", "expanded"].filter((s) => ![null, "false"].includes(e.getAttribute("aria-" + s)))
		.concat(["checked", "disabled", "readOnly", "required"].filter((s) => e[s] === true)).map((s) => " (" + s.toLowerCase() + ")").join("")
	const fold = (text) => text.replace(/\s+/g, " ").trim()
	const quoted = (text) => text === "" ? "" : " «" + text + "»"
	const control = (e) => {
		if (e.type === "hidden") return []
		if (e.tagName === "SELECT") {
			const options = e.options.length > 12 ? [] : [...e.options].map((o) => "\toption" + quoted(fold(o.text)))
			return ["choice" + quoted(fold(e.selectedOptions[0]?.text ?? "")) + states(e), ...options]
		}
		const value = ["radio", "checkbox", "password"].includes(e.type) ? "" : e.value
		return ["field " + e.type + quoted(value) + (e.placeholder && !value ? " hint" + quoted(fold(e.placeholder)) : "") + states(e)]
	}
	const lines = (node) => {
		if (node.nodeType === Node.TEXT_NODE) return fold(node.data) === "" ? [] : ["«" + fold(node.data) + "»"]
		if (node.nodeType !== Node.ELEMENT_NODE || node instanceof SVGElement || node.getAttribute("aria-hidden") === "true") return []
		if (!node.checkVisibility({ visibilityProperty: true })) return []
		if (["INPUT", "SELECT", "TEXTAREA"].includes(node.tagName)) return control(node)
		const inner = [...node.childNodes].flatMap(lines), kind = kinds[node.tagName], name = node.getAttribute("aria-label")
		if (!kind && !name) return inner
		if (!name && inner.length === 0) return []
		const head = (kind ?? node.getAttribute("role") ?? "part") + quoted(name ?? "") + states(node)
		if (!name && inner.every((line) => line.startsWith("«"))) {
			return [(kind + quoted(fold(inner.map((line) => line.slice(1, -1)).join(" "))) + states(node))]
		}
		return [head, ...inner.map((line) => "\t" + line)]
	}
	return lines(this).join("\n") + "\n"
}`

// shownWords takes hidden names in too: a person may hear them.
const shownWords = `function() {
	const texts = document.createTreeWalker(this, NodeFilter.SHOW_TEXT), found = []
	while (texts.nextNode()) if (texts.currentNode.parentElement.closest("option") || texts.currentNode.parentElement.checkVisibility({ visibilityProperty: true })) found.push(texts.currentNode.data)
	for (const e of this.querySelectorAll("[aria-label], [placeholder], input")) found.push(e.ariaLabel, e.placeholder, e.type === "password" ? "" : e.value)
	return [...new Set(found.map((text) => String(text ?? "").replace(/\s+/g, " ").trim()))].filter((text) => text !== "")
}`

// around is the box of the element, or of what <main> holds, and of the menus that are open in it, with a margin, in the page's
// coordinates. A dialog has what is behind it around it, so none.
const around = `function() {
	document.getAnimations().forEach((a) => { try { a.finish() } catch { a.cancel() } })
	const whole = this.tagName === "MAIN" ? this.children : [this]
	const boxes = [...whole, ...this.querySelectorAll(":popover-open")].map((e) => e.getBoundingClientRect())
	const page = document.scrollingElement, margin = this.tagName === "DIALOG" ? 0 : 12
	const left = Math.max(0, Math.min(...boxes.map((b) => b.left)) - margin), top = Math.max(-scrollY, Math.min(...boxes.map((b) => b.top)) - margin)
	const right = Math.min(page.clientWidth, Math.max(...boxes.map((b) => b.right)) + margin), bottom = Math.max(...boxes.map((b) => b.bottom)) + margin
	return { x: Math.floor(left + scrollX), y: Math.floor(top + scrollY), width: Math.ceil(right - left), height: Math.ceil(bottom - top) }
}`
