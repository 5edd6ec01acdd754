package browser

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Click clicks the thing with that role and name, with the mouse, where a person would.
func (x *Part) Click(role, name string) {
	x.page.t.Helper()
	x.ByRole(role, name).ClickIt()
}

// ClickIt clicks this part itself. It must be enabled, in view after scrolling, and not covered.
func (x *Part) ClickIt() {
	x.page.t.Helper()
	x.clicks(1)
}

// ClickUntilGone clicks what has that role and name as long as the page has it: work that a page without scripts shows
// when it is asked again.
func (x *Part) ClickUntilGone(role, name string) {
	x.page.t.Helper()
	for end := time.Now().Add(x.page.patience); x.Count(role, name) > 0; x.Click(role, name) {
		if time.Now().After(end) {
			x.page.t.Fatalf("browser: %s %q is still there at %s, after %s", role, name, x.page.where(), x.page.patience)
		}
	}
}

// DoubleClickIt clicks it twice, the second time before anything can have come of the first.
func (x *Part) DoubleClickIt() {
	x.page.t.Helper()
	x.clicks(2)
}

func (x *Part) clicks(times int) {
	p := x.page
	p.t.Helper()
	var at point
	p.until(func() (err error) {
		at, err = x.spot()
		return err
	})
	tell(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: chromedp.MouseMoved, X: at.X, Y: at.Y})
	for n := range times {
		for _, kind := range []input.DispatchMouseEventType{chromedp.MousePressed, chromedp.MouseReleased} {
			tell(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{
				Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: int64(n + 1),
			})
		}
	}
	p.settle()
}

type point struct{ X, Y float64 }

// spot is where to click this part: on itself, or on its label when a drawn one covers it.
func (x *Part) spot() (point, error) {
	e, err := x.find()
	if err != nil {
		return point{}, err
	}
	if e.is("disabled") {
		return point{}, fmt.Errorf("%s is disabled", x)
	}
	if _, err := ask(x.page, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: e.id}); err != nil {
		return point{}, err
	}
	found, err := call[struct {
		point
		Covered string
	}](x.page, e, clickable)
	if err == nil && found.Covered != "" {
		err = fmt.Errorf("%s is covered by %s", x, found.Covered)
	}
	return found.point, err
}

// clickable finds a point of the element, or of a label of it, that a click would reach.
const clickable = `function() {
	const reaches = (hit) => hit && (this.contains(hit) || [...this.labels ?? []].some((label) => label.contains(hit)))
	let hit
	for (const element of [this, ...this.labels ?? []]) {
		for (const box of element.getClientRects()) {
			const X = box.x + box.width / 2, Y = box.y + box.height / 2
			hit = document.elementFromPoint(X, Y)
			if (reaches(hit)) return { X, Y, Covered: "" }
		}
	}
	return { X: 0, Y: 0, Covered: hit ? hit.cloneNode(false).outerHTML : "the edge of the window" }
}`

// Fill types a text into the field with that label, in place of what stood there. "" empties it.
func (x *Part) Fill(label, value string) {
	x.page.t.Helper()
	field := x.Field(label)
	field.focus()
	p := x.page
	e, err := field.find()
	p.must(err)
	typed, err := call[bool](p, e, prepared, value)
	p.must(err)
	switch {
	case !typed:
	case value == "":
		p.Press("Delete")
	default:
		tell(p, input.InsertText, input.InsertTextParams{Text: value})
	}
	p.settle()
}

// prepared selects what stands in a field so that typing replaces it; dates and their like, which take no
// text, it sets at once, and answers false.
const prepared = `function(value) {
	if (!["date", "datetime-local", "month", "week", "time", "color", "range"].includes(this.type)) {
		this.select()
		return true
	}
	this.value = value
	this.dispatchEvent(new Event("input", { bubbles: true }))
	this.dispatchEvent(new Event("change", { bubbles: true }))
	return false
}`

// focus puts the focus on this part once it can be written in.
func (x *Part) focus() {
	x.page.t.Helper()
	x.page.until(func() error {
		e, err := x.find()
		if err != nil {
			return err
		}
		for _, state := range []string{"disabled", "readonly"} {
			if e.is(state) {
				return fmt.Errorf("%s is %s", x, state)
			}
		}
		_, err = ask(x.page, dom.Focus, dom.FocusParams{BackendNodeID: e.id})
		return err
	})
}

