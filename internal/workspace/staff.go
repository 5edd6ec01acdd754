package workspace

import (
	"cmp"
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Member is somebody of the team.
type Member struct {
	Login id.Login
	Name  string
	Email email.Address
	Role  actor.Role // StaffAdmin or StaffOfficer
	Since sqldb.Time

	LastSignInAt sqldb.Time // zero = never since they belong to the team
}

// Membership is a workspace that a login works for.
type Membership struct {
	Workspace Workspace
	Role      actor.Role
}

// AddStaff takes a login into the team of the caller's workspace, as "admin" or "officer". Doing it again
// changes nothing; in another role it is a fault.Conflict on role. Permission: EditTeam.
func AddStaff(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login, role string) error {
	if err := by.Need(actor.EditTeam); err != nil {
		return err
	}
	if actor.RoleOfStaff(role) == 0 {
		return fault.OnField(fault.Invalid, "role", fault.M("fault.choice"))
	}
	if err := tx.Lock(ctx, "login", "id = $1", member); err != nil {
		return err
	}
	switch is, err := StaffRole(ctx, tx, by.Workspace, member); {
	case err == nil && is == actor.RoleOfStaff(role):
		_, err := tx.Exec(ctx, `UPDATE staff SET role = $1 WHERE workspace_id = $2 AND login_id = $3`, role, by.Workspace, member)
		return err
	case err == nil:
		return fault.OnField(fault.Conflict, "role", fault.M("workspace.staff_already"))
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return insertStaff(ctx, tx, by, member, role, 0, "staff.added")
}

// AdmitStaff takes a login that has redeemed an invitation, and is signed in, into the team. Who belongs to it is a
// fault.Conflict «workspace.member_already». The caller holds the login. Permission: EditTeam.
func AdmitStaff(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login, role string) error {
	if err := by.Need(actor.EditTeam); err != nil {
		return err
	}
	if _, err := StaffRole(ctx, tx, by.Workspace, member); !fault.Is(err, fault.NotFound) {
		if err == nil {
			err = fault.New(fault.Conflict, "workspace.member_already")
		}
		return err
	}
	return insertStaff(ctx, tx, by, member, role, tx.Now(), "staff.joined")
}

func insertStaff(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login, role string, signedIn sqldb.Time, kind string) error {
	_, err := tx.Exec(ctx, `INSERT INTO staff (workspace_id, login_id, role, created_at, last_sign_in_at) VALUES ($1, $2, $3, $4, $5)`,
		by.Workspace, member, role, tx.Now(), signedIn)
	if err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: subjectOf(member), Changes: []journal.Change{{Field: "role", After: role}}})
}

func subjectOf(member id.Login) journal.Subject {
	return journal.Subject{Kind: "login", ID: member.UUID}
}

// StaffSignedIn notes that the login is signing in, in every team that it belongs to.
func StaffSignedIn(ctx context.Context, tx *sqldb.Tx, member id.Login) error {
	_, err := tx.Exec(ctx, `UPDATE staff SET last_sign_in_at = $1 WHERE login_id = $2`, tx.Now(), member)
	return err
}

// StaffRole is what somebody is in a workspace's team; who is not in it is a fault.NotFound. One point read.
func StaffRole(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, member id.Login) (actor.Role, error) {
	role, err := sqldb.One(ctx, tx, sqldb.Value[string], `SELECT role FROM staff WHERE workspace_id = $1 AND login_id = $2`, workspace, member)
	return actor.RoleOfStaff(role), err
}

// MemberAt is what somebody of the team is called who signs in with that address; anybody else's is a fault.NotFound. It is
// one statement, so that its work does not tell whether the address is a login's elsewhere. Permission: SeeTeam.
func MemberAt(ctx context.Context, tx *sqldb.Tx, by actor.Actor, address email.Address) (name string, err error) {
	if err := by.Need(actor.SeeTeam); err != nil {
		return "", err
	}
	return sqldb.One(ctx, tx, sqldb.Value[string], `SELECT l.name FROM staff s JOIN login l ON l.id = s.login_id WHERE s.workspace_id = $1 AND l.email = $2`, by.Workspace, address)
}

// Team lists the staff of the caller's workspace, by name. Permission: SeeTeam.
func Team(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Member, error) {
	if err := by.Need(actor.SeeTeam); err != nil {
		return nil, err
	}
	team, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (m Member, err error) {
		var role string
		err = row.Scan(&m.Login, &role, &m.Since, &m.LastSignInAt)
		m.Role = actor.RoleOfStaff(role)
		return m, err
	}, `SELECT login_id, role, created_at, last_sign_in_at FROM staff WHERE workspace_id = $1`, by.Workspace)
	if err != nil {
		return nil, err
	}
	ids := make([]id.Login, len(team))
	for i, m := range team {
		ids[i] = m.Login
	}
	logins, err := login.List(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for i, m := range team {
		team[i].Name, team[i].Email = logins[m.Login].Name, logins[m.Login].Email
	}
	slices.SortFunc(team, func(a, b Member) int {
		return cmp.Or(cmp.Compare(name.Fold(a.Name), name.Fold(b.Name)), cmp.Compare(a.Email.String(), b.Email.String()))
	})
	return team, nil
}
