package office

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// matter is a question about a whole organisation, on a page of its own.
type matter struct {
	web.Question
	staff.Organization
}

// askMatter shows a question about the organisation of the address that fill puts into words.
func askMatter(r *web.Request, status int, fill func(m *matter)) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	var m matter
	err = r.View(func(tx *sqldb.Tx) (err error) {
		m.Organization, err = staff.ReadOrganization(r, tx, of, staff.GeneralTab)
		return err
	})
	if err != nil {
		return err
	}
	m.Question = web.Question{R: r, Shell: web.Office, Current: "organizations", Part: web.DialogPart, Back: m.URL(""), Crumbs: []ui.Link{
		{Text: r.P.Text("office.nav.organizations"), URL: r.Office("/organizations")}, {Text: m.Org.Name, URL: m.URL("")},
	}}
	fill(&m)
	return m.Question.Show(status)
}

// askIdentity is « Corriger le SIRET »: its contacts are known by it, so that it is no mere field.
func askIdentity(r *web.Request) error {
	return askMatter(r, http.StatusOK, func(m *matter) {
		form := &ui.Form{P: r.P}
		form.Set("siret", m.Org.SIRET.Grouped()).Set("customer_number", m.Org.CustomerNumber)
		m.identify(form.SetVersion(m.Org.Version))
	})
}

func (m *matter) identify(form *ui.Form) {
	r := m.Question.R
	if e := form.Error; e != nil && e.Message.Key == "fault.version" {
		form.Compare("siret", m.Org.SIRET.Grouped(), ui.OrMissing(r.P, m.Org.SIRET.Grouped()))
		form.Compare("customer_number", m.Org.CustomerNumber, ui.OrMissing(r.P, m.Org.CustomerNumber))
		form.SetVersion(m.Org.Version)
	}
	form.Labels = organizationLabels(r)
	m.Title, m.Question.Form = staff.IdentityTitle(r, m.Org), form
	m.Body = m.identity()
}

func correctIdentity(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	in := organization.Identity{
		SIRET: form.Value("siret"), CustomerNumber: form.Value("customer_number"), Reason: form.Value("reason"), Version: form.Version(),
	}
	err = r.Renaming(func(tx *sqldb.Tx) error {
		_, err := contact.Identify(r.Context(), tx, r.By, of, in)
		return err
	})
	if form.Refused(err) {
		return askMatter(r, web.RefusedStatus(form), func(m *matter) { m.identify(form) })
	}
	if err != nil {
		return err
	}
	r.Toast("office.organization.identity.done")
	return r.SeeOther(r.Office("/organizations/" + of.String()))
}

func askArchive(r *web.Request) error {
	return askMatter(r, http.StatusOK, func(m *matter) {
		m.Title = r.P.Text("office.organization.archive.title", "Name", m.Org.Name)
		m.Body = m.archive()
	})
}

func archiveOrganization(r *web.Request) error {
	return onOrganization(r, "office.organization.archive.done", func(tx *sqldb.Tx, of id.Organization) (organization.Organization, error) {
		return contact.Archive(r.Context(), tx, r.By, of)
	})
}

func restoreOrganization(r *web.Request) error {
	return onOrganization(r, "office.organization.restore.done", func(tx *sqldb.Tx, of id.Organization) (organization.Organization, error) {
		return contact.Restore(r.Context(), tx, r.By, of)
	})
}

// askOrganizationDeletion asks for the password too, unless it was typed a short while ago (product.md §5).
func askOrganizationDeletion(r *web.Request) error {
	return askMatter(r, http.StatusOK, func(m *matter) { m.remove(&ui.Form{P: r.P}) })
}

func (m *matter) remove(form *ui.Form) {
	r := m.Question.R
	form.Labels = map[string]string{"password": r.P.Text("office.password")}
	m.Title, m.Question.Form = r.P.Text("office.organization.delete.title", "Name", m.Org.Name), form
	m.Body = m.deletion()
}

func deleteOrganization(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	var gone organization.Organization
	if err = r.ConfirmBy(form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			if gone, err = organization.Get(r.Context(), tx, r.By, of); err != nil {
				return err
			}
			return document.DeleteOrganization(r.Context(), tx, r.By, of)
		})
	}
	if form.Refused(err) {
		return askMatter(r, web.RefusedStatus(form), func(m *matter) { m.remove(form) })
	}
	if err != nil {
		return err
	}
	r.Toast("office.organization.delete.done", "Name", gone.Name)
	return r.SeeOther(r.Office("/organizations"))
}
