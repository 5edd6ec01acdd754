package login

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// Sign-ins are counted by week for each workspace that the login works for, in one total a week: no page has to
// walk over sessions for it. A week is the workspace's own, from Monday to Sunday in its time zone.

// WeekOf is the Monday, 0 h, of the week in which the moment falls in its own time zone.
func WeekOf(t time.Time) time.Time {
	year, month, day := t.Date()
	sinceMonday := (int(t.Weekday()) + 6) % 7
	return time.Date(year, month, day-sinceMonday, 0, 0, 0, 0, t.Location())
}

// weekly is the name of the total.
func weekly(monday time.Time) string { return "sign_ins " + monday.Format(time.DateOnly) }

// countSignIn adds one to this week's total of each workspace that the login works for. Reading the tables of the
// room above is the price of a count that no face has to remember (see recordAll).
func countSignIn(ctx context.Context, tx *sqldb.Tx, login id.Login) error {
	type host struct {
		id   id.Workspace
		zone string
	}
	hosts, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (h host, err error) { return h, row.Scan(&h.id, &h.zone) },
		`SELECT w.id, w.time_zone FROM staff s JOIN workspace w ON w.id = s.workspace_id WHERE s.login_id = $1`, login)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		zone, ok := locale.ParseZone(h.zone)
		if !ok {
			zone = time.UTC
		}
		tx.Tally(h.id, weekly(WeekOf(tx.Now().Time().In(zone))), 1)
	}
	return nil
}

// SignIns is how often people who work for the caller's workspace signed in, in each of the weeks that begin on
// these Mondays (see WeekOf). Permission: SeeContacts.
func SignIns(ctx context.Context, tx *sqldb.Tx, by actor.Actor, mondays []time.Time) ([]int, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	counts := make([]int, len(mondays))
	for i, monday := range mondays {
		n, err := sqldb.Total(ctx, tx, by.Workspace, weekly(monday))
		if err != nil {
			return nil, err
		}
		counts[i] = int(n)
	}
	return counts, nil
}
