// Package logins says which logins are needed for nothing any more, and removes them (product.md §6): those that have joined no contact,
// work for no workspace and are invited nowhere. It is a part of package contact, for it and for the rooms above that take logins from
// people. What a login is, is package login's.
package logins

import (
	"bytes"
	"context"
	"slices"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Drop removes those of the logins that are needed for nothing any more; zero is none. Sweep
// looks again at the others. The caller holds what they were taken from.
func Drop(ctx context.Context, tx *sqldb.Tx, logins ...id.Login) error {
	logins = slices.DeleteFunc(slices.Clone(logins), func(l id.Login) bool { return l.IsZero() })
	slices.SortFunc(logins, byID)
	for chunk := range slices.Chunk(slices.Compact(logins), sqldb.Many) {
		needed, err := Needed(ctx, tx, chunk...)
		if err != nil {
			return err
		}
		if err := login.Leave(ctx, tx, needed...); err != nil {
			return err
		}
		if err := login.Remove(ctx, tx, without(chunk, needed)...); err != nil {
			return err
		}
	}
	return nil
}

func byID(a, b id.Login) int { return bytes.Compare(a.UUID[:], b.UUID[:]) }

func without(all, some []id.Login) []id.Login {
	return slices.DeleteFunc(slices.Clone(all), func(l id.Login) bool { return slices.Contains(some, l) })
}

// Needed holds the logins, whose identifiers rise, until the transaction ends, and tells which of them are needed
// still: they have joined a contact, work for a workspace, or somebody invites their address. Reading the tables of the
// rooms above is the price of a rule that no verb there has to remember.
func Needed(ctx context.Context, tx *sqldb.Tx, logins ...id.Login) ([]id.Login, error) {
	if err := login.Hold(ctx, tx, logins...); err != nil {
		return nil, err
	}
	held, err := heldOf(ctx, tx, logins)
	if err != nil {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{tx.Now()}, logins)
	invited, err := sqldb.List(ctx, tx, sqldb.Value[id.Login], `SELECT DISTINCT l.id FROM login l JOIN invitation i ON i.email = l.email LEFT JOIN contact c ON c.workspace_id = i.workspace_id AND c.id = i.contact_id
			WHERE l.id `+in+` AND i.ended_at IS NULL AND i.expires_at > $1 AND (i.contact_id IS NULL OR c.login_epoch = i.epoch)`, args...)
	return append(held, without(invited, held)...), err
}

// heldOf tells which of the logins have joined a contact or work for a workspace.
func heldOf(ctx context.Context, tx *sqldb.Tx, logins []id.Login) ([]id.Login, error) {
	in, args := sqldb.In(tx, nil, logins)
	return sqldb.List(ctx, tx, sqldb.Value[id.Login], `SELECT login_id FROM contact WHERE login_id `+in+` UNION SELECT login_id FROM staff WHERE login_id `+in, args...)
}

// Sweep looks at up to size logins that lost something before that moment, and tells at how many: those that hold
// nothing now go, unless a letter to them waits, which knows their address. So a login goes too whose last letter was
// refused or withdrawn, and one that an invitation kept which has died. Nobody else's row is held, and a login that is
// just joining something is held by who joins.
func Sweep(ctx context.Context, tx *sqldb.Tx, before sqldb.Time, size int) (int64, error) {
	logins, err := login.Left(ctx, tx, before, min(size, sqldb.Many))
	if err != nil || len(logins) == 0 {
		return 0, err
	}
	slices.SortFunc(logins, byID)
	needed, err := Needed(ctx, tx, logins...)
	if err != nil {
		return 0, err
	}
	held, err := heldOf(ctx, tx, logins)
	if err != nil {
		return 0, err
	}
	awaited, err := mail.Awaited(ctx, tx, logins)
	if err != nil {
		return 0, err
	}
	steps := []struct {
		do  func(context.Context, *sqldb.Tx, ...id.Login) error
		all []id.Login
	}{
		{login.Stay, held},
		{login.Leave, without(append(needed, without(awaited, needed)...), held)},
		{login.Remove, without(without(logins, needed), awaited)},
	}
	for _, s := range steps {
		if err := s.do(ctx, tx, s.all...); err != nil {
			return 0, err
		}
	}
	return int64(len(logins)), nil
}
