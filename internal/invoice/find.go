package invoice

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Sort is an order of the list.
type Sort string

// The orders: by the day of issue, and of what is overdue by the day on which it was due.
const (
	Newest Sort = "recent"
	Oldest Sort = "oldest"
)

// Filter says which invoices. The zero value means all that the caller may see, newest first.
type Filter struct {
	Query        string          // number, or its end; reference; for staff the organisation: their beginnings, accents and case apart
	Organization id.Organization // for staff; an organisation's own people find theirs alone
	State        State           // Unpaid, Paid, Overdue; "" = any
	Kind         Kind            // "" = any
	Year         int             // of issue; 0 = any
	Zone         *time.Location  // whose day it is that makes an invoice overdue; nil = UTC
	Sort         Sort
	After        id.Invoice // the keyset of the next page: only those behind this one; Page then only numbers it
	paging.Ask

	uncapped bool // Each wants all matches
}

// Listed is an invoice in a list, with its organisation's name.
type Listed struct {
	Invoice
	OrganizationName string
}

// searched is how many matches of a search are looked at, of each of the things that may match: sorting a thousand would cost
// more than the page.
const searched = 100

// Plain reports whether nothing is asked for but an order and a page.
func (f Filter) Plain() bool {
	return strings.TrimSpace(f.Query) == "" && f.Organization.IsZero() && f.State == "" && f.Kind == "" && f.Year == 0
}

