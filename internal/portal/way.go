package portal

import (
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// askedWay reads off the address whose way in is wanted, for whoever may know of it.
func askedWay(r *web.Request) directory.Way {
	if way := directory.Way(r.Query("state")); slices.Contains(directory.Ways(), way) && r.By.May(actor.SeeColleaguesAccess) {
		return way
	}
	return ""
}

// ways offer the contacts by how far their way in is; nothing to whoever may not know. The links are short, there being one page
// that they stand on, and load it: the search keeps the choice in its form.
func (v contacts) ways() []ui.Link {
	if !v.r.By.May(actor.SeeColleaguesAccess) {
		return nil
	}
	at := func(way string) string {
		_, query, _ := strings.Cut(v.r.With("state", way, "page", ""), "?")
		return "?" + query
	}
	links := []ui.Link{{Text: v.r.P.Text("portal.contacts.state.any"), URL: at(""), Current: v.way == ""}}
	for _, way := range directory.Ways() {
		links = append(links, ui.Link{Text: wayName(v.r, way), URL: at(string(way)), Current: way == v.way})
	}
	return links
}

// wayNow names the filter with what it is set to.
func (v contacts) wayNow() string {
	now := v.r.P.Text("portal.contacts.state.any")
	if v.way != "" {
		now = wayName(v.r, v.way)
	}
	return v.r.P.Text("portal.contacts.state", "Now", now)
}

// wayName is what the badge says.
func wayName(r *web.Request, way directory.Way) string {
	switch way {
	case directory.Unreached:
		return r.P.Text("contact.invitation.refused")
	case directory.Expired:
		return r.P.Text("contact.invitation.expired")
	}
	return r.P.Text("contact.state." + string(way))
}
