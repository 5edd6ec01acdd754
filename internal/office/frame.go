package office

import (
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// frame is what stands around the tabs of one organisation: its name, numbers, actions and the tabs themselves.
type frame struct {
	r        *web.Request
	org      organization.Organization
	contacts string   // how many, in figures; "" = not counted
	tab      string   // key of the one that is shown
	form     *ui.Form // of which the window's title tells the faults; may be nil
}

// The tabs.
const (
	generalTab  = "general"
	contactsTab = "contacts"
	journalTab  = "journal"
)

// framePart is the id of the page below the crumbs, as a script may replace it.
const framePart = "organization"

// readFrame reads the organisation of the address and counts its contacts.
func readFrame(r *web.Request, tx *sqldb.Tx, of id.Organization, tab string) (frame, error) {
	f := frame{r: r, tab: tab}
	var err error
	if f.org, err = organization.Get(r.Context(), tx, r.By, of); err != nil {
		return f, err
	}
	n, more, err := directory.Count(r.Context(), tx, r.By, directory.Filter{Organization: of})
	f.contacts = web.Figures(r.P, n, more)
	return f, err
}

func (f frame) url(below string) string { return organizationURL(f.r, f.org, below) }

func (f frame) web() web.Page {
	return web.Page{
		Title:   f.r.P.Text("office.organization.tab."+f.tab) + ", " + f.org.Name,
		Current: "organizations",
		Crumbs:  []ui.Link{{Text: f.r.P.Text("office.nav.organizations"), URL: f.r.Office("/organizations")}, {Text: f.org.Name}},
		Form:    f.form,
	}
}

func (f frame) tabs() []ui.Link {
	link := func(tab, below, count string) ui.Link {
		return ui.Link{Text: f.r.P.Text("office.organization.tab." + tab), URL: f.url(below), Count: count, Current: f.tab == tab}
	}
	return []ui.Link{link(generalTab, "", ""), link(contactsTab, "/contacts", f.contacts), link(journalTab, "/journal", "")}
}

// actions are what else can be done with the organisation, for whom.
func (f frame) actions() (links []ui.Link) {
	p, by := f.r.P, f.r.By
	links = append(links, ui.Link{Text: p.Text("office.organization.edit"), URL: f.url(""), Icon: "pencil"})
	if by.May(actor.CorrectSIRET) {
		links = append(links, ui.Link{Text: identityTitle(f.r, f.org), URL: f.url("/identity"), Icon: "building"})
	}
	if by.May(actor.ArchiveOrganizations) && !f.org.Archived() {
		links = append(links, ui.Link{Text: p.Text("office.organization.archive"), URL: f.url("/archive"), Icon: "pause", Rule: true})
	}
	if by.May(actor.DeleteOrganizations) {
		links = append(links, ui.Link{Text: p.Text("office.organization.delete"), URL: f.url("/deletion"), Icon: "trash", Danger: true, Rule: f.org.Archived()})
	}
	return links
}

// identityTitle is « Corriger le SIRET », or « Saisir le SIRET » where there is none yet.
func identityTitle(r *web.Request, o organization.Organization) string {
	if o.SIRET.IsZero() {
		return r.P.Text("office.organization.identity.enter")
	}
	return r.P.Text("office.organization.identity.correct")
}

// spot says which part of the contacts' list somebody works on, so that they come back to it.
type spot struct{ paging.Ask }

// readSpot reads page and size off the address; page 0 = not said.
func readSpot(r *web.Request) spot {
	s := spot{r.Asked(web.DefaultSize)}
	s.Page = r.QueryInt("page", 1, 1_000_000, 0)
	return s
}

// query is the spot as a query; more are names and values that stand first.
func (s spot) query(more ...string) string {
	text, sep := "", "?"
	add := func(name, value string) { text, sep = text+sep+name+"="+value, "&" }
	for i := 0; i+1 < len(more); i += 2 {
		add(more[i], more[i+1])
	}
	if s.Page > 1 {
		add("page", strconv.Itoa(s.Page))
	}
	if s.Size != web.DefaultSize {
		add("size", strconv.Itoa(s.Size))
	}
	return text
}

func mayArchive(r *web.Request) bool { return r.By.May(actor.ArchiveOrganizations) }

func mayIdentify(r *web.Request) bool { return r.By.May(actor.CorrectSIRET) }

// customerHint says what the customer number is for, or why it stands fast.
func customerHint(r *web.Request, o organization.Organization) string {
	if !o.ID.IsZero() && o.SIRET.IsZero() {
		return r.P.Text("organization.customer_number_identifies")
	}
	if o.ID.IsZero() {
		return r.P.Text("office.organization.customer_number.hint")
	}
	return ""
}
