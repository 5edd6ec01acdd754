package invoices

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/billing"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	return []web.Route{
		staff.At("GET /invoices", actor.SeeInvoices, listInvoices),
		staff.At("GET /invoices/export", actor.Export, exportInvoices),
		staff.At("GET /organizations/{organization}/invoices", actor.SeeInvoices, organizationInvoices),

		staff.At("GET /invoices/new", actor.EditInvoices, askInvoice),
		staff.At("POST /invoices", actor.EditInvoices, fileInvoice).WithFiles(),
		staff.At("POST /invoices/state", actor.EditInvoices, markMany),
		staff.At("GET /invoices/{invoice}", actor.SeeInvoices, showInvoice),
		staff.At("POST /invoices/{invoice}", actor.EditInvoices, editInvoice),
		staff.At("POST /invoices/{invoice}/state", actor.EditInvoices, markOne),
		staff.At("GET /invoices/{invoice}/file", actor.SeeInvoices, billing.Serve),
		staff.At("POST /invoices/{invoice}/file", actor.EditInvoices, replaceFile).WithFiles(),
		staff.At("GET /invoices/{invoice}/deletion", actor.EditInvoices, askDeletion),
		staff.At("POST /invoices/{invoice}/deletion", actor.EditInvoices, deleteInvoice),
	}
}
