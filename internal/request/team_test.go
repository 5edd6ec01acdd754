package request_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func (h *town) assign(by actor.Actor, r request.Request, to id.Login) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return request.Assign(ctx, tx, by, r.ID, to) })
}

func (h *town) jot(by actor.Actor, r request.Request, text string) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := request.Jot(ctx, tx, by, r.ID, request.Remark{Text: text})
		return err
	})
}

func TestTeam(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at, other := h.organization(), h.organization()
		nora, ali, far := h.person(at, "Nora", contact.User), h.person(at, "Ali", contact.Admin), h.person(other, "Zoé", contact.Admin)
		officer := h.member(h.staff.Workspace, "officer")
		r := h.asked(nora, "Écran noir")
		t.Run("a request is given to somebody of the team alone; twice is once", func(t *testing.T) {
			refused(t, h.assign(h.staff, r, id.NewLogin()), fault.Invalid, "assignee", "request.assignee_unknown")
			refused(t, h.assign(h.staff, r, nora.Login), fault.Invalid, "assignee", "request.assignee_unknown")
			refused(t, h.assign(as(h, ali), r, officer.Login), fault.Forbidden, "", "fault.forbidden")
			for range 2 {
				if err := h.assign(officer, r, officer.Login); err != nil {
					t.Fatal(err)
				}
			}
			if got := h.now(r); got.Assignee.ID != officer.Login.UUID || got.Assignee.Name == "" || len(h.thread(h.staff, r)) != 2 {
				t.Errorf("%+v", got)
			}
			if got := h.numbers(h.staff, docket.Filter{Assignee: officer.Login}); !slices.Equal(got, []int64{r.Number}) {
				t.Error(got)
			}
		})
		t.Run("what stands internally is in nothing that the organisation’s people are given", func(t *testing.T) {
			if err := h.jot(officer, r, "Client difficile : secretnote"); err != nil {
				t.Fatal(err)
			}
			for _, c := range []contact.Contact{nora, ali} {
				by := as(h, c)
				seen, err := h.get(by, r.ID)
				if err != nil || !seen.Assignee.IsZero() {
					t.Errorf("%+v, %v", seen, err)
				}
				for _, e := range h.thread(by, r) {
					if e.Internal() || strings.Contains(e.Text, "secretnote") {
						t.Errorf("%+v", e)
					}
				}
				if part := h.find(by, docket.Filter{Query: "secretnote"}); len(part.Items) != 0 {
					t.Errorf("%+v", part)
				}
				if part := h.find(by, docket.Filter{}); len(part.Items) != 1 || !part.Items[0].Assignee.IsZero() || part.Items[0].ActivityAt != r.ActivityAt {
					t.Errorf("a note, or an assignment, shows: %+v", part.Items)
				}
				if got := h.numbers(by, docket.Filter{Assignee: id.NewLogin(), Unassigned: true}); len(got) != 1 {
					t.Errorf("the filter by assignee tells: %v", got)
				}
				for _, e := range h.thread(h.staff, r) {
					_, _, err := entryOf(h, by, e.ID)
					if e.Internal() {
						refused(t, err, fault.NotFound, "", "fault.not_found")
					} else if err != nil {
						t.Error(err)
					}
				}
			}
			refused(t, h.jot(as(h, ali), r, "x"), fault.Forbidden, "", "fault.forbidden")
		})
		t.Run("its kind and contact are corrected; whom it was for, and their organisation, follow it no more", func(t *testing.T) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return request.Sort(ctx, tx, officer, r.ID, request.Administrative)
			})
			refused(t, h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				return request.Relate(ctx, tx, officer, r.ID, far.ID, false)
			}), fault.Conflict, "elsewhere", "request.elsewhere")
			if got := h.now(r); got.Organization == other.ID {
				t.Error("it went to another organisation, and nobody had said so")
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return request.Relate(ctx, tx, officer, r.ID, far.ID, true)
			})
			if got := h.now(r); got.Organization != other.ID || got.For.ID != far.ID.UUID || got.Kind != request.Administrative {
				t.Errorf("%+v", got)
			}
			for _, c := range []contact.Contact{nora, ali} {
				_, err := h.get(as(h, c), r.ID)
				refused(t, err, fault.NotFound, "", "fault.not_found")
			}
			if got := h.numbers(as(h, far), docket.Filter{Query: "ecr"}); !slices.Equal(got, []int64{r.Number}) {
				t.Error(got)
			}
		})
		t.Run("many at once: what is refused for one leaves the others done", func(t *testing.T) {
			a, b, over := h.asked(nora, "Un"), h.asked(nora, "Deux"), h.asked(nora, "Trois")
			h.moved(over, request.Resolved, request.Closed)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				done, err := request.Many(ctx, tx, officer, []id.Request{a.ID, over.ID, id.NewRequest(), b.ID}, func(r id.Request) error {
					return request.Move(ctx, tx, officer, r, request.WaitingCustomer)
				})
				if len(done) != 4 || done[0].Err != nil || done[1].Err == nil || done[2].Err == nil || done[3].Err != nil {
					t.Errorf("%+v", done)
				}
				return err
			})
			if h.now(a).State != request.WaitingCustomer || h.now(b).State != request.WaitingCustomer || h.now(over).State != request.Closed {
				t.Error("not as they were told")
			}
		})
	})
}

