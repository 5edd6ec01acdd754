package directory

import (
	"context"
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
	t := f.colleagues(by, tx.Now())
	var err error
	part.Items, err = contact.Neighbours(ctx, tx, by, contact.Choice{Where: t.where, Order: f.order(), Args: t.args, Limit: part.Size, Offset: part.Offset()})
	if n := len(part.Items); err != nil || n > 0 && n < part.Size {
		part.Total = part.Offset() + n
		return part, err
	}
	part.Total, part.More, err = t.countColleagues(ctx, tx, strings.TrimSpace(f.Query) == "" && f.Way == "")
	return part, err
}

// LeadersCap is how many Leaders lists.
const LeadersCap = 48

// Leaders reads the admins and super_admins of the caller's own organisation, the first 48 by name. Permission: SeeColleagues.
func Leaders(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]contact.Neighbour, error) {
	return contact.Neighbours(ctx, tx, by, contact.Choice{
		Where: own + ` AND role IN ('admin', 'super_admin') AND NOT (` + contact.Unseen + `)`, Order: Filter{}.order(), Args: []any{by.Workspace, by.Organization}, Limit: LeadersCap,
	})
}

// colleagues are those whom the query means, as a condition.
func (f Filter) colleagues(by actor.Actor, now sqldb.Time) tiers {
	t := tiers{query: query{args: []any{by.Workspace, by.Organization}}}
	t.where = own + t.called(f.Query) + t.way(by, f.Way, now) + ` AND id NOT IN (SELECT id FROM contact WHERE ` + own + ` AND ` + contact.Unseen + `)`
	return t
}

// EachColleague calls fn with every contact that Colleagues finds, page and size apart, in its order. It reads who they are at
// once and then some hundred at a time, each in a transaction of its own. Permission: ExportColleagues.
func EachColleague(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(contact.Exported) error) error {
	if err := by.Need(actor.ExportColleagues); err != nil {
		return err
	}
	var ids []id.Contact
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
		t := f.colleagues(by, tx.Now())
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

// countColleagues counts what was found; everybody, by indexes that hold nothing else.
func (t *tiers) countColleagues(ctx context.Context, tx *sqldb.Tx, everybody bool) (n int, more bool, err error) {
	if !everybody {
		// In the order of the organisation's indexes, lest a planner count by one of the workspace's.
		return sqldb.CountUpTo(ctx, tx, ColleaguesCap, `SELECT 1 FROM contact WHERE `+t.where+` ORDER BY family_key, given_key, id`, t.args...)
	}
	n, more, err = sqldb.CountUpTo(ctx, tx, ColleaguesCap, `SELECT 1 FROM contact WHERE `+own, t.args...)
	if err != nil || more {
		return n, more, err
	}
	unseen, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM contact WHERE `+own+` AND `+contact.Unseen, t.args...)
	return n - int(unseen), false, err
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
