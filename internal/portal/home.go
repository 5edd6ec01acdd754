package portal

import (
	"net/http"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/folder"
)

// start leads on to one of the workspace's organisations that the person has joined.
func start(r *web.Request) error {
	if to := r.PortalStart(r.PathValue("workspace")); to != "" {
		return r.SeeOther(to)
	}
	return r.Nowhere()
}

// home is the organisation with the person in it; of a guest, the person alone.
type home struct {
	r       *web.Request
	self    contact.Contact
	org     organization.Organization
	offers  offers // of the role super_admin
	waiting []card
	mayAdd  bool // contacts
	latest  []document.Document
}

func (o Options) showHome(r *web.Request) error {
	v := home{r: r}
	sees := r.By.May(actor.SeeOwnOrganization)
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.self, err = contact.Own(r.Context(), tx, r.By); err != nil || !sees {
			return err
		}
		if v.offers, err = offersOf(r, tx); err != nil {
			return err
		}
		if v.waiting, err = o.waiting(r, tx, v.self); err != nil {
			return err
		}
		if v.mayAdd, _, err = offerToAdd(r, tx); err != nil {
			return err
		}
		if v.latest, err = document.Latest(r.Context(), tx, r.By, folder.MostLatest); err != nil {
			return err
		}
		v.org, err = organization.Own(r.Context(), tx, r.By)
		return err
	})
	if err != nil {
		return err
	}
	if !sees {
		return r.Render(http.StatusOK, v.guest())
	}
	return r.Render(http.StatusOK, v.page())
}
