package request_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestLines(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, ali := h.person(at, "Nora", contact.User), h.person(at, "Ali", contact.Admin)
		r := h.asked(nora, "Écran")
		last := func(t *testing.T, by actor.Actor) request.Entry {
			t.Helper()
			list := h.thread(by, r)
			e := list[len(list)-1]
			if e.At.IsZero() {
				t.Errorf("%+v", e)
			}
			return e
		}
		t.Run("another kind stands in the thread with who said it, for both sides; the same kind again does not", func(t *testing.T) {
			for range 2 {
				h.must(func(ctx context.Context, tx *sqldb.Tx) error {
					return request.Sort(ctx, tx, h.staff, r.ID, request.Administrative)
				})
			}
			for _, by := range []actor.Actor{h.staff, as(h, ali)} {
				e := last(t, by)
				if e.Kind != request.Sorting || e.From != request.Technical || e.To != request.Administrative || e.Author.ID != h.staff.Login.UUID || e.N != 2 {
					t.Errorf("%+v", e)
				}
			}
		})
		t.Run("another contact stands in it with their name", func(t *testing.T) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return request.Relate(ctx, tx, h.staff, r.ID, ali.ID, false)
			})
			for _, by := range []actor.Actor{h.staff, as(h, ali)} {
				if e := last(t, by); e.Kind != request.Relation || e.About.ID != ali.ID.UUID || e.About.Name == "" || e.N != 3 {
					t.Errorf("%+v", e)
				}
			}
		})
		t.Run("a reminder stands in it, by nobody", func(t *testing.T) {
			h.moved(r, request.WaitingCustomer)
			h.clock.Pass(5 * 24 * time.Hour)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := request.Sweep(ctx, tx, request.Patience{Reminder: time.Hour, Closing: 999 * time.Hour}, 9)
				return err
			})
			if e := last(t, as(h, ali)); e.Kind != request.Reminder || e.Author.Kind != actor.Program || e.N != 5 {
				t.Errorf("%+v", e)
			}
		})
	})
}

func TestNumberOrSubject(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, ali, far := h.person(at, "Nora", contact.User), h.person(at, "Ali", contact.Admin), h.person(h.organization(), "Zoé", contact.User)
		first, second, third := h.asked(nora, "Écran"), h.asked(nora, "Version 1 installée"), h.asked(far, "Poste 12")
		if first.Number != 1 || third.Number != 3 {
			t.Fatal(first.Number, third.Number)
		}
		for _, x := range []struct {
			name, query string
			by          actor.Actor
			want        []int64
		}{
			{"a bare number is that of a request, and a word of subjects", "1", h.staff, []int64{3, 2, 1}},
			{"a number with its letter is a request’s alone", "D-1", h.staff, []int64{1}},
			{"with zeros before it too", "D-000001", h.staff, []int64{1}},
			{"a number that only a subject has", "12", h.staff, []int64{3}},
			{"a number that only a request has", "3", h.staff, []int64{3}},
			{"an admin finds those of the organisation", "1", as(h, ali), []int64{2, 1}},
			{"and not another’s by its number", "3", as(h, ali), nil},
			{"a user their own", "1", as(h, nora), []int64{2, 1}},
			{"and not another’s by its number", "3", as(h, nora), nil},
			{"nor by its subject", "12", as(h, nora), nil},
		} {
			t.Run(x.name, func(t *testing.T) {
				if got := h.numbers(x.by, docket.Filter{Query: x.query}); !slices.Equal(got, x.want) {
					t.Errorf("%q: %v, want %v", x.query, got, x.want)
				}
				if part := h.find(x.by, docket.Filter{Query: x.query}); part.Total != len(x.want) {
					t.Errorf("%q: %d in all", x.query, part.Total)
				}
			})
		}
		t.Run("the other filters hold beside a number", func(t *testing.T) {
			h.moved(second, request.Resolved)
			if got := h.numbers(h.staff, docket.Filter{Query: "1", State: docket.OpenOnes}); !slices.Equal(got, []int64{3, 1}) {
				t.Error(got)
			}
			if got := h.numbers(h.staff, docket.Filter{Query: "1", Organization: at.ID, Kind: request.Technical}); !slices.Equal(got, []int64{2, 1}) {
				t.Error(got)
			}
			if got := h.numbers(h.staff, docket.Filter{Query: "1", Organization: far.Organization}); !slices.Equal(got, []int64{3}) {
				t.Error(got)
			}
		})
	})
}
