package api

import "github.com/entregent/entregent/internal/actor"

// routes is the face's whole surface: where, which right, what answers.
func (f *face) routes() {
	f.organizations()
	f.contacts()
	f.offers()
	f.deposits()
	f.documents()
	f.requests()
	f.invoices()
	f.journal()
}

// may are the permissions that an operation asks for.
func may(p ...actor.Permission) []actor.Permission { return p }

func (f *face) organizations() {
	const one = "/organizations/{organization}"
	on(f, row{path: "GET /organizations", id: "listOrganizations", summary: "List organizations, search them", right: "organizations:read", needs: may(actor.SeeOrganizations)}, listOrganizations)
	on(f, row{path: "POST /organizations", id: "createOrganization", summary: "Add an organization", right: "organizations:write", needs: may(actor.EditOrganizations), status: created,
		text: "SIRET and customer number are each unique in the workspace: one that is taken is a 409 on its field."}, createOrganization)
	on(f, row{path: "GET " + one, id: "getOrganization", summary: "Read an organization", right: "organizations:read", needs: may(actor.SeeOrganizations)}, getOrganization)
	on(f, row{path: "PATCH " + one, id: "editOrganization", summary: "Change an organization", right: "organizations:write", needs: may(actor.EditOrganizations), conditional: true,
		text: "What is left out stays. What identifies it is its identity's."}, editOrganization)
	on(f, row{path: "PUT " + one + "/identity", id: "identifyOrganization", summary: "Enter a missing SIRET, or correct one", right: "organizations:delete", needs: may(actor.CorrectSIRET), conditional: true,
		text: "Its contacts get the accounts of the new identifier; logins, roles and authorizations stay."}, identifyOrganization)
	on(f, row{path: "POST " + one + "/archive", id: "archiveOrganization", summary: "Archive an organization", right: "organizations:delete", needs: may(actor.ArchiveOrganizations),
		text: "It is hidden with its contacts, its people are shut out, and what invitations they have are void."}, archiveOrganization)
	on(f, row{path: "POST " + one + "/restoration", id: "restoreOrganization", summary: "Take an organization back from the archive", right: "organizations:delete", needs: may(actor.ArchiveOrganizations)}, restoreOrganization)
	on(f, row{path: "DELETE " + one, id: "deleteOrganization", summary: "Delete an organization with its contacts, for good", right: "organizations:delete", needs: may(actor.DeleteOrganizations),
		text: "One with invoices stays: 409."}, deleteOrganization)
	on(f, row{path: "GET " + one + "/delegation", id: "getDelegation", summary: "Read what an organization's own people may give", right: "organizations:read", needs: may(actor.SeeOrganizations)}, getDelegation)
	on(f, row{path: "PUT " + one + "/delegation", id: "setDelegation", summary: "Say what an organization's own people may give", right: "organizations:write", needs: may(actor.EditOrganizations), conditional: true}, setDelegation)
	on(f, row{path: "POST " + one + "/comments", id: "commentOrganization", summary: "Add a comment to an organization's history", right: "journal:write, organizations:read", needs: may(actor.Comment, actor.SeeOrganizations)}, commentOrganization)
	on(f, row{path: "POST " + one + "/contacts", id: "createContact", summary: "Add a contact to an organization", right: "contacts:write", needs: may(actor.EditContacts), status: created,
		text: "Nothing is sent, and it cannot come in yet. Who bears the same name in the organization is a 409 on family_name."}, createContact)
}

