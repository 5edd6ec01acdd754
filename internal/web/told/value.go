package told

import (
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/web"
)

// value is a stored value of the history as a person reads it. What cannot be read is shown as it was stored.
func (t teller) value(field, stored string) string {
	if stored == "" {
		return ""
	}
	p := t.r.P
	switch field {
	case "civility":
		if key := name.Civility(stored).Label(); key != "" {
			return p.Text(key)
		}
	case "phone", "mobile":
		var number phone.Number
		if number.UnmarshalText([]byte(stored)) == nil {
			return number.Display(t.r.Workspace.Country)
		}
	case "siret":
		var number siret.SIRET
		if number.UnmarshalText([]byte(stored)) == nil {
			return number.Grouped()
		}
	case "staff_role":
		if key := "team.role." + stored; p.Has(key) {
			return p.Text(key)
		}
	case "locale":
		if language, ok := locale.ParseLanguage(stored); ok {
			return language.Name()
		}
	case "starts_on", "ends_on":
		return day.Day(stored).In(p)
	case "time_zone":
		return p.ZoneLabel(stored, t.r.Now)
	default:
		if key := "told.value." + field + "." + stored; choices[field] && p.Has(key) {
			return p.Text(key)
		}
	}
	return stored
}

// choices are the fields whose values are words of the program.
var choices = map[string]bool{
	"invoice_kind": true, "invoice_state": true, "document_kind": true, "visibility": true,
	"role": true, "login_enabled": true, "authorized": true, "archived": true, "kind": true, "organization_noun": true, "phone_required": true,
	"noun": true, "format": true, "enabled": true, "add_contacts": true, "give_logins": true, "give_admin": true, "approval": true,
	"request_kind": true, "request_state": true, "offer_state": true, "contract": true, "part": true, "offers": true, "form_enabled": true, "form_confirmed": true,
}

// erasedWith says with what a line's values went.
func erasedWith(r *web.Request, l journal.Line) string {
	switch l.Subject.Kind {
	case "contact":
		return r.P.Text("told.values.erased.contact")
	case "organization":
		return r.P.Text("told.values.erased.organization")
	}
	return r.P.Text("told.values.erased.other")
}

// orNothing is a value of the history, or the word for none.
func orNothing(r *web.Request, text string) string {
	if text == "" {
		return r.P.Text("told.nothing")
	}
	return text
}
