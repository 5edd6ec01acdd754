package history

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// exportedLine is a line of the history as a program reads it. Its form is a promise.
type exportedLine struct {
	ID           id.Line          `json:"id"`
	At           time.Time        `json:"at"`
	Kind         string           `json:"kind"`
	Actor        exportedActor    `json:"actor"`
	Subject      exportedSubject  `json:"subject"`
	Organization string           `json:"organization,omitempty"`
	Fields       []string         `json:"fields,omitempty"`
	Changes      []exportedChange `json:"changes,omitempty"`
	Comment      string           `json:"comment,omitempty"`
	Erased       bool             `json:"erased,omitempty"` // there were values; they went with the subject
	Sealed       bool             `json:"sealed"`
}

type exportedActor struct {
	Kind actor.Kind `json:"kind"`
	ID   string     `json:"id,omitempty"`
	Name string     `json:"name,omitempty"`
}

type exportedSubject struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Number string `json:"number,omitempty"`
}

type exportedChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// exportChunk is how many lines are read in one transaction.
const exportChunk = 500

// exportJournal streams the history that the address asks for, newest first, a line of JSON each: the workspace's, or
// that of the organisation or contact which it names. It is read in chunks, each in a transaction of its own, so that a
// long export holds nobody up; then the history says that it was taken along, also when not all could be. Whoever asks
// for it types their password, unless they did a short while ago.
func exportJournal(r *web.Request) error {
	about, f, err := exportedHistory(r)
	if err != nil {
		return err
	}
	return staff.Exit.Whole(r, func() error { return downloadJournal(r, about, f) })
}

func downloadJournal(r *web.Request, about historyOf, f journal.Filter) error {
	name := r.Workspace.Slug + "-journal-" + r.Now.In(r.P.Zone()).Format(time.DateOnly) + ".jsonl"
	return r.Download(name, "application/jsonl; charset=utf-8", func(w io.Writer) error {
		n, err := writeJournal(r, f, w)
		ctx := context.WithoutCancel(r.Context())
		told := r.Site().DB.Update(ctx, func(tx *sqldb.Tx) error {
			return journal.Exported(ctx, tx, r.By, about.Subject, about.organization, n)
		})
		return cmp.Or(err, told)
	})
}

// historyOf is whose history it is: the workspace's, an organisation's or a contact's.
type historyOf struct {
	journal.Subject
	organization id.Organization // whose history shows what is done with it
}

// exportedHistory reads off the address whose history is wanted, and the filter; what the workspace does not have is a
// fault.NotFound.
func exportedHistory(r *web.Request) (about historyOf, f journal.Filter, err error) {
	f, about.Subject = staff.HistoryFilter(r), workspaceSubject(r)
	q := r.URL.Query()
	err = r.View(func(tx *sqldb.Tx) error {
		if q.Has("contact") {
			c, err := contact.Get(r.Context(), tx, r.By, id.Contact{UUID: r.QueryID("contact")})
			about, f.Subject = historyOf{c.Subject(), c.Organization}, c.ID.UUID
			return err
		}
		if q.Has("organization") {
			o, err := organization.Get(r.Context(), tx, r.By, id.Organization{UUID: r.QueryID("organization")})
			about, f.Organization = historyOf{o.Subject(), o.ID}, o.ID
			return err
		}
		return nil
	})
	return about, f, err
}

// writeJournal writes the lines, and gives how many could be.
func writeJournal(r *web.Request, f journal.Filter, w io.Writer) (n int, err error) {
	out := json.NewEncoder(w)
	f.Size = exportChunk
	err = sqldb.EachChunk(r.Context(), r.Site().DB, func(tx *sqldb.Tx) ([]exportedLine, bool, error) {
		page, err := journal.Find(r.Context(), tx, r.By, f)
		if err != nil {
			return nil, false, err
		}
		names, err := actorNames(r, tx, page.Lines)
		lines := make([]exportedLine, len(page.Lines))
		for i, l := range page.Lines {
			lines[i] = exported(l, names[l.Actor])
		}
		f.Before = page.Next
		return lines, !page.Next.IsZero(), err
	}, func(l exportedLine) error {
		err := out.Encode(l)
		if err == nil {
			n++
		}
		return err
	})
	return n, err
}

// actorNames tells what those are called who did what the lines say, as far as they are still there.
func actorNames(r *web.Request, tx *sqldb.Tx, lines []journal.Line) (map[id.UUID]string, error) {
	var people []id.Login
	var contacts []id.Contact
	var tokens []id.Token
	for _, l := range lines {
		switch l.ActorKind {
		case actor.Contact:
			contacts = append(contacts, id.Contact{UUID: l.Actor})
		case actor.API:
			tokens = append(tokens, id.Token{UUID: l.Actor})
		default:
			people = append(people, id.Login{UUID: l.Actor})
		}
	}
	logins, err := login.Names(r.Context(), tx, people)
	if err != nil {
		return nil, err
	}
	rows, err := contact.Rows(r.Context(), tx, r.By, contacts)
	if err != nil {
		return nil, err
	}
	programs, err := token.Names(r.Context(), tx, r.By.Workspace, tokens)
	if err != nil {
		return nil, err
	}
	names := make(map[id.UUID]string, len(logins)+len(rows)+len(programs))
	for program, name := range programs {
		names[program.UUID] = name
	}
	for person, name := range logins {
		names[person.UUID] = name
	}
	for person, row := range rows {
		names[person.UUID] = web.FullName(r.P, row)
	}
	return names, nil
}

func exported(l journal.Line, name string) exportedLine {
	e := exportedLine{
		ID: l.ID, At: l.At.Time(), Kind: l.Kind,
		Actor:        exportedActor{l.ActorKind, l.Actor.String(), name},
		Subject:      exportedSubject{l.Subject.Kind, l.Subject.ID.String(), l.Subject.Number},
		Organization: l.Organization.String(), Fields: l.Fields, Comment: l.Comment, Erased: l.Erased, Sealed: l.Sealed,
	}
	for _, c := range l.Changes {
		e.Changes = append(e.Changes, exportedChange(c))
	}
	return e
}
