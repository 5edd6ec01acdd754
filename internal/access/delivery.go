package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Credentials are the last that were sent to a contact: an invitation, or to one that has joined the way to a new
// password.
type Credentials struct {
	Invitation invitation.Invitation // zero for one that has joined
	Letter     mail.Letter
	Delivery   invitation.Delivery
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
		c.Delivery = invitation.OfLetter(c.Letter)
		return c, nil
	}
	if c.Invitation, err = invitation.Last(ctx, tx, by, of.ID); err != nil {
		return c, err
	}
	if c.Letter.ID != c.Invitation.Letter { // it is no longer kept
		c.Letter = mail.Letter{}
	}
	c.Delivery = invitation.DeliveryOf(c.Invitation, c.Letter, tx.Now())
	return c, nil
}

// Deliveries reads how far the invitations of several contacts have come; who has none that is open is left out.
// Permission: SeeContacts.
func Deliveries(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.Contact) (map[id.Contact]invitation.Delivery, error) {
	if err := by.Need(actor.SeeContacts); err != nil || len(of) == 0 {
		return nil, err
	}
	list, err := invitation.Open(ctx, tx, by, of)
	if err != nil {
		return nil, err
	}
	letters := make([]id.Letter, len(list))
	for n, i := range list {
		letters[n] = i.Letter
	}
	known, err := mail.Those(ctx, tx, by, letters)
	found := make(map[id.Contact]invitation.Delivery, len(list))
	for _, i := range list {
		found[i.Contact] = invitation.DeliveryOf(i, known[i.Letter], tx.Now())
	}
	return found, err
}

// Fates reads how far the credentials in letters have come; what is no longer kept is left out. Permission: SeeContacts.
func Fates(ctx context.Context, tx *sqldb.Tx, by actor.Actor, letters []id.Letter) (map[id.Letter]invitation.Delivery, error) {
	known, err := mail.Those(ctx, tx, by, letters)
	if err != nil {
		return nil, err
	}
	fates, invitations := make(map[id.Letter]invitation.Delivery, len(known)), make([]id.Invitation, 0, len(known))
	for _, l := range known {
		fates[l.ID] = invitation.OfLetter(l)
		if l.Kind == LetterInvitation {
			invitations = append(invitations, id.Invitation{UUID: l.Subject})
		}
	}
	list, err := invitation.Those(ctx, tx, by, invitations)
	for _, i := range list {
		fates[i.Letter] = invitation.DeliveryOf(i, known[i.Letter], tx.Now())
	}
	return fates, err
}
