package actor

// Role is what somebody is in the workspace. Roles are bits, so that a row of the table names several.
type Role uint8

// The roles.
const (
	StaffOfficer Role = 1 << iota
	StaffAdmin
	ProgramRole
	PortalGuest // has joined and is enabled, but the workspace has not authorised them yet
	PortalUser  // all three gates are open, as for the next two
	PortalAdmin
	PortalSuperAdmin
)

// RoleOfStaff reads the staff role as stored: 'officer' or 'admin'; anything else may do nothing.
func RoleOfStaff(stored string) Role {
	switch stored {
	case "officer":
		return StaffOfficer
	case "admin":
		return StaffAdmin
	}
	return 0
}

// RoleOfContact reads the role of a contact that has joined and is enabled, as stored: 'user', 'admin' or 'super_admin'.
// As long as it is not authorised it is a guest, whatever is stored; anything else may do nothing.
func RoleOfContact(stored string, authorized bool) Role {
	role := map[string]Role{"user": PortalUser, "admin": PortalAdmin, "super_admin": PortalSuperAdmin}[stored]
	if role != 0 && !authorized {
		return PortalGuest
	}
	return role
}

// Permission is one line of the table.
type Permission uint8

// The permissions, in the order of the table.
const (
	SeeOrganizations Permission = iota + 1
	SeeContacts
	EditContacts
	AuthorizeContacts
	SendCredentials
	SendToMany
	RevokeLogins
	DemoteAdmins
	EditSuperAdmins
	NameSuperAdmin
	EditOrganizations
	CorrectSIRET
	ArchiveOrganizations
	DeleteOrganizations
	Import
	Export
	SeeJournal
	Comment
	ExportJournal
	SeeTeam
	EditTeam
	EditSettings
	EditTokens
	EditWebhooks
	SeeLetters
	EditLetters
	SeeInvoices
	EditInvoices
	SeeDocuments
	SeeAdminsDocuments
	EditDocuments
	SeeOwnContact
	EditOwnDetails
	SeeOwnOrganization
	SeeColleagues
	SeeColleaguesAccess
	ExportColleagues
	SeeColleaguesHistory
	OfferSuperAdmin
	AcceptSuperAdmin
	SeeOwnNotices
	EditOwnPreferences
	EditTheirPreferences
	SeeRequests
	HandleRequests
	EditCannedAnswers
	SeeOwnRequests
	SeeColleaguesRequests
	AskTechnical
	AskAdministrative
	AskForColleagues
	ExportRequests
	SeeOffers
	EditOffers
	SeeOwnOffers
	SeeOwnDeposits
	DepositOffers
	ModerateOffers
	EditOfferForm
	last = EditOfferForm
)

const (
	everyone = StaffOfficer | StaffAdmin | ProgramRole
	admins   = StaffAdmin | ProgramRole
	portal   = PortalGuest | users
	users    = PortalUser | leaders
	leaders  = PortalAdmin | PortalSuperAdmin
)

