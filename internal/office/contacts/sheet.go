package contacts

import (
	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/access/verdict"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// sheet is what « Détail » opens of a contact (manual 1, figures 1 to 10).
type sheet struct {
	contact.Contact
	primary     bool
	standing    verdict.Standing
	changedBy   string              // "" = the program, or somebody who is gone
	credentials *access.Credentials // the last that were sent; nil = none ever were
	offers      []offer.Listed      // the newest to which it is attached
	allOffers   int                 // how many these are of
	form        *ui.Form
}

// offersShown is how many of a contact's offers its sheet lists.
const offersShown = 3

// readSheet reads a contact with all that its sheet says; fault.NotFound.
func readSheet(r *web.Request, tx *sqldb.Tx, of id.Contact) (*sheet, error) {
	s := &sheet{}
	var err error
	if s.Contact, err = contact.Get(r.Context(), tx, r.By, of); err != nil {
		return nil, err
	}
	org, err := organization.Get(r.Context(), tx, r.By, s.Organization)
	if err != nil {
		return nil, err
	}
	s.primary, s.standing.Archived = org.Primary == of, org.Archived()
	if s.changedBy, err = editor(r, tx, s.UpdatedBy); err != nil {
		return nil, err
	}
	switch last, err := access.LastCredentials(r.Context(), tx, r.By, s.Contact); {
	case err == nil:
		s.credentials, s.standing.Last = &last, last.Delivery
	case !fault.Is(err, fault.NotFound):
		return nil, err
	}
	if s.standing.Revoked, err = verdict.Asked(r.Context(), tx, r.By, s.Contact); err != nil {
		return nil, err
	}
	if s.offers, s.allOffers, err = offer.ByContact(r.Context(), tx, r.By, of, offersShown); err != nil {
		return nil, err
	}
	s.form = s.newForm(r)
	return s, nil
}

// editor names who changed a contact: one of the organisation's own people as this workspace keeps them, whatever their login is
// called; "" for the program, and for who is gone.
func editor(r *web.Request, tx *sqldb.Tx, who id.UUID) (string, error) {
	if who.IsZero() {
		return "", nil
	}
	as := id.Contact{UUID: who}
	colleagues, err := contact.Rows(r.Context(), tx, r.By, []id.Contact{as})
	if c, ok := colleagues[as]; err != nil || ok {
		return web.FullName(r.P, c), err
	}
	member := id.Login{UUID: who}
	names, err := login.Names(r.Context(), tx, []id.Login{member})
	return names[member], err
}

// newForm shows the stored values.
func (s *sheet) newForm(r *web.Request) *ui.Form {
	country := r.Workspace.Country
	f := &ui.Form{P: r.P, ID: anchor(s.Row)}
	f.Set("civility", string(s.Civility)).Set("email", s.Email.String()).Set("job_title", s.JobTitle).Set("login_email", s.LoginEmail.String())
	f.Set("mobile", s.Mobile.Display(country)).Set("phone", s.Phone.Display(country))
	f.Set("role", string(s.Role)).Set("locale", s.Locale).Set("time_zone", s.TimeZone)
	f.SetBool("login_enabled", s.LoginEnabled).SetBool("primary", s.primary)
	f.SetVersion(s.Version)
	return f
}

// editContact saves the sheet (manual 1, « Sauvegarder »).
func (o Options) editContact(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	form.AcceptBox("login_enabled")
	stored, sent, err := o.saveSheet(r, of, form)
	if form.Refused(err) {
		return o.refusedSheet(r, of, form)
	}
	if err != nil {
		return err
	}
	r.Toast("office.contact.saved", "Name", web.FullName(r.P, stored.Row))
	if sent {
		o.toastSent(r, stored.Row)
	}
	return r.SeeOther(openURL(r, stored.Row))
}

// saveSheet stores what was typed; sent reports whether credentials go to a new login e-mail. Whoever names a super_admin,
// or says where the credentials of one go, types their password too, unless they did a short while ago (product.md §5): they
// are asked for it once nothing else is wrong.
func (o Options) saveSheet(r *web.Request, of id.Contact, form *ui.Form) (stored contact.Contact, sent bool, err error) {
	if form.Value("password") != "" {
		if err := r.ConfirmBy(form); err != nil {
			return stored, false, err
		}
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		before, err := contact.Get(r.Context(), tx, r.By, of)
		if err != nil {
			return err
		}
		if stored, sent, err = o.Inviter.Edit(r.Context(), tx, r.By, of, editInput(form)); err != nil {
			return err
		}
		if guarded(before, string(stored.Role), stored.LoginEmail.String()) && !r.Confirmed() {
			return fault.OnField(fault.Invalid, "password", fault.M("office.contact.role.password"))
		}
		return nil
	})
	return stored, sent, err
}

