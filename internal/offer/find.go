package offer

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Sort is an order of the list, by number.
type Sort string

// The orders.
const (
	Newest Sort = "recent"
	Oldest Sort = "oldest"
)

// Filter says which offers. The zero value means all that the caller may see, newest first.
type Filter struct {
	Query        string          // number; words of title and place, or their beginnings; for staff the organisation's beginning; accents and case apart
	Organization id.Organization // for staff; an organisation's own people find theirs alone
	Contact      id.Contact      // for staff: attached to it
	Own          bool            // in the portal: deposited by the caller; a guest finds nothing else
	State        State           // "" = any
	Contract     Contract        // "" = any
	Source       Source          // "" = any
	Year         int             // 0 = any
	Sort         Sort
	After        id.Offer // the keyset of the next page: only those behind this one; Page then only numbers it
	paging.Ask

	uncapped bool // Each wants all matches
}

// Listed is an offer in a list, with its organisation's name.
type Listed struct {
	Offer
	OrganizationName string
}

// What a search costs at most: how many matches are sorted, how many offers that hold one of several words are looked at for the
// others, and how many words count.
const (
	searched = 300
	looked   = 5 * searched
	maxWords = 6
)

// Plain reports whether nothing is asked for but an order and a page.
func (f Filter) Plain() bool {
	return strings.TrimSpace(f.Query) == "" && f.Organization.IsZero() && f.Contact.IsZero() && !f.Own && f.State == "" && f.Contract == "" && f.Source == "" && f.Year == 0
}

// Find reads a page of the list. They are counted up to paging.Cap, the matches of a search up to 300. Permission: as with Get.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[Listed], error) {
	part := paging.Part[Listed]{Ask: f.Ask.Clean(24)}
	if err := MayRead(by); err != nil {
		return part, err
	}
	f.Ask = part.Ask
	s := f.selection(by)
	var err error
	if part.Total, part.More, err = s.count(ctx, tx, by); err != nil {
		return part, err
	}
	limit, offset := f.Size, f.Offset()
	switch {
	case !f.After.IsZero():
		if err := s.behind(ctx, tx, by, f.After, &offset); err != nil {
			return part, err
		}
	case !part.More && offset > part.Total/2 && !s.searching: // nearer from the end
		if limit = min(limit, part.Total-offset); limit <= 0 {
			return part, nil
		}
		s.backwards, offset = true, part.Total-offset-limit
	}
	part.Items, err = s.list(ctx, tx, limit, offset)
	if s.backwards {
		slices.Reverse(part.Items)
	}
	return part, err
}

