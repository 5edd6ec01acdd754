package workspace

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// HoldTeam holds the team of the caller's workspace until the transaction ends, and reads the caller's own right again: of
// two admins who remove each other at once, one succeeds. Whoever is no admin any more is a fault.Forbidden. Permission:
// EditTeam.
func HoldTeam(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if err := by.Need(actor.EditTeam); err != nil {
		return err
	}
	if err := tx.Lock(ctx, "workspace", "id = $1", by.Workspace); err != nil || by.Kind != actor.Staff {
		return err
	}
	role, err := StaffRole(ctx, tx, by.Workspace, by.Login)
	if err == nil && role == by.Role {
		return nil
	}
	if err == nil || fault.Is(err, fault.NotFound) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return err
}

// ChangeRole gives a member of the team the role "admin" or "officer"; the same again changes nothing. The last admin stays
// one: a fault.Conflict «workspace.last_admin», which is decided under the lock of the team, for every caller. Who is no
// member is a fault.NotFound. Permission: EditTeam.
func ChangeRole(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login, role string) error {
	if err := HoldTeam(ctx, tx, by); err != nil {
		return err
	}
	if actor.RoleOfStaff(role) == 0 {
		return fault.OnField(fault.Invalid, "role", fault.M("fault.choice"))
	}
	before, err := StaffRole(ctx, tx, by.Workspace, member)
	if err != nil {
		return err
	}
	if before != actor.RoleOfStaff(role) {
		if err := spare(ctx, tx, by, member, before); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE staff SET role = $1 WHERE workspace_id = $2 AND login_id = $3`, role, by.Workspace, member)
	if err != nil || before == actor.RoleOfStaff(role) {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{
		Kind: "staff.role_changed", Subject: subjectOf(member), Changes: []journal.Change{{Field: "role", Before: stored(before), After: role}},
	})
}

// RemoveStaff takes a login out of the team: whatever it is to do there is refused from the next request on. It stays a
// login; see package team for what goes along. The last admin stays, as with ChangeRole. Permission: EditTeam.
func RemoveStaff(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login) error {
	if err := HoldTeam(ctx, tx, by); err != nil {
		return err
	}
	role, err := StaffRole(ctx, tx, by.Workspace, member)
	if err != nil {
		return err
	}
	if err := spare(ctx, tx, by, member, role); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM staff WHERE workspace_id = $1 AND login_id = $2`, by.Workspace, member); err != nil {
		return err
	}
	kind := "staff.removed"
	if by.Kind == actor.Staff && by.Login == member {
		kind = "staff.left"
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: subjectOf(member), Changes: []journal.Change{{Field: "role", Before: stored(role)}}})
}

// spare is nil unless the member is the last admin. The caller holds the team.
func spare(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login, role actor.Role) error {
	if role != actor.StaffAdmin {
		return nil
	}
	others, err := sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM staff WHERE workspace_id = $1 AND role = 'admin' AND login_id <> $2`, by.Workspace, member)
	if err == nil && others == 0 {
		return fault.New(fault.Conflict, "workspace.last_admin")
	}
	return err
}

// stored is RoleOfStaff the other way round.
func stored(role actor.Role) string {
	if role == actor.StaffAdmin {
		return "admin"
	}
	return "officer"
}
