package directory

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// mostSimilar are shown while somebody types: more would hide the form.
const mostSimilar = 5

// Similar lists up to five contacts of the organisation whose names resemble what is being typed, so that nobody
// is entered twice; the very same name comes first. An organisation's own people read of those whom the portal shows them alone, and of no
// other organisation. Permission: EditContacts.
func Similar(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, family, given string) ([]contact.Row, error) {
	if err := by.Need(actor.EditContacts); err != nil {
		return nil, err
	}
	if by.Kind == actor.Contact && of != by.Organization {
		return nil, fault.Missing()
	}
	family, given = name.Fold(family), name.Fold(given)
	if len(family) < 2 {
		return nil, nil
	}
	all, err := alike(ctx, tx, by, of, family, given)
	if err != nil {
		return nil, err
	}
	var same, close []id.Contact
	for _, b := range all {
		switch {
		case b.family == family && b.given == given, b.family == given && b.given == family:
			same = append(same, b.id)
		case near(b.family, family) && (given == "" || near(b.given, given) || strings.HasPrefix(b.given, given) || strings.HasPrefix(given, b.given)):
			close = append(close, b.id)
		}
	}
	found := append(same, close...)
	found = found[:min(len(found), mostSimilar)]
	read := contact.Rows
	if by.Kind == actor.Contact {
		read = contact.ColleaguesOf
	}
	rows, err := read(ctx, tx, by, found)
	list := make([]contact.Row, 0, len(rows))
	for _, contact := range found {
		list = append(list, rows[contact])
	}
	return list, err
}

// SameName reports whether the contact bears these very names, accents, case and hyphens apart.
func SameName(c contact.Row, family, given string) bool {
	return c.FamilyName.Key() == name.Fold(family) && c.GivenName.Key() == name.Fold(given)
}

// bearer is who bears a name, as it is compared.
type bearer struct {
	id            id.Contact
	family, given string
}

// alike finds whom Similar compares: who bears the very name, in either order, and those whose family name begins
// with the same letter, as far as one organisation has some hundreds of them.
func alike(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, family, given string) ([]bearer, error) {
	those := keys + `workspace_id = $1 AND organization_id = $2 AND `
	if by.Kind == actor.Contact {
		those += `NOT (` + contact.Unseen + `) AND `
	}
	first := string([]rune(family)[:1])
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (b bearer, err error) { return b, row.Scan(&b.id, &b.family, &b.given) },
		those+`family_key = $3 AND given_key = $4 UNION `+those+`family_key = $4 AND given_key = $3
			UNION SELECT * FROM (`+those+`family_key >= $5 AND family_key < $6 ORDER BY family_key, given_key, id LIMIT 500) f
			ORDER BY family_key, given_key, id`, by.Workspace, of, family, given, first, first+lastKey)
}

// near reports whether at most two letters (one, in a short name) are added, missing or other.
func near(a, b string) bool {
	most := 2
	if len(a) < 5 || len(b) < 5 {
		most = 1
	}
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return false
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)] <= most
}
