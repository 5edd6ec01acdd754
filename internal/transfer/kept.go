package transfer

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/sqldb"
)

// State is how far a kept import is.
type State string

// The states. Receiving, checking and importing go on by themselves; checked waits for Start.
const (
	Receiving State = "receiving" // the file is being sent
	Checking  State = "checking"  // the dry run
	Checked   State = "checked"
	Importing State = "importing"
	Done      State = "done"
	Cancelled State = "cancelled"
	Failed    State = "failed" // see Transfer.Failure
)

// Active reports whether the state ends by itself: a page that shows it asks again.
func (s State) Active() bool { return s == Receiving || s == Checking || s == Importing }

// Transfer is a file that is kept, with what has become of it.
type Transfer struct {
	ID             id.Transfer
	Noun           Noun
	State          State
	FileName       string
	FileSize       int64 // bytes
	Options        Options
	Header         []string
	UnknownColumns []string
	Total          int    // rows, known after the dry run; 0 before
	Counts         Counts // of the pass that runs or ran last
	Failure        fault.Message
	StartedBy      id.Login // zero = the program
	CreatedAt      sqldb.Time
	ChangedAt      sqldb.Time

	workspace  id.Workspace
	pass       int
	position   int
	done, size int64
}

// Percent says how far the pass is, 0 to 100.
func (t Transfer) Percent() int {
	switch {
	case !t.State.Active():
		return 100
	case t.size == 0:
		return 0
	}
	return int(min(99, 100*t.done/t.size))
}

const transferColumns = `id, noun, state, pass, file_name, file_size, options, header, unknown, total, position, done, size, counts, failure, started_by, created_at, changed_at`

func scanTransfer(row sqldb.Scanner) (t Transfer, err error) {
	var options, header, unknown, counts, failure string
	err = row.Scan(&t.ID, &t.Noun, &t.State, &t.pass, &t.FileName, &t.FileSize, &options, &header, &unknown, &t.Total, &t.position,
		&t.done, &t.size, &counts, &failure, &t.StartedBy, &t.CreatedAt, &t.ChangedAt)
	if err != nil {
		return t, err
	}
	if failure != "" {
		err = decode(failure, &t.Failure)
	}
	return t, errors.Join(err, decode(options, &t.Options), decode(header, &t.Header), decode(unknown, &t.UnknownColumns), decode(counts, &t.Counts))
}

// Get reads a kept import; fault.NotFound. Permission: Import.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, transfer id.Transfer) (Transfer, error) {
	if err := by.Need(actor.Import); err != nil {
		return Transfer{}, err
	}
	t, err := sqldb.One(ctx, tx, scanTransfer, `SELECT `+transferColumns+` FROM transfer WHERE workspace_id = $1 AND id = $2`, by.Workspace, transfer)
	t.workspace = by.Workspace
	return t, err
}

// Find lists the workspace's kept imports, newest first, fifty at most. Permission: Import.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Transfer, error) {
	if err := by.Need(actor.Import); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scanTransfer, `SELECT `+transferColumns+` FROM transfer WHERE workspace_id = $1 AND state <> 'receiving' ORDER BY id DESC LIMIT 50`, by.Workspace)
}

// Upload is a file that somebody sends.
type Upload struct {
	Noun    Noun
	Name    string // what the file is called
	Options Options
}

// Receive keeps a file and has a job look at it: a dry run, whatever the options. A file that cannot be used at all
// (see sheet.Open, or a header without what is needed) is a fault.Invalid on «file», and nothing is kept.
// It opens transactions of its own, one for each part of the file. Permission: Import.
func Receive(ctx context.Context, db *sqldb.DB, by actor.Actor, s Settings, in Upload, body io.Reader) (Transfer, error) {
	s = s.withDefaults()
	if err := by.Need(actor.Import); err != nil {
		return Transfer{}, err
	}
	if _, ok := ParseNoun(string(in.Noun)); !ok {
		return Transfer{}, fault.OnField(fault.Invalid, "noun", fault.M("fault.choice"))
	}
	t := Transfer{ID: id.NewTransfer(), Noun: in.Noun, FileName: fileName(in.Name), Options: in.Options, workspace: by.Workspace}
	err := t.receive(ctx, db, by, s, body)
	if err == nil {
		err = db.Update(ctx, func(tx *sqldb.Tx) error { return t.received(ctx, tx) })
	}
	if err != nil {
		gone := t.remove(context.WithoutCancel(ctx), db)
		if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
			return Transfer{}, errors.Join(fault.OnField(fault.Invalid, "file", f.Message), gone)
		}
		return Transfer{}, errors.Join(err, gone)
	}
	err = db.View(ctx, func(tx *sqldb.Tx) (err error) { t, err = Get(ctx, tx, by, t.ID); return err })
	return t, err
}

// fileName keeps the last part of a name, in a length that can be shown.
func fileName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	return s
}

