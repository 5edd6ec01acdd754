package member

import (
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// Alike are the people of the reader's organisation whose names resemble those of somebody who is being added.
type Alike struct {
	r      *web.Request
	People []contact.Row
	exists bool // the first bears the very name
}

// AlikeTo finds them (directory.Similar).
func AlikeTo(r *web.Request, tx *sqldb.Tx, family, given string) (v Alike, err error) {
	v.r = r
	v.People, err = directory.Similar(r.Context(), tx, r.By, r.By.Organization, cut(family), cut(given))
	v.exists = len(v.People) > 0 && directory.SameName(v.People[0], family, given)
	return v, err
}

// cut shortens what somebody types to what a name can be.
func cut(text string) string {
	letters := []rune(text)
	return string(letters[:min(len(letters), web.LongestQuery)])
}
