package offer

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Create adds an offer to an organisation. What staff add is active at once; what the organisation's own people deposit, and what
// comes by the public form (Input.Source), is pending. Whoever deposits it is attached as its recruiter. The same form sent twice
// gives what the first made. fault.NotFound for an organisation that the caller may not see, and in a portal without offers.
// Permission: EditOffers; in the portal DepositOffers.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Input) (Offer, error) {
	if err := by.Need(writing(by)); err != nil {
		return Offer{}, err
	}
	if _, err := organization.Hold(ctx, tx, by, of); err != nil {
		return Offer{}, err
	}
	if err := open(ctx, tx, by); err != nil {
		return Offer{}, err
	}
	if earlier, err := posted(ctx, tx, by, of, in.Submission); err != nil || !earlier.ID.IsZero() {
		return earlier, err
	}
	said, err := in.Parse()
	if err != nil {
		return Offer{}, err
	}
	o := Offer{ID: id.NewOffer(), Organization: of, State: Active, Source: in.source(by), Submission: in.Submission}
	o.created(tx.Now())
	o.take(said.Terms)
	if o.Source == Portal || o.Source == Landing {
		o.State = Pending
	}
	if err := o.authored(ctx, tx, by, in.Depositor); err != nil {
		return Offer{}, err
	}
	return o, o.insert(ctx, tx, by)
}

// writing is the permission to write offers.
func writing(by actor.Actor) actor.Permission {
	if by.Kind == actor.Contact {
		return actor.DepositOffers
	}
	return actor.EditOffers
}

func (in Input) source(by actor.Actor) Source {
	switch {
	case by.Kind == actor.Contact:
		return Portal
	case in.Source != "":
		return in.Source
	case by.Kind == actor.API:
		return API
	}
	return Office
}

// open is nil where the caller may deposit now: staff always; somebody of the portal while they are what they came in as, and
// their workspace works with offers.
func open(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if by.Kind != actor.Contact {
		return nil
	}
	if err := contact.Still(ctx, tx, by); err != nil {
		return err
	}
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err == nil && !host.Offers {
		err = fault.Missing()
	}
	return err
}

