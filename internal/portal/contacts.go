package portal

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/member"
	"github.com/entregent/entregent/internal/web/ui"
)

// contacts is « CABINET » › « Contacts » as it is shown: the people of the reader's own organisation (manual 2).
type contacts struct {
	habits
	look
	org        organization.Organization
	query      string
	way        directory.Way // whose way in is so far; "" = everybody
	part       paging.Part[contact.Neighbour]
	deliveries map[id.Contact]invitation.Delivery // of those who are invited
	mayAdd     bool                               // the reader, contacts
	addWhy     string                             // why not, where the host keeps that for itself
}

// listPart is the id of the element that follows search, layout, order and paging.
const listPart = "list"

func listContacts(r *web.Request) error {
	v := contacts{habits: habitsOf(r), look: readLook(r), query: r.Searched(), way: askedWay(r)}
	ask := paging.Ask{Page: r.Asked(v.size).Page, Size: v.size}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.org, err = organization.Own(r.Context(), tx, r.By); err != nil {
			return err
		}
		if v.part, err = directory.Colleagues(r.Context(), tx, r.By, directory.Filter{Query: v.query, Way: v.way, Sort: v.sort, Ask: ask}); err != nil {
			return err
		}
		rows := make([]contact.Row, len(v.part.Items))
		for i, n := range v.part.Items {
			rows[i] = n.Row
		}
		if v.deliveries, err = deliveriesOf(r, tx, rows); err != nil {
			return err
		}
		v.mayAdd, v.addWhy, err = offerToAdd(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	if r.Fragment() == listPart {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.page())
}

// deliveriesOf reads what became of the invitations of those who are invited, for whoever may know.
func deliveriesOf(r *web.Request, tx *sqldb.Tx, people []contact.Row) (map[id.Contact]invitation.Delivery, error) {
	if !r.By.May(actor.SeeColleaguesAccess) {
		return nil, nil
	}
	return access.DeliveriesOfColleagues(r.Context(), tx, r.By, people)
}

// look is how the person wants to see the list: as the address says, else as they chose last.
type look struct {
	view string // "list" or "grid"
	size int
	sort directory.Sort
}

// lookName is the list's among those whose looks are remembered.
const lookName = "contacts"

var views = []string{"list", "grid"}

// readLook reads it, and remembers what the address says.
func readLook(r *web.Request) look {
	l := member.ReadLook(r, lookName, []string{string(directory.ByName), string(directory.Newest)}, "view")
	view := l.Filters["view"]
	if !slices.Contains(views, view) {
		view = views[0]
	}
	return look{view: view, size: l.Size, sort: directory.Sort(l.Sort)}
}

// choices are links to ways to see the list, of which one is in use; icons stand beside them, or are none.
func (v contacts) choices(name, now string, icons bool, words ...string) []ui.Link {
	links := make([]ui.Link, len(words))
	for i, word := range words {
		links[i] = ui.Link{Text: v.r.P.Text("portal.contacts." + name + "." + word), URL: v.r.With(name, word), Current: word == now, Swap: listPart}
		if icons {
			links[i].Icon = word
		}
	}
	return links
}

func (v contacts) layouts() []ui.Link { return v.choices("view", v.view, true, views...) }

func (v contacts) sorts() []ui.Link {
	return v.choices("sort", string(v.sort), false, string(directory.ByName), string(directory.Newest))
}

func (v contacts) sizes() []ui.Link {
	return web.Sizes(v.part.Ask, listPart, func(size string) string { return v.r.With("size", size, "page", "") })
}

func (v contacts) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("portal.contacts.pages"), listPart, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

func (v contacts) columns() []ui.Column {
	p := v.r.P
	return []ui.Column{
		{Title: p.Text("portal.contacts.name"), Class: "lead-column"},
		{Title: p.Text("portal.contacts.role")},
		{Title: p.Text("portal.contacts.primary")},
		{Title: p.Text("portal.contacts.email")},
		{Title: p.Text("portal.contacts.time_zone")},
		{Title: p.Text("portal.contacts.language")},
		{Title: p.Text("portal.contacts.number")},
		{Title: p.Text("portal.contacts.actions"), Hidden: true, Class: "end"},
	}
}

// heading counts them in words.
func (v contacts) heading() string {
	if v.part.More {
		return v.r.P.Text("portal.contacts.more", "N", v.part.Total)
	}
	return v.r.P.Count("portal.contacts.count", v.part.Total)
}
