package login

import (
	"context"
	"crypto/rand"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
)

// Revoke has a login proven anew: its password opens nothing any more, its sessions and its links end, on every node from
// the next request on. Who has its mailbox chooses a new password by a link. A try at the old one costs what it did, so
// that nobody sees a difference. The caller has checked the permission. fault.NotFound.
func Revoke(ctx context.Context, tx *sqldb.Tx, login id.Login) error {
	found, err := find(ctx, tx, "id = $1"+tx.ForLock(), login)
	if err != nil {
		return err
	}
	cost, _, _, err := found.hash.parts()
	if err != nil {
		return err
	}
	salt, tag := make([]byte, saltSize), make([]byte, tagSize)
	rand.Read(salt) // never fails, as below
	rand.Read(tag)  // of which nobody knows a password
	_, err = tx.Exec(ctx, `UPDATE login SET password_hash = $1, password_changed_at = $2 WHERE id = $3`,
		encode(cost, salt, tag).phc, max(tx.Now(), found.login.PasswordChangedAt+1), login)
	if err != nil {
		return err
	}
	if err := EndAll(ctx, tx, login); err != nil {
		return err
	}
	return link.EndAll(ctx, tx, login)
}
