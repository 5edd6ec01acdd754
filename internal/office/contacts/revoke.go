package contacts

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// revokeButton is « Fermer les sessions et demander un nouveau mot de passe », for a super_admin that has joined.
func (v people) revokeButton() templ.Component {
	if access.Revocable(v.open.Contact) != nil || !v.R.By.May(actor.RevokeLogins) {
		return nil
	}
	return v.revokeLink()
}

func askRevocation(r *web.Request) error {
	return ask(r, func(t *task) { t.revoke(r.NewForm("revocation")) }, func(t *task, _ *sqldb.Tx) error { return access.Revocable(t.contact) })
}

func (t *task) revoke(form *ui.Form) {
	form.Labels = map[string]string{"password": t.R.P.Text("office.password")}
	t.Title, t.Small, t.Form = t.R.P.Text("office.revoke.title", "Name", t.name()), true, form
	t.Body = t.revocation()
}

func (o Options) revoke(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("revocation")
	if err != nil {
		return err
	}
	var c contact.Contact
	if err = r.ConfirmBy(form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			c, err = o.Inviter.Revoke(r.Context(), tx, r.By, of, form.Submission())
			return err
		})
	}
	if form.Refused(err) {
		t, err := readTask(r, of, func(t *task) { t.revoke(form) })
		if err != nil {
			return err
		}
		return t.Show(web.RefusedStatus(form))
	}
	if err != nil {
		return err
	}
	r.Toast("office.revoke.done", "Name", web.FullName(r.P, c.Row))
	return r.SeeOther(openURL(r, c.Row))
}
