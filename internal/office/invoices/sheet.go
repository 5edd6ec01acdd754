package invoices

import (
	"net/http"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/billing"
	"github.com/entregent/entregent/internal/web/ui"
)

// sheet is the page of one invoice.
type sheet struct {
	r       *web.Request
	invoice invoice.Invoice
	org     organization.Organization
	paper   []ui.Attachment // its PDF; none of an invented one
	form    *ui.Form        // its fields
	upload  *ui.Form        // another PDF
	today   day.Day
}

func showInvoice(r *web.Request) error { return showSheet(r, nil, nil, http.StatusOK) }

// showSheet shows the page with the forms that came back; nil for one that did not.
func showSheet(r *web.Request, form, upload *ui.Form, status int) error {
	v := sheet{r: r, form: form, upload: upload, today: day.Of(r.Now.In(r.P.Zone()))}
	of, err := r.Invoice("invoice")
	if err != nil {
		return err
	}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.invoice, err = invoice.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		files, err := file.Of(r.Context(), tx, r.By, v.invoice.Owner())
		if err != nil {
			return err
		}
		v.paper = ui.Attachments(files, func(file.File) string { return address(r, of, "/file") })
		v.org, err = organization.Get(r.Context(), tx, r.By, v.invoice.Organization)
		return err
	})
	if err != nil {
		return err
	}
	if v.form == nil {
		v.form = v.filled()
	}
	if v.upload == nil {
		v.upload = &ui.Form{P: r.P, ID: "pdf"}
	}
	v.form.Labels, v.upload.Labels = labels(r), map[string]string{file.Field: r.P.Text("office.invoice.file.other")}
	return r.Render(status, v.page())
}

// filled is the form as what is stored fills it.
func (v sheet) filled() *ui.Form {
	form := &ui.Form{P: v.r.P, ID: "invoice"}
	for field, value := range v.stored() {
		form.Set(field, value)
	}
	return form.SetVersion(v.invoice.Version)
}

func (v sheet) stored() map[string]string {
	i, p := v.invoice, v.r.P
	return map[string]string{
		"number": i.Number, "kind": string(i.Kind), "issued_on": string(i.IssuedOn), "due_on": string(i.DueOn), "reference": i.Reference,
		"net_amount": i.Net().Typed(p), "amount_due": i.Due().Typed(p), "currency": string(i.Currency),
	}
}

