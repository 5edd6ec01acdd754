// Package handover passes the role super_admin on from one contact of an organisation to another (product.md §5): a
// super_admin offers it, an admin accepts; or staff transfer it with a reason.
//
// Who may hold the role otherwise, and that its holder is neither demoted, switched off nor deleted, is package contact's.
// Every verb here holds the organisation, so that there is a super_admin before it and after.
package handover

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// End says what ended an offer; "" as long as nobody did.
type End string

// The ends. That an offer has expired, or stands on nothing any more, is seen when it is read; Sweep writes it later on.
const (
	Accepted    End = "accepted"
	Refused     End = "refused"
	Withdrawn   End = "withdrawn"
	Lapsed      End = "lapsed"      // expired, or something changed for either
	Transferred End = "transferred" // by staff: no offer, but over as it was made
)

// Offer is a super_admin's wish to hand the role over.
type Offer struct {
	ID           id.Handover
	Workspace    id.Workspace
	Organization id.Organization
	From, To     Person
	CreatedAt    sqldb.Time
	ExpiresAt    sqldb.Time
	Ended        End
	Reason       string // of a transfer
	Stands       bool   // both are as they were when it was made; see stands
}

// Person is the contact at one end of an offer.
type Person struct {
	contact.Row          // identifier, number and name, nothing else
	login       id.Login // where letters go; zero = to the contact's own address
}

func personOf(c contact.Contact) Person { return Person{c.Row, c.Login} }

func (p *Person) fields() []any {
	return []any{&p.ID, &p.Number, &p.Civility, &p.FamilyName, &p.GivenName, &p.login}
}

// isGone reports whether the contact is deleted.
func (p Person) isGone() bool { return p.FamilyName.IsZero() }

// name is what the person is called in a sentence: of somebody who is deleted the number is left.
func (p Person) name() string {
	if p.isGone() {
		return p.Label()
	}
	return p.GivenName.String() + " " + p.FamilyName.String()
}

// Live reports whether the offer can be accepted at that moment. It is computed each time, never stored: whoever changes
// the role or a gate of either voids it without having to remember it.
func (o Offer) Live(now sqldb.Time) bool { return o.Ended == "" && o.Stands && now < o.ExpiresAt }

// stands is what an offer stands on: that the one still is a super_admin and the other an admin, that both come in, and
// that neither's role or way in has changed since (contact.Contact.LoginEpoch), not even there and back.
const (
	stands = `f.role = 'super_admin' AND f.login_epoch = h.from_epoch AND f.joined_at IS NOT NULL AND f.login_enabled = 1 AND f.authorized_at IS NOT NULL AND f.archived = 0
		AND t.role = 'admin' AND t.login_epoch = h.to_epoch AND t.joined_at IS NOT NULL AND t.login_enabled = 1 AND t.authorized_at IS NOT NULL AND t.archived = 0`
	selectAll = `SELECT h.id, h.workspace_id, h.organization_id, h.created_at, h.expires_at, h.ended, h.reason,
		f.id, f.number, f.civility, f.family_name, f.given_name, f.login_id,
		h.to_contact, h.to_number, t.civility, COALESCE(t.family_name, ''), COALESCE(t.given_name, ''), t.login_id,
		CASE WHEN ` + stands + ` THEN 1 ELSE 0 END
	FROM handover h JOIN contact f ON f.workspace_id = h.workspace_id AND f.id = h.from_contact
	LEFT JOIN contact t ON t.workspace_id = h.workspace_id AND t.id = h.to_contact`
)

func scan(row sqldb.Scanner) (o Offer, err error) {
	to := append([]any{&o.ID, &o.Workspace, &o.Organization, &o.CreatedAt, &o.ExpiresAt, &o.Ended, &o.Reason}, o.From.fields()...)
	return o, row.Scan(append(append(to, o.To.fields()...), &o.Stands)...)
}

// get reads an offer of the workspace; fault.NotFound.
func get(ctx context.Context, tx *sqldb.Tx, in id.Workspace, offer id.Handover) (Offer, error) {
	return sqldb.One(ctx, tx, scan, selectAll+` WHERE h.workspace_id = $1 AND h.id = $2`, in, offer)
}

