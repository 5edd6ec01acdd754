package office

import (
	"net/http"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

func newOrganization(r *web.Request) error {
	return showNewOrganization(r, http.StatusOK, r.NewForm(""))
}

func showNewOrganization(r *web.Request, status int, form *ui.Form) error {
	form.Labels = organizationLabels(r)
	return r.Render(status, newOrganizationPage(r, form))
}

// addOrganization makes the organisation; the same form sent twice makes one.
func addOrganization(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	in := organizationInput(form)
	in.Submission = form.Submission()
	var added organization.Organization
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		added, err = organization.Create(r.Context(), tx, r.By, in)
		return err
	})
	if form.Fail(err) {
		return showNewOrganization(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	r.Toast("office.organization.added", "Name", added.Name)
	return r.SeeOther(staff.OrganizationURL(r, added.ID, "/contacts"))
}

// checked is what is said of a SIRET while it is typed.
type checked struct {
	number siret.SIRET
	fault  fault.Message              // zero = it is valid
	bearer *organization.Organization // who has it already in this workspace; nil = nobody
}

// checkSIRET answers while somebody types: nothing for nothing, else what is wrong, or that all is well.
func checkSIRET(r *web.Request) error {
	var c checked
	var err error
	c.number, err = siret.Parse(r.Query("siret"))
	switch m, wrong := err.(fault.Message); {
	case wrong:
		c.fault = m
	case !c.number.IsZero():
		err = r.View(func(tx *sqldb.Tx) error {
			o, err := organization.BySIRET(r.Context(), tx, r.By, c.number)
			if err == nil && o.ID.String() != r.Query("but") {
				c.bearer = &o
			}
			return err
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return r.Render(http.StatusOK, siretChecked(r, c))
}