func editInvoice(r *web.Request) error {
	of, err := r.Invoice("invoice")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("invoice")
	if err != nil {
		return err
	}
	var now invoice.Invoice
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		now, err = invoice.Edit(r.Context(), tx, r.By, of, inputOf(form))
		return err
	})
	if form.Fail(linked(r, err)) {
		if form.Error.Message.Key == "fault.version" {
			compare(r, form, now)
		}
		return showSheet(r, form, nil, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.invoice.edited."+string(now.Kind), "Number", now.Number)
	return r.SeeOther(address(r, of, ""))
}

// compare shows both values of what somebody else changed meanwhile; who then saves has seen them.
func compare(r *web.Request, form *ui.Form, now invoice.Invoice) {
	v := sheet{r: r, invoice: now}
	for _, field := range []string{"number", "kind", "issued_on", "due_on", "reference", "net_amount", "amount_due", "currency"} {
		shown := v.stored()[field]
		switch {
		case field == "kind":
			shown = r.P.Text("invoice.kind." + shown)
		case strings.HasSuffix(field, "_on"):
			shown = day.Day(shown).In(r.P)
		}
		form.Compare(field, v.stored()[field], shown)
	}
	form.SetVersion(now.Version)
}

// act says what marks it so.
func (v sheet) act() string {
	return v.r.P.Text(billing.Key("billing.mark."+string(v.otherState()), v.invoice.Kind))
}

func (v sheet) mayEdit() bool { return v.r.By.May(actor.EditInvoices) }

// otherState is what it can be marked as.
func (v sheet) otherState() invoice.State {
	if v.invoice.State == invoice.Paid {
		return invoice.Unpaid
	}
	return invoice.Paid
}

func (v sheet) otherIcon() string {
	if v.otherState() == invoice.Paid {
		return "check"
	}
	return "clock"
}

func markOne(r *web.Request) error {
	of, err := r.Invoice("invoice")
	if err != nil {
		return err
	}
	return mark(r, []id.Invoice{of}, address(r, of, ""))
}

// markMany marks those that are ticked.
func markMany(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	back := form.Value("back")
	if !web.Own(back) || !strings.HasPrefix(back, r.Office("/")) {
		back = r.Office("/invoices")
	}
	var ids []id.Invoice
	for _, text := range form.Values["invoice"] {
		if of := (id.Invoice{UUID: id.Read(text)}); !of.IsZero() {
			ids = append(ids, of)
		}
	}
	if len(ids) == 0 {
		e := fault.New(fault.Invalid, "office.invoice.selection.none")
		e.Message.Link = back
		return e
	}
	return mark(r, ids, back)
}

func mark(r *web.Request, ids []id.Invoice, back string) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	state, n, kind := invoice.State(form.Value("state")), 0, invoice.Bill
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		if kind, err = kindOf(r, tx, ids); err != nil {
			return err
		}
		n, err = invoice.SetState(r.Context(), tx, r.By, state, ids...)
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return err
	})
	if err != nil {
		return err
	}
	r.ToastCount(billing.Key("office.invoice.marked."+string(state), kind), n)
	return r.SeeOther(back)
}

// kindOf is what they all are: credit notes, or invoices where one of them is.
func kindOf(r *web.Request, tx *sqldb.Tx, ids []id.Invoice) (invoice.Kind, error) {
	kind := invoice.Bill
	for _, of := range ids {
		i, err := invoice.Get(r.Context(), tx, r.By, of)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if kind = i.Kind; err != nil || kind == invoice.Bill {
			return invoice.Bill, err
		}
	}
	return kind, nil
}

func replaceFile(r *web.Request) error {
	of, err := r.Invoice("invoice")
	if err != nil {
		return err
	}
	form, files, err := r.Uploads("pdf")
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		_, err := invoice.Replace(r.Context(), tx, r.By, of, last(files))
		return err
	})
	if form.Fail(err) {
		return showSheet(r, nil, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.invoice.replaced")
	return r.SeeOther(address(r, of, ""))
}

// removal asks before an invoice is deleted.
type removal struct {
	web.Question
	invoice invoice.Invoice
}

func askDeletion(r *web.Request) error {
	of, err := r.Invoice("invoice")
	if err != nil {
		return err
	}
	var i invoice.Invoice
	err = r.View(func(tx *sqldb.Tx) (err error) {
		i, err = invoice.Get(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	v := removal{invoice: i, Question: web.Question{
		R: r, Shell: web.Office, Current: "invoices", Part: web.DialogPart, Title: r.P.Text("office.invoice.delete.title."+string(i.Kind), "Number", i.Number), Small: true, Back: address(r, of, ""),
		Crumbs: []ui.Link{{Text: r.P.Text("billing.title"), URL: r.Office("/invoices")}, {Text: i.Number, URL: address(r, of, "")}}, Form: &ui.Form{P: r.P, ID: "deletion"},
	}}
	v.Body = v.question()
	return v.Show(http.StatusOK)
}

func deleteInvoice(r *web.Request) error {
	of, err := r.Invoice("invoice")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm("deletion"); err != nil {
		return err
	}
	var gone invoice.Invoice
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		if gone, err = invoice.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		_, err = invoice.Delete(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	r.Toast("office.invoice.deleted."+string(gone.Kind), "Number", gone.Number)
	return r.SeeOther(r.Office("/organizations/" + gone.Organization.String() + "/invoices"))
}
