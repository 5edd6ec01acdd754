// Package books brings invoices in from a folder of PDFs with a list, and takes lists of them out.
//
// It knows the columns; what a table looks like from inside is package sheet's, and every rule about an invoice is invoice's: a
// row goes by the same verb as a form.
package books

import (
	"context"
	"io"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// Noun is what the files hold, as the history says it.
const Noun = "invoices"

// written are the columns of an export, in their order; an organisation's own people get no organisation.
var written = []string{"number", "kind", "organization", "issued_on", "due_on", "reference", "net_amount", "amount_due", "currency", "state"}

// Export writes the invoices that a filter finds, in the order of the list. It reads some hundred at a time, each in a
// transaction of its own, and keeps nothing in memory. A line in the history says how many were written, also when not all could be.
// Formats: CSV and XLSX. Permission: SeeInvoices, and for staff Export.
func Export(ctx context.Context, db *sqldb.DB, by actor.Actor, f invoice.Filter, format list.Format, w io.Writer, p *locale.Printer) (rows int, err error) {
	if err := by.Need(actor.SeeInvoices); err != nil {
		return 0, err
	}
	if err := format.Table(); err != nil {
		return 0, err
	}
	fields := written
	if by.Kind == actor.Contact {
		fields = append(append([]string{}, written[:2]...), written[3:]...)
	}
	cells := make([]string, len(fields))
	file := list.File{Noun: Noun, Format: format, Of: by.Organization}
	return file.Table(ctx, db, by, w, p.Text("books.sheet"), titles(p, fields), func(add func([]string) error) error {
		return invoice.Each(ctx, db, by, f, func(l invoice.Listed) error {
			for i, field := range fields {
				cells[i] = cell(p, l, field)
			}
			return add(cells)
		})
	})
}

// titles are the header of some fields.
func titles(p *locale.Printer, fields []string) []string {
	header := make([]string, len(fields))
	for i, field := range fields {
		header[i] = p.Text("books.column." + field)
	}
	return header
}

// cell is a field as it stands in a file: days and amounts so that a spreadsheet reads them, text so that it is no formula.
func cell(p *locale.Printer, l invoice.Listed, field string) string {
	switch field {
	case "number":
		return sheet.Escape(l.Number)
	case "kind":
		return p.Text("invoice.kind." + string(l.Kind))
	case "organization":
		return sheet.Escape(l.OrganizationName)
	case "issued_on":
		return l.IssuedOn.In(p)
	case "due_on":
		return l.DueOn.In(p)
	case "reference":
		return sheet.Escape(l.Reference)
	case "net_amount":
		return l.Net().Typed(p)
	case "amount_due":
		return l.Remaining().Typed(p)
	case "currency":
		return string(l.Currency)
	}
	return p.Text("invoice.state." + string(l.State))
}

// The columns of a folder's list, and those without which there is nothing to take.
var (
	read   = []string{"number", "kind", "siret", "customer_number", "issued_on", "due_on", "reference", "net_amount", "amount_due", "currency", "state", "file"}
	needed = []string{"number", "issued_on", "net_amount", "amount_due", "file"}
)
