package portal

import (
	"net/http"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
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
	org      organization.Organization
	delivery invitation.Delivery // of the invitation that is open
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
		deliveries, err := deliveriesOf(r, tx, []contact.Row{v.Row})
		v.delivery = deliveries[v.ID]
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
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

func (v profile) tabs() []ui.Link {
	return []ui.Link{{Text: v.r.P.Text("portal.contact.profile"), URL: contactURL(v.r, v.Row), Current: true}}
}

// languageOf is the language that a contact chose, else the workspace's.
func languageOf(r *web.Request, code string) locale.Language {
	if language, ok := locale.ParseLanguage(code); ok {
		return language
	}
	return r.Workspace.Locale
}
