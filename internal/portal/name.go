package portal

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// nameHint says where a name is changed, and by whom.
func (v editing) nameHint() string {
	if v.contact.Allow(v.r.By, contact.Respell) == nil {
		return v.P.Text("portal.name.elsewhere")
	}
	return v.P.Text("portal.name.by_admins")
}

// askName is the identity dialog: the new name, and who bears it (product.md §3).
func askName(r *web.Request) error {
	return showName(r, http.StatusOK, nil)
}

// showName shows it as stored, or with what was typed; after a conflict beside the name that somebody else stored.
func showName(r *web.Request, status int, typed *ui.Form) error {
	form := typed
	if form == nil {
		form = r.NewForm("name")
	}
	form.Labels = formLabels(r)
	return ask(r, contact.Respell, status, form, func(q *question, _ *sqldb.Tx) error {
		c := q.contact
		switch {
		case typed == nil:
			form.Set("family_name", c.FamilyName.String()).Set("given_name", c.GivenName.String()).Set("person", "same")
			form.SetVersion(c.Version)
		case form.Error.Message.Key == "fault.version":
			form.Compare("family_name", c.FamilyName.String(), c.FamilyName.String())
			form.Compare("given_name", c.GivenName.String(), c.GivenName.String())
			form.SetVersion(c.Version)
		}
		q.Title, q.Body = r.P.Text("portal.name.change"), q.nameFields()
		return nil
	})
}

// persons are the two answers to who bears the new name, with what follows from each; one where nobody may take the place.
func (q question) persons() []ui.Option {
	p := q.R.P
	same := ui.Option{Value: "same", Text: p.Text("portal.name.same"), Hint: p.Text("portal.name.same.hint")}
	if q.contact.Allow(q.R.By, contact.Replace) != nil {
		return []ui.Option{same}
	}
	return []ui.Option{same, {Value: "another", Text: p.Text("portal.name.another"), Hint: p.Text("portal.name.another.hint")}}
}

func renameContact(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("name")
	if err != nil {
		return err
	}
	to := contact.NewName{
		FamilyName: form.Value("family_name"), GivenName: form.Value("given_name"),
		Another: form.Value("person") == "another", Version: form.Version(),
	}
	var after contact.Contact
	err = r.Renaming(func(tx *sqldb.Tx) (err error) {
		after, err = contact.Rename(r.Context(), tx, r.By, of, to)
		return err
	})
	if form.Refused(err) {
		return showName(r, web.RefusedStatus(form), form)
	}
	if err != nil {
		return err
	}
	r.Toast("portal.name.done", "Name", nameOf(r, after.Row))
	return r.SeeOther(contactURL(r, after.Row))
}
