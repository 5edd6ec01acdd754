package settings

import (
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// offerForm is the page on which an admin says how the public form works.
type offerForm struct {
	r      *web.Request
	form   *ui.Form
	stored deposit.Form
}

func showForm(r *web.Request) error {
	v := offerForm{r: r, form: r.NewForm("")}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		v.stored, err = deposit.FormOf(r.Context(), tx, r.By)
		return err
	})
	if err != nil {
		return err
	}
	s := v.stored
	v.form.SetBool("form_enabled", s.Enabled).SetBool("form_confirmed", s.Confirmed).Set("consent_fr", s.ConsentFR).Set("consent_en", s.ConsentEN)
	v.form.Set("months", strconv.Itoa(s.Months)).Set("origins", strings.Join(s.Origins, "\n"))
	v.form.SetVersion(s.Version)
	return v.render(http.StatusOK)
}

func (v offerForm) render(status int) error {
	v.form.Labels = map[string]string{}
	for _, field := range []string{"form_enabled", "form_confirmed", "consent_fr", "consent_en", "months", "origins"} {
		v.form.Labels[field] = v.r.P.Text("office.form." + field)
	}
	return v.r.Render(status, v.page())
}

func editForm(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	form.AcceptBox("form_enabled")
	form.AcceptBox("form_confirmed")
	var stored deposit.Form
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		stored, err = deposit.EditForm(r.Context(), tx, r.By, deposit.FormInput{
			Enabled: form.Bool("form_enabled"), Confirmed: form.Bool("form_confirmed"), ConsentFR: form.Value("consent_fr"), ConsentEN: form.Value("consent_en"),
			Months: form.Value("months"), Origins: form.Value("origins"), Version: form.Version(),
		})
		return err
	})
	if form.Fail(err) {
		v := offerForm{r, form, stored}
		if fault.Is(err, fault.Conflict) {
			v.compare()
		}
		return v.render(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.form.saved")
	return r.SeeOther(r.Office("/settings/form"))
}

// compare shows what somebody else stored beside what was typed here; the form then is one of the current version.
func (v offerForm) compare() {
	f, s := v.form, v.stored
	f.CompareBool("form_enabled", s.Enabled, "office.form.form_enabled.")
	f.CompareBool("form_confirmed", s.Confirmed, "office.form.form_confirmed.")
	f.Compare("consent_fr", s.ConsentFR, ui.OrMissing(v.r.P, s.ConsentFR))
	f.Compare("consent_en", s.ConsentEN, ui.OrMissing(v.r.P, s.ConsentEN))
	f.Compare("months", strconv.Itoa(s.Months), strconv.Itoa(s.Months))
	f.Compare("origins", strings.Join(s.Origins, "\n"), ui.OrMissing(v.r.P, strings.Join(s.Origins, " ")))
	f.SetVersion(s.Version)
}

// link is where strangers find the form.
func (v offerForm) link() string {
	base := v.r.Site().BaseURL
	return base.Scheme + "://" + base.Host + "/" + v.r.Workspace.Slug + "/offers/new"
}

// frame is what a site of the host puts into a page of its own.
func (v offerForm) frame() string {
	return `<iframe src="` + v.link() + `?embed=1" title="` + html.EscapeString(v.r.P.Text("public.deposit.title")) + `" width="100%" height="1200"></iframe>`
}