func (f *face) contacts() {
	const one = "/contacts/{contact}"
	on(f, row{path: "GET /contacts", id: "listContacts", summary: "List contacts, search them", right: "contacts:read", needs: may(actor.SeeContacts)}, listContacts)
	on(f, row{path: "GET " + one, id: "getContact", summary: "Read a contact", right: "contacts:read", needs: may(actor.SeeContacts)}, getContact)
	on(f, row{path: "PATCH " + one, id: "editContact", summary: "Change a contact", right: "contacts:write", needs: may(actor.EditContacts), conditional: true,
		text: "What is left out stays. A new login e-mail voids the invitation there is, and is invited where the login is on. The name is its name's."}, editContact)
	on(f, row{path: "PUT " + one + "/name", id: "renameContact", summary: "Rename a contact", right: "contacts:write", needs: may(actor.EditContacts), conditional: true, around: renaming,
		text: "A name whose account exists already, in whatever workspace, is a 409 on family_name; such answers are counted."}, renameContact)
	on(f, row{path: "POST " + one + "/authorization", id: "authorizeContact", summary: "Authorize a contact to see the workspace's data, for good", right: "contacts:write", needs: may(actor.AuthorizeContacts)}, authorizeContact)
	on(f, row{path: "POST " + one + "/primary", id: "makePrimary", summary: "Make a contact its organization's primary one", right: "contacts:write", needs: may(actor.EditContacts)}, makePrimary)
	on(f, row{path: "POST " + one + "/credentials", id: "sendCredentials", summary: "Send a contact its credentials", right: "contacts:write", needs: may(actor.SendCredentials),
		text: "A letter with a new invitation is queued and the login is switched on; to one that has joined, a link to choose a new password. The letter is sent once for each request: give it an Idempotency-Key."}, sendCredentials)
	on(f, row{path: "PUT " + one + "/login", id: "changeLogin", summary: "Give a contact that has joined another login", right: "contacts:write", needs: may(actor.SendCredentials)}, changeLogin)
	on(f, row{path: "POST " + one + "/revocation", id: "revokeLogin", summary: "End a super_admin's sessions and have them choose a new password", right: "contacts:write", needs: may(actor.RevokeLogins)}, revokeLogin)
	on(f, row{path: "POST " + one + "/handover", id: "handOver", summary: "Transfer the role super_admin to another contact", right: "contacts:super_admin", needs: may(actor.NameSuperAdmin)}, handOver)
	on(f, row{path: "DELETE " + one, id: "deleteContact", summary: "Delete a contact, for good", right: "contacts:write", needs: may(actor.EditContacts),
		text: "The primary one needs a successor, while anybody may follow; a super_admin stays: 409."}, deleteContact)
	on(f, row{path: "POST " + one + "/comments", id: "commentContact", summary: "Add a comment to a contact's history", right: "journal:write, contacts:read", needs: may(actor.Comment, actor.SeeContacts)}, commentContact)
}

func (f *face) journal() {
	on(f, row{path: "GET /journal", id: "listJournal", summary: "Read the history", right: "journal:read", needs: may(actor.SeeJournal)}, listJournal)
	on(f, row{path: "GET /changes", id: "listChanges", summary: "Ask what has changed", right: "journal:read", needs: may(actor.SeeJournal),
		text: "Oldest first, in an order in which nothing comes late: whoever goes on from next misses nothing. A change is there some seconds after the act."}, listChanges)
	stream(f, row{path: "GET /journal/export", id: "exportJournal", summary: "Take the history along", right: "export, journal:read", needs: may(actor.ExportJournal, actor.SeeJournal),
		text: "JSON lines, newest first; the history says that it was taken along."}, "application/jsonl", exportJournal)
	on(f, row{path: "POST /journal/comments", id: "commentWorkspace", summary: "Add a comment to the workspace's history", right: "journal:write", needs: may(actor.Comment)}, commentWorkspace)
}

func (f *face) requests() {
	const one = "/requests/{request}"
	handle := may(actor.HandleRequests, actor.SeeRequests)
	on(f, row{path: "GET /requests", id: "listRequests", summary: "List support requests, search them", right: "requests:read", needs: may(actor.SeeRequests)}, listRequests)
	on(f, row{path: "POST /requests", id: "createRequest", summary: "Make a support request for a contact", right: "requests:write, contacts:read", needs: may(actor.HandleRequests, actor.SeeRequests, actor.SeeContacts), status: created}, createRequest)
	on(f, row{path: "GET " + one, id: "getRequest", summary: "Read a support request", right: "requests:read", needs: may(actor.SeeRequests)}, getRequest)
	on(f, row{path: "GET " + one + "/entries", id: "readThread", summary: "Read what was said and done about a support request", right: "requests:read", needs: may(actor.SeeRequests)}, readThread)
	stream(f, row{path: "GET " + one + "/files/{file}", id: "getRequestFile", summary: "Download a file of a support request", right: "requests:read", needs: may(actor.SeeRequests),
		text: "Its entries say which files there are."}, anyFile, sends(requestFile))
	upload[RequestPath, NewFiles](f, row{path: "POST " + one + "/files", id: "addRequestFiles", summary: "Answer a support request with files, or note them", right: "requests:write", needs: handle, several: true,
		text: "The answer is the entry that they hang on."}, addFiles)
	on(f, row{path: "POST " + one + "/answers", id: "answerRequest", summary: "Answer a support request", right: "requests:write", needs: handle,
		text: "Everybody who may see the request reads it."}, answerRequest)
	on(f, row{path: "POST " + one + "/notes", id: "noteRequest", summary: "Add an internal note to a support request", right: "requests:write", needs: handle}, noteRequest)
	on(f, row{path: "PUT " + one + "/state", id: "moveRequest", summary: "Bring a support request into another state", right: "requests:write", needs: handle}, moveRequest)
	on(f, row{path: "PUT " + one + "/assignment", id: "assignRequest", summary: "Assign a support request to somebody of the team", right: "requests:write", needs: handle}, assignRequest)
	on(f, row{path: "PUT " + one + "/kind", id: "sortRequest", summary: "Put a support request among those of another kind", right: "requests:write", needs: handle}, sortRequest)
	on(f, row{path: "PUT " + one + "/contact", id: "relateRequest", summary: "Make a support request another contact's", right: "requests:write, contacts:read", needs: may(actor.HandleRequests, actor.SeeRequests, actor.SeeContacts)}, relateRequest)
}