// posted finds the offer that the caller's form has made before, confirmed by a write; none has no ID.
func posted(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, submission id.UUID) (Offer, error) {
	if submission.IsZero() {
		return Offer{}, nil
	}
	o, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM offer WHERE workspace_id = $1 AND submission = $2`, by.Workspace, submission)
	switch {
	case fault.Is(err, fault.NotFound):
		return Offer{}, nil
	case err != nil:
		return Offer{}, err
	case o.Organization != of || by.Kind == actor.Contact && !o.Deposited(by):
		return Offer{}, fault.New(fault.Conflict, "offer.submission_taken")
	}
	return o, touch(ctx, tx, by, o)
}

// authored notes who made the offer: the caller, or the contact for whom the caller takes it in.
func (o *Offer) authored(ctx context.Context, tx *sqldb.Tx, by actor.Actor, depositor id.Contact) error {
	o.Author = Person{Kind: by.Sort(), ID: by.Who()}
	if by.Kind == actor.Contact {
		depositor = by.Contact
	}
	if depositor.IsZero() {
		return nil
	}
	rows, err := contact.Rows(ctx, tx, actor.OfProgram(by.Workspace), []id.Contact{depositor})
	if err != nil {
		return err
	}
	row, there := rows[depositor]
	if !there || row.Organization != o.Organization {
		return fault.OnField(fault.Invalid, "contact", fault.M("offer.contact_unknown"))
	}
	o.Author = Person{actor.Contact, row.ID.UUID, row.Number, row.GivenName.String() + " " + row.FamilyName.String()}
	return nil
}

// insert writes the offer with its words, its depositor's part and its line in the history.
func (o *Offer) insert(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (err error) {
	if o.Number, err = tx.Next(ctx, by.Workspace, "offer"); err != nil {
		return err
	}
	if err := insert(ctx, tx, by.Workspace, []Offer{*o}); err != nil {
		return err
	}
	kind := "offer.created"
	if o.Author.Kind == actor.Contact {
		kind = "offer.deposited"
		row := []any{by.Workspace, o.ID, o.Author.ID, string(Recruiter), o.Number, 0, 0}
		if err := tx.InsertAll(ctx, partsInto, [][]any{row}); err != nil {
			return err
		}
	}
	return record(ctx, tx, by, kind, *o, terms.Changes(terms.Terms{}, o.Terms))
}

// insert writes new rows with their words.
func insert(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, list []Offer) error {
	var rows, words [][]any
	for _, o := range list {
		rows = append(rows, append([]any{workspace}, o.values()...))
		words = append(words, o.wordRows(workspace)...)
	}
	tx.Tally(workspace, "offers", int64(len(list)))
	if err := tx.InsertAll(ctx, offersInto, rows); err != nil {
		return err
	}
	return tx.InsertAll(ctx, wordsInto, words)
}

// Edit changes what an offer says; its organisation, state, file and contacts are others'. A version that is no longer the current
// one is a fault.Conflict «fault.version» that comes with the current values, and nothing is overwritten; but what is there already
// as wanted is confirmed. Permission: EditOffers; in the portal DepositOffers, of one's own while it is pending, else fault.Conflict.
func Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer, in Input) (Offer, error) {
	if err := by.Need(writing(by)); err != nil {
		return Offer{}, err
	}
	before, err := own(ctx, tx, by, offer)
	if err != nil {
		return before, err
	}
	said, err := in.Parse()
	if err != nil {
		return before, err
	}
	o := before
	o.take(said.Terms)
	differing := terms.Changes(before.Terms, o.Terms)
	if before.Version != in.Version && len(differing) > 0 {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	if len(differing) == 0 {
		return o, touch(ctx, tx, by, o)
	}
	o.Version, o.UpdatedAt = before.Version+1, tx.Now()
	_, err = tx.Exec(ctx, `UPDATE offer SET contract = $1, title = $2, starts_on = $3, ends_on = $4, duration = $5, rhythm = $6, posts = $7, place = $8, description = $9, profile = $10,
			year = $11, version = $12, updated_at = $13 WHERE workspace_id = $14 AND id = $15`, append(o.Values(), o.Year, o.Version, o.UpdatedAt, by.Workspace, o.ID)...)
	if err == nil {
		err = reword(ctx, tx, by, before, o)
	}
	if err != nil {
		return before, err
	}
	return o, record(ctx, tx, by, "offer.edited", o, differing)
}

// reword writes the words of an offer anew, where they are others.
func reword(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before, after Offer) error {
	if slices.Equal(before.Words(), after.Words()) {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM offer_word WHERE workspace_id = $1 AND number = $2`, by.Workspace, before.Number); err != nil {
		return err
	}
	return tx.InsertAll(ctx, wordsInto, after.wordRows(by.Workspace))
}

// own holds an offer that the caller may write: staff any, somebody of the portal what they deposited, while it waits.
func own(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) (Offer, error) {
	o, err := hold(ctx, tx, by, offer)
	if err != nil || by.Kind != actor.Contact {
		return o, err
	}
	if err := open(ctx, tx, by); err != nil {
		return Offer{}, err
	}
	switch {
	case !o.Deposited(by):
		return Offer{}, fault.New(fault.Forbidden, "fault.forbidden")
	case o.State != Pending:
		return o, fault.New(fault.Conflict, "offer.no_longer_pending")
	}
	return o, nil
}

// hold reads one and holds it until the transaction ends; fault.NotFound.
func hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) (Offer, error) {
	list, err := lock(ctx, tx, by, []id.Offer{offer})
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Offer{}, err
	}
	return list[0], nil
}

// touch confirms by a write what is there already, so that the answer is as durable as the first one was.
func touch(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Offer) error {
	_, err := tx.Exec(ctx, `UPDATE offer SET version = version WHERE workspace_id = $1 AND id = $2`, by.Workspace, o.ID)
	return err
}

func entry(kind string, o Offer, differing []journal.Change) journal.Entry {
	return journal.Entry{Kind: kind, Subject: o.Subject(), Organization: o.Organization, Changes: differing}
}

func record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, o Offer, differing []journal.Change) error {
	return journal.Record(ctx, tx, by, entry(kind, o, differing))
}
