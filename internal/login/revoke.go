package login

import (
	"context"
	"crypto/rand"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
)

// Revoke has a login proven anew on behalf of a workspace: its sessions and its links end, on every node from the next
// request on, and its password opens nothing any more. A login that works for another workspace, or has joined one, keeps
// its password: no host shuts anybody out of another's. One statement decides that, so that neither answer nor work tells
// whether it is so. Who has its mailbox chooses a new password by a link. A try at the old one costs what it did. The
// caller has checked the permission. fault.NotFound.
func Revoke(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, login id.Login) error {
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
	_, err = tx.Exec(ctx, `UPDATE login SET password_hash = $1, password_changed_at = $2 WHERE id = $3
		AND NOT EXISTS (SELECT 1 FROM staff WHERE login_id = $3 AND workspace_id <> $4)
		AND NOT EXISTS (SELECT 1 FROM contact WHERE login_id = $3 AND workspace_id <> $4)`,
		encode(cost, salt, tag).phc, max(tx.Now(), found.login.PasswordChangedAt+1), login, workspace)
	if err != nil {
		return err
	}
	if err := EndAll(ctx, tx, login); err != nil {
		return err
	}
	return link.EndAll(ctx, tx, login)
}