func (f *face) invoices() {
	const one = "/invoices/{invoice}"
	on(f, row{path: "GET /invoices", id: "listInvoices", summary: "List invoices, search them", right: "invoices:read", needs: may(actor.SeeInvoices)}, listInvoices)
	upload[OrganizationPath, NewInvoice](f, row{path: "POST /organizations/{organization}/invoices", id: "createInvoice", summary: "File an invoice with its PDF", right: "invoices:write", needs: may(actor.EditInvoices), status: created,
		text: "The organization's admins are told, but not of what is paid already. A number that is taken is a 409 on number."}, createInvoice)
	on(f, row{path: "GET " + one, id: "getInvoice", summary: "Read an invoice", right: "invoices:read", needs: may(actor.SeeInvoices)}, getInvoice)
	on(f, row{path: "PATCH " + one, id: "editInvoice", summary: "Change an invoice", right: "invoices:write", needs: may(actor.EditInvoices), conditional: true}, editInvoice)
	on(f, row{path: "PUT " + one + "/state", id: "markInvoice", summary: "Mark an invoice paid or unpaid", right: "invoices:write", needs: may(actor.EditInvoices)}, markInvoice)
	stream(f, row{path: "GET " + one + "/file", id: "getInvoiceFile", summary: "Download an invoice's PDF", right: "invoices:read", needs: may(actor.SeeInvoices)}, "application/pdf", sends(invoiceFile))
	upload[InvoicePath, NewFile](f, row{path: "PUT " + one + "/file", id: "replaceInvoiceFile", summary: "Put another PDF in the place of the one that is there", right: "invoices:write", needs: may(actor.EditInvoices)}, replaceInvoiceFile)
	on(f, row{path: "DELETE " + one, id: "deleteInvoice", summary: "Delete an invoice, for good", right: "invoices:write", needs: may(actor.EditInvoices)}, deleteInvoice)
}

func (f *face) offers() {
	const one = "/offers/{offer}"
	edit := may(actor.EditOffers)
	on(f, row{path: "GET /offers", id: "listOffers", summary: "List offers, search them", right: "offers:read", needs: may(actor.SeeOffers)}, listOffers)
	on(f, row{path: "POST /organizations/{organization}/offers", id: "createOffer", summary: "Add an offer to an organization", right: "offers:write", needs: edit, status: created,
		text: "It is active at once."}, createOffer)
	on(f, row{path: "GET " + one, id: "getOffer", summary: "Read an offer", right: "offers:read", needs: may(actor.SeeOffers)}, getOffer)
	on(f, row{path: "PATCH " + one, id: "editOffer", summary: "Change an offer", right: "offers:write", needs: edit, conditional: true}, editOffer)
	on(f, row{path: "POST " + one + "/acceptance", id: "acceptOffer", summary: "Accept an offer that waits, or was rejected", right: "offers:write", needs: edit}, acceptOffer)
	on(f, row{path: "POST " + one + "/rejection", id: "rejectOffer", summary: "Turn an offer down that waits", right: "offers:write", needs: edit}, rejectOffer)
	on(f, row{path: "POST " + one + "/activation", id: "activateOffer", summary: "Make an inactive offer active again", right: "offers:write", needs: edit}, activateOffer)
	on(f, row{path: "POST " + one + "/deactivation", id: "deactivateOffer", summary: "Make an active offer inactive", right: "offers:write", needs: edit}, deactivateOffer)
	on(f, row{path: "DELETE " + one, id: "deleteOffer", summary: "Delete an offer, for good", right: "offers:write", needs: edit}, deleteOffer)
	on(f, row{path: "GET " + one + "/contacts", id: "listOfferContacts", summary: "Read who is attached to an offer, and as what", right: "offers:read", needs: may(actor.SeeOffers)}, listOfferContacts)
	on(f, row{path: "PUT " + one + "/contacts/{contact}/{part}", id: "attachContact", summary: "Give a contact a part in an offer of its organization", right: "offers:write, contacts:read", needs: may(actor.EditOffers, actor.SeeContacts)}, attachContact)
	on(f, row{path: "DELETE " + one + "/contacts/{contact}/{part}", id: "detachContact", summary: "Take a part in an offer from a contact", right: "offers:write, contacts:read", needs: may(actor.EditOffers, actor.SeeContacts)}, detachContact)
	stream(f, row{path: "GET " + one + "/file", id: "getOfferFile", summary: "Download an offer's file", right: "offers:read", needs: may(actor.SeeOffers),
		text: "An offer without a file is a 404."}, anyFile, sends(offerFile))
	upload[OfferPath, OnlyFile](f, row{path: "PUT " + one + "/file", id: "setOfferFile", summary: "Give an offer its file, in the place of the one that is there", right: "offers:write", needs: edit}, setOfferFile)
	on(f, row{path: "DELETE " + one + "/file", id: "removeOfferFile", summary: "Take an offer's file away", right: "offers:write", needs: edit}, removeOfferFile)
}

