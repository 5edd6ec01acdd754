package transfers

import (
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// exportNoun takes contacts or organisations along: those of a list, by its search and filters, or all that there is,
// archived or not, where nothing is asked for.
func exportNoun(r *web.Request) error {
	noun, ok := transfer.ParseNoun(r.Query("noun"))
	if !ok {
		return fault.Missing()
	}
	s := transfer.Selection{Noun: noun, Contacts: staff.ContactFilter(r), Organizations: staff.OrganizationFilter(r)}
	if noun == transfer.Contacts && s.Contacts.Plain() || noun == transfer.Organizations && s.Organizations.Query == "" && r.Query("state") == "" {
		s = transfer.Everything(noun)
	}
	return staff.ExportWhole(r, s)
}
