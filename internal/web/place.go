package web

import (
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/workspace"
)

// Entrance is a place that the person may open: the back office of a workspace that they work for, or the portal of an
// organisation that they have joined as a contact of.
type Entrance struct {
	Name   string // the workspace's, or the organisation's
	Host   string // the workspace's
	URL    string
	Portal bool
}

// Entrances lists what the person may open, back offices first, each by name.
func (r *Request) Entrances() []Entrance {
	list := make([]Entrance, 0, len(r.memberships)+len(r.places))
	for _, m := range r.memberships {
		list = append(list, Entrance{m.Workspace.Name, m.Workspace.Name, "/" + m.Workspace.Slug + "/office", false})
	}
	for _, p := range r.places {
		if p.Gates.Admit() {
			list = append(list, entrance(p))
		}
	}
	return list
}

// Closed lists where the person has joined and is not admitted any more. Each leads to a page that says why.
func (r *Request) Closed() (list []Entrance) {
	for _, p := range r.places {
		if !p.Gates.Admit() {
			list = append(list, entrance(p))
		}
	}
	return list
}

func entrance(p access.Place) Entrance {
	return Entrance{p.Name, p.Workspace.Name, portalAddress(p), true}
}

func portalAddress(p access.Place) string {
	return "/" + p.Workspace.Slug + "/portal/" + p.Organization.String()
}

// mostElsewhere of the other entrances stand in the profile menu; more are on the page that lists them all.
const mostElsewhere = 6

// elsewhere lists the other places that the person may open; more tells that these are not all.
func (r *Request) elsewhere() (list []Entrance, more bool) {
	here := r.start()
	list = slices.DeleteFunc(r.Entrances(), func(e Entrance) bool { return e.URL == here })
	if len(list) > mostElsewhere {
		return list[:mostElsewhere], true
	}
	return list, false
}

// Place is where the person came in, as a contact; zero on the pages of other faces.
func (r *Request) Place() access.Place { return r.place }

// PortalStart is where the address of a workspace's portal leads the person: to the organisation that they used last in
// this browser, else to the only one; to the page where they choose, if there are several. It is "" for whoever has
// joined none there.
func (r *Request) PortalStart(slug string) string {
	var admitted, closed []access.Place
	for _, p := range r.places {
		switch {
		case p.Workspace.Slug != slug:
		case p.Gates.Admit():
			admitted = append(admitted, p)
		default:
			closed = append(closed, p)
		}
	}
	for _, p := range admitted {
		if len(admitted) == 1 || r.usedLast(p.Organization) {
			return portalAddress(p)
		}
	}
	switch {
	case len(admitted) > 1:
		return "/"
	case len(closed) > 0:
		return portalAddress(closed[0])
	}
	return ""
}

// Nowhere answers at an address of a workspace where there is nothing for the person, whatever else they are there: a fault.NotFound,
// whose page names what they may open, and nothing that is none of theirs.
func (r *Request) Nowhere() error {
	r.By, r.Workspace = actor.Actor{Login: r.Login.ID}, workspace.Workspace{}
	return fault.Missing()
}

// visit goes through the portal's door: the gates are those of the rows that this request has read. To whom the place
// never opened it does not exist, whether it does or not; whose own contact was switched off or is gone is told so.
func (r *Request) visit(slug, organization string) error {
	r.By = actor.Actor{Login: r.Login.ID} // whatever else they may be in this workspace
	r.Workspace = workspace.Workspace{}
	var of id.Organization
	if err := readID(organization, &of); err != nil {
		return err
	}
	for _, p := range r.places {
		if p.Workspace.Slug != slug || p.Organization != of {
			continue
		}
		r.Workspace = p.Workspace
		if !p.Gates.Admit() {
			return closed(p)
		}
		r.place, r.By = p, p.Actor(r.Login.ID)
		if r.By.Role == actor.PortalGuest && !r.By.May(r.route.Needs) {
			return fault.Missing() // until the host authorises them, there is nothing else (product.md §2)
		}
		return r.By.Need(r.route.Needs)
	}
	if r.usedLast(of) {
		return fault.New(fault.Forbidden, "web.closed.gone")
	}
	return fault.Missing()
}

// closed says why the person is not admitted any more, and whom to ask.
func closed(p access.Place) error {
	key := "web.closed.staff"
	switch {
	case p.Gates.Archived:
		key = "web.closed.archived"
	case p.DisabledBy == "portal":
		key = "web.closed.portal"
	}
	return fault.New(fault.Forbidden, key, "Organization", p.Name, "Workspace", p.Workspace.Name)
}

func isClosed(m fault.Message) bool { return strings.HasPrefix(m.Key, "web.closed.") }

// A browser remembers through which organisation's portal somebody went last. It gives no right: it chooses among the
// places that the person may open, and lets whose contact was deleted since be told so.
const placeCookie = "place"

func (r *Request) rememberPlace() {
	if !r.usedLast(r.place.Organization) {
		r.setCookie(placeCookie, r.site.place.Sign(r.placeNote(r.place.Organization)), r.browserSeconds())
	}
}

func (r *Request) usedLast(of id.Organization) bool {
	text, ok := r.site.place.Read(r.cookie(placeCookie))
	return ok && text == r.placeNote(of)
}

func (r *Request) placeNote(of id.Organization) string {
	return r.Login.ID.String() + " " + of.String()
}
