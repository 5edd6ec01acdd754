package contacts

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// people is the tab « Contacts » of an organisation (manual 1, « Gérer les contacts »): all closed, or one open.
type people struct {
	staff.Organization
	spot
	post       *mail.Post
	found      paging.Part[contact.Row]
	open       *sheet                             // nil = all closed
	deliveries map[id.Contact]invitation.Delivery // of those who are invited
}

// showContacts answers with the page, with its part below the crumbs, or with one contact's row alone.
func (o Options) showContacts(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	opened := id.Contact{UUID: r.QueryID("open")}
	if number, ok := directory.ParseLabel(r.Fragment()); ok {
		return o.showRow(r, of, number, opened)
	}
	var v people
	err = r.View(func(tx *sqldb.Tx) (err error) {
		var open *sheet
		if !opened.IsZero() {
			open, err = readSheet(r, tx, opened)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		v, err = o.readPeople(r, tx, of, open)
		return err
	})
	if err != nil {
		return err
	}
	return v.render(http.StatusOK)
}

// readPeople reads the tab: the part of the list that the address names, or else the one in which the open
// contact stands. A contact of another organisation opens nothing.
func (o Options) readPeople(r *web.Request, tx *sqldb.Tx, of id.Organization, open *sheet) (v people, err error) {
	v.Organization, v.spot, v.post = staff.Organization{R: r, Tab: staff.ContactsTab}, readSpot(r), o.Post
	if v.Org, err = organization.Get(r.Context(), tx, r.By, of); err != nil {
		return v, err
	}
	if open != nil && open.Organization == of {
		v.open, v.Form = open, open.form
		if v.Page == 0 {
			if err := v.turnTo(tx, open.Row); err != nil {
				return v, err
			}
		}
	}
	if v.found, err = contact.Of(r.Context(), tx, r.By, of, v.Ask); err != nil {
		return v, err
	}
	v.Ask = v.found.Ask
	v.Contacts = web.Figures(r.P, v.found.Total, v.found.More)
	v.deliveries, err = staff.DeliveriesOf(r, tx, v.found.Items)
	return v, err
}

// turnTo makes the spot the page on which the contact stands.
func (v *people) turnTo(tx *sqldb.Tx, c contact.Row) error {
	page, err := pageOf(v.R, tx, c, v.Size)
	v.Page = page
	return err
}

// pageOf is the page of its organisation's list on which a contact stands.
func pageOf(r *web.Request, tx *sqldb.Tx, c contact.Row, size int) (int, error) {
	before, err := contact.Place(r.Context(), tx, r.By, c)
	return before/size + 1, err
}

// showRow answers a script that opens, closes or refreshes one row.
func (o Options) showRow(r *web.Request, of id.Organization, number int64, opened id.Contact) error {
	v := people{Organization: staff.Organization{R: r, Tab: staff.ContactsTab}, spot: readSpot(r), post: o.Post}
	var row contact.Row
	err := r.View(func(tx *sqldb.Tx) error {
		c, err := contact.ByNumber(r.Context(), tx, r.By, number)
		if err != nil {
			return err
		}
		if c.Organization != of {
			return fault.Missing()
		}
		row = c.Row
		if v.Org, err = organization.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		if v.deliveries, err = staff.DeliveriesOf(r, tx, []contact.Row{row}); err != nil || c.ID != opened {
			return err
		}
		v.open, err = readSheet(r, tx, opened)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.row(row))
}

// render answers with the whole page, or with that part of it which a script asks for.
func (v people) render(status int) error {
	switch part := v.R.Fragment(); {
	case part == staff.OrganizationPart:
		return v.R.Render(status, v.section())
	case part != "" && v.open != nil:
		return v.R.Render(status, v.row(v.open.Row))
	}
	return v.R.Render(status, v.whole())
}

// anchor is the id of a contact's row in the page: «c-000418».
func anchor(c contact.Row) string { return strings.ToLower(c.Label()) }

// isOpen reports whether the contact's sheet is shown.
func (v people) isOpen(c contact.Row) bool { return v.open != nil && v.open.ID == c.ID }

// toggleURL is where « Détail » leads: it opens a closed contact and closes an open one.
func (v people) toggleURL(c contact.Row) string {
	if v.isOpen(c) {
		return v.URL("/contacts") + v.query()
	}
	return v.URL("/contacts") + v.query("open", c.ID.String())
}

// rowURL is where a contact's row is asked for again, open or closed as it is.
func (v people) rowURL(c contact.Row) string {
	if v.isOpen(c) {
		return v.URL("/contacts") + v.query("open", c.ID.String())
	}
	return v.URL("/contacts") + v.query()
}

// contactURL is the address of an act on a contact, which leads back to this spot of the list.
func (v people) contactURL(c contact.Row, below string) string {
	return contactURL(v.R, c, below) + v.query()
}

func contactURL(r *web.Request, c contact.Row, below string) string {
	return r.Office("/contacts/" + c.ID.String() + below)
}

func (v people) pager() ui.Paging {
	return web.Pager(v.R, v.found, v.R.P.Text("office.contact.pages"), staff.OrganizationPart, func(page int) string {
		return v.URL("/contacts") + spot{paging.Ask{Page: page, Size: v.Size}}.query()
	})
}

func (v people) sizes() []ui.Link {
	return web.Sizes(v.Ask, staff.OrganizationPart, func(size string) string {
		n, _ := strconv.Atoi(size) // it was a number before
		return v.URL("/contacts") + spot{paging.Ask{Size: n}}.query()
	})
}

// maySend reports whether credentials can be sent to several at once.
func (v people) maySend() bool {
	return !v.Org.Archived() && v.R.By.May(actor.SendCredentials)
}

// heading counts the contacts in words.
func (v people) heading() string {
	if v.found.More {
		return v.R.P.Text("office.contact.more_than", "N", v.found.Total)
	}
	return v.R.P.Count("office.contact.count", v.found.Total)
}

// findContact leads from a contact's own address to its place in the organisation's list.
func findContact(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	var c contact.Contact
	err = r.View(func(tx *sqldb.Tx) (err error) {
		c, err = contact.Get(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	return r.SeeOther(c.Address(r.Workspace.Slug))
}
