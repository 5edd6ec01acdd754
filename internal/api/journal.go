package api

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Line is a line of the history.
type Line struct {
	ID           string    `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d91"`
	At           time.Time `json:"at" example:"2026-03-02T09:30:00Z"`
	Kind         string    `json:"kind" doc:"The noun and what happened to it." example:"contact.created"`
	Actor        LineActor `json:"actor"`
	Subject      About     `json:"subject"`
	Organization string    `json:"organization_id" doc:"Whose history shows the line too; empty if none does." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Fields       []string  `json:"fields" nullable:"false" doc:"The fields that changed." example:"[\"email\"]"`
	Changes      []Change  `json:"changes" nullable:"false" doc:"Their values before and after; none when they went with the subject."`
	Comment      string    `json:"comment"`
	Erased       bool      `json:"erased" doc:"There were values, and they went with the subject."`
	Sealed       bool      `json:"sealed" doc:"Whether the line is in the chain that shows tampering."`
}

// LineActor is who did it.
type LineActor struct {
	Kind string `json:"kind" enum:"staff,contact,program,token" example:"token"`
	ID   string `json:"id" doc:"The login, the contact or the token; empty for the program itself." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d92"`
}

// About is what a line is about.
type About struct {
	Kind   string `json:"kind" example:"contact"`
	ID     string `json:"id" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	Number string `json:"number" doc:"What it is called when it is gone." example:"C-000123"`
}

// Change is one field's value before and after; empty is nothing.
type Change struct {
	Field  string `json:"field" example:"email"`
	Before string `json:"before" example:""`
	After  string `json:"after" example:"marie.durand@corvenne.example"`
}

// Lines is a page of the history, newest first.
type Lines struct {
	Items []Line `json:"items" nullable:"false"`
	Next  string `json:"next" doc:"The cursor of the next page; empty at the end."`
}

func showLine(l journal.Line) Line {
	out := Line{
		ID: l.ID.String(), At: l.At.Time().UTC(), Kind: l.Kind, Actor: LineActor{string(l.ActorKind), l.Actor.String()},
		Subject: About{l.Subject.Kind, l.Subject.ID.String(), l.Subject.Number}, Organization: l.Organization.String(),
		Fields: append([]string{}, l.Fields...), Changes: make([]Change, len(l.Changes)), Comment: l.Comment, Erased: l.Erased, Sealed: l.Sealed,
	}
	for i, c := range l.Changes {
		out.Changes[i] = Change(c)
	}
	return out
}

// Within narrows the history.
type Within struct {
	Organization string `query:"organization" format:"uuid" doc:"Only this organization's history." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Contact      string `query:"contact" format:"uuid" doc:"Only what is about this contact." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	Kind         string `query:"kind" maxLength:"100" doc:"Only lines of this kind." example:"contact.created"`
}

func (a Within) filter() journal.Filter {
	return journal.Filter{Organization: id.Organization{UUID: id.Read(a.Organization)}, Subject: id.Read(a.Contact), Kind: a.Kind}
}

type listJournalInput struct {
	Paged
	Within
}

func listJournal(r *Request, tx *sqldb.Tx, in *listJournalInput) (out Lines, err error) {
	f := in.filter()
	f.Size = in.Limit
	if err := readCursor(in.Cursor, &f.Before); err != nil {
		return out, err
	}
	page, err := journal.Find(r, tx, r.By, f)
	out.Items = make([]Line, len(page.Lines))
	for i, l := range page.Lines {
		out.Items[i] = showLine(l)
	}
	out.Next = cursor(page.Next)
	return out, err
}

// exportChunk is how many lines are read in one transaction.
const exportChunk = 500

type exportJournalInput struct{ Within }

// exportJournal streams the history, newest first, a line of JSON each. It is read in chunks, each in a transaction of its own;
// then the history says that it was taken along, also when not all could be.
func exportJournal(r *Request, in *exportJournalInput) error {
	subject, of, err := r.subject(in.Within)
	if err != nil {
		return err
	}
	r.w.Header().Set("Content-Type", "application/jsonl")
	n, err := r.writeLines(in.filter())
	ctx := context.WithoutCancel(r)
	told := r.face.DB.Update(ctx, func(tx *sqldb.Tx) error { return journal.Exported(ctx, tx, r.By, subject, of, n) })
	return cmp.Or(err, told)
}

// subject is whose history is taken along; what the workspace does not have is a fault.NotFound.
func (r *Request) subject(a Within) (subject journal.Subject, of id.Organization, err error) {
	subject = journal.Subject{Kind: "workspace", ID: r.By.Workspace.UUID()}
	err = r.View(func(tx *sqldb.Tx) error {
		switch {
		case a.Contact != "":
			c, err := contact.Get(r, tx, r.By, id.Contact{UUID: id.Read(a.Contact)})
			subject, of = c.Subject(), c.Organization
			return err
		case a.Organization != "":
			o, err := organization.Get(r, tx, r.By, id.Organization{UUID: id.Read(a.Organization)})
			subject, of = o.Subject(), o.ID
			return err
		}
		return nil
	})
	return subject, of, err
}

// writeLines writes the lines, and gives how many could be.
func (r *Request) writeLines(f journal.Filter) (n int, err error) {
	out := json.NewEncoder(r.call.Flow())
	f.Size = exportChunk
	err = sqldb.EachChunk(r, r.face.DB, func(tx *sqldb.Tx) ([]journal.Line, bool, error) {
		page, err := journal.Find(r, tx, r.By, f)
		f.Before = page.Next
		return page.Lines, !page.Next.IsZero(), err
	}, func(l journal.Line) error {
		err := out.Encode(showLine(l))
		if err == nil {
			n++
		}
		return err
	})
	return n, err
}

type commentInput struct{ Body Comment }

func commentWorkspace(r *Request, tx *sqldb.Tx, in *commentInput) (nothing, error) {
	return nothing{}, journal.AddComment(r, tx, r.By, journal.Subject{Kind: "workspace", ID: r.By.Workspace.UUID()}, id.Organization{}, in.Body.Comment, id.UUID{})
}

// ChangeEvent is something that has changed: what changed, without the values. Whoever wants to know more reads the subject.
type ChangeEvent struct {
	Seq          int64     `json:"seq" doc:"Its place, from 1 without a gap." example:"1042"`
	At           time.Time `json:"at" example:"2026-03-02T09:30:00Z"`
	Kind         string    `json:"kind" doc:"The noun and what happened to it." example:"contact.edited"`
	Actor        LineActor `json:"actor"`
	Subject      About     `json:"subject"`
	Organization string    `json:"organization_id" doc:"Empty if it is about none." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Fields       []string  `json:"fields" nullable:"false" doc:"The fields that changed." example:"[\"email\"]"`
}

// Changes is what has changed behind a place, oldest first.
type Changes struct {
	Items  []ChangeEvent `json:"items" nullable:"false"`
	Next   int64         `json:"next" doc:"Ask again with after=next, now or later; nothing is missed." example:"1042"`
	Latest int64         `json:"latest" doc:"The place of the newest one: where to begin after everything was read." example:"1042"`
}

type listChangesInput struct {
	After int64 `query:"after" minimum:"0" doc:"The place behind which to go on; 0 is the beginning." example:"0"`
	Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most." example:"100"`
}

func listChanges(r *Request, tx *sqldb.Tx, in *listChangesInput) (out Changes, err error) {
	events, err := journal.Since(r, tx, r.By, in.After, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next, out.Items = in.After, make([]ChangeEvent, len(events))
	for i, e := range events {
		out.Items[i] = ChangeEvent{
			e.Seq, e.At.Time().UTC(), e.Kind, LineActor{string(e.ActorKind), e.Actor.String()},
			About{e.Subject.Kind, e.Subject.ID.String(), e.Subject.Number}, e.Organization.String(), append([]string{}, e.Fields...),
		}
		out.Next = e.Seq
	}
	out.Latest, err = journal.Latest(r, tx, r.By)
	return out, err
}
