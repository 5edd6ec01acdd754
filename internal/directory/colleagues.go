package directory

import (
	"context"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// ColleaguesCap is how far matches among the people of one organisation are counted: past it a list says «more than».
const ColleaguesCap = 10_000

// Colleagues reads a page of the people of the caller's own organisation whom the portal shows. Query finds names by
// their beginnings (the family name's, the given name's, both in either order, or a word's within them) and the personal identifier (manual 2,
// « Rechercher un contact »); Way finds whose way in is so far, for whoever may SeeColleaguesAccess. Of the filter's other questions only
// Sort counts. Permission: SeeColleagues.
func Colleagues(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[contact.Neighbour], error) {
	part := paging.Part[contact.Neighbour]{Ask: f.Ask.Clean(12)}
	if err := by.Need(actor.SeeColleagues); err != nil {
		return part, err
	}
	t, unseen, err := f.colleagues(ctx, tx, by)
	if err != nil {
		return part, err
	}
	read := func(c contact.Choice) ([]contact.Neighbour, error) { return contact.Neighbours(ctx, tx, by, c) }
	if t.list != nil {
		return part, fill(ctx, tx, &part, ColleaguesCap, read, t.list...)
	}
	part.Items, err = read(t.page())
	if n := len(part.Items); err != nil || n < part.Size && (n > 0 || part.Page == 1) {
		part.Total = part.Offset() + n
		return part, err
	}
	part.Total, part.More, err = t.countColleagues(ctx, tx, by, unseen)
	return part, err
}

// everybody reports whether the filter leaves nobody out.
func (f Filter) everybody() bool { return strings.TrimSpace(f.Query) == "" && f.Way == "" }

// page is the page that the filter asks for. The newest are sought among the organisation's own, by its index: that which has their
// order is the workspace's, and would be walked past everybody who came since.
func (t *tiers) page() contact.Choice {
	c := contact.Choice{Where: t.where, Order: t.order(), Args: t.args, Limit: t.Size, Offset: t.Offset()}
	if t.Sort == Newest {
		c.Where = `workspace_id = $1 AND id IN (SELECT id FROM (SELECT id FROM contact WHERE ` + t.where + ` ORDER BY family_key, given_key, id LIMIT ` + anyNumber + `) own
			ORDER BY id DESC LIMIT ` + strconv.Itoa(t.Size) + ` OFFSET ` + strconv.Itoa(t.Offset()) + `)`
		c.Offset = 0
	}
	return c
}

// anyNumber is a limit that is none, and yet lets no planner take what stands within out of its parentheses.
const anyNumber = "1000000000"

// LeadersCap is how many Leaders lists.
const LeadersCap = 48

// Leaders reads the admins and super_admins of the caller's own organisation, the first 48 by name. Permission: SeeColleagues.
func Leaders(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]contact.Neighbour, error) {
	return contact.Neighbours(ctx, tx, by, contact.Choice{
		Where: own + ` AND role IN ('admin', 'super_admin') AND NOT (` + contact.Unseen + `)`, Order: Filter{}.order(), Args: []any{by.Workspace, by.Organization}, Limit: LeadersCap,
	})
}

// colleagues are those whom the query means, as a condition, and how many of the organisation's are unseen: where none is, which is
// nearly everywhere, no row is asked for it.
func (f Filter) colleagues(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (t tiers, unseen int, err error) {
	t = tiers{Filter: f, query: query{args: []any{by.Workspace, by.Organization}}}
	t.Ask, t.Organization, t.most = t.Ask.Clean(12), by.Organization, ColleaguesCap
	unseen, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM contact WHERE `+own+` AND `+contact.Unseen, t.args...)
	t.where = own + t.way(by, f.Way, tx.Now())
	if unseen > 0 {
		t.where += ` AND id NOT IN (SELECT id FROM contact WHERE ` + own + ` AND ` + contact.Unseen + `)`
	}
	t.called(f.Query)
	return t, unseen, err
}

// EachColleague calls fn with every contact that Colleagues finds, page and size apart, in its order. It reads who they are at
// once and then some hundred at a time, each in a transaction of its own. Permission: ExportColleagues.
func EachColleague(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(contact.Exported) error) error {
	if err := by.Need(actor.ExportColleagues); err != nil {
		return err
	}
	var ids []id.Contact
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) { ids, err = Whom(ctx, tx, by, f); return err })
	if err != nil {
		return err
	}
	return EachOf(ctx, db, actor.OfProgram(by.Workspace), ids, fn)
}

// Whom is everybody whom Colleagues finds, page and size apart, in its order. Permission: SeeColleagues.
func Whom(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) ([]id.Contact, error) {
	if err := by.Need(actor.SeeColleagues); err != nil {
		return nil, err
	}
	t, _, err := f.colleagues(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	if t.list != nil {
		return all(ctx, tx, t.list...)
	}
	return sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE `+t.where+` ORDER BY `+f.order(), t.args...)
}

// own means the contacts of the caller's own organisation.
const own = `workspace_id = $1 AND organization_id = $2`

// countColleagues counts what was found; everybody is the organisation's total.
func (t *tiers) countColleagues(ctx context.Context, tx *sqldb.Tx, by actor.Actor, unseen int) (n int, more bool, err error) {
	for _, each := range t.list {
		if n >= ColleaguesCap || more {
			break
		}
		found, over, err := each.count(ctx, tx, ColleaguesCap)
		if err != nil {
			return 0, false, err
		}
		n, more = min(n+found, ColleaguesCap), over || n+found > ColleaguesCap
	}
	if t.list != nil {
		return n, more, nil
	}
	if !t.everybody() {
		// In the order of the organisation's indexes, lest a planner count by one of the workspace's.
		return sqldb.CountUpTo(ctx, tx, ColleaguesCap, `SELECT 1 FROM contact WHERE `+t.where+` ORDER BY family_key, given_key, id`, t.args...)
	}
	n, err = contact.OwnTotal(ctx, tx, by)
	return n - unseen, false, err
}

// called asks who is called so, in tiers (tier.go), or bears the number. Each of the organisation's indexes of names is read where the
// name begins, not from end to end.
func (t *tiers) called(typed string) {
	if strings.TrimSpace(typed) == "" {
		return
	}
	if number, ok := ParseLabel(typed); ok {
		t.where += ` AND number = ` + t.arg(number)
		return
	}
	folded := name.Fold(typed)
	if folded == "" {
		t.where += ` AND 1 = 0` // signs alone
		return
	}
	const byName = "family_key, given_key, id"
	t.add(byName, t.begins("family_key", folded))
	t.add("given_key, family_key, id", t.begins("given_key", folded))
	splits := 0
	for i, r := range folded {
		if r == ' ' && splits < 3 {
			splits++
			first, rest := folded[:i], folded[i+1:]
			t.add(byName, t.begins("family_key", first)+` AND `+t.begins("given_key", rest))
			t.add(byName, t.begins("given_key", first)+` AND `+t.begins("family_key", rest))
		}
	}
	t.inside(folded)
}
