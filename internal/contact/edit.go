package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Edit saves the sheet of a contact (manual 1, « Sauvegarder »): everything but its name, which is Rename's, and
// the gates that only open (package access). A new login e-mail, or the login switched off, voids what invitation there is;
// whoever has joined keeps their login e-mail (package access changes logins). When somebody else saved since the version that the person saw, it
// is a fault.Conflict «fault.version», the contact as it is now comes back with it, and nothing is overwritten; but
// what is there already as wanted (a form sent twice) is confirmed.
// Whoever becomes a super_admin has a login e-mail from then on: the professional one if no other is named.
// What the caller may not change (see Act) or give (see Offered) is refused beside its field, and nothing is changed.
// Permission: EditContacts, of oneself EditOwnDetails; the role super_admin: NameSuperAdmin.
func Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact, in Input) (Contact, error) {
	if err := NeedEdit(by, contact); err != nil {
		return Contact{}, err
	}
	before, org, err := Hold(ctx, tx, by, contact)
	if err != nil {
		return Contact{}, err
	}
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err != nil {
		return Contact{}, err
	}
	after := before
	faults := in.parse(host, &before, &after)
	in.parseLogin(by, &faults, before, &after)
	if err := in.parseLoginEmail(ctx, tx, by, &faults, before, &after); err != nil {
		return before, err
	}
	if err := fixLogin(ctx, tx, by, &faults, before, &after); err != nil {
		return before, err
	}
	if err := unpropose(ctx, tx, by, &faults, contact); err != nil {
		return before, err
	}
	if err := after.check(by, &faults, before); err != nil {
		return before, err
	}
	if err := Within(ctx, tx, by, &faults, before, after); err != nil {
		return before, err
	}
	if err := faults.Err(); err != nil {
		return before, err
	}
	if before.Version != in.Version && len(changes(before, after)) > 0 {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	if err := after.save(ctx, tx, by, before, "contact.edited"); err != nil {
		return before, err
	}
	if in.Primary && org.Primary != contact {
		if err := before.Allow(by, NameAsPrimary); err != nil {
			return before, err
		}
		return after, namePrimary(ctx, tx, by, org, after.Row)
	}
	return after, nil
}

// NeedEdit is nil when the caller may edit something of the contact: any that is in their reach, or their own.
func NeedEdit(by actor.Actor, contact id.Contact) error {
	if by.Kind == actor.Contact && contact == by.Contact {
		return by.Need(actor.EditOwnDetails)
	}
	return by.Need(actor.EditContacts)
}

// parseLogin reads role and login. Whoever becomes a super_admin is named by who may, with the login on.
func (in Input) parseLogin(by actor.Actor, faults *fault.Fields, before Contact, after *Contact) {
	switch in.Login {
	case "":
	case "on":
		after.LoginEnabled, after.LoginDisabledBy = true, ""
	case "off":
		if before.LoginEnabled {
			after.LoginEnabled, after.LoginDisabledBy = false, disabledBy(by)
		}
	default:
		faults.Add("login_enabled", fault.M("fault.choice"))
	}
	role := Role(in.Role)
	if in.Role == "" || role == before.Role {
		return
	}
	switch {
	case role != User && role != Admin && role != SuperAdmin:
		faults.Add("role", fault.M("fault.choice"))
	case role == SuperAdmin && !by.May(actor.NameSuperAdmin):
		faults.Add("role", fault.M("contact.super_admin_by_admins"))
	case role == SuperAdmin && !after.LoginEnabled:
		faults.Add("role", fault.M("contact.super_admin_needs_login"))
	}
	after.Role = role
}

// disabledBy says who switches a login off, as the row keeps it: what staff switched off only staff switch on.
func disabledBy(by actor.Actor) string {
	if by.Kind == actor.Contact {
		return "portal"
	}
	return "staff"
}

// check asks for each thing that an edit changes whether the caller may (see Act), and puts what they may not beside its field.
func (c Contact) check(by actor.Actor, faults *fault.Fields, before Contact) error {
	for _, x := range []struct {
		changed bool
		act     Act
		field   string
	}{
		{c.Email != before.Email, EditEmail, "email"},
		{c.LoginEmail != before.LoginEmail, SetLoginEmail, "login_email"},
		{c.LoginEnabled && !before.LoginEnabled, SwitchOn, "login_enabled"},
		{!c.LoginEnabled && before.LoginEnabled, SwitchOff, "login_enabled"},
		{c.Role == Admin && before.Role == User, Promote, "role"},
		{before.Role != User && c.Role != SuperAdmin && c.Role != before.Role, Demote, "role"},
	} {
		if f := fault.As(before.Allow(by, x.act)); x.changed && f != nil && !faults.Has(x.field) {
			faults.Add(x.field, f.Message)
		}
	}
	if c.LoginEnabled && before.LoginDisabledBy == "staff" && by.Kind == actor.Contact && !faults.Has("login_enabled") {
		faults.Add("login_enabled", fault.M("contact.switched_off_by_host"))
	}
	d := c
	d.Email, d.LoginEmail, d.LoginEnabled, d.Role = before.Email, before.LoginEmail, before.LoginEnabled, before.Role
	if len(changes(before, d)) == 0 {
		return nil
	}
	return before.Allow(by, EditDetails)
}

// save writes what differs from before, with its line in the history. Nothing differing is confirmed by a write.
func (c *Contact) save(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before Contact, kind string) error {
	differing := changes(before, *c)
	if len(differing) > 0 {
		c.Version, c.UpdatedAt, c.UpdatedBy = before.Version+1, tx.Now(), by.Who()
	}
	c.voidInvitations(before)
	_, err := tx.Exec(ctx, `UPDATE contact SET civility = $1, job_title = $2, mobile = $3, phone = $4, email = $5, role = $6, locale = $7, time_zone = $8,
			login_email = $9, login_enabled = $10, login_disabled_by = $11, login_epoch = $12, version = $13, updated_at = $14, updated_by = $15
		WHERE workspace_id = $16 AND id = $17`,
		c.Civility, c.JobTitle, c.Mobile, c.Phone, c.Email, string(c.Role), c.Locale, c.TimeZone,
		c.LoginEmail, c.LoginEnabled, c.LoginDisabledBy, c.LoginEpoch, c.Version, c.UpdatedAt, c.UpdatedBy, by.Workspace, c.ID)
	if err != nil || len(differing) == 0 {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: c.Subject(), Organization: c.Organization, Changes: differing})
}

// NamePrimary makes the contact its organisation's primary one; doing it again changes nothing. A contact from the
// public form that nobody authorised yet cannot be it. Permission: EditContacts.
func NamePrimary(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact) error {
	if err := by.Need(actor.EditContacts); err != nil {
		return err
	}
	c, org, err := Hold(ctx, tx, by, contact)
	if err != nil {
		return err
	}
	if org.Primary == contact {
		return organization.SetPrimary(ctx, tx, by, org.ID, contact)
	}
	return namePrimary(ctx, tx, by, org, c.Row)
}

func namePrimary(ctx context.Context, tx *sqldb.Tx, by actor.Actor, org organization.Organization, c Row) error {
	if !c.MayBePrimary() {
		return fault.OnField(fault.Conflict, "primary", fault.M("contact.primary_unauthorized"))
	}
	if err := organization.SetPrimary(ctx, tx, by, org.ID, c.ID); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: "contact.primary", Subject: c.Subject(), Organization: org.ID})
}

// MayBePrimary reports whether the contact may be its organisation's primary one: what the public form made is nobody's
// representative before staff authorised it.
func (r Row) MayBePrimary() bool { return r.Source != Landing || !r.AuthorizedAt.IsZero() }
