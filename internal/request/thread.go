package request

import (
	"context"
	"slices"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/request/people"
	"github.com/entregent/entregent/internal/sqldb"
)

// EntryKind says what an entry of a thread is.
type EntryKind string

// The kinds of entry.
const (
	Comment    EntryKind = "comment"
	Note       EntryKind = "note" // internal: never told to the organisation's people
	Change     EntryKind = "state"
	Assignment EntryKind = "assignment" // internal
	Watcher    EntryKind = "watcher"
	Reminder   EntryKind = "reminder" // that the host waits for an answer
	Sorting    EntryKind = "kind"
	Relation   EntryKind = "contact"
)

// Entry is one thing that was said or done about a request.
type Entry struct {
	ID            id.Entry
	N             int64 // its place in the thread, from 1
	Kind          EntryKind
	Author        Person
	Source        Source
	At            sqldb.Time
	Text          string // of a comment or a note
	Before, After State  // of a change
	From, To      Kind   // of a sorting
	About         Person // of an assignment: to whom, zero = to nobody any more; of a watcher: who; of a relation: whose it is since
	Watching      bool   // of a watcher: whether they watch since, or no more
}

// Internal reports whether it is for the host's staff alone.
func (e Entry) Internal() bool { return e.Kind == Note || e.Kind == Assignment }

const (
	entryColumns = `n, id, kind, author_kind, author_id, author_number, source, at, content, before, after, about_id, about_number`
	entriesInto  = `request_entry (workspace_id, request_id, ` + entryColumns + `, submission)`
	watching     = "watching"
)

func scanEntry(row sqldb.Scanner) (e Entry, err error) {
	var before, after string
	err = row.Scan(&e.N, &e.ID, &e.Kind, &e.Author.Kind, &e.Author.ID, &e.Author.Number, &e.Source, &e.At, &e.Text, &before, &after, &e.About.ID, &e.About.Number)
	switch {
	case e.Kind == Change:
		e.Before, e.After = State(before), State(after)
	case e.Kind == Sorting:
		e.From, e.To = Kind(before), Kind(after)
	case e.Kind == Relation:
		e.About.Kind = actor.Contact
	case e.Kind == Watcher:
		e.About.Kind, e.Watching = actor.Contact, after == watching
	case e.Kind == Assignment && !e.About.ID.IsZero():
		e.About.Kind = actor.Staff
	}
	return e, err
}

// row is that of entriesInto.
func (e Entry) row(workspace id.Workspace, request id.Request, submission ...id.UUID) []any {
	before, after := string(e.Before)+string(e.From), string(e.After)+string(e.To)
	if e.Kind == Watcher && e.Watching {
		after = watching
	}
	var form id.UUID
	if len(submission) > 0 {
		form = submission[0]
	}
	return []any{workspace, request, e.N, e.ID, string(e.Kind), string(e.Author.Kind), e.Author.ID, e.Author.Number, string(e.Source), e.At, e.Text, before, after, e.About.ID, e.About.Number, form}
}

// ThreadSize is how many entries are read at once.
const ThreadSize = 50

// Thread reads the entries of a request that the caller has read, the newest ThreadSize before that place (0 = of all), in
// their order; more tells that there are older ones. An organisation's own people are given no internal ones.
// Permission: as with Get.
func Thread(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, before int64) (list []Entry, more bool, err error) {
	if _, err := Read(ctx, tx, by, request); err != nil {
		return nil, false, err
	}
	where, args := `workspace_id = $1 AND request_id = $2`, []any{by.Workspace, request}
	if by.Kind == actor.Contact {
		where += ` AND kind NOT IN ('note', 'assignment')`
	}
	if before > 0 {
		args = append(args, before)
		where += ` AND n < $3`
	}
	list, err = sqldb.List(ctx, tx, scanEntry, `SELECT `+entryColumns+` FROM request_entry WHERE `+where+` ORDER BY n DESC LIMIT `+strconv.Itoa(ThreadSize+1), args...)
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > ThreadSize; more {
		list = list[:ThreadSize]
	}
	slices.Reverse(list)
	crowd := people.Gather(by)
	for i := range list {
		crowd.Add(list[i].At, &list[i].Author, &list[i].About)
	}
	return list, more, crowd.Name(ctx, tx)
}

