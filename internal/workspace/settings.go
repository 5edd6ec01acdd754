package workspace

import (
	"context"
	"strings"

	"golang.org/x/text/language"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// New is what a workspace begins with, as text. Country, language and time zone may be empty: France.
type New struct{ Slug, Name, Kind, Country, Locale, TimeZone string }

// Settings are what staff admins may change, as text.
type Settings struct {
	Name             string
	OrganizationNoun string // "company", "practice", "organization"
	Country          string // ISO 3166, two letters
	Locale           string // "fr", "en"
	TimeZone         string // IANA's name
	Brand            string // "#rrggbb" or ""
	PhoneRequired    bool
	Offers           bool
	Version          int64 // that the person saw
}

// maxName of a host, in characters.
const maxName = 100

// parse gives the workspace with the defaults of its kind: a school works with companies and asks for the phone
// of a contact, a vendor with practices and does not (product.md §1); a school works with offers.
func (in New) parse() (w Workspace, faults fault.Fields) {
	var err error
	w.Slug, err = ParseSlug(in.Slug)
	faults.Add("slug", err)
	s := Settings{
		Name: in.Name, OrganizationNoun: string(locale.Company), PhoneRequired: true, Offers: true,
		Country: or(in.Country, "FR"), Locale: or(in.Locale, "fr"), TimeZone: or(in.TimeZone, "Europe/Paris"),
	}
	switch w.Kind = Kind(in.Kind); w.Kind {
	case School:
	case Vendor:
		s.OrganizationNoun, s.PhoneRequired, s.Offers = string(locale.Practice), false, false
	default:
		faults.Add("kind", fault.M("fault.choice"))
	}
	s.parse(&w, &faults)
	return w, faults
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (in Settings) parse(w *Workspace, faults *fault.Fields) {
	var err error
	w.Name, err = name.Line(in.Name, maxName)
	if err == nil && w.Name == "" {
		err = fault.M("fault.required")
	}
	faults.Add("name", err)
	w.OrganizationNoun = locale.OrganizationNoun(in.OrganizationNoun)
	switch w.OrganizationNoun {
	case locale.Company, locale.Practice, locale.Organization:
	default:
		faults.Add("organization_noun", fault.M("fault.choice"))
	}
	if w.Country = strings.ToUpper(strings.TrimSpace(in.Country)); !isCountry(w.Country) {
		faults.Add("country", fault.M("workspace.country"))
	}
	var ok bool
	if w.Locale, ok = locale.ParseLanguage(in.Locale); !ok {
		faults.Add("locale", fault.M("fault.choice"))
	}
	if _, ok := locale.ParseZone(in.TimeZone); !ok {
		faults.Add("time_zone", fault.M("fault.choice"))
	}
	w.TimeZone = in.TimeZone
	if w.Brand = strings.ToLower(strings.TrimSpace(in.Brand)); w.Brand != "" && !IsColour(w.Brand) {
		faults.Add("brand", fault.M("workspace.brand"))
	}
	w.PhoneRequired, w.Offers = in.PhoneRequired, in.Offers
}

// isCountry knows the codes in use, as two capitals.
func isCountry(code string) bool {
	if len(code) != 2 {
		return false
	}
	region, err := language.ParseRegion(code)
	return err == nil && region.IsCountry() && region.Canonicalize().String() == code
}

// IsColour reports whether the text is a colour that a workspace may bear: # and six hexadecimal digits, in either case.
func IsColour(s string) bool {
	digits, ok := strings.CutPrefix(strings.ToLower(s), "#")
	return ok && len(digits) == 6 && strings.Trim(digits, "0123456789abcdef") == ""
}

// Add makes a workspace without staff; the command line calls it. Nobody is asked for a permission: it is for
// whoever commands the machine. A slug that another workspace bears is a fault.Conflict on slug.
func Add(ctx context.Context, tx *sqldb.Tx, in New) (Workspace, error) {
	w, faults := in.parse()
	if err := faults.Err(); err != nil {
		return Workspace{}, err
	}
	if err := tx.Lock(ctx, "installation", "id = 1"); err != nil {
		return Workspace{}, err
	}
	return add(ctx, tx, w)
}

// add runs under the lock of the installation, so that a taken slug is seen and no two take one.
func add(ctx context.Context, tx *sqldb.Tx, w Workspace) (Workspace, error) {
	_, err := GetBySlug(ctx, tx, w.Slug)
	if err == nil {
		return Workspace{}, fault.OnField(fault.Conflict, "slug", fault.M("conflict.workspace.slug"))
	}
	if !fault.Is(err, fault.NotFound) {
		return Workspace{}, err
	}
	err = insert(ctx, tx, &w)
	return w, err
}

// Edit changes the settings of the caller's workspace. A version that is no longer the current one is a
// fault.Conflict «fault.version» that comes with the current values, and nothing is overwritten; but what is
// there already as wanted is confirmed. Permission: EditSettings.
func Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in Settings) (Workspace, error) {
	if err := by.Need(actor.EditSettings); err != nil {
		return Workspace{}, err
	}
	before, err := lock(ctx, tx, by.Workspace)
	if err != nil {
		return Workspace{}, err
	}
	after, faults := before, fault.Fields{}
	in.parse(&after, &faults)
	if err := faults.Err(); err != nil {
		return before, err
	}
	if after == before {
		_, err := tx.Exec(ctx, `UPDATE workspace SET version = version WHERE id = $1`, before.ID)
		return before, err
	}
	if before.Version != in.Version {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	after.Version++
	_, err = tx.Exec(ctx, `UPDATE workspace SET name = $1, organization_noun = $2, country = $3, locale = $4, time_zone = $5, brand = $6, phone_required = $7, offers = $8, version = $9
		WHERE id = $10`, after.Name, string(after.OrganizationNoun), after.Country, string(after.Locale), after.TimeZone, after.Brand, after.PhoneRequired, after.Offers, after.Version, after.ID)
	if err != nil {
		return before, err
	}
	return after, journal.Record(ctx, tx, by, journal.Entry{Kind: "workspace.edited", Subject: after.subject(), Changes: changes(before, after)})
}

func lock(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace) (Workspace, error) {
	if err := tx.Lock(ctx, "workspace", "id = $1", workspace); err != nil {
		return Workspace{}, err
	}
	return Get(ctx, tx, workspace)
}
