// Package docket says which requests: by filter, search, order and page; how many there are; and all of them, one after the
// other, for exports. It only reads, and only what the caller may see.
//
// It says in SQL which requests, and in which order; package request reads their rows. What a request is, and every rule
// about it, is request's.
package docket

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// Order is an order of a list.
type Order string

// The orders.
const (
	Newest   Order = "recent"   // by number
	Oldest   Order = "oldest"   // by number
	Activity Order = "activity" // what was last spoken of first
	Queue    Order = "queue"    // only what waits for the host, what waits longest first; of staff alone
)

// Filter says which requests. The zero value means all that the caller may see, the newest first.
type Filter struct {
	Query        string // a number, or words of the subject by their beginnings, accents and case apart
	Organization id.Organization
	State        request.State // or OpenOnes
	Kind         request.Kind
	Contact      id.Contact // for whom they are
	Assignee     id.Login   // of staff alone, as the next
	Unassigned   bool
	Waiting      bool // only what waits for the host, whatever the order; of staff alone
	Sort         Order
	After        id.Request // the keyset of the next page: only those behind it; Page then only numbers it
	paging.Ask

	rare     string // of several words of Query, one that few have
	uncapped bool   // Each wants all that a search finds
}

// OpenOnes, as Filter.State, are those about which something is still to be done.
const OpenOnes request.State = "open"

// query is a part of SQL with its arguments; $1 is always the workspace.
type query struct {
	text  string // the conditions
	among string // selects the numbers (n) of the only ones that come into question; "" = all do
	used  int    // how many of the arguments among has
	most  int    // how far they are counted
	of    bool   // among are those of the filter's contact
	whole bool   // among says it all
	args  []any
}

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// confine leaves of the filter what the caller may ask for.
func (f Filter) confine(by actor.Actor) Filter {
	if by.Kind != actor.Contact {
		return f
	}
	f.Organization, f.Assignee, f.Unassigned, f.Waiting = by.Organization, id.Login{}, false, false
	if f.Sort == Queue {
		f.Sort = Newest
	}
	return f
}

// Find reads a page of the requests that the caller may see: an admin those of the organisation, a user what is for them or
// watched by them. They are counted up to paging.Cap, the matches of a search up to 300. Permission: SeeRequests, of one's own and watched ones SeeOwnRequests.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[request.Listed], error) {
	part := paging.Part[request.Listed]{Ask: f.Ask.Clean(12)}
	if err := request.MayRead(by); err != nil {
		return part, err
	}
	f = f.confine(by)
	f.Ask = part.Ask
	if err := f.weigh(ctx, tx, by); err != nil {
		return part, err
	}
	q := f.query(by)
	if q.whole && q.most == searched && f.After.IsZero() && (f.Sort == "" || f.Sort == Newest || f.Sort == Oldest) {
		return part, f.page(ctx, tx, by, q, &part)
	}
	behind, offset, err := f.behind(ctx, tx, by, &q)
	if err != nil {
		return part, err
	}
	part.Items, err = request.List(ctx, tx, by, q.choice(f, behind, offset))
	if n := len(part.Items); err != nil || behind == "" && n < part.Size && (n > 0 || offset == 0) {
		part.Total = offset + n
		return part, err
	}
	q = f.query(by)
	part.Total, part.More, err = q.count(ctx, tx)
	return part, err
}

// page reads a page of what a search alone finds: the numbers once, which are counted, put in order and cut here, and then the rows.
func (f Filter) page(ctx context.Context, tx *sqldb.Tx, by actor.Actor, q query, part *paging.Part[request.Listed]) error {
	numbers, err := sqldb.List(ctx, tx, sqldb.Value[int64], q.among, q.args[:q.used]...)
	if err != nil {
		return err
	}
	part.Total, part.More = min(len(numbers), q.most), len(numbers) > q.most
	if slices.Sort(numbers); f.Sort != Oldest {
		slices.Reverse(numbers)
	}
	from := min(f.Offset(), len(numbers))
	found := query{args: []any{by.Workspace}}
	where := append([]string{"workspace_id = $1"}, f.conditions(&found)...)
	in, args := sqldb.In(tx, found.args, numbers[from:min(from+f.Size, len(numbers))])
	part.Items, err = request.List(ctx, tx, by, request.Choice{Where: strings.Join(append(where, "number "+in), " AND "), Order: f.order(), Args: args, Limit: f.Size})
	return err
}

