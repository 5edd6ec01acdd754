package portal

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/member"
)

// routes is the portal's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
	return []web.Route{
		{Pattern: "GET /{workspace}/portal", Door: web.SignedIn, Handle: start},
		member.At("GET ", actor.SeeOwnContact, o.showHome),

		// One's own organisation.
		member.At("GET /contacts", actor.SeeColleagues, listContacts),
		member.At("GET /contacts/export", actor.ExportColleagues, exportContacts),
		member.At("GET /export/confirmation", actor.ExportColleagues, exit.Show),
		member.At("POST /export/confirmation", actor.ExportColleagues, exit.Confirm),
		member.At("GET /contacts/new", actor.EditContacts, o.askAdd),
		member.At("POST /contacts/new", actor.EditContacts, o.previewContact),
		member.At("POST /contacts", actor.EditContacts, o.addContact),
		member.At("GET /contacts/similar", actor.EditContacts, similarContacts),
		member.At("GET /contacts/{contact}", actor.SeeColleagues, showContact),
		member.At("GET /contacts/{contact}/edit", actor.EditOwnDetails, askEdit),
		member.At("POST /contacts/{contact}/edit", actor.EditOwnDetails, o.editContact),
		member.At("GET /contacts/{contact}/name", actor.EditContacts, askName),
		member.At("POST /contacts/{contact}/name", actor.EditContacts, renameContact),
		member.At("GET /contacts/{contact}/credentials", actor.SendCredentials, askCredentials),
		member.At("POST /contacts/{contact}/credentials", actor.SendCredentials, o.sendCredentials),
		member.At("POST /contacts/{contact}/primary", actor.EditContacts, namePrimary),
		member.At("GET /contacts/{contact}/deletion", actor.EditContacts, askDeletion),
		member.At("POST /contacts/{contact}/deletion", actor.EditContacts, deleteContact),
		member.At("GET /contacts/{contact}/requests", actor.SeeOwnRequests, contactRequests),
		member.At("GET /contacts/{contact}/history", actor.SeeColleaguesHistory, contactHistory),
		member.At("GET /history", actor.SeeColleaguesHistory, listHistory),
		member.At("GET /history/export", actor.SeeColleaguesHistory, exportHistory),

		// What one wants to be told.
		member.At("GET /preferences", actor.EditOwnPreferences, ownPreferences),
		member.At("GET /contacts/{contact}/preferences", actor.EditOwnPreferences, o.askPreferences),
		member.At("POST /contacts/{contact}/preferences", actor.EditOwnPreferences, o.savePreferences),

		// The role super_admin, from one to another.
		member.At("GET /contacts/{contact}/handover", actor.OfferSuperAdmin, askOffer),
		member.At("POST /contacts/{contact}/handover", actor.OfferSuperAdmin, o.offer),
		member.At("POST /handovers/{handover}/withdrawal", actor.OfferSuperAdmin, o.withdrawOffer),
		member.At("GET /handovers/{handover}/acceptance", actor.AcceptSuperAdmin, askAcceptance),
		member.At("POST /handovers/{handover}/acceptance", actor.SeeColleaguesAccess, o.accept), // pressed twice, it comes from a super_admin
		member.At("POST /handovers/{handover}/refusal", actor.AcceptSuperAdmin, o.refuseOffer),
	}
}
