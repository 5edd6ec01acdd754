package deposit

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Accept takes the offer in: it is the organisation's from now on, the contact stays as it is, not authorised. Doing it again is done;
// a deposit that was refused is a fault.Conflict. When the organisation is archived it is a fault.Conflict too, and nothing is done.
// Permission: ModerateOffers.
func Accept(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit) error {
	d, done, err := waiting(ctx, tx, by, deposit, Accepted)
	if err != nil || done {
		return err
	}
	if err := d.realize(ctx, tx, by); err != nil {
		return err
	}
	if err := d.acceptOffer(ctx, tx, by); err != nil {
		return err
	}
	return d.decide(ctx, tx, by, Accepted)
}

// Attach gives a deposit to another organisation, and to another contact of it; no contact is the one of the typed name, who is made if
// there is none. What the deposit alone had made where it was goes. It still waits then. What is not of the workspace is a
// fault.NotFound, a contact of another organisation too; an offer that staff have taken in already stays where it is, fault.Conflict.
// Permission: ModerateOffers.
func Attach(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit, to id.Organization, whom id.Contact) error {
	d, _, err := waiting(ctx, tx, by, deposit, Pending)
	if err != nil {
		return err
	}
	if _, err := organization.Get(ctx, tx, by, to); err != nil {
		return err
	}
	if !whom.IsZero() {
		c, err := contact.Get(ctx, tx, by, whom)
		if err == nil && c.Organization != to {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
	}
	if d.Organization == to {
		o, err := d.offer(ctx, tx, by)
		if err != nil {
			return err
		}
		if whom.IsZero() || d.Contact == whom && o.Author.ID == whom.UUID { // else the contact was named by a stranger alone until now
			return d.save(ctx, tx, by.Workspace)
		}
	}
	if err := d.keep(ctx, tx, by); err != nil {
		return err
	}
	elsewhere := d.Organization != to // else the organisation stays: only the contact is another
	if err := d.undo(ctx, tx, by, elsewhere); err != nil {
		return err
	}
	d.Organization, d.Contact = to, whom
	if err := d.realize(ctx, tx, by); err != nil {
		return err
	}
	if err := d.save(ctx, tx, by.Workspace); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: "deposit.attached", Subject: d.Subject(), Organization: d.Organization})
}

// keep notes what the offer says and holds by now, before it goes for another one; one that staff have taken in stays, fault.Conflict.
func (d *Deposit) keep(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	o, err := d.offer(ctx, tx, by)
	switch {
	case err != nil || o.ID.IsZero():
		return err
	case taken(o):
		return fault.New(fault.Conflict, "deposit.taken")
	}
	d.say(o)
	files, err := file.Of(ctx, tx, by, o.Owner())
	if err != nil || len(files) == 0 {
		return err
	}
	if err := file.Remove(ctx, tx, by, d.owner()); err != nil {
		return err
	}
	return file.Pass(ctx, tx, by, o.Owner(), d.owner())
}

// Refuse takes back what the deposit alone has made, and writes to its depositor if wanted. What was typed goes. Doing it again is done;
// a deposit that was accepted is a fault.Conflict. Permission: ModerateOffers.
func Refuse(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit, letter bool) error {
	d, done, err := waiting(ctx, tx, by, deposit, Refused)
	if err != nil || done {
		return err
	}
	if letter {
		_, err := mail.Queue(ctx, tx, mail.New{Kind: LetterRefused, Workspace: by.Workspace, Subject: d.ID.UUID, Language: d.Language})
		if err != nil {
			return err
		}
	}
	return d.reject(ctx, tx, by, Refused, letter)
}

// MarkSpam is Refuse for what is no offer at all: nobody is written to. Permission: ModerateOffers.
func MarkSpam(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit) error {
	d, done, err := waiting(ctx, tx, by, deposit, Spam)
	if err != nil || done {
		return err
	}
	return d.reject(ctx, tx, by, Spam, false)
}

// settled is how long the bare row of a deposit is kept that is refused: without anything that was typed, but for the address until its
// letter has left.
const settled = 30 * 24 * time.Hour

func (d *Deposit) reject(ctx context.Context, tx *sqldb.Tx, by actor.Actor, as State, letter bool) error {
	if err := d.undo(ctx, tx, by, true); err != nil {
		return err
	}
	if err := file.Remove(ctx, tx, by, d.owner()); err != nil {
		return err
	}
	if !letter {
		d.address = ""
	}
	d.EndsAt = tx.Now().Add(settled)
	return d.decide(ctx, tx, by, as)
}

// decide writes the decision, with its line in the history.
func (d *Deposit) decide(ctx context.Context, tx *sqldb.Tx, by actor.Actor, as State) error {
	at := d.Organization
	d.State, d.DecidedAt, d.DecidedBy = as, tx.Now(), by.Login
	if as == Accepted {
		d.address = ""
	}
	if err := d.save(ctx, tx, by.Workspace); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: "deposit." + string(as), Subject: d.Subject(), Organization: at})
}

// ReplaceAddress is « Remplacer l'adresse »: the contact gets the e-mail that the depositor typed. Whoever has a login keeps it, and the address
// that letters about it go to. Nothing else changes, and nothing is sent. Refusals are those of contact.Edit. Permission: ModerateOffers.
func ReplaceAddress(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit) error {
	d, _, err := waiting(ctx, tx, by, deposit, Pending)
	if err != nil {
		return err
	}
	c, err := contact.Get(ctx, tx, by, d.Contact)
	if err != nil {
		return err
	}
	in := contact.Input{
		Civility: string(c.Civility), JobTitle: c.JobTitle, Mobile: c.Mobile.String(), Phone: c.Phone.String(), Email: d.Email,
		Locale: c.Locale, TimeZone: c.TimeZone, Version: c.Version,
	}
	_, err = contact.Edit(ctx, tx, by, c.ID, in)
	return err
}

// parsed are the typed values of the contact.
func (d *Deposit) parsed(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (contact.Contact, error) {
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err != nil {
		return contact.Contact{}, err
	}
	return d.Input.contact(d.ID.UUID).Parse(host)
}
