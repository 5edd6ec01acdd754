package assist

import (
	"net/http"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// asking is « Créer une demande ».
type asking struct {
	*ui.Form
	r      *web.Request
	whom   id.Contact // for whom; zero = the reader
	called string     // how they are called
}

func askNew(r *web.Request) error {
	form := r.NewForm("").Set("kind", string(request.Technical))
	return showAsking(r, http.StatusOK, form, id.Contact{UUID: r.QueryID("contact")})
}

// showAsking shows the form. Who may not ask for others asks for themselves, whatever the address says.
func showAsking(r *web.Request, status int, form *ui.Form, whom id.Contact) error {
	v := asking{Form: form, r: r, whom: whom}
	form.Labels = support.Labels(r, "kind", r.P.Text("request.field.kind"), "subject", r.P.Text("request.field.subject"), "text", r.P.Text("support.text"))
	if !whom.IsZero() && whom != r.By.Contact && r.By.May(actor.AskForColleagues) {
		err := r.View(func(tx *sqldb.Tx) error {
			c, err := contact.Colleague(r.Context(), tx, r.By, whom)
			v.called = web.Name(r.P, c.Row)
			return err
		})
		if err != nil {
			return err
		}
	} else {
		v.whom = id.Contact{}
	}
	return r.Render(status, v.page())
}

func create(r *web.Request) error {
	form, files, err := support.Uploads(r, "")
	if err != nil {
		return err
	}
	whom := id.Contact{UUID: id.Read(form.Value("contact"))}
	var made request.Request
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		made, err = request.Create(r.Context(), tx, r.By, support.Input(form, files, whom))
		return err
	})
	if form.Fail(err) {
		return showAsking(r, http.StatusUnprocessableEntity, form, whom)
	}
	if err != nil {
		return err
	}
	r.Toast("assist.created", "Number", made.Label())
	return r.SeeOther(requestURL(r, made.ID))
}

// mayAdministrative reports whether the reader may choose the kind.
func (v asking) mayAdministrative() bool { return v.r.By.May(actor.AskAdministrative) }
