// Package workspace holds the hosts of this installation: their settings and their team.
//
// A workspace is the tenant that owns organisations and contacts. Its number stands in every row of its own and
// is never used again; outside it is named by its slug, which never changes. The package does not know what the
// staff do there (actor's policy does), nor who they are (login does).
package workspace

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// Kind is what sort of host it is. It sets the defaults of a new workspace, and what the host calls itself.
type Kind string

// The kinds of host.
const (
	School Kind = "school"
	Vendor Kind = "vendor"
)

// Workspace is one host with its settings.
type Workspace struct {
	ID               id.Workspace
	Slug             string
	Name             string
	Kind             Kind
	OrganizationNoun locale.OrganizationNoun // what it calls the organisations it works with
	Country          string                  // ISO 3166: where phone numbers without a country code are from
	Locale           locale.Language
	TimeZone         string // IANA's name
	Brand            string // "#rrggbb", "" = Entregent's own
	PhoneRequired    bool   // of new contacts (product.md §1, «Required»)
	Offers           bool   // whether it works with offers (« missions »)
	Version          int64
}

// HostNoun is what the host is called: school or company.
func (w Workspace) HostNoun() locale.HostNoun {
	if w.Kind == Vendor {
		return locale.Vendor
	}
	return locale.School
}

// Zone is the time zone, for a locale.Printer; nil for the zero workspace.
func (w Workspace) Zone() *time.Location {
	zone, _ := locale.ParseZone(w.TimeZone)
	return zone
}

// Columns are a workspace's, under the name w, for the statements of rooms above that read it beside rows of their own;
// Fields are where they are scanned to.
const Columns = `w.id, w.slug, w.name, w.kind, w.organization_noun, w.country, w.locale, w.time_zone, w.brand, w.phone_required, w.offers, w.version`

// Fields, see Columns.
func (w *Workspace) Fields() []any {
	return []any{&w.ID, &w.Slug, &w.Name, &w.Kind, &w.OrganizationNoun, &w.Country, &w.Locale, &w.TimeZone, &w.Brand, &w.PhoneRequired, &w.Offers, &w.Version}
}

func scan(row sqldb.Scanner) (w Workspace, err error) {
	err = row.Scan(w.Fields()...)
	return w, err
}

// Get reads a workspace by its number; none is a fault.NotFound.
func Get(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace) (Workspace, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+Columns+` FROM workspace w WHERE w.id = $1`, workspace)
}

// GetBySlug reads a workspace by what stands in the address; none is a fault.NotFound.
func GetBySlug(ctx context.Context, tx *sqldb.Tx, slug string) (Workspace, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+Columns+` FROM workspace w WHERE w.slug = $1`, slug)
}

// List reads all workspaces of the installation, by slug. It is for the command line and for jobs.
func List(ctx context.Context, tx *sqldb.Tx) ([]Workspace, error) {
	return sqldb.List(ctx, tx, scan, `SELECT `+Columns+` FROM workspace w ORDER BY w.slug`)
}

// IsEmpty reports whether the installation waits for its set-up.
func IsEmpty(ctx context.Context, tx *sqldb.Tx) (bool, error) {
	return sqldb.One(ctx, tx, sqldb.Value[bool], `SELECT CASE WHEN EXISTS (SELECT 1 FROM workspace) THEN 0 ELSE 1 END`)
}

// insert gives the workspace its number and writes it, with the first line of its history.
func insert(ctx context.Context, tx *sqldb.Tx, w *Workspace) error {
	var err error
	w.ID, err = sqldb.One(ctx, tx, sqldb.Value[id.Workspace], `UPDATE installation SET last_workspace = last_workspace + 1 WHERE id = 1 RETURNING last_workspace`)
	if err != nil {
		return err
	}
	w.Version = 1
	_, err = tx.Exec(ctx, `INSERT INTO workspace (id, slug, name, kind, organization_noun, country, locale, time_zone, brand, phone_required, offers, created_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		w.ID, w.Slug, w.Name, string(w.Kind), string(w.OrganizationNoun), w.Country, string(w.Locale), w.TimeZone, w.Brand, w.PhoneRequired, w.Offers, tx.Now(), w.Version)
	if err != nil {
		return err
	}
	return journal.Record(ctx, tx, actor.OfProgram(w.ID), journal.Entry{
		Kind: "workspace.created", Subject: w.subject(), Changes: changes(Workspace{}, *w),
	})
}

func (w Workspace) subject() journal.Subject {
	return journal.Subject{Kind: "workspace", ID: w.ID.UUID()}
}

// changes lists what differs, in the order of the form.
func changes(before, after Workspace) (list []journal.Change) {
	add := func(field, b, a string) {
		if b != a {
			list = append(list, journal.Change{Field: field, Before: b, After: a})
		}
	}
	add("slug", before.Slug, after.Slug)
	add("name", before.Name, after.Name)
	add("kind", string(before.Kind), string(after.Kind))
	add("organization_noun", string(before.OrganizationNoun), string(after.OrganizationNoun))
	add("country", before.Country, after.Country)
	add("locale", string(before.Locale), string(after.Locale))
	add("time_zone", before.TimeZone, after.TimeZone)
	add("brand", before.Brand, after.Brand)
	add("phone_required", yes(before.PhoneRequired), yes(after.PhoneRequired))
	add("offers", yes(before.Offers), yes(after.Offers))
	return list
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}
