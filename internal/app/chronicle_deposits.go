package app

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// demoDeposit is an offer that somebody deposited by the public form, and that staff have not decided on.
type demoDeposit struct {
	sent          int // days ago
	deposit.Input     // as it was typed
}

// openForm opens the public form of a host that works with offers: while its past is told without confirmation, since nobody answers
// letters there, and then with it.
func (c *chronicle) openForm(ctx context.Context, tx *sqldb.Tx, confirmed bool) error {
	if !c.host.Offers {
		return nil
	}
	now, err := deposit.FormOf(ctx, tx, c.staff[0])
	if err != nil {
		return err
	}
	_, err = deposit.EditForm(ctx, tx, c.staff[0], deposit.FormInput{Enabled: true, Confirmed: confirmed, Months: "24", Version: now.Version})
	return err
}

// tellDeposits plans what came by the host's public form.
func (c *chronicle) tellDeposits(h demoHost) {
	for _, d := range h.deposits {
		c.acts = append(c.acts, act{at: c.hours.when(time.Duration(d.sent) * day), send: func(ctx context.Context) error {
			form := id.NewJob().UUID
			stamp := c.deposits.Stamp(c.host.ID, form, sqldb.At(c.clock))
			c.clock = c.clock.Add(4 * time.Minute)
			return c.deposits.Submit(ctx, c.host.ID, deposit.Submission{
				Input: d.Input, Consent: true, Stamp: stamp, Form: form, Client: "192.0.2.7", Language: locale.French,
			})
		}})
	}
}
