package contacts

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// askCredentials asks before « Renvoyer les identifiants » switches on what somebody switched off.
func (o Options) askCredentials(r *web.Request) error {
	return ask(r, func(t *task) { t.send(r.NewForm("credentials")) })
}

func (t *task) send(form *ui.Form) {
	t.Title, t.Small, t.Form = t.R.P.Text("office.credentials.title", "Name", t.name()), true, form
	form.Labels = map[string]string{"login_email": t.R.P.Text("office.contact.login_email")}
	t.Body = t.sending()
}

// sendCredentials is « Renvoyer les identifiants » (manual 1, figure 10). What stands in its way is said in the dialog.
func (o Options) sendCredentials(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("credentials")
	if err != nil {
		return err
	}
	in := access.Sending{SwitchOn: form.Bool("switch_on"), Submission: form.Submission()}
	var c contact.Contact
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		c, err = o.Inviter.SendCredentials(r.Context(), tx, r.By, of, in)
		return err
	})
	if form.Fail(err) {
		t, err := readTask(r, of, func(t *task) { t.send(form) })
		if err != nil {
			return err
		}
		return t.Show(web.RefusedStatus(form))
	}
	if err != nil {
		return err
	}
	o.toastSent(r, c.Row)
	return r.SeeOther(openURL(r, c.Row))
}

// toastSent says that credentials are on their way, or that they wait for a mail server.
func (o Options) toastSent(r *web.Request, c contact.Row) {
	if o.Post.Waits() {
		r.Toast("office.credentials.waits", "Name", web.FullName(r.P, c))
		return
	}
	r.Toast("office.credentials.sent", "Name", web.FullName(r.P, c))
}

// underWay reports whether the contact's row changes by itself before long: its letter is about to leave.
func (v people) underWay(c contact.Row) bool {
	delivery := v.deliveries[c.ID]
	if v.isOpen(c) && v.open.credentials != nil {
		delivery = v.open.credentials.Delivery
	}
	return delivery == invitation.Queued && !v.post.Waits()
}

// patience is how many seconds such a row waits before it is asked for again: an open one is looked at, of closed ones
// there may be a page full.
func (v people) patience(c contact.Row) string {
	if v.isOpen(c) {
		return "3"
	}
	return "10"
}

// sendButton is « Renvoyer les identifiants » (figure 10): it sends, or first asks whether to switch on.
func (v people) sendButton() templ.Component {
	if access.AsksToSwitchOn(v.open.Contact) {
		return v.sendLink()
	}
	return v.sendForm(&ui.Form{P: v.R.P, ID: v.open.form.ID + "-send"})
}

// loginButton is « Changer de connexion », for a contact that has joined.
func (v people) loginButton() templ.Component {
	if v.open.JoinedAt.IsZero() || v.open.Role == contact.SuperAdmin && !v.R.By.May(actor.NameSuperAdmin) {
		return nil
	}
	return v.loginLink()
}

// sent says how far the contact's last credentials have come.
func (v people) sent(c access.Credentials) staff.Sent {
	return staff.Sent{R: v.R, Post: v.post, Invitation: c.Invitation, Letter: c.Letter, Delivery: c.Delivery}
}

// askLogin is « Changer de connexion »: for a contact that has joined, with the password.
func (o Options) askLogin(r *web.Request) error {
	return ask(r, func(t *task) {
		form := r.NewForm("login")
		if t.contact.Email != t.contact.LoginEmail {
			form.Set("login_email", t.contact.Email.String())
		}
		t.changeLogin(form)
	})
}

func (t *task) changeLogin(form *ui.Form) {
	t.Title, t.Form = t.R.P.Text("office.login.title", "Name", t.name()), form
	form.Labels = map[string]string{"login_email": t.R.P.Text("office.login.email"), "password": t.R.P.Text("office.password")}
	t.Body = t.loginFields()
}

func (o Options) changeLogin(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("login")
	if err != nil {
		return err
	}
	var c contact.Contact
	if err = r.ConfirmBy(form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			c, err = o.Inviter.ChangeLogin(r.Context(), tx, r.By, of, form.Value("login_email"), form.Submission())
			return err
		})
	}
	if form.Refused(err) {
		t, err := readTask(r, of, func(t *task) { t.changeLogin(form) })
		if err != nil {
			return err
		}
		return t.Show(web.RefusedStatus(form))
	}
	if err != nil {
		return err
	}
	r.Toast("office.login.changed", "Name", web.FullName(r.P, c.Row))
	o.toastSent(r, c.Row)
	return r.SeeOther(openURL(r, c.Row))
}
