package browser

import (
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/runtime"
)

// See waits until that text is seen in this part. What stands in the fields of a form is not text (SeeValue).
func (x *Part) See(text string) {
	x.page.t.Helper()
	x.page.until(func() error {
		seen, err := x.seen()
		if err == nil && !strings.Contains(seen, fold(text)) {
			err = fmt.Errorf("%s does not show %s; it shows:\n\t%s", x, quote(text), seen)
		}
		return err
	})
}

// Gone waits until that text is not seen in this part.
func (x *Part) Gone(text string) {
	x.page.t.Helper()
	x.page.until(func() error {
		seen, err := x.seen()
		if err == nil && strings.Contains(seen, fold(text)) {
			err = fmt.Errorf("%s still shows %s", x, quote(text))
		}
		return err
	})
}

// Text is the text seen in this part, blanks folded.
func (x *Part) Text() string {
	x.page.t.Helper()
	var seen string
	x.page.until(func() (err error) {
		seen, err = x.seen()
		return err
	})
	return seen
}

func (x *Part) seen() (string, error) {
	if x.in != nil {
		e, err := x.find()
		if err != nil {
			return "", err
		}
		seen, err := call[string](x.page, e, seenText)
		return fold(seen), err
	}
	result, err := ask(x.page, runtime.Evaluate, runtime.EvaluateParams{Expression: `document.body?.innerText ?? ""`, ReturnByValue: new(true)})
	if err != nil {
		return "", err
	}
	return fold(text(result.Result.Value)), nil
}

// Appears waits until this part is there.
func (x *Part) Appears() {
	x.page.t.Helper()
	x.page.until(func() error { _, err := x.find(); return err })
}

// Vanishes waits until this part is not there.
func (x *Part) Vanishes() {
	x.page.t.Helper()
	x.page.until(func() error {
		list, _, err := x.search()
		if err == nil && len(list) > 0 {
			err = fmt.Errorf("%s is still there", x)
		}
		return err
	})
}

// Count is how many parts with that role (and that name, if one is given) are there now. Wait first for what
// makes them appear.
func (x *Part) Count(role, name string) int { return len(x.Texts(role, name)) }

// Texts is the text of each part with that role (and that name, if one is given), in the order of the page.
func (x *Part) Texts(role, name string) []string {
	x.page.t.Helper()
	var texts []string
	x.page.until(func() error {
		texts = nil
		list, _, err := x.ByRole(role, name).search()
		for _, e := range list {
			seen, callErr := call[string](x.page, e, seenText)
			if err == nil {
				err = callErr
			}
			texts = append(texts, fold(seen))
		}
		return err
	})
	return texts
}

// Value is what stands in the field with that label: what was typed, the text of the chosen option.
func (x *Part) Value(label string) string {
	x.page.t.Helper()
	var value string
	field := x.Field(label)
	x.page.until(func() error {
		e, err := field.find()
		value = e.value
		return err
	})
	return value
}

// SeeValue waits until that stands in the field with that label, blanks folded as everywhere.
func (x *Part) SeeValue(label, value string) {
	x.page.t.Helper()
	field := x.Field(label)
	x.page.until(func() error {
		e, err := field.find()
		if err == nil && fold(e.value) != fold(value) {
			err = fmt.Errorf("%s has %s, not %s", field, quote(e.value), quote(value))
		}
		return err
	})
}

// Is waits until this part is in that state: checked, disabled, expanded, focused, invalid, modal, pressed,
// readonly, required, selected.
func (x *Part) Is(state string) {
	x.page.t.Helper()
	x.page.until(func() error {
		e, err := x.find()
		if err == nil && !e.is(state) {
			err = fmt.Errorf("%s is not %s", x, state)
		}
		return err
	})
}

// IsNot waits until this part is there and not in that state; see Is.
func (x *Part) IsNot(state string) {
	x.page.t.Helper()
	x.page.until(func() error {
		e, err := x.find()
		if err == nil && e.is(state) {
			err = fmt.Errorf("%s is %s", x, state)
		}
		return err
	})
}

// Description is what a screen reader adds to the name: the help or the error bound to a field.
func (x *Part) Description() string {
	x.page.t.Helper()
	var about string
	x.page.until(func() error {
		e, err := x.find()
		about = e.about
		return err
	})
	return about
}

// Focused is the role and the name of what has the focus, «button «Ajouter»»; "" when nothing has it.
func (p *Page) Focused() string {
	p.t.Helper()
	result := tell(p, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement === document.body ? null : document.activeElement"})
	if result.Result.ObjectID == "" {
		return ""
	}
	tree := tell(p, accessibility.GetPartialAXTree, accessibility.GetPartialAXTreeParams{ObjectID: result.Result.ObjectID, FetchRelatives: new(false)})
	if len(tree.Nodes) == 0 {
		return ""
	}
	e := read(tree.Nodes[0])
	if strings.HasPrefix(e.role, "DisclosureTriangle") {
		e.role = "summary"
	}
	return e.role + " " + quote(e.name)
}
