package portal

import (
	"net/http"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// askCredentials asks before « Renvoyer les identifiants ».
func askCredentials(r *web.Request) error {
	return showCredentials(r, http.StatusOK, r.NewForm("credentials"))
}

func showCredentials(r *web.Request, status int, form *ui.Form) error {
	form.Labels = formLabels(r)
	return ask(r, contact.Invite, status, form, func(q *question, _ *sqldb.Tx) error {
		q.Title, q.Body = r.P.Text("portal.credentials.title", "Name", q.name()), q.sending()
		return nil
	})
}

// sendCredentials is « Renvoyer les identifiants »: what became of them the contact's page says.
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
	var before, c contact.Contact
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		if before, err = readFor(r, tx, contact.Invite); err != nil {
			return err
		}
		c, err = o.Inviter.SendCredentials(r.Context(), tx, r.By, of, in)
		return err
	})
	if form.Refused(err) && before.Allow(r.By, contact.Invite) == nil {
		return showCredentials(r, web.RefusedStatus(form), form)
	}
	if err != nil {
		return err
	}
	o.toastSent(r, c)
	return r.SeeOther(contactURL(r, c.Row))
}

// toastSent says that credentials are on their way, or that they wait for a mail server.
func (o Options) toastSent(r *web.Request, c contact.Contact) {
	if o.Post.Waits() {
		r.Toast("portal.credentials.waits", "Name", nameOf(r, c.Row))
		return
	}
	r.Toast("portal.credentials.sent", "Name", nameOf(r, c.Row))
}

// whereTo says to which address they go.
func (q question) whereTo() string {
	p, c := q.R.P, q.contact
	switch {
	case !c.JoinedAt.IsZero():
		return p.Text("portal.credentials.to_login")
	case c.CredentialsTo().IsZero():
		return p.Text("access.send.no_address")
	}
	return p.Text("portal.credentials.to", "Address", c.CredentialsTo().String())
}

// namePrimary is « Définir comme contact principal ».
func namePrimary(r *web.Request) error {
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	var c contact.Contact
	err := r.Update(func(tx *sqldb.Tx) (err error) {
		if c, err = readFor(r, tx, contact.NameAsPrimary); err != nil {
			return err
		}
		return contact.NamePrimary(r.Context(), tx, r.By, c.ID)
	})
	if err != nil {
		return err
	}
	r.Toast("portal.primary.done", "Name", nameOf(r, c.Row))
	return r.SeeOther(contactURL(r, c.Row))
}
