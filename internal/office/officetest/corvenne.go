package officetest

import (
	"context"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Corvenne is a company with a primary contact and one of the public form.
type Corvenne struct {
	organization.Organization
	First, Landing contact.Contact
}

// Corvenne adds it to the school.
func (h *House) Corvenne() (c Corvenne) {
	h.Helper()
	c.Organization = h.Organization(h.School, "Ateliers Corvenne", "812 457 398 00020")
	c.First = h.Contact(h.School, c.ID, "Le Gall", "Maëlle")
	h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c.Landing, err = contact.Create(ctx, tx, h.School.Admin.Actor, c.ID, contact.Input{
			Civility: "mr", FamilyName: "Roussel-Carré", GivenName: "Étienne", Phone: "02 61 91 40 12",
			Email: "etienne.roussel@corvenne.example", Source: contact.Landing,
		})
		return err
	})
	return c
}

// Page is an address below the organisation's.
func (c Corvenne) Page(below string) string {
	return "/brenval/office/organizations/" + c.ID.String() + below
}

// Act is an address below a contact's.
func Act(c contact.Contact, below string) string {
	return "/brenval/office/contacts/" + c.ID.String() + below
}

// Stored reads a contact as it is now.
func (h *House) Stored(of id.Contact) (c contact.Contact) {
	h.Helper()
	h.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Get(ctx, tx, h.School.Admin.Actor, of)
		return err
	})
	return c
}

// People counts the contacts of an organisation.
func (h *House) People(of id.Organization) (n int) {
	h.Helper()
	h.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, _, err = directory.Count(ctx, tx, h.School.Admin.Actor, directory.Filter{Organization: of})
		return err
	})
	return n
}