// Count counts the matches of a filter up to the cap. Permission: as with Get.
func Count(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (n int, more bool, err error) {
	if err := MayRead(by); err != nil {
		return 0, false, err
	}
	return f.selection(by).count(ctx, tx, by)
}

// ByContact lists the offers to which a contact is attached, the newest first, up to most, and how many there are. Permission: SeeOffers.
func ByContact(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact, most int) ([]Listed, int, error) {
	if err := by.Need(actor.SeeOffers); err != nil {
		return nil, 0, err
	}
	s := Filter{Contact: contact}.selection(by)
	n, _, err := s.count(ctx, tx, by)
	if err != nil || n == 0 {
		return nil, n, err
	}
	list, err := s.list(ctx, tx, most, 0)
	return list, n, err
}

// selection is a filter as SQL. $1 is always the workspace.
type selection struct {
	plain     bool
	searching bool
	args      []any
	where     string // the conditions
	ascending bool
	backwards bool // read from the list's end
}

func (s *selection) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

func (f Filter) selection(by actor.Actor) *selection {
	s := &selection{plain: f.Plain() && by.Kind != actor.Contact, args: []any{by.Workspace}, where: `workspace_id = $1`, ascending: f.Sort == Oldest}
	query := strings.TrimSpace(f.Query)
	if by.Kind == actor.Contact {
		f.Organization, f.Contact, f.Own = by.Organization, id.Contact{}, f.Own || !by.May(actor.SeeOwnOffers)
	}
	s.searching = query != ""
	few := true // an index leads to few already
	switch {
	case query != "":
		s.where += ` AND number IN (` + f.search(s, query, by) + `)`
	case !f.Contact.IsZero():
		s.where += ` AND number IN (SELECT number FROM offer_contact WHERE workspace_id = $1 AND contact_id = ` + s.arg(f.Contact) + `)`
	case f.Own:
		s.where += ` AND author_id = ` + s.arg(by.Contact)
	case !f.Organization.IsZero():
		s.where += ` AND organization_id = ` + s.arg(f.Organization)
	case f.Year != 0:
		s.where += ` AND year = ` + s.arg(f.Year)
	default:
		few = false
	}
	s.where += f.rest(s, by, query != "" || !f.Contact.IsZero(), few)
	return s
}

// rest are the conditions that lead to no fewer, written so that no planner takes their indexes where another one leads to few.
func (f Filter) rest(s *selection, by actor.Actor, found, few bool) string {
	var ways []string
	way := func(condition string) { ways = append(ways, condition) }
	if f.State != "" {
		way(`state = ` + s.arg(string(f.State)))
	}
	if f.Contract != "" {
		way(`contract = ` + s.arg(string(f.Contract)))
	}
	if f.Source != "" {
		way(`source = ` + s.arg(string(f.Source)))
	}
	if f.Year != 0 && (found || f.Own || !f.Organization.IsZero()) {
		way(`year = ` + s.arg(f.Year))
	}
	if !f.Organization.IsZero() && (found || f.Own) {
		way(`organization_id = ` + s.arg(f.Organization))
	}
	if by.Kind == actor.Contact {
		way(`(source <> 'landing' OR state IN ('active', 'inactive') OR author_id = ` + s.arg(by.Contact) + `)`)
	}
	if f.Own && found {
		way(`author_id = ` + s.arg(by.Contact))
	}
	switch {
	case len(ways) == 0:
		return ""
	case few:
		return ` AND COALESCE(` + strings.Join(ways, ` AND `) + `, FALSE)`
	}
	return ` AND ` + strings.Join(ways, ` AND `)
}

// search selects the numbers of the offers that a search may mean: by number, by the words of title and place, and for staff by the
// organisation's name, each by its index and up to a cap.
func (f Filter) search(s *selection, query string, by actor.Actor) string {
	if number, ok := ParseLabel(query); ok {
		return s.arg(number)
	}
	words := name.Words(query)
	words = words[:min(len(words), maxWords)]
	if len(words) == 0 {
		return `SELECT number FROM offer WHERE workspace_id = $1 AND 1 = 0`
	}
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	ways := `SELECT number FROM (SELECT number FROM (SELECT number FROM offer_word WHERE ` + f.within(s) + begins(s, "word", words[0]) +
		` ORDER BY word DESC, number DESC LIMIT ` + f.upTo(looked) + `) w WHERE 1 = 1` + holds(s, words[1:]) + ` LIMIT ` + f.upTo(searched+1) + `) a`
	if by.Kind == actor.Contact || !f.Organization.IsZero() {
		return ways
	}
	return ways + ` UNION SELECT number FROM (SELECT number FROM offer WHERE workspace_id = $1 AND organization_id IN (SELECT id FROM organization WHERE workspace_id = $1 AND ` +
		begins(s, "name_key", name.Fold(query)) + ` ORDER BY name_key, id LIMIT 20) LIMIT ` + f.upTo(searched+1) + `) b`
}

// within is the beginning of the condition on words, in the workspace or the filter's organisation.
func (f Filter) within(s *selection) string {
	if f.Organization.IsZero() {
		return `workspace_id = $1 AND `
	}
	return `workspace_id = $1 AND organization_id = ` + s.arg(f.Organization) + ` AND `
}

// upTo is the cap, which exports do not have.
func (f Filter) upTo(most int) string {
	if f.uncapped {
		most = math.MaxInt32
	}
	return strconv.Itoa(most)
}

func begins(s *selection, column, prefix string) string {
	return column + ` >= ` + s.arg(prefix) + ` AND ` + column + ` < ` + s.arg(prefix+"\U0010FFFF")
}

// holds is the condition that the row's offer has all those words.
func holds(s *selection, words []string) (condition string) {
	for _, word := range words {
		condition += ` AND EXISTS (SELECT 1 FROM offer_word v WHERE v.workspace_id = $1 AND v.number = w.number AND ` + begins(s, "v.word", word) + `)`
	}
	return condition
}

// order is that of the list; p stands before its column.
func (s *selection) order(p string) string {
	if s.ascending != s.backwards {
		return p + `number`
	}
	return p + `number DESC`
}

var prefixed = "f." + strings.ReplaceAll(columns, ", ", ", f.")

func scanListed(row sqldb.Scanner) (l Listed, err error) {
	return l, row.Scan(append(l.fields(), &l.OrganizationName)...)
}

// list reads a page: its numbers first, then their rows.
func (s *selection) list(ctx context.Context, tx *sqldb.Tx, limit, offset int) ([]Listed, error) {
	// CROSS JOIN: SQLite keeps the order of the tables (performance.md, trap 1).
	return sqldb.List(ctx, tx, scanListed, `SELECT `+prefixed+`, o.name FROM (SELECT number FROM offer WHERE `+s.where+` ORDER BY `+s.order("")+` LIMIT `+strconv.Itoa(limit)+` OFFSET `+strconv.Itoa(offset)+`) p
		CROSS JOIN offer f CROSS JOIN organization o WHERE f.workspace_id = $1 AND f.number = p.number AND o.workspace_id = $1 AND o.id = f.organization_id ORDER BY `+s.order("f."), s.args...)
}

// behind narrows to what stands behind this offer in the order, and then nothing need be passed over; one that is gone narrows nothing.
func (s *selection) behind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, after id.Offer, offset *int) error {
	numbers, err := sqldb.List(ctx, tx, sqldb.Value[int64], `SELECT number FROM offer WHERE workspace_id = $1 AND id = $2`, by.Workspace, after)
	if err != nil || len(numbers) == 0 {
		return err
	}
	than := ` < `
	if s.ascending {
		than = ` > `
	}
	s.where += ` AND number` + than + s.arg(numbers[0])
	*offset = 0
	return nil
}

// count is the workspace's own total, or counts the matches up to a cap.
func (s *selection) count(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (int, bool, error) {
	if s.plain {
		n, err := sqldb.Total(ctx, tx, by.Workspace, "offers")
		return int(n), false, err
	}
	most, order := paging.Cap, ` ORDER BY `+s.order("")
	if s.searching {
		most, order = searched, ``
	}
	return sqldb.CountUpTo(ctx, tx, most, `SELECT number FROM offer WHERE `+s.where+order, s.args...)
}

// mostYears is how many years are offered as a filter.
const mostYears = 15

// Years lists the years of the workspace's offers, the last first. Permission: SeeOffers.
func Years(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (years []int, err error) {
	if err := by.Need(actor.SeeOffers); err != nil {
		return nil, err
	}
	for before := math.MaxInt32; len(years) < mostYears; before = years[len(years)-1] { // a jump of the index each
		last, err := sqldb.List(ctx, tx, sqldb.Value[int], `SELECT year FROM offer WHERE workspace_id = $1 AND year < $2 ORDER BY year DESC LIMIT 1`, by.Workspace, before)
		if err != nil || len(last) == 0 {
			return years, err
		}
		years = append(years, last[0])
	}
	return years, nil
}
