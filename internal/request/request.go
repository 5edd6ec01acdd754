// Package request keeps support requests (« demandes d’assistance »): who asked for what, what was said and done about it,
// how far it is, and which of the organisation's people follow it.
//
// What an organisation's own people may see and do confines itself to their organisation, and for a user to what is for
// them or watched by them; internal notes and assignments are never in what they are given. How a request goes
// on is one table (state.go). Which requests a list or a search has is found by package docket, above. The package writes no
// letters and knows no pages.
package request

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/request/people"
	"github.com/entregent/entregent/internal/sqldb"
)

// Kind says which sort of request it is.
type Kind string

// The kinds.
const (
	Technical      Kind = "technical"
	Administrative Kind = "administrative"
)

// Source says by which way something came.
type Source string

// The sources.
const (
	Portal Source = "portal"
	Office Source = "office"
	Mail   Source = "mail"
	API    Source = "api"
)

// Request is one request without its thread.
type Request struct {
	ID           id.Request
	Number       int64 // see Label
	Organization id.Organization
	For          Person // the contact that it is for
	Author       Person
	Source       Source
	Kind         Kind
	Subject      string
	State        State
	StateAt      sqldb.Time
	RemindedAt   sqldb.Time // that the host waits for an answer; zero = not yet, or it does not wait
	WaitsSince   sqldb.Time // when the customer last heard from the host, while they wait for it; zero = they do not
	ActivityAt   sqldb.Time // of the last thing that the customer may see
	Assignee     Person     // zero = nobody; never told to the organisation's people
	CreatedAt    sqldb.Time

	entries    int64 // places taken in the thread
	submission id.UUID
	forSince   sqldb.Time // since when it is For's
	own        bool       // the user who reads it is whom it is for
}

// Label is the request's number as people read it: «D-000123».
func (r Request) Label() string { return Label(r.Number) }

// Label writes a request's number as people read it: «D-000123».
func Label(number int64) string { return fmt.Sprintf("D-%06d", number) }

// ParseLabel reads a request's number as people write it: D-000123, d-123, 123.
func ParseLabel(s string) (int64, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(s, "d"); ok {
		s = strings.TrimPrefix(strings.TrimSpace(rest), "-")
	}
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0
}

// Subject is what the request is in the history: its number, never its words.
func (r Request) journaled() journal.Subject {
	return journal.Subject{Kind: "request", ID: r.ID.UUID, Number: r.Label()}
}

const columns = `id, number, organization_id, contact_id, contact_number, author_kind, author_id, author_number, source, kind, subject, state, state_at, reminded_at, waits_since, activity_at, assignee_id, entries, submission, created_at, contact_since`

func (r *Request) fields() []any {
	r.For.Kind = actor.Contact
	return []any{&r.ID, &r.Number, &r.Organization, &r.For.ID, &r.For.Number, &r.Author.Kind, &r.Author.ID, &r.Author.Number, &r.Source, &r.Kind, &r.Subject,
		&r.State, &r.StateAt, &r.RemindedAt, &r.WaitsSince, &r.ActivityAt, &r.Assignee.ID, &r.entries, &r.submission, &r.CreatedAt, &r.forSince}
}

func scan(row sqldb.Scanner) (r Request, err error) {
	err = row.Scan(r.fields()...)
	r.settle()
	return r, err
}

// settle says of the assignee that it is one.
func (r *Request) settle() {
	if !r.Assignee.ID.IsZero() {
		r.Assignee.Kind = actor.Staff
	}
}

// values are those of columns.
func (r Request) values() []any {
	return []any{r.ID, r.Number, r.Organization, r.For.ID, r.For.Number, string(r.Author.Kind), r.Author.ID, r.Author.Number, string(r.Source), string(r.Kind), r.Subject,
		string(r.State), r.StateAt, r.RemindedAt, r.WaitsSince, r.ActivityAt, r.Assignee.ID, r.entries, r.submission, r.CreatedAt, max(r.forSince, r.CreatedAt)}
}

// Get reads one request with its people's names. Another workspace's, and for an organisation's own people another
// organisation's and what they may not see, is a fault.NotFound; the assignee they are not told.
// Permission: SeeRequests, of one's own and watched ones SeeOwnRequests.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request) (Request, error) {
	r, err := Read(ctx, tx, by, request)
	if err != nil {
		return r, err
	}
	crowd := people.Gather(by)
	crowd.Add(r.forSince, &r.For)
	crowd.Add(r.CreatedAt, &r.Author, &r.Assignee)
	return r, crowd.Name(ctx, tx)
}

// ByNumber is Get by the request's number.
func ByNumber(ctx context.Context, tx *sqldb.Tx, by actor.Actor, number int64) (Request, error) {
	if err := MayRead(by); err != nil {
		return Request{}, err
	}
	request, err := sqldb.One(ctx, tx, sqldb.Value[id.Request], `SELECT id FROM request WHERE workspace_id = $1 AND number = $2`, by.Workspace, number)
	if err != nil {
		return Request{}, err
	}
	return Get(ctx, tx, by, request)
}

// Sees reports whether the caller may see the request now: for what is told to somebody later on.
func Sees(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request) (bool, error) {
	_, err := Read(ctx, tx, by, request)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return false, nil
	}
	return err == nil, err
}

// MayRead is nil for whoever may see some requests; else the fault.Forbidden.
func MayRead(by actor.Actor) error {
	if by.Kind == actor.Contact {
		return by.Need(actor.SeeOwnRequests)
	}
	return by.Need(actor.SeeRequests)
}

// Read is Get without names.
func Read(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request) (Request, error) {
	if err := MayRead(by); err != nil {
		return Request{}, err
	}
	r, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM request WHERE workspace_id = $1 AND id = $2`, by.Workspace, request)
	if err != nil || by.Kind != actor.Contact {
		return r, err
	}
	if r.Organization != by.Organization {
		return Request{}, fault.Missing()
	}
	r.Assignee = Person{}
	if by.May(actor.SeeColleaguesRequests) {
		return r, nil
	}
	in, err := partyOf(ctx, tx, by, r, id.Contact{UUID: by.Contact.UUID})
	if err == nil && !in.own && !in.watching {
		err = fault.Missing()
	}
	if err != nil {
		return Request{}, err
	}
	r.own = in.own
	return r, nil
}

// hold is Read with the request held until the transaction ends: every change of it comes after the one before. An
// organisation's own people change nothing once they are no longer what they came in as.
func hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request) (Request, error) {
	if err := MayRead(by); err != nil {
		return Request{}, err
	}
	if err := tx.Lock(ctx, "request", "workspace_id = $1 AND id = $2", by.Workspace, request); err != nil {
		return Request{}, err
	}
	if err := contact.Still(ctx, tx, by); err != nil {
		return Request{}, err
	}
	return Read(ctx, tx, by, request)
}
