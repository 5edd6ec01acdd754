package team

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Inviter invites people into teams, and lets in who comes with their invitation (invitation.Door). It is safe for
// concurrent use.
type Inviter struct{ maker invitation.Maker }

// NewInviter makes an Inviter.
func NewInviter(maker invitation.Maker) *Inviter { return &Inviter{maker} }

// New is whom to invite, as text.
type New struct {
	Name, Email string
	Role        string  // "admin" or "officer"
	Locale      string  // of the letter, and of a login that is made with it
	Submission  id.UUID // the form's own number, so that a repeated POST sends nothing twice; zero = none
}

// parse reports every fault of the fields name, email, role and locale at once.
func (in New) parse() (n invitation.New, err error) {
	var faults fault.Fields
	n.Name, err = name.Line(in.Name, login.MaxName)
	if err == nil && n.Name == "" {
		err = fault.M("fault.required")
	}
	faults.Add("name", err)
	n.Email, err = email.Parse(in.Email)
	if err == nil && n.Email.IsZero() {
		err = fault.M("fault.required")
	}
	faults.Add("email", err)
	if n.Role = in.Role; actor.RoleOfStaff(n.Role) == 0 {
		faults.Add("role", fault.M("fault.choice"))
	}
	var ok bool
	if n.Language, ok = locale.ParseLanguage(in.Locale); !ok {
		faults.Add("locale", fault.M("fault.choice"))
	}
	return n, faults.Err()
}

// Invite queues a letter with the way into the team of the caller's workspace, in place of the one before to the same
// address. Whether the address has a login is of no matter and told to nobody. Faults are fault.Invalid on the fields, and
// fault.Conflict on email for a member. The face has asked for the password where it makes an admin. Permission: EditTeam.
func (v *Inviter) Invite(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in New) error {
	if err := workspace.HoldTeam(ctx, tx, by); err != nil {
		return err
	}
	sent, err := invitation.SentBy(ctx, tx, by.Workspace, mail.Form{Submission: in.Submission})
	if err != nil || sent[0] > 0 {
		return err
	}
	n, err := in.parse()
	if err != nil {
		return err
	}
	n.Submission = in.Submission
	return v.send(ctx, tx, by, n, "staff.invited")
}

// Renew sends a new letter with a new link and code in place of an invitation that was sent, has expired or was declined; from
// then on it is the caller's. Any other is a fault.NotFound. Permission: EditTeam.
func (v *Inviter) Renew(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Invitation) (invitation.Invitation, error) {
	i, err := hold(ctx, tx, by, of)
	if err != nil {
		return i, err
	}
	return i, v.send(ctx, tx, by, same(i), "staff.invited_again")
}

// Withdraw takes an invitation back: link and code open nothing from then on, and nothing is kept of whom it was for. One
// that is not open any more is a fault.NotFound. Permission: EditTeam.
func (v *Inviter) Withdraw(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Invitation) (invitation.Invitation, error) {
	i, err := hold(ctx, tx, by, of)
	if err != nil {
		return i, err
	}
	return i, withdraw(ctx, tx, by, i)
}

// hold holds the team and reads one of its invitations.
func hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Invitation) (invitation.Invitation, error) {
	if err := workspace.HoldTeam(ctx, tx, by); err != nil {
		return invitation.Invitation{}, err
	}
	return invitation.OfTeam(ctx, tx, by, of)
}

// same is an invitation to whom and as what that one is.
func same(i invitation.Invitation) invitation.New {
	return invitation.New{Name: i.Name, Email: i.Email, Role: i.Role, Language: i.Language}
}

// send makes the caller's invitation. The caller holds the team.
func (v *Inviter) send(ctx context.Context, tx *sqldb.Tx, by actor.Actor, n invitation.New, kind string) error {
	if err := isNoMember(ctx, tx, by, n.Email); err != nil {
		return err
	}
	n.Author = by.Login
	return v.make(ctx, tx, by, n, kind)
}

func (v *Inviter) make(ctx context.Context, tx *sqldb.Tx, by actor.Actor, n invitation.New, kind string) error {
	n.Workspace, n.Kind, n.Letter = by.Workspace, invitation.Staff, LetterInvitation
	i, err := v.maker.Make(ctx, tx, n)
	if err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: subject(i.ID), Changes: []journal.Change{
		{Field: "name", After: n.Name}, {Field: "email", After: n.Email.String()}, {Field: "role", After: n.Role},
	}})
}

// isNoMember is nil unless the address is that of a member of the caller's team. That it is another login's is no news.
func isNoMember(ctx context.Context, tx *sqldb.Tx, by actor.Actor, address email.Address) error {
	called, err := workspace.MemberAt(ctx, tx, by, address)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return fault.OnField(fault.Conflict, "email", fault.M("team.member_already", "Name", called))
}
