package sample

import (
	"fmt"
	"time"
)

// Invoice is what is known of an invoice or a credit note. Amounts are in cents, below nought for a credit note.
type Invoice struct {
	Organization int
	Number       string // «FA-004711»; unlike any other of the kind's
	CreditNote   bool
	Paid         bool
	Reference    string        // of most
	Net, Due     int64         // without tax, and with it
	Issued       time.Duration // ago
	Term         time.Duration // from then until it is due; 0 = never, of a credit note
}

// billed is how long ago the first invoice was issued.
const billed = 1500 * day

// Invoice makes the invoice of an index from 0 to Invoices() - 1; it panics on another.
func (d *Dealings) Invoice(i int) Invoice {
	r := d.source.stream(anInvoice, i)
	v := Invoice{Organization: d.invoices.owner(i), Number: fmt.Sprintf("FA-%06d", i+1), Issued: ago(i, d.Invoices(), billed), Term: 30 * day}
	if r.percent(60) {
		v.Reference = fmt.Sprintf("CMD %05d", r.below(100_000))
	}
	v.Net = int64(2_000 + r.below(1+r.below(600_000)))
	v.Paid = r.percent(paidOf(v.Issued))
	if r.percent(5) {
		v.CreditNote, v.Number, v.Net, v.Term = true, fmt.Sprintf("AV-%06d", i+1), -v.Net, 0
	}
	v.Due = v.Net * 12 / 10
	return v
}

// paidOf is how many in a hundred of that age are paid.
func paidOf(age time.Duration) int {
	switch {
	case age > 90*day:
		return 98
	case age > 30*day:
		return 85
	}
	return 30
}
