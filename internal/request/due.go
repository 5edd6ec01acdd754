package request

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// Patience says how long the host waits for the customer.
type Patience struct{ Reminder, Closing time.Duration }

// PatienceOf reads it from the configuration.
func PatienceOf(c config.Requests) Patience {
	return Patience{Reminder: c.Reminder.Duration(), Closing: c.Closing.Duration()}
}

// reminder is how notices tell of one from the state that it is about.
const reminder = "reminder"

// due is a request for which time has passed.
type due struct {
	workspace id.Workspace
	request   id.Request
}

// Sweep does what time has brought, for up to size requests of all workspaces, and reports for how many: the customer of one
// that waits for them is reminded once; one that has waited on, or was resolved, that long is closed, but nobody's before they were
// reminded in time; what is open and assigned to somebody who has left the team is nobody's. A job calls it.
func Sweep(ctx context.Context, tx *sqldb.Tx, p Patience, size int64) (int64, error) {
	now := tx.Now()
	list, err := sqldb.List(ctx, tx, scanDue, `SELECT workspace_id, id FROM request WHERE state IN ('waiting_customer', 'resolved') AND state_at <= $1
			AND (state = 'waiting_customer' AND (reminded_at IS NULL OR reminded_at <= $2 AND state_at <= $3) OR state = 'resolved' AND state_at <= $3)
			ORDER BY state_at LIMIT $4`+tx.ForClaim(), now.Add(-p.Reminder), now.Add(p.Reminder-p.Closing), now.Add(-p.Closing), size)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		if err := d.pass(ctx, tx, p); err != nil {
			return 0, err
		}
	}
	left, err := sqldb.List(ctx, tx, scanDue, `SELECT workspace_id, id FROM request WHERE assignee_id IS NOT NULL AND state IN `+OpenList+`
			AND NOT EXISTS (SELECT 1 FROM staff s WHERE s.workspace_id = request.workspace_id AND s.login_id = request.assignee_id) LIMIT $1`+tx.ForClaim(), size)
	for _, d := range left {
		if err := Assign(ctx, tx, actor.OfProgram(d.workspace), d.request, id.Login{}); err != nil {
			return 0, err
		}
	}
	return int64(max(len(list), len(left))), err
}

func scanDue(row sqldb.Scanner) (d due, err error) { return d, row.Scan(&d.workspace, &d.request) }

// pass reminds, or closes.
func (d due) pass(ctx context.Context, tx *sqldb.Tx, p Patience) error {
	by := actor.OfProgram(d.workspace)
	r, err := hold(ctx, tx, by, d.request)
	if err != nil {
		return err
	}
	if r.State == WaitingCustomer && r.RemindedAt.IsZero() {
		r.RemindedAt = tx.Now()
		if err := tell(ctx, tx, by, r, notice.Event{Kind: notice.RequestState, Detail: reminder}); err != nil {
			return err
		}
		if _, err := r.add(ctx, tx, by, Entry{Kind: Reminder}); err != nil {
			return err
		}
		return r.save(ctx, tx, by, r.line("request.reminded"))
	}
	if tx.Now().Sub(r.StateAt) < p.Closing || !leads(r.State, Closed, theClock) { // somebody was quicker
		return nil
	}
	return r.advance(ctx, tx, by, Closed)
}
