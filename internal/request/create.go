package request

import (
	"cmp"
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// The lengths of what is typed, in characters.
const (
	MaxSubject = 200
	MaxText    = 10_000
)

// Input is what somebody asks for, as text.
type Input struct {
	For        id.Contact // zero = oneself
	Kind       string
	Subject    string
	Text       string
	Source     Source  // "" = the page of whoever asks
	Submission id.UUID // of the form: posted again, it finds what it made

	Files        []file.Received // come with the text
	NoHealthData bool            // somebody says so: files to a workspace of kind vendor need it
}

// Create makes a request, new, whose thread begins with the text. An organisation's own people ask for themselves; who may
// ask for a colleague watches what they asked for them. Staff ask for any contact that the portal shows. Every
// fault of every field comes back at once as fault.Invalid. Permission: AskTechnical, for what is administrative AskAdministrative, for another
// AskForColleagues; of staff HandleRequests.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in Input) (Request, error) {
	if err := in.allowed(by); err != nil {
		return Request{}, err
	}
	if again, err := posted(ctx, tx, by, in.Submission); err != nil || !again.ID.IsZero() {
		return again, err
	}
	r, text, err := in.draft(ctx, tx, by)
	if err != nil {
		return Request{}, err
	}
	org, err := organization.Hold(ctx, tx, by, r.Organization)
	if err != nil {
		return Request{}, err
	}
	if org.Archived() {
		return Request{}, fault.New(fault.Conflict, "contact.organization_archived")
	}
	if err := contact.Still(ctx, tx, by); err != nil {
		return Request{}, err
	}
	if r.Number, err = tx.Next(ctx, by.Workspace, "request"); err != nil {
		return Request{}, err
	}
	return r, r.insert(ctx, tx, by, text, in.Files)
}

// allowed is nil for who may ask for that.
func (in Input) allowed(by actor.Actor) error {
	if by.Kind != actor.Contact {
		return by.Need(actor.HandleRequests)
	}
	needed := []actor.Permission{actor.AskTechnical}
	if Kind(in.Kind) == Administrative {
		needed = append(needed, actor.AskAdministrative)
	}
	if !in.For.IsZero() && in.For != by.Contact {
		needed = append(needed, actor.AskForColleagues)
	}
	for _, p := range needed {
		if err := by.Need(p); err != nil {
			return err
		}
	}
	return nil
}

