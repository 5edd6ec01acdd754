package api

import (
	"strconv"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Invoice is an invoice or a credit note as programs see it.
type Invoice struct {
	ID           string    `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d93"`
	Organization string    `json:"organization_id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Number       string    `json:"number" doc:"As on the paper; unique in the workspace." example:"2026-0042"`
	Kind         string    `json:"kind" enum:"invoice,credit_note" example:"invoice"`
	State        string    `json:"state" enum:"unpaid,paid" example:"unpaid"`
	IssuedOn     string    `json:"issued_on" format:"date" example:"2026-03-02"`
	DueOn        string    `json:"due_on" doc:"Empty for some credit notes." example:"2026-04-01"`
	Reference    string    `json:"reference" doc:"The customer's own." example:"BC-118"`
	NetAmount    int64     `json:"net_amount" doc:"Without tax, in the currency's smallest unit; not above nought for a credit note." example:"100000"`
	AmountDue    int64     `json:"amount_due" doc:"With tax." example:"120000"`
	Currency     string    `json:"currency" example:"EUR"`
	CreatedAt    time.Time `json:"created_at" example:"2026-03-02T09:30:00Z"`
	UpdatedAt    time.Time `json:"updated_at" example:"2026-03-02T09:30:00Z"`
	Version      int64     `json:"version" doc:"Rises with each change; the ETag begins with it." example:"1"`
}

func (i Invoice) version() int64   { return i.Version }
func (i Invoice) location() string { return "/invoices/" + i.ID }

func showInvoice(i invoice.Invoice) Invoice {
	return Invoice{
		ID: i.ID.String(), Organization: i.Organization.String(), Number: i.Number, Kind: string(i.Kind), State: string(i.State), IssuedOn: string(i.IssuedOn),
		DueOn: string(i.DueOn), Reference: i.Reference, NetAmount: i.NetAmount, AmountDue: i.AmountDue, Currency: string(i.Currency),
		CreatedAt: i.CreatedAt.Time().UTC(), UpdatedAt: i.UpdatedAt.Time().UTC(), Version: i.Version,
	}
}

// Invoices is a page of the list.
type Invoices struct {
	Items []Invoice `json:"items" nullable:"false"`
	Next  string    `json:"next" doc:"The cursor of the next page; empty at the end."`
}

// behind is a place in a list that is told by its last entry, and by its page should that be gone.
type behind struct {
	ID   id.UUID
	Page int
}

// next is the place behind a page.
func next[T any](part paging.Part[T], last func(T) id.UUID) (b behind) {
	if n := len(part.Items); n > 0 && part.HasNext() {
		b = behind{last(part.Items[n-1]), part.Page + 1}
	}
	return b
}

type listInvoicesInput struct {
	Paged
	Query        string `query:"q" maxLength:"200" doc:"A number, or its end; a reference; an organization: their beginnings." example:"2026-00"`
	Organization string `query:"organization" format:"uuid" doc:"Only this organization's." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	State        string `query:"state" enum:"unpaid,paid,overdue" doc:"Overdue is what is unpaid past its day."`
	Kind         string `query:"kind" enum:"invoice,credit_note"`
	Year         int    `query:"year" minimum:"1900" maximum:"2200" doc:"Of issue." example:"2026"`
	Sort         string `query:"sort" enum:"recent,oldest" default:"recent" doc:"By the day of issue."`
}

func listInvoices(r *Request, tx *sqldb.Tx, in *listInvoicesInput) (out Invoices, err error) {
	var after behind
	if err := readCursor(in.Cursor, &after); err != nil {
		return out, err
	}
	host, err := workspace.Get(r, tx, r.By.Workspace)
	if err != nil {
		return out, err
	}
	part, err := invoice.Find(r, tx, r.By, invoice.Filter{
		Query: in.Query, Organization: id.Organization{UUID: id.Read(in.Organization)}, State: invoice.State(in.State), Kind: invoice.Kind(in.Kind), Year: in.Year,
		Zone: host.Zone(), Sort: invoice.Sort(in.Sort), After: id.Invoice{UUID: after.ID}, Ask: paging.Ask{Page: after.Page, Most: in.Limit},
	})
	out.Items = make([]Invoice, len(part.Items))
	for n, i := range part.Items {
		out.Items[n] = showInvoice(i.Invoice)
	}
	out.Next = cursor(next(part, func(i invoice.Listed) id.UUID { return i.ID.UUID }))
	return out, err
}

// InvoicePath names an invoice.
type InvoicePath struct {
	Invoice string `path:"invoice" format:"uuid" doc:"The invoice's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d93"`
}

func (p InvoicePath) id() id.Invoice { return id.Invoice{UUID: id.Read(p.Invoice)} }

func getInvoice(r *Request, tx *sqldb.Tx, in *InvoicePath) (Invoice, error) {
	i, err := invoice.Get(r, tx, r.By, in.id())
	return showInvoice(i), err
}

// NewInvoice is the form that an invoice is filed with, beside its file.
type NewInvoice struct {
	Number    string `json:"number" doc:"As on the paper." example:"2026-0042"`
	Kind      string `json:"kind,omitempty" enum:"invoice,credit_note" doc:"invoice if nothing is said."`
	State     string `json:"state,omitempty" enum:"unpaid,paid" doc:"unpaid if nothing is said."`
	IssuedOn  string `json:"issued_on" format:"date" example:"2026-03-02"`
	DueOn     string `json:"due_on,omitempty" doc:"May be left out for a credit note." example:"2026-04-01"`
	Reference string `json:"reference,omitempty" example:"BC-118"`
	NetAmount int64  `json:"net_amount" doc:"Without tax, in the currency's smallest unit." example:"100000"`
	AmountDue int64  `json:"amount_due" doc:"With tax." example:"120000"`
	Currency  string `json:"currency,omitempty" doc:"The euro if nothing is said." example:"EUR"`
}

// createInvoice files an invoice with its PDF.
func createInvoice(r *Request, tx *sqldb.Tx, in *OrganizationPath, form *form) (Invoice, error) {
	f := form.Fields
	currency := orText(f["currency"], "EUR")
	var faults fault.Fields
	net, err := units(f["net_amount"], currency)
	faults.Add("net_amount", err)
	due, err := units(f["amount_due"], currency)
	faults.Add("amount_due", err)
	if err := faults.Err(); err != nil {
		return Invoice{}, err
	}
	i, err := invoice.Create(r, tx, r.By, in.id(), invoice.Input{
		Number: f["number"], Kind: f["kind"], State: f["state"], IssuedOn: f["issued_on"], DueOn: f["due_on"], Reference: f["reference"],
		NetAmount: net, AmountDue: due, Currency: currency,
	}, form.file())
	return showInvoice(i), err
}

func orText(given, otherwise string) string {
	if given == "" {
		return otherwise
	}
	return given
}

// units makes of a number of smallest units what people type.
func units(text, currency string) (string, error) {
	if text == "" {
		return "", nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", fault.M("api.not_number")
	}
	return amount(n, currency), nil
}

func amount(n int64, currency string) string {
	c, err := money.ParseCurrency(currency)
	if err != nil {
		c = "EUR" // the room says what is wrong with the other
	}
	return money.Sum{Amount: n, Currency: c}.Plain()
}

// InvoiceChange is what an edit may change; what is left out stays.
type InvoiceChange struct {
	Number    *string `json:"number,omitempty" nullable:"false" maxLength:"1000" example:"2026-0042"`
	Kind      *string `json:"kind,omitempty" nullable:"false" enum:"invoice,credit_note"`
	IssuedOn  *string `json:"issued_on,omitempty" nullable:"false" maxLength:"40" example:"2026-03-02"`
	DueOn     *string `json:"due_on,omitempty" nullable:"false" maxLength:"40" example:"2026-04-01"`
	Reference *string `json:"reference,omitempty" nullable:"false" maxLength:"1000" example:"BC-118"`
	NetAmount *int64  `json:"net_amount,omitempty" nullable:"false" doc:"Without tax, in the currency's smallest unit." example:"100000"`
	AmountDue *int64  `json:"amount_due,omitempty" nullable:"false" doc:"With tax." example:"120000"`
	Currency  *string `json:"currency,omitempty" nullable:"false" maxLength:"10" example:"EUR"`
}

type editInvoiceInput struct {
	InvoicePath
	Body InvoiceChange
}

func editInvoice(r *Request, tx *sqldb.Tx, in *editInvoiceInput) (Invoice, error) {
	now, err := invoice.Get(r, tx, r.By, in.id())
	if err != nil {
		return Invoice{}, err
	}
	b, currency := in.Body, or(in.Body.Currency, string(now.Currency))
	i, err := invoice.Edit(r, tx, r.By, in.id(), invoice.Input{
		Number: or(b.Number, now.Number), Kind: or(b.Kind, string(now.Kind)), IssuedOn: or(b.IssuedOn, string(now.IssuedOn)), DueOn: or(b.DueOn, string(now.DueOn)),
		Reference: or(b.Reference, now.Reference), NetAmount: amount(or(b.NetAmount, now.NetAmount), currency), AmountDue: amount(or(b.AmountDue, now.AmountDue), currency),
		Currency: currency, Version: r.Version,
	})
	return showInvoice(i), err
}

// InvoiceState says whether an invoice is paid.
type InvoiceState struct {
	State string `json:"state" enum:"unpaid,paid" example:"paid"`
}

type markInvoiceInput struct {
	InvoicePath
	Body InvoiceState
}

func markInvoice(r *Request, tx *sqldb.Tx, in *markInvoiceInput) (Invoice, error) {
	n, err := invoice.SetState(r, tx, r.By, invoice.State(in.Body.State), in.id())
	if err == nil && n == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Invoice{}, err
	}
	return getInvoice(r, tx, &in.InvoicePath)
}

// NewFile is the form that a file comes in.
type NewFile struct{}

func replaceInvoiceFile(r *Request, tx *sqldb.Tx, in *InvoicePath, form *form) (Invoice, error) {
	i, err := invoice.Replace(r, tx, r.By, in.id(), form.file())
	return showInvoice(i), err
}

func deleteInvoice(r *Request, tx *sqldb.Tx, in *InvoicePath) (nothing, error) {
	n, err := invoice.Delete(r, tx, r.By, in.id())
	if err == nil && n == 0 {
		err = fault.Missing()
	}
	return nothing{}, err
}

func invoiceFile(r *Request, tx *sqldb.Tx, in *InvoicePath) (file.File, error) {
	f, _, err := invoice.File(r, tx, r.By, in.id())
	return f, err
}
