package settings

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// crew is the page of the team: who belongs to it, and who was invited.
type crew struct {
	r       *web.Request
	post    *mail.Post
	members []workspace.Member
	invited []team.Invited
}

// teamPart is what a script replaces when somebody was invited or removed; the dialogs stand in it.
const teamPart = "team"

func (o Options) readCrew(r *web.Request) (crew, error) {
	v := crew{r: r, post: o.Post}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.members, err = workspace.Team(r.Context(), tx, r.By); err != nil {
			return err
		}
		v.invited, err = team.List(r.Context(), tx, r.By)
		return err
	})
	return v, err
}

func (o Options) showTeam(r *web.Request) error {
	v, err := o.readCrew(r)
	if err != nil {
		return err
	}
	if r.Fragment() == teamPart {
		return r.Render(http.StatusOK, v.part())
	}
	return r.Render(http.StatusOK, v.page())
}

func teamURL(r *web.Request, below string) string { return r.Office("/settings/team" + below) }

func (v crew) memberURL(m workspace.Member, below string) string {
	return teamURL(v.r, "/"+m.Login.String()+below)
}

func (v crew) invitedURL(i team.Invited, below string) string {
	return teamURL(v.r, "/invitations/"+i.ID.String()+below)
}

func (v crew) isOwn(m workspace.Member) bool { return m.Login == v.r.Login.ID }

// isLast reports whether the team would be without an admin but for this member.
func (v crew) isLast(m workspace.Member) bool {
	for _, other := range v.members {
		if other.Role == actor.StaffAdmin && other.Login != m.Login {
			return false
		}
	}
	return m.Role == actor.StaffAdmin
}

// sent says how far somebody's invitation has come.
func (v crew) sent(i team.Invited) staff.Sent {
	return staff.Sent{R: v.r, Post: v.post, Invitation: i.Invitation, Letter: i.Letter, Delivery: i.Delivery}
}

// asking is a question about the team.
func (v crew) asking(title string, form *ui.Form, small bool) web.Question {
	return web.Question{
		R: v.r, Shell: web.Office, Current: "settings", Part: web.DialogPart, Title: title, Small: small, Back: teamURL(v.r, ""), Form: form,
		Crumbs: []ui.Link{{Text: v.r.P.Text("office.nav.settings"), URL: v.r.Office("/settings")}, {Text: v.r.P.Text("office.team.title"), URL: teamURL(v.r, "")}},
	}
}

// roles are the roles with what each may do.
func (v crew) roles() []ui.Option {
	list := make([]ui.Option, 0, 2)
	for _, role := range []string{"officer", "admin"} {
		list = append(list, ui.Option{Value: role, Text: v.r.P.Text("team.role." + role), Hint: v.r.P.Text("office.team.role." + role + ".may")})
	}
	return list
}

// storedRole is a role as forms hold it.
func storedRole(role actor.Role) string {
	if role == actor.StaffAdmin {
		return "admin"
	}
	return "officer"
}

// The password is asked for where somebody becomes an admin, unless it was typed a short while ago, once nothing else is
// wrong (product.md §5). proven looks at one that was typed; needsProof refuses, in the transaction, where it is missing.
func proven(r *web.Request, form *ui.Form) error {
	if form.Value("password") == "" {
		return r.Ready()
	}
	return r.ConfirmBy(form)
}

func needsProof(r *web.Request, role string) error {
	if role == "admin" && !r.Confirmed() {
		return fault.OnField(fault.Invalid, "password", fault.M("office.team.password.why"))
	}
	return nil
}

// asksPassword reports whether the form, sent as it is, would be asked for the password.
func asksPassword(r *web.Request, role string) bool { return role == "admin" && !r.Confirmed() }

func (v crew) label(form *ui.Form) *ui.Form {
	form.Labels = map[string]string{}
	for _, field := range []string{"name", "email", "role", "locale"} {
		form.Labels[field] = v.r.P.Text("office.team." + field)
	}
	form.Labels["password"] = v.r.P.Text("office.password")
	return form
}

// newMember is « Inviter un membre ».
func (o Options) newMember(r *web.Request) error {
	form := r.NewForm("invite").Set("role", "officer").Set("locale", string(r.Workspace.Locale)).Set("submission", id.NewJob().String())
	return crew{r: r, post: o.Post}.showInviting(form, http.StatusOK)
}

func (v crew) showInviting(form *ui.Form, status int) error {
	q := v.asking(v.r.P.Text("office.team.invite"), v.label(form), false)
	q.Body = v.inviting(q)
	return q.Show(status)
}

func (o Options) inviteMember(r *web.Request) error {
	form, err := r.ReadForm("invite")
	if err != nil {
		return err
	}
	in := team.New{
		Name: form.Value("name"), Email: form.Value("email"), Role: form.Value("role"), Locale: form.Value("locale"), Submission: form.Submission(),
	}
	if err = proven(r, form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) error {
			if err := o.Team.Invite(r.Context(), tx, r.By, in); err != nil {
				return err
			}
			return needsProof(r, in.Role)
		})
	}
	if form.Refused(err) {
		return crew{r: r, post: o.Post}.showInviting(form, web.RefusedStatus(form))
	}
	if err != nil {
		return err
	}
	o.toastInvited(r, in.Name)
	return r.SeeOther(teamURL(r, ""))
}

// toastInvited says that an invitation is on its way, or that it waits for a mail server.
func (o Options) toastInvited(r *web.Request, name string) {
	if o.Post.Waits() {
		r.Toast("office.team.invited.waits", "Name", name)
		return
	}
	r.Toast("office.team.invited", "Name", name)
}

// languages are those of the letter.
func (v crew) languages() []ui.Option { return settings{r: v.r}.languages() }

// about is one member or one invitation of the team, with a question about it.
type about struct {
	crew
	web.Question
	member workspace.Member
	guest  team.Invited
}

// askMember shows a question about the member of the address that fill puts into words.
func (o Options) askMember(r *web.Request, status int, fill func(a *about)) error {
	of, err := r.Member("member")
	if err != nil {
		return err
	}
	v, err := o.readCrew(r)
	if err != nil {
		return err
	}
	for _, m := range v.members {
		if m.Login == of {
			a := about{crew: v, member: m}
			fill(&a)
			return a.Question.Show(status)
		}
	}
	return fault.Missing()
}

// askInvited is askMember for an invitation.
func (o Options) askInvited(r *web.Request, status int, fill func(a *about)) error {
	of, err := r.Invitation("invitation")
	if err != nil {
		return err
	}
	v, err := o.readCrew(r)
	if err != nil {
		return err
	}
	for _, i := range v.invited {
		if i.ID == of {
			a := about{crew: v, guest: i}
			fill(&a)
			return a.Question.Show(status)
		}
	}
	return fault.Missing()
}

// swapped has a script replace the team when the form is done; an act on oneself leads elsewhere.
func (a *about) swapped() templ.Attributes {
	if a.isOwn(a.member) {
		return nil
	}
	return templ.Attributes{"data-fragment": teamPart}
}

// ask sets the question; body is made when its title and form stand.
func (a *about) ask(title string, form *ui.Form, body func() templ.Component) {
	a.Question = a.asking(title, a.label(form), true)
	a.Question.Body = body()
}
