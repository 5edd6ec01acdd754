// Package invoices is a face of the back office, the invoices of the host: the list of all of them and that of one organisation,
// how one is filed, edited, marked paid, given another PDF, and deleted.
//
// It turns requests into the room's verbs and their answers into pages, and holds no rule of the business and no SQL. routes.go is
// its whole surface; the list is web/billing's, which the portal shows too.
package invoices

import (
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/billing"
	"github.com/entregent/entregent/internal/web/staff"
)

// Mount gives the site the face's routes.
func Mount(site *web.Site) { site.Mount(routes()...) }

// address is that of an invoice's page, or of what hangs below it.
func address(r *web.Request, of id.Invoice, below string) string {
	return r.Office("/invoices/" + of.String() + below)
}

// all is the list of the workspace's.
type all struct{ billing.List }

func listInvoices(r *web.Request) error {
	v := all{billing.List{R: r, At: r.Office("/invoices"), Files: r.Office("/invoices/"), Add: r.Office("/invoices/new")}}
	if err := r.View(v.Read); err != nil {
		return err
	}
	return v.Answer(v.page())
}

// tab is « Factures » of one organisation.
type tab struct {
	staff.Organization
	list billing.List
}

func organizationInvoices(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	v := tab{list: billing.List{
		R: r, Of: of, At: staff.OrganizationURL(r, of, "/invoices"), Files: r.Office("/invoices/"), Add: r.Office("/invoices/new?organization=" + of.String()),
	}}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.Organization, err = staff.ReadOrganization(r, tx, of, staff.InvoicesTab); err != nil {
			return err
		}
		return v.list.Read(tx)
	})
	if err != nil {
		return err
	}
	return v.list.Answer(v.page())
}

// exportInvoices takes along what the list's search and filters find.
func exportInvoices(r *web.Request) error {
	return staff.Exit.Whole(r, func() error { return billing.Export(r) })
}

// nameOf is an organisation as a form shows it.
func nameOf(o organization.Organization) string { return o.Name + " (" + o.Label() + ")" }
