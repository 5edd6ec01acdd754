// Package look keeps with a login how its person last wanted to see lists: layout, size, order, filters, each list's as its face writes
// them down. It knows no list, and reads nothing of what it keeps.
package look

import (
	"context"
	"net/url"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
)

// most is how many characters are kept for all lists together.
const most = 2000

// Of is how the list of that name was last wanted, "" if that was never said; kept is Login.Looks. It may be long ago: whoever reads it
// looks at it as at what is typed.
func Of(kept, list string) string {
	all, _ := url.ParseQuery(kept) // what cannot be read is nothing
	return all.Get(list)
}

// Keep keeps how the caller wants to see the list of that name, and gives what is kept now. What is too long together with the other lists is kept
// alone, or not at all. Neither the profile's version nor the history tell of it: it is nobody else's business. Who may: whoever is signed
// in, for themselves.
func Keep(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list, way string) (string, error) {
	if by.Login.IsZero() {
		return "", fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := tx.Lock(ctx, "login", "id = $1", by.Login); err != nil {
		return "", err
	}
	kept, err := sqldb.One(ctx, tx, sqldb.Value[string], `SELECT looks FROM login WHERE id = $1`, by.Login)
	if err != nil {
		return "", err
	}
	all, _ := url.ParseQuery(kept)
	all.Set(list, way)
	if len(all.Encode()) > most {
		all = url.Values{list: {way}}
	}
	if len(all.Encode()) > most {
		return kept, nil
	}
	_, err = tx.Exec(ctx, `UPDATE login SET looks = $1 WHERE id = $2`, all.Encode(), by.Login)
	return all.Encode(), err
}
