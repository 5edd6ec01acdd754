package contacts

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// task is a question about one contact. Its dialog stands in the contact's sheet; done, it leads back there.
type task struct {
	web.Question
	contact contact.Contact
	org     organization.Organization
	heirs   []contact.Row // who may follow a primary contact, or a super_admin: readHeirs, for its deletion, or readTakers
}

// readTask reads the contact for a task that fill puts into words, and what more the task alone needs.
func readTask(r *web.Request, of id.Contact, fill func(t *task), more ...func(t *task, tx *sqldb.Tx) error) (t task, err error) {
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if t.contact, err = contact.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		if t.org, err = organization.Get(r.Context(), tx, r.By, t.contact.Organization); err != nil {
			return err
		}
		t.Question.R = r
		for _, read := range more {
			if err = read(&t, tx); err != nil {
				return err
			}
		}
		return nil
	})
	list := staff.OrganizationURL(r, t.org.ID, "/contacts")
	t.Question = web.Question{
		R: r, Shell: web.Office, Current: "organizations", Part: anchor(t.contact.Row) + "-dialog", Back: openURL(r, t.contact.Row),
		Crumbs: []ui.Link{
			{Text: r.P.Text("office.nav.organizations"), URL: r.Office("/organizations")},
			{Text: t.org.Name, URL: list},
			{Text: web.FullName(r.P, t.contact.Row), URL: openURL(r, t.contact.Row)},
		},
	}
	if err == nil {
		fill(&t)
	}
	return t, err
}

// ask answers with a task's dialog or page.
func ask(r *web.Request, fill func(t *task), more ...func(t *task, tx *sqldb.Tx) error) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	t, err := readTask(r, of, fill, more...)
	if err != nil {
		return err
	}
	return t.Show(http.StatusOK)
}

// action is where the task's form is posted.
func (t task) action(below string) string {
	return contactURL(t.R, t.contact.Row, below) + readSpot(t.R).query()
}

func (t task) name() string { return web.FullName(t.R.P, t.contact.Row) }
