package office

import (
	"cmp"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// dialogPart is the id of the place where a dialog over the whole page is fetched to.
const dialogPart = "dialog"

// question is a short task: a modal dialog over the page where a script fetches it, and a page of its own where
// none runs. Its body is the form, with q.cancel as the way out.
type question struct {
	r     *web.Request
	part  string // id of the place in the page that a dialog is fetched to
	title string
	small bool      // a question, not a form
	back  string    // where « Annuler » leads on a page of its own
	crumb []ui.Link // of the page of its own, the last one left out
	under string    // the menu's item that the page of its own stands under; "" = organizations
	form  *ui.Form  // of which the window's title tells the faults; may be nil
	body  templ.Component
}

// show answers a script with the dialog in its place and nothing else, whatever part its form would replace when it
// is done: so a refusal leaves alone what was typed beside it. Where no script runs it is a page.
func (q question) show(status int) error {
	if q.r.IsFetch() {
		return q.r.Render(status, q.place())
	}
	return q.r.Render(status, q.page())
}

// inDialog reports whether the body stands in a dialog.
func (q question) inDialog() bool { return q.r.IsFetch() }

func (q question) box() string { return q.part + "-box" }

func (q question) current() string { return cmp.Or(q.under, "organizations") }
