package contacts

import (
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// exportContacts takes along the contacts of the list's search and filters, or the ticked ones alone.
func exportContacts(r *web.Request) error {
	s := transfer.Selection{Noun: transfer.Contacts, Contacts: staff.ContactFilter(r)}
	if r.Query("selected") != "" {
		if s.Only = staff.Ticked(r); len(s.Only) == 0 {
			e := fault.New(fault.Invalid, "office.contacts.selection.none")
			e.Message.Link = r.Office("/contacts")
			return e
		}
		return staff.Export(r, s)
	}
	return staff.ExportWhole(r, s)
}
