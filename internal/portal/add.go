package portal

import (
	"net/http"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/member"
	"github.com/entregent/entregent/internal/web/ui"
)

// adding is « Ajouter un nouveau contact » (manual 2): the form, and the summary that says what will happen before it does.
type adding struct {
	form
	org   organization.Organization
	offer contact.Offer
	draft contact.Contact // on the summary: who would be added
	alike member.Alike    // likewise: who bears a similar name
	waits bool            // letters do, for want of a mail server
}

func addURL(r *web.Request) string { return r.Portal("/contacts/new") }

func (o Options) askAdd(r *web.Request) error {
	return o.showAdding(r, http.StatusOK, r.NewForm("").Set("login_enabled", "no").Set("role", string(contact.User)))
}

// showAdding shows the form, with everything typed and what is wrong with it.
func (o Options) showAdding(r *web.Request, status int, typed *ui.Form) error {
	v, err := o.newAdding(r, typed)
	if err != nil {
		return err
	}
	return r.Render(status, v.page())
}

// newAdding offers what the caller may give, and says why of what they may not.
func (o Options) newAdding(r *web.Request, typed *ui.Form) (adding, error) {
	v := adding{form: newForm(r, typed), waits: o.Post.Waits()}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.org, err = organization.Own(r.Context(), tx, r.By); err != nil {
			return err
		}
		v.offer, err = contact.Offered(r.Context(), tx, r.By, r.By.Organization)
		return err
	})
	if err == nil {
		err = v.offer.Add
	}
	if err != nil {
		return v, err
	}
	v.names, v.check = v.nameFields(), v.r.Portal("/contacts/similar")
	v.roleWhy = v.P.Text("portal.form.role.super_admin", "Workspace", r.Workspace.Name)
	if v.offer.Admin != nil {
		v.roles, v.roleWhy = []contact.Role{contact.User}, v.why(v.offer.Admin)+" "+v.roleWhy
	}
	v.emailHint = v.P.Text("portal.add.login_email") + v.domainsHint(v.offer)
	switch {
	case v.offer.Login != nil:
		v.logins, v.loginHint = v.logins[1:], v.why(v.offer.Login)
	case v.offer.Left > 0:
		v.loginHint = v.P.Count("portal.add.left", int(v.offer.Left))
	}
	return v, nil
}

// inputOf is what the form says. What else was sent, it does not say.
func inputOf(typed *ui.Form) contact.Input {
	login := typed.Value("login_enabled")
	switch login {
	case "yes":
		login = "on"
	case "no", "":
		login = "off"
	}
	address := typed.Value("login_email")
	return contact.Input{
		Civility: typed.Value("civility"), FamilyName: typed.Value("family_name"), GivenName: typed.Value("given_name"), JobTitle: typed.Value("job_title"),
		Locale: typed.Value("locale"), TimeZone: typed.Value("time_zone"), Email: typed.Value("email"), Phone: typed.Value("phone"), Mobile: typed.Value("mobile"),
		Login: login, Role: typed.Value("role"), LoginEmail: &address, Submission: typed.Submission(),
	}
}

// previewContact is « Prévisualiser et enregistrer les modifications », and the way back from there, which keeps everything.
// It does nothing but look.
func (o Options) previewContact(r *web.Request) error {
	typed, err := r.ReadForm("")
	if err != nil {
		return err
	}
	typed.Set("submission", id.NewJob().String()) // each summary is a form of its own: whoever came back to type somebody else over it adds another contact
	back := typed.Has("back")
	var draft contact.Contact
	var near member.Alike
	if err = r.Ready(); err == nil && !back {
		err = r.View(func(tx *sqldb.Tx) (err error) {
			if draft, err = o.Inviter.Foresee(r.Context(), tx, r.By, r.By.Organization, inputOf(typed)); err != nil {
				return err
			}
			near, err = member.AlikeTo(r, tx, draft.FamilyName.String(), draft.GivenName.String())
			return err
		})
	}
	switch {
	case typed.Fail(err):
		return o.showAdding(r, http.StatusUnprocessableEntity, typed)
	case err != nil:
		return err
	case back:
		return o.showAdding(r, http.StatusOK, typed)
	}
	v, err := o.newAdding(r, typed)
	if err != nil {
		return err
	}
	v.draft, v.alike = draft, near
	return r.Render(http.StatusOK, v.summary())
}

// similarContacts says while somebody types that the contact exists already, or who bears a similar name.
func similarContacts(r *web.Request) error {
	var v member.Alike
	err := r.View(func(tx *sqldb.Tx) (err error) {
		v, err = member.AlikeTo(r, tx, r.Query("family_name"), r.Query("given_name"))
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.Hint())
}

// addContact is « Créer un contact »; the same form sent twice makes one.
func (o Options) addContact(r *web.Request) error {
	typed, err := r.ReadForm("")
	if err != nil {
		return err
	}
	var done access.Outcome
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		done, err = o.Inviter.Enroll(r.Context(), tx, r.By, r.By.Organization, inputOf(typed))
		return err
	})
	if typed.Fail(err) {
		return o.showAdding(r, http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	c := done.Contact
	switch {
	case c.State() != contact.Invited:
		r.Toast("portal.add.done", "Name", nameOf(r, c.Row))
	case o.Post.Waits():
		r.Toast("portal.add.done.waits", "Name", nameOf(r, c.Row), "Address", c.LoginEmail.String())
	default:
		r.Toast("portal.add.done.invited", "Name", nameOf(r, c.Row), "Address", c.LoginEmail.String())
	}
	return r.SeeOther(contactURL(r, c.Row))
}

// carried are the fields that the summary takes along, to be read anew where it leads.
var carried = []string{
	"civility", "family_name", "given_name", "job_title", "locale", "time_zone", "login_enabled", "role", "login_email", "email", "phone", "mobile",
}

// fullName is whom the summary is about.
func (v adding) fullName() string { return nameOf(v.r, v.draft.Row) }

// effects say what « Créer un contact » does.
func (v adding) effects() []string {
	p, host := v.P, v.r.Workspace.Name
	list := []string{p.Text("portal.add.will.list")}
	if v.org.Primary.IsZero() {
		list = append(list, p.Text("portal.add.will.primary"))
	}
	if !v.draft.LoginEnabled {
		return append(list, p.Text("portal.add.will.no_mail"), p.Text("portal.add.will.no_login"))
	}
	mail := "portal.add.will.mail"
	if v.waits {
		mail = "portal.add.will.mail.waits"
	}
	list = append(list, p.Text(mail, "Address", v.draft.LoginEmail.String()), p.Text("portal.add.will.role."+string(v.draft.Role)))
	if v.offer.Approval {
		return append(list, p.Text("portal.add.will.approval", "Workspace", host))
	}
	return append(list, p.Text("portal.add.will.see", "Workspace", host))
}

// offerToAdd reads whether the reader may add contacts, and where the host keeps that for itself, why not.
func offerToAdd(r *web.Request, tx *sqldb.Tx) (may bool, why string, err error) {
	if !r.By.May(actor.EditContacts) {
		return false, "", nil
	}
	offer, err := contact.Offered(r.Context(), tx, r.By, r.By.Organization)
	if f := fault.As(offer.Add); f != nil {
		why = r.P.Message(f.Message)
	}
	return err == nil && offer.Add == nil, why, err
}

func (v adding) crumbs() []ui.Link {
	list := v.r.Portal("/contacts")
	return []ui.Link{{Text: v.P.Text("portal.nav.organization"), URL: list}, {Text: v.P.Text("portal.contacts"), URL: list}, {Text: v.P.Text("portal.add")}}
}