// given reads the offer that the contact has made and nobody has ended, whether it holds still or not; fault.NotFound.
func given(ctx context.Context, tx *sqldb.Tx, by actor.Actor, from id.Contact) (Offer, error) {
	return sqldb.One(ctx, tx, scan, selectAll+` WHERE h.workspace_id = $1 AND h.from_contact = $2 AND h.ended_at IS NULL`, by.Workspace, from)
}

// Mine reads the offers that hold and are the caller's business: the one that a super_admin has made, and those that an
// admin may accept, the oldest first. Others have none. Permission: SeeOwnContact.
func Mine(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Offer, error) {
	if err := by.Need(actor.SeeOwnContact); err != nil || !by.May(actor.OfferSuperAdmin) && !by.May(actor.AcceptSuperAdmin) {
		return nil, err
	}
	list, err := sqldb.List(ctx, tx, scan, selectAll+` WHERE h.workspace_id = $1 AND (h.from_contact = $2 OR h.to_contact = $2) AND h.ended_at IS NULL ORDER BY h.id`,
		by.Workspace, by.Contact)
	live := list[:0]
	for _, o := range list {
		if o.Live(tx.Now()) {
			live = append(live, o)
		}
	}
	return live, err
}

// IsDone reports whether the caller is who that offer was accepted by: the same press again then is no refusal, although
// they are no admin any more. Permission: SeeOwnContact.
func IsDone(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Handover) (bool, error) {
	if err := by.Need(actor.SeeOwnContact); err != nil {
		return false, err
	}
	o, err := get(ctx, tx, by.Workspace, offer)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return o.To.ID == by.Contact && o.Ended == Accepted, err
}

// Eligible is nil when a super_admin may offer the contact the role: an admin who comes in and is authorised. Else a
// fault.Conflict that says why not.
func Eligible(c contact.Row) error {
	switch {
	case c.Role != contact.Admin:
		return fault.New(fault.Conflict, "handover.to_admins")
	case c.JoinedAt.IsZero() || !c.LoginEnabled || c.AuthorizedAt.IsZero():
		return fault.New(fault.Conflict, "handover.to_whoever_comes_in")
	}
	return nil
}

// Desk is where offers are made. It is safe for concurrent use.
type Desk struct{ lifetime time.Duration }

// NewDesk makes a Desk.
func NewDesk(c config.Handover) *Desk { return &Desk{c.Lifetime.Duration()} }

// end writes the offer's end. Of many at once one succeeds; the others find it over.
func (o *Offer) end(ctx context.Context, tx *sqldb.Tx, as End) error {
	n, err := tx.Exec(ctx, `UPDATE handover SET ended = $1, ended_at = $2 WHERE workspace_id = $3 AND id = $4 AND ended_at IS NULL`, string(as), tx.Now(), o.Workspace, o.ID)
	if err == nil && n == 0 {
		return over()
	}
	o.Ended = as
	return err
}

// confirm writes the offer as it stands, so that the answer to a repeated act is as durable as the first.
func (o Offer) confirm(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE handover SET ended = ended WHERE workspace_id = $1 AND id = $2`, o.Workspace, o.ID)
	return err
}

// over is the answer where an offer holds no more, whatever the reason.
func over() error { return fault.New(fault.Conflict, "handover.over") }

// tell queues a letter of the kind about the offer to each of them who is still there.
func (o Offer) tell(ctx context.Context, tx *sqldb.Tx, kind string, whom ...Person) error {
	list := make([]mail.New, 0, len(whom))
	for _, p := range whom {
		if !p.isGone() {
			list = append(list, mail.New{Kind: kind, Workspace: o.Workspace, Contact: p.ID, Login: p.login, Subject: o.ID.UUID})
		}
	}
	_, err := mail.QueueAll(ctx, tx, list)
	return err
}

// line is an act of the history about one of the two.
func (o Offer) line(kind string, about Person) journal.Entry {
	return journal.Entry{Kind: kind, Subject: about.Subject(), Organization: o.Organization}
}
