// Package words keeps what stands within the names of contacts: beside the beginnings of family and given names, which the
// contact's own indexes have, whatever follows a blank in them, so that « costa » finds « Da Costa »; and, of each name that
// anybody of a workspace bears, its ends, so that « pont » finds « Dupont ».
//
// It is a part of package contact, which calls it whenever names come to be, change or go. Package directory reads them. What a
// name is, and how it is folded, is package name's.
package words

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Named is a contact with its names.
type Named struct {
	Contact       id.Contact
	Organization  id.Organization
	Family, Given name.Part
}

// Add keeps the words of contacts that are new.
func Add(ctx context.Context, tx *sqldb.Tx, of id.Workspace, list ...Named) error {
	var rows [][]any
	for _, n := range list {
		known := map[string]bool{}
		for _, key := range [...]string{n.Family.Key(), n.Given.Key()} {
			for rest, more := behind(key); more; rest, more = behind(rest) {
				if !known[rest] {
					known[rest] = true
					rows = append(rows, []any{of, n.Contact, rest, n.Organization, n.Family.Key(), n.Given.Key()})
				}
			}
		}
	}
	if err := tx.InsertAll(ctx, `contact_word (workspace_id, contact_id, words, organization_id, family_key, given_key)`, rows); err != nil {
		return err
	}
	return addParts(ctx, tx, of, list)
}

// Replace keeps the words of a contact that is called now what its row says already, and was called otherwise before.
func Replace(ctx context.Context, tx *sqldb.Tx, of id.Workspace, before, now Named) error {
	if _, err := tx.Exec(ctx, `DELETE FROM contact_word WHERE workspace_id = $1 AND contact_id = $2`, of, now.Contact); err != nil {
		return err
	}
	if err := Add(ctx, tx, of, now); err != nil {
		return err
	}
	return Drop(ctx, tx, of, before)
}

// behind is what follows the first blank; a folded name has single ones, and none at its ends.
func behind(key string) (rest string, more bool) {
	_, rest, more = strings.Cut(key, " ")
	return rest, more
}
