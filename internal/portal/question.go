package portal

import (
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// question is a short task about one contact.
type question struct {
	web.Question
	contact contact.Contact
	org     organization.Organization
	heirs   []contact.Row // who may follow a primary contact; for its deletion alone
}

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
	var q question
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if q.contact, err = readFor(r, tx, act); err != nil {
			return err
		}
		if q.org, err = organization.Own(r.Context(), tx, r.By); err != nil {
			return err
		}
		q.Question = web.Question{
			R: r, Shell: web.Portal, Current: "contacts", Part: web.DialogPart, Small: true, Form: form,
			Back: contactURL(r, q.contact.Row), Crumbs: contactCrumbs(r, q.contact.Row, ""),
		}
		return fill(&q, tx)
	})
	if err != nil {
		return err
	}
	return q.Show(status)
}

func (q question) name() string { return nameOf(q.R, q.contact.Row) }

func (q question) url(below string) string { return contactURL(q.R, q.contact.Row) + below }
