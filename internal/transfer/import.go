package transfer

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// Import takes a file at once, in transactions of its own; dry, it only says what would become of the rows. Each refused
// row is handed to refused, in the file's order and when its batch is through; none is kept. When ctx ends, or refused
// fails, it stops between two batches: the result says what was done so far, and the error is theirs. A file that cannot
// be used is a fault.Invalid. A line in the history counts the rows. Permission: Import.
func Import(ctx context.Context, db *sqldb.DB, by actor.Actor, s Settings, noun Noun, o Options, dry bool, f sheet.File,
	refused func(Refusal) error) (Result, error) {
	s = s.withDefaults()
	m, err := newImporter(ctx, db, by, s, noun, o, dry)
	if err != nil {
		return Result{}, err
	}
	r, err := m.open(f)
	if err != nil {
		return Result{}, err
	}
	failure := m.run(ctx, r, nil, func(b *batch) error {
		for _, x := range b.refusals {
			if err := refused(x); err != nil {
				return err
			}
		}
		return nil
	})
	result := Result{Counts: m.total, UnknownColumns: m.l.unknown}
	if !dry && m.total.Rows() > 0 {
		err := db.Update(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error {
			return record(ctx, tx, by, "transfer.imported", id.NewTransfer(), noun, m.total)
		})
		if failure == nil {
			failure = err
		}
	}
	return result, failure
}

// record writes what was transferred into the history; numbers are no personal data.
func record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, transfer id.Transfer, noun Noun, c Counts) error {
	changes := []journal.Change{{Field: "noun", After: string(noun)}}
	count := func(field string, n int) {
		if n > 0 {
			changes = append(changes, journal.Change{Field: field, After: decimal(n)})
		}
	}
	count("new", c.New)
	count("changed", c.Changed)
	count("unchanged", c.Unchanged)
	count("refused", c.Refused)
	count("organizations", c.Organizations)
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: journal.Subject{Kind: "transfer", ID: transfer.UUID}, Changes: changes})
}
