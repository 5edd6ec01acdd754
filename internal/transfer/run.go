package transfer

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/sheet"
	"github.com/entregent/entregent/internal/workspace"
)

// importer takes the rows of one file, a batch a transaction. What the rows are is an intake's.
type importer struct {
	db     *sqldb.DB
	by     actor.Actor
	noun   Noun
	once   id.UUID // what names this run
	o      Options
	s      Settings
	dry    bool
	host   workspace.Workspace
	l      layout
	in     intake
	ledger ledger
	size   int  // rows of the next batch
	single bool // add new rows one by one
	total  Counts
	permit permit
	from   int // rows up to this one were taken care of before a restart,
	lost   map[int]bool
}

// intake is one noun's way from rows to verbs.
type intake interface {
	parse(row sheet.Row) item                                   // without the database
	look(ctx context.Context, tx *sqldb.Tx, items []item) error // look up at once what all the rows need
	add(ctx context.Context, tx *sqldb.Tx) error                // add at once what the rows taken since look add
}

// item is one row, understood. take judges it against the database and, unless the import is dry, calls the verbs; what
// is new may wait for the intake's add. Faults mean that nothing was done; an error that is a fault.Error comes from a
// verb and may have left half of it.
type item interface {
	common() *head
	take(ctx context.Context, tx *sqldb.Tx) (outcome, []Fault, error)
}

// head is what every item has.
type head struct {
	row    sheet.Row
	faults []Fault    // seen without the database
	about  []identity // see ledger
	values identity
}

func (h *head) common() *head { return h }

type outcome uint8

const (
	unchanged outcome = iota
	changed
	added
	addedWithPlace // a contact, and its organisation
)

// How long a batch may keep others from writing, and how many rows it may have. The size follows the time that the
// last one took.
const (
	batchTime  = 100 * time.Millisecond
	batchFirst = 100
	batchLeast = 10
	batchMost  = 1000
)

// newImporter reads what all rows need. Permission: Import.
func newImporter(ctx context.Context, db *sqldb.DB, by actor.Actor, s Settings, noun Noun, o Options, dry bool) (*importer, error) {
	if err := by.Need(actor.Import); err != nil {
		return nil, err
	}
	m := &importer{db: db, by: by, noun: noun, once: id.NewJob().UUID, o: o, s: s, dry: dry, ledger: newLedger(), size: batchFirst}
	return m, db.View(ctx, func(tx *sqldb.Tx) (err error) {
		m.host, err = workspace.Get(ctx, tx, by.Workspace)
		return err
	})
}

// open reads the header of the file.
func (m *importer) open(f sheet.File) (*sheet.Reader, error) {
	r, l, err := openFile(f, m.s, m.noun)
	if err != nil {
		return nil, err
	}
	m.l = l
	places := newPlaces(m)
	if m.noun == Contacts {
		m.in = &people{importer: m, places: places, claimed: make(map[string][]id.Contact)}
	} else {
		m.in = &bodies{importer: m, places: places}
	}
	return r, nil
}

func openFile(f sheet.File, s Settings, noun Noun) (*sheet.Reader, layout, error) {
	r, err := sheet.Open(f, s.limits(), func(name string) bool { _, ok := understood(noun, name); return ok })
	if err != nil {
		return nil, layout{}, err
	}
	l, err := readLayout(noun, r.Header)
	return r, l, err
}

// batch is what one transaction takes.
type batch struct {
	items    []item
	spoilt   map[int][]Fault // rows that a verb refused when the batch was tried before
	failures map[int]int     // how often a row, or at -1 the batch, met somebody who was quicker
	counts   Counts
	refusals []Refusal
	last     int // its last row
	took     time.Duration
	at       sheetProgress
}

type sheetProgress struct{ read, size int64 }

// keeper is told of each batch in its transaction: hold before, save after. An error undoes the batch.
type keeper interface {
	hold(ctx context.Context, tx *sqldb.Tx) error
	save(ctx context.Context, tx *sqldb.Tx, b *batch) error
}

