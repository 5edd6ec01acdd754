package request

import (
	"cmp"
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Imagined is an invented request (package sample) with its thread, which begins with the text that it was made with.
type Imagined struct {
	Request
	Thread   []Entry
	Watchers []id.Contact // beside whom it is for and who wrote it
}

// AddImagined adds many invented requests, in the order of their numbers, as they stand: nobody is told, and the history says
// nothing of it. Only this program may; no face calls it.
func AddImagined(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Imagined) error {
	if by.Kind != actor.Program {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	var requests, words, parties, entries [][]any
	var thread []dated
	for i := range list {
		r := &list[i]
		number, err := tx.Next(ctx, by.Workspace, "request")
		if err != nil {
			return err
		}
		r.ID, r.Number = id.NewRequest(), number
		r.remember()
		requests = append(requests, append([]any{by.Workspace}, r.values()...))
		words, parties = append(words, r.wordRows(by.Workspace)...), append(parties, r.parties(by)...)
		for _, w := range r.Watchers {
			parties = append(parties, []any{by.Workspace, w, r.Number, r.ID, false, true})
		}
		for _, e := range r.Thread {
			thread = append(thread, dated{e.At, e.row(by.Workspace, r.ID)})
		}
	}
	slices.SortStableFunc(thread, func(a, b dated) int { return cmp.Compare(a.at, b.at) })
	for _, s := range thread {
		entries = append(entries, s.row)
	}
	for _, t := range []struct {
		into string
		rows [][]any
	}{{requestsInto, requests}, {wordsInto, words}, {partiesInto, parties}, {entriesInto, entries}} {
		if err := tx.InsertAll(ctx, t.into, t.rows); err != nil {
			return err
		}
	}
	return nil
}

// dated is an entry as a row. They are written in the order of time, so that a thread lies as scattered as it would.
type dated struct {
	at  sqldb.Time
	row []any
}

// remember has the request say of its course what its thread tells.
func (r *Imagined) remember() {
	r.CreatedAt, r.StateAt = r.Thread[0].At, r.Thread[0].At
	var heard sqldb.Time // of the host
	for i := range r.Thread {
		e := &r.Thread[i]
		e.ID, e.N = id.NewEntry(), int64(i+1)
		if e.Kind == Change {
			r.StateAt = e.At
		}
		if i == 0 || e.Author.Kind == actor.Staff {
			heard = e.At
		}
		r.ActivityAt, r.entries = e.At, e.N
	}
	if r.State.ours() {
		r.WaitsSince = heard
	}
}
