package notice

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// spread is the job that tells an event to whom it concerns.
type spread struct {
	Workspace id.Workspace
	Event     id.UUID
}

// Kind implements job.Args.
func (spread) Kind() string { return "notice.spread" }

// chunk is how many people one transaction tells.
const chunk = 128

// topic is what is notified when somebody's bell has changed in this process.
const topic = "notice"

// event is one as kept.
type event struct {
	id       id.UUID
	author   id.Contact
	leaders  bool
	contacts []byte
	letters  bool
	Event
}

// eventOf reads an event; one that was told is a fault.NotFound.
func eventOf(ctx context.Context, tx *sqldb.Tx, s spread) (event, error) {
	return sqldb.One(ctx, tx, func(row sqldb.Scanner) (e event, err error) {
		return e, row.Scan(&e.id, &e.Kind, &e.Detail, &e.Subject.Kind, &e.Subject.ID, &e.Organization, &e.author, &e.leaders, &e.contacts, &e.letters)
	}, `SELECT id, kind, detail, subject_kind, subject_id, organization_id, author_id, leaders, contacts, letters FROM notice_event WHERE workspace_id = $1 AND id = $2`,
		s.Workspace, s.Event)
}

// spread tells everybody, some at a time, and then removes the event. Taken up again after an accident it tells whoever was
// not told yet: a contact has one notice of an event at the most, and its letter stands in the same transaction.
func (d *Desk) spread(ctx context.Context, db *sqldb.DB, s spread) error {
	var e event
	var to []id.Contact
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
		if e, err = eventOf(ctx, tx, s); err != nil {
			return err
		}
		to, err = d.audience(ctx, tx, s.Workspace, e)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for part := range slices.Chunk(to, chunk) {
		if err := db.Update(ctx, func(tx *sqldb.Tx) error { return d.tell(ctx, tx, s.Workspace, e, part) }); err != nil {
			return err
		}
	}
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := job.Finish(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM notice_event WHERE workspace_id = $1 AND id = $2`, s.Workspace, s.Event)
		return err
	})
}

// audience lists whom the event is for, each once, without its author.
func (d *Desk) audience(ctx context.Context, tx *sqldb.Tx, in id.Workspace, e event) ([]id.Contact, error) {
	to := unpack(e.contacts)
	if e.leaders {
		leaders, err := d.o.Leaders(ctx, tx, in, e.Organization)
		if err != nil {
			return nil, err
		}
		to = append(to, leaders...)
	}
	known := map[id.Contact]bool{e.author: true}
	return slices.DeleteFunc(to, func(c id.Contact) bool {
		twice := known[c]
		known[c] = true
		return twice
	}), nil
}

// tell writes the notices of some people, with their letters.
func (d *Desk) tell(ctx context.Context, tx *sqldb.Tx, in id.Workspace, e event, to []id.Contact) error {
	people, err := d.o.People(ctx, tx, in, to)
	if err != nil {
		return err
	}
	preferences, err := preferencesOf(ctx, tx, in, to)
	if err != nil {
		return err
	}
	known, err := told(ctx, tx, in, e, to)
	if err != nil {
		return err
	}
	var rows [][]any
	var letters []mail.New
	var waiting []Person
	for _, c := range to {
		p, want := people[c], preferences[c].wants(e)
		oneself := e.Kind.Leading() && e.Subject.ID == c.UUID
		if known[c] || oneself || !want.bell && !want.mail || p.By.Organization != e.Organization {
			continue
		}
		if ok, err := d.allowed(ctx, tx, p, e.Notice()); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		n := id.NewNotice()
		rows = append(rows, []any{in, n, e.id, c, string(e.Kind), e.Detail, e.Subject.Kind, e.Subject.ID, want.bell, want.daily, tx.Now(), tx.Now()})
		switch {
		case want.daily:
			waiting = append(waiting, p)
		case want.mail:
			letters = append(letters, mail.New{Kind: Letter, Workspace: in, Contact: c, Subject: n.UUID})
		}
	}
	err = tx.InsertAll(ctx, `notice (workspace_id, id, event_id, contact_id, kind, detail, subject_kind, subject_id, bell, digest, created_at, changed_at)`, rows)
	if err != nil {
		return err
	}
	if len(letters) > 0 {
		if _, err := mail.QueueAll(ctx, tx, letters); err != nil {
			return err
		}
	}
	tx.Notify(topic)
	return schedule(ctx, tx, in, waiting, preferences)
}

// told reads who has a notice of the event already. A job is run by one node at a time; should two run it after all, the
// unique rule ends the later one's transaction, and its retry finds everything done.
func told(ctx context.Context, tx *sqldb.Tx, in id.Workspace, e event, to []id.Contact) (map[id.Contact]bool, error) {
	clause, args := sqldb.In(tx, []any{in, e.id}, to)
	list, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT contact_id FROM notice WHERE workspace_id = $1 AND event_id = $2 AND contact_id `+clause, args...)
	known := make(map[id.Contact]bool, len(list))
	for _, c := range list {
		known[c] = true
	}
	return known, err
}

// Notice is the event as one is told of it.
func (e event) Notice() Notice {
	return Notice{Kind: e.Kind, Detail: e.Detail, Subject: e.Subject}
}

// allowed reports whether the person may be told now: the gates are open, and they may see the subject.
func (d *Desk) allowed(ctx context.Context, tx *sqldb.Tx, p Person, n Notice) (bool, error) {
	list, err := d.shown(ctx, tx, p, []Notice{n})
	return len(list) == 1, err
}

// shown are those of the notices that the person may be told of now, with their sights.
func (d *Desk) shown(ctx context.Context, tx *sqldb.Tx, p Person, list []Notice) ([]Notice, error) {
	if !p.Open {
		return nil, nil
	}
	return d.visible(ctx, tx, p.By, list)
}

// Register has a runner tell what is queued, write the letters of the day, and remove what is past its time.
func (d *Desk) Register(r *job.Runner, c Clockwork) {
	job.Register(r, r.Half(), d.spread)
	r.Every("notice.digest", c.Digest, d.digest)
	r.Every("notice.sweep", c.Sweep, d.sweep)
}
