package transfer

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// identity is what a row is about, hashed: two rows with one identity are about the same person or organisation. Among a
// million rows two others share one by accident once in some ten million files.
type identity uint64

func newIdentity(kind string, parts ...string) identity {
	sum := sha256.Sum256([]byte(kind + "\x00" + strings.Join(parts, "\x00")))
	return identity(binary.BigEndian.Uint64(sum[:]))
}

// ledger remembers the rows of a file that were taken, so that a later row about the same is known: with the same
// values it changes nothing, with others it is refused. Otherwise the later one would win at each import anew, and the
// same file twice would change something. It takes some 30 bytes a row.
type ledger struct {
	rows  map[identity]entry
	fresh []identity // of the batch that is not committed yet
}

type entry struct {
	row    uint32
	values uint32 // the row's values, hashed
}

func newEntry(h *head) entry { return entry{uint32(h.row.N), uint32(h.values)} }

func newLedger() ledger { return ledger{rows: make(map[identity]entry)} }

// find gives the row that was about the same.
func (l *ledger) find(about []identity) (entry, bool) {
	for _, h := range about {
		if e, ok := l.rows[h]; ok {
			return e, true
		}
	}
	return entry{}, false
}

func (l *ledger) add(about []identity, e entry) {
	for _, h := range about {
		l.rows[h] = e
		l.fresh = append(l.fresh, h)
	}
}

// undo forgets the batch, because its transaction begins again.
func (l *ledger) undo() {
	for _, h := range l.fresh {
		delete(l.rows, h)
	}
	l.fresh = l.fresh[:0]
}

// keep is told that the batch is committed.
func (l *ledger) keep() { l.fresh = l.fresh[:0] }
