package contact

import (
	"context"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// State is what the list shows of the gates «joined» and «enabled» (product.md §2).
type State string

// The states.
const (
	WithoutLogin State = "without_login" // off, never sent
	Invited      State = "invited"       // on, not joined
	Active       State = "active"        // on, joined
	Disabled     State = "disabled"      // off, joined or sent before
)

// State is computed, never stored.
func (r Row) State() State {
	switch {
	case r.LoginEnabled && !r.JoinedAt.IsZero():
		return Active
	case r.LoginEnabled:
		return Invited
	case !r.JoinedAt.IsZero() || !r.CredentialsSentAt.IsZero():
		return Disabled
	}
	return WithoutLogin
}

// Sort is an order of the list.
type Sort string

// The orders of the list.
const (
	ByName Sort = "name"
	Newest Sort = "recent"
)

// Shown says what a list makes of the contacts of archived organisations (product.md §6).
type Shown string

// What is shown.
const (
	Visible      Shown = ""         // those that are not archived
	OnlyArchived Shown = "archived" // those that are
	Everybody    Shown = "all"
)

// Filter says which contacts. The zero value means all of the workspace that are not archived, by name.
type Filter struct {
	Query         string          // name, e-mail, phone, number, SIRET, organisation: their beginnings, accents and case apart
	Organization  id.Organization // its contacts, archived or not
	Shown         Shown
	State         State
	Authorized    string // "yes", "no", "" = either
	Role          Role
	Source        Source
	NeverSignedIn bool
	Incomplete    bool // without e-mail or civility: «à compléter»
	Sort          Sort
	After         id.Contact // the keyset of the next page: only those behind this one; Page then only numbers it
	paging.Ask

	uncapped bool // Each wants all matches
}

// Plain reports whether nothing is asked for but an order and a page.
func (f Filter) Plain() bool {
	f.Sort, f.After, f.Ask = "", id.Contact{}, paging.Ask{}
	return f == Filter{}
}

// Listed is a row of a list over several organisations.
type Listed struct {
	Row
	OrganizationName string
	Primary          bool
}

// Find reads a page of the list. A query finds the beginnings of names first; when they do not fill the page,
// those of other fields, then names that hold the query (from 3 letters). Permission: SeeContacts.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[Listed], error) {
	f.Ask = f.Ask.Clean(24)
	part := paging.Part[Listed]{Ask: f.Ask}
	if err := by.Need(actor.SeeContacts); err != nil {
		return part, err
	}
	var ids []id.Contact
	var err error
	if strings.TrimSpace(f.Query) == "" {
		ids, err = f.walk(ctx, tx, by, &part)
	} else {
		ids, err = f.search(ctx, tx, by, &part)
	}
	if err != nil {
		return part, err
	}
	part.Items, err = listed(ctx, tx, by, ids)
	return part, err
}

// listed reads the rows of the page: its ids were found by index alone (performance.md, trap 1).
func listed(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Contact) ([]Listed, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := query{args: []any{by.Workspace}}
	marks := make([]string, len(ids))
	place := make(map[id.Contact]int, len(ids))
	for i, contact := range ids {
		marks[i] = q.arg(contact)
		place[contact] = i
	}
	rows, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (l Listed, err error) {
		var primary id.Contact
		err = row.Scan(append(l.fields(), &l.OrganizationName, &primary)...)
		l.Primary = primary == l.ID
		return l, err
	}, `SELECT `+prefixed+`, o.name, o.primary_contact_id FROM contact c CROSS JOIN organization o
		WHERE c.workspace_id = $1 AND c.id IN (`+strings.Join(marks, ", ")+`) AND o.workspace_id = c.workspace_id AND o.id = c.organization_id`, q.args...)
	if err != nil {
		return nil, err
	}
	ordered := make([]Listed, len(ids))
	for _, l := range rows {
		ordered[place[l.ID]] = l
	}
	return ordered, nil
}

// prefixed are the columns of a row beside the organisation's.
var prefixed = "c." + strings.ReplaceAll(rowColumns, ", ", ", c.")

// query is a part of SQL with its arguments; $1 is always the workspace.
type query struct {
	text string
	args []any
}

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// conditions are the filters as SQL. Those that may select few among many are written as the partial index says
// that serves them (migrations, 00003).
func (f Filter) conditions(q *query) string {
	var b strings.Builder
	b.WriteString("workspace_id = $1")
	and := func(s string) { b.WriteString(" AND "); b.WriteString(s) }
	switch {
	case !f.Organization.IsZero():
		and("organization_id = " + q.arg(f.Organization))
	case f.Shown == Visible:
		and("archived = 0")
	case f.Shown == OnlyArchived:
		and("archived = 1")
	}
	switch f.State {
	case WithoutLogin:
		and("login_enabled = 0 AND joined_at IS NULL AND credentials_sent_at IS NULL")
	case Invited:
		and("joined_at IS NULL AND login_enabled = 1")
	case Active:
		and("joined_at IS NOT NULL AND login_enabled = 1")
	case Disabled:
		and("login_enabled = 0 AND (joined_at IS NOT NULL OR credentials_sent_at IS NOT NULL)")
	}
	switch f.Authorized {
	case "yes":
		and("authorized_at IS NOT NULL")
	case "no":
		and("authorized_at IS NULL")
	}
	if f.Role != "" {
		if f.Role != User {
			and("role <> 'user'")
		}
		and("role = " + q.arg(string(f.Role)))
	}
	if f.Source == Landing {
		and("source = 'landing'")
	} else if f.Source != "" {
		and("source = " + q.arg(string(f.Source)))
	}
	if f.NeverSignedIn {
		and("last_sign_in_at IS NULL")
	}
	if f.Incomplete {
		and("(email IS NULL OR civility IS NULL)")
	}
	return b.String()
}