func (f *face) deposits() {
	const one, read, act = "/deposits/{deposit}", "offers:write, contacts:read", "offers:write, contacts:write, organizations:write"
	see := may(actor.ModerateOffers, actor.SeeContacts)
	decide := may(actor.ModerateOffers, actor.EditOffers, actor.EditContacts, actor.EditOrganizations)
	on(f, row{path: "GET /deposits", id: "listDeposits", summary: "List what was deposited by the public form and waits", right: read, needs: see,
		text: "The oldest first, each with what is there already that matches it."}, listDeposits)
	on(f, row{path: "GET " + one, id: "getDeposit", summary: "Read a deposit", right: read, needs: see}, getDeposit)
	stream(f, row{path: "GET " + one + "/file", id: "getDepositFile", summary: "Download the file that came with a deposit that waits", right: read, needs: see}, anyFile, sends(depositFile))
	on(f, row{path: "POST " + one + "/acceptance", id: "acceptDeposit", summary: "Accept a deposit", right: act, needs: decide,
		text: "Its offer is active from then on; its contact stays as it is, not authorized."}, acceptDeposit)
	on(f, row{path: "POST " + one + "/attachment", id: "attachDeposit", summary: "Give a deposit to another organization", right: act, needs: decide,
		text: "It waits still; what it alone had made where it was goes."}, attachDeposit)
	on(f, row{path: "POST " + one + "/address", id: "replaceAddress", summary: "Give the contact the e-mail that the depositor typed", right: act, needs: decide,
		text: "A login stays with its own address, and nothing is sent."}, replaceAddress)
	on(f, row{path: "POST " + one + "/rejection", id: "rejectDeposit", summary: "Turn a deposit down", right: act, needs: decide,
		text: "What it alone had made goes, and what was typed."}, rejectDeposit)
	on(f, row{path: "POST " + one + "/spam", id: "markSpam", summary: "Mark a deposit as spam", right: act, needs: decide,
		text: "It goes as with a rejection, and nobody is written to."}, markSpam)
}

func (f *face) documents() {
	const one, of = "/documents/{document}", "/organizations/{organization}/documents"
	see, edit := may(actor.SeeDocuments), may(actor.EditDocuments)
	on(f, row{path: "GET " + of, id: "listDocuments", summary: "List an organization's documents, search them", right: "documents:read", needs: see}, listDocuments)
	upload[OrganizationPath, NewDocument](f, row{path: "POST " + of, id: "createDocument", summary: "File a document with its file", right: "documents:write", needs: edit, status: created,
		text: "Who may see it is told."}, createDocument)
	on(f, row{path: "GET " + one, id: "getDocument", summary: "Read what is said of a document", right: "documents:read", needs: see}, getDocument)
	on(f, row{path: "PATCH " + one, id: "editDocument", summary: "Change what is said of a document", right: "documents:write", needs: edit, conditional: true,
		text: "Who did not see it and now may is told."}, editDocument)
	stream(f, row{path: "GET " + one + "/file", id: "getDocumentFile", summary: "Download a document", right: "documents:read", needs: see}, anyFile, sends(documentFile))
	on(f, row{path: "GET " + one + "/versions", id: "listVersions", summary: "List a document's versions", right: "documents:read", needs: see}, listVersions)
	upload[DocumentPath, OnlyFile](f, row{path: "POST " + one + "/versions", id: "addVersion", summary: "Give a document a new version", right: "documents:write", needs: edit,
		text: "What it was is kept. The file that it is already is refused."}, addVersion)
	stream(f, row{path: "GET " + one + "/versions/{version}/file", id: "getVersionFile", summary: "Download a version of a document", right: "documents:read", needs: see}, anyFile, sends(versionFile))
	on(f, row{path: "DELETE " + one, id: "deleteDocument", summary: "Delete a document with all its versions, for good", right: "documents:write", needs: edit}, deleteDocument)
}
