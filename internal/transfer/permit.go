package transfer

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
)

// permit lets the rows of a batch rename contacts. A refused renaming tells something of other workspaces, so that a
// member of staff has only so many, over all files and the pages together (product.md §3): each batch that renames takes a
// try at the desk before the first one, a refusal uses it up, and what is left is handed back. The desk opens
// transactions of its own and cannot be asked amid a batch: who wants a permit has the batch run again with one. The
// program itself needs none.
type permit struct {
	wanted, held bool
	ended        bool         // the desk said: too many
	had          map[int]bool // rows of the batch that had one and were not refused: they keep it when the batch runs again
}

// renaming is what the desk counts, the same as the office's dialog.
const renaming = "rename"

// mayRename reports whether the row may be renamed; errAgain when that is still to be asked.
func (m *importer) mayRename(row int) (bool, error) {
	p := &m.permit
	switch {
	case m.by.Kind == actor.Program || p.had[row]:
		return true, nil
	case p.held:
		p.had[row] = true
		return true, nil
	case p.ended || m.s.Desk == nil:
		return false, nil
	}
	p.wanted = true
	return false, errAgain
}

// ask takes the permit that a row wants. After the first refusal by the desk nothing more is renamed.
func (m *importer) ask(ctx context.Context) error {
	p := &m.permit
	if !p.wanted {
		return nil
	}
	p.wanted = false
	err := m.s.Desk.Try(ctx, m.by, renaming)
	p.held, p.ended = err == nil, fault.Is(err, fault.TooMany)
	if p.ended {
		return nil
	}
	return err
}

// begin readies the permit for a batch.
func (p *permit) begin() { p.had = make(map[int]bool) }

// handBack gives a permit back that no refusal has used up.
func (m *importer) handBack(ctx context.Context) error {
	if !m.permit.held {
		return nil
	}
	m.permit.held = false
	return m.s.Desk.Undo(ctx, m.by, renaming)
}
