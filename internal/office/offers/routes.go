package offers

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/offering"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	return []web.Route{
		staff.At("GET /offers", actor.SeeOffers, listOffers),
		staff.At("GET /offers/export", actor.Export, exportOffers),
		staff.At("GET /organizations/{organization}/offers", actor.SeeOffers, organizationOffers),

		staff.At("GET /offers/new", actor.EditOffers, askOffer),
		staff.At("POST /offers", actor.EditOffers, addOffer).WithFiles(),
		staff.At("GET /offers/{offer}", actor.SeeOffers, showOffer),
		staff.At("POST /offers/{offer}", actor.EditOffers, editOffer),
		staff.At("POST /offers/{offer}/state", actor.EditOffers, moveOffer),
		staff.At("GET /offers/{offer}/rejection", actor.EditOffers, askRejection),
		staff.At("POST /offers/{offer}/rejection", actor.EditOffers, rejectOffer),
		staff.At("POST /offers/{offer}/contacts", actor.EditOffers, attachContact),
		staff.At("POST /offers/{offer}/contacts/{contact}/removal", actor.EditOffers, detachContact),
		staff.At("GET /offers/{offer}/file", actor.SeeOffers, offering.Serve),
		staff.At("POST /offers/{offer}/file", actor.EditOffers, setFile).WithFiles(),
		staff.At("POST /offers/{offer}/file/removal", actor.EditOffers, removeFile),
		staff.At("GET /offers/{offer}/deletion", actor.EditOffers, askDeletion),
		staff.At("POST /offers/{offer}/deletion", actor.EditOffers, deleteOffer),
	}
}
