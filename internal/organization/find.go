package organization

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Sort is an order of the list.
type Sort string

// The orders of the list.
const (
	ByName Sort = "name"
	ByCity Sort = "city"
	Newest Sort = "recent"
)

// Filter says which organisations. The zero value means all that are not archived, by name.
type Filter struct {
	Query          string // name, SIRET with or without blanks, customer number, city: their beginnings, accents and case apart
	Archived       bool   // only the archived ones
	WithoutPrimary bool   // only those without a primary contact
	Everything     bool   // archived or not, for an export of all there is
	Sort           Sort
	paging.Ask

	uncapped bool // Each wants all matches
}

// Find reads a page of the list. A query finds beginnings first; when they do not fill the page, names that
// hold the query (from 3 letters). Permission: SeeOrganizations.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[Organization], error) {
	f.Ask = f.Ask.Clean(24)
	part := paging.Part[Organization]{Ask: f.Ask}
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return part, err
	}
	ids := f.sub(by.Workspace)
	var err error
	if part.Total, part.More, err = f.count(ctx, tx, by, ids); err != nil {
		return part, err
	}
	if part.Total == 0 && f.Query != "" && len([]rune(name.Fold(f.Query))) >= 3 {
		ids = f.within(by.Workspace)
		if part.Total, part.More, err = f.count(ctx, tx, by, ids); err != nil {
			return part, err
		}
	}
	// CROSS JOIN: SQLite keeps the order of the two, else it may walk over all organisations (performance.md, trap 1).
	part.Items, err = sqldb.List(ctx, tx, scan, `SELECT `+prefixed+` FROM (SELECT id FROM (`+ids.text+`) f ORDER BY `+f.order("")+
		` LIMIT `+strconv.Itoa(f.Size)+` OFFSET `+strconv.Itoa(f.Offset())+`) p
		CROSS JOIN organization o WHERE o.workspace_id = $1 AND o.id = p.id ORDER BY `+f.order("o."), ids.args...)
	return part, err
}

// prefixed are the columns of the row beside the page's ids.
var prefixed = "o." + strings.ReplaceAll(columns, ", ", ", o.")

// query is a part of SQL with its arguments; $1 is always the workspace.
type query struct {
	text string
	args []any
}

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

const keys = `SELECT id, name_key, city_key FROM organization WHERE workspace_id = $1`

// sub selects the matching ids with their keys of order: all, or the union of the beginnings, each by its index.
func (f Filter) sub(workspace id.Workspace) query {
	q := query{args: []any{workspace}}
	if strings.TrimSpace(f.Query) == "" {
		q.text = keys + f.only()
		return q
	}
	var branches []string
	begin := func(column, prefix string) {
		branches = append(branches, keys+f.only()+` AND `+column+` >= `+q.arg(prefix)+` AND `+column+` < `+q.arg(prefix+"\U0010FFFF"))
	}
	folded := name.Fold(f.Query)
	if folded != "" {
		begin("name_key", folded)
		begin("city_key", folded)
	}
	if key := CustomerKey(f.Query); key != "" {
		begin("customer_key", key)
	}
	if digits := strings.Join(strings.FieldsFunc(f.Query, unicode.IsSpace), ""); len(digits) >= 3 && strings.Trim(digits, "0123456789") == "" {
		begin("siret", digits)
	}
	for i, b := range branches {
		branches[i] = `SELECT * FROM (` + b + f.cap() + `) b` + strconv.Itoa(i)
	}
	q.text = strings.Join(branches, " UNION ")
	return q
}

// within selects names that hold the query anywhere, by a walk over the index of names.
func (f Filter) within(workspace id.Workspace) query {
	q := query{args: []any{workspace}}
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(name.Fold(f.Query)) + "%"
	q.text = keys + f.only() + ` AND name_key LIKE ` + q.arg(pattern) + ` ESCAPE '\'` + f.cap()
	return q
}

// cap bounds how many matches are looked at.
func (f Filter) cap() string {
	if f.uncapped {
		return ""
	}
	return ` LIMIT ` + strconv.Itoa(paging.Cap+1)
}

func (f Filter) only() string {
	switch {
	case f.Archived:
		return ` AND archived_at IS NOT NULL`
	case f.WithoutPrimary:
		return ` AND primary_contact_id IS NULL AND archived_at IS NULL`
	case f.Everything:
		return ""
	}
	return ` AND archived_at IS NULL`
}

func (f Filter) order(p string) string {
	switch f.Sort {
	case ByCity:
		return p + "city_key, " + p + "name_key, " + p + "id"
	case Newest:
		return p + "id DESC"
	}
	return p + "name_key, " + p + "id"
}

// count counts the matches up to the cap; the whole list has its total.
func (f Filter) count(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids query) (int, bool, error) {
	if f.Query == "" && !f.Archived && !f.WithoutPrimary && !f.Everything {
		all, err := sqldb.Total(ctx, tx, by.Workspace, "organizations")
		if err != nil {
			return 0, false, err
		}
		hidden, err := sqldb.One(ctx, tx, sqldb.Value[int64],
			`SELECT count(*) FROM organization WHERE workspace_id = $1 AND archived_at IS NOT NULL`, by.Workspace)
		return int(all - hidden), false, err
	}
	return sqldb.CountUpTo(ctx, tx, paging.Cap, `SELECT id FROM (`+ids.text+`) m`, ids.args...)
}
