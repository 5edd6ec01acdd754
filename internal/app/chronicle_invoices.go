package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/entregent/entregent/internal/actor"
	calendar "github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
)

// demoInvoice is an invoice of one of the organisations that the pictures show, or a credit note, which has no due day.
type demoInvoice struct {
	organization    string // its name
	issued, settled int    // days ago; settled 0 = not yet
	given           int    // the days in which it is to be paid; 0 = a credit note
	net, due        string // euros
	reference       string
	what            string // as its PDF says
}

// tellInvoices plans the host's invoices, the oldest first, so that the numbers rise.
func (c *chronicle) tellInvoices(h demoHost, of map[string]*known) {
	for n, i := range h.invoices {
		k, number := of[i.organization], 40+3*n
		var filed invoice.Invoice
		c.ago(time.Duration(i.issued)*day, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			filed, err = c.fileInvoice(ctx, tx, c.somebody(n), k, i, h.prefix, number)
			return err
		})
		if i.settled > 0 {
			c.ago(time.Duration(i.settled)*day, func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := invoice.SetState(ctx, tx, c.somebody(n+1), invoice.Paid, filed.ID)
				return err
			})
		}
	}
}

// fileInvoice files one with the PDF that says the same.
func (c *chronicle) fileInvoice(ctx context.Context, tx *sqldb.Tx, by actor.Actor, k *known, i demoInvoice, prefix string, n int) (invoice.Invoice, error) {
	issued := calendar.Of(c.clock.In(c.host.Zone()))
	in := invoice.Input{
		Number: prefix + "-" + strconv.Itoa(issued.Year()) + fmt.Sprintf("-%04d", n), Kind: string(invoice.Bill), IssuedOn: string(issued), DueOn: string(issued.Add(i.given)),
		Reference: i.reference, NetAmount: i.net, AmountDue: i.due,
	}
	if i.given == 0 {
		in.Kind, in.DueOn = string(invoice.CreditNote), ""
	}
	pdf, err := c.paper(ctx, in, i)
	if err != nil {
		return invoice.Invoice{}, err
	}
	filed, err := invoice.Create(ctx, tx, by, k.organization, in, pdf)
	if err != nil {
		return filed, errors.Join(err, c.files.Drop(pdf))
	}
	return filed, nil
}

// paper is the PDF of an invoice, in the host's language.
func (c *chronicle) paper(ctx context.Context, in invoice.Input, i demoInvoice) (file.Received, error) {
	parsed, err := in.Parse()
	if err != nil {
		return file.Received{}, err
	}
	p := locale.For(c.host.Locale, c.host.OrganizationNoun, c.host.HostNoun(), c.host.Zone())
	line := func(key, value string) string { return p.Text(key) + "   " + value }
	lines := []string{c.host.Name, "", p.Text("invoice.kind."+string(parsed.Kind)) + " " + parsed.Number, "", i.organization, i.what, "", line("billing.issued_on", parsed.IssuedOn.In(p))}
	if !parsed.DueOn.IsZero() {
		lines = append(lines, line("billing.due_on", parsed.DueOn.In(p)))
	}
	lines = append(lines, line("billing.net_amount", parsed.Net().In(p)), line("billing.amount_due", parsed.Due().In(p)))
	return c.files.Receive(ctx, bytes.NewReader(sample.PDF(lines...)), parsed.Number+".pdf")
}
