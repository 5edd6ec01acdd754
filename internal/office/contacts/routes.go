package contacts

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
	return []web.Route{
		// The contacts of one organisation.
		staff.At("GET /organizations/{organization}/contacts", actor.SeeContacts, o.showContacts),
		staff.At("GET /organizations/{organization}/contacts/new", actor.EditContacts, newContact),
		staff.At("POST /organizations/{organization}/contacts", actor.EditContacts, addContact),
		staff.At("GET /organizations/{organization}/contacts/similar", actor.EditContacts, similarContacts),
		staff.At("GET /contacts/{contact}", actor.SeeContacts, findContact),
		staff.At("POST /contacts/{contact}", actor.EditContacts, o.editContact),
		staff.At("GET /contacts/{contact}/name", actor.EditContacts, askName),
		staff.At("POST /contacts/{contact}/name", actor.EditContacts, renameContact),
		staff.At("GET /contacts/{contact}/authorization", actor.AuthorizeContacts, askAuthorization),
		staff.At("POST /contacts/{contact}/authorization", actor.AuthorizeContacts, authorizeContact),
		staff.At("GET /contacts/{contact}/credentials", actor.SendCredentials, o.askCredentials),
		staff.At("POST /contacts/{contact}/credentials", actor.SendCredentials, o.sendCredentials),
		staff.At("GET /contacts/{contact}/login", actor.SendCredentials, o.askLogin),
		staff.At("POST /contacts/{contact}/login", actor.SendCredentials, o.changeLogin),
		staff.At("GET /contacts/{contact}/revocation", actor.RevokeLogins, askRevocation),
		staff.At("POST /contacts/{contact}/revocation", actor.RevokeLogins, o.revoke),
		staff.At("GET /contacts/{contact}/handover", actor.NameSuperAdmin, askHandover),
		staff.At("POST /contacts/{contact}/handover", actor.NameSuperAdmin, o.handOver),
		staff.At("POST /contacts/{contact}/primary", actor.EditContacts, namePrimary),
		staff.At("GET /contacts/{contact}/deletion", actor.EditContacts, askDeletion),
		staff.At("POST /contacts/{contact}/deletion", actor.EditContacts, deleteContact),

		// All contacts of the workspace.
		staff.At("GET /contacts", actor.SeeContacts, o.listContacts),
		staff.At("GET /contacts/export", actor.Export, exportContacts),
	}
}
