package office

import (
	"net/http"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// organizationHistory is the tab « Historique »: everything that was ever done to the organisation and its contacts.
type organizationHistory struct {
	staff.Organization
	history staff.History
}

func organizationJournal(r *web.Request) error {
	return showOrganizationJournal(r, http.StatusOK, r.NewForm(""))
}

func showOrganizationJournal(r *web.Request, status int, form *ui.Form) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	var v organizationHistory
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.Organization, err = staff.ReadOrganization(r, tx, of, staff.JournalTab); err != nil {
			return err
		}
		v.history, err = staff.ReadHistory(r, tx, v.URL("/journal"), journal.Filter{Organization: of}, "organization", "contact", "journal")
		return err
	})
	if err != nil {
		return err
	}
	v.history.Comment, v.history.Action, v.Form = staff.LabelComment(form), v.URL("/comments"), form
	if r.IsFetch() && status == http.StatusOK {
		return r.Render(status, staff.HistoryPart(r, v.history))
	}
	return r.Render(status, v.view())
}

func commentOrganization(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	return staff.Comment(r, r.Office("/organizations/"+of.String()+"/journal"), func(tx *sqldb.Tx) (journal.Subject, id.Organization, error) {
		o, err := organization.Get(r.Context(), tx, r.By, of)
		return o.Subject(), of, err
	}, func(form *ui.Form) error { return showOrganizationJournal(r, http.StatusUnprocessableEntity, form) })
}
