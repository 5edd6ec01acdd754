package web

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/web/ui"
)

// DialogPart is the id of the place where a dialog over the whole page is fetched to.
const DialogPart = "dialog"

// Question is a short task: a modal dialog over the page where a script fetches it, and a page of its own where
// none runs. Its body is the form, with q.Cancel as the way out.
type Question struct {
	R       *Request
	Shell   Shell  // of the page of its own
	Current string // the menu's item that it stands under
	Part    string // id of the place in the page that a dialog is fetched to
	Title   string
	Small   bool      // a question, not a form
	Back    string    // where « Annuler » leads on a page of its own
	Crumbs  []ui.Link // of the page of its own, the last one left out
	Form    *ui.Form  // of which the window's title tells the faults; may be nil
	Body    templ.Component
}

// Show answers a script with the dialog in its place and nothing else, whatever part its form would replace when it
// is done: so a refusal leaves alone what was typed beside it. Where no script runs it is a page.
func (q Question) Show(status int) error {
	if q.R.IsFetch() {
		return q.R.Render(status, q.place())
	}
	return q.R.Render(status, q.page())
}

// inDialog reports whether the body stands in a dialog.
func (q Question) inDialog() bool { return q.R.IsFetch() }

func (q Question) box() string { return q.Part + "-box" }
