package browser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Part is something on a page that holds other things or is one: a dialog, a row, a button. It is a
// description, looked up anew by every verb, so it outlives a reload. A verb wants exactly one thing to fit;
// with several, say in which part.
//
// Roles are those of ARIA in small letters («button», «link», «textbox», «row», «dialog», «heading»…), and
// «summary» for what opens <details>. Names are compared whole, after every run of blanks (no-break ones too)
// has become one space. What a person cannot reach, hidden or behind a modal dialog, is not there.
type Part struct {
	page  *Page
	in    *Part // nil for the page itself
	roles []string
	name  string // "" for any
	holds string // "" for anything
}

// ByRole is the part with that role and accessible name; with no name the only one of its role.
func (x *Part) ByRole(role, name string) *Part {
	return &Part{page: x.page, in: x, roles: rolesOf(role), name: fold(name)}
}

// Holding is the part with that role in which that text is seen: the row of a table, the card in a list.
func (x *Part) Holding(role, text string) *Part {
	return &Part{page: x.page, in: x, roles: rolesOf(role), holds: fold(text)}
}

// Field is the control of a form with that label.
func (x *Part) Field(label string) *Part {
	return &Part{page: x.page, in: x, roles: fields, name: fold(label)}
}

// fields are the roles that something can be typed or chosen in, as Chromium names them.
var fields = []string{"textbox", "searchbox", "spinbutton", "combobox", "listbox", "Date", "DateTime", "InputTime", "ColorWell", "slider"}

func rolesOf(role string) []string {
	if role == "summary" {
		return []string{"DisclosureTriangle", "DisclosureTriangleGrouped"}
	}
	return []string{role}
}

// String describes the part as a failing test should: button «Ajouter» in dialog «Contact».
func (x *Part) String() string {
	if x.in == nil {
		return "the page"
	}
	s := x.roles[0]
	if len(x.roles) > 2 {
		s = "field"
	}
	if x.name != "" {
		s += " " + quote(x.name)
	}
	if x.holds != "" {
		s += " holding " + quote(x.holds)
	}
	if x.in.in != nil {
		s += " in " + x.in.String()
	}
	return s
}

// thing is what the accessibility tree said of an element when it was looked up.
type thing struct {
	id         cdp.BackendNodeID
	role, name string
	value      string
	about      string // its description
	states     map[string]string
}

func (e thing) is(state string) bool {
	return slices.Contains([]string{"true", "mixed"}, e.states[state])
}

// find looks the one thing up that fits. Its error says what there is instead.
func (x *Part) find() (thing, error) {
	list, others, err := x.search()
	switch {
	case err != nil:
		return thing{}, err
	case len(list) == 1:
		return list[0], nil
	case len(list) > 1:
		return thing{}, fmt.Errorf("there are %d of %s; say in which part", len(list), x)
	case len(others) > 0:
		return thing{}, fmt.Errorf("no %s; there are %s", x, strings.Join(others, ", "))
	}
	return thing{}, fmt.Errorf("no %s, nor anything else of its kind", x)
}

// search gives the things that fit, and the names of those that have the role alone.
func (x *Part) search() (fits []thing, others []string, err error) {
	query, err := x.in.scope()
	if err != nil {
		return nil, nil, err
	}
	for _, role := range x.roles {
		query.Role = role
		result, err := ask(x.page, accessibility.QueryAXTree, query)
		if err != nil {
			return nil, nil, err
		}
		for _, node := range result.Nodes {
			if node.Ignored || node.BackendDOMNodeID == 0 || node.BackendDOMNodeID == query.BackendNodeID {
				continue
			}
			e := read(node)
			if ok, err := x.fits(e); err != nil {
				return nil, nil, err
			} else if ok {
				fits = append(fits, e)
			} else {
				others = append(others, quote(e.name))
			}
		}
	}
	return fits, others, nil
}

func (x *Part) fits(e thing) (bool, error) {
	if x.name != "" && x.name != e.name {
		return false, nil
	}
	if x.holds == "" {
		return true, nil
	}
	seen, err := call[string](x.page, e, seenText)
	return strings.Contains(fold(seen), x.holds), err
}

// scope is where to search for what is in this part.
func (x *Part) scope() (accessibility.QueryAXTreeParams, error) {
	if x.in != nil {
		e, err := x.find()
		return accessibility.QueryAXTreeParams{BackendNodeID: e.id}, err
	}
	result, err := ask(x.page, runtime.Evaluate, runtime.EvaluateParams{Expression: "document"})
	if err == nil && (result.Result == nil || result.Result.ObjectID == "") {
		err = errors.New("the window has no page")
	}
	if err != nil {
		return accessibility.QueryAXTreeParams{}, err
	}
	return accessibility.QueryAXTreeParams{ObjectID: result.Result.ObjectID}, nil
}

func read(node *accessibility.Node) thing {
	e := thing{id: node.BackendDOMNodeID, role: said(node.Role), name: fold(said(node.Name)), value: said(node.Value), about: fold(said(node.Description)), states: map[string]string{}}
	for _, p := range node.Properties {
		e.states[string(p.Name)] = said(p.Value)
	}
	return e
}

func said(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return text(v.Value)
}

// seenText is the JavaScript function that gives the text of an element as it is shown.
const seenText = `function() { return this.innerText ?? this.textContent ?? "" }`

// call runs a JavaScript function with the element as this.
func call[T any](p *Page, e thing, function string, args ...any) (T, error) {
	var none T
	object, err := ask(p, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: e.id})
	if err != nil {
		return none, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	on := func(params *runtime.CallFunctionOnParams) { params.ObjectID = object.Object.ObjectID }
	return chromedp.Run(ctx, chromedp.CallFunctionOn[T](function, on, args...))
}
