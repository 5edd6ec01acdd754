package docket

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// chunkSize is how many rows one transaction of Each reads.
const chunkSize = 256

// Each calls fn with every request that the filter finds, page and size apart, in the order of the list. Which they are is found at
// once, their rows are read some hundred at a time, each in a transaction of its own: however they change meanwhile, none comes
// twice, and those that are gone do not come. Permission: ExportRequests.
func Each(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(request.Listed) error) error {
	if err := by.Need(actor.ExportRequests); err != nil {
		return err
	}
	f = f.confine(by)
	f.After, f.uncapped = id.Request{}, true
	var rest []int64
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
		rest, err = f.numbers(ctx, tx, by)
		return err
	})
	if err != nil {
		return err
	}
	return sqldb.EachChunk(ctx, db, func(tx *sqldb.Tx) ([]request.Listed, bool, error) {
		if err := contact.Still(ctx, tx, by); err != nil {
			return nil, false, err
		}
		n := min(chunkSize, len(rest))
		chunk, err := f.those(ctx, tx, by, rest[:n])
		rest = rest[n:]
		return chunk, len(rest) > 0, err
	}, fn)
}

// numbers are those of all that the filter finds, in its order.
func (f Filter) numbers(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]int64, error) {
	if err := contact.Still(ctx, tx, by); err != nil {
		return nil, err
	}
	if err := f.weigh(ctx, tx, by); err != nil {
		return nil, err
	}
	q := f.query(by)
	return sqldb.List(ctx, tx, sqldb.Value[int64], `SELECT number FROM `+request.Choice{Among: q.among, Where: q.text}.From()+` ORDER BY `+f.order(), q.args...)
}

// those are the requests of these numbers, in their order, as far as they are still the organisation's whose list it is.
func (f Filter) those(ctx context.Context, tx *sqldb.Tx, by actor.Actor, numbers []int64) ([]request.Listed, error) {
	q := Filter{Organization: f.Organization}.query(by)
	in, args := sqldb.In(tx, q.args, numbers)
	list, err := request.List(ctx, tx, by, request.Choice{Where: q.text + ` AND number ` + in, Order: `number`, Args: args, Limit: len(numbers)})
	at := make(map[int64]int, len(numbers))
	for i, n := range numbers {
		at[n] = i
	}
	slices.SortFunc(list, func(a, b request.Listed) int { return at[a.Number] - at[b.Number] })
	return list, err
}
