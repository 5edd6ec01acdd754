package portal

import (
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
)

// routes is the portal's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
	return []web.Route{
		{Pattern: "GET /{workspace}/portal", Door: web.SignedIn, Handle: start},
		at("GET ", actor.SeeOwnContact, o.showHome),

		// One's own organisation.
		at("GET /contacts", actor.SeeColleagues, listContacts),
		at("GET /contacts/export", actor.ExportColleagues, exportContacts),
		at("GET /export/confirmation", actor.ExportColleagues, exit.Show),
		at("POST /export/confirmation", actor.ExportColleagues, exit.Confirm),
		at("GET /contacts/new", actor.EditContacts, o.askAdd),
		at("POST /contacts/new", actor.EditContacts, o.previewContact),
		at("POST /contacts", actor.EditContacts, o.addContact),
		at("GET /contacts/similar", actor.EditContacts, similarContacts),
		at("GET /contacts/{contact}", actor.SeeColleagues, showContact),
		at("GET /contacts/{contact}/edit", actor.EditOwnDetails, askEdit),
		at("POST /contacts/{contact}/edit", actor.EditOwnDetails, o.editContact),
		at("GET /contacts/{contact}/name", actor.EditContacts, askName),
		at("POST /contacts/{contact}/name", actor.EditContacts, renameContact),
		at("GET /contacts/{contact}/credentials", actor.SendCredentials, askCredentials),
		at("POST /contacts/{contact}/credentials", actor.SendCredentials, o.sendCredentials),
		at("POST /contacts/{contact}/primary", actor.EditContacts, namePrimary),
		at("GET /contacts/{contact}/deletion", actor.EditContacts, askDeletion),
		at("POST /contacts/{contact}/deletion", actor.EditContacts, deleteContact),
		at("GET /contacts/{contact}/requests", actor.SeeOwnRequests, contactRequests),
		at("GET /contacts/{contact}/history", actor.SeeColleaguesHistory, contactHistory),
		at("GET /history", actor.SeeColleaguesHistory, listHistory),
		at("GET /history/export", actor.SeeColleaguesHistory, exportHistory),

		// What one is told, and what one wants to be told.
		at("GET /notifications", actor.SeeOwnNotices, o.listNotices),
		at("POST /notifications/reading", actor.SeeOwnNotices, readNotices),
		at("POST /notifications/{notice}/opening", actor.SeeOwnNotices, o.openNotice),
		at("POST /notifications/{notice}/reading", actor.SeeOwnNotices, o.readNotice),
		at("POST /notifications/{notice}/removal", actor.SeeOwnNotices, o.removeNotice),
		stream(at("GET /notifications/stream", actor.SeeOwnNotices, o.streamNotices)),
		at("GET /preferences", actor.EditOwnPreferences, ownPreferences),
		at("GET /contacts/{contact}/preferences", actor.EditOwnPreferences, o.askPreferences),
		at("POST /contacts/{contact}/preferences", actor.EditOwnPreferences, o.savePreferences),

		// The role super_admin, from one to another.
		at("GET /contacts/{contact}/handover", actor.OfferSuperAdmin, askOffer),
		at("POST /contacts/{contact}/handover", actor.OfferSuperAdmin, o.offer),
		at("POST /handovers/{handover}/withdrawal", actor.OfferSuperAdmin, o.withdrawOffer),
		at("GET /handovers/{handover}/acceptance", actor.AcceptSuperAdmin, askAcceptance),
		at("POST /handovers/{handover}/acceptance", actor.SeeColleaguesAccess, o.accept), // pressed twice, it comes from a super_admin
		at("POST /handovers/{handover}/refusal", actor.AcceptSuperAdmin, o.refuseOffer),
	}
}

// at is a route below /{workspace}/portal/{organization}; where is its method and path.
func at(where string, needs actor.Permission, handle web.Handler) web.Route {
	method, path, _ := strings.Cut(where, " ")
	return web.Route{Pattern: method + " /{workspace}/portal/{organization}" + path, Door: web.Contact, Needs: needs, Handle: handle}
}

// stream marks a route whose answer goes on.
func stream(r web.Route) web.Route {
	r.Stream = true
	return r
}
