package login

import (
	"context"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Hold keeps others from changing the logins until the transaction ends, in one order for everybody. Who writes a contact of
// theirs does it before.
func Hold(ctx context.Context, tx *sqldb.Tx, logins ...id.Login) error {
	in, args := sqldb.In(tx, nil, logins)
	_, err := sqldb.List(ctx, tx, sqldb.Value[id.Login], `SELECT id FROM login WHERE id `+in+` ORDER BY id`+tx.ForLock(), args...)
	return err
}

// Leave notes that the logins lost something now and may hold nothing more: they are looked at again (Left). The caller
// holds them.
func Leave(ctx context.Context, tx *sqldb.Tx, logins ...id.Login) error {
	if len(logins) == 0 {
		return nil
	}
	in, args := sqldb.In(tx, []any{tx.Now()}, logins)
	_, err := tx.Exec(ctx, `UPDATE login SET left_at = $1 WHERE id `+in, args...)
	return err
}

// Stay takes the note off logins that hold something.
func Stay(ctx context.Context, tx *sqldb.Tx, logins ...id.Login) error {
	if len(logins) == 0 {
		return nil
	}
	in, args := sqldb.In(tx, nil, logins)
	_, err := tx.Exec(ctx, `UPDATE login SET left_at = NULL WHERE left_at IS NOT NULL AND id `+in, args...)
	return err
}

// Left lists up to size of the logins that lost something before that moment, the longest ago first. One that was made and
// never lost anything is not among them, so nobody's is who is just coming in.
func Left(ctx context.Context, tx *sqldb.Tx, before sqldb.Time, size int) ([]id.Login, error) {
	return sqldb.List(ctx, tx, sqldb.Value[id.Login], `SELECT id FROM login WHERE left_at < $1 ORDER BY left_at LIMIT $2`, before, size)
}
