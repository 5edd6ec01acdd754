package request

import (
	"context"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/request/people"
	"github.com/entregent/entregent/internal/sqldb"
)

// Listed is a row of a list. For is named where the contact is still there.
type Listed struct {
	Request
	OrganizationName string
}

// Choice is some requests of a workspace in an order, in SQL over the table request, as package docket writes it: those
// that fulfil Where, by the columns of Order, from Offset on, or of them those whose numbers Among selects (as n). The first argument is the workspace, which Where names. Whoever
// writes it has confined it to what the caller may see.
type Choice struct {
	Among, Where, Order string
	Args                []any
	Limit, Offset       int
}

// List reads the rows of a page by themselves and joins the names behind them. An organisation's own people are told no
// assignee. Permission: as with Get.
func List(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c Choice) ([]Listed, error) {
	if err := MayRead(by); err != nil {
		return nil, err
	}
	list, err := sqldb.List(ctx, tx, scanListed, `SELECT few.`+strings.ReplaceAll(columns, ", ", ", few.")+`, o.name, COALESCE(c.given_name, ''), COALESCE(c.family_name, ''),
			CASE WHEN c.replaced_at > few.contact_since THEN 1 ELSE 0 END
		FROM (SELECT `+columns+` FROM `+c.chosen()+`) few CROSS JOIN organization o
		LEFT JOIN contact c ON c.workspace_id = $1 AND c.id = few.contact_id
		WHERE o.workspace_id = $1 AND o.id = few.organization_id ORDER BY few.`+strings.ReplaceAll(c.Order, ", ", ", few."), c.Args...)
	if err != nil {
		return nil, err
	}
	if by.Kind == actor.Contact {
		for i := range list {
			list[i].Assignee = Person{}
		}
		return list, nil
	}
	crowd := people.Gather(by)
	for i := range list {
		crowd.Add(0, &list[i].Assignee)
	}
	return list, crowd.Name(ctx, tx)
}

// chosen is the choice behind a FROM, in its order; those that are passed over are walked by their numbers alone.
func (c Choice) chosen() string {
	page := ` ORDER BY ` + c.Order + ` LIMIT ` + strconv.Itoa(c.Limit)
	if c.Offset > 0 {
		c = Choice{Among: `SELECT number AS n FROM ` + c.From() + page + ` OFFSET ` + strconv.Itoa(c.Offset), Where: `workspace_id = $1`}
	}
	return c.From() + page
}

// From is the choice behind a FROM without order and limit. What is chosen among few is looked up one by one: a planner would
// rather walk along all.
func (c Choice) From() string {
	if c.Among == "" {
		return `request WHERE ` + c.Where
	}
	return `(` + c.Among + `) a CROSS JOIN request WHERE number = a.n AND ` + c.Where
}

func scanListed(row sqldb.Scanner) (l Listed, err error) {
	var given, family string
	err = row.Scan(append(l.fields(), &l.OrganizationName, &given, &family, &l.For.Former)...)
	l.settle()
	if !l.For.Former {
		l.For.Name = strings.TrimSpace(given + " " + family)
	}
	return l, err
}
