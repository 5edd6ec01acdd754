package request_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

func newSubmission() id.UUID { return id.NewEntry().UUID }

func TestCreate(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at, other := h.organization(), h.organization()
		nora, ali, mia := h.person(at, "Nora", contact.User), h.person(at, "Ali", contact.Admin), h.person(at, "Mia", contact.User)
		far := h.person(other, "Zoé", contact.User)
		ask := func(by actor.Actor, whom id.Contact, kind string) error {
			_, err := h.create(by, request.Input{For: whom, Kind: kind, Subject: "L’écran reste noir", Text: "Depuis ce matin."})
			return err
		}
		t.Run("a user asks technical questions, for themselves", func(t *testing.T) {
			r := h.asked(nora, "  L’écran   reste noir ")
			if r.State != request.New || r.Subject != "L’écran reste noir" || r.For.ID != nora.ID.UUID || r.Author.ID != nora.ID.UUID || r.Source != request.Portal || r.Organization != at.ID {
				t.Errorf("%+v", r)
			}
			if !strings.HasPrefix(r.Label(), "D-00000") {
				t.Error(r.Label())
			}
			if list := h.thread(as(h, nora), r); len(list) != 1 || list[0].Kind != request.Comment || list[0].Text != "Bonjour,\n\nrien ne va plus." || list[0].Author.Name == "" {
				t.Errorf("%+v", list)
			}
			refused(t, ask(as(h, nora), id.Contact{}, "administrative"), fault.Forbidden, "", "fault.forbidden")
			refused(t, ask(as(h, nora), mia.ID, "technical"), fault.Forbidden, "", "fault.forbidden")
		})
		t.Run("an admin asks both, also for a colleague, and then watches it; of another organisation nobody", func(t *testing.T) {
			if err := ask(as(h, ali), id.Contact{}, "administrative"); err != nil {
				t.Error(err)
			}
			r, err := h.create(as(h, ali), request.Input{For: mia.ID, Kind: "technical", Subject: "Clavier", Text: "Il colle."})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.get(as(h, mia), r.ID); err != nil {
				t.Errorf("whom it is for does not see it: %v", err)
			}
			if list := h.watchers(as(h, ali), r); !slices.Contains(list, ali.ID.UUID) || !slices.Contains(list, mia.ID.UUID) {
				t.Errorf("%v", list)
			}
			refused(t, ask(as(h, ali), far.ID, "technical"), fault.Invalid, "contact", "request.contact_unknown")
		})
		t.Run("staff ask for anybody of the workspace", func(t *testing.T) {
			r, err := h.create(h.staff, request.Input{For: far.ID, Kind: "administrative", Subject: "Relevé", Text: "Au téléphone."})
			if err != nil || r.Organization != other.ID || r.Source != request.Office || r.Author.Kind != actor.Staff {
				t.Errorf("%+v, %v", r, err)
			}
			refused(t, ask(h.staff, id.NewContact(), "technical"), fault.Invalid, "contact", "request.contact_unknown")
		})
		t.Run("all faults come at once", func(t *testing.T) {
			_, err := h.create(as(h, ali), request.Input{For: far.ID, Kind: "x", Subject: " ?! ", Text: " \n "})
			for field, key := range map[string]string{"kind": "fault.choice", "subject": "fault.required", "text": "fault.required", "contact": "request.contact_unknown"} {
				refused(t, err, fault.Invalid, field, key)
			}
		})
		t.Run("a form posted again makes one request, and nobody else’s form finds it", func(t *testing.T) {
			in := request.Input{Kind: "technical", Subject: "Deux fois", Text: "Une fois.", Submission: newSubmission()}
			first, err := h.create(as(h, nora), in)
			again, err2 := h.create(as(h, nora), in)
			if err != nil || err2 != nil || first.ID != again.ID {
				t.Errorf("%v %v", err, err2)
			}
			_, err = h.create(as(h, mia), in)
			refused(t, err, fault.Conflict, "", "request.submission_taken")
		})
		t.Run("an archived organisation asks nothing, guests and strangers neither", func(t *testing.T) {
			gone := h.organization()
			whom := h.stranger(h.staff, gone, "Léa")
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Archive(ctx, tx, h.staff, gone.ID)
				return err
			})
			refused(t, ask(h.staff, whom.ID, "technical"), fault.Conflict, "", "contact.organization_archived")
			guest := as(h, nora)
			guest.Role = actor.PortalGuest
			refused(t, ask(guest, id.Contact{}, "technical"), fault.Forbidden, "", "fault.forbidden")
			refused(t, ask(actor.Actor{}, id.Contact{}, "technical"), fault.Forbidden, "", "fault.forbidden")
		})
	})
}