// guarded reports whether a contact becomes a super_admin, or as one gets another login e-mail.
func guarded(before contact.Contact, role, loginEmail string) bool {
	return role == string(contact.SuperAdmin) && (before.Role != contact.SuperAdmin || before.LoginEmail.String() != loginEmail)
}

// asksPassword reports whether what the form would do is done by somebody whose password has to be asked for.
func (s *sheet) asksPassword(r *web.Request) bool {
	return guarded(s.Contact, s.form.Value("role"), s.form.Value("login_email")) && r.By.May(actor.NameSuperAdmin) && !r.Confirmed()
}

func editInput(form *ui.Form) contact.Input {
	in := contact.Input{
		Civility: form.Value("civility"), JobTitle: form.Value("job_title"), Mobile: form.Value("mobile"), Phone: form.Value("phone"),
		Email: form.Value("email"), Locale: form.Value("locale"), TimeZone: form.Value("time_zone"), Role: form.Value("role"),
		Login: "off", Primary: form.Bool("primary"), Version: form.Version(),
	}
	if form.Bool("login_enabled") {
		in.Login = "on"
	}
	if form.Has("login_email") {
		address := form.Value("login_email")
		in.LoginEmail = &address
	}
	return in
}

// openURL is where the contact stands in its organisation's list, opened.
func openURL(r *web.Request, c contact.Row) string {
	return r.Office("/organizations/"+c.Organization.String()+"/contacts") + readSpot(r).query("open", c.ID.String()) + "#" + anchor(c)
}

// refusedSheet shows the sheet again with everything typed; after a conflict, with what somebody else stored.
func (o Options) refusedSheet(r *web.Request, of id.Contact, form *ui.Form) error {
	var v people
	err := r.View(func(tx *sqldb.Tx) error {
		open, err := readSheet(r, tx, of)
		if err != nil {
			return err
		}
		form.ID, form.Labels = open.form.ID, contactLabels(r)
		form.Labels["password"] = r.P.Text("office.password")
		if form.Error.Message.Key == "fault.version" {
			open.compare(r, form)
		}
		open.form = form
		v, err = o.readPeople(r, tx, open.Organization, open)
		return err
	})
	if err != nil {
		return err
	}
	return v.render(web.RefusedStatus(form))
}

// compare puts beside each field what somebody else stored meanwhile, where it differs from what was typed. The
// form then is one of the current version: whoever sends it again has seen both.
func (s *sheet) compare(r *web.Request, form *ui.Form) {
	p, country := r.P, r.Workspace.Country
	form.Compare("civility", string(s.Civility), civilityText(p, s.Civility))
	form.Compare("email", s.Email.String(), ui.OrMissing(p, s.Email.String()))
	form.Compare("login_email", s.LoginEmail.String(), ui.OrMissing(p, s.LoginEmail.String()))
	form.Compare("job_title", s.JobTitle, ui.OrMissing(p, s.JobTitle))
	for field, number := range map[string]phone.Number{"mobile": s.Mobile, "phone": s.Phone} {
		if typed, err := phone.Parse(form.Value(field), country); err != nil || typed != number {
			form.Compare(field, number.Display(country), ui.OrMissing(p, number.Display(country)))
		}
	}
	form.Compare("role", string(s.Role), p.Text("contact.role."+string(s.Role)))
	form.Compare("locale", s.Locale, localeText(r, s.Locale))
	form.Compare("time_zone", s.TimeZone, zoneText(r, s.TimeZone))
	form.CompareBool("login_enabled", s.LoginEnabled, "office.contact.login.")
	form.SetVersion(s.Version)
}

func civilityText(p *locale.Printer, c name.Civility) string {
	if c.IsZero() {
		return p.Text("web.missing")
	}
	return p.Text(c.Label())
}

// verdict answers « Ce contact peut-il se connecter ? » in one sentence; what each gate says stands below it.
func (s *sheet) verdict(r *web.Request) string {
	switch gates := access.Of(s.Row, s.standing.Archived); {
	case gates.Admit() && s.standing.Revoked:
		return r.P.Text("office.contact.may.revoked")
	case gates.Open():
		return r.P.Text("office.contact.may.all")
	case gates.Admit():
		return r.P.Text("office.contact.may.profile")
	}
	return r.P.Text("office.contact.may.not")
}

// lastChange says when and by whom the sheet was changed.
func (s *sheet) lastChange(r *web.Request) string {
	day := r.P.Date(s.UpdatedAt.Time())
	if s.changedBy == "" {
		return r.P.Text("office.contact.changed", "Date", day)
	}
	return r.P.Text("office.contact.changed_by", "Date", day, "Name", s.changedBy)
}
