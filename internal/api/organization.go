package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/delegation"
	documents "github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Organization is an organisation as programs see it.
type Organization struct {
	ID             string     `json:"id" format:"uuid" doc:"Its identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Name           string     `json:"name" example:"Corvenne SAS"`
	SIRET          string     `json:"siret" doc:"Its 14 digits; empty for some." example:"73282932000074"`
	CustomerNumber string     `json:"customer_number" doc:"Empty for some; never both absent." example:"CL-0042"`
	Address        string     `json:"address" example:"12 rue des Lilas"`
	Postcode       string     `json:"postcode" example:"75011"`
	City           string     `json:"city" example:"Paris"`
	Phone          string     `json:"phone" doc:"In E.164; empty if there is none." example:"+33142685300"`
	Website        string     `json:"website" example:"https://corvenne.example"`
	Primary        string     `json:"primary_contact_id" doc:"The primary contact; empty if there is none." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	ArchivedAt     *time.Time `json:"archived_at,omitempty" doc:"Since when it is hidden and its people are shut out; absent if it is not."`
	CreatedAt      time.Time  `json:"created_at" example:"2026-03-02T09:30:00Z"`
	UpdatedAt      time.Time  `json:"updated_at" example:"2026-03-02T09:30:00Z"`
	Version        int64      `json:"version" doc:"Rises with each change; the ETag begins with it." example:"3"`
}

func (o Organization) version() int64   { return o.Version }
func (o Organization) location() string { return "/organizations/" + o.ID }

func showOrganization(o organization.Organization) Organization {
	return Organization{
		ID: o.ID.String(), Name: o.Name, SIRET: o.SIRET.Plain(), CustomerNumber: o.CustomerNumber, Address: o.Address, Postcode: o.Postcode,
		City: o.City, Phone: o.Phone.String(), Website: o.Website, Primary: o.Primary.String(), ArchivedAt: moment(o.ArchivedAt),
		CreatedAt: o.CreatedAt.Time().UTC(), UpdatedAt: o.UpdatedAt.Time().UTC(), Version: o.Version,
	}
}

// moment is a time that may be none.
func moment(t sqldb.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	at := t.Time().UTC()
	return &at
}

// Organizations is a page of the list.
type Organizations struct {
	Items []Organization `json:"items" nullable:"false"`
	Next  string         `json:"next" doc:"The cursor of the next page; empty at the end."`
}

// Paged is how every list is asked by.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"48" doc:"How many at most." example:"48"`
	Cursor string `query:"cursor" maxLength:"2000" doc:"Where to go on: next of the page before."`
}

type listOrganizationsInput struct {
	Paged
	Query          string `query:"q" maxLength:"200" doc:"The beginning of a name, a city, a SIRET or a customer number, accents and case apart." example:"corvenne"`
	Show           string `query:"show" enum:"visible,archived,all" default:"visible" doc:"Those that are not archived, those that are, or all."`
	WithoutPrimary bool   `query:"without_primary" doc:"Only those without a primary contact."`
	Sort           string `query:"sort" enum:"name,city,recent" default:"name" doc:"The order."`
}

func listOrganizations(r *Request, tx *sqldb.Tx, in *listOrganizationsInput) (out Organizations, err error) {
	var after organization.Mark
	if err := readCursor(in.Cursor, &after); err != nil {
		return out, err
	}
	list, next, err := organization.Walk(r, tx, r.By, organization.Filter{
		Query: in.Query, Archived: in.Show == "archived", Everything: in.Show == "all", WithoutPrimary: in.WithoutPrimary, Sort: organization.Sort(in.Sort),
	}, after, in.Limit)
	out.Items = make([]Organization, len(list))
	for i, o := range list {
		out.Items[i] = showOrganization(o)
	}
	out.Next = cursor(next)
	return out, err
}