// receive writes the file's parts and looks at its header.
func (t *Transfer) receive(ctx context.Context, db *sqldb.DB, by actor.Actor, s Settings, body io.Reader) error {
	if err := db.Update(ctx, func(tx *sqldb.Tx) error { return t.insert(ctx, tx, by) }); err != nil {
		return err
	}
	part, body := make([]byte, chunkBytes), unbroken{body}
	for n := 0; ; n++ {
		size, err := io.ReadFull(body, part)
		if t.FileSize += int64(size); t.FileSize > s.Bytes {
			return fault.New(fault.Invalid, "transfer.file_too_large", "Max", int(s.Bytes>>20))
		}
		if size > 0 {
			if err := db.Update(ctx, func(tx *sqldb.Tx) error { return t.keep(ctx, tx, n, part[:size]) }); err != nil {
				return err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return err
		}
	}
	_, l, err := openFile(t.file(ctx, db), s, t.Noun)
	t.Header, t.UnknownColumns = l.header, l.unknown
	return err
}

// unbroken tells a file that was broken off on its way from one that ends amid a part.
type unbroken struct{ io.Reader }

func (u unbroken) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fault.New(fault.Invalid, "fault.encoding")
	}
	return n, err
}

func (t *Transfer) insert(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	options, err := encode(t.Options)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO transfer (workspace_id, `+transferColumns+`)
		VALUES ($1, $2, $3, 'receiving', 0, $4, 0, $5, '[]', '[]', 0, 0, 0, 0, '{}', '', $6, $7, $8)`,
		by.Workspace, t.ID, string(t.Noun), t.FileName, options, by.Login, tx.Now(), tx.Now())
	return err
}

// received hands the file over to a job.
func (t *Transfer) received(ctx context.Context, tx *sqldb.Tx) error {
	header, err := encode(t.Header)
	if err != nil {
		return err
	}
	unknown, err := encode(append([]string{}, t.UnknownColumns...))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE transfer SET file_size = $1, header = $2, unknown = $3, size = $1 WHERE workspace_id = $4 AND id = $5`,
		t.FileSize, header, unknown, t.workspace, t.ID)
	if err != nil {
		return err
	}
	return t.begin(ctx, tx, Receiving, Checking)
}

// begin goes over to a pass, with everything counted anew, and queues its job. It reports a conflict when the
// transfer is no longer in the state that it was.
func (t *Transfer) begin(ctx context.Context, tx *sqldb.Tx, from, to State) error {
	options, err := encode(t.Options)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE transfer SET state = $1, pass = pass + 1, options = $2, position = 0, done = 0, counts = '{}', failure = '', changed_at = $3
		WHERE workspace_id = $4 AND id = $5 AND state = $6`, string(to), options, tx.Now(), t.workspace, t.ID, string(from))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "transfer.state_passed")
	}
	_, err = job.Enqueue(ctx, tx, pass{t.workspace, t.ID}, job.Opts{})
	return err
}

// Check has the dry run done again with other options. Permission: Import.
func Check(ctx context.Context, tx *sqldb.Tx, by actor.Actor, transfer id.Transfer, o Options) error {
	t, err := Get(ctx, tx, by, transfer)
	if err != nil {
		return err
	}
	t.Options = o
	return t.begin(ctx, tx, Checked, Checking)
}

// Start begins the import that was checked, with the options that it was checked with. Starting it again changes
// nothing; in another state it is a fault.Conflict. Permission: Import.
func Start(ctx context.Context, tx *sqldb.Tx, by actor.Actor, transfer id.Transfer) error {
	t, err := Get(ctx, tx, by, transfer)
	if err != nil {
		return err
	}
	if t.State == Importing || t.State == Done {
		return t.touch(ctx, tx)
	}
	return t.begin(ctx, tx, Checked, Importing)
}

// touch confirms by a write what is so already.
func (t *Transfer) touch(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE transfer SET state = state WHERE workspace_id = $1 AND id = $2`, t.workspace, t.ID)
	return err
}

// Cancel ends a dry run or an import before its next batch; rows that were taken stay. What has ended already stays as
// it is. Permission: Import.
func Cancel(ctx context.Context, tx *sqldb.Tx, by actor.Actor, transfer id.Transfer) error {
	if err := by.Need(actor.Import); err != nil {
		return err
	}
	if err := tx.Lock(ctx, "transfer", "workspace_id = $1 AND id = $2", by.Workspace, transfer); err != nil {
		return err
	}
	t, err := Get(ctx, tx, by, transfer)
	if err != nil {
		return err
	}
	if t.State == Done || t.State == Cancelled || t.State == Failed {
		return t.touch(ctx, tx)
	}
	if _, err := tx.Exec(ctx, `UPDATE transfer SET state = 'cancelled', changed_at = $1 WHERE workspace_id = $2 AND id = $3`, tx.Now(), by.Workspace, transfer); err != nil {
		return err
	}
	if t.State != Importing {
		return nil
	}
	return record(ctx, tx, by, "transfer.cancelled", t.ID, t.Noun, t.Counts)
}
