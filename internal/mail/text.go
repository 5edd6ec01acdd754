package mail

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// The longest subject and body of a template, in characters.
const (
	MaxSubject = 150
	MaxBody    = 10_000
)

// Text is the wording of a kind in a language, as a workspace uses it.
type Text struct {
	Kind     string
	Language locale.Language
	Own      bool   // the workspace's; else Entregent's, which nobody edits
	Enabled  bool   // the workspace's is in use
	Subject  string // templates, with variables by the names that the language has for them
	Body     string
	Version  int64 // 0 when there is none of the workspace
}

// TextInput is what an admin typed.
type TextInput struct {
	Enabled bool
	Subject string
	Body    string
	Version int64 // that the person saw; 0 when there was none
}

// Kinds are those that a workspace may word itself, in the order in which the rooms have them.
func (p *Post) Kinds() (list []Kind) {
	for _, name := range p.order {
		if k := p.kinds[name]; k.Own {
			list = append(list, k)
		}
	}
	return list
}

// own finds a kind that a workspace may word, or is a fault.NotFound.
func (p *Post) own(kind string) (Kind, error) {
	if k, ok := p.kinds[kind]; ok && k.Own {
		return k, nil
	}
	return Kind{}, fault.Missing()
}

// textOf reads a workspace's own text as it is kept, or is a fault.NotFound.
func textOf(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, kind string, language locale.Language) (Text, error) {
	return sqldb.One(ctx, tx, func(row sqldb.Scanner) (Text, error) {
		t := Text{Kind: kind, Language: language, Own: true}
		return t, row.Scan(&t.Enabled, &t.Subject, &t.Body, &t.Version)
	}, `SELECT enabled, subject, body, version FROM letter_text WHERE workspace_id = $1 AND kind = $2 AND locale = $3`, workspace, kind, string(language))
}

// Text reads how the caller's workspace words a kind: its own text if it has one, else Entregent's. The printer has the
// language and the workspace's nouns. Permission: EditLetters.
func (p *Post) Text(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, printer *locale.Printer) (Text, error) {
	if err := by.Need(actor.EditLetters); err != nil {
		return Text{}, err
	}
	k, err := p.own(kind)
	if err != nil {
		return Text{}, err
	}
	return k.text(ctx, tx, by.Workspace, printer)
}

// text reads the workspace's own text, or ours. One that this version cannot read stays as it is kept: saving it says
// what is wrong with it.
func (k Kind) text(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, p *locale.Printer) (Text, error) {
	t, err := textOf(ctx, tx, workspace, k.Name, p.Language())
	var w wording
	switch {
	case err == nil:
		if w.subject, w.body, err = k.read(t.Subject, t.Body); err != nil {
			return t, nil
		}
	case fault.Is(err, fault.NotFound):
		t = Text{Kind: k.Name, Language: p.Language()}
		if w.subject, w.body, err = k.standard(p); err != nil {
			return t, err
		}
	default:
		return t, err
	}
	t.Subject, t.Body = w.written(p)
	return t, nil
}

// written is the text with the names that the printer's language has for variables.
func (w wording) written(p *locale.Printer) (subject, body string) {
	named := func(variable string) string { return p.Text("mail.variable." + variable) }
	return w.subject.Written(named), w.body.Written(named)
}

// parse reads what was typed; everything that is wrong with it comes back by field.
func (in TextInput) parse(k Kind) (w wording, err error) {
	var faults fault.Fields
	w.subject, err = k.names.Parse(strings.Join(strings.Fields(in.Subject), " "), MaxSubject)
	if err == nil && w.subject.IsEmpty() {
		err = fault.M("fault.required")
	}
	faults.Add("subject", err)
	w.body, err = k.names.Parse(in.Body, MaxBody)
	if err == nil && w.body.IsEmpty() {
		err = fault.M("fault.required")
	}
	faults.Add("body", err)
	return w, faults.Err()
}

