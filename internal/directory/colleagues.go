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

// ColleaguesCap is how far the people of one organisation are counted: past it a list says «more than».
const ColleaguesCap = 10_000

// Colleagues reads a page of the people of the caller's own organisation whom the portal shows. Query finds names by
// their beginnings (the family name's, the given name's, or both in either order) and the personal identifier (manual 2,
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
	part.Items, err = contact.Neighbours(ctx, tx, by, t.page())
	if n := len(part.Items); err != nil || n < part.Size && (n > 0 || part.Page == 1) {
		part.Total = part.Offset() + n
		return part, err
	}
	part.Total, part.More, err = t.countColleagues(ctx, tx, unseen)
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
	t.Ask = t.Ask.Clean(12)
	unseen, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM contact WHERE `+own+` AND `+contact.Unseen, t.args...)
	t.where = own + t.called(f.Query) + t.way(by, f.Way, tx.Now())
	if unseen > 0 {
		t.where += ` AND id NOT IN (SELECT id FROM contact WHERE ` + own + ` AND ` + contact.Unseen + `)`
	}
	return t, unseen, err
}

// EachColleague calls fn with every contact that Colleagues finds, page and size apart, in its order. It reads who they are at
// once and then some hundred at a time, each in a transaction of its own. Permission: ExportColleagues.
func EachColleague(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(contact.Exported) error) error {
	if err := by.Need(actor.ExportColleagues); err != nil {
		return err
	}
	var ids []id.Contact
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
		t, _, err := f.colleagues(ctx, tx, by)
		if err != nil {
			return err
		}
		ids, err = sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE `+t.where+` ORDER BY `+f.order(), t.args...)
		return err
	})
	if err != nil {
		return err
	}
	return EachOf(ctx, db, actor.OfProgram(by.Workspace), ids, fn)
}

// own means the contacts of the caller's own organisation.
const own = `workspace_id = $1 AND organization_id = $2`

// countColleagues counts what was found; everybody, by an index that holds nothing else.
func (t *tiers) countColleagues(ctx context.Context, tx *sqldb.Tx, unseen int) (n int, more bool, err error) {
	if !t.everybody() {
		// In the order of the organisation's indexes, lest a planner count by one of the workspace's.
		return sqldb.CountUpTo(ctx, tx, ColleaguesCap, `SELECT 1 FROM contact WHERE `+t.where+` ORDER BY family_key, given_key, id`, t.args...)
	}
	n, more, err = sqldb.CountUpTo(ctx, tx, ColleaguesCap, `SELECT 1 FROM contact WHERE `+own, t.args...)
	if err != nil || more {
		return n, more, err
	}
	return n - unseen, false, nil
}

// called is the condition that somebody is called so, or bears the number. Names are walked in the organisation's index.
func (t *tiers) called(typed string) string {
	if strings.TrimSpace(typed) == "" {
		return ""
	}
	if number, ok := ParseLabel(typed); ok {
		return ` AND number = ` + t.arg(number)
	}
	folded := name.Fold(typed)
	if folded == "" {
		return ` AND 1 = 0` // signs alone
	}
	ways := []string{t.begins("family_key", folded), t.begins("given_key", folded)}
	for i, r := range folded {
		if r == ' ' && len(ways) < 8 {
			first, rest := folded[:i], folded[i+1:]
			ways = append(ways, t.begins("family_key", first)+` AND `+t.begins("given_key", rest), t.begins("given_key", first)+` AND `+t.begins("family_key", rest))
		}
	}
	return ` AND (` + strings.Join(ways, ` OR `) + `)`
}
