package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// SaveRole writes what the contact is in its organisation, with login e-mail and switch, and a line of that kind and with
// that comment in the history. The caller holds the organisation (Hold), read before, has checked the permission, and
// leaves the organisation a super_admin if it had one.
func (c *Contact) SaveRole(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before Contact, kind, comment string) error {
	c.voidInvitations(before)
	c.Version, c.UpdatedAt, c.UpdatedBy = before.Version+1, tx.Now(), by.Who()
	_, err := tx.Exec(ctx, `UPDATE contact SET role = $1, login_email = $2, login_enabled = $3, login_disabled_by = $4, login_epoch = $5,
			version = $6, updated_at = $7, updated_by = $8
		WHERE workspace_id = $9 AND id = $10`,
		string(c.Role), c.LoginEmail, c.LoginEnabled, c.LoginDisabledBy, c.LoginEpoch, c.Version, c.UpdatedAt, c.UpdatedBy, by.Workspace, c.ID)
	if err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{
		Kind: kind, Subject: c.Subject(), Organization: c.Organization, Changes: changes(before, *c), Comment: comment,
	})
}

// Takers lists whom staff may give the role super_admin of their organisation: those who have not got it and whose login is
// on, the first 200 by name. Permission: NameSuperAdmin.
func Takers(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) ([]Row, error) {
	if err := by.Need(actor.NameSuperAdmin); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND login_enabled = 1 AND role <> 'super_admin'
		ORDER BY family_key, given_key, id LIMIT $3`, by.Workspace, of, MaxSuccessors)
}
