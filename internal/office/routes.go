package office

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	return []web.Route{
		staff.At("GET ", actor.SeeContacts, showDashboard),
		staff.At("GET /search", actor.SeeContacts, searchEverywhere),

		// Organisations.
		staff.At("GET /organizations", actor.SeeContacts, listOrganizations),
		staff.At("GET /organizations/new", actor.EditOrganizations, newOrganization),
		staff.At("POST /organizations", actor.EditOrganizations, addOrganization),
		staff.At("GET /organizations/siret", actor.EditOrganizations, checkSIRET),
		staff.At("GET /organizations/{organization}", actor.SeeContacts, showOrganization),
		staff.At("POST /organizations/{organization}", actor.EditOrganizations, editOrganization),
		staff.At("GET /organizations/{organization}/identity", actor.CorrectSIRET, askIdentity),
		staff.At("POST /organizations/{organization}/identity", actor.CorrectSIRET, correctIdentity),
		staff.At("GET /organizations/{organization}/archive", actor.ArchiveOrganizations, askArchive),
		staff.At("POST /organizations/{organization}/archive", actor.ArchiveOrganizations, archiveOrganization),
		staff.At("POST /organizations/{organization}/restoration", actor.ArchiveOrganizations, restoreOrganization),
		staff.At("GET /organizations/{organization}/deletion", actor.DeleteOrganizations, askOrganizationDeletion),
		staff.At("POST /organizations/{organization}/deletion", actor.DeleteOrganizations, deleteOrganization),
		staff.At("GET /organizations/{organization}/delegation", actor.SeeContacts, showDelegation),
		staff.At("POST /organizations/{organization}/delegation", actor.EditOrganizations, setDelegation),
		staff.At("GET /organizations/{organization}/journal", actor.SeeJournal, organizationJournal),
		staff.At("POST /organizations/{organization}/comments", actor.Comment, commentOrganization),
	}
}