func entryOf(h *town, by actor.Actor, e id.Entry) (r request.Request, entry request.Entry, err error) {
	err = h.db.View(h.Context(), func(tx *sqldb.Tx) (err error) {
		r, entry, err = request.EntryOf(h.Context(), tx, by, e)
		return err
	})
	return r, entry, err
}

func TestTime(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		const day = 24 * time.Hour
		nora := h.person(h.organization(), "Nora", contact.User)
		sweep := func() (n int64) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				n, err = request.Sweep(ctx, tx, request.Patience{Reminder: 5 * day, Closing: 10 * day}, 100)
				return err
			})
			return n
		}
		t.Run("who is waited for is reminded after 5 days, once, and the request is closed after 10, once", func(t *testing.T) {
			r := h.asked(nora, "Écran")
			h.moved(r, request.WaitingCustomer)
			h.clock.Pass(5*day - time.Minute)
			if n := sweep(); n != 0 || !h.now(r).RemindedAt.IsZero() {
				t.Errorf("%d: %+v", n, h.now(r))
			}
			h.clock.Pass(2 * time.Minute)
			if n := sweep(); n != 1 || h.now(r).RemindedAt.IsZero() {
				t.Errorf("%d: %+v", n, h.now(r))
			}
			h.clock.Pass(4 * day)
			if n := sweep(); n != 0 {
				t.Errorf("reminded twice: %d", n)
			}
			h.clock.Pass(day + time.Minute)
			if n := sweep(); n != 1 || h.now(r).State != request.Closed {
				t.Errorf("%d: %+v", n, h.now(r))
			}
			if n := sweep(); n != 0 {
				t.Errorf("%d", n)
			}
			last := h.thread(as(h, nora), r)
			if e := last[len(last)-1]; e.Kind != request.Change || e.After != request.Closed || e.Author.Kind != actor.Program {
				t.Errorf("%+v", e)
			}
		})
		t.Run("an answer, or another state, begins the time anew", func(t *testing.T) {
			r := h.asked(nora, "Souris")
			h.moved(r, request.WaitingCustomer)
			h.clock.Pass(6 * day)
			sweep()
			h.said(as(h, nora), r, "La voici.")
			h.moved(r, request.WaitingCustomer)
			h.clock.Pass(4*day + 23*time.Hour)
			if n := sweep(); n != 0 || !h.now(r).RemindedAt.IsZero() {
				t.Errorf("%d: %+v", n, h.now(r))
			}
			h.moved(r, request.Resolved)
		})
		t.Run("nobody’s is closed before they were reminded in time, though the program slept", func(t *testing.T) {
			r := h.asked(nora, "Câble")
			h.moved(r, request.WaitingCustomer)
			h.clock.Pass(30 * day)
			sweep()
			sweep()
			if h.now(r).State != request.WaitingCustomer {
				t.Error("closed without a word")
			}
			h.clock.Pass(5*day + time.Minute)
			if sweep(); h.now(r).State != request.Closed {
				t.Errorf("%+v", h.now(r))
			}
		})
		t.Run("what was resolved is closed after 10 days", func(t *testing.T) {
			r := h.asked(nora, "Clé")
			h.moved(r, request.Resolved)
			h.clock.Pass(10*day + time.Minute)
			if sweep(); h.now(r).State != request.Closed {
				t.Errorf("%+v", h.now(r))
			}
		})
		t.Run("what is open and somebody’s who left the team is nobody’s", func(t *testing.T) {
			officer := h.member(h.staff.Workspace, "officer")
			r := h.asked(nora, "Lampe")
			if err := h.assign(h.staff, r, officer.Login); err != nil {
				t.Fatal(err)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return workspace.RemoveStaff(ctx, tx, h.staff, officer.Login)
			})
			if sweep(); !h.now(r).Assignee.IsZero() {
				t.Errorf("%+v", h.now(r))
			}
		})
	})
}

