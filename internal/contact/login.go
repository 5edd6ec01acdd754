package contact

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// CredentialsTo is where a contact's credentials go, and what it signs in with from then on: its login e-mail, else the
// professional one; none if it has neither.
func (c Contact) CredentialsTo() email.Address {
	if c.LoginEmail.IsZero() {
		return c.Email
	}
	return c.LoginEmail
}

// voidInvitations raises the epoch when what an invitation stands on is no longer as it was, or what an offer of the role
// super_admin does (package handover). Every write of a contact's login and role goes through here, but for hide, which
// does it to all of an organisation: so neither comes back to life when the old state does.
func (c *Contact) voidInvitations(before Contact) {
	another := !before.JoinedAt.IsZero() && c.Role != before.Role // who is invited stays so, whatever their role becomes
	if c.LoginEmail != before.LoginEmail || c.Login != before.Login || before.LoginEnabled && !c.LoginEnabled || another {
		c.LoginEpoch = before.LoginEpoch + 1
	}
}

// lastSignIn is the new value of last_sign_in_at beside a joined_at and a last_sign_in_at that are written: the written one
// if the contact joins or leaves, else what the row has now. A sign-in writes it without holding the contact, and so
// may do it after the caller has read the row.
func lastSignIn(joinedAt, lastSignInAt string) string {
	return `last_sign_in_at = CASE WHEN joined_at IS NOT DISTINCT FROM ` + joinedAt + ` THEN last_sign_in_at ELSE ` + lastSignInAt + ` END`
}

// SaveLogin writes how the contact comes in: login e-mail, switch, login, when it joined and last signed in, with a line
// of that kind in the history. The caller holds the contact (Hold), read before, and has checked the permission.
func (c *Contact) SaveLogin(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before Contact, kind string) error {
	w := &Rewrite{before, *c}
	err := SaveLogins(ctx, tx, by, []*Rewrite{w}, kind)
	*c = w.After
	return err
}

// Rewrite is a contact as it was read and as it is to be.
type Rewrite struct{ Before, After Contact }

// SaveLogins is SaveLogin for many, each of whom is named once. They are written in the order of their identifiers, as by a
// sign-in, so that nobody waits crosswise.
func SaveLogins(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []*Rewrite, kind string) error {
	rows, lines := make([][]any, len(list)), make([]journal.Entry, len(list))
	for i, w := range list {
		before, c := w.Before, &w.After
		c.voidInvitations(before)
		c.Version, c.UpdatedAt, c.UpdatedBy = before.Version+1, tx.Now(), by.Who()
		rows[i] = []any{c.LoginEmail, c.LoginEnabled, c.LoginDisabledBy, c.Login, c.JoinedAt, c.LastSignInAt,
			c.LoginEpoch, c.Version, c.UpdatedAt, c.UpdatedBy, by.Workspace, c.ID.UUID}
		lines[i] = journal.Entry{Kind: kind, Subject: c.Subject(), Organization: c.Organization, Changes: changes(before, *c)}
	}
	slices.SortFunc(rows, func(a, b []any) int {
		x, y := a[len(a)-1].(id.UUID), b[len(b)-1].(id.UUID)
		return bytes.Compare(x[:], y[:])
	})
	_, err := tx.ExecEach(ctx, `UPDATE contact SET login_email = $1, login_enabled = $2, login_disabled_by = $3, login_id = $4, joined_at = $5, `+lastSignIn("$5", "$6")+`,
			login_epoch = $7, version = $8, updated_at = $9, updated_by = $10
		WHERE workspace_id = $11 AND id = $12`, rows)
	if err != nil {
		return err
	}
	return journal.RecordAll(ctx, tx, by, lines)
}

