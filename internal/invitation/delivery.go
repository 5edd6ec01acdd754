package invitation

import (
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Delivery is how far a letter with somebody's way in has come, as the host's staff see it.
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

// DeliveryOf computes it from what the two say; the letter is zero when it is no longer kept.
func DeliveryOf(i Invitation, l mail.Letter, now sqldb.Time) Delivery {
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
	return OfLetter(l)
}

// OfLetter is for what has no state but its letter's. A letter that is no longer kept was sent.
func OfLetter(l mail.Letter) Delivery {
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
