package office

import (
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
)

// routes is the back office's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
	return []web.Route{
		at("GET ", actor.SeeContacts, showDashboard),
		at("GET /search", actor.SeeContacts, searchEverywhere),

		// Organisations.
		at("GET /organizations", actor.SeeContacts, listOrganizations),
		at("GET /organizations/new", actor.EditOrganizations, newOrganization),
		at("POST /organizations", actor.EditOrganizations, addOrganization),
		at("GET /organizations/siret", actor.EditOrganizations, checkSIRET),
		at("GET /organizations/{organization}", actor.SeeContacts, showOrganization),
		at("POST /organizations/{organization}", actor.EditOrganizations, editOrganization),
		at("GET /organizations/{organization}/identity", actor.CorrectSIRET, askIdentity),
		at("POST /organizations/{organization}/identity", actor.CorrectSIRET, correctIdentity),
		at("GET /organizations/{organization}/archive", actor.ArchiveOrganizations, askArchive),
		at("POST /organizations/{organization}/archive", actor.ArchiveOrganizations, archiveOrganization),
		at("POST /organizations/{organization}/restoration", actor.ArchiveOrganizations, restoreOrganization),
		at("GET /organizations/{organization}/deletion", actor.DeleteOrganizations, askOrganizationDeletion),
		at("POST /organizations/{organization}/deletion", actor.DeleteOrganizations, deleteOrganization),
		at("GET /organizations/{organization}/journal", actor.SeeJournal, organizationJournal),
		at("POST /organizations/{organization}/comments", actor.Comment, commentOrganization),

		// The contacts of one organisation.
		at("GET /organizations/{organization}/contacts", actor.SeeContacts, o.showContacts),
		at("GET /organizations/{organization}/contacts/new", actor.EditContacts, newContact),
		at("POST /organizations/{organization}/contacts", actor.EditContacts, addContact),
		at("GET /organizations/{organization}/contacts/similar", actor.EditContacts, similarContacts),
		at("GET /contacts/{contact}", actor.SeeContacts, findContact),
		at("POST /contacts/{contact}", actor.EditContacts, o.editContact),
		at("GET /contacts/{contact}/name", actor.EditContacts, askName),
		at("POST /contacts/{contact}/name", actor.EditContacts, renameContact),
		at("GET /contacts/{contact}/authorization", actor.AuthorizeContacts, askAuthorization),
		at("POST /contacts/{contact}/authorization", actor.AuthorizeContacts, authorizeContact),
		at("GET /contacts/{contact}/credentials", actor.SendCredentials, o.askCredentials),
		at("POST /contacts/{contact}/credentials", actor.SendCredentials, o.sendCredentials),
		at("GET /contacts/{contact}/login", actor.SendCredentials, o.askLogin),
		at("POST /contacts/{contact}/login", actor.SendCredentials, o.changeLogin),
		at("POST /contacts/{contact}/primary", actor.EditContacts, namePrimary),
		at("GET /contacts/{contact}/deletion", actor.EditContacts, askDeletion),
		at("POST /contacts/{contact}/deletion", actor.EditContacts, deleteContact),

		// All contacts of the workspace.
		at("GET /contacts", actor.SeeContacts, o.listContacts),
		at("GET /contacts/export", actor.Export, exportContacts),

		// Credentials sent to many at once.
		at("GET /dispatches", actor.SendToMany, listDispatches),
		at("GET /dispatches/new", actor.SendToMany, o.askDispatch),
		at("POST /dispatches", actor.SendToMany, o.startDispatch),
		at("GET /dispatches/{dispatch}", actor.SendToMany, o.showDispatch),
		at("POST /dispatches/{dispatch}/cancel", actor.SendToMany, cancelDispatch),

		// Files in and out.
		at("GET /import", actor.Import, o.showTransfers),
		large(at("POST /import", actor.Import, o.receive), o.Transfers.Bytes),
		at("GET /import/template", actor.Import, downloadTemplate),
		at("GET /import/{transfer}", actor.Import, showImport),
		at("POST /import/{transfer}/check", actor.Import, checkImport),
		at("POST /import/{transfer}/start", actor.Import, startImport),
		at("POST /import/{transfer}/cancel", actor.Import, cancelImport),
		at("GET /import/{transfer}/refused", actor.Import, downloadRefused),
		at("GET /export", actor.Export, exportNoun),
		at("GET /export/confirmation", actor.Export, showExportConfirmation),
		at("POST /export/confirmation", actor.Export, confirmExport),

		// What was done, and what people want remembered.
		at("GET /journal", actor.SeeJournal, listJournal),
		at("GET /journal/export", actor.ExportJournal, exportJournal),
		at("POST /journal/comments", actor.Comment, commentWorkspace),
		at("GET /contacts/{contact}/journal", actor.SeeJournal, contactJournal),
		at("POST /contacts/{contact}/comments", actor.Comment, commentContact),

		// The workspace itself.
		at("GET /settings", actor.EditSettings, showSettings),
		at("POST /settings", actor.EditSettings, editSettings),
		at("GET /settings/brand", actor.EditSettings, showBrand),

		// The team.
		at("GET /settings/team", actor.SeeTeam, o.showTeam),
		at("POST /settings/team", actor.EditTeam, o.inviteMember),
		at("GET /settings/team/new", actor.EditTeam, o.newMember),
		at("GET /settings/team/{member}/role", actor.EditTeam, o.askRole),
		at("POST /settings/team/{member}/role", actor.EditTeam, o.changeRole),
		at("GET /settings/team/{member}/removal", actor.EditTeam, o.askMemberRemoval),
		at("POST /settings/team/{member}/removal", actor.EditTeam, o.removeMember),
		at("GET /settings/team/invitations/{invitation}/renewal", actor.EditTeam, o.askRenewal),
		at("POST /settings/team/invitations/{invitation}/renewal", actor.EditTeam, o.renewInvitation),
		at("GET /settings/team/invitations/{invitation}/withdrawal", actor.EditTeam, o.askWithdrawal),
		at("POST /settings/team/invitations/{invitation}/withdrawal", actor.EditTeam, o.withdrawInvitation),

		// Letters.
		at("GET /settings/letters", actor.SeeLetters, o.listLetters),
		at("POST /settings/letters", actor.SeeLetters, o.sendTrial),
		at("GET /settings/letters/{letter}", actor.SeeLetters, o.showLetter),
		at("GET /settings/letters/{letter}/html", actor.SeeLetters, o.showLetterHTML),
		at("GET /settings/templates", actor.EditLetters, o.listTexts),
		at("GET /settings/templates/{kind}/{language}", actor.EditLetters, o.showText),
		at("POST /settings/templates/{kind}/{language}", actor.EditLetters, o.saveText),
		at("POST /settings/templates/{kind}/{language}/preview", actor.EditLetters, o.previewText),
		at("POST /settings/templates/{kind}/{language}/sample", actor.EditLetters, o.sendSample),
		at("GET /settings/templates/{kind}/{language}/removal", actor.EditLetters, o.askRemoval),
		at("POST /settings/templates/{kind}/{language}/removal", actor.EditLetters, o.removeText),
	}
}

// at is a route below /{workspace}/office; where is its method and path.
func at(where string, needs actor.Permission, handle web.Handler) web.Route {
	method, path, _ := strings.Cut(where, " ")
	return web.Route{Pattern: method + " /{workspace}/office" + path, Needs: needs, Handle: handle}
}

// large lets a route take a file of so many bytes, and the rest of its form.
func large(route web.Route, bytes int64) web.Route {
	route.Body = bytes + 1<<20
	return route
}
