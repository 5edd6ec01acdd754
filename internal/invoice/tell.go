package invoice

import (
	"context"
	"net/url"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// tell has the admins of the invoice's organisation told.
func tell(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind notice.Kind, i Invoice) error {
	return notice.Tell(ctx, tx, by, notice.Event{Kind: kind, Detail: string(i.Kind), Subject: i.Subject(), Organization: i.Organization, Leaders: true})
}

// Told tells package notice which invoices somebody sees.
func Told() notice.Source {
	return notice.Source{Kind: "invoice", See: func(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.UUID) (map[id.UUID]notice.Sight, error) {
		if by.Kind != actor.Contact || !by.May(actor.SeeInvoices) {
			return nil, nil
		}
		in, args := sqldb.In(tx, []any{by.Workspace, by.Organization}, of)
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM invoice WHERE workspace_id = $1 AND organization_id = $2 AND id `+in, args...)
		seen := make(map[id.UUID]notice.Sight, len(list))
		for _, i := range list {
			sight := notice.Sight{Label: i.Number, Path: "/invoices?q=" + url.QueryEscape(i.Number)}
			if i.State == Paid {
				sight.Past = []notice.Kind{notice.InvoiceOverdue}
			}
			seen[i.ID.UUID] = sight
		}
		return seen, err
	}}
}

// Sweep has it told which invoices have become overdue, each once, up to size of every workspace, and reports how many those of the
// workspace with most were. An invoice is overdue from midnight after its day in the workspace's time zone. A job calls it.
func Sweep(ctx context.Context, tx *sqldb.Tx, size int64) (most int64, err error) {
	hosts, err := workspace.List(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, w := range hosts {
		n, err := overdue(ctx, tx, actor.OfProgram(w.ID), day.Of(tx.Now().Time().In(w.Zone())), size)
		if err != nil {
			return 0, err
		}
		most = max(most, n)
	}
	return most, nil
}

// overdue tells of those of one workspace.
func overdue(ctx context.Context, tx *sqldb.Tx, by actor.Actor, today day.Day, size int64) (int64, error) {
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM invoice WHERE workspace_id = $1 AND state = 'unpaid' AND kind = 'invoice' AND due_on < $2
		AND told_overdue = 0 ORDER BY due_on, id LIMIT $3`+tx.ForClaim(), by.Workspace, string(today), size)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	ids := make([]id.Invoice, len(list))
	for n, i := range list {
		ids[n] = i.ID
		if err := tell(ctx, tx, by, notice.InvoiceOverdue, i); err != nil {
			return 0, err
		}
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, ids)
	_, err = tx.Exec(ctx, `UPDATE invoice SET told_overdue = 1 WHERE workspace_id = $1 AND id `+in, args...)
	return int64(len(list)), err
}
