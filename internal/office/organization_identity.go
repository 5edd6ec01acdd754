package office

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// matter is a question about a whole organisation, on a page of its own.
type matter struct {
	question
	frame
}

// askMatter shows a question about the organisation of the address that fill puts into words.
func askMatter(r *web.Request, status int, fill func(m *matter)) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	var m matter
	err = r.View(func(tx *sqldb.Tx) (err error) {
		m.frame, err = readFrame(r, tx, of, generalTab)
		return err
	})
	if err != nil {
		return err
	}
	m.question = question{r: r, part: dialogPart, back: m.url(""), crumb: []ui.Link{
		{Text: r.P.Text("office.nav.organizations"), URL: r.Office("/organizations")}, {Text: m.org.Name, URL: m.url("")},
	}}
	fill(&m)
	return m.question.show(status)
}

// askIdentity is « Corriger le SIRET »: its contacts are known by it, so that it is no mere field.
func askIdentity(r *web.Request) error {
	return askMatter(r, http.StatusOK, func(m *matter) {
		form := &ui.Form{P: r.P}
		form.Set("siret", m.org.SIRET.Grouped()).Set("customer_number", m.org.CustomerNumber)
		m.identify(form.SetVersion(m.org.Version))
	})
}

func (m *matter) identify(form *ui.Form) {
	r := m.question.r
	if e := form.Error; e != nil && e.Message.Key == "fault.version" {
		form.Compare("siret", m.org.SIRET.Grouped(), ui.OrMissing(r.P, m.org.SIRET.Grouped()))
		form.Compare("customer_number", m.org.CustomerNumber, ui.OrMissing(r.P, m.org.CustomerNumber))
		form.SetVersion(m.org.Version)
	}
	form.Labels = organizationLabels(r)
	m.title, m.question.form = identityTitle(r, m.org), form
	m.body = m.identity()
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
	err = counted(r, func(tx *sqldb.Tx) error {
		_, err := contact.Identify(r.Context(), tx, r.By, of, in)
		return err
	})
	if form.Fail(err) || fault.Is(err, fault.TooMany) {
		form.Error = fault.As(err)
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
		m.title = r.P.Text("office.organization.archive.title", "Name", m.org.Name)
		m.body = m.archive()
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
	r := m.question.r
	form.Labels = map[string]string{"password": r.P.Text("office.password")}
	m.title, m.question.form = r.P.Text("office.organization.delete.title", "Name", m.org.Name), form
	m.body = m.deletion()
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
			return contact.DeleteOrganization(r.Context(), tx, r.By, of)
		})
	}
	if form.Fail(err) || fault.Is(err, fault.TooMany) {
		form.Error = fault.As(err)
		return askMatter(r, web.RefusedStatus(form), func(m *matter) { m.remove(form) })
	}
	if err != nil {
		return err
	}
	r.Toast("office.organization.delete.done", "Name", gone.Name)
	return r.SeeOther(r.Office("/organizations"))
}