// policy is product.md §5, read by everybody: who may do what. What an organisation's own people may, they may within it;
// how it depends on whom they do it to, contact.Act says.
var policy = [last + 1]struct {
	roles Role
	says  string
}{
	//                     who        may do what
	SeeOrganizations:     {everyone, "see the workspace's organisations, and search them"},
	SeeContacts:          {everyone, "see the workspace's contacts, and search them"},
	EditContacts:         {everyone | leaders, "add contacts; edit, rename and delete users and admins, make users admins; name the primary contact"},
	AuthorizeContacts:    {everyone, "authorise contacts to see the workspace's data"},
	SendCredentials:      {everyone | leaders, "send credentials to users and admins, and change their login"},
	SendToMany:           {everyone, "send credentials to a selection of contacts"},
	RevokeLogins:         {everyone, "end the sessions of super_admins, and have them choose a new password"},
	DemoteAdmins:         {everyone | PortalSuperAdmin, "make admins users"},
	EditSuperAdmins:      {everyone, "edit and rename super_admins, and send them credentials to the address that is fixed"},
	NameSuperAdmin:       {admins, "name and transfer super_admins"},
	EditOrganizations:    {everyone, "add and edit organisations"},
	CorrectSIRET:         {admins, "enter a missing SIRET, or correct one with a reason"},
	ArchiveOrganizations: {admins, "archive an organisation and take it back"},
	DeleteOrganizations:  {admins, "delete an organisation"},
	Import:               {admins, "import organisations and contacts"},
	Export:               {admins, "export organisations and contacts"},
	SeeJournal:           {everyone, "read the history"},
	Comment:              {everyone, "add a comment to the history"},
	ExportJournal:        {admins, "export the history"},
	SeeTeam:              {admins, "see the team"},
	EditTeam:             {admins, "invite people into the team, give them roles and remove them"},
	EditSettings:         {admins, "change the workspace's settings"},
	EditTokens:           {admins, "let other programs in by tokens, say what each may, and shut them out"},
	EditWebhooks:         {admins, "have other programs told what has changed, and see how that went"},
	SeeLetters:           {admins, "see which letters were sent, and how that went"},
	EditLetters:          {admins, "word the letters to the workspace's own contacts"},
	SeeInvoices:          {everyone | leaders, "see invoices, an organisation's own people its own; what remains to pay"},
	EditInvoices:         {everyone, "file invoices, edit and delete them, replace their files, mark them paid"},
	SeeDocuments:         {everyone | users, "see documents, an organisation's own people those that are meant for all of them"},
	SeeAdminsDocuments:   {everyone | leaders, "see documents that are meant for an organisation's admins, and earlier versions"},
	EditDocuments:        {everyone, "file documents, edit and delete them, give them new versions, say who sees them"},
	SeeOwnContact:        {portal, "see what is kept of oneself as a contact"},
	EditOwnDetails:       {users, "edit what is kept of oneself, but for name, role and login"},
	SeeOwnOrganization:   {users, "see one's own organisation"},
	SeeColleagues:        {users, "see the contacts of one's own organisation, and search them"},
	SeeColleaguesAccess:  {leaders, "see which of them may come in, and by which address"},
	ExportColleagues:     {leaders, "export the contacts of one's own organisation"},
	SeeColleaguesHistory: {leaders, "read who did what with them, and export that"},
	OfferSuperAdmin:      {PortalSuperAdmin, "offer one's own role of super_admin to an admin, and take the offer back"},
	AcceptSuperAdmin:     {PortalAdmin, "accept the role of super_admin that one is offered, or refuse it"},
	SeeOwnNotices:        {users, "see what one was told, mark it as read and remove it"},
	EditOwnPreferences:   {users, "choose what one is told of, and how"},
	EditTheirPreferences: {leaders, "choose what a contact of one's own organisation is told of, and how"},

	SeeRequests:           {everyone, "see all requests of the workspace, with their internal notes"},
	HandleRequests:        {everyone, "make requests for contacts, answer them, assign them, change their state, kind and contact"},
	EditCannedAnswers:     {admins, "word the canned answers"},
	SeeOwnRequests:        {users, "see one's own and watched requests, comment on them and watch them; withdraw and reopen one's own"},
	SeeColleaguesRequests: {leaders, "see all requests of one's own organisation, withdraw and reopen them"},
	AskTechnical:          {users, "make a technical request for oneself"},
	AskAdministrative:     {leaders, "make an administrative request"},
	AskForColleagues:      {leaders, "make a request for another contact, and have colleagues watch one"},
	ExportRequests:        {admins | leaders, "take a list of requests along"},

	SeeOffers:      {everyone, "see the offers of all organisations, and who is attached to them"},
	EditOffers:     {everyone, "add, edit and delete offers, accept and reject them, activate and deactivate them, attach contacts"},
	SeeOwnOffers:   {users, "see the offers of one's own organisation"},
	SeeOwnDeposits: {portal, "see the offers that one has deposited oneself"},
	DepositOffers:  {users, "deposit an offer, edit and withdraw it while it waits to be accepted"},
	ModerateOffers: {everyone, "see what was deposited by the public form, accept, attach and refuse it"},
	EditOfferForm:  {admins, "switch the public form on and off, and say how it works"},
}

// rights is what tokens may be given, read by everybody: which right covers what. Whoever may write a noun may read it, and
// whoever sees what belongs to organisations sees these. What stands in no line no token may do (withheld, in the tests): the
// team, the settings, the tokens themselves and webhooks above all: a program could have itself told more than its rights cover.
var rights = [...]struct {
	Right
	covers []Permission
	admin  bool // what only admins may; all other lines hold what officers may
}{
	{OrganizationsRead, []Permission{SeeOrganizations}, false},
	{OrganizationsWrite, []Permission{SeeOrganizations, EditOrganizations}, false},
	{OrganizationsDelete, []Permission{SeeOrganizations, DeleteOrganizations, ArchiveOrganizations, CorrectSIRET}, true},
	{ContactsRead, []Permission{SeeOrganizations, SeeContacts}, false},
	{ContactsWrite, []Permission{SeeOrganizations, SeeContacts, EditContacts, AuthorizeContacts, SendCredentials, RevokeLogins, DemoteAdmins, EditSuperAdmins}, false},
	{ContactsSuperAdmin, []Permission{SeeOrganizations, SeeContacts, NameSuperAdmin}, true},
	{OffersRead, []Permission{SeeOrganizations, SeeOffers}, false},
	{OffersWrite, []Permission{SeeOrganizations, SeeOffers, EditOffers, ModerateOffers}, false},
	{DocumentsRead, []Permission{SeeOrganizations, SeeDocuments, SeeAdminsDocuments}, false},
	{DocumentsWrite, []Permission{SeeOrganizations, SeeDocuments, SeeAdminsDocuments, EditDocuments}, false},
	{RequestsRead, []Permission{SeeRequests}, false},
	{RequestsWrite, []Permission{SeeOrganizations, SeeRequests, HandleRequests}, false},
	{InvoicesRead, []Permission{SeeOrganizations, SeeInvoices}, false},
	{InvoicesWrite, []Permission{SeeOrganizations, SeeInvoices, EditInvoices}, false},
	{JournalRead, []Permission{SeeJournal}, false},
	{JournalWrite, []Permission{SeeJournal, Comment}, false},
	{ExportRight, []Permission{Export, ExportRequests, ExportJournal}, true},
}

// Permissions lists them in the order of the table, for the tests and the documentation.
func Permissions() []Permission {
	list := make([]Permission, 0, last)
	for p := SeeOrganizations; p <= last; p++ {
		list = append(list, p)
	}
	return list
}

// String is the permission in words.
func (p Permission) String() string { return policy[p].says }
