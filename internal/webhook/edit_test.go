package webhook_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/webhook"
)

func TestCreate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := settings()
		o.HTTP, o.Private = false, nil
		r := newRoom(t, db, clock, o)
		admin, foreign := r.host("brenval"), r.host("orvane")
		officer := admin
		officer.Role = actor.StaffOfficer
		in := webhook.Input{URL: " https://hooks.example/a?k=1 ", Description: "Annuaire", Kinds: []string{"contact.created", "contact.*", "invoice.paid", "invoice.paid"}, Submission: id.NewWebhook().UUID}
		made, secret, err := r.create(admin, in)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("it is on, wants each kind once, and has a secret of 32 bytes of its own", func(t *testing.T) {
			_, other := r.must(foreign, "https://hooks.example", "*", "contact.created")
			got := r.get(admin, made)
			if !got.Enabled || got.URL != "https://hooks.example/a?k=1" || !slices.Equal(got.Kinds, []string{"contact.*", "invoice.paid"}) || got.Label() != "hooks.example" {
				t.Errorf("%+v", got)
			}
			if !strings.HasPrefix(secret, "whsec_") || len(secret) != 50 || secret == other {
				t.Error(len(secret))
			}
		})
		t.Run("the same form makes no second one", func(t *testing.T) {
			again, same, err := r.create(admin, in)
			if err != nil || again.ID != made.ID || same != secret {
				t.Errorf("%+v, %v", again, err)
			}
		})
		t.Run("an address is https, public, without a password; kinds exist", func(t *testing.T) {
			good := []string{"*"}
			for _, x := range []struct {
				in    webhook.Input
				field string
			}{
				{webhook.Input{URL: "", Kinds: good}, "url"},
				{webhook.Input{URL: "hooks.example", Kinds: good}, "url"},
				{webhook.Input{URL: "http://hooks.example", Kinds: good}, "url"},
				{webhook.Input{URL: "ftp://hooks.example", Kinds: good}, "url"},
				{webhook.Input{URL: "https://", Kinds: good}, "url"},
				{webhook.Input{URL: "https://a:b@hooks.example", Kinds: good}, "url"},
				{webhook.Input{URL: "https://a@hooks.example", Kinds: good}, "url"},
				{webhook.Input{URL: "https://hooks.example:0/", Kinds: good}, "url"},
				{webhook.Input{URL: "https://hooks.example:99999/", Kinds: good}, "url"},
				{webhook.Input{URL: "https://127.0.0.1/", Kinds: good}, "url"},
				{webhook.Input{URL: "https://[::ffff:10.0.0.1]/", Kinds: good}, "url"},
				{webhook.Input{URL: "https://169.254.169.254/latest/meta-data", Kinds: good}, "url"},
				{webhook.Input{URL: "https://hooks.example/" + strings.Repeat("x", webhook.MaxURL), Kinds: good}, "url"},
				{webhook.Input{URL: "https://hooks.example/\n", Kinds: good, Description: strings.Repeat("x", webhook.MaxDescription+1)}, "description"},
				{webhook.Input{URL: "https://hooks.example"}, "kinds"},
				{webhook.Input{URL: "https://hooks.example", Kinds: []string{"contact.unheard"}}, "kinds"},
				{webhook.Input{URL: "https://hooks.example", Kinds: []string{"unheard.*"}}, "kinds"},
			} {
				_, _, err := r.create(admin, x.in)
				if f := fault.As(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != x.field {
					t.Errorf("%+v: %v", x.in, err)
				}
			}
		})
		t.Run("only admins of the workspace see, change, try and delete it, and no program", func(t *testing.T) {
			rights, _ := actor.ReadRights([]string{"journal:read", "journal:write", "export"})
			program := actor.OfToken(admin.Workspace, id.NewToken(), rights)
			for name, verb := range map[string]func(tx *sqldb.Tx, by actor.Actor) error{
				"get": func(tx *sqldb.Tx, by actor.Actor) error {
					_, err := webhook.Get(t.Context(), tx, by, made.ID)
					return err
				},
				"edit": func(tx *sqldb.Tx, by actor.Actor) error {
					_, err := r.desk.Edit(t.Context(), tx, by, made.ID, in)
					return err
				},
				"renew": func(tx *sqldb.Tx, by actor.Actor) error {
					_, _, err := r.desk.Renew(t.Context(), tx, by, made.ID, id.UUID{})
					return err
				},
				"switch": func(tx *sqldb.Tx, by actor.Actor) error {
					return webhook.Switch(t.Context(), tx, by, made.ID, false, false)
				},
				"delete": func(tx *sqldb.Tx, by actor.Actor) error { return webhook.Delete(t.Context(), tx, by, made.ID) },
				"log": func(tx *sqldb.Tx, by actor.Actor) error {
					_, err := webhook.Deliveries(t.Context(), tx, by, webhook.Filter{Webhook: made.ID})
					return err
				},
				"try": func(tx *sqldb.Tx, by actor.Actor) error { return webhook.Try(t.Context(), tx, by, made.ID, id.UUID{}) },
				"replay": func(tx *sqldb.Tx, by actor.Actor) error {
					return webhook.Replay(t.Context(), tx, by, made.ID, id.NewDelivery())
				},
				"replays": func(tx *sqldb.Tx, by actor.Actor) error {
					_, err := webhook.ReplayFailed(t.Context(), tx, by, made.ID, 0)
					return err
				},
			} {
				for _, refused := range []actor.Actor{officer, program} {
					if err := r.try(func(tx *sqldb.Tx) error { return verb(tx, refused) }); !fault.Is(err, fault.Forbidden) {
						t.Errorf("%s: %v", name, err)
					}
				}
				if err := r.try(func(tx *sqldb.Tx) error { return verb(tx, foreign) }); !fault.Is(err, fault.NotFound) {
					t.Errorf("%s by another workspace: %v", name, err)
				}
			}
			_, _, err := r.create(officer, in)
			is(t, err, fault.Forbidden)
		})
		t.Run("an edit of another version is a conflict, and the history has the host of an address alone", func(t *testing.T) {
			edit := func(version int64, url string) (now webhook.Webhook, err error) {
				err = r.try(func(tx *sqldb.Tx) (err error) {
					now, err = r.desk.Edit(t.Context(), tx, admin, made.ID, webhook.Input{URL: url, Kinds: []string{"*"}, Version: version})
					return err
				})
				return now, err
			}
			if now, err := edit(1, "https://other.example/unsaid"); err != nil || now.Version != 2 {
				t.Errorf("%+v, %v", now, err)
			}
			if now, err := edit(1, "https://third.example"); !fault.Is(err, fault.Conflict) || now.URL != "https://other.example/unsaid" {
				t.Errorf("%+v, %v", now, err)
			}
			r.update(func(tx *sqldb.Tx) error {
				page, err := journal.Find(t.Context(), tx, admin, journal.Filter{Subject: made.ID.UUID})
				if len(page.Lines) != 2 || page.Lines[0].Kind != "webhook.edited" || page.Lines[0].Changes[0] != (journal.Change{Field: "url", Before: "hooks.example", After: "other.example"}) {
					t.Errorf("%+v", page.Lines)
				}
				return err
			})
		})
		t.Run("there is an end to how many there are, and a deleted one makes room", func(t *testing.T) {
			for n := range webhook.Max - 1 {
				r.must(admin, "https://hooks.example/"+strconv.Itoa(n), "*")
			}
			_, _, err := r.create(admin, webhook.Input{URL: "https://hooks.example", Kinds: []string{"*"}})
			is(t, err, fault.Conflict)
			r.update(func(tx *sqldb.Tx) error { return webhook.Delete(t.Context(), tx, admin, made.ID) })
			if _, _, err := r.create(admin, webhook.Input{URL: "https://hooks.example", Kinds: []string{"*"}}); err != nil {
				t.Error(err)
			}
			r.update(func(tx *sqldb.Tx) error { return webhook.Delete(t.Context(), tx, admin, made.ID) })
			is(t, r.try(func(tx *sqldb.Tx) error { _, err := webhook.Get(t.Context(), tx, admin, made.ID); return err }), fault.NotFound)
		})
	})
}