// SaveText keeps the workspace's own wording of a kind. All that is wrong with it comes back at once, by field. A
// version that is no longer the current one is a fault.Conflict «fault.version» that comes with the current text, and
// nothing is overwritten; but what is there already as wanted is confirmed. Permission: EditLetters.
func (p *Post) SaveText(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, printer *locale.Printer, in TextInput) (Text, error) {
	k, before, err := p.hold(ctx, tx, by, kind, printer)
	if err != nil {
		return before, err
	}
	w, err := in.parse(k)
	if err != nil {
		return before, err
	}
	after := Text{Kind: k.Name, Language: printer.Language(), Own: true, Enabled: in.Enabled, Version: before.Version}
	after.Subject, after.Body = w.written(printer)
	if after == before {
		_, err := tx.Exec(ctx, `UPDATE letter_text SET version = version WHERE workspace_id = $1 AND kind = $2 AND locale = $3`, by.Workspace, k.Name, string(after.Language))
		return before, err
	}
	if before.Version != in.Version {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	after.Version = int64(tx.Now()) // a text that is made anew has another one than the text that was removed
	_, err = tx.Exec(ctx, `INSERT INTO letter_text (workspace_id, kind, locale, enabled, subject, body, version, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (workspace_id, kind, locale) DO UPDATE SET enabled = excluded.enabled, subject = excluded.subject, body = excluded.body,
		version = excluded.version, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
		by.Workspace, k.Name, string(after.Language), after.Enabled, w.subject.String(), w.body.String(), after.Version, tx.Now(), by.Login)
	if err != nil {
		return before, err
	}
	return after, tell(ctx, tx, by, "letter_text.edited", before, after)
}

// DropText goes back to Entregent's own wording, for good. Where there is none of the workspace this is confirmed. A
// version that is no longer the current one is a fault.Conflict. Permission: EditLetters.
func (p *Post) DropText(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, printer *locale.Printer, version int64) error {
	k, before, err := p.hold(ctx, tx, by, kind, printer)
	if err != nil {
		return err
	}
	if before.Own && before.Version != version {
		return fault.New(fault.Conflict, "fault.version")
	}
	n, err := tx.Exec(ctx, `DELETE FROM letter_text WHERE workspace_id = $1 AND kind = $2 AND locale = $3`, by.Workspace, k.Name, string(before.Language))
	if err != nil || n == 0 {
		return err
	}
	return tell(ctx, tx, by, "letter_text.removed", before, Text{Kind: k.Name, Language: before.Language})
}

// hold reads a text that is to be changed; until the transaction ends nobody else of the workspace changes one.
func (p *Post) hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, printer *locale.Printer) (Kind, Text, error) {
	if err := by.Need(actor.EditLetters); err != nil {
		return Kind{}, Text{}, err
	}
	k, err := p.own(kind)
	if err != nil {
		return k, Text{}, err
	}
	if err := tx.Lock(ctx, "workspace", "id = $1", by.Workspace); err != nil {
		return k, Text{}, err
	}
	t, err := k.text(ctx, tx, by.Workspace, printer)
	return k, t, err
}

// tell writes the line of the history: which letter, in which language, what became of its text.
func tell(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, before, after Text) error {
	var changes []journal.Change
	add := func(field, b, a string) {
		if b != a {
			changes = append(changes, journal.Change{Field: field, Before: b, After: a})
		}
	}
	add("enabled", yes(before.Enabled), yes(after.Enabled))
	add("subject", before.Subject, after.Subject)
	add("body", before.Body, after.Body)
	return journal.Record(ctx, tx, by, journal.Entry{
		Kind: kind, Changes: changes,
		Subject: journal.Subject{Kind: "letter_text", ID: by.Workspace.UUID(), Number: after.Kind + "." + string(after.Language)},
	})
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// Sample queues a letter of the kind, with invented facts and from the text that was saved last, to the caller's own
// address. Permission: EditLetters.
func (p *Post) Sample(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, language locale.Language) (id.Letter, error) {
	if err := by.Need(actor.EditLetters); err != nil {
		return id.Letter{}, err
	}
	k, err := p.own(kind)
	if err != nil {
		return id.Letter{}, err
	}
	return Queue(ctx, tx, New{Kind: k.Name, Workspace: by.Workspace, Login: by.Login, Language: language})
}

// Preview writes a letter of the kind with invented facts from what somebody is typing; nothing is kept. All that is
// wrong with it comes back by field. From is the workspace's name. Permission: EditLetters.
func (p *Post) Preview(by actor.Actor, kind string, printer *locale.Printer, from string, now sqldb.Time, in TextInput) (Content, error) {
	if err := by.Need(actor.EditLetters); err != nil {
		return Content{}, err
	}
	k, err := p.own(kind)
	if err != nil {
		return Content{}, err
	}
	w, err := in.parse(k)
	if err != nil {
		return Content{}, err
	}
	return p.content(k, p.invented(k, Facts{P: printer, From: from}, now), w), nil
}
