package contacts

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// readHeirs reads who may follow the contact when it is the primary one.
func (t *task) readHeirs(tx *sqldb.Tx) (err error) {
	if t.org.Primary == t.contact.ID {
		t.heirs, err = contact.Successors(t.R.Context(), tx, t.R.By, t.org.ID, t.contact.ID)
	}
	return err
}

// askDeletion asks before « Supprimer » (manual 1: « toute suppression est définitive »).
func askDeletion(r *web.Request) error {
	return ask(r, func(t *task) { t.remove(&ui.Form{P: r.P, ID: "deletion"}) }, (*task).readHeirs)
}

func (t *task) remove(form *ui.Form) {
	form.Labels = map[string]string{"successor": t.R.P.Text("office.contact.successor")}
	t.Title, t.Small, t.Form = t.R.P.Text("office.contact.delete.title", "Name", t.name()), true, form
	t.Body = t.deletion()
}

// successors are the answers to who follows.
func (t task) successors() []ui.Option {
	options := make([]ui.Option, len(t.heirs))
	for i, c := range t.heirs {
		options[i] = ui.Option{Value: c.ID.String(), Text: web.FullName(t.R.P, c)}
	}
	return options
}

func deleteContact(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("deletion")
	if err != nil {
		return err
	}
	var gone contact.Contact
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		if gone, err = contact.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		heir, err := directory.Heir(r.Context(), tx, r.By, gone.Row, form.Value("successor"))
		if err != nil {
			return err
		}
		return contact.Delete(r.Context(), tx, r.By, of, heir)
	})
	if form.Fail(err) {
		t, err := readTask(r, of, func(t *task) { t.remove(form) }, (*task).readHeirs)
		if err != nil {
			return err
		}
		return t.Show(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.contact.delete.done", "Name", web.FullName(r.P, gone.Row))
	return r.SeeOther(r.Office("/organizations/"+gone.Organization.String()+"/contacts") + readSpot(r).query())
}
