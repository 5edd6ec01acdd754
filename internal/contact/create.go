package contact

import (
	"context"

	"github.com/entregent/entregent/internal/account"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact/words"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Create adds a contact to an organisation (manual 1, « Créer un contact »). It sends nothing and opens no gate.
// Every fault of every field comes back at once as fault.Invalid. A contact of the same name in the organisation
// is a fault.Conflict on family_name with a link to it; only when the same form made it is it the answer again.
// Whether another workspace knows the person changes nothing that the caller could see. The first contact that
// is not from the public form becomes the primary one. What an organisation's own people add is theirs (Portal), whatever
// the input says, and what the host does not let them give is refused (see Offered). Permission: EditContacts.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Input) (Contact, error) {
	c, _, err := Add(ctx, tx, by, of, in)
	return c, err
}

// Add is Create that also tells whether the same form had made the contact before, as which it is read. Where the input wants the login
// on, it is, and the caller invites the contact in the same transaction: the line in the history says so.
func Add(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Input) (c Contact, again bool, err error) {
	if err := by.Need(actor.EditContacts); err != nil {
		return Contact{}, false, err
	}
	org, err := holdToAdd(ctx, tx, by, of)
	if err != nil {
		return Contact{}, false, err
	}
	d, err := in.draft(ctx, tx, by, org)
	if err != nil {
		return Contact{}, false, err
	}
	c = d.Contact
	c.LoginEnabled = in.Login == "on"
	c.Account, err = account.Hold(ctx, tx, c.Key(org.Identifier(by.Workspace)))
	if err != nil {
		return Contact{}, false, err
	}
	earlier, err := ofAccount(ctx, tx, by, c.Account)
	if err == nil {
		err = earlier.again(ctx, tx, by, in, d.host)
		return earlier, err == nil, err
	}
	if !fault.Is(err, fault.NotFound) {
		return Contact{}, false, err
	}
	c.ID, c.Version, c.CreatedAt, c.UpdatedAt, c.UpdatedBy = id.NewContact(), 1, tx.Now(), tx.Now(), by.Who()
	return c, false, c.insert(ctx, tx, by)
}

// Foresee is the contact that Create would add, without number and identifier, or its refusal: for a page that shows what
// will be before it is. It writes nothing. Permission: EditContacts.
func Foresee(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Input) (Contact, error) {
	if err := by.Need(actor.EditContacts); err != nil {
		return Contact{}, err
	}
	org, err := organization.Get(ctx, tx, by, of)
	if err != nil {
		return Contact{}, err
	}
	if err := mayAdd(ctx, tx, by, of); err != nil {
		return Contact{}, err
	}
	d, err := in.draft(ctx, tx, by, org)
	if err != nil {
		return Contact{}, err
	}
	if !d.namesake.ID.IsZero() && !d.namesake.isOfForm(by, in) {
		return Contact{}, d.namesake.exists(by, d.host)
	}
	return d.Contact, nil
}

// draft is a contact that is not added yet.
type draft struct {
	Contact
	host     workspace.Workspace
	namesake Contact // in the organisation already; none has no ID
}

// draft is the contact that the input says, or all that is wrong with it.
func (in Input) draft(ctx context.Context, tx *sqldb.Tx, by actor.Actor, org organization.Organization) (d draft, err error) {
	if by.Kind == actor.Contact {
		in.Source = Portal
	}
	if d.host, err = workspace.Get(ctx, tx, by.Workspace); err != nil {
		return d, err
	}
	c := &d.Contact
	faults := in.parse(d.host, nil, c)
	c.Organization, c.Source, c.Submission = org.ID, in.Source, in.Submission
	c.Role = in.role(by, &faults)
	if err := unpropose(ctx, tx, by, &faults, id.Contact{}); err != nil {
		return d, err
	}
	if d.namesake, err = namesake(ctx, tx, by, d.Contact); err != nil {
		return d, err
	}
	if err := in.firstLoginEmail(ctx, tx, by, &faults, d.namesake.Row, c); err != nil {
		return d, err
	}
	will := d.Contact
	will.ID, will.LoginEnabled = d.namesake.ID, in.LoginEmail != nil
	if err := Within(ctx, tx, by, &faults, Contact{}, will); err != nil {
		return d, err
	}
	if err := faults.Err(); err != nil {
		return d, err
	}
	if org.Archived() {
		return d, fault.New(fault.Conflict, "contact.organization_archived")
	}
	return d, nil
}

