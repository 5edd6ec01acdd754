package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/sqldb"
)

// DeliveriesOfColleagues is Deliveries of contacts of the caller's own organisation; others are passed over. Permission:
// SeeColleaguesAccess.
func DeliveriesOfColleagues(ctx context.Context, tx *sqldb.Tx, by actor.Actor, rows []contact.Row) (map[id.Contact]invitation.Delivery, error) {
	if err := by.Need(actor.SeeColleaguesAccess); err != nil {
		return nil, err
	}
	var invited []id.Contact
	for _, c := range rows {
		if c.Organization == by.Organization && c.State() == contact.Invited {
			invited = append(invited, c.ID)
		}
	}
	return Deliveries(ctx, tx, actor.OfProgram(by.Workspace), invited)
}

// CredentialsOfColleague is LastCredentials of a contact of the caller's own organisation; of any other, and where nothing was ever
// sent, a fault.NotFound. Permission: SeeColleaguesAccess.
func CredentialsOfColleague(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c contact.Contact) (Credentials, error) {
	if err := by.Need(actor.SeeColleaguesAccess); err != nil {
		return Credentials{}, err
	}
	if c.Organization != by.Organization {
		return Credentials{}, fault.Missing()
	}
	return LastCredentials(ctx, tx, actor.OfProgram(by.Workspace), c)
}
