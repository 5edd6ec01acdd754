package portal

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// editing is « Modifier les informations » (manual 2, « Modifier un contact »).
type editing struct {
	form
	contact contact.Contact
}

func askEdit(r *web.Request) error {
	return showEditing(r, http.StatusOK, nil)
}

// showEditing shows the form: as it is stored, or with everything typed; after a conflict beside what somebody else stored.
func showEditing(r *web.Request, status int, typed *ui.Form) error {
	var c contact.Contact
	var offer contact.Offer
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if c, err = readFor(r, tx, contact.EditDetails); err != nil || c.ID == r.By.Contact {
			return err
		}
		offer, err = contact.Offered(r.Context(), tx, r.By, r.By.Organization)
		return err
	})
	if err != nil {
		return err
	}
	v := newEditing(r, c, offer, typed)
	if typed == nil {
		v.fill()
	} else if typed.Error.Message.Key == "fault.version" {
		v.compare()
	}
	return r.Render(status, v.page())
}

// newEditing offers what the caller may change, and says why of what they may not.
func newEditing(r *web.Request, c contact.Contact, offer contact.Offer, typed *ui.Form) editing {
	if typed == nil {
		typed = r.NewForm("")
	}
	v := editing{newForm(r, typed), c}
	v.names = v.nameValues()
	v.civility, v.phone, v.email, v.zone = c.Civility.IsZero(), v.phone || c.Phone.IsZero(), c.Email.IsZero(), c.TimeZone
	v.withAccess = c.ID != r.By.Contact
	v.offerLogin(offer)
	v.offerRoles(offer)
	v.emailHint = r.P.Text("portal.form.login_email.invited")
	if !c.JoinedAt.IsZero() {
		v.emailHint = r.P.Text("portal.form.login_email.joined")
	}
	if offer.Addresses != nil {
		v.emailHint = v.why(offer.Addresses)
	} else {
		v.emailHint += v.domainsHint(offer)
	}
	return v
}

// offerLogin leaves out the answer to « Activer la connexion » that is not the caller's to give.
func (v *editing) offerLogin(offer contact.Offer) {
	stays := v.logins[:1]
	why := v.contact.Allow(v.r.By, contact.SwitchOff)
	if !v.contact.LoginEnabled {
		stays, why = v.logins[1:], firstOf(v.contact.Allow(v.r.By, contact.SwitchOn), offer.Login)
	}
	if v.contact.LoginDisabledBy == "staff" {
		why = fault.New(fault.Conflict, "portal.contact.disabled_by_staff", "Workspace", v.r.Workspace.Name)
	}
	if why != nil {
		v.logins, v.loginHint = stays, v.why(why)
	} else if !v.contact.LoginEnabled && offer.Left > 0 {
		v.loginHint = v.P.Count("portal.add.left", int(offer.Left))
	}
}

// firstOf is the first refusal of some, nil if there is none.
func firstOf(refusals ...error) error {
	for _, err := range refusals {
		if err != nil {
			return err
		}
	}
	return nil
}

// offerRoles leaves out those that the caller may not give.
func (v *editing) offerRoles(offer contact.Offer) {
	v.roleWhy = v.P.Text("portal.form.role.super_admin", "Workspace", v.r.Workspace.Name)
	why := v.contact.Allow(v.r.By, contact.Demote)
	if v.contact.Role == contact.User {
		why = firstOf(v.contact.Allow(v.r.By, contact.Promote), offer.Admin)
	}
	if why != nil {
		v.roles, v.roleWhy = []contact.Role{v.contact.Role}, v.why(why)
	}
}

