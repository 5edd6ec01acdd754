package portal

import (
	"net/http"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// askDeletion asks before « Supprimer », and who follows a primary contact (manual 2, « Supprimer un contact »).
func askDeletion(r *web.Request) error {
	return showDeletion(r, http.StatusOK, &ui.Form{P: r.P, ID: "deletion"})
}

func showDeletion(r *web.Request, status int, form *ui.Form) error {
	form.Labels = map[string]string{"successor": r.P.Text("portal.deletion.successor")}
	return ask(r, contact.Remove, status, form, func(q *question, tx *sqldb.Tx) (err error) {
		q.Title = r.P.Text("portal.deletion.title", "Name", q.name())
		if q.org.Primary == q.contact.ID {
			q.heirs, err = contact.Successors(r.Context(), tx, r.By, q.org.ID, q.contact.ID)
		}
		q.Body = q.deletion()
		return err
	})
}

// successors are the answers to who follows.
func (q question) successors() []ui.Option {
	options := make([]ui.Option, len(q.heirs))
	for i, c := range q.heirs {
		options[i] = ui.Option{Value: c.ID.String(), Text: nameOf(q.R, c)}
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
		if gone, err = readFor(r, tx, contact.Remove); err != nil {
			return err
		}
		heir, err := directory.Heir(r.Context(), tx, r.By, gone.Row, form.Value("successor"))
		if err != nil {
			return err
		}
		return access.Delete(r.Context(), tx, r.By, of, heir)
	})
	if form.Refused(err) && gone.Allow(r.By, contact.Remove) == nil {
		return showDeletion(r, web.RefusedStatus(form), form)
	}
	if number := deletedBefore(r, of, err); number != "" {
		r.Toast("portal.deletion.again", "Number", number)
		return r.SeeOther(r.Portal("/contacts"))
	}
	if err != nil {
		return err
	}
	r.Toast("portal.deletion.done", "Name", nameOf(r, gone.Row))
	return r.SeeOther(r.Portal("/contacts"))
}

// deletedBefore is the number of the contact that was missing because it is deleted already, by the same form sent twice or by a
// colleague: what was wanted. It is "" for one that the organisation never had.
func deletedBefore(r *web.Request, of id.Contact, missing error) (number string) {
	if !fault.Is(missing, fault.NotFound) {
		return ""
	}
	err := r.View(func(tx *sqldb.Tx) error {
		numbers, err := journal.OwnDeleted(r.Context(), tx, r.By, []id.UUID{of.UUID})
		number = numbers[of.UUID]
		return err
	})
	if err != nil {
		return ""
	}
	return number
}
