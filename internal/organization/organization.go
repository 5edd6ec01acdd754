// Package organization keeps the bodies that people belong to, inside one workspace: companies, practices.
//
// What touches an organisation's contacts too (a corrected SIRET, its deletion) is in package contact, which
// stands above.
package organization

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Organization is one organisation as kept.
type Organization struct {
	ID             id.Organization
	Name           string
	SIRET          siret.SIRET // absent for some
	CustomerNumber string      // "" for some; never both absent
	Address        string
	Postcode       string
	City           string
	Phone          phone.Number
	Website        string
	Primary        id.Contact // zero = none
	ArchivedAt     sqldb.Time
	Submission     id.UUID
	Version        int64
	CreatedAt      sqldb.Time
	UpdatedAt      sqldb.Time
	UpdatedBy      id.Login // zero = the program
}

// Identifier is the organisation's part of its contacts' account key (product.md §3): the SIRET, or without one
// the workspace and the customer number.
func (o Organization) Identifier(workspace id.Workspace) string {
	if !o.SIRET.IsZero() {
		return o.SIRET.Plain()
	}
	return "w" + number(int64(workspace)) + " " + CustomerKey(o.CustomerNumber)
}

// Archived reports whether it is hidden and its people cannot come in.
func (o Organization) Archived() bool { return !o.ArchivedAt.IsZero() }

// OnOneLine is the address with postcode and city, as far as they are known.
func (o Organization) OnOneLine() string {
	place := strings.TrimSpace(o.Postcode + " " + o.City)
	if o.Address == "" || place == "" {
		return o.Address + place
	}
	return o.Address + ", " + place
}

// Subject is the organisation in the history.
func (o Organization) Subject() journal.Subject {
	return journal.Subject{Kind: "organization", ID: o.ID.UUID, Number: o.Label()}
}

// Label names the organisation without saying a person's name: SIRET or customer number.
func (o Organization) Label() string {
	if !o.SIRET.IsZero() {
		return o.SIRET.Plain()
	}
	return o.CustomerNumber
}

const columns = `id, name, siret, customer_number, address, postcode, city, phone, website, primary_contact_id, archived_at, submission, version, created_at, updated_at, updated_by`

func scan(row sqldb.Scanner) (o Organization, err error) {
	var customer *string
	err = row.Scan(&o.ID, &o.Name, &o.SIRET, &customer, &o.Address, &o.Postcode, &o.City, &o.Phone, &o.Website,
		&o.Primary, &o.ArchivedAt, &o.Submission, &o.Version, &o.CreatedAt, &o.UpdatedAt, &o.UpdatedBy)
	if customer != nil {
		o.CustomerNumber = *customer
	}
	return o, err
}

// Get reads one organisation; fault.NotFound when the workspace has none such, and for an organisation's own people when it
// is another. Permission: SeeOrganizations, of one's own SeeOwnOrganization.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization) (Organization, error) {
	if by.Kind == actor.Contact {
		if organization != by.Organization {
			return Organization{}, fault.Missing()
		}
		return Own(ctx, tx, by)
	}
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return Organization{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND id = $2`, by.Workspace, organization)
}

// Lock holds the organisation until the transaction ends, for the rules over its contacts; fault.NotFound.
func Lock(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization) (Organization, error) {
	if err := tx.Lock(ctx, "organization", "workspace_id = $1 AND id = $2", by.Workspace, organization); err != nil {
		return Organization{}, err
	}
	return Get(ctx, tx, by, organization)
}

// BySIRET finds the organisation of the workspace that bears it; fault.NotFound.
func BySIRET(ctx context.Context, tx *sqldb.Tx, by actor.Actor, s siret.SIRET) (Organization, error) {
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return Organization{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND siret = $2`, by.Workspace, s)
}

// ByCustomerNumber finds the organisation of the workspace that bears it, blanks and case apart; fault.NotFound.
func ByCustomerNumber(ctx context.Context, tx *sqldb.Tx, by actor.Actor, s string) (Organization, error) {
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return Organization{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND customer_key = $2`, by.Workspace, CustomerKey(s))
}

// Names gives the names of those organisations that the workspace has.
func Names(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Organization) (map[id.Organization]string, error) {
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return nil, err
	}
	names := make(map[id.Organization]string, len(ids))
	for _, organization := range ids {
		if !organization.IsZero() {
			names[organization] = ""
		}
	}
	if len(names) == 0 {
		return names, nil
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, slices.Collect(maps.Keys(names)))
	clear(names)
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (o Organization, err error) { return o, row.Scan(&o.ID, &o.Name) },
		`SELECT id, name FROM organization WHERE workspace_id = $1 AND id `+in, args...)
	for _, o := range list {
		names[o.ID] = o.Name
	}
	return names, err
}

// CustomerKey is the form in which customer numbers are compared: without blanks or case.
func CustomerKey(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, unicode.IsSpace), ""))
}
