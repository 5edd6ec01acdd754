package settings

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// askRole is « Changer le rôle ».
func (o Options) askRole(r *web.Request) error {
	return o.askMember(r, http.StatusOK, func(a *about) { a.role(r.NewForm("role").Set("role", storedRole(a.member.Role))) })
}

func (a *about) role(form *ui.Form) {
	a.ask(a.crew.r.P.Text("office.team.role.title", "Name", a.member.Name), form, func() templ.Component { return a.roleFields() })
}

func (o Options) changeRole(r *web.Request) error {
	of, err := r.Member("member")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("role")
	if err != nil {
		return err
	}
	role := form.Value("role")
	var called string
	if err = proven(r, form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			if err = team.ChangeRole(r.Context(), tx, r.By, of, role); err != nil {
				return err
			}
			if called, err = nameOf(r, tx, of); err != nil {
				return err
			}
			return needsProof(r, role)
		})
	}
	if form.Refused(err) {
		return o.askMember(r, web.RefusedStatus(form), func(a *about) { a.role(form) })
	}
	if err != nil {
		return err
	}
	r.Toast("office.team.role.changed", "Name", called, "Role", r.P.Text("team.role."+role))
	if of == r.Login.ID && role != "admin" { // this page is not theirs any more
		return r.SeeOther(r.Office(""))
	}
	return r.SeeOther(teamURL(r, ""))
}

// nameOf is what a member is called.
func nameOf(r *web.Request, tx *sqldb.Tx, of id.Login) (string, error) {
	l, err := login.Get(r.Context(), tx, of)
	return l.Name, err
}

// askMemberRemoval is « Retirer de l’équipe », or « Quitter l’équipe » for oneself.
func (o Options) askMemberRemoval(r *web.Request) error {
	return o.askMember(r, http.StatusOK, func(a *about) { a.removal(r.NewForm("removal")) })
}

func (a *about) removal(form *ui.Form) {
	title := a.crew.r.P.Text("office.team.removal.title", "Name", a.member.Name)
	if a.isOwn(a.member) {
		title = a.crew.r.P.Text("office.team.leave.title", "Host", a.crew.r.Workspace.Name)
	}
	a.ask(title, form, func() templ.Component { return a.removalFields() })
}

// words are those of the dialog: for somebody else, or for oneself.
func (a *about) words(key string) string {
	if a.isOwn(a.member) {
		return a.crew.r.P.Text("office.team.leave." + key)
	}
	return a.crew.r.P.Text("office.team.removal." + key)
}

func (o Options) removeMember(r *web.Request) error {
	of, err := r.Member("member")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("removal")
	if err != nil {
		return err
	}
	var called string
	if err = r.Ready(); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			if called, err = nameOf(r, tx, of); err != nil {
				return err
			}
			return team.Remove(r.Context(), tx, r.By, of)
		})
	}
	if form.Refused(err) {
		return o.askMember(r, web.RefusedStatus(form), func(a *about) { a.removal(form) })
	}
	if err != nil {
		return err
	}
	if of == r.Login.ID {
		r.Toast("office.team.left", "Host", r.Workspace.Name)
		return r.SeeOther("/")
	}
	r.Toast("office.team.removed", "Name", called)
	return r.SeeOther(teamURL(r, ""))
}

// askRenewal is « Renouveler » an invitation.
func (o Options) askRenewal(r *web.Request) error {
	return o.askInvited(r, http.StatusOK, func(a *about) { a.renewal(r.NewForm("renewal")) })
}

func (a *about) renewal(form *ui.Form) {
	a.ask(a.crew.r.P.Text("office.team.renewal.title", "Name", a.guest.Name), form, func() templ.Component { return a.renewalFields() })
}

func (o Options) renewInvitation(r *web.Request) error {
	of, err := r.Invitation("invitation")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("renewal")
	if err != nil {
		return err
	}
	var renewed invitation.Invitation
	if err = proven(r, form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			if renewed, err = o.Team.Renew(r.Context(), tx, r.By, of); err != nil {
				return err
			}
			return needsProof(r, renewed.Role)
		})
	}
	if form.Refused(err) {
		return o.askInvited(r, web.RefusedStatus(form), func(a *about) { a.renewal(form) })
	}
	if err != nil {
		return err
	}
	o.toastInvited(r, renewed.Name)
	return r.SeeOther(teamURL(r, ""))
}

// askWithdrawal is « Retirer l’invitation ».
func (o Options) askWithdrawal(r *web.Request) error {
	return o.askInvited(r, http.StatusOK, func(a *about) { a.withdrawal(r.NewForm("withdrawal")) })
}

func (a *about) withdrawal(form *ui.Form) {
	a.ask(a.crew.r.P.Text("office.team.withdrawal.title", "Name", a.guest.Name), form, func() templ.Component { return a.withdrawalFields() })
}

func (o Options) withdrawInvitation(r *web.Request) error {
	of, err := r.Invitation("invitation")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("withdrawal")
	if err != nil {
		return err
	}
	var gone invitation.Invitation
	if err = r.Ready(); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			gone, err = o.Team.Withdraw(r.Context(), tx, r.By, of)
			return err
		})
	}
	if form.Refused(err) {
		return o.askInvited(r, web.RefusedStatus(form), func(a *about) { a.withdrawal(form) })
	}
	if err != nil {
		return err
	}
	r.Toast("office.team.withdrawn", "Name", gone.Name)
	return r.SeeOther(teamURL(r, ""))
}
