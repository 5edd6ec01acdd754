package web

import (
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
)

// Renaming is Update for what may be refused because an account exists already: the one answer that tells something of
// other workspaces (product.md §3). The try is counted for the person, wherever they make it, before it is made, and taken off
// again unless it was refused so; too many are a fault.TooMany.
func (r *Request) Renaming(do func(tx *sqldb.Tx) error) error {
	if err := r.Ready(); err != nil {
		return err
	}
	desk := r.site.Desk
	if err := desk.Try(r.Context(), r.By, "rename"); err != nil {
		return err
	}
	err := r.Update(do)
	if contact.TellsOfAccount(err) {
		return err
	}
	if undone := desk.Undo(r.Context(), r.By, "rename"); undone != nil && err == nil {
		return undone
	}
	return err
}
