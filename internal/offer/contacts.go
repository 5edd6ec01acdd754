package offer

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Part is what a contact has to do with an offer. One contact may have several.
type Part string

// The parts.
const (
	Recruiter Part = "recruiter"
	Tutor     Part = "tutor" // of an apprenticeship: maître d'apprentissage
	Signatory Part = "signatory"
	Billing   Part = "billing"
)

// Parts lists them in the order of a form.
func Parts() []Part { return []Part{Recruiter, Tutor, Signatory, Billing} }

// What one maître d'apprentissage may accompany at once (code du travail, R. 6223-6): two apprentices, and one who takes the last year again.
const (
	MostApprentices = 2
	MostRepeating   = 1
)

// Attached is a contact with its part in an offer.
type Attached struct {
	contact.Row
	Part        Part
	Apprentices int64 // that a tutor accompanies on this offer
	Repeating   int64 // of them, those who take their last year again
}

// Attachment is what a form or a program says of it, as text.
type Attachment struct {
	Contact     id.Contact
	Part        string
	Apprentices string // of a tutor; "" = as many as the offer has posts
	Repeating   string // "" = none
}

// Load is how many apprentices somebody accompanies at once: on the apprenticeships whose tutor they are and that are active and have
// not ended, whatever the organisation's other tutors do.
type Load struct{ Apprentices, Repeating int64 }

// Exceeds reports whether that is more than the rule lets one person accompany. It is a warning and refuses nothing: the rule has
// exceptions that only people know.
func (l Load) Exceeds() bool {
	return l.Repeating > MostRepeating || l.Apprentices-l.Repeating > MostApprentices
}