// posted finds the request that the caller's form has made before, confirmed by a write; none has no ID.
func posted(ctx context.Context, tx *sqldb.Tx, by actor.Actor, submission id.UUID) (Request, error) {
	if submission.IsZero() {
		return Request{}, nil
	}
	r, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM request WHERE workspace_id = $1 AND submission = $2`, by.Workspace, submission)
	if fault.Is(err, fault.NotFound) {
		return Request{}, nil
	}
	if err == nil && (r.Author.Kind != by.Sort() || r.Author.ID != by.Who()) {
		err = fault.New(fault.Conflict, "request.submission_taken")
	}
	if err != nil {
		return Request{}, err
	}
	_, err = tx.Exec(ctx, `UPDATE request SET entries = entries WHERE workspace_id = $1 AND id = $2`, by.Workspace, r.ID)
	if by.Kind == actor.Contact {
		r.Assignee = Person{}
	}
	return r, err
}

// draft is the request that the input says, not made yet, with its text; or all that is wrong with it.
func (in Input) draft(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (r Request, text string, err error) {
	var faults fault.Fields
	r = Request{ID: id.NewRequest(), Kind: Kind(in.Kind), State: New, Source: in.source(by), submission: in.Submission}
	if r.Kind != Technical && r.Kind != Administrative {
		faults.Add("kind", fault.M("fault.choice"))
	}
	if r.Subject, err = name.Line(in.Subject, MaxSubject); err == nil && len(name.Words(r.Subject)) == 0 {
		err = fault.M("fault.required")
	}
	faults.Add("subject", err)
	text, err = name.Text(in.Text, MaxText)
	faults.Add("text", err)
	refusal, err := MayAttach(ctx, tx, by, in.Files, in.NoHealthData)
	if err != nil {
		return r, "", err
	}
	faults.Add("no_health_data", refusal)
	whom, err := in.whom(ctx, tx, by)
	if f := fault.As(err); f != nil && len(f.Fields) == 1 {
		faults.Add("contact", f.Fields[0].Message)
	} else if err != nil {
		return r, "", err
	}
	if err := faults.Err(); err != nil {
		return r, "", err
	}
	r.Organization = whom.Organization
	r.For = Person{Kind: actor.Contact, ID: whom.ID.UUID, Number: whom.Number, Name: whom.GivenName.String() + " " + whom.FamilyName.String()}
	r.Author, err = itself(ctx, tx, by)
	return r, text, err
}

func (in Input) source(by actor.Actor) Source {
	return cmp.Or(in.Source, map[actor.Kind]Source{actor.Contact: Portal, actor.API: API}[by.Kind], Office)
}

// whom reads the contact that the request is for.
func (in Input) whom(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (contact.Row, error) {
	unknown := fault.OnField(fault.Invalid, "contact", fault.M("request.contact_unknown"))
	if by.Kind == actor.Contact {
		if in.For.IsZero() {
			in.For = by.Contact
		}
		c, err := contact.Colleague(ctx, tx, by, in.For)
		if fault.Is(err, fault.NotFound) {
			err = unknown
		}
		return c.Row, err
	}
	rows, err := contact.Rows(ctx, tx, actor.OfProgram(by.Workspace), []id.Contact{in.For})
	row, there := rows[in.For]
	if err == nil && (!there || row.Unseen()) {
		err = unknown
	}
	return row, err
}

// insert writes the request with its words, its parties, the first entry and its line in the history.
func (r *Request) insert(ctx context.Context, tx *sqldb.Tx, by actor.Actor, text string, files []file.Received) error {
	now := tx.Now()
	r.StateAt, r.WaitsSince, r.ActivityAt, r.CreatedAt, r.forSince, r.entries = now, now, now, now, now, 1
	r.own = by.Kind == actor.Contact && by.Contact.UUID == r.For.ID
	if err := tx.InsertAll(ctx, requestsInto, [][]any{append([]any{by.Workspace}, r.values()...)}); err != nil {
		return err
	}
	if err := tx.InsertAll(ctx, wordsInto, r.wordRows(by.Workspace)); err != nil {
		return err
	}
	if err := tx.InsertAll(ctx, partiesInto, r.parties(by)); err != nil {
		return err
	}
	first := Entry{ID: id.NewEntry(), N: 1, Kind: Comment, Author: r.Author, Source: r.Source, At: now, Text: text}
	if err := tx.InsertAll(ctx, entriesInto, [][]any{first.row(by.Workspace, r.ID)}); err != nil {
		return err
	}
	if err := attach(ctx, tx, by, first.ID, files); err != nil {
		return err
	}
	if by.Contact.UUID != r.For.ID { // somebody else made it for them: they watch it from now on
		if err := tell(ctx, tx, by, *r, notice.Event{Kind: notice.RequestWatching}, id.Contact{UUID: r.For.ID}); err != nil {
			return err
		}
	}
	return journal.Record(ctx, tx, by, r.line("request.created", journal.Change{Field: "request_kind", After: string(r.Kind)}))
}

const (
	requestsInto = `request (workspace_id, ` + columns + `)`
	wordsInto    = `request_word (workspace_id, number, word, organization_id)`
	partiesInto  = `request_party (workspace_id, contact_id, number, request_id, own, watching)`
)

func (r *Request) wordRows(workspace id.Workspace) (rows [][]any) {
	for _, w := range name.Words(r.Subject) {
		rows = append(rows, []any{workspace, r.Number, w, r.Organization})
	}
	return rows
}

// parties are whom it is for, and the contact that asked for them.
func (r *Request) parties(by actor.Actor) [][]any {
	rows := [][]any{{by.Workspace, r.For.ID, r.Number, r.ID, true, true}}
	if r.Author.Kind == actor.Contact && r.Author.ID != r.For.ID {
		rows = append(rows, []any{by.Workspace, r.Author.ID, r.Number, r.ID, false, true})
	}
	return rows
}

// line is an act of the history; it never holds words of the request.
func (r *Request) line(kind string, changes ...journal.Change) journal.Entry {
	return journal.Entry{Kind: kind, Subject: r.journaled(), Organization: r.Organization, Changes: changes}
}
