package staff

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// Organization is what stands around the tabs of one organisation: its name, numbers, actions and the tabs themselves.
type Organization struct {
	R        *web.Request
	Org      organization.Organization
	Contacts string   // how many, in figures; "" = not counted
	Tab      string   // key of the one that is shown
	Form     *ui.Form // of which the window's title tells the faults; may be nil
}

// The tabs.
const (
	GeneralTab    = "general"
	ContactsTab   = "contacts"
	DocumentsTab  = "documents"
	RequestsTab   = "requests"
	InvoicesTab   = "invoices"
	OffersTab     = "offers"
	DelegationTab = "delegation"
	JournalTab    = "journal"
)

// OrganizationPart is the id of the page below the crumbs, as a script may replace it.
const OrganizationPart = "organization"

// ReadOrganization reads the organisation and counts its contacts; fault.NotFound.
func ReadOrganization(r *web.Request, tx *sqldb.Tx, of id.Organization, tab string) (Organization, error) {
	f := Organization{R: r, Tab: tab}
	var err error
	if f.Org, err = organization.Get(r.Context(), tx, r.By, of); err != nil {
		return f, err
	}
	n, more, err := directory.Count(r.Context(), tx, r.By, directory.Filter{Organization: of})
	f.Contacts = web.Figures(r.P, n, more)
	return f, err
}

// URL is the address of the organisation's page, or of what hangs below it.
func (f Organization) URL(below string) string { return OrganizationURL(f.R, f.Org.ID, below) }

// OrganizationURL is the address of an organisation's page, or of what hangs below it.
func OrganizationURL(r *web.Request, of id.Organization, below string) string {
	return r.Office("/organizations/" + of.String() + below)
}

func (f Organization) web() web.Page {
	return web.Page{
		Title:   f.R.P.Text("office.organization.tab."+f.Tab) + ", " + f.Org.Name,
		Current: "organizations",
		Crumbs:  []ui.Link{{Text: f.R.P.Text("office.nav.organizations"), URL: f.R.Office("/organizations")}, {Text: f.Org.Name}},
		Form:    f.Form,
	}
}

func (f Organization) tabs() []ui.Link {
	link := func(tab, below, count string) ui.Link {
		return ui.Link{Text: f.R.P.Text("office.organization.tab." + tab), URL: f.URL(below), Count: count, Current: f.Tab == tab}
	}
	tabs := []ui.Link{link(GeneralTab, "", ""), link(ContactsTab, "/contacts", f.Contacts), link(DocumentsTab, "/documents", "")}
	if f.R.Workspace.Offers || f.Tab == OffersTab {
		tabs = append(tabs, link(OffersTab, "/offers", ""))
	}
	return append(tabs, link(RequestsTab, "/requests", ""), link(InvoicesTab, "/invoices", ""), link(DelegationTab, "/delegation", ""), link(JournalTab, "/journal", ""))
}

// actions are what else can be done with the organisation, for whom.
func (f Organization) actions() (links []ui.Link) {
	p, by := f.R.P, f.R.By
	links = append(links, ui.Link{Text: p.Text("office.organization.edit"), URL: f.URL(""), Icon: "pencil"})
	if by.May(actor.CorrectSIRET) {
		links = append(links, ui.Link{Text: IdentityTitle(f.R, f.Org), URL: f.URL("/identity"), Icon: "building"})
	}
	if by.May(actor.ArchiveOrganizations) && !f.Org.Archived() {
		links = append(links, ui.Link{Text: p.Text("office.organization.archive"), URL: f.URL("/archive"), Icon: "pause", Rule: true})
	}
	if by.May(actor.DeleteOrganizations) {
		links = append(links, ui.Link{Text: p.Text("office.organization.delete"), URL: f.URL("/deletion"), Icon: "trash", Danger: true, Rule: f.Org.Archived()})
	}
	return links
}

// IdentityTitle is « Corriger le SIRET », or « Saisir le SIRET » where there is none yet.
func IdentityTitle(r *web.Request, o organization.Organization) string {
	if o.SIRET.IsZero() {
		return r.P.Text("office.organization.identity.enter")
	}
	return r.P.Text("office.organization.identity.correct")
}

// OrganizationOf is the organisation that a form names: by its identifier, or by what its staff type, if that means one alone.
func OrganizationOf(r *web.Request, tx *sqldb.Tx, typed string) (id.Organization, error) {
	if of := (id.Organization{UUID: id.Read(typed)}); !of.IsZero() {
		return of, nil
	}
	refuse := func(key string) error { return fault.OnField(fault.Invalid, "organization", fault.M(key)) }
	if typed == "" {
		return id.Organization{}, refuse("fault.required")
	}
	part, err := organization.Find(r.Context(), tx, r.By, organization.Filter{Query: typed})
	switch {
	case err != nil:
		return id.Organization{}, err
	case part.Total == 0:
		return id.Organization{}, refuse("office.invoice.organization.none")
	case part.Total > 1:
		return id.Organization{}, refuse("office.invoice.organization.several")
	}
	return part.Items[0].ID, nil
}
