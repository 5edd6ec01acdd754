// Package invoice keeps the invoices and credit notes that a host files for its organisations: a PDF with its number, days and
// amounts, whether it is paid, and who may read it.
//
// Staff file them; an organisation's own admins read theirs. It sends nothing and takes no payment: that an invoice is paid is what
// staff say.
package invoice

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Kind says what asks for money and what gives it back.
type Kind string

// The kinds.
const (
	Bill       Kind = "invoice"
	CreditNote Kind = "credit_note"
)

// State says whether it is paid.
type State string

// The states as kept; Overdue, which is asked for and never kept, is of what is unpaid past its day.
const (
	Unpaid  State = "unpaid"
	Paid    State = "paid"
	Overdue State = "overdue"
)

// Invoice is one invoice or credit note as kept.
type Invoice struct {
	ID           id.Invoice
	Organization id.Organization
	Number       string // as on the paper; unique in the workspace, blanks and case apart
	Kind         Kind
	State        State
	IssuedOn     day.Day
	DueOn        day.Day // none for some credit notes
	Reference    string  // the customer's own; "" for some
	NetAmount    int64   // without tax, in the currency's smallest unit; not above nought for a credit note, not below for an invoice
	AmountDue    int64   // with tax
	Currency     money.Currency
	Submission   id.UUID
	Version      int64
	CreatedAt    sqldb.Time
	UpdatedAt    sqldb.Time
	UpdatedBy    id.Login // zero = the program
}

// Net is « Montant HT ».
func (i Invoice) Net() money.Sum { return money.Sum{Amount: i.NetAmount, Currency: i.Currency} }

// Remaining is « Reste à payer (TTC) »: nothing, once it is paid.
func (i Invoice) Remaining() money.Sum {
	if i.State == Paid {
		return money.Sum{Currency: i.Currency}
	}
	return i.Due()
}

// Due is what was to be paid, with tax, paid or not.
func (i Invoice) Due() money.Sum { return money.Sum{Amount: i.AmountDue, Currency: i.Currency} }

// Late is how many days it is overdue on that day; 0 when it is not, is paid, or is a credit note.
func (i Invoice) Late(today day.Day) int {
	if i.State != Unpaid || i.Kind != Bill || i.DueOn >= today {
		return 0
	}
	return today.Since(i.DueOn)
}

// Subject is the invoice in the history.
func (i Invoice) Subject() journal.Subject {
	return journal.Subject{Kind: "invoice", ID: i.ID.UUID, Number: i.Number}
}

// Owner is the invoice as what its file belongs to.
func (i Invoice) Owner() file.Owner { return file.Owner{Kind: "invoice", ID: i.ID.UUID} }

const columns = `id, organization_id, number, kind, state, issued_on, due_on, reference, net_amount, amount_due, currency, submission, version, created_at, updated_at, updated_by`

func (i *Invoice) fields() []any {
	return []any{&i.ID, &i.Organization, &i.Number, (*string)(&i.Kind), (*string)(&i.State), (*string)(&i.IssuedOn), (*string)(&i.DueOn), &i.Reference,
		&i.NetAmount, &i.AmountDue, (*string)(&i.Currency), &i.Submission, &i.Version, &i.CreatedAt, &i.UpdatedAt, &i.UpdatedBy}
}

func scan(row sqldb.Scanner) (i Invoice, err error) { return i, row.Scan(i.fields()...) }

// Get reads one; fault.NotFound when the workspace has none such, and for an organisation's own people when it is another's.
// Permission: SeeInvoices.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, invoice id.Invoice) (Invoice, error) {
	if err := by.Need(actor.SeeInvoices); err != nil {
		return Invoice{}, err
	}
	where, args := confined(by, invoice)
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM invoice WHERE workspace_id = $1 AND id = $2`+where, args...)
}

// File gives the PDF of an invoice that the caller may see; faults are those of Get. Permission: SeeInvoices.
func File(ctx context.Context, tx *sqldb.Tx, by actor.Actor, invoice id.Invoice) (file.File, Invoice, error) {
	i, err := Get(ctx, tx, by, invoice)
	if err != nil {
		return file.File{}, i, err
	}
	f, err := fileOf(ctx, tx, by, i)
	return f, i, err
}

// confined is the condition that the caller's own organisation is the invoice's, for whoever is not staff.
func confined(by actor.Actor, invoice id.Invoice) (string, []any) {
	if by.Kind == actor.Contact {
		return ` AND organization_id = $3`, []any{by.Workspace, invoice, by.Organization}
	}
	return ``, []any{by.Workspace, invoice}
}

// lock reads some invoices, in one order for everybody, and holds them until the transaction ends; those that the workspace does
// not have are left out. The caller has checked the permission.
func lock(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Invoice) ([]Invoice, error) {
	in, args := sqldb.In(tx, []any{by.Workspace}, ids)
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM invoice WHERE workspace_id = $1 AND id `+in+` ORDER BY id`+tx.ForLock(), args...)
}

// NumberKey is the form in which numbers are compared: without blanks or case.
func NumberKey(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, unicode.IsSpace), ""))
}

// tail are the digits at the end of a number's key, without leading noughts; "" for none.
func tail(key string) string {
	rest := strings.TrimRight(key, "0123456789")
	return strings.TrimLeft(key[len(rest):], "0")
}

// changes lists what differs, in the order of the form.
func changes(a, b Invoice) (list journal.Changes) {
	list.Add("number", a.Number, b.Number)
	list.Add("invoice_kind", string(a.Kind), string(b.Kind))
	list.Add("issued_on", string(a.IssuedOn), string(b.IssuedOn))
	list.Add("due_on", string(a.DueOn), string(b.DueOn))
	list.Add("reference", a.Reference, b.Reference)
	list.Add("net_amount", plain(a.Net()), plain(b.Net()))
	list.Add("amount_due", plain(a.Due()), plain(b.Due()))
	list.Add("invoice_state", string(a.State), string(b.State))
	return list
}

// plain is a sum as the history keeps it: «1234.56 EUR», "" for none yet.
func plain(s money.Sum) string {
	if s.Currency == "" {
		return ""
	}
	return s.Plain() + " " + string(s.Currency)
}

// referenceKey is the form in which references are compared.
func referenceKey(s string) any { return null(name.Fold(s)) }

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// distinct leaves every identifier once, in one order for everybody.
func distinct(ids []id.Invoice) []id.Invoice {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b id.Invoice) int { return slices.Compare(a.UUID[:], b.UUID[:]) })
	return slices.Compact(ids)
}

// ByNumber reads the invoice that bears the number, blanks and case apart, with its file; fault.NotFound. Permission: EditInvoices.
func ByNumber(ctx context.Context, tx *sqldb.Tx, by actor.Actor, number string) (Invoice, file.File, error) {
	if err := by.Need(actor.EditInvoices); err != nil {
		return Invoice{}, file.File{}, err
	}
	i, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM invoice WHERE workspace_id = $1 AND number_key = $2`, by.Workspace, NumberKey(number))
	if err != nil {
		return i, file.File{}, err
	}
	f, err := fileOf(ctx, tx, by, i)
	if fault.Is(err, fault.NotFound) { // a sample's
		err = nil
	}
	return i, f, err
}

// Says reports whether the other says the same of itself: whosever it is, and whatever became of it since it was filed.
func (i Invoice) Says(other Invoice) bool {
	other.State = i.State
	return len(changes(i, other)) == 0
}
