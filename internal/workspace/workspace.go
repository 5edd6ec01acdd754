// Package workspace keeps the hosts of this installation: their settings and their team.
//
// A workspace is the tenant: every row of every other room names one. The package holds no contact and no
// password; who somebody is, is package login's.
package workspace

import (
	"context"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// Kind is what sort of host it is; it sets the defaults and the nouns.
type Kind string

// The kinds of host.
const (
	School Kind = "school"
	Vendor Kind = "vendor"
)

// Workspace is one host as kept.
type Workspace struct {
	ID               id.Workspace
	Slug             string // its name in addresses
	Name             string
	Kind             Kind
	OrganizationNoun locale.OrganizationNoun
	Country          string          // ISO 3166 alpha-2: where numbers without a country code are from
	Locale           locale.Language // for whoever chose none
	TimeZone         string          // IANA name, for whoever chose none
	Brand            string          // "#rrggbb", "" = Entregent's own
	PhoneRequired    bool            // forms want a contact's phone
	CreatedAt        sqldb.Time
	Version          int64
}

// HostNoun is what the host calls itself.
func (w Workspace) HostNoun() locale.HostNoun {
	if w.Kind == Vendor {
		return locale.Vendor
	}
	return locale.School
}

const columns = `id, slug, name, kind, organization_noun, country, locale, time_zone, brand, phone_required, created_at, version`

func scan(row sqldb.Scanner) (w Workspace, err error) {
	return w, row.Scan(&w.ID, &w.Slug, &w.Name, &w.Kind, &w.OrganizationNoun, &w.Country, &w.Locale, &w.TimeZone, &w.Brand, &w.PhoneRequired, &w.CreatedAt, &w.Version)
}

// Get reads a workspace; fault.NotFound.
func Get(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace) (Workspace, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM workspace WHERE id = $1`, workspace)
}

// GetBySlug reads the workspace of an address; fault.NotFound.
func GetBySlug(ctx context.Context, tx *sqldb.Tx, slug string) (Workspace, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM workspace WHERE slug = $1`, slug)
}