// Count counts them up to paging.Cap, for the figures of a page. Permission: as with Find.
func Count(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (n int, more bool, err error) {
	if err := request.MayRead(by); err != nil {
		return 0, false, err
	}
	f = f.confine(by)
	if err := f.weigh(ctx, tx, by); err != nil {
		return 0, false, err
	}
	q := f.query(by)
	return q.count(ctx, tx)
}

// choice is a page. Where a few are known by their numbers, and these are the order, the page is cut before a row is read.
func (q query) choice(f Filter, behind string, offset int) request.Choice {
	c := request.Choice{Among: q.among, Where: q.text + behind, Order: f.order(), Args: q.args, Limit: f.Size, Offset: offset}
	if !q.whole || behind != "" || f.Sort == Activity || f.Sort == Queue {
		return c
	}
	c.Among, c.Offset = `SELECT n FROM (`+q.among+`) m ORDER BY `+strings.Replace(c.Order, "number", "n", 1)+` LIMIT `+strconv.Itoa(c.Limit)+` OFFSET `+strconv.Itoa(offset), 0
	return c
}

// count counts up to paging.Cap.
func (q query) count(ctx context.Context, tx *sqldb.Tx) (int, bool, error) {
	if q.whole {
		return sqldb.CountUpTo(ctx, tx, q.most, `SELECT 1 FROM (`+q.among+`) m`, q.args[:q.used]...)
	}
	return sqldb.CountUpTo(ctx, tx, q.most, `SELECT 1 FROM `+request.Choice{Among: q.among, Where: q.text}.From(), q.args...)
}

// behind is the condition «after this request in the order», or how many are passed over.
func (f Filter) behind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, q *query) (string, int, error) {
	if f.After.IsZero() {
		return "", f.Offset(), nil
	}
	r, err := request.Read(ctx, tx, by, f.After)
	if fault.Is(err, fault.NotFound) {
		return "", f.Offset(), nil
	}
	if err != nil {
		return "", 0, err
	}
	switch {
	case f.Sort == Oldest:
		return ` AND number > ` + q.arg(r.Number), 0, nil
	case f.Sort == Activity:
		return ` AND (activity_at, number) < (` + q.arg(r.ActivityAt) + `, ` + q.arg(r.Number) + `)`, 0, nil
	case f.Sort == Queue && r.WaitsSince.IsZero():
		return "", f.Offset(), nil
	case f.Sort == Queue:
		return ` AND (waits_since, number) > (` + q.arg(r.WaitsSince) + `, ` + q.arg(r.Number) + `)`, 0, nil
	}
	return ` AND number < ` + q.arg(r.Number), 0, nil
}

// order is the order as SQL; every column of it stands in the index that the list is read by.
func (f Filter) order() string {
	switch f.Sort {
	case Oldest:
		return `number`
	case Activity:
		return `activity_at DESC, number DESC`
	case Queue:
		return `waits_since, number`
	}
	return `number DESC`
}

// query is the filter over the table request. Where its requests are few and known by their numbers, those are found first.
func (f Filter) query(by actor.Actor) query {
	q := query{args: []any{by.Workspace}, most: paging.Cap}
	if by.Kind == actor.Contact && !by.May(actor.SeeColleaguesRequests) {
		q.among = f.own(&q, by)
	} else if f.Query != "" {
		if q.among = f.search(&q); q.among != "" {
			q.most = searched
		}
	}
	if q.among == "" && !f.Contact.IsZero() {
		q.among = `SELECT number AS n FROM request WHERE workspace_id = $1 AND contact_id = ` + q.arg(f.Contact)
		q.of = true
	}
	q.used = len(q.args)
	list := f.conditions(&q)
	number, numbered := f.number()
	if numbered {
		list = append(list, "number = "+q.arg(number))
	}
	q.text = strings.Join(append([]string{"workspace_id = $1"}, list...), " AND ")
	rest := f
	if q.of {
		rest.Contact = id.Contact{}
	}
	rest.Query, rest.Organization, rest.Sort, rest.Ask, rest.After, rest.rare, rest.uncapped = "", id.Organization{}, "", paging.Ask{}, id.Request{}, "", false
	q.whole = q.among != "" && !numbered && rest == Filter{} && f.Sort != Queue
	return q
}

// conditions are the filter but for its search.
func (f Filter) conditions(q *query) (list []string) {
	and := func(s string) { list = append(list, s) }
	if !f.Organization.IsZero() {
		and("organization_id = " + q.arg(f.Organization))
	}
	switch {
	case f.State == OpenOnes:
		and("state IN " + request.OpenList)
	case f.State != "":
		and("state = " + q.arg(string(f.State)))
	}
	if f.Kind != "" {
		and("kind = " + q.arg(string(f.Kind)))
	}
	if !f.Contact.IsZero() {
		and("contact_id = " + q.arg(f.Contact))
	}
	switch {
	case f.Unassigned:
		and("assignee_id IS NULL")
	case !f.Assignee.IsZero():
		and("assignee_id = " + q.arg(f.Assignee))
	}
	if f.Waiting || f.Sort == Queue {
		and("waits_since IS NOT NULL")
	}
	return list
}
