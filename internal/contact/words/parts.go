package words

import (
	"cmp"
	"context"
	"slices"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// shortest is the fewest letters that are sought within names.
const shortest = 3

// label is a family or given name, folded, that contacts of a workspace bear.
type label struct {
	key   string
	given bool
}

// labels are the names of the contacts, each once, in the order in which everybody locks them.
func labels(list []Named) []label {
	all := make([]label, 0, 2*len(list))
	for _, n := range list {
		all = append(all, label{n.Family.Key(), false}, label{n.Given.Key(), true})
	}
	slices.SortFunc(all, func(a, b label) int {
		if order := cmp.Compare(a.key, b.key); order != 0 || a.given == b.given {
			return order
		} else if a.given {
			return 1
		}
		return -1
	})
	return slices.Compact(all)
}

// ends are the ends of a name by which letters within it are found, the whole name apart: those that begin with a letter and have
// three at least.
func (l label) ends() (list []string) {
	runes := []rune(l.key)
	for i := 1; i+shortest <= len(runes); i++ {
		if runes[i] != ' ' {
			list = append(list, string(runes[i:]))
		}
	}
	return list
}

// row is a row of name_part.
func (l label) row(of id.Workspace, part string) []any { return []any{of, part, l.key, l.given} }

// held reads which of the names are kept already, and holds them: nobody drops them until the transaction ends.
func held(ctx context.Context, tx *sqldb.Tx, of id.Workspace, list []label, suffix string) (map[label]bool, error) {
	known := make(map[label]bool, len(list))
	keys := make([]string, 0, len(list))
	for _, l := range list {
		keys = append(keys, l.key)
	}
	for chunk := range slices.Chunk(slices.Compact(keys), sqldb.Many) {
		in, args := sqldb.In(tx, []any{of}, chunk)
		found, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (l label, err error) { return l, row.Scan(&l.key, &l.given) },
			`SELECT key, given FROM name_part WHERE workspace_id = $1 AND part `+in+` AND key = part ORDER BY key, given`+suffix, args...)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			known[l] = true
		}
	}
	return known, nil
}

// addParts keeps the names that nobody bore before. One that is dropped at the same moment is found missing once that is
// done; one that is added at the same moment is held by the next look.
func addParts(ctx context.Context, tx *sqldb.Tx, of id.Workspace, list []Named) error {
	for missing := labels(list); ; {
		known, err := held(ctx, tx, of, missing, tx.ForShare())
		if err != nil {
			return err
		}
		missing = slices.DeleteFunc(missing, func(l label) bool { return known[l] })
		if len(missing) == 0 {
			return nil
		}
		var whole, ends [][]any
		for _, l := range missing {
			whole = append(whole, l.row(of, l.key))
		}
		touched, err := tx.ExecEach(ctx, `INSERT INTO name_part (workspace_id, part, key, given) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, whole)
		if err != nil {
			return err
		}
		var others []label
		for i, l := range missing {
			if touched[i] == 0 {
				others = append(others, l)
				continue
			}
			for _, end := range l.ends() {
				ends = append(ends, l.row(of, end))
			}
		}
		if err := tx.InsertAll(ctx, `name_part (workspace_id, part, key, given)`, ends); err != nil || len(others) == 0 {
			return err
		}
		missing = others
	}
}

// A name is dropped when no contact bears it, archived or not.
const (
	dropFamily = `DELETE FROM name_part WHERE workspace_id = $1 AND part = $2 AND key = $2 AND given = 0
		AND NOT EXISTS (SELECT 1 FROM contact WHERE workspace_id = $1 AND family_key = $2 AND archived = 0)
		AND NOT EXISTS (SELECT 1 FROM contact WHERE workspace_id = $1 AND family_key = $2 AND archived = 1)`
	dropGiven = `DELETE FROM name_part WHERE workspace_id = $1 AND part = $2 AND key = $2 AND given = 1
		AND NOT EXISTS (SELECT 1 FROM contact WHERE workspace_id = $1 AND given_key = $2 AND archived = 0)
		AND NOT EXISTS (SELECT 1 FROM contact WHERE workspace_id = $1 AND given_key = $2 AND archived = 1)`
)

// Drop forgets the names that nobody bears any more, out of those that the contacts bore: they are gone, or called otherwise
// by now.
func Drop(ctx context.Context, tx *sqldb.Tx, of id.Workspace, bore ...Named) error {
	all := labels(bore)
	known, err := held(ctx, tx, of, all, tx.ForLock()) // whoever is just adding a bearer comes before us, or after
	if err != nil {
		return err
	}
	var ends [][]any
	for query, given := range map[string]bool{dropFamily: false, dropGiven: true} {
		var list []label
		var rows [][]any
		for _, l := range all {
			if l.given == given && known[l] {
				list, rows = append(list, l), append(rows, []any{of, l.key})
			}
		}
		touched, err := tx.ExecEach(ctx, query, rows)
		if err != nil {
			return err
		}
		for i, n := range touched {
			for _, end := range list[i].ends() {
				if n > 0 {
					ends = append(ends, list[i].row(of, end))
				}
			}
		}
	}
	_, err = tx.ExecEach(ctx, `DELETE FROM name_part WHERE workspace_id = $1 AND part = $2 AND key = $3 AND given = $4`, ends)
	return err
}