func (h *town) watchers(by actor.Actor, r request.Request) (list []id.UUID) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		people, err := request.Watchers(ctx, tx, by, r.ID)
		for _, p := range people {
			list = append(list, p.ID)
		}
		return err
	})
	return list
}

func TestStates(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, mia, ali := h.person(at, "Nora", contact.User), h.person(at, "Mia", contact.User), h.person(at, "Ali", contact.Admin)
		is := func(t *testing.T, r request.Request, want request.State) {
			t.Helper()
			if got := h.now(r).State; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		t.Run("an answer takes up a new request, or says another state; a customer’s comment brings it back to work", func(t *testing.T) {
			r := h.asked(nora, "Écran")
			h.said(h.staff, r, "Nous regardons.")
			is(t, r, request.InProgress)
			if _, err := h.say(h.staff, r, request.Remark{Text: "Quel modèle ?", Then: "waiting_customer"}); err != nil {
				t.Fatal(err)
			}
			is(t, r, request.WaitingCustomer)
			h.said(as(h, nora), r, "Un X200.")
			is(t, r, request.InProgress)
			h.moved(r, request.Resolved)
			h.said(as(h, nora), r, "Non, toujours pas.")
			is(t, r, request.InProgress)
			kinds := []request.EntryKind{}
			for _, e := range h.thread(h.staff, r) {
				kinds = append(kinds, e.Kind)
			}
			want := []request.EntryKind{"comment", "comment", "state", "comment", "state", "comment", "state", "state", "comment", "state"}
			if !slices.Equal(kinds, want) {
				t.Errorf("%v", kinds)
			}
		})
		t.Run("nothing is said to what is over; whom it is for, or an admin, reopens it", func(t *testing.T) {
			r := h.asked(nora, "Souris")
			h.moved(r, request.Resolved, request.Closed)
			_, err := h.say(as(h, nora), r, request.Remark{Text: "Encore ?"})
			refused(t, err, fault.Conflict, "", "request.over")
			_, err = h.say(h.staff, r, request.Remark{Text: "Encore ?"})
			refused(t, err, fault.Conflict, "", "request.over")
			h.watch(t, as(h, ali), r, mia)
			refused(t, h.reopen(as(h, mia), r), fault.Forbidden, "", "fault.forbidden")
			if err := h.reopen(as(h, nora), r); err != nil {
				t.Error(err)
			}
			is(t, r, request.InProgress)
			h.moved(r, request.Resolved, request.Closed)
			if err := h.reopen(as(h, ali), r); err != nil {
				t.Error(err)
			}
			is(t, r, request.InProgress)
		})
		t.Run("it is withdrawn by whom it is for and by admins; twice is once", func(t *testing.T) {
			r := h.asked(nora, "Câble")
			h.watch(t, as(h, ali), r, mia)
			refused(t, h.withdraw(as(h, mia), r), fault.Forbidden, "", "fault.forbidden")
			refused(t, h.withdraw(h.staff, r), fault.Forbidden, "", "fault.forbidden")
			for range 2 {
				if err := h.withdraw(as(h, nora), r); err != nil {
					t.Error(err)
				}
			}
			is(t, r, request.Withdrawn)
			if n := len(h.thread(h.staff, r)); n != 3 {
				t.Errorf("%d entries", n)
			}
			if err := h.reopen(h.staff, r); err != nil {
				t.Error(err)
			}
			h.moved(r, request.Resolved)
			refused(t, h.withdraw(as(h, nora), r), fault.Conflict, "", "request.no_step")
		})
		t.Run("every pair of states is walked or refused as the table says", func(t *testing.T) {
			to := map[request.State][]request.State{
				request.New:             {request.InProgress, request.WaitingCustomer, request.Resolved},
				request.InProgress:      {request.WaitingCustomer, request.Resolved},
				request.WaitingCustomer: {request.InProgress, request.Resolved},
				request.Resolved:        {request.InProgress, request.Closed},
				request.Closed:          {request.InProgress},
				request.Withdrawn:       {request.InProgress},
			}
			for _, from := range request.States() {
				for _, next := range request.States() {
					r := h.asked(nora, "Table")
					switch from {
					case request.Closed:
						h.moved(r, request.Resolved, request.Closed)
					case request.Withdrawn:
						if err := h.withdraw(as(h, nora), r); err != nil {
							t.Fatal(err)
						}
					case request.New:
					default:
						h.moved(r, from)
					}
					if got := h.now(r).Next(h.staff); !slices.Equal(got, to[from]) {
						t.Errorf("from %s staff may %v", from, got)
					}
					err := h.move(h.staff, r, next)
					if slices.Contains(to[from], next) || from == next {
						if err != nil {
							t.Errorf("%s → %s: %v", from, next, err)
						}
						is(t, r, next)
						continue
					}
					refused(t, err, fault.Conflict, "", "request.no_step")
					is(t, r, from)
				}
			}
		})
	})
}