// namesake reads who bears the contact's name in its organisation; none has no ID.
func namesake(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c Contact) (Contact, error) {
	found, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND family_key = $3 AND given_key = $4`,
		by.Workspace, c.Organization, c.FamilyName.Key(), c.GivenName.Key())
	if fault.Is(err, fault.NotFound) {
		return Contact{}, nil
	}
	return found, err
}

// holdToAdd holds the organisation for whoever adds a contact to it: an organisation's own people hold theirs alone, by
// what the host lets them give.
func holdToAdd(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (organization.Organization, error) {
	if by.Kind != actor.Contact {
		return organization.Hold(ctx, tx, by, of)
	}
	org, err := organization.Lock(ctx, tx, by, of)
	if err != nil {
		return org, err
	}
	if err := Still(ctx, tx, by); err != nil {
		return org, err
	}
	return org, mayAdd(ctx, tx, by, of)
}

// role reads the role of a new contact; the first super_admin is named by Edit, once the login is on.
func (in Input) role(by actor.Actor, faults *fault.Fields) Role {
	switch r := Role(in.Role); r {
	case "":
		return User
	case User, Admin:
		return r
	case SuperAdmin:
		m := fault.M("contact.super_admin_needs_login")
		if by.Kind == actor.Contact {
			m = fault.M("contact.super_admin_handed_over")
		}
		faults.Add("role", m)
	default:
		faults.Add("role", fault.M("fault.choice"))
	}
	return User
}

// again is nil when the contact, which is there already, was made by the same form, and confirms it by a write; else the
// refusal.
func (c Contact) again(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in Input, host workspace.Workspace) error {
	if !c.isOfForm(by, in) {
		return c.exists(by, host)
	}
	_, err := tx.Exec(ctx, `UPDATE contact SET version = version WHERE workspace_id = $1 AND id = $2`, by.Workspace, c.ID)
	return err
}

// isOfForm reports whether the same form has made the contact, for whoever may know of it.
func (c Contact) isOfForm(by actor.Actor, in Input) bool {
	return !in.Submission.IsZero() && c.Submission == in.Submission && !c.hiddenFrom(by)
}

// exists refuses to make the contact once more: with a link to it, or where the portal does not show it, with nothing but
// whom to ask.
func (c Contact) exists(by actor.Actor, host workspace.Workspace) error {
	if c.hiddenFrom(by) {
		return fault.OnField(fault.Conflict, "family_name", fault.M("contact.exists_unseen", "Workspace", host.Name))
	}
	m := fault.M("contact.exists", "Name", c.FamilyName.String()+" "+c.GivenName.String())
	m.Link = c.Address(host.Slug)
	if by.Kind == actor.Contact {
		m.Link = c.PortalAddress(host.Slug)
	}
	return fault.OnField(fault.Conflict, "family_name", m)
}

// PortalAddress is where the people of the contact's organisation see it.
func (r Row) PortalAddress(slug string) string {
	return "/" + slug + "/portal/" + r.Organization.String() + "/contacts/" + r.ID.String()
}

// Address is where staff see the contact, opened in its organisation's list.
func (r Row) Address(slug string) string {
	return "/" + slug + "/office/organizations/" + r.Organization.String() + "/contacts?open=" + r.ID.String()
}

// insert draws the number and writes the row, its line in the history and the totals.
func (c *Contact) insert(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (err error) {
	if c.Number, err = tx.Next(ctx, by.Workspace, "contact"); err != nil {
		return err
	}
	if err := tx.InsertAll(ctx, `contact (`+insertColumns+`)`, [][]any{c.values(by)}); err != nil {
		return err
	}
	if err := words.Add(ctx, tx, by.Workspace, c.named()); err != nil {
		return err
	}
	tally(tx, by, c.Organization, 1, false)
	if c.Source != Landing {
		if _, err := organization.FirstPrimary(ctx, tx, by, c.Organization, c.ID); err != nil {
			return err
		}
	}
	kind := "contact.created"
	if c.LoginEnabled {
		kind = "contact.enrolled" // added and invited
	}
	return journal.Record(ctx, tx, by, c.created(kind))
}

func (c *Contact) named() words.Named {
	return words.Named{Contact: c.ID, Organization: c.Organization, Family: c.FamilyName, Given: c.GivenName}
}

const insertColumns = `workspace_id, family_key, given_key, ` + columns

// values are those of insertColumns.
func (c *Contact) values(by actor.Actor) []any {
	return []any{by.Workspace, c.FamilyName.Key(), c.GivenName.Key(),
		c.ID, c.Organization, c.Number, c.Civility, c.FamilyName, c.GivenName, c.JobTitle, c.Mobile, c.Phone, c.Email, string(c.Role), string(c.Source),
		c.JoinedAt, c.LoginEnabled, c.AuthorizedAt, c.CredentialsSentAt, c.AcceptedAt, c.Account, c.LoginEmail, c.Locale, c.TimeZone, c.Login, c.LoginDisabledBy,
		c.LoginEpoch, c.AuthorizedBy, c.LastSignInAt, c.Submission, c.Version, c.CreatedAt, c.UpdatedAt, c.UpdatedBy}
}

// created is the first line of the contact's history.
func (c *Contact) created(kind string) journal.Entry {
	return journal.Entry{Kind: kind, Subject: c.Subject(), Organization: c.Organization, Changes: changes(Contact{}, *c)}
}

// changes lists what differs, in the order of the form.
func changes(a, b Contact) (list journal.Changes) {
	list.Add("civility", string(a.Civility), string(b.Civility))
	list.Add("family_name", a.FamilyName.String(), b.FamilyName.String())
	list.Add("given_name", a.GivenName.String(), b.GivenName.String())
	list.Add("mobile", a.Mobile.String(), b.Mobile.String())
	list.Add("phone", a.Phone.String(), b.Phone.String())
	list.Add("job_title", a.JobTitle, b.JobTitle)
	list.Add("email", a.Email.String(), b.Email.String())
	list.Add("login_email", a.LoginEmail.String(), b.LoginEmail.String())
	list.Add("role", string(a.Role), string(b.Role))
	list.Add("locale", a.Locale, b.Locale)
	list.Add("time_zone", a.TimeZone, b.TimeZone)
	list.Add("login_enabled", onOff(a.LoginEnabled), onOff(b.LoginEnabled))
	return list
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return ""
}
