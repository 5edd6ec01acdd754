package deposit

import (
	"context"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/deposit/gate"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Desk takes deposits and has them confirmed. It is safe for concurrent use; nodes that share a database share the secret.
type Desk struct {
	gate.Gate
	db    *sqldb.DB
	links secret.Links
}

// Limits holds how much a form takes and how long a deposit waits for its depositor.
type Limits = gate.Limits

// LimitsOf are those that the configuration says.
func LimitsOf(c config.Deposits) Limits { return gate.LimitsOf(c) }

// NewDesk makes a Desk.
func NewDesk(db *sqldb.DB, s *secret.Secret, limits Limits) *Desk {
	return &Desk{gate.New(s, limits), db, s.Links()}
}

// purpose keeps the links of deposits apart from all others.
const purpose = "deposit"

// fileOwner is what the file.Owner of a deposit's file is called, until its offer has it.
const fileOwner = "deposit"

// Submission is the public form as it was posted.
type Submission struct {
	Input
	Consent  bool            // the box was ticked
	Trap     string          // a field that no person sees: whoever fills it in is a program
	Stamp    string          // see gate.Gate.Stamp
	Form     id.UUID         // the form's own number, so that a repeated POST makes nothing twice
	Client   string          // the network address that it came from
	Language locale.Language // of the page
	Files    []file.Received // one at most
}

// Submit takes a deposit in: one row, and a letter to the typed address if that may get one. Where the workspace asks for no
// confirmation it takes effect at once. The answer is nil whatever was there before, and for who was trapped; faults are those of
// the fields (Invalid), of the stamp (Invalid without fields), and of too many (TooMany). A workspace without a form is a
// fault.NotFound.
func (d *Desk) Submit(ctx context.Context, in id.Workspace, s Submission) error {
	return d.retried(ctx, func(tx *sqldb.Tx) error {
		host, form, err := openForm(ctx, tx, in)
		if err != nil {
			return err
		}
		address, err := s.check(host, s.Consent)
		if err != nil {
			return err
		}
		if strings.TrimSpace(s.Trap) != "" {
			return nil
		}
		again, err := tx.Exec(ctx, `UPDATE deposit SET submission = submission WHERE workspace_id = $1 AND submission = $2`, in, s.Form)
		if err != nil || again > 0 {
			return err
		}
		if err := d.Judge(s.Stamp, in, s.Form, tx.Now()); err != nil {
			return err
		}
		if err := d.Count(ctx, tx, in, s.Client); err != nil {
			return err
		}
		return d.take(ctx, tx, host, form, s, address)
	})
}

// TakesFile is a fault.TooMany when no file is taken in from that client address for now; else the file counts, whatever becomes of the
// form that it came with. In a flood most are turned away by a read alone.
func (d *Desk) TakesFile(ctx context.Context, in id.Workspace, client string) error {
	if err := d.db.View(ctx, func(tx *sqldb.Tx) error { return d.Room(ctx, tx, in, client) }); err != nil {
		return err
	}
	return d.db.Update(ctx, func(tx *sqldb.Tx) error { return d.CountFile(ctx, tx, in, client) })
}

// retried runs fn in a transaction, and anew when somebody else was quicker to make the same organisation or contact.
func (d *Desk) retried(ctx context.Context, fn func(tx *sqldb.Tx) error) (err error) {
	for range 4 {
		if err = d.db.Update(ctx, fn); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return err
}

// mostWaiting is how many deposits of one address wait that brought no letter: a new one takes the place of the oldest, so that whoever
// types somebody else's address fills nothing up. Those that a letter leads to stay.
const mostWaiting = 20

// take writes the row, and queues the letter.
func (d *Desk) take(ctx context.Context, tx *sqldb.Tx, host workspace.Workspace, form Form, s Submission, address email.Address) (err error) {
	by, letter := actor.OfProgram(host.ID), false
	if form.Confirmed {
		if letter, err = d.MayWrite(ctx, tx, address); err != nil {
			return err
		}
	}
	dep := Deposit{
		ID: id.NewDeposit(), State: Unconfirmed, Input: s.Input, Consent: form.Consent(locale.For(s.Language, host.OrganizationNoun, host.HostNoun(), host.Zone()), host),
		Language: s.Language, CreatedAt: tx.Now(), EndsAt: tx.Now().Add(d.Limits.Lifetime), address: address.String(),
	}
	var link any
	if letter {
		link = d.links.Digest(purpose, d.links.Token(purpose, dep.ID.UUID))
	}
	err = tx.InsertAll(ctx, `deposit (workspace_id, id, state, typed, email, consent, locale, submission, link_digest, made_organization, made_contact, created_at, ends_at)`, [][]any{{
		host.ID, dep.ID, string(dep.State), dep.text(), dep.address, dep.Consent, string(dep.Language), s.Form, link, false, false, dep.CreatedAt, dep.EndsAt}})
	if err != nil {
		return err
	}
	for _, f := range s.Files[:min(1, len(s.Files))] {
		if _, err := file.Attach(ctx, tx, by, dep.owner(), f); err != nil {
			return err
		}
	}
	switch {
	case !form.Confirmed:
		return d.confirm(ctx, tx, by, form, &dep)
	case !letter:
		return makeRoom(ctx, tx, by, address)
	}
	_, err = mail.Queue(ctx, tx, mail.New{Kind: LetterConfirmation, Workspace: host.ID, Subject: dep.ID.UUID, Language: dep.Language})
	return err
}

// makeRoom takes away the oldest of the deposits of an address that brought no letter and are more than may wait.
func makeRoom(ctx context.Context, tx *sqldb.Tx, by actor.Actor, address email.Address) error {
	over, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND email = $2 AND state = 'unconfirmed' AND link_digest IS NULL
		ORDER BY id DESC LIMIT 10 OFFSET `+strconv.Itoa(mostWaiting), by.Workspace, address)
	for i := range over {
		if err == nil {
			err = over[i].remove(ctx, tx, by)
		}
	}
	return err
}

// owner is whose the deposit's file is.
func (d *Deposit) owner() file.Owner { return file.Owner{Kind: fileOwner, ID: d.ID.UUID} }
