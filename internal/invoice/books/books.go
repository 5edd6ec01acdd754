// Package books brings invoices in from a folder of PDFs with a list, and takes lists of them out.
//
// It knows the columns; what a table looks like from inside is package sheet's, and every rule about an invoice is invoice's: a
// row goes by the same verb as a form.
package books

import (
	"bufio"
	"context"
	"io"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// Noun is what the files hold, as the history says it.
const Noun = "invoices"

// written are the columns of an export, in their order; an organisation's own people get no organisation.
var written = []string{"number", "kind", "organization", "issued_on", "due_on", "reference", "net_amount", "amount_due", "currency", "state"}

// Export writes the invoices that a filter finds, in the order of the list. It reads some hundred at a time, each in a
// transaction of its own, and keeps nothing in memory. A line in the history says how many were written, also when not all could be.
// Formats: CSV and XLSX. Permission: SeeInvoices, and for staff Export.
func Export(ctx context.Context, db *sqldb.DB, by actor.Actor, f invoice.Filter, format transfer.Format, w io.Writer, p *locale.Printer) (rows int, err error) {
	if err := by.Need(actor.SeeInvoices); err != nil {
		return 0, err
	}
	if format != transfer.CSV && format != transfer.XLSX {
		return 0, fault.OnField(fault.Invalid, "format", fault.M("fault.choice"))
	}
	fields := written
	if by.Kind == actor.Contact {
		fields = append(append([]string{}, written[:2]...), written[3:]...)
	}
	buffered := bufio.NewWriterSize(w, 32<<10)
	out, err := table(buffered, format, p, fields)
	if err != nil {
		return 0, err
	}
	cells := make([]string, len(fields))
	err = invoice.Each(ctx, db, by, f, func(l invoice.Listed) error {
		for i, field := range fields {
			cells[i] = cell(p, l, field)
		}
		rows++
		return out.Write(cells)
	})
	if err == nil {
		err = out.Close()
	}
	if err == nil {
		err = buffered.Flush()
	}
	told := db.Update(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error {
		return tell(context.WithoutCancel(ctx), tx, by, "transfer.exported", []journal.Change{{Field: "format", After: string(format)}, {Field: "rows", After: strconv.Itoa(rows)}})
	})
	if err == nil {
		err = told
	}
	return rows, err
}

// table begins a file with its header.
func table(w io.Writer, format transfer.Format, p *locale.Printer, fields []string) (out sheet.Writer, err error) {
	if format == transfer.XLSX {
		out, err = sheet.NewXLSX(w, p.Text("books.sheet"))
	} else {
		out, err = sheet.NewCSV(w)
	}
	if err != nil {
		return nil, err
	}
	header := make([]string, len(fields))
	for i, field := range fields {
		header[i] = p.Text("books.column." + field)
	}
	return out, out.Write(header)
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

// tell writes what was transferred into the history; numbers are no personal data.
func tell(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, changes []journal.Change) error {
	return journal.Record(ctx, tx, by, journal.Entry{
		Kind: kind, Subject: journal.Subject{Kind: "transfer", ID: id.NewTransfer().UUID}, Organization: by.Organization,
		Changes: append([]journal.Change{{Field: "noun", After: Noun}}, changes...),
	})
}

// The columns of a folder's list, and those without which there is nothing to take.
var (
	read   = []string{"number", "kind", "siret", "customer_number", "issued_on", "due_on", "reference", "net_amount", "amount_due", "currency", "state", "file"}
	needed = []string{"number", "issued_on", "net_amount", "amount_due", "file"}
)
