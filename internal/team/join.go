package team

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Invites says that the staff is this room's.
func (v *Inviter) Invites() invitation.Kind { return invitation.Staff }

// Describe says who is invited.
func (v *Inviter) Describe(_ context.Context, _ *sqldb.Tx, x *invitation.Invited) error {
	x.Person, x.Called, x.P = x.Name, x.Name, printerFor(x.Host, x.Language)
	return nil
}

// door is a team into which somebody is invited, held.
type door struct {
	by      actor.Actor // this program, in the team's workspace
	inviter *Inviter
}

// Hold holds the team: whether whoever invited is an admin still is read after that.
func (v *Inviter) Hold(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation) (invitation.Place, error) {
	by := actor.OfProgram(i.Workspace)
	return door{by, v}, workspace.HoldTeam(ctx, tx, by)
}

// Join takes the login into the team. A member is a fault.Conflict «workspace.member_already».
func (d door) Join(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation, l login.Login) error {
	return workspace.AdmitStaff(ctx, tx, d.by, l.ID, i.Role)
}

// Declined tells the staff by the history and the team's list.
func (d door) Declined(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation) error {
	return journal.Record(ctx, tx, d.by, journal.Entry{Kind: "staff.declined", Subject: subject(i.ID)})
}

// Again sends what the person asked for, in the name of whoever had invited them.
func (d door) Again(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation) error {
	n := same(i)
	n.Author = i.CreatedBy
	return d.inviter.make(ctx, tx, d.by, n, "staff.asked_again")
}

// LetterInvitation is the kind of letters that this room queues: somebody's own link and code.
const LetterInvitation = "staff_invitation"

// Kinds are the room's letters, for mail.Post.Add. No workspace words them itself: they are about who may work there.
func (v *Inviter) Kinds() []mail.Kind {
	return []mail.Kind{{Name: LetterInvitation, Variables: []string{"name", "workspace", "colleague", "staff_role"}, Coded: true, Facts: v.facts}}
}

// facts derive link and code anew from the invitation, if it can still be redeemed.
func (v *Inviter) facts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	i, err := invitation.Get(ctx, tx, l.Workspace, id.Invitation{UUID: l.Subject})
	if err != nil {
		return mail.Facts{}, err
	}
	if !i.Live(tx.Now()) {
		return mail.Facts{}, mail.ErrWithdrawn
	}
	host, err := workspace.Get(ctx, tx, i.Workspace)
	if err != nil {
		return mail.Facts{}, err
	}
	author, err := login.Get(ctx, tx, i.CreatedBy)
	if err != nil {
		return mail.Facts{}, err
	}
	p := printerFor(host, i.Language)
	return v.maker.Facts(i, mail.Facts{Name: i.Name, P: p, From: host.Name, Values: map[string]string{
		"name": i.Name, "workspace": host.Name, "colleague": author.Name, "staff_role": p.Text("team.role." + i.Role),
	}}), nil
}

// printerFor speaks to somebody who is invited.
func printerFor(host workspace.Workspace, language locale.Language) *locale.Printer {
	return locale.For(language, host.OrganizationNoun, host.HostNoun(), host.Zone())
}
