// Package team says who comes to work for a host and who goes: it invites people into its staff, changes their role, and
// removes them with all that goes along.
//
// The members themselves, and the rule that a team keeps an admin, are package workspace's; the one-time links and codes
// are package invitation's. An invitation stands only as long as whoever sent it is an admin of the team.
package team

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact/logins"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Invited is somebody who was invited and has not joined, with how far their letter has come.
type Invited struct {
	invitation.Invitation
	Letter   mail.Letter
	Delivery invitation.Delivery
}

// List reads who was invited into the team of the caller's workspace and has not joined, the latest first. Permission:
// SeeTeam.
func List(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Invited, error) {
	found, err := invitation.Team(ctx, tx, by)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	letters := make([]id.Letter, len(found))
	for n, i := range found {
		letters[n] = i.Letter
	}
	known, err := mail.Those(ctx, tx, by, letters)
	list := make([]Invited, len(found))
	for n, i := range found {
		l := known[i.Letter]
		list[n] = Invited{i, l, invitation.DeliveryOf(i, l, tx.Now())}
	}
	return list, err
}

// ChangeRole is workspace.ChangeRole with what goes along: the invitations that somebody sent who is no admin any more are
// taken back. Permission: EditTeam.
func ChangeRole(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login, role string) error {
	if err := workspace.ChangeRole(ctx, tx, by, member, role); err != nil || actor.RoleOfStaff(role) == actor.StaffAdmin {
		return err
	}
	return withdrawOf(ctx, tx, by, member)
}

// Remove is workspace.RemoveStaff with what goes along: the invitations that the person sent are taken back, and a login
// that holds nothing more goes (product.md §6). Permission: EditTeam.
func Remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login) error {
	if err := workspace.RemoveStaff(ctx, tx, by, member); err != nil {
		return err
	}
	if err := withdrawOf(ctx, tx, by, member); err != nil {
		return err
	}
	l, err := login.Get(ctx, tx, member)
	if err != nil {
		return err
	}
	if err := invitation.Forget(ctx, tx, by.Workspace, l.Email); err != nil {
		return err
	}
	return logins.Drop(ctx, tx, member)
}

// withdrawOf takes back what the member has sent. The caller holds the team.
func withdrawOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, member id.Login) error {
	list, err := invitation.ByAuthor(ctx, tx, by, member)
	if err != nil {
		return err
	}
	for _, i := range list {
		if err := withdraw(ctx, tx, by, i); err != nil {
			return err
		}
	}
	return nil
}

// withdraw takes an invitation back. The caller holds the team.
func withdraw(ctx context.Context, tx *sqldb.Tx, by actor.Actor, i invitation.Invitation) error {
	if err := mail.Withdraw(ctx, tx, i.Letter); err != nil {
		return err
	}
	if err := invitation.Forget(ctx, tx, i.Workspace, i.Email); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, by, journal.Entry{Kind: "staff.withdrawn", Subject: subject(i.ID)}); err != nil {
		return err
	}
	return dropLogin(ctx, tx, i.Email)
}

// dropLogin removes the login of the address if the invitation was all that it was there for. Where the address has none it
// does as much work as for one that is needed elsewhere: neither is the host's to know.
func dropLogin(ctx context.Context, tx *sqldb.Tx, address email.Address) error {
	l, err := login.FindByEmail(ctx, tx, address)
	none := fault.Is(err, fault.NotFound)
	if none {
		l.ID, err = id.NewLogin(), nil
	}
	if err != nil {
		return err
	}
	needed, err := logins.Needed(ctx, tx, l.ID)
	if err != nil || none || len(needed) > 0 {
		return err
	}
	return login.Remove(ctx, tx, l.ID)
}

func subject(of id.Invitation) journal.Subject {
	return journal.Subject{Kind: "invitation", ID: of.UUID}
}
