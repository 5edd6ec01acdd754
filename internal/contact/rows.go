package contact

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Rows reads those of the contacts that the workspace has, for the history and for selections; a zero identifier names
// nobody. Permission: SeeContacts.
func Rows(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Contact) (map[id.Contact]Row, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	wanted, found := make(map[id.Contact]bool, len(ids)), make(map[id.Contact]Row, len(ids))
	for _, contact := range ids {
		wanted[contact] = true
	}
	for chunk := range slices.Chunk(slices.Collect(maps.Keys(wanted)), 64) {
		in, args := sqldb.In(tx, []any{by.Workspace}, chunk)
		rows, err := sqldb.List(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND id `+in, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			found[r.ID] = r
		}
	}
	return found, nil
}

// Replaced tells since when those of the contacts that another person has taken over (Rename) are that person; what they did before,
// and what was done with them, was somebody else. Who has always been the same is not in it. Permission: SeeContacts, or
// SeeColleagues for one's own organisation's.
func Replaced(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Contact) (map[id.Contact]sqldb.Time, error) {
	where, args := `workspace_id = $1`, []any{by.Workspace}
	need := actor.SeeContacts
	if by.Kind == actor.Contact {
		where, args, need = where+` AND COALESCE(organization_id = $2, FALSE)`, append(args, by.Organization), actor.SeeColleagues
	}
	if err := by.Need(need); err != nil {
		return nil, err
	}
	since := map[id.Contact]sqldb.Time{}
	for chunk := range slices.Chunk(ids, sqldb.Many) {
		in, args := sqldb.In(tx, slices.Clip(args), chunk)
		_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
			var c id.Contact
			var at sqldb.Time
			err = row.Scan(&c, &at)
			since[c] = at
			return none, err
		}, `SELECT id, replaced_at FROM contact WHERE `+where+` AND replaced_at IS NOT NULL AND id `+in, args...)
		if err != nil {
			return nil, err
		}
	}
	return since, nil
}

// Listed is a row of a list over several organisations.
type Listed struct {
	Row
	OrganizationName string
	Primary          bool
}

// Choice is some contacts of a workspace in an order, in SQL over the table contact, as package directory writes it: the
// contacts that fulfil Where, by the columns of Order, from Offset on. The first argument is the workspace, which Where
// names.
type Choice struct {
	Where, Order  string
	Args          []any
	Limit, Offset int
}

// List reads the rows of a list's page: the contacts of the choice with their organisations. Where the order is an
// index's, nothing else is read. Permission: SeeContacts.
func List(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c Choice) ([]Listed, error) {
	if err := by.Need(actor.SeeContacts); err != nil || c.Limit == 0 {
		return nil, err
	}
	return sqldb.List(ctx, tx, scanListed, c.text(), c.Args...)
}

// text chooses the page's contacts by themselves and joins their organisations behind them (performance.md, trap 1). Those
// that a page in the middle of the list passes over are walked by their identifiers alone.
func (c Choice) text() string {
	return listedText + c.chosen() + `) few CROSS JOIN organization o WHERE o.workspace_id = $1 AND o.id = few.organization_id ORDER BY ` + prefixed(c.Order)
}

// chosen is the choice behind a WHERE, in its order.
func (c Choice) chosen() string {
	where, page := c.Where, ` ORDER BY `+c.Order+` LIMIT `+strconv.Itoa(c.Limit)
	if c.Offset > 0 {
		where = `workspace_id = $1 AND id IN (SELECT id FROM contact WHERE ` + where + page + ` OFFSET ` + strconv.Itoa(c.Offset) + `)`
	}
	return where + page
}

func scanListed(row sqldb.Scanner) (l Listed, err error) {
	var primary id.Contact
	err = row.Scan(append(l.fields(), &l.OrganizationName, &primary)...)
	l.Primary = primary == l.ID
	return l, err
}

// Exported is a contact with what identifies its organisation.
type Exported struct {
	Contact
	OrganizationName string
	SIRET            siret.SIRET
	CustomerNumber   string
	Primary          bool
}

// Export reads whole contacts for a file, at most some hundred, in the order of their identifiers; each comes once, and what
// the workspace does not have is left out. Permission: Export.
func Export(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Contact) ([]Exported, error) {
	if err := by.Need(actor.Export); err != nil || len(ids) == 0 {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, ids)
	rows := make([]Exported, 0, len(ids))
	_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
		rows = append(rows, Exported{})
		e := &rows[len(rows)-1]
		var primary id.Contact
		err = row.Scan(append(e.all(), &e.OrganizationName, &e.SIRET, &e.CustomerNumber, &primary)...)
		e.Primary = primary == e.ID
		return none, err
	}, exportedText+in+behindList, args...)
	return ordered(ids, rows), err
}

// The rows of contacts with their organisations. Every planner begins with the contacts, whatever it believes of the
// tables (performance.md, trap 1): SQLite follows a CROSS JOIN, PostgreSQL plans a limited selection by itself (the limit
// behind a list of identifiers cuts nothing off).
var (
	listedText   = `SELECT ` + prefixed(rowColumns) + `, o.name, o.primary_contact_id FROM (SELECT ` + rowColumns + `, family_key, given_key FROM contact WHERE `
	exportedText = `SELECT ` + prefixed(columns) + `, o.name, o.siret, COALESCE(o.customer_number, ''), o.primary_contact_id FROM (SELECT * FROM contact WHERE workspace_id = $1 AND id `
	behindList   = ` LIMIT 10000) few CROSS JOIN organization o WHERE o.workspace_id = few.workspace_id AND o.id = few.organization_id`
)

// prefixed are columns of the few contacts beside those of their organisations.
func prefixed(columns string) string { return "few." + strings.ReplaceAll(columns, ", ", ", few.") }

// ordered puts rows into the order of the identifiers, which they mostly have.
func ordered(ids []id.Contact, rows []Exported) []Exported {
	if slices.EqualFunc(ids, rows, func(contact id.Contact, e Exported) bool { return e.ID == contact }) {
		return rows
	}
	place := make(map[id.Contact]int, len(rows))
	for i, e := range rows {
		place[e.ID] = i
	}
	list := make([]Exported, 0, len(rows))
	for _, contact := range ids {
		if i, there := place[contact]; there {
			list = append(list, rows[i])
			delete(place, contact)
		}
	}
	return list
}
