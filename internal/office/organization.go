package office

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// general is the tab « Informations générales » of an organisation.
type general struct {
	staff.Organization
	form       *ui.Form
	primary    *contact.Row  // nil = none
	candidates []contact.Row // who may become it, the first few; only while there is none
	changedBy  string        // "" = the program, or somebody who is gone
}

// mostCandidates are offered in one press; more are found in the list.
const mostCandidates = 5

func showOrganization(r *web.Request) error { return showGeneral(r, http.StatusOK, nil) }

// showGeneral shows the tab, with the stored values or with a form that was refused.
func showGeneral(r *web.Request, status int, form *ui.Form) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	v := general{form: form}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.Organization, err = staff.ReadOrganization(r, tx, of, staff.GeneralTab); err != nil {
			return err
		}
		if err = v.readPrimary(tx); err != nil || v.Org.UpdatedBy.IsZero() {
			return err
		}
		names, err := login.Names(r.Context(), tx, []id.Login{v.Org.UpdatedBy})
		v.changedBy = names[v.Org.UpdatedBy]
		return err
	})
	if err != nil {
		return err
	}
	if v.form == nil {
		v.form = organizationForm(r, v.Org)
	}
	if e := v.form.Error; e != nil && e.Message.Key == "fault.version" {
		compareOrganization(r, v.form, v.Org)
	}
	v.form.Labels, v.Organization.Form = organizationLabels(r), v.form
	return r.Render(status, v.page())
}

// readPrimary finds the primary contact, or who may become it.
func (v *general) readPrimary(tx *sqldb.Tx) error {
	if !v.Org.Primary.IsZero() {
		rows, err := contact.Rows(v.R.Context(), tx, v.R.By, []id.Contact{v.Org.Primary})
		if row, there := rows[v.Org.Primary]; there {
			v.primary = &row
		}
		return err
	}
	return v.readCandidates(tx)
}

// readCandidates finds the first few who may become the primary contact. A page of the list mostly holds them; only
// where nobody on it may, whoever may is looked for.
func (v *general) readCandidates(tx *sqldb.Tx) error {
	first, err := contact.Of(v.R.Context(), tx, v.R.By, v.Org.ID, paging.Ask{Size: paging.Sizes[0]})
	if err != nil {
		return err
	}
	for _, c := range first.Items {
		if c.MayBePrimary() {
			v.candidates = append(v.candidates, c)
		}
	}
	if len(v.candidates) == 0 && first.Total > len(first.Items) {
		v.candidates, err = contact.Successors(v.R.Context(), tx, v.R.By, v.Org.ID, id.Contact{})
	}
	v.candidates = v.candidates[:min(len(v.candidates), mostCandidates)]
	return err
}

func organizationForm(r *web.Request, o organization.Organization) *ui.Form {
	f := &ui.Form{P: r.P}
	f.Set("name", o.Name).Set("customer_number", o.CustomerNumber).Set("address", o.Address).Set("postcode", o.Postcode)
	f.Set("city", o.City).Set("phone", o.Phone.Display(r.Workspace.Country)).Set("website", o.Website)
	return f.SetVersion(o.Version)
}

func editOrganization(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	in := organizationInput(form)
	in.Version = form.Version()
	err = r.Update(func(tx *sqldb.Tx) error {
		_, err := organization.Edit(r.Context(), tx, r.By, of, in)
		return err
	})
	if form.Fail(err) {
		return showGeneral(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	r.Toast("office.organization.saved", "Name", form.Value("name"))
	return r.SeeOther(r.Office("/organizations/" + of.String()))
}

func organizationInput(form *ui.Form) organization.Input {
	return organization.Input{
		Name: form.Value("name"), SIRET: form.Value("siret"), CustomerNumber: form.Value("customer_number"), Address: form.Value("address"),
		Postcode: form.Value("postcode"), City: form.Value("city"), Phone: form.Value("phone"), Website: form.Value("website"),
	}
}

// compareOrganization puts beside each field what somebody else stored meanwhile.
func compareOrganization(r *web.Request, form *ui.Form, o organization.Organization) {
	for _, field := range []struct{ name, stored string }{
		{"name", o.Name}, {"customer_number", o.CustomerNumber}, {"address", o.Address}, {"postcode", o.Postcode},
		{"city", o.City}, {"website", o.Website},
	} {
		form.Compare(field.name, field.stored, ui.OrMissing(r.P, field.stored))
	}
	if typed, err := phone.Parse(form.Value("phone"), r.Workspace.Country); err != nil || typed != o.Phone {
		stored := o.Phone.Display(r.Workspace.Country)
		form.Compare("phone", stored, ui.OrMissing(r.P, stored))
	}
	form.SetVersion(o.Version)
}

// organizationLabels name the fields in the summary of faults.
func organizationLabels(r *web.Request) map[string]string {
	labels := map[string]string{}
	for _, field := range []string{"name", "siret", "customer_number", "address", "postcode", "city", "phone", "website", "reason"} {
		labels[field] = r.P.Text("office.organization." + field)
	}
	return labels
}

// customerHint says what the customer number is for, or why it stands fast.
func customerHint(r *web.Request, o organization.Organization) string {
	if !o.ID.IsZero() && o.SIRET.IsZero() {
		return r.P.Text("organization.customer_number_identifies")
	}
	if o.ID.IsZero() {
		return r.P.Text("office.organization.customer_number.hint")
	}
	return ""
}

// lastChange says when and by whom the general information was changed.
func (v general) lastChange() string {
	day := v.R.P.Date(v.Org.UpdatedAt.Time())
	if v.changedBy == "" {
		return v.R.P.Text("office.organization.changed", "Date", day)
	}
	return v.R.P.Text("office.organization.changed_by", "Date", day, "Name", v.changedBy)
}

// onOrganization acts on the organisation of the address without a form, and leads back to its page.
func onOrganization(r *web.Request, done string, do func(tx *sqldb.Tx, of id.Organization) (organization.Organization, error)) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	var o organization.Organization
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		o, err = do(tx, of)
		return err
	})
	if err != nil {
		return err
	}
	r.Toast(done, "Name", o.Name)
	return r.SeeOther(staff.OrganizationURL(r, o.ID, ""))
}