// Choose picks an option by its text in the list with that label, or in the group of radio buttons with it.
func (x *Part) Choose(label, option string) {
	x.page.t.Helper()
	list := &Part{page: x.page, in: x, roles: []string{"combobox", "listbox", "radiogroup", "group"}, name: fold(label)}
	p := x.page
	var group bool
	p.until(func() error {
		e, err := list.find()
		if err != nil {
			return err
		}
		if group = e.role == "radiogroup" || e.role == "group"; group {
			return nil
		}
		objection, err := call[string](p, e, chosen, fold(option))
		if err == nil && objection != "" {
			err = fmt.Errorf("%s: %s", list, objection)
		}
		return err
	})
	if group {
		list.Click("radio", option)
	}
	p.settle()
}

// chosen picks an option of a <select> and says what stands against it.
const chosen = `function(text) {
	if (this.disabled) return "it is disabled"
	const named = (option) => option.label.replace(/\s+/g, " ").trim()
	const option = [...this.options ?? []].find((option) => named(option) === text)
	if (!option) return "no «" + text + "» among " + [...this.options ?? []].map((option) => "«" + named(option) + "»").join(", ")
	if (option.disabled) return "«" + text + "» cannot be chosen"
	this.focus()
	if (option.selected) return ""
	option.selected = true
	this.dispatchEvent(new Event("input", { bubbles: true }))
	this.dispatchEvent(new Event("change", { bubbles: true }))
	return ""
}`

// Attach gives files of this machine to the file field with that label.
func (x *Part) Attach(label string, files ...string) {
	p := x.page
	p.t.Helper()
	for i := range files {
		path, err := filepath.Abs(files[i])
		p.must(err)
		files[i] = path
	}
	field := x.ByRole("button", label)
	p.until(func() error {
		e, err := field.find()
		if err == nil {
			_, err = ask(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, BackendNodeID: e.id})
		}
		return err
	})
	p.settle()
}

// keys are the keys that have a name; every other key is the character on it.
var keys = map[string]string{
	"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown, "F2": kb.F2,
}

var modifiers = map[string]chromedp.Modifier{
	"Shift": chromedp.ModifierShift, "Control": chromedp.ModifierCtrl, "Alt": chromedp.ModifierAlt, "Meta": chromedp.ModifierMeta,
}

// Press presses keys one after the other: "Tab", "Shift+Tab", "Control+Enter", "ArrowDown", "a".
func (p *Page) Press(presses ...string) {
	p.t.Helper()
	for _, press := range presses {
		key, held, err := parseKey(press)
		p.must(err)
		p.must(chromedp.Do(p.ctx, chromedp.KeyEvent(key, chromedp.KeyModifiers(held...))))
		p.settle()
	}
}

func parseKey(press string) (key string, held []chromedp.Modifier, err error) {
	words := strings.Split(press, "+")
	last := words[len(words)-1]
	for _, word := range words[:len(words)-1] {
		modifier, ok := modifiers[word]
		if !ok {
			return "", nil, fmt.Errorf("no modifier %q in %q", word, press)
		}
		held = append(held, modifier)
	}
	if key, ok := keys[last]; ok {
		return key, held, nil
	}
	if len([]rune(last)) == 1 {
		return last, held, nil
	}
	return "", nil, fmt.Errorf("no key %q", press)
}

// Type types a text at the focus, key by key.
func (p *Page) Type(text string) {
	p.t.Helper()
	p.must(chromedp.Do(p.ctx, chromedp.KeyEvent(text)))
	p.settle()
}

// TabTo presses Tab until that has the focus, as somebody without a mouse does, and says how many presses
// it took. It fails when the focus has gone round without meeting it.
func (p *Page) TabTo(role, name string) int {
	p.t.Helper()
	want := role + " " + quote(fold(name))
	var met []string
	for {
		p.Press("Tab")
		now := p.Focused()
		if now == want {
			return len(met) + 1
		}
		met = append(met, now)
		if len(met) > 300 || now == "" && slices.Index(met, "") < len(met)-1 {
			p.must(errors.New("Tab never reaches " + want + "; it meets " + strings.Join(met, ", ")))
		}
	}
}