func TestRenew(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := newRoom(t, db, clock, settings())
		admin, to := r.host("brenval"), newReceiver(t)
		w, first := r.must(admin, to.URL, "*")
		renew := func(form id.UUID) (secret string) {
			t.Helper()
			r.update(func(tx *sqldb.Tx) (err error) {
				_, secret, err = r.desk.Renew(t.Context(), tx, admin, w.ID, form)
				return err
			})
			return secret
		}
		last := func() posted {
			t.Helper()
			r.happen(admin, "contact.created")
			r.run()
			all := to.all()
			return all[len(all)-1]
		}
		t.Run("what is posted is signed with the secret, over its identifier, the time and the very bytes", func(t *testing.T) {
			p := last()
			if by := genuine(t, p, first); !slices.Equal(by, []bool{true}) {
				t.Error(by)
			}
			if at, err := strconv.ParseInt(p.seconds, 10, 64); err != nil || clock.Now().Sub(time.Unix(at, 0)) > time.Minute {
				t.Errorf("%s at %v", p.seconds, clock.Now())
			}
			forged := p
			forged.body = append([]byte(" "), p.body...)
			if by := genuine(t, forged, first); by[0] {
				t.Error("other bytes have the same signature")
			}
		})
		form := id.NewWebhook().UUID
		second := renew(form)
		t.Run("for a day there are two signatures, the new one first; the same form renews once", func(t *testing.T) {
			if again := renew(form); again != second || second == first {
				t.Error("another secret")
			}
			clock.Pass(24*time.Hour - time.Minute)
			p := last()
			if a, b := genuine(t, p, second), genuine(t, p, first); !slices.Equal(a, []bool{true, false}) || !slices.Equal(b, []bool{false, true}) {
				t.Error(a, b)
			}
		})
		t.Run("then the old one is good no more", func(t *testing.T) {
			clock.Pass(2 * time.Minute)
			p := last()
			if a, b := genuine(t, p, second), genuine(t, p, first); !slices.Equal(a, []bool{true}) || !slices.Equal(b, []bool{false}) {
				t.Error(a, b)
			}
		})
	})
}
