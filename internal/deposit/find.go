package deposit

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit/likeness"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
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
	part.Items, err = matched(ctx, tx, by, list)
	return part, err
}

// Walk reads as many as most of what waits for staff, behind that one (zero = from the beginning), the oldest first; more tells that
// there are others behind. Permission: ModerateOffers.
func Walk(ctx context.Context, tx *sqldb.Tx, by actor.Actor, after id.Deposit, most int) (items []Matched, more bool, err error) {
	if err := by.Need(actor.ModerateOffers); err != nil {
		return nil, false, err
	}
	where, args := `workspace_id = $1 AND state = 'pending'`, []any{by.Workspace, most + 1}
	if !after.IsZero() {
		where, args = where+` AND id > $3`, append(args, after)
	}
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE `+where+` ORDER BY id LIMIT $2`, args...)
	if err != nil {
		return nil, false, err
	}
	more = len(list) > most
	items, err = matched(ctx, tx, by, list[:min(len(list), most)])
	return items, more, err
}

func matched(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Deposit) (items []Matched, err error) {
	for _, d := range list {
		m, err := Match(ctx, tx, by, d)
		if err != nil {
			return items, err
		}
		items = append(items, m)
	}
	return items, nil
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
	o, err := d.offer(ctx, tx, by)
	if err != nil {
		return m, err
	}
	if m.Taken = taken(o); !o.ID.IsZero() {
		m.say(o)
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

// resemble finds what is like it and is not it.
func (m *Matched) resemble(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (err error) {
	if m.Alike, err = likeness.Named(ctx, tx, by, m.Name, m.Organization); err != nil {
		return err
	}
	if m.SameDomain, err = likeness.SameDomain(ctx, tx, by, m.Email, m.Organization); err != nil {
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
	m.Near = m.Near[:min(len(m.Near), likeness.Most)]
	return err
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