func (h *town) withdraw(by actor.Actor, r request.Request) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return request.Withdraw(ctx, tx, by, r.ID) })
}

func (h *town) reopen(by actor.Actor, r request.Request) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return request.Reopen(ctx, tx, by, r.ID) })
}

func (h *town) watch(t testing.TB, by actor.Actor, r request.Request, who contact.Contact) {
	t.Helper()
	if err := h.tryWatch(by, r, who.ID); err != nil {
		t.Fatal(err)
	}
}

func (h *town) tryWatch(by actor.Actor, r request.Request, who id.Contact) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return request.Watch(ctx, tx, by, r.ID, who) })
}

func (h *town) unwatch(by actor.Actor, r request.Request, who id.Contact) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return request.Unwatch(ctx, tx, by, r.ID, who) })
}

func TestWatchers(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at, other := h.organization(), h.organization()
		nora, mia, ali := h.person(at, "Nora", contact.User), h.person(at, "Mia", contact.User), h.person(at, "Ali", contact.Admin)
		far, shut := h.person(other, "Zoé", contact.User), h.stranger(h.staff, at, "Léa")
		r := h.asked(nora, "Écran")
		t.Run("a user does not see a colleague’s request, nor can watch it", func(t *testing.T) {
			_, err := h.get(as(h, mia), r.ID)
			refused(t, err, fault.NotFound, "", "fault.not_found")
			refused(t, h.tryWatch(as(h, mia), r, mia.ID), fault.NotFound, "", "fault.not_found")
		})
		t.Run("an admin has a colleague watch, who sees it then and may comment", func(t *testing.T) {
			h.watch(t, as(h, ali), r, mia)
			h.watch(t, as(h, ali), r, mia)
			h.said(as(h, mia), r, "Chez moi aussi.")
			if got := h.numbers(as(h, mia), docket.Filter{}); !slices.Equal(got, []int64{r.Number}) {
				t.Error(got)
			}
			if n := len(h.thread(h.staff, r)); n != 3 { // the text, the watcher once, the comment
				t.Errorf("%d entries", n)
			}
		})
		t.Run("a user has nobody else watch; nobody of another organisation, nor who may not come in", func(t *testing.T) {
			refused(t, h.tryWatch(as(h, nora), r, ali.ID), fault.Forbidden, "", "fault.forbidden")
			refused(t, h.tryWatch(as(h, ali), r, far.ID), fault.Invalid, "contact", "request.contact_unknown")
			refused(t, h.tryWatch(as(h, ali), r, shut.ID), fault.Conflict, "contact", "request.contact_shut_out")
			refused(t, h.tryWatch(h.staff, r, far.ID), fault.Invalid, "contact", "request.contact_unknown")
		})
		t.Run("who stops watching sees it no more, but whom it is for does", func(t *testing.T) {
			if err := h.unwatch(as(h, mia), r, mia.ID); err != nil {
				t.Fatal(err)
			}
			_, err := h.get(as(h, mia), r.ID)
			refused(t, err, fault.NotFound, "", "fault.not_found")
			if err := h.unwatch(as(h, nora), r, nora.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := h.get(as(h, nora), r.ID); err != nil {
				t.Error(err)
			}
			if list := h.watchers(as(h, nora), r); len(list) != 0 {
				t.Error(list)
			}
		})
	})
}
