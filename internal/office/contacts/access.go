package contacts

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// askAuthorization asks before « Autoriser l'accès », since it is final (manual 1, figure 7).
func askAuthorization(r *web.Request) error {
	return ask(r, func(t *task) {
		t.Title, t.Small = r.P.Text("office.contact.authorize.title", "Name", t.name()), true
		t.Body = t.authorization()
	})
}

func authorizeContact(r *web.Request) error {
	return onContact(r, "office.contact.authorize.done", func(tx *sqldb.Tx, c *contact.Contact) (err error) {
		*c, err = access.Authorize(r.Context(), tx, r.By, c.ID)
		return err
	})
}

// namePrimary makes the contact its organisation's primary one.
func namePrimary(r *web.Request) error {
	return onContact(r, "office.contact.primary.done", func(tx *sqldb.Tx, c *contact.Contact) error {
		return contact.NamePrimary(r.Context(), tx, r.By, c.ID)
	})
}

// onContact does something to the contact of the address that needs no form, and leads back to its sheet. A
// refusal is a page, or a note in the sheet for a script.
func onContact(r *web.Request, done string, do func(tx *sqldb.Tx, c *contact.Contact) error) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	var c contact.Contact
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		if c, err = contact.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		return do(tx, &c)
	})
	if err != nil {
		return err
	}
	r.Toast(done, "Name", web.FullName(r.P, c.Row))
	return r.SeeOther(openURL(r, c.Row))
}

// yesNo answers a question of the sheet: OUI or NON.
func yesNo(r *web.Request, yes bool, whenYes, whenNo string, toneNo ui.Tone) templ.Component {
	if yes {
		return ui.Badge(ui.OK, whenYes, r.P.Text("office.yes"))
	}
	return ui.Badge(toneNo, whenNo, r.P.Text("office.no"))
}
