package public

import (
	"net/http"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// activation is the page on which somebody accepts an invitation.
type activation struct {
	r    *web.Request
	form *ui.Form
	invitation.Invited
}

// lead says to what the person is invited, by whom.
func (v activation) lead() string {
	if v.Kind == invitation.Staff {
		return v.r.P.Text("public.activation.lead.staff", "Host", v.Host.Name, "Role", v.r.P.Text("team.role."+v.Role))
	}
	return v.r.P.Text("public.activation.lead", "Host", v.Host.Name, "Organization", v.Organization)
}

// refused reports whether accepting was refused for a reason that another press does not change.
func (v activation) refused() bool { return v.form.Error != nil && v.form.Error.Kind == fault.Conflict }

// activationPage is where an invitation's link leads. Looking at it, as mail gateways do, uses nothing up; that a person
// may have done so is noted once.
func (f *face) activationPage(r *web.Request) error {
	return f.showActivation(r, http.StatusOK, &ui.Form{P: r.P})
}

func (f *face) showActivation(r *web.Request, status int, form *ui.Form) error {
	v := activation{r: r, form: form}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		v.Invited, err = f.Door.Look(r.Context(), tx, r.PathValue("token"))
		return err
	})
	if err != nil {
		return overOr(r, err, invitationOverPage(r))
	}
	if r.Method == http.MethodGet && v.OpenedAt.IsZero() && !r.IsPrefetch() {
		if err := r.Update(func(tx *sqldb.Tx) error { return f.Door.Opened(r.Context(), tx, v.Invitation) }); err != nil {
			return err
		}
	}
	r.Receive(v.Host, v.P)
	form.P = r.P
	form.Labels = map[string]string{"password": r.P.Text("public.activation.password")}
	form.Set("email", v.Email.String())
	return r.Render(status, v.page())
}

// activate accepts the invitation and leads into the portal, or into the back office.
func (f *face) activate(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	var done invitation.Activated
	if err = r.Ready(); err == nil {
		c := r.Credentials("", "")
		done, err = f.Door.Activate(r.Context(), invitation.Activation{
			Token: r.PathValue("token"), Password: form.Value("password"), Login: r.Login.ID, Browser: c.Browser, Address: c.Address,
		})
	}
	switch {
	case form.Refused(err):
		return f.showActivation(r, web.RefusedStatus(form), form)
	case err != nil:
		return overOr(r, err, invitationOverPage(r))
	}
	if !done.Entry.Login.ID.IsZero() {
		if err := r.SignIn(done.Entry); err != nil {
			return err
		}
	}
	if done.Kind == invitation.Staff {
		r.Toast("public.activation.done.staff", "Host", done.Host.Name)
		return r.SeeOther("/" + done.Host.Slug + "/office")
	}
	r.Toast("public.activation.done", "Host", done.Host.Name)
	return r.SeeOther("/" + done.Host.Slug + "/portal")
}

// weighActivation says what a password is worth while somebody who is invited types it.
func (f *face) weighActivation(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	s, err := f.Door.Weigh(r.Context(), r.PathValue("token"), form.Value("password"))
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, ui.Strength(r.P, s))
}

// leaveToActivate is the way out for whoever is signed in as somebody else. A link that opens nothing ends no session.
func (f *face) leaveToActivate(r *web.Request) error {
	err := r.View(func(tx *sqldb.Tx) error {
		_, err := f.Door.Look(r.Context(), tx, r.PathValue("token"))
		return err
	})
	if err != nil {
		return overOr(r, err, invitationOverPage(r))
	}
	if !r.Login.ID.IsZero() {
		if err := r.SignOut(); err != nil {
			return err
		}
	}
	return r.SeeOther("/activate/" + r.PathValue("token"))
}

// declineInvitation is « Cette invitation n'est pas pour moi »: the same answer whatever the link is.
func (f *face) declineInvitation(r *web.Request) error {
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err := r.Update(func(tx *sqldb.Tx) error { return f.Door.Decline(r.Context(), tx, r.PathValue("token")) })
	if err != nil {
		return err
	}
	return r.SeeOther("/activate?declined=1")
}

// renewInvitation is « Demander un nouveau lien »: the same answer whatever the link is.
func (f *face) renewInvitation(r *web.Request) error {
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err := r.Update(func(tx *sqldb.Tx) error {
		return f.Door.AskFresh(r.Context(), tx, r.PathValue("token"), r.Client())
	})
	if err != nil {
		return err
	}
	return r.SeeOther("/activate?asked=1")
}

// codePage is for those whose mail gateway opens links: they type the code.
func (f *face) codePage(r *web.Request) error {
	return f.showCode(r, http.StatusOK, &ui.Form{P: r.P})
}

func (f *face) showCode(r *web.Request, status int, form *ui.Form) error {
	form.Labels = map[string]string{"email": r.P.Text("public.activation.email"), "code": r.P.Text("public.activation.code")}
	note := ""
	switch {
	case r.Query("declined") != "":
		note = "public.activation.declined"
	case r.Query("asked") != "" && f.Letters:
		note = "public.activation.asked"
	case r.Query("asked") != "":
		note = "public.activation.asked.without"
	}
	return r.Render(status, codePage(r, form, note))
}

// takeCode leads from address and code to the page of the link that they stand for.
func (f *face) takeCode(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	var token string
	if err = r.Ready(); err == nil {
		token, err = f.Door.Unlock(r.Context(), invitation.Code{Email: form.Value("email"), Code: form.Value("code"), Address: r.Client()})
	}
	switch {
	case form.Refused(err):
		return f.showCode(r, web.RefusedStatus(form), form)
	case err != nil:
		return err
	}
	return r.SeeOther("/activate/" + token)
}
