package office

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the back office's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
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
		staff.At("GET /organizations/{organization}/journal", actor.SeeJournal, organizationJournal),
		staff.At("POST /organizations/{organization}/comments", actor.Comment, commentOrganization),

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
		staff.At("POST /contacts/{contact}/primary", actor.EditContacts, namePrimary),
		staff.At("GET /contacts/{contact}/deletion", actor.EditContacts, askDeletion),
		staff.At("POST /contacts/{contact}/deletion", actor.EditContacts, deleteContact),

		// All contacts of the workspace.
		staff.At("GET /contacts", actor.SeeContacts, o.listContacts),
		staff.At("GET /contacts/export", actor.Export, exportContacts),

		// Credentials sent to many at once.
		staff.At("GET /dispatches", actor.SendToMany, listDispatches),
		staff.At("GET /dispatches/new", actor.SendToMany, o.askDispatch),
		staff.At("POST /dispatches", actor.SendToMany, o.startDispatch),
		staff.At("GET /dispatches/{dispatch}", actor.SendToMany, o.showDispatch),
		staff.At("POST /dispatches/{dispatch}/cancel", actor.SendToMany, cancelDispatch),

		// Files in and out.
		staff.At("GET /import", actor.Import, o.showTransfers),
		large(staff.At("POST /import", actor.Import, o.receive), o.Transfers.Bytes),
		staff.At("GET /import/template", actor.Import, downloadTemplate),
		staff.At("GET /import/{transfer}", actor.Import, showImport),
		staff.At("POST /import/{transfer}/check", actor.Import, checkImport),
		staff.At("POST /import/{transfer}/start", actor.Import, startImport),
		staff.At("POST /import/{transfer}/cancel", actor.Import, cancelImport),
		staff.At("GET /import/{transfer}/refused", actor.Import, downloadRefused),
		staff.At("GET /export", actor.Export, exportNoun),
		staff.At("GET /export/confirmation", actor.Export, showExportConfirmation),
		staff.At("POST /export/confirmation", actor.Export, confirmExport),

		// What was done, and what people want remembered.
		staff.At("GET /journal", actor.SeeJournal, listJournal),
		staff.At("GET /journal/export", actor.ExportJournal, exportJournal),
		staff.At("POST /journal/comments", actor.Comment, commentWorkspace),
		staff.At("GET /contacts/{contact}/journal", actor.SeeJournal, contactJournal),
		staff.At("POST /contacts/{contact}/comments", actor.Comment, commentContact),

		// The workspace itself.
		staff.At("GET /settings", actor.EditSettings, showSettings),
		staff.At("POST /settings", actor.EditSettings, editSettings),
		staff.At("GET /settings/brand", actor.EditSettings, showBrand),

		// The team.
		staff.At("GET /settings/team", actor.SeeTeam, o.showTeam),
		staff.At("POST /settings/team", actor.EditTeam, o.inviteMember),
		staff.At("GET /settings/team/new", actor.EditTeam, o.newMember),
		staff.At("GET /settings/team/{member}/role", actor.EditTeam, o.askRole),
		staff.At("POST /settings/team/{member}/role", actor.EditTeam, o.changeRole),
		staff.At("GET /settings/team/{member}/removal", actor.EditTeam, o.askMemberRemoval),
		staff.At("POST /settings/team/{member}/removal", actor.EditTeam, o.removeMember),
		staff.At("GET /settings/team/invitations/{invitation}/renewal", actor.EditTeam, o.askRenewal),
		staff.At("POST /settings/team/invitations/{invitation}/renewal", actor.EditTeam, o.renewInvitation),
		staff.At("GET /settings/team/invitations/{invitation}/withdrawal", actor.EditTeam, o.askWithdrawal),
		staff.At("POST /settings/team/invitations/{invitation}/withdrawal", actor.EditTeam, o.withdrawInvitation),

		// Letters.
		staff.At("GET /settings/letters", actor.SeeLetters, o.listLetters),
		staff.At("POST /settings/letters", actor.SeeLetters, o.sendTrial),
		staff.At("GET /settings/letters/{letter}", actor.SeeLetters, o.showLetter),
		staff.At("GET /settings/letters/{letter}/html", actor.SeeLetters, o.showLetterHTML),
		staff.At("GET /settings/templates", actor.EditLetters, o.listTexts),
		staff.At("GET /settings/templates/{kind}/{language}", actor.EditLetters, o.showText),
		staff.At("POST /settings/templates/{kind}/{language}", actor.EditLetters, o.saveText),
		staff.At("POST /settings/templates/{kind}/{language}/preview", actor.EditLetters, o.previewText),
		staff.At("POST /settings/templates/{kind}/{language}/sample", actor.EditLetters, o.sendSample),
		staff.At("GET /settings/templates/{kind}/{language}/removal", actor.EditLetters, o.askRemoval),
		staff.At("POST /settings/templates/{kind}/{language}/removal", actor.EditLetters, o.removeText),
	}
}

// large lets a route take a file of so many bytes, and the rest of its form.
func large(route web.Route, bytes int64) web.Route {
	route.Body = bytes + 1<<20
	return route
}