// EntryOf reads one entry and the request that it belongs to, for what hangs on it; what the caller may not see is a
// fault.NotFound. Permission: as with Get.
func EntryOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, entry id.Entry) (Request, Entry, error) {
	if err := MayRead(by); err != nil {
		return Request{}, Entry{}, err
	}
	request, err := sqldb.One(ctx, tx, sqldb.Value[id.Request], `SELECT request_id FROM request_entry WHERE workspace_id = $1 AND id = $2`, by.Workspace, entry)
	if err != nil {
		return Request{}, Entry{}, err
	}
	r, err := Read(ctx, tx, by, request)
	if err != nil {
		return Request{}, Entry{}, err
	}
	e, err := sqldb.One(ctx, tx, scanEntry, `SELECT `+entryColumns+` FROM request_entry WHERE workspace_id = $1 AND id = $2`, by.Workspace, entry)
	if err == nil && by.Kind == actor.Contact && e.Internal() {
		return Request{}, Entry{}, fault.Missing()
	}
	return r, e, err
}

// Remark is what somebody says about a request, as text.
type Remark struct {
	Text       string
	Source     Source  // "" = the page of whoever says it
	Submission id.UUID // of the form: posted again, it adds nothing
	Then       string  // of staff: the state that the request has after it, "" = see Say

	Files        []file.Received // see Input
	NoHealthData bool
}

// Say adds a comment, which everybody who may see the request may read. Of the organisation's people it brings a request
// that waits for them, or is resolved, back to work; an answer of staff takes up a new one, unless Then says another state. To a closed or
// withdrawn one nothing is said: fault.Conflict. Permission: as with Get; of staff HandleRequests.
func Say(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, in Remark) (Entry, error) {
	if err := maySpeak(by); err != nil {
		return Entry{}, err
	}
	r, err := hold(ctx, tx, by, request)
	if err != nil {
		return Entry{}, err
	}
	if again, err := said(ctx, tx, by, r, in.Submission); err != nil || !again.ID.IsZero() {
		return again, err
	}
	to, err := r.after(by, in)
	if err != nil {
		return Entry{}, err
	}
	e, err := r.say(ctx, tx, by, Comment, in)
	if err != nil {
		return Entry{}, err
	}
	said := notice.Event{Kind: notice.RequestComment}
	if to != r.State {
		if err := r.turn(ctx, tx, by, to, e.Source); err != nil {
			return Entry{}, err
		}
		said.Detail = string(to)
	}
	if err := tell(ctx, tx, by, r, said); err != nil {
		return Entry{}, err
	}
	if by.Kind != actor.Contact && r.State.ours() {
		r.WaitsSince = tx.Now()
	}
	r.ActivityAt = tx.Now()
	return e, r.save(ctx, tx, by, r.line("request.commented"))
}

// after is the state that a comment leaves the request in.
func (r Request) after(by actor.Actor, in Remark) (State, error) {
	role := theTeam
	if by.Kind == actor.Contact {
		role = theirWord
	}
	to := State(in.Then)
	switch {
	case r.State.Over():
		return "", fault.New(fault.Conflict, "request.over")
	case role == theTeam && to == "" && r.State == New:
		return InProgress, nil
	case role == theTeam && to != "" && to != r.State:
		if !leads(r.State, to, role) {
			return "", fault.OnField(fault.Conflict, "then", fault.M("request.no_step"))
		}
		return to, nil
	case role == theirWord && leads(r.State, InProgress, role):
		return InProgress, nil
	}
	return r.State, nil
}

// Jot adds an internal note, in whatever state. Permission: HandleRequests.
func Jot(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, in Remark) (Entry, error) {
	if err := by.Need(actor.HandleRequests); err != nil {
		return Entry{}, err
	}
	r, err := hold(ctx, tx, by, request)
	if err != nil {
		return Entry{}, err
	}
	if again, err := said(ctx, tx, by, r, in.Submission); err != nil || !again.ID.IsZero() {
		return again, err
	}
	e, err := r.say(ctx, tx, by, Note, in)
	if err != nil {
		return Entry{}, err
	}
	return e, r.save(ctx, tx, by, r.line("request.noted"))
}

