package access

import (
	"context"

	"github.com/entregent/entregent/internal/password"
	"github.com/entregent/entregent/internal/sqldb"
)

// about is what the password of a new login must not be made of.
func (x Invited) about() []string {
	return []string{fullName(x.Person), x.Email.String(), x.Organization.Name, x.Host.Name}
}

// Weigh says what a password is worth, as Activate judges it, while somebody who is invited types it. It changes
// nothing; a link that opens nothing is a fault.NotFound.
func (v *Inviter) Weigh(ctx context.Context, token, typed string) (password.Strength, error) {
	var x Invited
	err := v.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		x, err = v.Look(ctx, tx, token)
		return err
	})
	if err != nil {
		return password.Strength{}, err
	}
	return password.Weigh(typed, x.about()...), nil
}
