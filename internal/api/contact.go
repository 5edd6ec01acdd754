package api

import (
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Person is what a list shows of a contact.
type Person struct {
	ID                string     `json:"id" format:"uuid" doc:"Its identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	Organization      string     `json:"organization_id" format:"uuid" doc:"The organization that it belongs to." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Number            string     `json:"number" doc:"The personal identifier, never used again." example:"C-000123"`
	Civility          string     `json:"civility" enum:"mr,ms,dr," doc:"Empty if it is not known." example:"ms"`
	FamilyName        string     `json:"family_name" example:"Durand"`
	GivenName         string     `json:"given_name" example:"Marie"`
	JobTitle          string     `json:"job_title" example:"HR manager"`
	Mobile            string     `json:"mobile" doc:"In E.164; empty if there is none." example:"+33612345678"`
	Phone             string     `json:"phone" doc:"In E.164; empty if there is none." example:"+33142685300"`
	Email             string     `json:"email" doc:"The professional address; empty if there is none." example:"marie.durand@corvenne.example"`
	Role              string     `json:"role" enum:"user,admin,super_admin" doc:"What it is in the organization's portal." example:"user"`
	Source            string     `json:"source" enum:"form,landing,import,api,portal" doc:"Where it comes from." example:"api"`
	State             string     `json:"state" enum:"without_login,invited,active,disabled" doc:"How far its way in is." example:"without_login"`
	LoginEnabled      bool       `json:"login_enabled" doc:"Whether it may come in at all."`
	JoinedAt          *time.Time `json:"joined_at,omitempty" doc:"When it activated its access; absent if it has not."`
	AuthorizedAt      *time.Time `json:"authorized_at,omitempty" doc:"When it was let see the workspace's data, which is final; absent if it was not."`
	CredentialsSentAt *time.Time `json:"credentials_sent_at,omitempty" doc:"When the first letter with credentials was accepted; absent if none was."`
}

// ListedContact is a contact in a list, with what is said of its organisation.
type ListedContact struct {
	Person
	OrganizationName string `json:"organization_name" example:"Corvenne SAS"`
	Primary          bool   `json:"primary" doc:"Whether it is its organization's primary contact."`
}

// Contact is a contact as programs see it.
type Contact struct {
	Person
	Primary      bool       `json:"primary" doc:"Whether it is its organization's primary contact."`
	LoginEmail   string     `json:"login_email" doc:"Where its credentials go, and what it signs in with; empty if there is none." example:"marie.durand@corvenne.example"`
	Locale       string     `json:"locale" doc:"Its language; empty = the workspace's." example:"fr"`
	TimeZone     string     `json:"time_zone" doc:"Empty = the workspace's." example:"Europe/Paris"`
	DisabledBy   string     `json:"login_disabled_by" enum:"staff,portal," doc:"Who switched its login off; empty if nobody did."`
	LastSignInAt *time.Time `json:"last_sign_in_at,omitempty" doc:"Absent if it never signed in."`
	CreatedAt    time.Time  `json:"created_at" example:"2026-03-02T09:30:00Z"`
	UpdatedAt    time.Time  `json:"updated_at" example:"2026-03-02T09:30:00Z"`
	Version      int64      `json:"version" doc:"Rises with each change; the ETag begins with it." example:"3"`
}

func (c Contact) version() int64   { return c.Version }
func (c Contact) location() string { return "/contacts/" + c.ID }

func showPerson(c contact.Row) Person {
	return Person{
		ID: c.ID.String(), Organization: c.Organization.String(), Number: c.Label(), Civility: string(c.Civility), FamilyName: c.FamilyName.String(),
		GivenName: c.GivenName.String(), JobTitle: c.JobTitle, Mobile: c.Mobile.String(), Phone: c.Phone.String(), Email: c.Email.String(),
		Role: string(c.Role), Source: string(c.Source), State: string(c.State()), LoginEnabled: c.LoginEnabled, JoinedAt: moment(c.JoinedAt),
		AuthorizedAt: moment(c.AuthorizedAt), CredentialsSentAt: moment(c.CredentialsSentAt),
	}
}

// read shows a contact as it is now.
func read(r *Request, tx *sqldb.Tx, of id.Contact) (Contact, error) {
	c, err := contact.Get(r, tx, r.By, of)
	if err != nil {
		return Contact{}, err
	}
	o, err := organization.Get(r, tx, r.By, c.Organization)
	return Contact{
		Person: showPerson(c.Row), Primary: o.Primary == c.ID, LoginEmail: c.LoginEmail.String(), Locale: c.Locale, TimeZone: c.TimeZone, DisabledBy: c.LoginDisabledBy,
		LastSignInAt: moment(c.LastSignInAt), CreatedAt: c.CreatedAt.Time().UTC(), UpdatedAt: c.UpdatedAt.Time().UTC(), Version: c.Version,
	}, err
}

// shown is what an act on a contact answers with: the contact as it is then.
func shown(r *Request, tx *sqldb.Tx, of id.Contact, err error) (Contact, error) {
	if err != nil {
		return Contact{}, err
	}
	return read(r, tx, of)
}

// ContactPath names a contact.
type ContactPath struct {
	Contact string `path:"contact" format:"uuid" doc:"The contact's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
}

func (p ContactPath) id() id.Contact { return id.Contact{UUID: id.Read(p.Contact)} }

func getContact(r *Request, tx *sqldb.Tx, in *ContactPath) (Contact, error) {
	return read(r, tx, in.id())
}

// Contacts is a page of the list.
type Contacts struct {
	Items []ListedContact `json:"items" nullable:"false"`
	Next  string          `json:"next" doc:"The cursor of the next page; empty at the end."`
}

type listContactsInput struct {
	Paged
	Query         string `query:"q" maxLength:"200" doc:"The beginning of a name, an e-mail, a phone, a number, a SIRET or an organization, accents and case apart." example:"durand"`
	Organization  string `query:"organization" format:"uuid" doc:"Only the contacts of this organization, archived or not." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Show          string `query:"show" enum:"visible,archived,all" default:"visible" doc:"Those whose organization is not archived, those whose is, or all."`
	State         string `query:"state" enum:"without_login,invited,active,disabled" doc:"How far their way in is."`
	Authorized    string `query:"authorized" enum:"yes,no,awaiting" doc:"Whether they see the workspace's data; awaiting are those whom their organization's people let in and staff have not authorized yet."`
	Role          string `query:"role" enum:"user,admin,super_admin" doc:"What they are in the portal."`
	Source        string `query:"source" enum:"form,landing,import,api,portal" doc:"Where they come from."`
	NeverSignedIn bool   `query:"never_signed_in" doc:"Only those who never signed in."`
	Sort          string `query:"sort" enum:"name,recent" default:"name" doc:"The order."`
}

func listContacts(r *Request, tx *sqldb.Tx, in *listContactsInput) (out Contacts, err error) {
	var after directory.Mark
	if err := readCursor(in.Cursor, &after); err != nil {
		return out, err
	}
	f := directory.Filter{
		Query: in.Query, Organization: id.Organization{UUID: id.Read(in.Organization)}, State: contact.State(in.State), Authorized: in.Authorized,
		Role: contact.Role(in.Role), Source: contact.Source(in.Source), NeverSignedIn: in.NeverSignedIn, Sort: directory.Sort(in.Sort),
	}
	if in.Show != "visible" {
		f.Shown = directory.Shown(in.Show)
	}
	list, next, err := directory.Walk(r, tx, r.By, f, after, in.Limit)
	out.Items = make([]ListedContact, len(list))
	for i, c := range list {
		out.Items[i] = ListedContact{showPerson(c.Row), c.OrganizationName, c.Primary}
	}
	out.Next = cursor(next)
	return out, err
}

// NewContact is what a contact is made from.
type NewContact struct {
	Civility   string `json:"civility,omitempty" maxLength:"20" doc:"mr or ms; also dr where the workspace is a vendor." example:"ms"`
	FamilyName string `json:"family_name" maxLength:"1000" example:"Durand"`
	GivenName  string `json:"given_name" maxLength:"1000" example:"Marie"`
	JobTitle   string `json:"job_title,omitempty" maxLength:"2000" example:"HR manager"`
	Mobile     string `json:"mobile,omitempty" maxLength:"1000" doc:"As people write it; kept as E.164." example:"06 12 34 56 78"`
	Phone      string `json:"phone,omitempty" maxLength:"1000" doc:"As people write it; some workspaces ask for it." example:"01 42 68 53 00"`
	Email      string `json:"email,omitempty" maxLength:"1000" doc:"The professional address." example:"marie.durand@corvenne.example"`
	Locale     string `json:"locale,omitempty" maxLength:"20" doc:"Empty = the workspace's." example:"fr"`
	TimeZone   string `json:"time_zone,omitempty" maxLength:"100" doc:"Empty = the workspace's." example:"Europe/Paris"`
}

type createContactInput struct {
	OrganizationPath
	Body NewContact
}

func createContact(r *Request, tx *sqldb.Tx, in *createContactInput) (Contact, error) {
	b := in.Body
	c, err := access.Add(r, tx, r.By, in.OrganizationPath.id(), contact.Input{
		Civility: b.Civility, FamilyName: b.FamilyName, GivenName: b.GivenName, JobTitle: b.JobTitle, Mobile: b.Mobile, Phone: b.Phone,
		Email: b.Email, Locale: b.Locale, TimeZone: b.TimeZone, Source: contact.API,
	})
	return shown(r, tx, c.ID, err)
}

// ContactChange is what an edit may change; what is left out stays, an empty text clears.
type ContactChange struct {
	Civility     *string `json:"civility,omitempty" nullable:"false" maxLength:"20" example:"ms"`
	JobTitle     *string `json:"job_title,omitempty" nullable:"false" maxLength:"2000" example:"HR manager"`
	Mobile       *string `json:"mobile,omitempty" nullable:"false" maxLength:"1000" example:"06 12 34 56 78"`
	Phone        *string `json:"phone,omitempty" nullable:"false" maxLength:"1000" example:"01 42 68 53 00"`
	Email        *string `json:"email,omitempty" nullable:"false" maxLength:"1000" example:"marie.durand@corvenne.example"`
	Locale       *string `json:"locale,omitempty" nullable:"false" maxLength:"20" example:"fr"`
	TimeZone     *string `json:"time_zone,omitempty" nullable:"false" maxLength:"100" example:"Europe/Paris"`
	Role         *string `json:"role,omitempty" nullable:"false" enum:"user,admin,super_admin" doc:"super_admin needs the right contacts:super_admin." example:"admin"`
	LoginEnabled *bool   `json:"login_enabled,omitempty" nullable:"false" doc:"Whether it may come in at all."`
	LoginEmail   *string `json:"login_email,omitempty" nullable:"false" maxLength:"1000" doc:"Where its credentials go; empty = to the professional address. Of a contact that has joined, see its login." example:"marie.durand@corvenne.example"`
	Primary      *bool   `json:"primary,omitempty" nullable:"false" doc:"true makes it the primary contact; name another one to take that from it."`
}

type editContactInput struct {
	ContactPath
	Body ContactChange
}

func editContact(r *Request, tx *sqldb.Tx, in *editContactInput) (Contact, error) {
	now, err := contact.Get(r, tx, r.By, in.id())
	if err != nil {
		return Contact{}, err
	}
	b := in.Body
	if b.Primary != nil && !*b.Primary {
		org, err := organization.Get(r, tx, r.By, now.Organization)
		if err != nil {
			return Contact{}, err
		}
		if org.Primary == now.ID {
			return Contact{}, fault.OnField(fault.Invalid, "primary", fault.M("api.primary"))
		}
	}
	change := contact.Input{
		Civility: or(b.Civility, string(now.Civility)), JobTitle: or(b.JobTitle, now.JobTitle), Mobile: or(b.Mobile, now.Mobile.String()),
		Phone: or(b.Phone, now.Phone.String()), Email: or(b.Email, now.Email.String()), Locale: or(b.Locale, now.Locale), TimeZone: or(b.TimeZone, now.TimeZone),
		Role: or(b.Role, ""), LoginEmail: b.LoginEmail, Primary: or(b.Primary, false), Version: r.Version,
	}
	if b.LoginEnabled != nil {
		change.Login = map[bool]string{true: "on", false: "off"}[*b.LoginEnabled]
	}
	_, _, err = r.face.Inviter.Edit(r, tx, r.By, in.id(), change)
	return shown(r, tx, in.id(), err)
}

// NewName is another name for a contact.
type NewName struct {
	FamilyName string `json:"family_name" maxLength:"1000" example:"Durand-Lefèvre"`
	GivenName  string `json:"given_name" maxLength:"1000" example:"Marie"`
	Person     string `json:"person" enum:"same,another" doc:"The same person keeps login, role and authorization; of another one login and credentials are cleared." example:"same"`
}

type renameContactInput struct {
	ContactPath
	Body NewName
}

func renameContact(r *Request, tx *sqldb.Tx, in *renameContactInput) (Contact, error) {
	_, err := contact.Rename(r, tx, r.By, in.id(), contact.NewName{
		FamilyName: in.Body.FamilyName, GivenName: in.Body.GivenName, Another: in.Body.Person == "another", Version: r.Version,
	})
	return shown(r, tx, in.id(), err)
}

// renaming counts the try, since its refusal tells that somebody bears the name, perhaps elsewhere (product.md §3).
func renaming(r *Request, act func() error) error {
	desk := r.face.Desk
	if err := desk.Try(r, r.By, "rename"); err != nil {
		return err
	}
	err := act()
	if contact.TellsOfAccount(err) {
		return err
	}
	if undone := desk.Undo(r, r.By, "rename"); undone != nil && err == nil {
		return undone
	}
	return err
}

func authorizeContact(r *Request, tx *sqldb.Tx, in *ContactPath) (Contact, error) {
	_, err := access.Authorize(r, tx, r.By, in.id())
	return shown(r, tx, in.id(), err)
}

func makePrimary(r *Request, tx *sqldb.Tx, in *ContactPath) (Contact, error) {
	return shown(r, tx, in.id(), contact.NamePrimary(r, tx, r.By, in.id()))
}

// Sending says how credentials are sent.
type Sending struct {
	SwitchOn bool `json:"switch_on,omitempty" doc:"Switch the login on although somebody switched it off."`
}

type sendCredentialsInput struct {
	ContactPath
	Body Sending
}

func sendCredentials(r *Request, tx *sqldb.Tx, in *sendCredentialsInput) (Contact, error) {
	_, err := r.face.Inviter.SendCredentials(r, tx, r.By, in.id(), access.Sending{SwitchOn: in.Body.SwitchOn})
	return shown(r, tx, in.id(), err)
}

// NewLogin is another address for a contact that has joined.
type NewLogin struct {
	LoginEmail string `json:"login_email" maxLength:"1000" doc:"It is invited; the former one is told." example:"m.durand@corvenne.example"`
}

type changeLoginInput struct {
	ContactPath
	Body NewLogin
}

func changeLogin(r *Request, tx *sqldb.Tx, in *changeLoginInput) (Contact, error) {
	_, err := r.face.Inviter.ChangeLogin(r, tx, r.By, in.id(), in.Body.LoginEmail, id.UUID{})
	return shown(r, tx, in.id(), err)
}

func revokeLogin(r *Request, tx *sqldb.Tx, in *ContactPath) (Contact, error) {
	_, err := r.face.Inviter.Revoke(r, tx, r.By, in.id(), id.UUID{})
	return shown(r, tx, in.id(), err)
}

// Handover says to whom the role super_admin passes.
type Handover struct {
	To        string `json:"to" format:"uuid" doc:"Another contact of the organization, whose login is on." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d90"`
	Reason    string `json:"reason" maxLength:"2000" doc:"Both are told; at most 300 characters." example:"Left the company"`
	SwitchOff bool   `json:"switch_off,omitempty" doc:"Switch off the login of the one who had it."`
}

type handOverInput struct {
	ContactPath
	Body Handover
}

func handOver(r *Request, tx *sqldb.Tx, in *handOverInput) (Contact, error) {
	to := id.Contact{UUID: id.Read(in.Body.To)}
	err := r.face.Handovers.Transfer(r, tx, r.By, in.id(), handover.Transfer{To: to, Reason: in.Body.Reason, SwitchOff: in.Body.SwitchOff})
	return shown(r, tx, to, err)
}

type deleteContactInput struct {
	ContactPath
	Successor string `query:"successor" format:"uuid" doc:"Who becomes the primary contact, where this one is." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d90"`
}

func deleteContact(r *Request, tx *sqldb.Tx, in *deleteContactInput) (nothing, error) {
	return nothing{}, contact.Delete(r, tx, r.By, in.id(), id.Contact{UUID: id.Read(in.Successor)})
}

type commentContactInput struct {
	ContactPath
	Body Comment
}

func commentContact(r *Request, tx *sqldb.Tx, in *commentContactInput) (nothing, error) {
	c, err := contact.Get(r, tx, r.By, in.id())
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, journal.AddComment(r, tx, r.By, c.Subject(), c.Organization, in.Body.Comment, id.UUID{})
}
