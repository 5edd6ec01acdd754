package organization

import (
	"context"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Mark is a place in a walk: behind that organisation. The zero value is before all.
type Mark struct {
	Name, City string // the keys by which it stands in the order
	ID         id.Organization
	Within     bool // a query's beginnings were none: names that hold it are walked over
}

// Walk reads up to so many organisations that the filter finds, behind the mark, in the order of the list, and counts none.
// Next is where to go on, zero at the end. The filter's own page and size say nothing. Permission: as with Find.
func Walk(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter, after Mark, most int) (list []Organization, next Mark, err error) {
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return nil, Mark{}, err
	}
	ids := f.sub(by.Workspace)
	if after.Within {
		ids = f.within(by.Workspace)
	}
	list, err = f.walk(ctx, tx, ids, after, most+1)
	if err == nil && len(list) == 0 && after == (Mark{}) && len([]rune(name.Fold(f.Query))) >= 3 {
		after.Within = true
		list, err = f.walk(ctx, tx, f.within(by.Workspace), after, most+1)
	}
	if len(list) > most {
		list = list[:most]
		last := list[most-1]
		next = Mark{Name: name.Fold(last.Name), City: name.Fold(last.City), ID: last.ID, Within: after.Within}
	}
	return list, next, err
}

func (f Filter) walk(ctx context.Context, tx *sqldb.Tx, ids query, after Mark, most int) ([]Organization, error) {
	where := ""
	switch {
	case after.ID.IsZero():
	case f.Sort == Newest:
		where = ` WHERE id < ` + ids.arg(after.ID)
	case f.Sort == ByCity:
		where = ` WHERE (city_key, name_key, id) > (` + strings.Join([]string{ids.arg(after.City), ids.arg(after.Name), ids.arg(after.ID)}, ", ") + `)`
	default:
		where = ` WHERE (name_key, id) > (` + ids.arg(after.Name) + `, ` + ids.arg(after.ID) + `)`
	}
	return sqldb.List(ctx, tx, scan, `SELECT `+prefixed+` FROM (SELECT id FROM (`+ids.text+`) f`+where+` ORDER BY `+f.order("")+
		` LIMIT `+strconv.Itoa(most)+`) p CROSS JOIN organization o WHERE o.workspace_id = $1 AND o.id = p.id ORDER BY `+f.order("o."), ids.args...)
}
