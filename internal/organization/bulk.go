package organization

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
)

// What the import and the export need: many organisations at once.

// Parse reads the input as Create does, with every fault of every field; country is the workspace's.
func (in Input) Parse(country string) (Organization, error) { return in.parse(country) }

// Known are organisations of the workspace by what identifies them.
type Known struct {
	BySIRET    map[siret.SIRET]Organization
	ByCustomer map[string]Organization // by CustomerKey
}

// Identified reads those organisations of the workspace that bear one of the numbers. Permission: SeeOrganizations.
func Identified(ctx context.Context, tx *sqldb.Tx, by actor.Actor, sirets []siret.SIRET, customerKeys []string) (Known, error) {
	k := Known{make(map[siret.SIRET]Organization), make(map[string]Organization)}
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return k, err
	}
	keep := func(list []Organization) {
		for _, o := range list {
			if !o.SIRET.IsZero() {
				k.BySIRET[o.SIRET] = o
			}
			if o.CustomerNumber != "" {
				k.ByCustomer[CustomerKey(o.CustomerNumber)] = o
			}
		}
	}
	if len(sirets) > 0 {
		in, args := sqldb.In(tx, []any{by.Workspace}, sirets)
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND siret `+in, args...)
		if err != nil {
			return k, err
		}
		keep(list)
	}
	if len(customerKeys) > 0 {
		in, args := sqldb.In(tx, []any{by.Workspace}, customerKeys)
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND customer_key `+in, args...)
		if err != nil {
			return k, err
		}
		keep(list)
	}
	return k, nil
}

// Each calls fn with every organisation that the filter finds, page, size and order apart: by age, or a query's matches
// by name. It reads some hundred at a time, each in a transaction of its own: what is changed meanwhile may be seen or
// not. Permission: Export.
func Each(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(Organization) error) error {
	if err := by.Need(actor.Export); err != nil {
		return err
	}
	f.uncapped = true
	if f.Query != "" {
		found, err := f.matches(ctx, db, by)
		if err != nil {
			return err
		}
		return sqldb.EachChunk(ctx, db, func(tx *sqldb.Tx) ([]Organization, bool, error) {
			n := min(chunkSize, len(found))
			chunk, err := listed(ctx, tx, by, found[:n])
			found = found[n:]
			return chunk, len(found) > 0, err
		}, fn)
	}
	var last id.Organization
	return sqldb.EachChunk(ctx, db, func(tx *sqldb.Tx) ([]Organization, bool, error) {
		chunk, err := f.younger(ctx, tx, by, last)
		if len(chunk) > 0 {
			last = chunk[len(chunk)-1].ID
		}
		return chunk, len(chunk) == chunkSize, err
	}, fn)
}

// chunkSize is how many rows one transaction of Each reads.
const chunkSize = 512

// younger reads the organisations that came to be after the last one.
func (f Filter) younger(ctx context.Context, tx *sqldb.Tx, by actor.Actor, last id.Organization) ([]Organization, error) {
	q := query{`SELECT ` + columns + ` FROM organization WHERE workspace_id = $1` + f.only(), []any{by.Workspace}}
	if !last.IsZero() {
		q.text += ` AND id > ` + q.arg(last)
	}
	return sqldb.List(ctx, tx, scan, q.text+` ORDER BY id LIMIT `+q.arg(chunkSize), q.args...)
}

// matches finds all that the query means, as Find does but without its cap.
func (f Filter) matches(ctx context.Context, db *sqldb.DB, by actor.Actor) (found []id.Organization, err error) {
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		for _, q := range []query{f.sub(by.Workspace), f.within(by.Workspace)} {
			found, err = sqldb.List(ctx, tx, sqldb.Value[id.Organization], `SELECT id FROM (`+q.text+`) m ORDER BY name_key, id`, q.args...)
			if err != nil || len(found) > 0 || len([]rune(name.Fold(f.Query))) < 3 {
				return err
			}
		}
		return nil
	})
	return found, err
}

// listed reads organisations by name.
func listed(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Organization) ([]Organization, error) {
	in, args := sqldb.In(tx, []any{by.Workspace}, ids)
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND id `+in+` ORDER BY name_key, id`, args...)
}

// AddAll adds organisations that Parse gave and that Identified did not find, each with SIRET or customer number; who
// has no identifier yet gets one. When somebody was quicker it is a fault.Conflict, and nothing is done.
// Permission: EditOrganizations.
func AddAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Organization) error {
	if err := by.Need(actor.EditOrganizations); err != nil {
		return err
	}
	rows, entries := make([][]any, len(list)), make([]journal.Entry, len(list))
	for i, o := range list {
		if o.ID.IsZero() {
			o.ID = id.NewOrganization()
		}
		rows[i] = []any{by.Workspace, name.Fold(o.Name), name.Fold(o.City), null(CustomerKey(o.CustomerNumber)),
			o.ID, o.Name, o.SIRET, null(o.CustomerNumber), o.Address, o.Postcode, o.City, o.Phone, o.Website,
			id.Contact{}, sqldb.Time(0), id.UUID{}, 1, tx.Now(), tx.Now(), by.Login}
		entries[i] = journal.Entry{Kind: "organization.created", Subject: o.Subject(), Organization: o.ID, Changes: changes(Organization{}, o)}
	}
	if err := tx.InsertAll(ctx, `organization (workspace_id, name_key, city_key, customer_key, `+columns+`)`, rows); err != nil {
		return err
	}
	tx.Tally(by.Workspace, "organizations", int64(len(list)))
	return journal.RecordAll(ctx, tx, by, entries)
}
