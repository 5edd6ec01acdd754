package transfers

import (
	"cmp"
	"net/http"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// exportNoun takes contacts or organisations along: those of a list, by its search and filters, or all that there is,
// archived or not, where nothing is asked for.
func exportNoun(r *web.Request) error {
	noun, ok := transfer.ParseNoun(r.Query("noun"))
	if !ok {
		return fault.Missing()
	}
	s := transfer.Selection{Noun: noun, Contacts: staff.ContactFilter(r), Organizations: staff.OrganizationFilter(r)}
	if noun == transfer.Contacts && s.Contacts.Plain() || noun == transfer.Organizations && s.Organizations.Query == "" && r.Query("state") == "" {
		s = transfer.Everything(noun)
	}
	return staff.ExportWhole(r, s)
}

// exportConfirmation asks for the password; once it is typed, it offers the file.
type exportConfirmation struct {
	r    *web.Request
	form *ui.Form
	next string
	back string // where « Annuler » and « Revenir » lead
}

func newConfirmation(r *web.Request, form *ui.Form, next, back string) exportConfirmation {
	form.Labels = map[string]string{"password": r.P.Text("office.password")}
	return exportConfirmation{r, form, cmp.Or(staff.OwnPage(r, next), r.Office("/import")), cmp.Or(staff.OwnPage(r, back), r.Office("/import"))}
}

func showExportConfirmation(r *web.Request) error {
	return r.Render(http.StatusOK, newConfirmation(r, r.NewForm(""), r.Query("next"), r.Query("back")).page())
}

func confirmExport(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	v := newConfirmation(r, form, form.Value("next"), form.Value("back"))
	err = r.ConfirmBy(form)
	if form.Refused(err) {
		return r.Render(web.RefusedStatus(form), v.page())
	}
	if err != nil {
		return err
	}
	return r.SeeOther(staff.ConfirmationURL(r, v.next, v.back))
}
