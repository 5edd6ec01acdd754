package app

import (
	"context"
	"io"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Sample says how many organisations and people are to be made up, and where.
type Sample struct {
	Organizations, Contacts      int
	Requests, Comments, Invoices int
	Workspace                    string    // slug; one that does not exist yet is made
	Out                          io.Writer // told how far it is
}

// check is nil when the numbers can be made up.
func (in Sample) check() error {
	least := min(in.Organizations, in.Contacts, in.Requests, in.Comments, in.Invoices)
	if least < 0 || in.Contacts > 0 && in.Organizations == 0 || in.Requests+in.Invoices > 0 && in.Contacts == 0 || in.Comments > 0 && in.Requests == 0 {
		return fault.OnField(fault.Invalid, "organizations", fault.M("command.sample_numbers"))
	}
	return nil
}

// sampleSeed makes the same data in every installation, so that measurements can be compared.
const sampleSeed = 1

// Sample fills a workspace without organisations, by the rooms' own verbs, and seals its history. Ended by ctx, it
// leaves what it has made so far.
func (b *Base) Sample(ctx context.Context, in Sample) error {
	if err := in.check(); err != nil {
		return err
	}
	w, err := b.sampleWorkspace(ctx, in.Workspace)
	if err != nil {
		return err
	}
	locked, err := b.locked(ctx)
	if err != nil {
		return err
	}
	source := sample.New(sampleSeed, sample.Kind(w.Kind), in.Organizations, in.Contacts)
	f := newFilling(b.db, actor.OfProgram(w.ID), source, in.Out, locked)
	f.deals = in.Requests+in.Invoices > 0
	for f.next < f.source.Organizations() {
		if err := f.batch(ctx); err != nil {
			return err
		}
	}
	if f.deals {
		if err := f.deal(ctx, source.Dealings(in.Requests, in.Comments, in.Invoices)); err != nil {
			return err
		}
	}
	return b.seal(ctx, b.db)
}

// locked is a password that nobody knows, and as random as a key: it needs no costly hash, for which this command has no
// settings.
func (b *Base) locked(ctx context.Context) (login.Hash, error) {
	return login.NewDesk(b.db, b.secret, login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 1}).Hash(ctx, demoPassword())
}

// sampleWorkspace finds the workspace, or makes a school, and refuses one that has organisations.
func (b *Base) sampleWorkspace(ctx context.Context, slug string) (w workspace.Workspace, err error) {
	err = b.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		w, err = workspace.GetBySlug(ctx, tx, slug)
		if fault.Is(err, fault.NotFound) {
			w, err = workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "Sample", Kind: string(workspace.School)})
		}
		if err != nil {
			return err
		}
		n, err := sqldb.Total(ctx, tx, w.ID, "organizations")
		if err == nil && n > 0 {
			err = fault.OnField(fault.Conflict, "workspace", fault.M("command.sample_not_empty"))
		}
		return err
	})
	return w, err
}
