package contact

import (
	"context"
	"encoding/hex"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// tally counts people who came to an organisation, or left it: for the workspace's total, of those that are not archived, and for the
// organisation's own.
func tally(tx *sqldb.Tx, by actor.Actor, of id.Organization, people int64, archived bool) {
	if !archived {
		tx.Tally(by.Workspace, "contacts", people)
	}
	tx.Tally(by.Workspace, totalOf(of), people)
}

func totalOf(of id.Organization) string { return "contacts/" + hex.EncodeToString(of.UUID[:]) }

// OwnTotal is how many contacts the caller's own organisation has, those that the portal does not show among them. Permission:
// SeeColleagues.
func OwnTotal(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (int, error) {
	if err := by.Need(actor.SeeColleagues); err != nil {
		return 0, err
	}
	n, err := sqldb.Total(ctx, tx, by.Workspace, totalOf(by.Organization))
	return int(n), err
}
