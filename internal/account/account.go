// Package account keeps family name + given name + organisation identifier unique on the whole installation
// (manual 1, « Attention : chaque compte utilisateur est unique »; product.md §3).
//
// An account holds no login, no address and no right, and belongs to no workspace. It does not know who uses
// it: package contact, above, says so. No verb here tells a caller whether a key existed before, save Take,
// whose refusal is the one answer that may.
package account

import (
	"context"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Hold gives the account that bears the key, new or not, and holds it until the transaction ends.
func Hold(ctx context.Context, tx *sqldb.Tx, key string) (id.Account, error) {
	return sqldb.One(ctx, tx, sqldb.Value[id.Account], `INSERT INTO account (id, key, created_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id`, id.NewAccount(), key, tx.Now())
}

// Take makes the account of a key that nobody bears, and reports false when somebody does; two who take one key
// at once come one after the other.
func Take(ctx context.Context, tx *sqldb.Tx, key string) (id.Account, bool, error) {
	account := id.NewAccount()
	n, err := tx.Exec(ctx, `INSERT INTO account (id, key, created_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`, account, key, tx.Now())
	return account, n == 1, err
}

// Lock holds the account until the transaction ends; fault.NotFound.
func Lock(ctx context.Context, tx *sqldb.Tx, account id.Account) error {
	return tx.Lock(ctx, "account", "id = $1", account)
}

// Modify gives the account another key, which nobody bears.
func Modify(ctx context.Context, tx *sqldb.Tx, account id.Account, key string) error {
	_, err := tx.Exec(ctx, `UPDATE account SET key = $1 WHERE id = $2`, key, account)
	return err
}

// Remove takes away an account that no contact uses; the caller holds it and has looked.
func Remove(ctx context.Context, tx *sqldb.Tx, account id.Account) error {
	_, err := tx.Exec(ctx, `DELETE FROM account WHERE id = $1`, account)
	return err
}

// HoldAll gives the accounts that bear the keys, as Hold does; no key may come twice. Whoever holds many names the keys
// in their order, so that nobody waits crosswise.
func HoldAll(ctx context.Context, tx *sqldb.Tx, keys []string) (map[string]id.Account, error) {
	type held struct {
		account id.Account
		key     string
	}
	rows := make([][]any, len(keys))
	for i, key := range keys {
		rows[i] = []any{id.NewAccount(), key, tx.Now()}
	}
	list, err := sqldb.InsertReturning(ctx, tx, func(row sqldb.Scanner) (h held, err error) { return h, row.Scan(&h.account, &h.key) },
		`account (id, key, created_at)`, rows, `ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id, key`)
	found := make(map[string]id.Account, len(list))
	for _, h := range list {
		found[h.key] = h.account
	}
	return found, err
}