// fill shows the stored values. For a contact without a login the professional address is proposed (manual 2).
func (v *editing) fill() {
	c, country := v.contact, v.r.Workspace.Country
	v.Set("civility", string(c.Civility)).Set("job_title", c.JobTitle).Set("locale", c.Locale).Set("time_zone", c.TimeZone)
	v.Set("email", c.Email.String()).Set("phone", c.Phone.Display(country)).Set("mobile", c.Mobile.Display(country))
	v.Set("login_enabled", yesNo(c.LoginEnabled)).Set("role", string(c.Role)).Set("login_email", c.CredentialsTo().String())
	v.SetVersion(c.Version)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// compare puts beside each field what somebody else stored meanwhile, where it differs from what was typed. The form then is
// one of the current version: whoever sends it again has seen both.
func (v *editing) compare() {
	c, p, country := v.contact, v.P, v.r.Workspace.Country
	v.Compare("civility", string(c.Civility), shown(v.form, civilityText(v.form, c.Civility)))
	v.Compare("job_title", c.JobTitle, shown(v.form, c.JobTitle))
	v.Compare("locale", c.Locale, languageOf(v.r, c.Locale).Name())
	v.Compare("time_zone", c.TimeZone, habitsOf(v.r).zone(c.TimeZone))
	v.Compare("email", c.Email.String(), shown(v.form, c.Email.String()))
	for field, number := range map[string]phone.Number{"phone": c.Phone, "mobile": c.Mobile} {
		if typed, err := phone.Parse(v.Value(field), country); err != nil || typed != number {
			v.Compare(field, number.Display(country), shown(v.form, number.Display(country)))
		}
	}
	if v.withAccess {
		v.Compare("login_enabled", yesNo(c.LoginEnabled), p.Text("portal.form.login."+yesNo(c.LoginEnabled)))
		v.Compare("role", string(c.Role), p.Text("contact.role."+string(c.Role)))
		v.Compare("login_email", c.CredentialsTo().String(), shown(v.form, c.CredentialsTo().String()))
	}
	v.SetVersion(c.Version)
}

func shown(f form, text string) string {
	if text == "" {
		return f.P.Text("web.missing")
	}
	return text
}

func civilityText(f form, c name.Civility) string {
	if c.IsZero() {
		return ""
	}
	return f.P.Text(c.Label())
}

// editContact saves the form (manual 2, « Enregistrer les modifications »).
func (o Options) editContact(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	typed, err := r.ReadForm("")
	if err != nil {
		return err
	}
	before, after, sent, err := o.saveEdit(r, typed)
	if typed.Refused(err) {
		return showEditing(r, web.RefusedStatus(typed), typed)
	}
	if err != nil {
		return err
	}
	r.Toast("portal.edit.done", "Name", nameOf(r, after.Row))
	if !before.JoinedAt.IsZero() && after.JoinedAt.IsZero() {
		r.Toast("portal.edit.login_changed")
	}
	if sent {
		o.toastSent(r, after)
	}
	return r.SeeOther(r.Portal("/contacts/" + of.String()))
}

// saveEdit stores what was typed. Whoever changes somebody's login types their password too, unless they did a short while ago
// (product.md §5): they are asked for it once nothing else is wrong.
func (o Options) saveEdit(r *web.Request, typed *ui.Form) (before, after contact.Contact, sent bool, err error) {
	if typed.Value("password") != "" {
		if err := r.Confirm(typed.Value("password")); err != nil {
			return before, after, false, err
		}
	}
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		if before, err = holdFor(r, tx, contact.EditDetails); err != nil {
			return err
		}
		if after, sent, err = o.Inviter.Edit(r.Context(), tx, r.By, before.ID, editInput(r, typed, before)); err != nil {
			return err
		}
		if !before.JoinedAt.IsZero() && after.JoinedAt.IsZero() && !r.Confirmed() {
			return fault.OnField(fault.Invalid, "password", fault.M("portal.edit.password"))
		}
		return nil
	})
	return before, after, sent, err
}

// asksPassword reports whether what the form would do is done by somebody whose password has to be asked for.
func (v editing) asksPassword() bool {
	return v.withAccess && !v.r.Confirmed() && !v.contact.JoinedAt.IsZero() && v.Value("login_enabled") == "yes" && v.Error != nil &&
		v.Value("login_email") != v.contact.LoginEmail.String()
}

// editInput is what the form says. Of oneself nothing is said about role and login; with « Non », which hides them, they stay.
func editInput(r *web.Request, f *ui.Form, c contact.Contact) contact.Input {
	in := contact.Input{
		Civility: f.Value("civility"), JobTitle: f.Value("job_title"), Locale: f.Value("locale"), TimeZone: f.Value("time_zone"),
		Email: f.Value("email"), Phone: f.Value("phone"), Mobile: f.Value("mobile"),
		Version: f.Version(), Submission: f.Submission(),
	}
	if c.ID == r.By.Contact {
		return in
	}
	switch f.Value("login_enabled") {
	case "yes":
		address := f.Value("login_email")
		in.Login, in.Role, in.LoginEmail = "on", f.Value("role"), &address
	case "no":
		in.Login = "off"
	case "":
	default:
		in.Login = "?" // no answer of ours: refused beside its field
	}
	return in
}
