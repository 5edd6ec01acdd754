package public

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// forgottenPassword is the same for everybody and tells nothing of anybody: it asks for an address, says that a letter
// is on its way if it has a login, or whom to ask where no letters are sent.
func (f *face) forgottenPassword(r *web.Request) error {
	if r.Query("sent") != "" && f.Letters {
		return r.Render(http.StatusOK, linkSentPage(r))
	}
	return f.showForgotten(r, http.StatusOK, &ui.Form{P: r.P})
}

func (f *face) showForgotten(r *web.Request, status int, form *ui.Form) error {
	if !f.Letters {
		return r.Render(status, forgottenWithoutLettersPage(r))
	}
	form.Labels = map[string]string{"email": r.P.Text("public.forgotten.email")}
	return r.Render(status, forgottenPasswordPage(r, form))
}

// askLink answers the same, after the same work, whether the address has a login or not.
func (f *face) askLink(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	if !f.Letters {
		return f.showForgotten(r, http.StatusOK, form)
	}
	if err = r.Ready(); err == nil {
		c := r.Credentials(form.Value("email"), "")
		err = f.Desk.Recover(r.Context(), login.Recovery{Email: c.Email, Browser: c.Browser, Address: c.Address})
	}
	switch {
	case form.Refused(err):
		return f.showForgotten(r, web.RefusedStatus(form), form)
	case err != nil:
		return err
	}
	return r.SeeOther("/forgotten-password?sent=1")
}

// choosePage is where the letter's link leads. Looking at it, as mail gateways do, uses nothing.
func (f *face) choosePage(r *web.Request) error {
	return f.showChoice(r, http.StatusOK, &ui.Form{P: r.P})
}

func (f *face) showChoice(r *web.Request, status int, form *ui.Form) error {
	var hosts []string
	err := r.View(func(tx *sqldb.Tx) error {
		_, holder, err := login.OfLink(r.Context(), tx, f.links, link.Password, r.PathValue("token"))
		if err != nil {
			return err
		}
		hosts, err = login.Hosts(r.Context(), tx, holder.ID)
		return err
	})
	if err != nil {
		return overOr(r, err, linkOverPage(r))
	}
	form.Labels = map[string]string{"new_password": r.P.Text("public.password.new")}
	return r.Render(status, choosePasswordPage(r, form, hosts))
}

// overOr answers with the calm page for a link that opens nothing.
func overOr(r *web.Request, err error, page templ.Component) error {
	if fault.Is(err, fault.NotFound) {
		return r.Render(http.StatusNotFound, page)
	}
	return err
}

// choose uses the link: the new password holds, all sessions have ended, and this browser has a new one.
func (f *face) choose(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	var entry login.Entry
	if err = r.Ready(); err == nil {
		entry, err = f.Desk.ChoosePassword(r.Context(), login.PasswordChoice{
			Token: r.PathValue("token"), New: form.Value("new_password"), Browser: r.Credentials("", "").Browser,
		})
	}
	if form.Fail(err) {
		return f.showChoice(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return overOr(r, err, linkOverPage(r))
	}
	if err := r.SignIn(entry); err != nil {
		return err
	}
	r.Toast("public.choose.done")
	return r.SeeOther("/")
}

// weighChoice says what a password is worth while the holder of a link types it.
func (f *face) weighChoice(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	s, err := f.Desk.WeighForHolder(r.Context(), r.PathValue("token"), form.Value("password"))
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, ui.Strength(r.P, s))
}

// weighOwn says what a password is worth while its future owner types it.
func (f *face) weighOwn(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	s, err := f.Desk.WeighOwn(r.Context(), r.By, form.Value("password"))
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, ui.Strength(r.P, s))
}