// parseLoginEmail reads the login e-mail: nobody else's of the organisation. Whoever has joined has a login instead, which is changed otherwise.
func (in Input) parseLoginEmail(ctx context.Context, tx *sqldb.Tx, by actor.Actor, faults *fault.Fields, before Contact, after *Contact) error {
	if in.LoginEmail == nil {
		return nil
	}
	address, err := email.Parse(*in.LoginEmail)
	faults.Add("login_email", err)
	if proposed := faults.Proposal("login_email"); proposed != "" {
		if address, err = email.Parse(proposed); err != nil {
			return err
		}
		if err := FreeForLogin(ctx, tx, by, before.Row, address); fault.Is(err, fault.Conflict) {
			faults.Withdraw("login_email")
		} else if err != nil {
			return err
		}
	}
	if faults.Has("login_email") || address == before.LoginEmail {
		return nil
	}
	if !before.JoinedAt.IsZero() {
		faults.Add("login_email", fault.M("contact.login_email_joined"))
	}
	after.LoginEmail = address
	return reserve(ctx, tx, by, faults, before.Row, address)
}

// firstLoginEmail reads that of a new contact: the professional one where it is to have one and none is named. Its namesake
// may have it: that is who this very form has made, or the reason why it makes nobody.
func (in Input) firstLoginEmail(ctx context.Context, tx *sqldb.Tx, by actor.Actor, faults *fault.Fields, namesake Row, c *Contact) error {
	self := Row{ID: namesake.ID, Organization: c.Organization}
	if in.LoginEmail == nil || strings.TrimSpace(*in.LoginEmail) != "" {
		return in.parseLoginEmail(ctx, tx, by, faults, Contact{Row: self}, c)
	}
	c.LoginEmail = c.Email
	return reserve(ctx, tx, by, faults, self, c.Email)
}

// reserve puts beside the field that the address is another's (FreeForLogin).
func reserve(ctx context.Context, tx *sqldb.Tx, by actor.Actor, faults *fault.Fields, c Row, address email.Address) error {
	taken := FreeForLogin(ctx, tx, by, c, address)
	if f := fault.As(taken); f != nil {
		faults.Add("login_email", f.Fields[0].Message)
		return nil
	}
	return taken
}

// fixLogin has a super_admin keep to one login e-mail, from the naming on: the professional one where none is named. What
// officers may change says nothing about where a super_admin's credentials go.
func fixLogin(ctx context.Context, tx *sqldb.Tx, by actor.Actor, faults *fault.Fields, before Contact, after *Contact) error {
	lacks := after.Role == SuperAdmin && after.LoginEmail.IsZero() && (before.Role != SuperAdmin || !before.LoginEmail.IsZero())
	if !lacks || faults.Has("role") || faults.Has("email") || faults.Has("login_email") {
		return nil
	}
	if after.Email.IsZero() {
		faults.Add("login_email", fault.M("contact.super_admin_needs_login_email"))
		return nil
	}
	after.LoginEmail = after.Email
	return reserve(ctx, tx, by, faults, before.Row, after.Email)
}

// FreeForLogin is nil if nobody else of the contact's organisation signs in with the address, or is invited to; else a
// fault.Conflict on login_email that names them, if the caller may know of them (product.md §3). None is free.
func FreeForLogin(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c Row, address email.Address) error {
	if address.IsZero() {
		return nil
	}
	other, err := sqldb.One(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND login_email = $3 AND id IS DISTINCT FROM $4`,
		by.Workspace, c.Organization, address, c.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return other.hasLoginEmail(by)
}

// hasLoginEmail says that a login e-mail is this contact's, and nobody else's of its organisation; to whom the portal does
// not show the contact, only that it cannot be had.
func (r Row) hasLoginEmail(by actor.Actor) error {
	if r.hiddenFrom(by) {
		return fault.OnField(fault.Conflict, "login_email", fault.M("contact.login_email_unavailable"))
	}
	return fault.OnField(fault.Conflict, "login_email", fault.M("contact.login_email_taken", "Name", r.FamilyName.String()+" "+r.GivenName.String()))
}

// WithLogin finds the contact of the organisation that the login has joined as; fault.NotFound. Permission: SeeContacts.
func WithLogin(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, login id.Login) (Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return Contact{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE login_id = $1 AND workspace_id = $2 AND organization_id = $3`, login, by.Workspace, of)
}