// maySpeak is nil for who may comment on the requests that they see.
func maySpeak(by actor.Actor) error {
	if by.Kind == actor.Contact {
		return by.Need(actor.SeeOwnRequests)
	}
	return by.Need(actor.HandleRequests)
}

// said finds what the caller's form has added to the request before, confirmed by a write; nothing has no ID.
func said(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r Request, submission id.UUID) (Entry, error) {
	if submission.IsZero() {
		return Entry{}, nil
	}
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (Entry, error) { return scanEntry(row) },
		`SELECT `+entryColumns+` FROM request_entry WHERE workspace_id = $1 AND submission = $2 AND request_id = $3`, by.Workspace, submission, r.ID)
	if err != nil {
		return Entry{}, err
	}
	if len(list) == 0 {
		n, err := sqldb.One(ctx, tx, sqldb.Value[int], `SELECT COUNT(*) FROM request_entry WHERE workspace_id = $1 AND submission = $2`, by.Workspace, submission)
		if err == nil && n > 0 {
			err = fault.New(fault.Conflict, "request.submission_taken")
		}
		return Entry{}, err
	}
	if e := list[0]; e.Author.Kind != by.Sort() || e.Author.ID != by.Who() {
		return Entry{}, fault.New(fault.Conflict, "request.submission_taken")
	}
	_, err = tx.Exec(ctx, `UPDATE request SET entries = entries WHERE workspace_id = $1 AND id = $2`, by.Workspace, r.ID)
	return list[0], err
}

// say adds a comment or a note behind the others.
func (r *Request) say(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind EntryKind, in Remark) (Entry, error) {
	var faults fault.Fields
	text, err := name.Text(in.Text, MaxText)
	faults.Add("text", err)
	refusal, err := MayAttach(ctx, tx, by, in.Files, in.NoHealthData)
	if err != nil {
		return Entry{}, err
	}
	faults.Add("no_health_data", refusal)
	if err := faults.Err(); err != nil {
		return Entry{}, err
	}
	e, err := r.add(ctx, tx, by, Entry{Kind: kind, Text: text, Source: in.Source}, in.Submission)
	if err != nil {
		return Entry{}, err
	}
	return e, attach(ctx, tx, by, e.ID, in.Files)
}

// add puts an entry of the caller behind the others, into the request that is held.
func (r *Request) add(ctx context.Context, tx *sqldb.Tx, by actor.Actor, e Entry, submission ...id.UUID) (Entry, error) {
	author, err := itself(ctx, tx, by)
	if err != nil {
		return Entry{}, err
	}
	r.entries++
	e.ID, e.N, e.At, e.Author, e.Source = id.NewEntry(), r.entries, tx.Now(), author, Input{Source: e.Source}.source(by)
	return e, tx.InsertAll(ctx, entriesInto, [][]any{e.row(by.Workspace, r.ID, submission...)})
}

// save writes what may change of a request that is held, and its line in the history.
func (r *Request) save(ctx context.Context, tx *sqldb.Tx, by actor.Actor, lines ...journal.Entry) error {
	_, err := tx.Exec(ctx, `UPDATE request SET kind = $3, organization_id = $4, contact_id = $5, contact_number = $6, state = $7, state_at = $8, reminded_at = $9,
			waits_since = $10, activity_at = $11, entries = $12, contact_since = $13`+r.assigned(by)+` WHERE workspace_id = $1 AND id = $2`,
		append([]any{by.Workspace, r.ID, string(r.Kind), r.Organization, r.For.ID, r.For.Number, string(r.State), r.StateAt, r.RemindedAt, r.WaitsSince, r.ActivityAt, r.entries, r.forSince}, r.assignee(by)...)...)
	if err != nil {
		return err
	}
	return journal.RecordAll(ctx, tx, by, lines)
}

// assigned and assignee write to whom the request is assigned; an organisation's own people do not even know it.
func (r *Request) assigned(by actor.Actor) string {
	if by.Kind == actor.Contact {
		return ""
	}
	return `, assignee_id = $14`
}

func (r *Request) assignee(by actor.Actor) []any {
	if by.Kind == actor.Contact {
		return nil
	}
	return []any{r.Assignee.ID}
}
