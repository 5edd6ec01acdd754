package portal

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// form is the form of a contact in the portal, of one that is added and of one that is edited (manual 2): « Informations
// personnelles », « Accès à la plateforme », « Coordonnées ». Its fields are named as contact.Input's; the login is the answer
// "yes" or "no" to « Activer la connexion ». What is not offered is left out, and why is said.
type form struct {
	*ui.Form
	r     *web.Request
	names templ.Component // family name and given name: fields, or what they are
	check string          // where it is asked, while names are typed, who bears similar ones; "" = nowhere

	logins     []ui.Option // the answers on offer to « Activer la connexion »
	loginHint  string
	roles      []contact.Role // those on offer
	roleWhy    string         // why no other is
	emailHint  string         // what follows from the login e-mail
	zone       string         // the contact's, which is on offer even if it is none of the usual
	civility   bool           // may stay empty, as the next two
	phone      bool
	email      bool
	withAccess bool // the form asks about the way in
}

// newForm is one of which everything may be answered; names are its fields or values.
func newForm(r *web.Request, f *ui.Form) form {
	f.Labels = formLabels(r)
	return form{
		Form: f, r: r, withAccess: true, phone: !r.Workspace.PhoneRequired,
		logins: []ui.Option{{Value: "yes", Text: r.P.Text("portal.form.login.yes")}, {Value: "no", Text: r.P.Text("portal.form.login.no")}},
		roles:  []contact.Role{contact.User, contact.Admin},
	}
}

// labelKeys are what the fields are called, in their order.
var labelKeys = map[string]string{
	"civility": "portal.contact.civility", "family_name": "portal.contact.family_name", "given_name": "portal.contact.given_name",
	"job_title": "portal.person.job_title", "locale": "portal.contacts.language", "time_zone": "portal.contacts.time_zone",
	"login_enabled": "portal.form.login", "role": "portal.person.role", "login_email": "portal.person.login_email",
	"email": "portal.person.email", "phone": "portal.person.phone", "mobile": "portal.person.mobile", "password": "portal.form.password",
}

func formLabels(r *web.Request) map[string]string {
	labels := make(map[string]string, len(labelKeys))
	for field, key := range labelKeys {
		labels[field] = r.P.Text(key)
	}
	return labels
}

func (f form) civilities() []ui.Option {
	list := []name.Civility{name.Mr, name.Ms}
	if f.r.Workspace.Kind == workspace.Vendor {
		list = append(list, name.Dr)
	}
	options := make([]ui.Option, len(list))
	for i, c := range list {
		options[i] = ui.Option{Value: string(c), Text: f.P.Text(c.Label())}
	}
	return options
}

func (f form) languages() []ui.Option {
	options := []ui.Option{{Text: usual(f.P, f.r.Workspace.Locale.Name())}}
	for _, l := range locale.Languages() {
		options = append(options, ui.Option{Value: string(l), Text: l.Name()})
	}
	return options
}

func (f form) zones() []ui.Option {
	options := []ui.Option{{Text: usual(f.P, f.P.ZoneLabel(f.r.Workspace.TimeZone, f.r.Now))}}
	for _, z := range locale.Zones() {
		options = append(options, ui.Option{Value: z.Name, Text: f.P.ZoneLabel(z.Name, f.r.Now)})
	}
	if !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == f.zone }) {
		options = append(options, ui.Option{Value: f.zone, Text: f.P.ZoneLabel(f.zone, f.r.Now)})
	}
	return options
}

// usual is the workspace's language or time zone, which holds for whoever has chosen none.
func usual(p *locale.Printer, value string) string {
	return p.Text("portal.form.usual", "Value", value)
}

func (f form) roleOptions() []ui.Option {
	options := make([]ui.Option, len(f.roles))
	for i, role := range f.roles {
		options[i] = ui.Option{Value: string(role), Text: f.P.Text("contact.role." + string(role))}
	}
	return options
}

// domainsHint names the domains to which the host confines login e-mails, behind another hint; nothing where it does not.
func (f form) domainsHint(offer contact.Offer) string {
	if len(offer.Domains) == 0 {
		return ""
	}
	return " " + f.P.Text("portal.add.domains", "Domains", strings.Join(offer.Domains, ", "))
}

// why is a refusal in words.
func (f form) why(err error) string {
	refusal := fault.As(err)
	if len(refusal.Fields) > 0 {
		return f.P.Message(refusal.Fields[0].Message)
	}
	return f.P.Message(refusal.Message)
}
