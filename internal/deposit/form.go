package deposit

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/deposit/form"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Form is how a workspace's public form works, FormInput what an admin says of it.
type (
	Form      = form.Form
	FormInput = form.Input
)

// MaxConsent is the length of a text to agree to, in characters.
const MaxConsent = form.MaxConsent

const formColumns = `enabled, confirmed, consent_fr, consent_en, months, origins, version`

func scanForm(row sqldb.Scanner) (f Form, err error) {
	var origins string
	err = row.Scan(&f.Enabled, &f.Confirmed, &f.ConsentFR, &f.ConsentEN, &f.Months, &origins, &f.Version)
	f.Origins = strings.Fields(origins)
	return f, err
}

// readForm reads a workspace and its form, open or not.
func readForm(ctx context.Context, tx *sqldb.Tx, in id.Workspace) (workspace.Workspace, Form, error) {
	host, err := workspace.Get(ctx, tx, in)
	if err != nil {
		return host, Form{}, err
	}
	f, err := sqldb.One(ctx, tx, scanForm, `SELECT `+formColumns+` FROM deposit_form WHERE workspace_id = $1`, in)
	if fault.Is(err, fault.NotFound) {
		return host, form.Standard(), nil
	}
	return host, f, err
}

// openForm is readForm; a fault.NotFound where there is none, or the workspace works with no offers.
func openForm(ctx context.Context, tx *sqldb.Tx, in id.Workspace) (workspace.Workspace, Form, error) {
	host, f, err := readForm(ctx, tx, in)
	if err == nil && (!f.Enabled || !host.Offers) {
		err = fault.Missing()
	}
	return host, f, err
}

// Open reads the workspace of that slug and its form, for the public page: nobody is asked who they are. A workspace that is not
// there, and one without a form, are the same fault.NotFound.
func Open(ctx context.Context, tx *sqldb.Tx, slug string) (workspace.Workspace, Form, error) {
	host, err := workspace.GetBySlug(ctx, tx, slug)
	if err != nil {
		return host, Form{}, fault.Missing()
	}
	return openForm(ctx, tx, host.ID)
}

// FormOf reads the form of the caller's workspace, open or not. Permission: EditOfferForm.
func FormOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (Form, error) {
	if err := by.Need(actor.EditOfferForm); err != nil {
		return Form{}, err
	}
	_, f, err := readForm(ctx, tx, by.Workspace)
	return f, err
}

// EditForm changes it. A version that is no longer the current one is a fault.Conflict «fault.version» that comes with the current
// form, and nothing is overwritten; but what is there already as wanted is confirmed. Permission: EditOfferForm.
func EditForm(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in FormInput) (Form, error) {
	if err := by.Need(actor.EditOfferForm); err != nil {
		return Form{}, err
	}
	if err := tx.Lock(ctx, "workspace", "id = $1", by.Workspace); err != nil {
		return Form{}, err
	}
	_, before, err := readForm(ctx, tx, by.Workspace)
	if err != nil {
		return before, err
	}
	after, err := in.Parse()
	if err != nil {
		return before, err
	}
	differing := form.Changes(before, after)
	if len(differing) > 0 && before.Version != in.Version {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	after.Version = before.Version
	if len(differing) > 0 {
		after.Version++
	}
	_, err = tx.Exec(ctx, `INSERT INTO deposit_form (workspace_id, `+formColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (workspace_id) DO UPDATE SET enabled = excluded.enabled, confirmed = excluded.confirmed, consent_fr = excluded.consent_fr,
			consent_en = excluded.consent_en, months = excluded.months, origins = excluded.origins, version = excluded.version`,
		by.Workspace, after.Enabled, after.Confirmed, after.ConsentFR, after.ConsentEN, after.Months, strings.Join(after.Origins, " "), after.Version)
	if err != nil || len(differing) == 0 {
		return after, err
	}
	return after, journal.Record(ctx, tx, by, journal.Entry{
		Kind: "deposit_form.edited", Subject: journal.Subject{Kind: "workspace", ID: by.Workspace.UUID()}, Changes: differing,
	})
}
