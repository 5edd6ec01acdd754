package staff

import (
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// ContactFilter reads search, filters, order and page off the address; what names nothing is as if it were not
// there.
func ContactFilter(r *web.Request) directory.Filter {
	f := directory.Filter{
		Query:         r.Searched(),
		State:         contact.State(r.QueryOneOf("state", States)),
		Authorized:    r.QueryOneOf("authorized", Authorizations),
		Role:          contact.Role(r.QueryOneOf("role", Roles)),
		Source:        contact.Source(r.QueryOneOf("source", Sources)),
		NeverSignedIn: r.Query("never_signed_in") != "",
		Credentials:   directory.Credentials(r.QueryOneOf("credentials", Fates)),
		Ask:           r.Asked(web.DefaultSize),
	}
	if r.Query("incomplete") != "" {
		f.Incomplete = directory.Lacking(r.Workspace.PhoneRequired)
	}
	if f.Credentials != "" {
		f.At = sqldb.At(r.Now)
	}
	if r.Query("sort") == string(directory.Newest) {
		f.Sort = directory.Newest
	}
	if f.Query == "" {
		f.After.UUID = r.QueryID("after")
	}
	return f
}

// The words that the filters know, in the order in which they are offered.
var (
	States         = []string{string(contact.WithoutLogin), string(contact.Invited), string(contact.Active), string(contact.Disabled)}
	Authorizations = []string{"yes", "no", directory.Awaiting}
	Fates          = []string{string(directory.Refused), string(directory.Unused)}
	Roles          = []string{string(contact.User), string(contact.Admin), string(contact.SuperAdmin)}
	Sources        = []string{string(contact.Form), string(contact.Landing), string(contact.Import), string(contact.API), string(contact.Portal)}
)

// FilterNames are the names of ContactFilter's filters in the address, which lead to the same list elsewhere.
var FilterNames = []string{"q", "state", "authorized", "role", "source", "never_signed_in", "incomplete", "credentials"}

// Ticked are the contacts whose boxes are ticked; what names none is passed over.
func Ticked(r *web.Request) (list []id.Contact) {
	for _, text := range r.URL.Query()["contact"] {
		if c := (id.Contact{UUID: id.Read(text)}); !c.IsZero() {
			list = append(list, c)
		}
	}
	return list
}

// OrganizationFilter reads search, state, order and page off the address; what names nothing is as if it were not there.
func OrganizationFilter(r *web.Request) organization.Filter {
	return organization.Filter{
		Query:          r.Searched(),
		Archived:       r.Query("state") == "archived",
		WithoutPrimary: r.Query("state") == "without_primary",
		Sort:           organization.Sort(r.Query("sort")),
		Ask:            r.Asked(web.DefaultSize),
	}
}
