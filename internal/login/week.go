package login

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Sign-ins are counted by week for each workspace that the login enters, in one total a week: no page has to walk over
// sessions for it. A week is the workspace's own, from Monday to Sunday in its time zone.

// WeekOf is the Monday, 0 h, of the week in which the moment falls in its own time zone.
func WeekOf(t time.Time) time.Time {
	year, month, day := t.Date()
	sinceMonday := (int(t.Weekday()) + 6) % 7
	return time.Date(year, month, day-sinceMonday, 0, 0, 0, 0, t.Location())
}

// weekly is the name of the total.
func weekly(monday time.Time) string { return "sign_ins " + monday.Format(time.DateOnly) }

// CountSignIn adds one to the workspace's total of this week, which is its own. Rooms above know whose sign-in it is
// (see Desk.OnSignIn).
func CountSignIn(tx *sqldb.Tx, workspace id.Workspace, zone *time.Location) {
	if zone == nil {
		zone = time.UTC
	}
	tx.Tally(workspace, weekly(WeekOf(tx.Now().Time().In(zone))), 1)
}

// SignIns is how often people of the caller's workspace, its team and its contacts, signed in, in each of the weeks that begin on
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
