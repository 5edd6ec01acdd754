package web

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/locale"
)

// Name is how the portal names a contact: civility, family name, given name.
func Name(p *locale.Printer, c contact.Row) string {
	return civility(p, c) + c.FamilyName.String() + " " + c.GivenName.String()
}

// FullName is how staff read a contact's name: civility, FAMILY NAME, given name.
func FullName(p *locale.Printer, c contact.Row) string {
	return civility(p, c) + Capitals(c) + " " + c.GivenName.String()
}

// FullNameHTML is FullName as markup: the family name is bold.
func FullNameHTML(p *locale.Printer, c contact.Row) string {
	return templ.EscapeString(civility(p, c)) + "<b>" + templ.EscapeString(Capitals(c)) + "</b> " + templ.EscapeString(c.GivenName.String())
}

// Capitals are a contact's family name as staff read it.
func Capitals(c contact.Row) string { return strings.ToUpper(c.FamilyName.String()) }

func civility(p *locale.Printer, c contact.Row) string {
	if key := c.Civility.Label(); key != "" {
		return p.Text(key) + "\u00a0"
	}
	return ""
}