func TestDeletion(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, mia, ali := h.person(at, "Nora", contact.User), h.person(at, "Mia", contact.User), h.person(at, "Ali", contact.Admin)
		r := h.asked(nora, "Écran")
		h.watch(t, as(h, ali), r, mia)
		h.said(as(h, nora), r, "Alors ?")
		remove := func(c, successor contact.Contact) {
			t.Helper()
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return access.Delete(ctx, tx, h.staff, c.ID, successor.ID)
			})
		}
		t.Run("a deleted contact’s requests stay with the organisation, under their number; nobody watches from the grave", func(t *testing.T) {
			remove(mia, ali)
			remove(nora, ali)
			got, err := h.get(as(h, ali), r.ID)
			if err != nil || got.For.Name != "" || got.For.Number != nora.Number || got.Author.Number != nora.Number {
				t.Errorf("%+v, %v", got, err)
			}
			if list := h.watchers(h.staff, r); len(list) != 0 {
				t.Error(list)
			}
			for _, e := range h.thread(as(h, ali), r) {
				if e.Kind == request.Comment && (e.Author.Name != "" || e.Author.Number != nora.Number) || e.Kind == request.Watcher && e.About.Number != mia.Number {
					t.Errorf("%+v", e)
				}
			}
			if part := h.find(as(h, ali), docket.Filter{}); len(part.Items) != 1 || part.Items[0].For.Name != "" || part.Items[0].For.Number != nora.Number {
				t.Errorf("%+v", part.Items)
			}
		})
		t.Run("an organisation with open requests is not deleted; with closed ones it takes them along", func(t *testing.T) {
			gone := func() error {
				return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					return request.DeleteOrganization(ctx, tx, h.staff, at.ID)
				})
			}
			refused(t, gone(), fault.Conflict, "", "request.organization_has_open")
			h.moved(r, request.Resolved, request.Closed)
			if err := gone(); err != nil {
				t.Fatal(err)
			}
			_, err := h.get(h.staff, r.ID)
			refused(t, err, fault.NotFound, "", "fault.not_found")
			if part := h.find(h.staff, docket.Filter{Query: "ecran"}); len(part.Items) != 0 {
				t.Errorf("%+v", part)
			}
		})
	})
}

func TestTwoHandles(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			open := func() *sqldb.DB {
				db, err := sqldb.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				return db
			}
			one, two := open(), open()
			h := newTown(t, one, sqldbtest.NewClock(), "school")
			at := h.organization()
			nora, ali := h.person(at, "Nora", contact.User), h.person(at, "Ali", contact.Admin)
			t.Run("two comments and a change of state at once are all kept, in one order", func(t *testing.T) {
				for range 10 {
					r := h.asked(nora, "Course")
					acts := []func() error{
						func() error { _, err := h.say(as(h, nora), r, request.Remark{Text: "un"}); return err },
						func() error {
							return two.Update(t.Context(), func(tx *sqldb.Tx) error {
								_, err := request.Say(t.Context(), tx, as(h, ali), r.ID, request.Remark{Text: "deux"})
								return err
							})
						},
						func() error {
							return two.Update(t.Context(), func(tx *sqldb.Tx) error {
								return request.Move(t.Context(), tx, h.staff, r.ID, request.WaitingCustomer)
							})
						},
					}
					errs := make(chan error, len(acts))
					for _, act := range acts {
						go func() { errs <- act() }()
					}
					for range acts {
						if err := <-errs; err != nil {
							t.Error(err)
						}
					}
					var texts, states []string
					for i, e := range h.thread(h.staff, r) {
						if e.N != int64(i+1) {
							t.Errorf("place %d at %d", e.N, i+1)
						}
						switch e.Kind {
						case request.Comment:
							texts = append(texts, e.Text)
						case request.Change:
							states = append(states, string(e.Before)+">"+string(e.After))
						}
					}
					slices.Sort(texts)
					if !slices.Equal(texts, []string{"Bonjour,\n\nrien ne va plus.", "deux", "un"}) {
						t.Errorf("%q", texts)
					}
					last := string(h.now(r).State)
					for i, s := range states {
						from, to, _ := strings.Cut(s, ">")
						if i > 0 && !strings.HasSuffix(states[i-1], ">"+from) || i == len(states)-1 && to != last {
							t.Errorf("%v, now %s", states, last)
						}
					}
				}
			})
		})
	}
}
