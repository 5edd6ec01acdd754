package office

import (
	"cmp"
	"io"
	"net/http"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// exportContacts takes along the contacts of the list's search and filters, or the ticked ones alone.
func exportContacts(r *web.Request) error {
	s := transfer.Selection{Noun: transfer.Contacts, Contacts: staff.ContactFilter(r)}
	if r.Query("selected") != "" {
		if s.Only = staff.Ticked(r); len(s.Only) == 0 {
			e := fault.New(fault.Invalid, "office.contacts.selection.none")
			e.Message.Link = r.Office("/contacts")
			return e
		}
		return export(r, s)
	}
	return exportWhole(r, s)
}

// exportWhole takes along what a filter finds, which may be everything or nearly so: whoever asks for it types their
// password, unless they did a short while ago (product.md §5).
func exportWhole(r *web.Request, s transfer.Selection) error {
	if !r.Confirmed() {
		return staff.AskPassword(r)
	}
	return export(r, s)
}

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
	return exportWhole(r, s)
}

func export(r *web.Request, s transfer.Selection) error {
	format, ok := transfer.ParseFormat(r.Query("format"))
	if !ok {
		return fault.Missing()
	}
	name := r.P.Text("office.export.name."+string(s.Noun), "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + "." + string(format)
	return r.Download(name, format.MediaType(), func(w io.Writer) error {
		_, err := transfer.Export(r.Context(), r.Site().DB, r.By, s, format, w, r.P)
		return err
	})
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
	if form.Fail(err) || fault.Is(err, fault.TooMany) {
		form.Error = fault.As(err)
		return r.Render(web.RefusedStatus(form), v.page())
	}
	if err != nil {
		return err
	}
	return r.SeeOther(staff.ConfirmationURL(r, v.next, v.back))
}
