package public

import (
	"net/http"

	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

func (f *face) signInPage(r *web.Request) error {
	next := r.Query("next")
	if !r.Login.ID.IsZero() {
		return r.SeeOther(next)
	}
	form := &ui.Form{P: r.P}
	return f.showSignIn(r, http.StatusOK, form.Set("next", next))
}

// signInAgain is for whoever posted a form after their session had ended: it carries the form along.
func (f *face) signInAgain(r *web.Request, kept string) error {
	form := &ui.Form{P: r.P}
	return f.showSignIn(r, http.StatusOK, form.Set("kept", kept))
}

func (f *face) showSignIn(r *web.Request, status int, form *ui.Form) error {
	form.Labels = map[string]string{"email": r.P.Text("public.sign_in.email"), "password": r.P.Text("public.sign_in.password")}
	return r.Render(status, signInPage(r, form))
}

// signIn lets somebody in and leads them on: to the form that was kept for them, else to the page they wanted.
func (f *face) signIn(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	if err := r.Ready(); form.Fail(err) {
		return f.showSignIn(r, http.StatusUnprocessableEntity, form)
	}
	entry, err := f.Desk.SignIn(r.Context(), r.Credentials(form.Value("email"), form.Value("password")))
	switch {
	case form.Refused(err):
		return f.showSignIn(r, web.RefusedStatus(form), form)
	case err != nil:
		return err
	}
	if err := r.SignIn(entry); err != nil {
		return err
	}
	if r.Resume(form.Value("kept")) {
		return nil
	}
	return r.SeeOther(form.Value("next"))
}

func (f *face) signOut(r *web.Request) error {
	if !r.Login.ID.IsZero() {
		if err := r.SignOut(); err != nil {
			return err
		}
	}
	r.Toast("public.signed_out")
	return r.SeeOther("/sign-in")
}
