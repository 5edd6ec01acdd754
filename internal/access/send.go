package access

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// To is one of many to whom credentials are sent.
type To struct {
	Contact    id.Contact
	Submission id.UUID // as in Sending
}

// SendAll is Send for many, some hundred at most, each of whom is named once, by few statements: it gives an Outcome for
// each. Who is refused hurts nobody else: all are judged, in their order, before anything is written. Permission:
// SendCredentials, for several SendToMany: what an organisation's own people may give is judged one by one.
func (v *Inviter) SendAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, all []To, switchOn bool) ([]Outcome, error) {
	if err := by.Need(actor.SendCredentials); err != nil {
		return nil, err
	}
	if len(all) > 1 {
		if err := by.Need(actor.SendToMany); err != nil {
			return nil, err
		}
	}
	r, err := newRound(ctx, tx, by, all, switchOn)
	if err != nil {
		return nil, err
	}
	list := make([]Outcome, len(all))
	for i, to := range all {
		if err := r.judge(ctx, tx, to, &list[i]); err != nil {
			return nil, err
		}
	}
	if err := contact.SaveLogins(ctx, tx, by, r.rewritten(), "contact.edited"); err != nil {
		return nil, err
	}
	if err := v.inviteAll(ctx, tx, by, r.invited); err != nil {
		return nil, err
	}
	return list, v.remindAll(ctx, tx, by, r.reminded)
}

// round is credentials on their way to many.
type round struct {
	by       actor.Actor
	switchOn bool
	held     map[id.Contact]contact.Held
	sent     map[To]bool    // by the same form, before
	claims   contact.Claims // of those who have no login e-mail

	invited, reminded []*passed
}

// passed is somebody whom nothing speaks against.
type passed struct {
	contact.Rewrite
	submission id.UUID
	outcome    *Outcome
}

// rewritten are those whose way in was opened just now.
func (r *round) rewritten() []*contact.Rewrite {
	var list []*contact.Rewrite
	for _, p := range slices.Concat(r.invited, r.reminded) {
		if p.After != p.Before {
			list = append(list, &p.Rewrite)
		}
	}
	return list
}

// newRound holds the contacts, and reads what speaks against them.
func newRound(ctx context.Context, tx *sqldb.Tx, by actor.Actor, all []To, switchOn bool) (r round, err error) {
	r = round{by: by, switchOn: switchOn}
	contacts := make([]id.Contact, len(all))
	for i, to := range all {
		contacts[i] = to.Contact
	}
	if r.held, err = contact.HoldAll(ctx, tx, by, contacts); err != nil {
		return r, err
	}
	if r.sent, err = sentBefore(ctx, tx, by.Workspace, all); err != nil {
		return r, err
	}
	var without []id.Contact
	for _, h := range r.held {
		if h.Login.IsZero() && h.LoginEmail.IsZero() && !h.Email.IsZero() {
			without = append(without, h.ID)
		}
	}
	r.claims, err = contact.ClaimsOf(ctx, tx, by, without)
	return r, err
}

// sentBefore tells for whom that form has sent credentials already, an invitation or a reminder.
func sentBefore(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, all []To) (map[To]bool, error) {
	forms := make([]mail.Form, 0, len(all))
	for _, to := range all {
		if !to.Submission.IsZero() {
			forms = append(forms, mail.Form(to))
		}
	}
	invited, err := invitation.SentBy(ctx, tx, workspace, forms...)
	if err != nil {
		return nil, err
	}
	reminded, err := mail.QueuedBy(ctx, tx, workspace, forms...)
	if err != nil {
		return nil, err
	}
	sent := make(map[To]bool)
	for i, f := range forms {
		sent[To(f)] = invited[i]+reminded[i] > 0
	}
	return sent, nil
}

// judge lets somebody pass, or says in the outcome why not.
func (r *round) judge(ctx context.Context, tx *sqldb.Tx, to To, o *Outcome) error {
	h, there := r.held[to.Contact]
	if !there {
		o.Refused = fault.Missing()
		return nil
	}
	o.Contact = h.Contact
	if o.Refused = h.Allow(r.by, contact.Invite); o.Refused != nil || r.sent[to] {
		return nil
	}
	p := &passed{contact.Rewrite{Before: h.Contact, After: h.Contact}, to.Submission, o}
	err := r.open(ctx, tx, h, &p.After)
	if f := fault.As(err); f != nil {
		o.Refused = f
		return nil
	}
	if p.After.Login.IsZero() {
		r.invited = append(r.invited, p)
	} else {
		r.reminded = append(r.reminded, p)
	}
	return err
}

// open opens the contact's way in, as far as nothing is in it.
func (r *round) open(ctx context.Context, tx *sqldb.Tx, h contact.Held, c *contact.Contact) error {
	if h.At.Archived() {
		return fault.New(fault.Conflict, "access.send.archived")
	}
	if err := switchOn(r.by, c, r.switchOn); err != nil {
		return err
	}
	if c.Login.IsZero() {
		if err := r.address(c); err != nil {
			return err
		}
	}
	return within(ctx, tx, r.by, h.Contact, *c)
}

// address takes the professional e-mail for the login's where there is none. Any officer may change the one, so of a super_admin
// only who may name one does that.
func (r *round) address(c *contact.Contact) error {
	switch {
	case !c.LoginEmail.IsZero():
		return nil
	case c.Email.IsZero():
		return fault.OnField(fault.Conflict, "login_email", fault.M("access.send.no_address"))
	}
	if f := fault.As(c.Allow(r.by, contact.SetLoginEmail)); f != nil {
		return fault.OnField(fault.Conflict, "login_email", f.Message)
	}
	return r.claims.Take(r.by, c)
}
