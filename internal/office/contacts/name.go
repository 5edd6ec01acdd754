package contacts

import (
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// askName is the pencil « Modifier le nom et le prénom » (manual 1, figure 2).
func askName(r *web.Request) error {
	return ask(r, func(t *task) {
		form := &ui.Form{P: r.P, ID: "name"}
		form.Set("family_name", t.contact.FamilyName.String()).Set("given_name", t.contact.GivenName.String()).Set("person", "same")
		t.rename(form.SetVersion(t.contact.Version))
	})
}

func (t *task) rename(form *ui.Form) {
	form.Labels = contactLabels(t.R)
	t.Title, t.Form = t.R.P.Text("office.contact.rename"), form
	t.Body = t.nameFields()
}

// persons are the two answers to who bears the new name, with what follows from each.
func (t task) persons() []ui.Option {
	p := t.R.P
	same := ui.Option{Value: "same", Text: p.Text("office.contact.person.same"), Hint: p.Text("office.contact.person.same.hint")}
	if t.contact.Allow(t.R.By, contact.Replace) != nil {
		return []ui.Option{same}
	}
	return []ui.Option{same, {Value: "another", Text: p.Text("office.contact.person.another"), Hint: p.Text("office.contact.person.another.hint")}}
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
	after, err := rename(r, of, to)
	if form.Refused(err) {
		return refusedName(r, of, form)
	}
	if err != nil {
		return err
	}
	r.Toast("office.contact.renamed", "Name", web.FullName(r.P, after.Row))
	return r.SeeOther(openURL(r, after.Row))
}

// refusedName shows the dialog again; after a conflict it is one of the current version, with the name that
// somebody else stored.
func refusedName(r *web.Request, of id.Contact, form *ui.Form) error {
	t, err := readTask(r, of, func(t *task) {
		if form.Error.Message.Key == "fault.version" {
			form.Compare("family_name", t.contact.FamilyName.String(), t.contact.FamilyName.String())
			form.Compare("given_name", t.contact.GivenName.String(), t.contact.GivenName.String())
			form.SetVersion(t.contact.Version)
		}
		t.rename(form)
	})
	if err != nil {
		return err
	}
	return t.Show(web.RefusedStatus(form))
}

// rename counts the try, since its refusal tells that somebody bears the name, perhaps elsewhere.
func rename(r *web.Request, of id.Contact, to contact.NewName) (after contact.Contact, err error) {
	err = r.Renaming(func(tx *sqldb.Tx) (err error) {
		after, err = contact.Rename(r.Context(), tx, r.By, of, to)
		return err
	})
	return after, err
}
