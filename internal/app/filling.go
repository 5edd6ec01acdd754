package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
)

// filling fills a workspace with sample data, organisation by organisation in their order, many a transaction.
type filling struct {
	db     *sqldb.DB
	by     actor.Actor
	source *sample.Source
	out    io.Writer
	begun  time.Time
	told   time.Time
	next   int        // organisation
	size   int        // rows of the next transaction
	locked login.Hash // the password of those who have joined, which nobody knows

	deals         bool              // they get requests or invoices
	organizations []id.Organization // that were made, in their order
	contacts      []request.Person  // likewise
}

// How long a transaction may keep others from writing, and how many rows it may have.
const (
	fillTime  = 150 * time.Millisecond
	fillLeast = 50
	fillMost  = 2000
)

func newFilling(db *sqldb.DB, by actor.Actor, source *sample.Source, out io.Writer, locked login.Hash) *filling {
	now := db.Now()
	return &filling{db: db, by: by, source: source, out: out, begun: now, told: now, size: fillLeast, locked: locked}
}

// crowd is what one transaction makes.
type crowd struct {
	organizations []organization.Organization
	archived      []id.Organization
	people        []contact.Addition
}

// batch makes the next organisations with their people.
func (f *filling) batch(ctx context.Context) error {
	c, end := f.gather()
	err := f.timed(ctx, len(c.organizations)+len(c.people), func(tx *sqldb.Tx) error { return f.write(ctx, tx, c) })
	if err != nil {
		return err
	}
	f.next = end
	f.know(c)
	return f.tell()
}

// know keeps in mind whom to give dealings.
func (f *filling) know(c crowd) {
	if !f.deals {
		return
	}
	for _, o := range c.organizations {
		f.organizations = append(f.organizations, o.ID)
	}
	for _, p := range c.people {
		f.contacts = append(f.contacts, request.Person{Kind: actor.Contact, ID: p.ID.UUID, Number: p.Number})
	}
}

// timed runs one transaction that writes so many rows, and learns from it how many the next may have.
func (f *filling) timed(ctx context.Context, rows int, write func(*sqldb.Tx) error) error {
	var took time.Duration
	err := f.db.Update(ctx, func(tx *sqldb.Tx) error {
		start := f.db.Now()
		err := write(tx)
		took = f.db.Now().Sub(start)
		return err
	})
	if err == nil && took > 0 {
		f.size = min(max(int(int64(rows)*int64(fillTime)/int64(took)), fillLeast), 2*f.size, fillMost)
	}
	return err
}

// gather makes up as many organisations as the next transaction takes, and says which comes after them.
func (f *filling) gather() (c crowd, end int) {
	end = f.next
	for rows := 0; rows < f.size && end < f.source.Organizations(); end++ {
		made := f.source.Organization(end)
		o := organizationOf(made)
		c.organizations = append(c.organizations, o)
		if made.Archived {
			c.archived = append(c.archived, o.ID)
		}
		first, n := f.source.Members(end)
		for j := first; j < first+n; j++ {
			c.people = append(c.people, contact.Addition{Contact: f.imagine(f.source.Contact(j)), At: o})
		}
		rows += 1 + n
	}
	return c, end
}

func (f *filling) write(ctx context.Context, tx *sqldb.Tx, c crowd) error {
	if err := organization.AddAll(ctx, tx, f.by, c.organizations); err != nil {
		return err
	}
	if err := f.join(ctx, tx, c.people); err != nil {
		return err
	}
	if err := contact.AddImagined(ctx, tx, f.by, c.people); err != nil {
		return err
	}
	for _, o := range c.archived {
		if _, err := contact.Archive(ctx, tx, f.by, o); err != nil {
			return err
		}
	}
	return nil
}

// join gives those who have joined the logins that they have joined with.
func (f *filling) join(ctx context.Context, tx *sqldb.Tx, people []contact.Addition) error {
	var list []login.New
	for _, p := range people {
		if !p.JoinedAt.IsZero() {
			list = append(list, login.New{Email: p.LoginEmail.String(), Name: p.GivenName.String() + " " + p.FamilyName.String(), Locale: p.Locale, TimeZone: p.TimeZone})
		}
	}
	logins, err := login.Imagine(ctx, tx, f.by, list, f.locked)
	for i, p := range people {
		if !p.JoinedAt.IsZero() {
			people[i].Login = logins[p.LoginEmail]
		}
	}
	return err
}

func organizationOf(o sample.Organization) organization.Organization {
	return organization.Organization{
		ID: id.NewOrganization(), Name: o.Name, SIRET: o.SIRET, CustomerNumber: o.CustomerNumber, Address: o.Address,
		Postcode: o.Postcode, City: o.City, Phone: o.Phone, Website: o.Website,
	}
}

// imagine translates a person of package sample.
func (f *filling) imagine(p sample.Contact) contact.Contact {
	past := invented(p, f.ago).past
	return contact.Contact{
		Row: contact.Row{
			ID: id.NewContact(), Civility: p.Civility, FamilyName: p.Family, GivenName: p.Given, JobTitle: p.JobTitle, Mobile: p.Mobile,
			Phone: p.Phone, Email: p.Email, Role: past.Role, Source: contact.Source(p.Source), JoinedAt: past.JoinedAt,
			LoginEnabled: p.Enabled, AuthorizedAt: f.ago(p.Authorized), CredentialsSentAt: past.CredentialsSentAt,
		},
		LoginEmail: p.LoginEmail, Locale: p.Locale, TimeZone: p.TimeZone, LoginDisabledBy: p.DisabledBy, LastSignInAt: past.LastSignInAt,
		CreatedAt: f.ago(p.Created),
	}
}

// ago is that long before the filling; 0 is never.
func (f *filling) ago(d time.Duration) sqldb.Time {
	if d == 0 {
		return 0
	}
	return sqldb.At(f.begun.Add(-d))
}

// tell says now and then how far it is.
func (f *filling) tell() error {
	all := f.source.Organizations()
	if !f.toTell(f.next == all) {
		return nil
	}
	done := f.source.Contacts()
	if f.next < all {
		done, _ = f.source.Members(f.next)
	}
	_, err := fmt.Fprintf(f.out, "%d of %d organisations, %d of %d contacts, %.0f s\n", f.next, all, done, f.source.Contacts(), f.db.Now().Sub(f.begun).Seconds())
	return err
}

// toTell reports whether it is time to say something; the last word is always said.
func (f *filling) toTell(last bool) bool {
	now := f.db.Now()
	if !last && now.Sub(f.told) < 5*time.Second {
		return false
	}
	f.told = now
	return true
}
