// Package ties says what refers to a contact or an organisation that a deposit has made, so that it is not taken away under somebody else.
//
// It reads and decides nothing; package deposit does, above.
package ties

import (
	"context"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Ties are questions whether a row of some table refers to something: $1 is the workspace, $2 what is looked for, $3 the deposit itself.
// Reading the tables of other rooms is the price of a rule that holds on every path.
type Ties []string

// ToContact are those to a contact, ToOrganization those to an organisation.
var (
	ToContact = Ties{
		`SELECT 1 FROM deposit WHERE workspace_id = $1 AND contact_id = $2 AND id <> $3 AND state IN ('pending', 'accepted') LIMIT 1`,
		`SELECT 1 FROM offer_contact WHERE workspace_id = $1 AND contact_id = $2 AND offer_id <> $3 LIMIT 1`,
		`SELECT 1 FROM request WHERE workspace_id = $1 AND contact_id = $2 AND id <> $3 LIMIT 1`,
		`SELECT 1 FROM request_party WHERE workspace_id = $1 AND contact_id = $2 AND request_id <> $3 LIMIT 1`,
	}
	ToOrganization = Ties{
		`SELECT 1 FROM deposit WHERE workspace_id = $1 AND organization_id = $2 AND id <> $3 AND state IN ('pending', 'accepted') LIMIT 1`,
		`SELECT 1 FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND id <> $3 LIMIT 1`,
		`SELECT 1 FROM offer WHERE workspace_id = $1 AND organization_id = $2 AND id <> $3 LIMIT 1`,
		`SELECT 1 FROM request WHERE workspace_id = $1 AND organization_id = $2 AND id <> $3 LIMIT 1`,
		`SELECT 1 FROM invoice WHERE workspace_id = $1 AND organization_id = $2 AND id <> $3 LIMIT 1`,
		`SELECT 1 FROM document WHERE workspace_id = $1 AND organization_id = $2 AND id <> $3 LIMIT 1`,
	}
)

// Hold reports whether anything but the deposit itself refers to it.
func (t Ties) Hold(ctx context.Context, tx *sqldb.Tx, in id.Workspace, to id.UUID, but id.Deposit) (bool, error) {
	for _, query := range t {
		some, err := sqldb.List(ctx, tx, sqldb.Value[int64], query, in, to, but)
		if err != nil || len(some) > 0 {
			return true, err
		}
	}
	return false, nil
}
