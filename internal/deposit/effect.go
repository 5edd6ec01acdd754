package deposit

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit/ties"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
)

// realize finds or makes what the deposit names: the organisation, the contact, the offer. What is there already is attached and never
// changed. A contact that is made has no gate open, whatever was typed. What is wrong comes back as the refusal of the room that it
// came from; what was done before stays noted in the deposit.
func (d *Deposit) realize(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	org, err := d.place(ctx, tx, by)
	if err == nil && org.Archived() {
		err = fault.New(fault.Conflict, "contact.organization_archived")
	}
	if err != nil {
		return err
	}
	if err := d.person(ctx, tx, by, org); err != nil {
		return err
	}
	return d.makeOffer(ctx, tx, by)
}

// stands reports whether a deposit may wait for staff in spite of that refusal, which they can do something about: the organisation
// is archived, or the workspace asks for more by now than it did.
func stands(err error) bool {
	e := fault.As(err)
	return e != nil && (e.Kind == fault.Invalid || e.Message.Key == "contact.organization_archived")
}

// place is the organisation: the one that was chosen, the one that bears the SIRET, else a new one. Without a SIRET nothing says
// which one it is, so it is new, and staff attach it elsewhere.
func (d *Deposit) place(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (organization.Organization, error) {
	if !d.Organization.IsZero() {
		org, err := organization.Hold(ctx, tx, by, d.Organization) // nobody deletes it meanwhile
		if !fault.Is(err, fault.NotFound) {
			return org, err
		}
		d.Organization, d.Contact, d.Offer, d.NewPlace, d.NewContact = id.Organization{}, id.Contact{}, id.Offer{}, false, false
	}
	number, err := siret.Parse(d.SIRET)
	if err == nil && !number.IsZero() {
		org, err := organization.BySIRET(ctx, tx, by, number)
		if !fault.Is(err, fault.NotFound) {
			d.Organization = org.ID
			return org, err
		}
	}
	org, err := organization.Create(ctx, tx, by, d.Input.organization(d.ID.UUID))
	d.Organization, d.NewPlace = org.ID, err == nil
	return org, err
}

// person is the contact: the one that was chosen, the one of that name in the organisation, else a new one from the public form.
func (d *Deposit) person(ctx context.Context, tx *sqldb.Tx, by actor.Actor, org organization.Organization) error {
	if !d.Contact.IsZero() {
		c, err := contact.Get(ctx, tx, by, d.Contact)
		if err == nil && c.Organization == org.ID {
			return nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		d.Contact, d.NewContact = id.Contact{}, false
	}
	for range 2 {
		found, err := d.namesake(ctx, tx, by, org)
		if err != nil || !found.IsZero() {
			d.Contact = found
			return err
		}
		c, err := contact.Create(ctx, tx, by, org.ID, d.Input.contact(d.ID.UUID))
		if e := fault.As(err); e != nil && e.Kind == fault.Conflict && len(e.Fields) > 0 {
			continue // somebody has just made it: it is found now
		}
		if err == nil {
			d.Contact, d.NewContact = c.ID, true
		}
		return err
	}
	return fault.New(fault.Conflict, "fault.conflict")
}

// namesake is who bears the name in the organisation already; zero = nobody.
func (d *Deposit) namesake(ctx context.Context, tx *sqldb.Tx, by actor.Actor, org organization.Organization) (id.Contact, error) {
	typed, err := d.parsed(ctx, tx, by)
	if err != nil {
		return id.Contact{}, err
	}
	key := typed.Key(org.Identifier(by.Workspace))
	found, err := contact.ByKeys(ctx, tx, by, []string{key})
	return found[key].ID, err
}

// makeOffer is the offer, which waits to be accepted; the contact is attached as its recruiter.
func (d *Deposit) makeOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if o, err := d.offer(ctx, tx, by); err != nil || !o.ID.IsZero() {
		return err
	}
	in := d.Input.offer(id.UUID{})
	theirs, err := d.proven(ctx, tx, by)
	if err != nil {
		return err
	}
	if theirs {
		in.Depositor = d.Contact
	}
	o, err := offer.Create(ctx, tx, by, d.Organization, in)
	if d.Offer = o.ID; err != nil || theirs {
		return err
	}
	_, err = offer.Attach(ctx, tx, by, o.ID, offer.Attachment{Contact: d.Contact, Part: string(offer.Recruiter)})
	return err
}

// proven reports whether the offer is the contact's own, which they see in the portal while it waits: the deposit made the contact,
// staff say so, or the letter was answered from the address that is stored. A name that a stranger typed is no proof, and puts their
// words into nobody's portal.
func (d *Deposit) proven(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (bool, error) {
	if d.NewContact || by.Kind == actor.Staff {
		return true, nil
	}
	c, err := contact.Get(ctx, tx, by, d.Contact)
	return d.answered && c.Email.String() == d.address, err
}

// acceptOffer makes the offer active, with the file that came with it; one that staff have taken in already stays as it is.
func (d *Deposit) acceptOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	o, err := offer.Get(ctx, tx, by, d.Offer)
	if err != nil {
		return err
	}
	if err := d.passFile(ctx, tx, by, o); err != nil || taken(o) {
		return err
	}
	_, err = offer.Accept(ctx, tx, by, d.Offer)
	return err
}

// passFile gives the offer the file that came along, unless it has been given another one.
func (d *Deposit) passFile(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o offer.Offer) error {
	files, err := file.Of(ctx, tx, by, o.Owner())
	if err != nil {
		return err
	}
	if len(files) > 0 {
		return file.Remove(ctx, tx, by, d.owner())
	}
	return file.Pass(ctx, tx, by, d.owner(), o.Owner())
}

// dropOffer takes the offer away, unless staff have taken it in otherwise.
func (d *Deposit) dropOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	o, err := d.offer(ctx, tx, by)
	if d.Offer = (id.Offer{}); err != nil || taken(o) {
		return err
	}
	_, err = offer.Delete(ctx, tx, by, o.ID) // none is passed over
	return err
}