// Find reads a page of the list. Permission: SeeInvoices.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[Listed], error) {
	part := paging.Part[Listed]{Ask: f.Ask.Clean(24)}
	if err := by.Need(actor.SeeInvoices); err != nil {
		return part, err
	}
	f.Ask = part.Ask
	s := f.selection(tx, by)
	var err error
	if part.Total, part.More, err = s.count(ctx, tx, by); err != nil {
		return part, err
	}
	limit, offset := f.Size, f.Offset()
	switch {
	case !f.After.IsZero() && s.search == "":
		if err := s.behind(ctx, tx, by, f.After, &offset); err != nil {
			return part, err
		}
	case !part.More && offset > part.Total/2 && s.search == "": // nearer from the end
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

// Count counts the matches of a filter up to the cap. Permission: SeeInvoices.
func Count(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (n int, more bool, err error) {
	if err := by.Need(actor.SeeInvoices); err != nil {
		return 0, false, err
	}
	return f.selection(tx, by).count(ctx, tx, by)
}

// selection is a filter as SQL. $1 is always the workspace.
type selection struct {
	plain     bool
	args      []any
	where     string // the conditions
	search    string // the identifiers that a search finds; "" = no search
	rest      string // of these, those behind a key; "" = all
	day       string // the column of the order
	ascending bool
	backwards bool // read from the list's end
}

func (s *selection) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

func (f Filter) selection(tx *sqldb.Tx, by actor.Actor) *selection {
	if by.Kind == actor.Contact {
		f.Organization = by.Organization
	}
	s := &selection{plain: f.Plain(), args: []any{by.Workspace}, day: "issued_on", ascending: f.Sort == Oldest}
	s.where = `workspace_id = $1`
	if f.State == Overdue {
		s.day = "due_on"
	}
	query := strings.TrimSpace(f.Query)
	if !f.Organization.IsZero() && query == "" {
		s.where += ` AND organization_id = ` + s.arg(f.Organization)
	}
	s.where += f.states(s, tx.Now(), query != "")
	if f.Year != 0 {
		s.where += ` AND issued_on >= ` + s.arg(string(day.Start(f.Year))) + ` AND issued_on < ` + s.arg(string(day.Start(f.Year+1)))
	}
	if query != "" {
		s.match(query, f)
	}
	return s
}

// states are the conditions on kind and state. Where another index leads to fewer they are written so that no planner takes theirs: what is
// searched is found by its words, and an organisation's by an index of its own, which begins with one of the two.
func (f Filter) states(s *selection, now sqldb.Time, searched bool) string {
	if f.State == Overdue {
		zone := f.Zone
		if zone == nil {
			zone = time.UTC
		}
		where := ` AND state = 'unpaid' AND kind = 'invoice' AND due_on < ` + s.arg(string(day.Of(now.Time().In(zone))))
		if f.Kind != "" {
			where += ` AND kind = ` + s.arg(string(f.Kind))
		}
		return where
	}
	var ways []string
	if f.State != "" {
		ways = append(ways, `state = `+s.arg(string(f.State)))
	}
	if f.Kind != "" {
		ways = append(ways, `kind = `+s.arg(string(f.Kind)))
	}
	if f.Kind == CreditNote {
		slices.Reverse(ways) // which are fewer than those of any state
	}
	apart := len(ways) // those that an index may lead by
	switch {
	case searched:
		apart = 0
	case !f.Organization.IsZero():
		apart = min(apart, 1)
	}
	where := ""
	for i, way := range ways {
		if i < apart {
			where += ` AND ` + way
		} else {
			where += ` AND COALESCE(` + way + `, FALSE)`
		}
	}
	return where
}

// match finds by number, by its end, by reference and by the organisation's name, each by its index and up to a cap.
func (s *selection) match(query string, f Filter) {
	own, limit := ``, ` LIMIT `+strconv.Itoa(searched+1)
	if !f.Organization.IsZero() {
		own = ` AND COALESCE(organization_id = ` + s.arg(f.Organization) + `, FALSE)`
	}
	if f.uncapped {
		limit = ``
	}
	var ways []string
	way := func(condition string) {
		ways = append(ways, `SELECT * FROM (SELECT id, `+s.day+` FROM invoice WHERE `+s.where+own+` AND `+condition+limit+`) b`+strconv.Itoa(len(ways)))
	}
	begins := func(column, prefix string) string {
		return column + ` >= ` + s.arg(prefix) + ` AND ` + column + ` < ` + s.arg(prefix+"\U0010FFFF")
	}
	key := NumberKey(query)
	way(begins(`number_key`, key))
	if end := tail(key); end != "" {
		way(`number_tail = ` + s.arg(end) + ` AND number_key LIKE ` + s.arg("%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(key)) + ` ESCAPE '\'`)
	}
	if folded := name.Fold(query); folded != "" {
		way(begins(`reference_key`, folded))
		if f.Organization.IsZero() {
			way(`organization_id IN (SELECT id FROM organization WHERE workspace_id = $1 AND ` + begins(`name_key`, folded) + ` ORDER BY name_key, id LIMIT 20)`)
		}
	}
	s.search = strings.Join(ways, ` UNION `)
}

// order is that of the list; p stands before its columns.
func (s *selection) order(p string) string {
	if s.ascending != s.backwards {
		return p + s.day + `, ` + p + `id`
	}
	return p + s.day + ` DESC, ` + p + `id DESC`
}

// ids selects what a page or a chunk reads.
func (s *selection) ids() string {
	if s.search != "" {
		return `SELECT id FROM (` + s.search + `) m` + s.rest
	}
	return `SELECT id FROM invoice WHERE ` + s.where
}

// list reads a page: its identifiers first, then their rows.
func (s *selection) list(ctx context.Context, tx *sqldb.Tx, limit, offset int) ([]Listed, error) {
	// CROSS JOIN: SQLite keeps the order of the tables (performance.md, trap 1).
	return sqldb.List(ctx, tx, scanListed, `SELECT `+prefixed+`, o.name FROM (`+s.ids()+` ORDER BY `+s.order("")+` LIMIT `+strconv.Itoa(limit)+` OFFSET `+strconv.Itoa(offset)+`) p
		CROSS JOIN invoice i CROSS JOIN organization o WHERE i.workspace_id = $1 AND i.id = p.id AND o.workspace_id = $1 AND o.id = i.organization_id ORDER BY `+s.order("i."), s.args...)
}

var prefixed = "i." + strings.ReplaceAll(columns, ", ", ", i.")

func scanListed(row sqldb.Scanner) (l Listed, err error) {
	return l, row.Scan(append(l.fields(), &l.OrganizationName)...)
}

// key is where a page begins: behind this invoice, as it stood in the order.
type key struct {
	day string
	id  id.Invoice
}

// keyOf is where what follows the invoice begins.
func (s *selection) keyOf(l Listed) *key {
	if s.day == "due_on" {
		return &key{string(l.DueOn), l.ID}
	}
	return &key{string(l.IssuedOn), l.ID}
}

// behind narrows to what stands behind this invoice in the order, and then nothing need be passed over; one that is gone, or
// that the caller may not see, narrows nothing.
func (s *selection) behind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, after id.Invoice, offset *int) error {
	var of id.Organization
	days, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (day string, err error) { return day, row.Scan(&day, &of) },
		`SELECT `+s.day+`, organization_id FROM invoice WHERE workspace_id = $1 AND id = $2`, by.Workspace, after)
	if err != nil || len(days) == 0 || by.Kind == actor.Contact && of != by.Organization {
		return err
	}
	s.past(key{days[0], after})
	*offset = 0
	return nil
}

// past narrows to what stands behind the key.
func (s *selection) past(k key) {
	than := ` < `
	if s.ascending {
		than = ` > `
	}
	condition := `(` + s.day + `, id)` + than + `(` + s.arg(k.day) + `, ` + s.arg(k.id) + `)`
	s.where += ` AND ` + condition
	s.rest = ` WHERE ` + condition
}

// count is the workspace's own total, or counts the matches up to a cap.
func (s *selection) count(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (int, bool, error) {
	switch {
	case s.plain && by.Kind != actor.Contact:
		n, err := sqldb.Total(ctx, tx, by.Workspace, "invoices")
		return int(n), false, err
	case s.search != "":
		return sqldb.CountUpTo(ctx, tx, searched, s.ids(), s.args...)
	}
	return sqldb.CountUpTo(ctx, tx, paging.Cap, s.ids()+` ORDER BY `+s.order(""), s.args...)
}

// Remaining is what remains to pay of an organisation's invoices, credit notes taken off, a sum for each currency.
// Permission: SeeInvoices; an organisation's own people ask for theirs alone.
func Remaining(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) ([]money.Sum, error) {
	if err := by.Need(actor.SeeInvoices); err != nil {
		return nil, err
	}
	if by.Kind == actor.Contact {
		of = by.Organization
	}
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (s money.Sum, err error) {
		return s, row.Scan((*string)(&s.Currency), &s.Amount)
	},
		`SELECT currency, CAST(SUM(amount_due) AS BIGINT) FROM invoice WHERE workspace_id = $1 AND organization_id = $2 AND state = 'unpaid' GROUP BY currency ORDER BY currency`,
		by.Workspace, of)
}

// mostYears is how many years are offered as a filter.
const mostYears = 30

// Years lists the years in which invoices were issued, the last first: an organisation's, or, for staff, with none named, the
// workspace's. Permission: SeeInvoices.
func Years(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (years []int, err error) {
	if err := by.Need(actor.SeeInvoices); err != nil {
		return nil, err
	}
	if by.Kind == actor.Contact {
		of = by.Organization
	}
	own, args := ``, []any{by.Workspace}
	if !of.IsZero() {
		own, args = ` AND organization_id = $2`, append(args, of)
	}
	// A jump of the index each: to the last invoice, and on to the last before the first day of that one's year.
	last := func(before string) string {
		return `(SELECT issued_on FROM invoice WHERE workspace_id = $1` + own + ` AND issued_on < ` + before + ` ORDER BY issued_on DESC, id DESC LIMIT 1)`
	}
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (year int, err error) {
		issued, err := sqldb.Value[string](row)
		return day.Day(issued).Year(), err
	}, `WITH RECURSIVE years (last) AS (SELECT `+last(`'3000-01-01'`)+` UNION ALL SELECT `+last(`substr(last, 1, 4) || '-01-01'`)+` FROM years WHERE last IS NOT NULL)
		SELECT last FROM years WHERE last IS NOT NULL ORDER BY last DESC LIMIT `+strconv.Itoa(mostYears), args...)
}
