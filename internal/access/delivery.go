package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Delivery is how far a contact's last credentials have come, as the host's staff see it.
type Delivery string

// The deliveries.
const (
	Queued   Delivery = "queued"   // en file
	Sent     Delivery = "sent"     // envoyé: the mail server took the letter
	Refused  Delivery = "refused"  // refusé: it did not, for the letter's Reason
	Opened   Delivery = "opened"   // page ouverte
	Accepted Delivery = "accepted" // accepté
	Expired  Delivery = "expired"  // expiré
	NotMine  Delivery = "declined" // « Cette invitation n'est pas pour moi »
	Void     Delivery = "void"     // what it stood on has changed
)

// Credentials are the last that were sent to a contact: an invitation, or to one that has joined the way to a new
// password.
type Credentials struct {
	Invitation Invitation // zero for one that has joined
	Letter     mail.Letter
	Delivery   Delivery
}

// delivery computes it from what the two say.
func delivery(i Invitation, l mail.Letter, now sqldb.Time) Delivery {
	switch {
	case i.Ended == Used:
		return Accepted
	case i.Ended == Declined:
		return NotMine
	case i.Ended != "" || !i.Stands:
		return Void
	case !i.OpenedAt.IsZero() && now < i.ExpiresAt:
		return Opened
	case l.State == mail.Refused:
		return Refused
	case now >= i.ExpiresAt:
		return Expired
	}
	return ofLetter(l)
}

// ofLetter is for what has no state but its letter's. A letter that is no longer kept was sent.
func ofLetter(l mail.Letter) Delivery {
	switch l.State {
	case mail.Queued:
		return Queued
	case mail.Refused:
		return Refused
	case mail.Withdrawn:
		return Void
	}
	return Sent
}

// letters that About looks through for a contact's last credentials.
const recentLetters = 8

// LastCredentials reads what was last sent to the contact, the person that it is now; fault.NotFound when nothing ever
// was. Permission: SeeContacts.
func LastCredentials(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of contact.Contact) (c Credentials, err error) {
	list, err := mail.About(ctx, tx, by, of.ID, recentLetters)
	if err != nil {
		return c, err
	}
	for _, l := range list {
		if l.Kind == LetterInvitation || l.Kind == LetterCredentials && l.Login == of.Login {
			c.Letter = l
			break
		}
	}
	if c.Letter.Kind == LetterCredentials {
		c.Delivery = ofLetter(c.Letter)
		return c, nil
	}
	if c.Invitation, err = Last(ctx, tx, by, of.ID); err != nil {
		return c, err
	}
	if c.Letter.ID != c.Invitation.Letter { // it is no longer kept
		c.Letter = mail.Letter{}
	}
	c.Delivery = delivery(c.Invitation, c.Letter, tx.Now())
	return c, nil
}

// Deliveries reads how far the invitations of several contacts have come; who has none that is open is left out.
// Permission: SeeContacts.
func Deliveries(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.Contact) (map[id.Contact]Delivery, error) {
	if err := by.Need(actor.SeeContacts); err != nil || len(of) == 0 {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, of)
	list, err := sqldb.List(ctx, tx, scanInvitation, selectInvitation+` WHERE i.workspace_id = $1 AND i.ended_at IS NULL AND i.contact_id `+in, args...)
	if err != nil {
		return nil, err
	}
	letters := make([]id.Letter, len(list))
	for n, i := range list {
		letters[n] = i.Letter
	}
	known, err := mail.Those(ctx, tx, by, letters)
	found := make(map[id.Contact]Delivery, len(list))
	for _, i := range list {
		found[i.Contact] = delivery(i, known[i.Letter], tx.Now())
	}
	return found, err
}

// IsOver reports whether err says that a link opens nothing.
func IsOver(err error) bool {
	f := fault.As(err)
	return f != nil && f.Message.Key == over().(*fault.Error).Message.Key
}