// order is the order of the list and the keys that it needs.
func (f Filter) order() string {
	if f.Sort == Newest {
		return "id DESC"
	}
	return "family_key, given_key, id"
}

// walk finds the page's ids without a query: by the order's own index, from the keyset if there is one.
func (f Filter) walk(ctx context.Context, tx *sqldb.Tx, by actor.Actor, part *paging.Part[Listed]) ([]id.Contact, error) {
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	var err error
	if part.Total, part.More, err = f.total(ctx, tx, by, query{where, q.args}); err != nil {
		return nil, err
	}
	offset := f.Offset()
	if !f.After.IsZero() {
		behind, found, err := f.behind(ctx, tx, by, &q)
		if err != nil {
			return nil, err
		}
		if found {
			where, offset = where+behind, 0
		}
	}
	return sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE `+where+` ORDER BY `+f.order()+
		` LIMIT `+strconv.Itoa(f.Size)+` OFFSET `+strconv.Itoa(offset), q.args...)
}

// behind is the condition «after this contact in the order»; a contact that is gone gives none.
func (f Filter) behind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, q *query) (string, bool, error) {
	if f.Sort == Newest {
		return " AND id < " + q.arg(f.After), true, nil
	}
	keys, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (k [2]string, err error) { return k, row.Scan(&k[0], &k[1]) },
		`SELECT family_key, given_key FROM contact WHERE workspace_id = $1 AND id = $2`, by.Workspace, f.After)
	if err != nil || len(keys) == 0 {
		return "", false, err
	}
	return " AND (family_key, given_key, id) > (" + q.arg(keys[0][0]) + ", " + q.arg(keys[0][1]) + ", " + q.arg(f.After) + ")", true, nil
}

// total is the workspace's own total, or the matches counted up to the cap.
func (f Filter) total(ctx context.Context, tx *sqldb.Tx, by actor.Actor, where query) (int, bool, error) {
	if f.Plain() {
		n, err := sqldb.Total(ctx, tx, by.Workspace, "contacts")
		return int(n), false, err
	}
	return capped(ctx, tx, query{`SELECT 1 FROM contact WHERE ` + where.text, where.args})
}

// capped counts what the query selects, up to the cap.
func capped(ctx context.Context, tx *sqldb.Tx, q query) (int, bool, error) {
	n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM (`+q.text+` LIMIT `+strconv.Itoa(paging.Cap+1)+`) n`, q.args...)
	return int(min(n, paging.Cap)), n > paging.Cap, err
}

// Count counts the matches of a filter up to the cap, for the figures of the dashboard.
func Count(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (n int, more bool, err error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return 0, false, err
	}
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	return f.total(ctx, tx, by, query{where, q.args})
}

// Similar lists up to five contacts of the organisation whose names resemble what is being typed, so that nobody
// is entered twice; the very same name comes first. Permission: SeeContacts.
func Similar(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, family, given string) ([]Row, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	family, given = name.Fold(family), name.Fold(given)
	if len(family) < 2 {
		return nil, nil
	}
	all, err := alike(ctx, tx, by, of, family, given)
	if err != nil {
		return nil, err
	}
	var same, close []Row
	for _, r := range all {
		f, g := r.FamilyName.Key(), r.GivenName.Key()
		switch {
		case f == family && g == given, f == given && g == family:
			same = append(same, r)
		case near(f, family) && (given == "" || near(g, given) || strings.HasPrefix(g, given) || strings.HasPrefix(given, g)):
			close = append(close, r)
		}
	}
	found := append(same, close...)
	return found[:min(len(found), 5)], nil
}

// alike reads whom Similar compares: who bears the very name, in either order, and those whose family name begins
// with the same letter, as far as one organisation has some hundreds of them.
func alike(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, family, given string) ([]Row, error) {
	first := string([]rune(family)[:1])
	return sqldb.List(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND id IN (
			SELECT id FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND family_key = $3 AND given_key = $4
			UNION SELECT id FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND family_key = $4 AND given_key = $3
			UNION SELECT id FROM (SELECT id FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND family_key >= $5 AND family_key < $6
				ORDER BY family_key, given_key, id LIMIT 500) f)
		ORDER BY family_key, given_key, id`, by.Workspace, of, family, given, first, first+lastKey)
}

// near reports whether at most two letters (one, in a short name) are added, missing or other.
func near(a, b string) bool {
	most := 2
	if len(a) < 5 || len(b) < 5 {
		most = 1
	}
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return false
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)] <= most
}
