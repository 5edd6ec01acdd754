package invoices

import (
	"net/http"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// filing is « Ajouter une facture ».
type filing struct {
	r    *web.Request
	form *ui.Form
	org  organization.Organization // whose it is; zero = to be typed
}

func askInvoice(r *web.Request) error {
	form := r.NewForm("invoice").Set("currency", string(money.CurrencyOf(r.Workspace.Country))).Set("kind", string(invoice.Bill)).Set("organization", r.Query("organization"))
	return showFiling(r, form, http.StatusOK)
}

func showFiling(r *web.Request, form *ui.Form, status int) error {
	v := filing{r: r, form: form}
	form.Labels = labels(r)
	if of := (id.Organization{UUID: id.Read(form.Value("organization"))}); !of.IsZero() {
		err := r.View(func(tx *sqldb.Tx) (err error) {
			v.org, err = organization.Get(r.Context(), tx, r.By, of)
			return err
		})
		if err != nil {
			return err
		}
	}
	return r.Render(status, v.page())
}

// labels name the fields in the summary of faults.
func labels(r *web.Request) map[string]string {
	names := map[string]string{file.Field: r.P.Text("office.invoice.file")}
	for _, field := range []string{"organization", "number", "kind", "issued_on", "due_on", "reference", "net_amount", "amount_due", "currency"} {
		names[field] = r.P.Text("billing." + field)
	}
	return names
}

// inputOf is what a form says.
func inputOf(form *ui.Form) invoice.Input {
	return invoice.Input{
		Number: form.Value("number"), Kind: form.Value("kind"), IssuedOn: form.Value("issued_on"), DueOn: form.Value("due_on"), Reference: form.Value("reference"),
		NetAmount: form.Value("net_amount"), AmountDue: form.Value("amount_due"), Currency: form.Value("currency"), Submission: form.Submission(), Version: form.Version(),
	}
}

// fileInvoice files it; the same form sent twice files one.
func fileInvoice(r *web.Request) error {
	form, files, err := r.Uploads("invoice")
	if err != nil {
		return err
	}
	var filed invoice.Invoice
	err = r.Update(func(tx *sqldb.Tx) error {
		of, err := staff.OrganizationOf(r, tx, form.Value("organization"))
		if err != nil {
			return withRest(err, form, files)
		}
		filed, err = invoice.Create(r.Context(), tx, r.By, of, inputOf(form), last(files))
		return err
	})
	if form.Fail(linked(r, err)) {
		return showFiling(r, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.invoice.filed."+string(filed.Kind), "Number", filed.Number)
	return r.SeeOther(address(r, filed.ID, ""))
}

// last is the file that was chosen last; zero for none.
func last(files []file.Received) (pdf file.Received) {
	if len(files) > 0 {
		pdf = files[len(files)-1]
	}
	return pdf
}

// withRest tells all that is wrong at once, also where nobody knows whose the invoice is.
func withRest(err error, form *ui.Form, files []file.Received) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		return err
	}
	all := *f
	_, rest := inputOf(form).Parse()
	for _, other := range []error{rest, invoice.CheckPDF(last(files))} {
		if o := fault.As(other); o != nil {
			all.Fields = append(all.Fields, o.Fields...)
		}
	}
	return &all
}

// linked makes of the identifier of the invoice that bears a number already the address of its page.
func linked(r *web.Request, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	for i := range f.Fields {
		if of := (id.Invoice{UUID: id.Read(f.Fields[i].Link)}); f.Fields[i].Name == "number" && !of.IsZero() {
			f.Fields[i].Link = address(r, of, "")
		}
	}
	return f
}

// kinds are the answers to what it is.
func kinds(r *web.Request) []ui.Option {
	return []ui.Option{{Value: string(invoice.Bill), Text: r.P.Text("invoice.kind.invoice")}, {Value: string(invoice.CreditNote), Text: r.P.Text("invoice.kind.credit_note")}}
}
