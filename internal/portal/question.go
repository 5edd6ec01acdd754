package portal

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// question is a short task about one contact: a modal dialog over the page where a script fetches it, and a page of its own
// where none runs. Its body is the form, with q.cancel as the way out.
type question struct {
	r       *web.Request
	contact contact.Contact
	org     organization.Organization
	heirs   []contact.Row // who may follow a primary contact; for its deletion alone
	form    *ui.Form
	title   string
	body    templ.Component
}

// dialogPart is the id of the place in a page that a dialog is fetched to.
const dialogPart = "dialog"

// readFor reads the contact of the address, if the caller may do that to it: else fault.NotFound, or why not.
func readFor(r *web.Request, tx *sqldb.Tx, act contact.Act) (c contact.Contact, err error) {
	of, err := r.Contact("contact")
	if err != nil {
		return c, err
	}
	if c, err = contact.Colleague(r.Context(), tx, r.By, of); err != nil {
		return c, err
	}
	return c, c.Allow(r.By, act)
}

// holdFor is readFor with the contact held, so that what it says still is so when it is changed.
func holdFor(r *web.Request, tx *sqldb.Tx, act contact.Act) (c contact.Contact, err error) {
	of, err := r.Contact("contact")
	if err != nil {
		return c, err
	}
	if c, _, err = contact.Hold(r.Context(), tx, r.By, of); err != nil {
		return c, err
	}
	return c, c.Allow(r.By, act)
}

// ask answers with a question about what the caller may do; fill puts it into words.
func ask(r *web.Request, act contact.Act, status int, form *ui.Form, fill func(q *question, tx *sqldb.Tx) error) error {
	q := question{r: r, form: form}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if q.contact, err = readFor(r, tx, act); err != nil {
			return err
		}
		if q.org, err = organization.Own(r.Context(), tx, r.By); err != nil {
			return err
		}
		return fill(&q, tx)
	})
	if err != nil {
		return err
	}
	if r.IsFetch() {
		return r.Render(status, q.place())
	}
	return r.Render(status, q.page())
}

func (q question) name() string { return nameOf(q.r, q.contact.Row) }

func (q question) url(below string) string { return contactURL(q.r, q.contact.Row) + below }
