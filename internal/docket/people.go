package docket

import (
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/request/people"
	"github.com/entregent/entregent/internal/sqldb"
)

// People are, by name, those of the caller's organisation whom its last 200 requests are for, 48 at the most: what a filter by
// contact offers. Who is gone is left out. Permission: SeeColleaguesRequests.
func People(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]request.Person, error) {
	if err := by.Need(actor.SeeColleaguesRequests); err != nil {
		return nil, err
	}
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (p request.Person, err error) {
		p.Kind = actor.Contact
		return p, row.Scan(&p.ID)
	}, `SELECT contact_id FROM (SELECT contact_id, number FROM request WHERE workspace_id = $1 AND organization_id = $2 ORDER BY number DESC LIMIT 200) r
		GROUP BY contact_id ORDER BY MAX(number) DESC LIMIT 48`, by.Workspace, by.Organization)
	if err != nil {
		return nil, err
	}
	crowd := people.Gather(by)
	for i := range list {
		crowd.Add(tx.Now(), &list[i])
	}
	err = crowd.Name(ctx, tx)
	list = slices.DeleteFunc(list, func(p request.Person) bool { return p.Name == "" })
	slices.SortFunc(list, func(a, b request.Person) int { return strings.Compare(name.Fold(a.Name), name.Fold(b.Name)) })
	return list, err
}
