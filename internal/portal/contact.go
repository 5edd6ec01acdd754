package portal

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// profile is one contact of the reader's own organisation, as the tab « Profil du contact » shows it (manual 2).
type profile struct {
	habits
	contact.Contact
	org         organization.Organization
	credentials access.Credentials // the last that were sent, for whoever may know; zero = none
	offers      offers             // of the role super_admin
}

func showContact(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	v := profile{habits: habitsOf(r)}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.Contact, err = contact.Colleague(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		if v.org, err = organization.Own(r.Context(), tx, r.By); err != nil {
			return err
		}
		if v.offers, err = offersOf(r, tx); err != nil {
			return err
		}
		return v.readCredentials(tx)
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// readCredentials reads what became of the invitation of somebody who is invited, for whoever may know.
func (v *profile) readCredentials(tx *sqldb.Tx) (err error) {
	if !v.seesAccess() || v.State() != contact.Invited {
		return nil
	}
	if v.credentials, err = access.CredentialsOfColleague(v.r.Context(), tx, v.r.By, v.Contact); fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// fate says how far the last invitation has come, with the mail server's words where it was refused.
func (v profile) fate() string {
	c := v.credentials
	if c.Delivery == "" {
		return ""
	}
	text := v.r.P.Text("portal.delivery." + string(c.Delivery))
	if why := c.Letter.Why(v.r.P); c.Delivery == invitation.Refused && why != "" {
		text += " " + why
	}
	return text
}

// may reports whether the reader may do that to the contact.
func (v profile) may(act contact.Act) bool { return v.Allow(v.r.By, act) == nil }

// resends reports whether « Renvoyer les identifiants » is offered: wherever there is an address, but for whom the host's staff
// switched off. It asks before it switches on, and whoever has joined gets a way to a new password (product.md §2, §4).
func (v profile) resends() bool {
	return v.may(contact.Invite) && !v.CredentialsTo().IsZero() && (v.LoginEnabled || v.LoginDisabledBy != "staff")
}

// menu is « … » with what else can be done with the contact.
func (v profile) menu() (links []ui.Link) {
	if v.may(contact.Respell) {
		links = append(links, v.dialog("portal.name.change", "/name", "pencil"))
	}
	if v.may(contact.Remove) {
		l := v.dialog("portal.contacts.delete", "/deletion", "trash")
		l.Danger, l.Rule = true, len(links) > 0
		links = append(links, l)
	}
	return links
}

// dialog is a link to a question, which a script opens over the page.
func (v profile) dialog(text, below, icon string) ui.Link {
	return ui.Link{Text: v.r.P.Text(text), URL: contactURL(v.r, v.Row) + below, Icon: icon, Swap: web.DialogPart, Dialog: true}
}

// primaryAct is « Définir comme contact principal »; nil where nobody may, or there is nothing to name.
func (v profile) primaryAct() templ.Component {
	if v.ID == v.org.Primary || !v.may(contact.NameAsPrimary) {
		return nil
	}
	return v.primaryForm()
}

// sendAct is « Renvoyer les identifiants »; nil where it is not offered.
func (v profile) sendAct() templ.Component {
	if !v.resends() {
		return nil
	}
	return v.sendLink()
}

// guarded says to whoever manages contacts why this one is not theirs to change: a Super-Admin, who alone does.
func (v profile) guarded() string {
	if v.Role != contact.SuperAdmin || v.isOwn() || !v.r.By.May(actor.EditContacts) {
		return ""
	}
	return v.r.P.Text("contact.super_admin_by_oneself") + " " + v.r.P.Text("portal.contact.super_admin_stays")
}

// isOwn reports whether it is the reader's own.
func (v profile) isOwn() bool { return v.ID == v.r.By.Contact }

func (v profile) seesAccess() bool { return v.r.By.May(actor.SeeColleaguesAccess) }

// signInAddress is the address to sign in with: the login's own where the reader is the one who signs in.
func (v profile) signInAddress() string {
	if v.isOwn() {
		return v.r.Login.Email.String()
	}
	return v.LoginEmail.String()
}

func (v profile) civility() string {
	if key := v.Civility.Label(); key != "" {
		return v.r.P.Text(key)
	}
	return ""
}

// languageOf is the language that a contact chose, else the workspace's.
func languageOf(r *web.Request, code string) locale.Language {
	if language, ok := locale.ParseLanguage(code); ok {
		return language
	}
	return r.Workspace.Locale
}
