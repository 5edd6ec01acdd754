package public

import (
	"net/http"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// askAddress sends a letter to the address that the person wants to sign in with. The answer is the same whether
// somebody signs in with it already or not.
func (f *face) askAddress(r *web.Request) error {
	form, err := r.ReadForm("address")
	if err != nil {
		return err
	}
	err = f.wishAddress(r, form)
	switch {
	case form.Refused(err):
		return f.showProfile(r, web.RefusedStatus(form), profile{address: form})
	case err != nil:
		return err
	}
	r.Toast("public.address.asked")
	return r.SeeOther("/profile")
}

// wishAddress has the password typed by whoever has not done so a short while ago (product.md §5).
func (f *face) wishAddress(r *web.Request, form *ui.Form) error {
	if err := r.Ready(); err != nil {
		return err
	}
	if !f.Letters {
		return fault.New(fault.Conflict, "public.address.without")
	}
	typed := form.Value("email")
	if !r.Confirmed() {
		var faults fault.Fields
		_, err := email.Parse(typed)
		faults.Add("email", err)
		if form.Value("password") == "" {
			faults.Add("password", fault.M("fault.required"))
		}
		if err := faults.Err(); err != nil {
			return err
		}
		if err := r.Confirm(form.Value("password")); err != nil {
			return err
		}
	}
	return f.Desk.AskAddress(r.Context(), r.By, typed)
}

func (f *face) withdrawAddress(r *web.Request) error {
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err := r.Update(func(tx *sqldb.Tx) error { return login.WithdrawAddress(r.Context(), tx, r.By) })
	if err != nil {
		return err
	}
	r.Toast("public.address.withdrawn")
	return r.SeeOther("/profile")
}

// confirmAddressPage is where the letter's link leads. Looking at it uses nothing.
func (f *face) confirmAddressPage(r *web.Request) error {
	return f.showConfirmation(r, http.StatusOK, &ui.Form{P: r.P})
}

func (f *face) showConfirmation(r *web.Request, status int, form *ui.Form) error {
	var wish link.Link
	err := r.View(func(tx *sqldb.Tx) (err error) {
		wish, _, err = login.OfLink(r.Context(), tx, f.links, link.Address, r.PathValue("token"))
		return err
	})
	if err != nil {
		return overOr(r, err, addressOverPage(r))
	}
	return r.Render(status, confirmAddressPage(r, form, wish.Address.String()))
}

// confirmAddress uses the link, in whichever browser the letter was read.
func (f *face) confirmAddress(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	var changed login.Login
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		changed, err = f.Desk.ConfirmAddress(r.Context(), tx, r.PathValue("token"))
		return err
	})
	if form.Fail(err) {
		return f.showConfirmation(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return overOr(r, err, addressOverPage(r))
	}
	r.Toast("public.address.changed")
	if r.Login.ID == changed.ID {
		return r.SeeOther("/profile")
	}
	return r.SeeOther("/sign-in")
}
