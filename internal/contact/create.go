package contact

import (
	"context"

	"github.com/entregent/entregent/internal/account"
	"github.com/entregent/entregent/internal/actor"
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
// is not from the public form becomes the primary one. What the host does not let an organisation's own people give is
// refused (see Offered). Permission: EditContacts.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Input) (Contact, error) {
	if err := by.Need(actor.EditContacts); err != nil {
		return Contact{}, err
	}
	org, err := holdToAdd(ctx, tx, by, of)
	if err != nil {
		return Contact{}, err
	}
	if by.Kind == actor.Contact {
		in.Source = Portal
	}
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err != nil {
		return Contact{}, err
	}
	var c Contact
	faults := in.parse(host, nil, &c)
	c.Role, c.Organization = in.role(&faults), of
	if err := Within(ctx, tx, by, &faults, Contact{}, c); err != nil {
		return Contact{}, err
	}
	if err := unpropose(ctx, tx, by, &faults, id.Contact{}); err != nil {
		return Contact{}, err
	}
	if err := faults.Err(); err != nil {
		return Contact{}, err
	}
	if org.Archived() {
		return Contact{}, fault.New(fault.Conflict, "contact.organization_archived")
	}
	c.Account, err = account.Hold(ctx, tx, c.Key(org.Identifier(by.Workspace)))
	if err != nil {
		return Contact{}, err
	}
	earlier, err := ofAccount(ctx, tx, by, c.Account)
	if err == nil {
		return again(ctx, tx, by, earlier, in, host.Slug)
	}
	if !fault.Is(err, fault.NotFound) {
		return Contact{}, err
	}
	c.ID, c.Source, c.Submission, c.Version = id.NewContact(), in.Source, in.Submission, 1
	c.CreatedAt, c.UpdatedAt, c.UpdatedBy = tx.Now(), tx.Now(), by.Login
	return c, c.insert(ctx, tx, by)
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
func (in Input) role(faults *fault.Fields) Role {
	switch r := Role(in.Role); r {
	case "":
		return User
	case User, Admin:
		return r
	case SuperAdmin:
		faults.Add("role", fault.M("contact.super_admin_needs_login"))
	default:
		faults.Add("role", fault.M("fault.choice"))
	}
	return User
}

// again answers when the person is there already: to the same form as before, durably; to another with a refusal.
func again(ctx context.Context, tx *sqldb.Tx, by actor.Actor, earlier Contact, in Input, slug string) (Contact, error) {
	if !in.Submission.IsZero() && earlier.Submission == in.Submission {
		_, err := tx.Exec(ctx, `UPDATE contact SET version = version WHERE workspace_id = $1 AND id = $2`, by.Workspace, earlier.ID)
		return earlier, err
	}
	m := fault.M("contact.exists", "Name", earlier.FamilyName.String()+" "+earlier.GivenName.String())
	m.Link = earlier.Address(slug)
	return earlier, fault.OnField(fault.Conflict, "family_name", m)
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
	err = tx.InsertAll(ctx, `contact (`+insertColumns+`)`, [][]any{c.values(by)})
	if err != nil {
		return err
	}
	tx.Tally(by.Workspace, "contacts", 1)
	if c.Source != Landing {
		if _, err := organization.FirstPrimary(ctx, tx, by, c.Organization, c.ID); err != nil {
			return err
		}
	}
	return journal.Record(ctx, tx, by, c.created())
}

const insertColumns = `workspace_id, family_key, given_key, ` + columns

// values are those of insertColumns.
func (c *Contact) values(by actor.Actor) []any {
	return []any{by.Workspace, c.FamilyName.Key(), c.GivenName.Key(),
		c.ID, c.Organization, c.Number, c.Civility, c.FamilyName, c.GivenName, c.JobTitle, c.Mobile, c.Phone, c.Email, string(c.Role), string(c.Source),
		c.JoinedAt, c.LoginEnabled, c.AuthorizedAt, c.CredentialsSentAt, c.Account, c.LoginEmail, c.Locale, c.TimeZone, c.Login, c.LoginDisabledBy,
		c.LoginEpoch, c.AuthorizedBy, c.LastSignInAt, c.Submission, c.Version, c.CreatedAt, c.UpdatedAt, c.UpdatedBy}
}

// created is the first line of the contact's history.
func (c *Contact) created() journal.Entry {
	return journal.Entry{Kind: "contact.created", Subject: c.Subject(), Organization: c.Organization, Changes: changes(Contact{}, *c)}
}

// changes lists what differs, in the order of the form.
func changes(a, b Contact) (list []journal.Change) {
	add := func(field, before, after string) {
		if before != after {
			list = append(list, journal.Change{Field: field, Before: before, After: after})
		}
	}
	add("civility", string(a.Civility), string(b.Civility))
	add("family_name", a.FamilyName.String(), b.FamilyName.String())
	add("given_name", a.GivenName.String(), b.GivenName.String())
	add("mobile", a.Mobile.String(), b.Mobile.String())
	add("phone", a.Phone.String(), b.Phone.String())
	add("job_title", a.JobTitle, b.JobTitle)
	add("email", a.Email.String(), b.Email.String())
	add("login_email", a.LoginEmail.String(), b.LoginEmail.String())
	add("role", string(a.Role), string(b.Role))
	add("locale", a.Locale, b.Locale)
	add("time_zone", a.TimeZone, b.TimeZone)
	add("login_enabled", onOff(a.LoginEnabled), onOff(b.LoginEnabled))
	return list
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return ""
}
