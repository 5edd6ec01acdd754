// Package mail sends letters: e-mails that the program writes to one person because of one act.
//
// A letter is queued in the transaction of its act, as what it is about and to whom, never as text. A job reads
// everything anew when its turn comes, writes the letter and hands it to the mail server: so no address, link or code
// stands in the queue, what has become void is not sent, and a second try sends the same letter. The package
// knows no room: how a letter is addressed and what it says is told by its Kind.
//
// # Adding a kind
//
//  1. Write its texts into the catalogue: mail.(kind).subject, mail.(kind).body, mail.(kind).button where it has a
//     link, and mail.kind.(kind), what staff call it. Bodies are templates (see package prose), with variables that
//     mail.variable.(name) names in words.
//  2. In the room that it comes from, make a Kind whose Facts read who gets it and what its variables are, and Queue
//     it in the verb that causes it.
//  3. Hand the Kind to Post.Add in package app.
package mail

import (
	"context"
	"database/sql"
	"errors"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// State is how far a letter has come.
type State string

// The states. All but Queued are final.
const (
	Queued    State = "queued"    // not yet taken by the mail server
	Sent      State = "sent"      // the mail server took it
	Refused   State = "refused"   // the mail server said no for good, or too often; Reason says why
	Withdrawn State = "withdrawn" // what it was about was void before it was sent
)

// Letter is one letter as kept.
type Letter struct {
	ID        id.Letter
	Workspace id.Workspace // 0: the installation's own
	Kind      string
	Contact   id.Contact // to whom, or Login
	Login     id.Login
	Subject   id.UUID         // what it carries: the invitation, the one-time link; zero = nothing
	Language  locale.Language // "" = the person's
	State     State
	Attempts  int
	Reason    string // why the last try failed; see Why
	CreatedAt sqldb.Time
	ChangedAt sqldb.Time
}

// New is a letter to be queued.
type New struct {
	Kind      string
	Workspace id.Workspace // 0: the installation's own
	Contact   id.Contact   // to whom, or Login
	Login     id.Login
	Subject   id.UUID
	Language  locale.Language // "" = the person's

	Submission id.UUID // the form's own number, see QueuedBy; zero = none
}

// ErrWithdrawn is what a Kind's Facts return when there is nothing to be sent any more: the invitation is void, the
// contact is gone.
var ErrWithdrawn = errors.New("mail: withdrawn")

// Queue adds a letter in the caller's transaction: it is sent if and only if that commits. The caller has checked the
// permission.
func Queue(ctx context.Context, tx *sqldb.Tx, n New) (id.Letter, error) {
	ids, err := QueueAll(ctx, tx, []New{n})
	if err != nil {
		return id.Letter{}, err
	}
	return ids[0], nil
}

// QueueAll adds many letters as Queue does, by few statements, and gives their identifiers in the same order.
func QueueAll(ctx context.Context, tx *sqldb.Tx, all []New) ([]id.Letter, error) {
	ids, rows, jobs := make([]id.Letter, len(all)), make([][]any, len(all)), make([]send, len(all))
	for i, n := range all {
		ids[i] = id.NewLetter()
		jobs[i] = send{ids[i]}
		rows[i] = []any{ids[i], orNull(n.Workspace), n.Kind, n.Contact, n.Login, n.Subject, string(n.Language), string(Queued), 0, "", tx.Now(), tx.Now(), n.Submission}
	}
	err := tx.InsertAll(ctx, `letter (id, workspace_id, kind, contact_id, login_id, subject_id, locale, state, attempts, reason, created_at, changed_at, submission)`, rows)
	if err != nil {
		return nil, err
	}
	return ids, job.EnqueueAll(ctx, tx, jobs, job.Opts{})
}

// Form is a form as it was posted: by its own number, and about whom. One without a number has done nothing before.
type Form struct {
	Contact    id.Contact
	Submission id.UUID
}

// QueuedBy tells of each form how many letters it has queued already, one at most, and confirms it by a write.
func QueuedBy(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, forms ...Form) ([]int64, error) {
	rows := make([][]any, len(forms))
	for i, f := range forms {
		rows[i] = []any{workspace, f.Submission, f.Contact}
	}
	return tx.ExecEach(ctx, `UPDATE letter SET submission = submission WHERE workspace_id = $1 AND submission = $2 AND contact_id = $3`, rows)
}

// orNull keeps the installation's own letters out of every workspace.
func orNull(w id.Workspace) any {
	if w == 0 {
		return nil
	}
	return w
}

// send is the job that sends a letter.
type send struct{ Letter id.Letter }

// Kind implements job.Args.
func (send) Kind() string { return "mail.send" }

// GivenUp notes that no further try will be made; the reason of the last one stands in the letter, unless each node that
// tried it ended before it could say one.
func (s send) GivenUp(ctx context.Context, tx *sqldb.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE letter SET state = 'refused', reason = CASE WHEN reason = '' THEN 'mail.reason.internal' ELSE reason END, changed_at = $1
		WHERE id = $2 AND state = 'queued'`, tx.Now(), s.Letter)
	if err != nil || n == 0 {
		return err
	}
	_, err = job.Enqueue(ctx, tx, refused(s), job.Opts{})
	return err
}

// refused is the job that tells a Kind of a letter that will not be delivered.
type refused struct{ Letter id.Letter }

// Kind implements job.Args.
func (refused) Kind() string { return "mail.refused" }

// Withdraw ends letters that have not been sent, because what they are about is void. Those that have been stay as they
// are. The worker finds out by itself (ErrWithdrawn); this is for the page that shows it at once.
func Withdraw(ctx context.Context, tx *sqldb.Tx, letters ...id.Letter) error {
	for _, l := range letters {
		_, err := tx.Exec(ctx, `UPDATE letter SET state = 'withdrawn', reason = '', changed_at = $1 WHERE id = $2 AND state = 'queued'`, tx.Now(), l)
		if err != nil {
			return err
		}
	}
	return nil
}

// Awaited tells which of the logins a letter waits to be sent to.
func Awaited(ctx context.Context, tx *sqldb.Tx, logins []id.Login) ([]id.Login, error) {
	in, args := sqldb.In(tx, nil, logins)
	return sqldb.List(ctx, tx, sqldb.Value[id.Login], `SELECT DISTINCT login_id FROM letter WHERE state = 'queued' AND login_id IS NOT NULL AND login_id `+in, args...)
}

const columns = `id, workspace_id, kind, contact_id, login_id, subject_id, locale, state, attempts, reason, created_at, changed_at`

func scan(row sqldb.Scanner) (l Letter, err error) {
	var workspace sql.NullInt64
	var language, state string
	err = row.Scan(&l.ID, &workspace, &l.Kind, &l.Contact, &l.Login, &l.Subject, &language, &state, &l.Attempts, &l.Reason, &l.CreatedAt, &l.ChangedAt)
	l.Workspace, l.Language, l.State = id.Workspace(workspace.Int64), locale.Language(language), State(state)
	return l, err
}

// get reads a letter of any workspace, for the worker.
func get(ctx context.Context, tx *sqldb.Tx, letter id.Letter) (Letter, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM letter WHERE id = $1`, letter)
}