// Attach gives a contact of the offer's organisation a part in it; one that it has already is said anew. For a tutor it gives what they
// accompany with it, this offer counted even while it is not active. Permission: EditOffers.
func Attach(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer, in Attachment) (Load, error) {
	if err := by.Need(actor.EditOffers); err != nil {
		return Load{}, err
	}
	o, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM offer WHERE workspace_id = $1 AND id = $2`, by.Workspace, offer)
	if err != nil {
		return Load{}, err
	}
	if _, err := organization.Hold(ctx, tx, by, o.Organization); err != nil { // nobody deletes its contacts meanwhile
		return Load{}, err
	}
	if o, err = hold(ctx, tx, by, offer); err != nil {
		return Load{}, err
	}
	a, err := in.parse(ctx, tx, by, o)
	if err != nil {
		return Load{}, err
	}
	if err := attach(ctx, tx, by, o, a); err != nil {
		return Load{}, err
	}
	if a.Part != Tutor {
		return Load{}, nil
	}
	loads, err := Loads(ctx, tx, by, o, a.ID)
	return loads[a.ID], err
}

func (in Attachment) parse(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Offer) (a Attached, err error) {
	var faults fault.Fields
	rows, err := contact.Rows(ctx, tx, by, []id.Contact{in.Contact})
	if err != nil {
		return a, err
	}
	row, there := rows[in.Contact]
	if !there || row.Organization != o.Organization {
		faults.Add("contact", fault.M("offer.contact_unknown"))
	}
	a.Row, a.Part = row, Part(in.Part)
	if !slices.Contains(Parts(), a.Part) {
		faults.Add("part", fault.M("fault.choice"))
	}
	if a.Part == Tutor && o.Contract == terms.Apprenticeship {
		a.Apprentices = some(&faults, "apprentices", in.Apprentices, o.Posts, MaxPosts)
		a.Repeating = some(&faults, "repeating", in.Repeating, 0, a.Apprentices)
	}
	return a, faults.Err()
}

// some reads a number of people up to most.
func some(faults *fault.Fields, field, typed string, otherwise, most int64) int64 {
	if typed = strings.TrimSpace(typed); typed == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || n < 0 || n > most {
		faults.Add(field, fault.M("offer.people", "Max", most))
	}
	return n
}

// attach writes the row; the history gets a line only where something is new.
func attach(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Offer, a Attached) error {
	before, err := sqldb.List(ctx, tx, scanPart, `SELECT `+partColumns+` FROM offer_contact WHERE workspace_id = $1 AND offer_id = $2 AND contact_id = $3 AND part = $4`,
		by.Workspace, o.ID, a.ID, string(a.Part))
	if err != nil {
		return err
	}
	if len(before) == 0 {
		if err := tx.InsertAll(ctx, partsInto, [][]any{{by.Workspace, o.ID, a.ID, string(a.Part), o.Number, a.Apprentices, a.Repeating}}); err != nil {
			return err
		}
		return record(ctx, tx, by, "offer.attached", o, a.changes())
	}
	_, err = tx.Exec(ctx, `UPDATE offer_contact SET apprentices = $1, repeating = $2 WHERE workspace_id = $3 AND offer_id = $4 AND contact_id = $5 AND part = $6`,
		a.Apprentices, a.Repeating, by.Workspace, o.ID, a.ID, string(a.Part))
	return err
}

// changes are what the history keeps of it: the contact's number, not its name, which goes with the contact.
func (a Attached) changes() []journal.Change {
	return []journal.Change{{Field: "contact", After: a.Label()}, {Field: "part", After: string(a.Part)}}
}

// Detach takes a part from a contact; one that it does not have is passed over. Permission: EditOffers.
func Detach(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer, whom id.Contact, part Part) error {
	if err := by.Need(actor.EditOffers); err != nil {
		return err
	}
	o, err := hold(ctx, tx, by, offer)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `DELETE FROM offer_contact WHERE workspace_id = $1 AND offer_id = $2 AND contact_id = $3 AND part = $4`, by.Workspace, offer, whom, string(part))
	if err != nil {
		return err
	}
	if n == 0 {
		return touch(ctx, tx, by, o)
	}
	rows, err := contact.Rows(ctx, tx, by, []id.Contact{whom})
	if err != nil {
		return err
	}
	return record(ctx, tx, by, "offer.detached", o, Attached{Row: rows[whom], Part: part}.changes())
}

const partColumns = `offer_id, contact_id, part, apprentices, repeating`

// placed is a row of offer_contact.
type placed struct {
	offer id.Offer
	Attached
}

func scanPart(row sqldb.Scanner) (p placed, err error) {
	return p, row.Scan(&p.offer, &p.ID, (*string)(&p.Part), &p.Apprentices, &p.Repeating)
}

// Contacts gives who is attached to offers that the caller has read, by offer, in the order of Parts and then of names. In the portal
// it leaves out whom the portal does not show. An offer whose contacts are all gone has none. Permission: as with Get.
func Contacts(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offers ...id.Offer) (map[id.Offer][]Attached, error) {
	if err := MayRead(by); err != nil {
		return nil, err
	}
	found := make(map[id.Offer][]Attached, len(offers))
	for chunk := range slices.Chunk(offers, sqldb.Many) {
		in, args := sqldb.In(tx, []any{by.Workspace}, chunk)
		parts, err := sqldb.List(ctx, tx, scanPart, `SELECT `+partColumns+` FROM offer_contact WHERE workspace_id = $1 AND offer_id `+in, args...)
		if err != nil {
			return nil, err
		}
		ids := make([]id.Contact, len(parts))
		for i, p := range parts {
			ids[i] = p.ID
		}
		rows, err := contact.Rows(ctx, tx, actor.OfProgram(by.Workspace), ids)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			if row := rows[p.ID]; shown(by, row) {
				p.Row = row
				found[p.offer] = append(found[p.offer], p.Attached)
			}
		}
	}
	for _, list := range found {
		slices.SortFunc(list, compare)
	}
	return found, nil
}

func compare(a, b Attached) int {
	order := slices.Index(Parts(), a.Part) - slices.Index(Parts(), b.Part)
	if order == 0 {
		order = strings.Compare(a.FamilyName.Key()+"\x00"+a.GivenName.Key(), b.FamilyName.Key()+"\x00"+b.GivenName.Key())
	}
	return order
}

// Loads gives what contacts accompany as tutors, see Load; on the offer itself they count whatever its state. Permission: SeeOffers.
func Loads(ctx context.Context, tx *sqldb.Tx, by actor.Actor, on Offer, contacts ...id.Contact) (map[id.Contact]Load, error) {
	if err := by.Need(actor.SeeOffers); err != nil {
		return nil, err
	}
	loads := make(map[id.Contact]Load, len(contacts))
	for chunk := range slices.Chunk(contacts, sqldb.Many) {
		in, args := sqldb.In(tx, []any{by.Workspace, on.ID, string(day.Of(tx.Now().Time()))}, chunk)
		// CROSS JOIN: SQLite keeps the order of the tables (performance.md, trap 1).
		_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
			var whom id.Contact
			var l Load
			err = row.Scan(&whom, &l.Apprentices, &l.Repeating)
			loads[whom] = l
			return none, err
		}, `SELECT c.contact_id, CAST(SUM(c.apprentices) AS BIGINT), CAST(SUM(c.repeating) AS BIGINT) FROM offer_contact c CROSS JOIN offer o
			WHERE c.workspace_id = $1 AND c.contact_id `+in+` AND c.part = 'tutor' AND o.workspace_id = $1 AND o.id = c.offer_id AND o.contract = 'apprenticeship'
			AND (o.id = $2 OR o.state = 'active' AND (o.ends_on = '' OR o.ends_on >= $3)) GROUP BY c.contact_id`, args...)
		if err != nil {
			return nil, err
		}
	}
	return loads, nil
}
