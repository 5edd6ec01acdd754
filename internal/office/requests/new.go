package requests

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// draft is a request that staff make for a contact.
type draft struct {
	r    *web.Request
	form *ui.Form
}

// newRequest is the empty form; the address may name the contact by its number.
func newRequest(r *web.Request) error {
	v := draft{r, r.NewForm("")}
	v.form.Set("number", r.Query("number")).Set("kind", string(request.Technical))
	return v.render(http.StatusOK)
}

func (v draft) render(status int) error {
	p := v.r.P
	v.form.Labels = support.Labels(v.r, "number", p.Text("office.request.number"), "kind", p.Text("request.field.kind"), "subject", p.Text("request.field.subject"), "text", p.Text("support.text"))
	return v.r.Render(status, v.page())
}

func createRequest(r *web.Request) error {
	form, files, err := support.Uploads(r, "")
	if err != nil {
		return err
	}
	v := draft{r, form}
	var made request.Request
	err = r.Update(func(tx *sqldb.Tx) error {
		whom, unknown := numbered(r, tx, form)
		if unknown != nil && fault.As(unknown) == nil {
			return unknown
		}
		made, err = request.Create(r.Context(), tx, r.By, support.Input(form, files, whom))
		return nameNumber(err, unknown)
	})
	if form.Fail(err) {
		return v.render(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.request.created", "Number", made.Label())
	return r.SeeOther(requestURL(r, made.ID, ""))
}

// numbered is the contact whose number was typed; none is a fault on number.
func numbered(r *web.Request, tx *sqldb.Tx, form *ui.Form) (id.Contact, error) {
	unknown := fault.OnField(fault.Invalid, "number", fault.M("office.request.number.unknown"))
	number, ok := directory.ParseLabel(form.Value("number"))
	if !ok {
		return id.Contact{}, unknown
	}
	c, err := contact.ByNumber(r.Context(), tx, r.By, number)
	if fault.Is(err, fault.NotFound) {
		err = unknown
	}
	return c.ID, err
}

// nameNumber puts what a verb says of its contact beside the field in which the number was typed, where unknown says
// more than that nobody was named.
func nameNumber(err, unknown error) error {
	e := fault.As(err)
	if e == nil {
		return err
	}
	mended := *e
	mended.Fields = nil
	for _, f := range e.Fields {
		if f.Name == "contact" {
			if f.Name = "number"; unknown != nil {
				f = fault.As(unknown).Fields[0]
			}
		}
		mended.Fields = append(mended.Fields, f)
	}
	return &mended
}

// relating asks for whom the request is instead.
func relating(r *web.Request, form *ui.Form) (q *web.Question, shown request.Request, err error) {
	of, err := r.SupportRequest("request")
	if err != nil {
		return nil, shown, err
	}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		shown, err = request.Get(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return nil, shown, err
	}
	form.Labels = map[string]string{"number": r.P.Text("office.request.number"), elsewhere: r.P.Text("office.request.relate.elsewhere.label")}
	q = &web.Question{
		R: r, Shell: web.Office, Current: "requests", Part: web.DialogPart, Title: r.P.Text("office.request.relate.title", "Number", shown.Label()), Small: true,
		Back: requestURL(r, of, ""), Form: form,
		Crumbs: []ui.Link{{Text: r.P.Text("office.nav.requests"), URL: r.Office("/requests")}, {Text: shown.Label(), URL: requestURL(r, of, "")}},
	}
	q.Body = relation(r, q, requestURL(r, of, "/contact"))
	return q, shown, nil
}

// elsewhere is the box that confirms that the request goes to another organisation.
const elsewhere = "elsewhere"

func askContact(r *web.Request) error {
	q, _, err := relating(r, r.NewForm("relation"))
	if err != nil {
		return err
	}
	return q.Show(http.StatusOK)
}

func relate(r *web.Request) error {
	form, err := r.ReadForm("relation")
	if err != nil {
		return err
	}
	q, shown, err := relating(r, form)
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		to, err := numbered(r, tx, form)
		if err == nil {
			err = request.Relate(r.Context(), tx, r.By, shown.ID, to, form.Bool(elsewhere))
		}
		return nameNumber(err, nil)
	})
	if form.Fail(err) {
		return q.Show(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.request.related")
	return r.SeeOther(requestURL(r, shown.ID, ""))
}
