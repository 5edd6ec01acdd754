package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/webhook"
	"github.com/entregent/entregent/internal/webhook/wire"
	"github.com/entregent/entregent/internal/workspace"
)

// room is a database with hosts, and the room's verbs in transactions of their own.
type room struct {
	*testing.T
	db      *sqldb.DB
	clock   *sqldbtest.Clock
	o       webhook.Settings
	desk    *webhook.Desk
	courier *webhook.Courier
	log     *bytes.Buffer
	seal    secret.Key
}

var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// settings are those of an installation whose receivers are on this machine.
func settings() webhook.Settings {
	return webhook.Settings{
		Kinds: []string{"contact.created", "contact.edited", "invoice.filed", "invoice.paid"}, HTTP: true, Private: here,
		Overlap: 24 * time.Hour, GiveUp: 5 * 24 * time.Hour, Timeout: 10 * time.Second, Retention: 30 * 24 * time.Hour, Backlog: 1000, Parallel: 8, Poll: time.Second,
		Delays: []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour},
	}
}

func newRoom(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock, o webhook.Settings) *room {
	s := secret.New()
	r := &room{T: t, db: db, clock: clock, o: o, desk: webhook.NewDesk(s, o), log: &bytes.Buffer{}, seal: s.Key("journal")}
	r.courier = r.another()
	return r
}

// another is a courier of another node.
func (r *room) another() *webhook.Courier {
	client := wire.New(wire.Options{Private: r.o.Private, Timeout: r.o.Timeout, Agent: "test"})
	r.Cleanup(client.Close)
	return webhook.NewCourier(r.db, r.desk, client, slog.New(slog.NewTextHandler(r.log, nil)))
}

func (r *room) host(slug string) actor.Actor {
	r.Helper()
	by := actor.Actor{Kind: actor.Staff, Login: id.NewLogin(), Role: actor.StaffAdmin}
	r.update(func(tx *sqldb.Tx) error {
		w, err := workspace.Add(r.Context(), tx, workspace.New{Slug: slug, Name: slug, Kind: "school"})
		by.Workspace = w.ID
		return err
	})
	return by
}

func (r *room) update(fn func(tx *sqldb.Tx) error) {
	r.Helper()
	if err := r.db.Update(r.Context(), fn); err != nil {
		r.Fatal(err)
	}
}

func (r *room) try(fn func(tx *sqldb.Tx) error) error {
	return r.db.Update(r.Context(), fn)
}

func (r *room) create(by actor.Actor, in webhook.Input) (w webhook.Webhook, secret string, err error) {
	err = r.try(func(tx *sqldb.Tx) (err error) {
		w, secret, err = r.desk.Create(r.Context(), tx, by, in)
		return err
	})
	return w, secret, err
}

// must is create of what is right.
func (r *room) must(by actor.Actor, url string, kinds ...string) (webhook.Webhook, string) {
	r.Helper()
	w, secret, err := r.create(by, webhook.Input{URL: url, Kinds: kinds})
	if err != nil {
		r.Fatal(err)
	}
	return w, secret
}

func (r *room) get(by actor.Actor, w webhook.Webhook) webhook.Webhook {
	r.Helper()
	r.update(func(tx *sqldb.Tx) (err error) {
		w, err = webhook.Get(r.Context(), tx, by, w.ID)
		return err
	})
	return w
}

// happen writes lines into the history, seals it and feeds the webhooks.
func (r *room) happen(by actor.Actor, kinds ...string) {
	r.Helper()
	r.update(func(tx *sqldb.Tx) error {
		for _, kind := range kinds {
			noun, _, _ := strings.Cut(kind, ".")
			err := journal.Record(r.Context(), tx, by, journal.Entry{
				Kind: kind, Subject: journal.Subject{Kind: noun, ID: id.NewContact().UUID, Number: "C-000001"},
				Changes: []journal.Change{{Field: "email", After: "marie@corvenne.example"}}, Comment: "confidentiel",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	r.feed(by)
}

func (r *room) feed(by actor.Actor) {
	r.Helper()
	for more := true; more; {
		r.update(func(tx *sqldb.Tx) error {
			n, err := journal.Seal(r.Context(), tx, r.seal, by.Workspace, 500)
			more = n == 500
			return err
		})
	}
	if err := r.desk.Feed(r.Context(), r.db); err != nil {
		r.Fatal(err)
	}
}

func (r *room) run() {
	r.Helper()
	if err := r.courier.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

// deliveries are those of a webhook, the oldest first.
func (r *room) deliveries(by actor.Actor, w webhook.Webhook, state webhook.State) (list []webhook.Delivery) {
	r.Helper()
	r.update(func(tx *sqldb.Tx) error {
		part, err := webhook.Deliveries(r.Context(), tx, by, webhook.Filter{Webhook: w.ID, State: state, Ask: paging.Ask{Most: 100}})
		list = nil
		for _, d := range part.Items {
			list = append([]webhook.Delivery{d}, list...)
		}
		return err
	})
	return list
}

func is(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%v, want %s", err, kind)
	}
}

// posted is what a receiver was sent.
type posted struct {
	id, seconds, signature string
	body                   []byte
	event                  struct {
		Seq  int64
		Kind string
	}
}

// receiver is another program that is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []posted
	answer func(w http.ResponseWriter, n int) // n from 1; nil = 204
}

func newReceiver(t testing.TB) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		p := posted{id: q.Header.Get("webhook-id"), seconds: q.Header.Get("webhook-timestamp"), signature: q.Header.Get("webhook-signature"), body: body}
		if err := json.Unmarshal(body, &p.event); err != nil || q.Method != http.MethodPost || q.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %q: %v", q.Method, body, err)
		}
		r.mu.Lock()
		r.got = append(r.got, p)
		n, answer := len(r.got), r.answer
		r.mu.Unlock()
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, n)
	}))
	t.Cleanup(r.Close)
	return r
}

// says has it answer that from now on.
func (r *receiver) says(status int, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = func(w http.ResponseWriter, _ int) {
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

// all is what came so far.
func (r *receiver) all() []posted {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]posted{}, r.got...)
}

func (r *receiver) kinds() (list []string) {
	for _, p := range r.all() {
		list = append(list, p.event.Kind)
	}
	return list
}

// genuine checks as a receiver does, by the letter of the Standard Webhooks: which of the signatures are by that secret.
func genuine(t testing.TB, p posted, whsec string) (by []bool) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(whsec, "whsec_"))
	if err != nil || len(key) < 24 || len(key) > 64 {
		t.Fatalf("%d bytes: %v", len(key), err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(p.id + "." + p.seconds + "." + string(p.body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, s := range strings.Split(p.signature, " ") {
		by = append(by, hmac.Equal([]byte(s), []byte(want)))
	}
	return by
}
