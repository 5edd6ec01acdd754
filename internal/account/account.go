// Package account keeps family name + given name + organisation identifier unique on the whole installation
// (manual 1, « Attention : chaque compte utilisateur est unique »; product.md §3).
//
// An account holds no login, no address and no right, and belongs to no workspace. It does not know who uses
// it: package contact, above, says so. No verb here tells a caller whether a key existed before, save Take,
// whose refusal is the one answer that may.
package account

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Hold gives the account that bears the key, new or not, and holds it until the transaction ends.
func Hold(ctx context.Context, tx *sqldb.Tx, key string) (id.Account, error) {
	return sqldb.One(ctx, tx, sqldb.Value[id.Account], `INSERT INTO account (id, key, created_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id`, id.NewAccount(), key, tx.Now())
}

type held struct {
	account id.Account
	key     string
}

func scanHeld(row sqldb.Scanner) (h held, err error) { return h, row.Scan(&h.account, &h.key) }

// HoldAll gives the accounts that bear the keys, as Hold does; no key may come twice. Whoever holds many names the keys
// in their order, so that nobody waits crosswise.
func HoldAll(ctx context.Context, tx *sqldb.Tx, keys []string) (map[string]id.Account, error) {
	return insert(ctx, tx, keys, `ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id, key`)
}

// Take makes the accounts of those keys that nobody bears; a key that somebody bears is not in the answer. Two who take one
// key at once come one after the other; the keys stand in their order.
func Take(ctx context.Context, tx *sqldb.Tx, keys []string) (map[string]id.Account, error) {
	return insert(ctx, tx, keys, `ON CONFLICT (key) DO NOTHING RETURNING id, key`)
}

func insert(ctx context.Context, tx *sqldb.Tx, keys []string, end string) (map[string]id.Account, error) {
	rows := make([][]any, len(keys))
	for i, key := range keys {
		rows[i] = []any{id.NewAccount(), key, tx.Now()}
	}
	list, err := sqldb.InsertReturning(ctx, tx, scanHeld, `account (id, key, created_at)`, rows, end)
	found := make(map[string]id.Account, len(list))
	for _, h := range list {
		found[h.key] = h.account
	}
	return found, err
}

// Lock holds accounts until the transaction ends. They stand in the order of their keys.
func Lock(ctx context.Context, tx *sqldb.Tx, accounts []id.Account) error {
	for chunk := range slices.Chunk(accounts, sqldb.Many) {
		in, args := sqldb.In(tx, nil, chunk)
		if _, err := sqldb.List(ctx, tx, sqldb.Value[id.Account], `SELECT id FROM account WHERE id `+in+` ORDER BY key`+tx.ForLock(), args...); err != nil {
			return err
		}
	}
	return nil
}

// Modify gives each account another key, which nobody bears; keys[i] is for accounts[i].
func Modify(ctx context.Context, tx *sqldb.Tx, accounts []id.Account, keys []string) error {
	for len(accounts) > 0 {
		n := min(sqldb.Many, len(accounts))
		in, args := sqldb.In(tx, nil, accounts[:n])
		own, args := sqldb.Case(args, "id", accounts[:n], "key", keys[:n])
		if _, err := tx.Exec(ctx, `UPDATE account SET key = `+own+` WHERE id `+in, args...); err != nil {
			return err
		}
		accounts, keys = accounts[n:], keys[n:]
	}
	return nil
}

// Remove takes away accounts that no contact uses; the caller holds them and has looked.
func Remove(ctx context.Context, tx *sqldb.Tx, accounts []id.Account) error {
	for chunk := range slices.Chunk(accounts, sqldb.Many) {
		in, args := sqldb.In(tx, nil, chunk)
		if _, err := tx.Exec(ctx, `DELETE FROM account WHERE id `+in, args...); err != nil {
			return err
		}
	}
	return nil
}
