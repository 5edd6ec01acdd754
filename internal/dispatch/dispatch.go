// Package dispatch sends credentials to many contacts at once (« Renvoyer les identifiants » for a selection): it keeps whom
// somebody chose, has a job send to each by the verb of the single act, and tells what became of each.
//
// Every contact is done once, however often the job is begun again: what is done for some of them and how far that is
// are one transaction. They are done under the rights that whoever started it has at that moment. What sending means is
// package access's; how a letter leaves is package mail's.
package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Result is what became of one contact.
type Result string

// The results. Invited and Reminded have a letter.
const (
	Invited      Result = "invited"       // an invitation is queued
	Reminded     Result = "reminded"      // the contact has joined: the sign-in page and a link to choose a password are
	SwitchedOff  Result = "switched_off"  // somebody switched the login off, and it was not to be switched on
	NoAddress    Result = "no_address"    // there is no e-mail
	AddressTaken Result = "address_taken" // somebody else of the organisation signs in with it
	Archived     Result = "archived"      // the organisation is
	Deleted      Result = "deleted"       // the contact was, meanwhile
	Refused      Result = "refused"       // for a reason that none of these says: Row.Fault
)

// Results lists them in the order in which they are told.
func Results() []Result {
	return []Result{Invited, Reminded, SwitchedOff, NoAddress, AddressTaken, Archived, Deleted, Refused}
}

// Sent reports whether a letter was queued.
func (r Result) Sent() bool { return r == Invited || r == Reminded }

// Counts is how many contacts have which result.
type Counts map[Result]int

// Sent is for how many a letter was queued.
func (c Counts) Sent() int { return c[Invited] + c[Reminded] }

// All is how many there are.
func (c Counts) All() (n int) {
	for _, k := range c {
		n += k
	}
	return n
}

// Unsent is for how many none was.
func (c Counts) Unsent() int { return c.All() - c.Sent() }

// State is how far a dispatch is.
type State string

// The states. All but Sending are final.
const (
	Sending   State = "sending"
	Done      State = "done"
	Cancelled State = "cancelled"
	Failed    State = "failed" // see Dispatch.Failure
)

// Dispatch is credentials sent to some contacts at once.
type Dispatch struct {
	ID        id.Dispatch
	State     State
	SwitchOn  bool // also those whom somebody switched off
	Total     int  // contacts
	Position  int  // of which so many are done
	Counts    Counts
	Failure   fault.Message
	StartedBy id.Login // zero = the program
	CreatedAt sqldb.Time
	ChangedAt sqldb.Time

	workspace id.Workspace
}

// Percent says how far it is, 0 to 100.
func (d Dispatch) Percent() int {
	if d.State != Sending || d.Total == 0 {
		return 100
	}
	return min(99, 100*d.Position/d.Total)
}

// Settings bound dispatches; zero fields take the defaults in brackets.
type Settings struct {
	Retention time.Duration // how long a dispatch and its rows are kept after it ended [30 days]
}

func (s Settings) withDefaults() Settings {
	if s.Retention == 0 {
		s.Retention = 30 * 24 * time.Hour
	}
	return s
}

const columns = `id, state, switch_on, total, position, counts, failure, started_by, created_at, changed_at`

func scan(row sqldb.Scanner) (d Dispatch, err error) {
	var counts, failure string
	err = row.Scan(&d.ID, &d.State, &d.SwitchOn, &d.Total, &d.Position, &counts, &failure, &d.StartedBy, &d.CreatedAt, &d.ChangedAt)
	if err == nil && failure != "" {
		err = decode(failure, &d.Failure)
	}
	if err != nil {
		return d, err
	}
	return d, decode(counts, &d.Counts)
}

// Get reads a dispatch; fault.NotFound. Permission: SendToMany.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, dispatch id.Dispatch) (Dispatch, error) {
	if err := by.Need(actor.SendToMany); err != nil {
		return Dispatch{}, err
	}
	d, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM dispatch WHERE workspace_id = $1 AND id = $2`, by.Workspace, dispatch)
	d.workspace = by.Workspace
	return d, err
}

// Find lists the workspace's dispatches, newest first, fifty at most. Permission: SendToMany.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Dispatch, error) {
	if err := by.Need(actor.SendToMany); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM dispatch WHERE workspace_id = $1 ORDER BY id DESC LIMIT 50`, by.Workspace)
}

// Row is one contact of a dispatch.
type Row struct {
	N       int // 1 = the first
	Contact id.Contact
	Result  Result
	Fault   fault.Message // of a Refused
	Letter  id.Letter     // zero = none was queued
}

// Some says which rows are asked for; the zero value is all.
type Some string

// What else may be asked for, beside every Result.
const (
	All         Some = ""
	Unsent      Some = "unsent"      // those without a letter
	Undelivered Some = "undelivered" // those whose letter the mail server refused
)

// Rows reads the rows that are done, from the one after «after» on, size at most. Permission: SendToMany.
func Rows(ctx context.Context, tx *sqldb.Tx, by actor.Actor, d Dispatch, some Some, after, size int) ([]Row, error) {
	if err := by.Need(actor.SendToMany); err != nil {
		return nil, err
	}
	where, args := ``, []any{by.Workspace, d.ID, after, size}
	switch some {
	case All:
	case Unsent:
		where = ` AND r.letter_id IS NULL`
	case Undelivered:
		where = ` AND EXISTS (SELECT 1 FROM letter l WHERE l.workspace_id = r.workspace_id AND l.id = r.letter_id AND l.state = 'refused')`
	default:
		where, args = ` AND r.result = $5`, append(args, string(some))
	}
	return sqldb.List(ctx, tx, scanRow, `SELECT r.n, r.contact_id, r.result, r.fault, r.letter_id FROM dispatch_row r
		WHERE r.workspace_id = $1 AND r.dispatch_id = $2 AND r.n > $3`+where+` ORDER BY r.n LIMIT $4`, args...)
}

func scanRow(row sqldb.Scanner) (r Row, err error) {
	var refusal string
	if err := row.Scan(&r.N, &r.Contact, &r.Result, &refusal, &r.Letter); err != nil || refusal == "" {
		return r, err
	}
	return r, decode(refusal, &r.Fault)
}

// Letters counts the dispatch's letters by how far they are, as long as they are kept. Permission: SendToMany.
func Letters(ctx context.Context, tx *sqldb.Tx, by actor.Actor, d Dispatch) (map[mail.State]int, error) {
	if err := by.Need(actor.SendToMany); err != nil {
		return nil, err
	}
	counts := make(map[mail.State]int)
	_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
		var state mail.State
		var n int
		err = row.Scan(&state, &n)
		counts[state] = n
		return none, err
	}, lettersByState, by.Workspace, d.ID)
	return counts, err
}

// lettersByState reads each row's own letter: CROSS JOIN and the plus keep SQLite from reading all letters of the workspace,
// for each row even (performance.md, trap 1).
const lettersByState = `SELECT l.state, count(*) FROM dispatch_row r CROSS JOIN letter l
	WHERE r.workspace_id = $1 AND r.dispatch_id = $2 AND l.id = r.letter_id AND +l.workspace_id = r.workspace_id GROUP BY l.state`

// encode and decode keep counts and messages in the database.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// decode keeps numbers as they were written, so that a message prints them alike.
func decode(s string, v any) error {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	return d.Decode(v)
}

// errEnded says that there is nothing left to do: the dispatch is done, was cancelled or is gone.
var errEnded = errors.New("dispatch: it has ended")
