package contacts

import (
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// contactLabels name the fields of a contact in the summary of faults.
func contactLabels(r *web.Request) map[string]string {
	labels := map[string]string{}
	for _, field := range []string{
		"civility", "family_name", "given_name", "mobile", "phone", "job_title", "email", "login_email", "role", "locale", "time_zone", "login_enabled", "primary",
	} {
		labels[field] = r.P.Text("office.contact." + field)
	}
	return labels
}

// civilities are those of the workspace's kind.
func civilities(r *web.Request) []ui.Option {
	list := []name.Civility{name.Mr, name.Ms}
	if r.Workspace.Kind == workspace.Vendor {
		list = append(list, name.Dr)
	}
	options := make([]ui.Option, len(list))
	for i, c := range list {
		options[i] = ui.Option{Value: string(c), Text: r.P.Text(c.Label())}
	}
	return options
}

// offeredRoles are those that the caller may give to this contact; a super_admin's stays until it is handed over.
func (s *sheet) offeredRoles(r *web.Request) []contact.Role {
	switch {
	case s.Role == contact.SuperAdmin:
		return []contact.Role{contact.SuperAdmin}
	case r.By.May(actor.NameSuperAdmin):
		return []contact.Role{contact.User, contact.Admin, contact.SuperAdmin}
	}
	return []contact.Role{contact.User, contact.Admin}
}

func (s *sheet) roles(r *web.Request) []ui.Option {
	list := s.offeredRoles(r)
	options := make([]ui.Option, len(list))
	for i, role := range list {
		options[i] = ui.Option{Value: string(role), Text: r.P.Text("contact.role." + string(role))}
	}
	return options
}

// localeText names a contact's language; "" is the workspace's.
func localeText(r *web.Request, l string) string {
	if l == "" {
		return r.P.Text("office.contact.default", "Value", r.Workspace.Locale.Name())
	}
	return locale.Language(l).Name()
}

func locales(r *web.Request) []ui.Option {
	options := []ui.Option{{Value: "", Text: localeText(r, "")}}
	for _, l := range locale.Languages() {
		options = append(options, ui.Option{Value: string(l), Text: l.Name()})
	}
	return options
}

// zoneText names a contact's time zone; "" is the workspace's.
func zoneText(r *web.Request, zone string) string {
	if zone == "" {
		return r.P.Text("office.contact.default", "Value", r.P.ZoneLabel(r.Workspace.TimeZone, r.Now))
	}
	return r.P.ZoneLabel(zone, r.Now)
}

// zones offers the usual time zones, and the contact's own even if it is none of them.
func (s *sheet) zones(r *web.Request) []ui.Option {
	options := []ui.Option{{Value: "", Text: zoneText(r, "")}}
	for _, z := range locale.Zones() {
		options = append(options, ui.Option{Value: z.Name, Text: zoneText(r, z.Name)})
	}
	if !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == s.TimeZone }) {
		options = append(options, ui.Option{Value: s.TimeZone, Text: zoneText(r, s.TimeZone)})
	}
	return options
}