// OrganizationPath names an organisation.
type OrganizationPath struct {
	Organization string `path:"organization" format:"uuid" doc:"The organization's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
}

func (p OrganizationPath) id() id.Organization { return id.Organization{UUID: id.Read(p.Organization)} }

func getOrganization(r *Request, tx *sqldb.Tx, in *OrganizationPath) (Organization, error) {
	o, err := organization.Get(r, tx, r.By, in.id())
	return showOrganization(o), err
}

// NewOrganization is what an organisation is made from.
type NewOrganization struct {
	Name           string `json:"name" maxLength:"1000" doc:"Its name." example:"Corvenne SAS"`
	SIRET          string `json:"siret,omitempty" maxLength:"100" doc:"14 digits, with or without blanks; unique in the workspace." example:"732 829 320 00074"`
	CustomerNumber string `json:"customer_number,omitempty" maxLength:"1000" doc:"Unique in the workspace; drawn if neither this nor a SIRET is given." example:"CL-0042"`
	Address        string `json:"address,omitempty" maxLength:"1000" example:"12 rue des Lilas"`
	Postcode       string `json:"postcode,omitempty" maxLength:"1000" example:"75011"`
	City           string `json:"city,omitempty" maxLength:"1000" example:"Paris"`
	Phone          string `json:"phone,omitempty" maxLength:"1000" doc:"As people write it; kept as E.164." example:"01 42 68 53 00"`
	Website        string `json:"website,omitempty" maxLength:"1000" example:"corvenne.example"`
}

type createOrganizationInput struct{ Body NewOrganization }

func createOrganization(r *Request, tx *sqldb.Tx, in *createOrganizationInput) (Organization, error) {
	b := in.Body
	o, err := organization.Create(r, tx, r.By, organization.Input{
		Name: b.Name, SIRET: b.SIRET, CustomerNumber: b.CustomerNumber, Address: b.Address, Postcode: b.Postcode, City: b.City, Phone: b.Phone, Website: b.Website,
	})
	return showOrganization(o), err
}

// OrganizationChange is what an edit may change; what is left out stays, an empty text clears.
type OrganizationChange struct {
	Name           *string `json:"name,omitempty" nullable:"false" maxLength:"1000" example:"Corvenne SAS"`
	CustomerNumber *string `json:"customer_number,omitempty" nullable:"false" maxLength:"1000" doc:"Not that of an organization without SIRET: see its identity." example:"CL-0042"`
	Address        *string `json:"address,omitempty" nullable:"false" maxLength:"1000" example:"12 rue des Lilas"`
	Postcode       *string `json:"postcode,omitempty" nullable:"false" maxLength:"1000" example:"75011"`
	City           *string `json:"city,omitempty" nullable:"false" maxLength:"1000" example:"Paris"`
	Phone          *string `json:"phone,omitempty" nullable:"false" maxLength:"1000" example:"01 42 68 53 00"`
	Website        *string `json:"website,omitempty" nullable:"false" maxLength:"1000" example:"corvenne.example"`
}

type editOrganizationInput struct {
	OrganizationPath
	Body OrganizationChange
}

// or is the value that is there unless another one is given.
func or[T any](given *T, there T) T {
	if given != nil {
		return *given
	}
	return there
}

func editOrganization(r *Request, tx *sqldb.Tx, in *editOrganizationInput) (Organization, error) {
	now, err := organization.Get(r, tx, r.By, in.id())
	if err != nil {
		return Organization{}, err
	}
	b := in.Body
	o, err := organization.Edit(r, tx, r.By, in.id(), organization.Input{
		Name: or(b.Name, now.Name), CustomerNumber: or(b.CustomerNumber, now.CustomerNumber), Address: or(b.Address, now.Address), Postcode: or(b.Postcode, now.Postcode),
		City: or(b.City, now.City), Phone: or(b.Phone, now.Phone.String()), Website: or(b.Website, now.Website), Version: r.Version,
	})
	return showOrganization(o), err
}

// Identity is what identifies an organisation.
type Identity struct {
	SIRET          string `json:"siret,omitempty" maxLength:"100" doc:"Empty only for an organization that has none." example:"73282932000074"`
	CustomerNumber string `json:"customer_number,omitempty" maxLength:"1000" example:"CL-0042"`
	Reason         string `json:"reason,omitempty" maxLength:"2000" doc:"Needed to change what was there; not to enter what was missing." example:"Moved to another establishment"`
}

type identifyOrganizationInput struct {
	OrganizationPath
	Body Identity
}

func identifyOrganization(r *Request, tx *sqldb.Tx, in *identifyOrganizationInput) (Organization, error) {
	o, err := contact.Identify(r, tx, r.By, in.id(), organization.Identity{
		SIRET: in.Body.SIRET, CustomerNumber: in.Body.CustomerNumber, Reason: in.Body.Reason, Version: r.Version,
	})
	return showOrganization(o), err
}

func archiveOrganization(r *Request, tx *sqldb.Tx, in *OrganizationPath) (Organization, error) {
	o, err := contact.Archive(r, tx, r.By, in.id())
	return showOrganization(o), err
}

func restoreOrganization(r *Request, tx *sqldb.Tx, in *OrganizationPath) (Organization, error) {
	o, err := contact.Restore(r, tx, r.By, in.id())
	return showOrganization(o), err
}

func deleteOrganization(r *Request, tx *sqldb.Tx, in *OrganizationPath) (nothing, error) {
	return nothing{}, documents.DeleteOrganization(r, tx, r.By, in.id())
}

// Comment is a remark for the history.
type Comment struct {
	Comment string `json:"comment" maxLength:"10000" doc:"At most 2,000 characters." example:"Called: the new address holds from May on."`
}

type commentOrganizationInput struct {
	OrganizationPath
	Body Comment
}

func commentOrganization(r *Request, tx *sqldb.Tx, in *commentOrganizationInput) (nothing, error) {
	o, err := organization.Get(r, tx, r.By, in.id())
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, journal.AddComment(r, tx, r.By, o.Subject(), o.ID, in.Body.Comment, id.UUID{})
}

// Delegation is what an organisation's own people may give.
type Delegation struct {
	AddContacts  bool     `json:"add_contacts" doc:"Add contacts."`
	GiveLogins   bool     `json:"give_logins" doc:"Switch logins on, and say by which address."`
	GiveAdmin    bool     `json:"give_admin" doc:"Give the role admin."`
	MaxLogins    int64    `json:"max_logins" minimum:"0" maximum:"1000000" doc:"Logins switched on in the organization; 0 = no limit." example:"20"`
	LoginDomains []string `json:"login_domains" nullable:"false" maxItems:"100" doc:"Of login e-mails; none = any." example:"[\"corvenne.example\"]"`
	Approval     bool     `json:"approval" doc:"Staff authorize whom they add."`
}

// KeptDelegation is the delegation with its version.
type KeptDelegation struct {
	Delegation
	Version int64 `json:"version" doc:"0 = none was ever set: everything is allowed." example:"1"`
}

func (d KeptDelegation) version() int64 { return d.Version }

func showDelegation(e delegation.Envelope) KeptDelegation {
	domains := e.LoginDomains
	if domains == nil {
		domains = []string{}
	}
	return KeptDelegation{Delegation{e.AddContacts, e.GiveLogins, e.GiveAdmin, e.MaxLogins, domains, e.Approval}, e.Version}
}

func getDelegation(r *Request, tx *sqldb.Tx, in *OrganizationPath) (KeptDelegation, error) {
	if _, err := organization.Get(r, tx, r.By, in.id()); err != nil {
		return KeptDelegation{}, err
	}
	e, err := delegation.Get(r, tx, r.By, in.id())
	return showDelegation(e), err
}

type setDelegationInput struct {
	OrganizationPath
	Body Delegation
}

func setDelegation(r *Request, tx *sqldb.Tx, in *setDelegationInput) (KeptDelegation, error) {
	b := in.Body
	most := ""
	if b.MaxLogins > 0 {
		most = strconv.FormatInt(b.MaxLogins, 10)
	}
	e, err := delegation.Set(r, tx, r.By, in.id(), delegation.Input{
		AddContacts: b.AddContacts, GiveLogins: b.GiveLogins, GiveAdmin: b.GiveAdmin, MaxLogins: most,
		LoginDomains: strings.Join(b.LoginDomains, "\n"), Approval: b.Approval, Version: r.Version,
	})
	return showDelegation(e), err
}

// errCursor is what a cursor gets that none of our pages gave.
func errCursor() error {
	return problemOn("parameter", "cursor", fault.M("api.cursor"))
}

const created = http.StatusCreated
