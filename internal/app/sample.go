package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Sample says how many organisations and people are to be made up, and where.
type Sample struct {
	Organizations, Contacts int
	Workspace               string    // slug; one that does not exist yet is made
	Out                     io.Writer // told how far it is
}

// holdTime is how long one transaction of the filling keeps others from writing.
const holdTime = 150 * time.Millisecond

// sampleSeed makes the same data in every installation, so that measurements can be compared.
const sampleSeed = 1

// Sample fills a workspace without organisations, by the rooms' own verbs, and seals its history. Ended by ctx, it
// leaves what it has made so far.
func (b *Base) Sample(ctx context.Context, in Sample) error {
	if in.Organizations < 0 || in.Contacts < 0 || in.Contacts > 0 && in.Organizations == 0 {
		return fault.OnField(fault.Invalid, "organizations", fault.M("command.sample_numbers"))
	}
	w, err := b.sampleWorkspace(ctx, in.Workspace)
	if err != nil {
		return err
	}
	f := &filling{
		db: b.db, by: actor.OfProgram(w.ID), out: in.Out, now: b.db.Now(), told: b.db.Now(),
		source: sample.New(sampleSeed, sample.Kind(w.Kind), in.Organizations, in.Contacts),
	}
	f.begun = f.now
	for f.at.organization < f.source.Organizations() {
		if err := f.batch(ctx); err != nil {
			return err
		}
	}
	return seal(ctx, b.db)
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

// filling is how far it is.
type filling struct {
	db     *sqldb.DB
	source *sample.Source
	by     actor.Actor
	out    io.Writer
	begun  time.Time
	told   time.Time
	now    time.Time
	at     place
}

// place is the next thing to make: a contact of the organisation, or, when known is none, the organisation itself.
type place struct {
	organization, contact int
	known                 id.Organization
}

// batch makes as much as one transaction may.
func (f *filling) batch(ctx context.Context) error {
	var reached place
	err := f.db.Update(ctx, func(tx *sqldb.Tx) error {
		reached = f.at
		for end := f.db.Now().Add(holdTime); reached.organization < f.source.Organizations() && f.db.Now().Before(end); {
			if err := f.one(ctx, tx, &reached); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.at = reached
	return f.tell()
}

// one makes the next organisation or contact.
func (f *filling) one(ctx context.Context, tx *sqldb.Tx, at *place) error {
	first, n := f.source.Members(at.organization)
	if at.known.IsZero() {
		made, err := organization.Create(ctx, tx, f.by, organizationInput(f.source.Organization(at.organization)))
		at.known, at.contact = made.ID, first
		return err
	}
	if at.contact == first+n {
		at.organization++
		at.known = id.Organization{}
		return nil
	}
	l := invented(f.source.Contact(at.contact), f.ago)
	made, err := contact.Create(ctx, tx, f.by, at.known, l.input)
	if err != nil {
		return err
	}
	l.past.CreatedAt, l.past.AuthorizedAt = f.ago(l.created), f.ago(l.authorized)
	at.contact++
	return contact.Imagine(ctx, tx, f.by, made.ID, l.past)
}

// ago is that long before the filling; 0 is never.
func (f *filling) ago(d time.Duration) sqldb.Time {
	if d == 0 {
		return 0
	}
	return sqldb.At(f.now.Add(-d))
}

// tell says now and then how far it is.
func (f *filling) tell() error {
	now := f.db.Now()
	if done := f.at.organization == f.source.Organizations(); !done && now.Sub(f.told) < 5*time.Second {
		return nil
	}
	f.told = now
	_, err := fmt.Fprintf(f.out, "%d of %d organisations, %d of %d contacts, %.0f s\n",
		f.at.organization, f.source.Organizations(), f.at.contact, f.source.Contacts(), now.Sub(f.begun).Seconds())
	return err
}

func organizationInput(o sample.Organization) organization.Input {
	return organization.Input{
		Name: o.Name, SIRET: o.SIRET.Plain(), CustomerNumber: o.CustomerNumber, Address: o.Address, Postcode: o.Postcode,
		City: o.City, Phone: o.Phone.String(), Website: o.Website,
	}
}
