package contacts

import (
	"net/http"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// adding is « Ajouter un contact » (manual 1, « Créer un contact »).
type adding struct {
	web.Question
	org  organization.Organization
	spot spot
}

func newContact(r *web.Request) error { return showAdding(r, r.NewForm("add"), http.StatusOK) }

// showAdding shows the form: over the list, or on a page of its own.
func showAdding(r *web.Request, form *ui.Form, status int) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	form.Labels = contactLabels(r)
	var org organization.Organization
	err = r.View(func(tx *sqldb.Tx) (err error) {
		org, err = organization.Get(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	return newAdding(r, org, form).Show(status)
}

func newAdding(r *web.Request, org organization.Organization, form *ui.Form) adding {
	a := adding{org: org, spot: readSpot(r)}
	list := staff.OrganizationURL(r, org.ID, "/contacts") + a.spot.query()
	a.Question = web.Question{
		R: r, Shell: web.Office, Current: "organizations", Part: web.DialogPart, Title: r.P.Text("office.contact.add"), Form: form, Back: list,
		Crumbs: []ui.Link{{Text: r.P.Text("office.nav.organizations"), URL: r.Office("/organizations")}, {Text: org.Name, URL: list}},
	}
	a.Body = a.fields()
	return a
}

// addContact makes the contact; the same form sent twice makes one.
func addContact(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("add")
	if err != nil {
		return err
	}
	in := contact.Input{
		Civility: form.Value("civility"), FamilyName: form.Value("family_name"), GivenName: form.Value("given_name"),
		Mobile: form.Value("mobile"), Phone: form.Value("phone"), JobTitle: form.Value("job_title"), Email: form.Value("email"),
		Source: contact.Form, Submission: form.Submission(),
	}
	var added contact.Contact
	at := readSpot(r)
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		if added, err = access.Add(r.Context(), tx, r.By, of, in); err != nil {
			return err
		}
		at.Page, err = pageOf(r, tx, added.Row, at.Size)
		return err
	})
	if form.Fail(err) {
		return showAdding(r, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.contact.added", "Name", web.FullName(r.P, added.Row))
	return r.SeeOther(r.Office("/organizations/"+of.String()+"/contacts") + at.query() + "#" + anchor(added.Row))
}

// similarContacts says while somebody types that the contact exists already, or who bears a similar name.
func similarContacts(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	family, given := r.Query("family_name"), r.Query("given_name")
	var rows []contact.Row
	err = r.View(func(tx *sqldb.Tx) error {
		if _, err := organization.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		rows, err = directory.Similar(r.Context(), tx, r.By, of, cut(family), cut(given))
		return err
	})
	if err != nil {
		return err
	}
	exists := len(rows) > 0 && directory.SameName(rows[0], family, given)
	return r.Render(http.StatusOK, similarNames(r, rows, exists))
}

// cut shortens what somebody types to what a name can be.
func cut(text string) string {
	letters := []rune(text)
	return string(letters[:min(len(letters), web.LongestQuery)])
}

// checkNames is where the names are looked at while they are typed.
func (a adding) checkNames() string { return staff.OrganizationURL(a.R, a.org.ID, "/contacts/similar") }
