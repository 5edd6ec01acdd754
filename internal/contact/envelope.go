package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/delegation"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Offer is what the caller may give in an organisation, for the forms: each error is nil where it is offered, else the
// refusal that says why not and whom to ask. Everything is offered to staff.
type Offer struct {
	Add       error    // a contact
	Admin     error    // the role admin, to a user
	Login     error    // one more login that is on
	Addresses error    // a login e-mail, or another one
	Domains   []string // of login e-mails; none = any
	Left      int64    // logins that may still be switched on; -1 = any number
	Approval  bool     // whom the caller adds sees nothing until staff authorise them
}

// Offered reads what the host lets the caller give in the organisation (package delegation); what may be done to one
// contact Row.Allow says. fault.NotFound for another's organisation. Permission: EditContacts.
func Offered(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (Offer, error) {
	if err := by.Need(actor.EditContacts); err != nil {
		return Offer{}, err
	}
	b, err := delegation.Of(ctx, tx, by, of)
	if err != nil {
		return Offer{}, err
	}
	others, left := int64(0), int64(-1)
	if b.MaxLogins > 0 {
		if others, err = loginsOn(ctx, tx, by, of, id.Contact{}); err != nil {
			return Offer{}, err
		}
		left = max(0, b.MaxLogins-others)
	}
	return Offer{
		Add: b.Add(), Admin: b.Admin(), Login: b.Login(others), Addresses: b.Addresses(),
		Domains: b.LoginDomains, Left: left, Approval: b.Approval,
	}, nil
}

// Within puts beside its field what a change of the contact gives that the host does not let the caller give: the role
// admin, a login, a login e-mail. Before is zero, but for the organisation, for a contact that comes to be. Every verb that gives one of these
// asks here, whoever calls it; staff are never refused. The caller holds the organisation (Hold), so that two at once
// cannot pass the number of logins.
func Within(ctx context.Context, tx *sqldb.Tx, by actor.Actor, faults *fault.Fields, before, after Contact) error {
	gift := delegation.Gift{
		Admin: after.Role == Admin && before.Role != Admin,
		Login: after.LoginEnabled && !before.LoginEnabled,
	}
	switch {
	case gift.Login:
		gift.Address = after.CredentialsTo()
	case after.LoginEmail != before.LoginEmail:
		gift.Address = after.LoginEmail
	}
	if by.Kind != actor.Contact || gift == (delegation.Gift{}) {
		return nil
	}
	b, err := delegation.Of(ctx, tx, by, after.Organization)
	if err != nil {
		return err
	}
	var others int64
	if gift.Login && b.MaxLogins > 0 {
		if others, err = loginsOn(ctx, tx, by, after.Organization, after.ID); err != nil {
			return err
		}
	}
	b.Check(faults, gift, others)
	return nil
}

// LoginsOn counts the contacts of the organisation whose login is on. Permission: SeeContacts.
func LoginsOn(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (int64, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return 0, err
	}
	return loginsOn(ctx, tx, by, of, id.Contact{})
}

// loginsOn counts the contacts of the organisation whose login is on, but for one.
func loginsOn(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, but id.Contact) (int64, error) {
	return sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT COUNT(*) FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND login_enabled = 1 AND id IS DISTINCT FROM $3`,
		by.Workspace, of, but)
}

// mayAdd is nil if the host lets the caller add contacts; else a fault.Forbidden.
func mayAdd(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) error {
	if by.Kind != actor.Contact {
		return nil
	}
	b, err := delegation.Of(ctx, tx, by, of)
	if err != nil {
		return err
	}
	return b.Add()
}

// mayReplace is nil if the host lets the caller put another person in the contact's place, which is adding one: with the
// role and the login that the contact has, and with its authorisation, which nobody takes back.
func mayReplace(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before, after Contact) error {
	if by.Kind != actor.Contact {
		return nil
	}
	b, err := delegation.Of(ctx, tx, by, after.Organization)
	if err != nil {
		return err
	}
	if err := b.Add(); err != nil {
		return err
	}
	if b.Approval && !before.AuthorizedAt.IsZero() {
		return fault.New(fault.Forbidden, "delegation.replaced_by_host", "Host", b.Host)
	}
	var faults fault.Fields
	b.Check(&faults, delegation.Gift{Admin: after.Role == Admin, Login: after.LoginEnabled}, 0)
	if f := fault.As(faults.Err()); f != nil {
		return fault.Of(fault.Forbidden, f.Fields[0].Message)
	}
	return nil
}