// run takes all rows of the file; told is called after each batch. When ctx ends, or told fails, it stops between two
// batches. A file without rows is a fault.Invalid.
func (m *importer) run(ctx context.Context, r *sheet.Reader, k keeper, told func(*batch) error) error {
	rows := 0
	for {
		b, err := m.read(r)
		if err != nil {
			return err
		}
		if rows += len(b.items); len(b.items) == 0 {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.settle(ctx, b, k); err != nil {
			return err
		}
		m.ledger.keep()
		m.total = m.total.plus(b.counts)
		m.adapt(b)
		if err := told(b); err != nil {
			return err
		}
	}
	if rows == 0 && m.from == 0 {
		return fault.New(fault.Invalid, "transfer.file_header_only")
	}
	return nil
}

// read parses the next rows; none at the end.
func (m *importer) read(r *sheet.Reader) (*batch, error) {
	b := &batch{spoilt: make(map[int][]Fault), failures: make(map[int]int)}
	for len(b.items) < m.size {
		row, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		it := m.in.parse(row)
		if row.N <= m.from {
			m.remember(it.common())
			continue
		}
		m.crowded(it.common())
		b.items, b.last = append(b.items, it), row.N
	}
	b.at.read, b.at.size = r.Progress()
	return b, nil
}

// crowded refuses a row with cells beyond the header's: a separator stands in a value, and all is out of place.
func (m *importer) crowded(h *head) {
	if len(h.row.Cells) > len(m.l.header) {
		h.faults = append(h.faults, newFault(sheet.Letters(len(m.l.header)), fault.M("transfer.too_many_cells", "Count", len(m.l.header))))
	}
}

// remember notes in the ledger a row that was taken before a restart.
func (m *importer) remember(h *head) {
	if _, known := m.ledger.find(h.about); !known && len(h.faults) == 0 && !m.lost[h.row.N] {
		m.ledger.add(h.about, newEntry(h))
	}
	m.ledger.keep()
}

// errAgain has a batch run again, in a fresh transaction.
var errAgain = errors.New("transfer: once more")

// settle takes the batch, trying until it is through.
func (m *importer) settle(ctx context.Context, b *batch, k keeper) (err error) {
	ctx = login.WithClient(ctx, login.Client{}) // for the permit
	m.permit.begin()
	defer func() {
		if undone := m.handBack(context.WithoutCancel(ctx)); err == nil {
			err = undone
		}
	}()
	for {
		if m.dry {
			err = m.db.View(ctx, func(tx *sqldb.Tx) error { return m.work(ctx, tx, b) })
			if err == nil && k != nil {
				err = m.db.Update(ctx, func(tx *sqldb.Tx) error { return k.save(ctx, tx, b) })
			}
		} else {
			err = m.db.Update(ctx, func(tx *sqldb.Tx) error { return m.write(ctx, tx, b, k) })
		}
		if !errors.Is(err, errAgain) {
			return err
		}
		if err := m.ask(ctx); err != nil {
			return err
		}
	}
}

func (m *importer) write(ctx context.Context, tx *sqldb.Tx, b *batch, k keeper) error {
	if k != nil {
		if err := k.hold(ctx, tx); err != nil {
			return err
		}
	}
	if err := m.work(ctx, tx, b); err != nil || k == nil {
		return err
	}
	return k.save(ctx, tx, b)
}

// work takes the rows of the batch. It may run more than once, and begins anew each time.
func (m *importer) work(ctx context.Context, tx *sqldb.Tx, b *batch) error {
	start := m.db.Now()
	m.ledger.undo()
	b.counts, b.refusals = Counts{}, nil
	m.single = b.failures[-1] > 1
	if err := m.in.look(ctx, tx, b.items); err != nil {
		return err
	}
	for i, it := range b.items {
		faults, err := m.one(ctx, tx, b, i, it)
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			b.counts.Refused++
			h := it.common()
			b.refusals = append(b.refusals, Refusal{Row: h.row.N, Faults: faults, Cells: h.row.Cells})
		}
	}
	if err := m.in.add(ctx, tx); err != nil {
		return m.crossed(b, err)
	}
	b.took = m.db.Now().Sub(start)
	return nil
}

// crossed has the batch run again when somebody was quicker with one of its new rows; the second time row by row,
// which tells with which one.
func (m *importer) crossed(b *batch, err error) error {
	if !fault.Is(err, fault.Conflict) || b.failures[-1] > 1 {
		return err
	}
	b.failures[-1]++
	return errAgain
}

// one takes a row, or says why not.
func (m *importer) one(ctx context.Context, tx *sqldb.Tx, b *batch, i int, it item) ([]Fault, error) {
	h := it.common()
	switch {
	case b.spoilt[i] != nil:
		return b.spoilt[i], nil
	case len(h.faults) > 0:
		return h.faults, nil
	}
	if earlier, ok := m.ledger.find(h.about); ok {
		if earlier.values != newEntry(h).values {
			return []Fault{newFault(m.key(), fault.M("transfer.duplicate", "Row", int(earlier.row)))}, nil
		}
		b.counts.Unchanged++
		return nil, nil
	}
	o, faults, err := it.take(ctx, tx)
	if err != nil {
		return nil, m.spoil(b, i, err)
	}
	if len(faults) > 0 {
		return faults, nil
	}
	m.ledger.add(h.about, newEntry(h))
	switch o {
	case addedWithPlace:
		b.counts.New++
		b.counts.Organizations++
	case added:
		b.counts.New++
	case changed:
		b.counts.Changed++
	default:
		b.counts.Unchanged++
	}
	return nil, nil
}

// key is the column that stands for a whole row.
func (m *importer) key() string {
	if m.noun == Contacts {
		return m.l.name("family_name")
	}
	return m.l.name("name")
}

// spoil has the batch run again when a verb refused a row midway: first as it is, since somebody else may have been
// quicker, then with that row refused.
func (m *importer) spoil(b *batch, i int, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	if b.failures[i]++; b.failures[i] == 1 && f.Kind == fault.Conflict {
		return errAgain
	}
	b.spoilt[i] = m.faultsOf(f)
	if contact.TellsOfAccount(err) {
		m.permit.held = false
	}
	return errAgain
}

// adapt sizes the next batch by the time that this one took.
func (m *importer) adapt(b *batch) {
	next := 2 * m.size
	if b.took > 0 {
		next = min(next, int(int64(len(b.items))*int64(batchTime)/int64(b.took)))
	}
	m.size = min(max(next, batchLeast), batchMost)
}
