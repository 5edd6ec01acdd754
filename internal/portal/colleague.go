package portal

import (
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// nameOf is how the portal names a person.
func nameOf(r *web.Request, c contact.Row) string { return web.Name(r.P, c) }

func contactURL(r *web.Request, c contact.Row) string { return r.Portal("/contacts/" + c.ID.String()) }

// contactCrumbs lead to a contact's page, and to what hangs beneath it; "" = the page itself.
func contactCrumbs(r *web.Request, c contact.Row, beneath string) []ui.Link {
	crumbs := []ui.Link{
		{Text: r.P.Text("portal.nav.organization"), URL: r.Portal("/contacts")}, {Text: r.P.Text("portal.contacts"), URL: r.Portal("/contacts")},
		{Text: nameOf(r, c), URL: contactURL(r, c)},
	}
	if beneath != "" {
		crumbs = append(crumbs, ui.Link{Text: beneath})
	}
	return crumbs
}

// habits tells the languages and time zones of people, who have the workspace's unless they chose: each is put into words
// once a page.
type habits struct {
	r     *web.Request
	zones map[string]string
}

func habitsOf(r *web.Request) habits { return habits{r, map[string]string{}} }

func (h habits) zone(name string) string {
	if name == "" {
		name = h.r.Workspace.TimeZone
	}
	label, ok := h.zones[name]
	if !ok {
		label = h.r.P.ZoneLabel(name, h.r.Now)
		h.zones[name] = label
	}
	return label
}

func (h habits) language(code string) string { return languageOf(h.r, code).Name() }
