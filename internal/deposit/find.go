package deposit

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Matched is a deposit that waits, with what the workspace has of it already.
type Matched struct {
	Deposit
	Place        organization.Organization   // where it is attached; zero = its organisation could not be made
	Person       contact.Row                 // whom it is attached to; zero = nobody yet
	Taken        bool                        // staff have accepted the offer already, among the offers
	OtherAddress bool                        // the contact has another e-mail than the one that was typed
	Alike        []organization.Organization // other organisations of a similar name
	SameDomain   []organization.Organization // other organisations with people whose e-mail has the depositor's domain
	Near         []contact.Row               // others of the organisation with a similar name
	File         file.File                   // what came along; zero = nothing
}

// Count counts the deposits that wait for staff, up to paging's cap. Permission: ModerateOffers.
func Count(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (n int, more bool, err error) {
	if err := by.Need(actor.ModerateOffers); err != nil {
		return 0, false, err
	}
	return sqldb.CountUpTo(ctx, tx, paging.Cap, `SELECT id FROM deposit WHERE workspace_id = $1 AND state = 'pending'`, by.Workspace)
}

// Find reads a page of what waits for staff, the oldest first, each with what matches it. Permission: ModerateOffers.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ask paging.Ask) (paging.Part[Matched], error) {
	part := paging.Part[Matched]{Ask: ask.Clean(12)}
	var err error
	if part.Total, part.More, err = Count(ctx, tx, by); err != nil {
		return part, err
	}
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND state = 'pending' ORDER BY id LIMIT $2 OFFSET $3`,
		by.Workspace, part.Size, part.Offset())
	if err != nil {
		return part, err
	}
	for _, d := range list {
		m, err := Match(ctx, tx, by, d)
		if err != nil {
			return part, err
		}
		part.Items = append(part.Items, m)
	}
	return part, nil
}

// Match reads what the workspace has of a deposit already. Permission: ModerateOffers.
func Match(ctx context.Context, tx *sqldb.Tx, by actor.Actor, d Deposit) (m Matched, err error) {
	if err := by.Need(actor.ModerateOffers); err != nil {
		return m, err
	}
	m.Deposit = d
	if !d.Organization.IsZero() {
		if m.Place, err = organization.Get(ctx, tx, by, d.Organization); err != nil && !fault.Is(err, fault.NotFound) {
			return m, err
		}
	}
	rows, err := contact.Rows(ctx, tx, by, []id.Contact{d.Contact})
	if err != nil {
		return m, err
	}
	m.Person = rows[d.Contact]
	m.OtherAddress = !m.Person.ID.IsZero() && d.Email != "" && m.Person.Email.String() != d.Email
	if !d.Offer.IsZero() {
		o, err := offer.Get(ctx, tx, by, d.Offer)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return m, err
		}
		m.Taken = taken(o)
	}
	files, err := file.Of(ctx, tx, by, d.owner())
	if err != nil {
		return m, err
	}
	if len(files) > 0 {
		m.File = files[0]
	}
	if m.State != Pending {
		return m, nil
	}
	return m, m.resemble(ctx, tx, by)
}

// mostMatches are shown of each sort: more help nobody to decide.
const mostMatches = 3

// resemble finds what is like it and is not it.
func (m *Matched) resemble(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (err error) {
	if m.Alike, err = alike(ctx, tx, by, m.Name, m.Organization); err != nil {
		return err
	}
	if m.SameDomain, err = sameDomain(ctx, tx, by, m.Email, m.Organization); err != nil {
		return err
	}
	if m.NewPlace || !m.NewContact {
		return nil
	}
	typed, err := m.parsed(ctx, tx, by)
	if err != nil && fault.As(err) == nil {
		return err
	}
	near, err := directory.Similar(ctx, tx, by, m.Organization, typed.FamilyName.String(), typed.GivenName.String())
	m.Near = slices.DeleteFunc(near, func(c contact.Row) bool { return c.ID == m.Contact })
	m.Near = m.Near[:min(len(m.Near), mostMatches)]
	return err
}

// alike finds organisations whose names begin with the same word, those that share most of it first.
func alike(ctx context.Context, tx *sqldb.Tx, by actor.Actor, typed string, but id.Organization) ([]organization.Organization, error) {
	key := name.Fold(typed)
	first, _, _ := strings.Cut(key, " ")
	if len(first) < 3 {
		first = key
	}
	if len(first) < 3 {
		return nil, nil
	}
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (o organization.Organization, err error) {
		return o, row.Scan(&o.ID, &o.Name, &o.SIRET, &o.City)
	},
		`SELECT id, name, siret, city FROM organization WHERE workspace_id = $1 AND name_key >= $2 AND name_key < $3 AND archived_at IS NULL ORDER BY name_key, id LIMIT 50`,
		by.Workspace, first, first+"\U0010FFFF")
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(o organization.Organization) bool { return o.ID == but })
	slices.SortStableFunc(list, func(a, b organization.Organization) int {
		return cmp.Compare(shared(name.Fold(b.Name), key), shared(name.Fold(a.Name), key))
	})
	return list[:min(len(list), mostMatches)], nil
}

// shared is how many bytes two texts begin with alike.
func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// everybodys are domains whose addresses say nothing of a company.
var everybodys = []string{
	"aol.com", "bbox.fr", "free.fr", "gmail.com", "gmx.fr", "gmx.net", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "live.com", "live.fr",
	"me.com", "msn.com", "neuf.fr", "orange.fr", "outlook.com", "outlook.fr", "proton.me", "protonmail.com", "sfr.fr", "wanadoo.fr", "yahoo.com", "yahoo.fr",
}

// sameDomain finds organisations with people whose e-mail has the same domain.
func sameDomain(ctx context.Context, tx *sqldb.Tx, by actor.Actor, typed string, but id.Organization) ([]organization.Organization, error) {
	address, err := email.Parse(typed)
	if err != nil || address.IsZero() || slices.Contains(everybodys, address.Domain()) {
		return nil, nil
	}
	ids, err := sqldb.List(ctx, tx, sqldb.Value[id.Organization], `SELECT organization_id FROM contact
		WHERE workspace_id = $1 AND email IS NOT NULL AND ltrim(email, 'abcdefghijklmnopqrstuvwxyz0123456789._-+') = $2 LIMIT 50`, by.Workspace, "@"+address.Domain())
	if err != nil {
		return nil, err
	}
	var list []organization.Organization
	seen := map[id.Organization]bool{but: true}
	for _, o := range ids {
		if seen[o] || len(list) == mostMatches {
			continue
		}
		seen[o] = true
		org, err := organization.Get(ctx, tx, by, o)
		if err != nil {
			return nil, err
		}
		list = append(list, org)
	}
	return list, nil
}

// FileOf reads the file of a deposit that is not decided; fault.NotFound for any other. Permission: ModerateOffers.
func FileOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit, wanted id.File) (file.File, error) {
	d, err := Get(ctx, tx, by, deposit)
	if err != nil {
		return file.File{}, err
	}
	f, err := file.Get(ctx, tx, by, wanted)
	if err == nil && f.Owner != d.owner() {
		err = fault.Missing()
	}
	if err != nil {
		return file.File{}, err
	}
	return f, nil
}
