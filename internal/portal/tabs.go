package portal

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// organizationTabs are the tabs of « CABINET »; now is the page's own.
func organizationTabs(r *web.Request, now string) []ui.Link {
	tabs := []ui.Link{{Text: r.P.Text("portal.contacts"), URL: r.Portal("/contacts"), Current: now == "contacts"}}
	if r.By.May(actor.SeeColleaguesHistory) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("portal.history"), URL: r.Portal("/history"), Current: now == "history"})
	}
	return tabs
}

// contactTabs are the tabs of a contact; now is the page's own.
func contactTabs(r *web.Request, c contact.Row, now string) []ui.Link {
	tabs := []ui.Link{{Text: r.P.Text("portal.contact.profile"), URL: contactURL(r, c), Current: now == "profile"}}
	if r.By.May(actor.SeeColleaguesRequests) || c.ID == r.By.Contact {
		tabs = append(tabs, ui.Link{Text: r.P.Text("portal.requests"), URL: contactURL(r, c) + "/requests", Current: now == "requests"})
	}
	if mayPrefer(r, c) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("portal.preferences"), URL: contactURL(r, c) + "/preferences", Current: now == "preferences"})
	}
	if r.By.May(actor.SeeColleaguesHistory) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("portal.history"), URL: contactURL(r, c) + "/history", Current: now == "history"})
	}
	return tabs
}