// offer reads what became of the deposit; zero = nothing yet, or nothing any more.
func (d *Deposit) offer(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (offer.Offer, error) {
	if d.Offer.IsZero() {
		return offer.Offer{}, nil
	}
	o, err := offer.Get(ctx, tx, by, d.Offer)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return o, err
}

// taken reports whether staff have taken an offer in already, among the offers.
func taken(o offer.Offer) bool { return o.State == offer.Active || o.State == offer.Inactive }

// undo takes back what the deposit alone has made: the offer, the contact and, if so, the organisation that nothing else refers to.
func (d *Deposit) undo(ctx context.Context, tx *sqldb.Tx, by actor.Actor, place bool) error {
	if err := d.dropOffer(ctx, tx, by); err != nil {
		return err
	}
	if err := d.dropContact(ctx, tx, by); err != nil || !place {
		return err
	}
	return d.dropPlace(ctx, tx, by)
}

// dropContact deletes the contact that was made for the deposit, unless somebody has done something with it since.
func (d *Deposit) dropContact(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	of := d.Contact
	made := d.NewContact && !of.IsZero()
	d.Contact, d.NewContact = id.Contact{}, false
	if !made {
		return nil
	}
	if by.Need(actor.EditContacts) != nil { // another program, which may edit offers alone
		by = actor.OfProgram(by.Workspace)
	}
	c, _, err := contact.Hold(ctx, tx, by, of)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	touched := c.Source != contact.Landing || !c.AuthorizedAt.IsZero() || c.LoginEnabled || !c.Login.IsZero() || !c.CredentialsSentAt.IsZero() ||
		!c.AcceptedAt.IsZero()
	if touched {
		return nil
	}
	if used, err := d.used(ctx, tx, by, ties.ToContact, of.UUID, `made_contact = 1 WHERE contact_id = $2`); err != nil || used {
		return err
	}
	return contact.Delete(ctx, tx, by, of, id.Contact{})
}

// dropPlace deletes the organisation that was made for the deposit, if nothing is in it.
func (d *Deposit) dropPlace(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	of := d.Organization
	made := d.NewPlace && !of.IsZero()
	d.Organization, d.NewPlace = id.Organization{}, false
	if !made {
		return nil
	}
	program := actor.OfProgram(by.Workspace) // an officer may refuse a deposit, and delete no organisation but so
	if _, err := organization.Lock(ctx, tx, program, of); fault.Is(err, fault.NotFound) {
		return nil
	} else if err != nil {
		return err
	}
	if used, err := d.used(ctx, tx, by, ties.ToOrganization, of.UUID, `made_organization = 1 WHERE organization_id = $2`); err != nil || used {
		return err
	}
	return contact.DeleteOrganization(ctx, tx, program, of)
}

// used reports whether anything else refers to what was made. Those that wait and do will take it away in its stead: $2 of inherit.
func (d *Deposit) used(ctx context.Context, tx *sqldb.Tx, by actor.Actor, to ties.Ties, of id.UUID, inherit string) (bool, error) {
	used, err := to.Hold(ctx, tx, by.Workspace, of, d.ID)
	if err != nil || !used {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE deposit SET `+inherit+` AND workspace_id = $1 AND id <> $3 AND state = 'pending'`, by.Workspace, of, d.ID)
	return true, err
}

// remove takes the row away, with the file that was never the offer's.
func (d *Deposit) remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if err := file.Remove(ctx, tx, by, d.owner()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM deposit WHERE workspace_id = $1 AND id = $2`, by.Workspace, d.ID)
	return err
}
