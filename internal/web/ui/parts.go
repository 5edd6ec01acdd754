package ui

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/locale"
)

// Link is a place to go to, in words.
type Link struct {
	Text    string
	URL     string
	Icon    string // "" = none
	Count   string // beside the text, small; "" = none
	Current bool   // the reader is there, or beneath it
	Danger  bool   // leads to a loss
	Rule    bool   // a line above it, in a menu
	Swap    string // id of the element that JavaScript fetches and replaces instead of loading the page
	Dialog  bool   // what is fetched is a dialog over the page, whose address stays
}

// Button describes a button; the zero Kind is a plain one.
type Button struct {
	ID         string // by which the focus finds it again in a part that comes anew
	Text       string
	Icon       string
	Kind       string // "primary", "accent", "danger", "danger solid", "quiet"
	OnlyIcon   bool   // Text is heard, not seen
	Name       string // of a submit button; sends Value
	Value      string
	Form       string // id of the form it belongs to when it stands outside
	FormAction string // another address to post to
	Opens      string // id of the dialog it opens; it submits nothing then
	Closes     string // id of the dialog it closes
	Menu       string // id of the menu it opens
	Busy       string // what it says while its form is under way; "" = Text
	Why        string // why it is disabled, shown beside it; "" = enabled
	Autofocus  bool
}

func (b Button) class() string {
	c := "button"
	if b.Kind != "" {
		c += " " + b.Kind
	}
	if b.OnlyIcon {
		c += " only-icon"
	}
	return c
}

func (b Button) kind() string {
	if b.Opens != "" || b.Closes != "" || b.Menu != "" {
		return "button"
	}
	return "submit"
}

// attributes are those that few buttons have.
func (b Button) attributes() templ.Attributes {
	a := templ.Attributes{}
	for name, value := range map[string]string{
		"id": b.ID, "name": b.Name, "form": b.Form, "formaction": b.FormAction, "popovertarget": b.Menu, "data-busy": b.Busy,
	} {
		if value != "" {
			a[name] = value
		}
	}
	if b.Name != "" {
		a["value"] = b.Value
	}
	switch {
	case b.Opens != "":
		a["command"], a["commandfor"] = "show-modal", b.Opens
	case b.Closes != "":
		a["command"], a["commandfor"] = "close", b.Closes
	}
	if b.Why != "" {
		a["disabled"] = true
	}
	if b.Autofocus {
		a["autofocus"] = true
	}
	if b.OnlyIcon {
		a["aria-label"] = b.Text
	}
	return a
}

// Figure is one number of a row of them, with what it counts.
type Figure struct {
	N    int
	What string
	Warn bool // it should be 0
}

// Dialog describes a modal dialog. Pages that work without JavaScript show the same content on a page of its
// own at the address of the link that opens it.
type Dialog struct {
	ID    string
	Title string
	Small bool // a question, not a form
	Open  bool // shown at once, as after a refused post: JavaScript makes it modal
}

// Paging describes where the reader is in a list. Pages that nobody counted are no fault: with Pages 0 the
// last one is not offered, and More says whether there is a next one.
type Paging struct {
	Label string // what is paged, for assistive technology: « Pages de contacts »
	Shown string // « Contacts 1 à 12, sur 27 »
	Page  int    // from 1
	Pages int
	More  bool
	URL   func(page int) string
	Swap  string // see Link
}

// neighbours are the five pages around the current one, fewer at the ends.
func (g Paging) neighbours() []int {
	last := g.last()
	from := max(1, min(g.Page-2, last-4))
	var list []int
	for n := from; n <= min(from+4, last); n++ {
		list = append(list, n)
	}
	return list
}

func (g Paging) last() int {
	switch {
	case g.Pages > 0:
		return max(g.Pages, g.Page)
	case g.More:
		return g.Page + 1
	}
	return g.Page
}

func (g Paging) links(p *locale.Printer) (before, after []Link) {
	if g.Page > 1 {
		if g.Page > 2 {
			before = append(before, Link{Text: p.Text("web.page.first"), URL: g.URL(1)})
		}
		before = append(before, Link{Text: p.Text("web.page.previous"), URL: g.URL(g.Page - 1), Icon: "left"})
	}
	if g.Page < g.last() {
		after = append(after, Link{Text: p.Text("web.page.next"), URL: g.URL(g.Page + 1), Icon: "right"})
		if g.Pages > g.Page+1 {
			after = append(after, Link{Text: p.Text("web.page.last"), URL: g.URL(g.Pages)})
		}
	}
	return before, after
}

// Search describes a search form; it sends q by GET.
type Search struct {
	Action      string // the page's address without query
	Label       string
	Placeholder string
	Value       string
	Keep        url.Values // the page's query: what else must stay in the address
	Swap        string     // id of the element that follows while typing
	Global      bool       // the bar's own search, with the label hidden
}

// hidden names what stays in the address when something else is looked for: all but the words and the place in
// the list.
func (s Search) hidden() (names []string) {
	for name := range s.Keep {
		if name != "q" && name != "page" && name != "after" && name != "open" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Filters narrow a list, below its search.
type Filters struct {
	Label     string // what unfolds them where there is little room
	Open      bool   // some are in use
	Questions []Question
}

// Question is a filter with a few answers, of which one may be chosen.
type Question struct {
	Name    string
	Label   string
	Any     string // the answer that asks for nothing in particular; "" = there is none
	Chosen  string // the value of an option; "" = Any
	Options []Option
}

// Column heads a column of a Table.
type Column struct {
	Title  string
	Hidden bool   // heard, not seen (actions)
	Class  string // "number", "lead-column", "end"
}

// swap is what makes JavaScript fetch the part instead of loading the page.
func swap(target string) templ.Attributes {
	if target == "" {
		return nil
	}
	return templ.Attributes{"data-fragment": target}
}

func (l Link) swap() templ.Attributes {
	a := swap(l.Swap)
	if l.Dialog {
		a["data-silent"] = true
	}
	return a
}

func (g Paging) swap() templ.Attributes { return swap(g.Swap) }

func ruled(yes bool) string {
	if yes {
		return "rule"
	}
	return ""
}

func dangerous(yes bool) string {
	if yes {
		return "danger"
	}
	return ""
}
