package idempotency_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/idempotency"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// program is a caller with a token of a host of its own.
func program(t *testing.T, db *sqldb.DB, slug string) actor.Actor {
	t.Helper()
	var by actor.Actor
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: slug, Kind: "school"})
		by = actor.OfToken(w.ID, id.NewToken(), 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return by
}

var request = idempotency.Digest("POST", "/api/v1/contacts", []byte(`{"family_name":"Le Gall"}`))

// act does one thing once: a line in the history, answered under the key.
func act(ctx context.Context, db *sqldb.DB, by actor.Actor, key string, digest []byte, body string) (done bool, a idempotency.Answer, err error) {
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		done, a = false, idempotency.Answer{}
		before, err := idempotency.Begin(ctx, tx, by, key, digest)
		if err != nil {
			return err
		}
		if before != nil {
			a = *before
			return nil
		}
		done, a = true, idempotency.Answer{Status: 201, Header: map[string]string{"Location": "/x"}, Body: []byte(body)}
		if err := journal.Record(ctx, tx, by, journal.Entry{Kind: "effect", Subject: journal.Subject{Kind: "workspace", ID: by.Workspace.UUID()}}); err != nil {
			return err
		}
		return idempotency.Keep(ctx, tx, by, key, a.Status, a.Header, a.Body)
	})
	return done, a, err
}

// effects counts how often the act was done.
func effects(t *testing.T, db *sqldb.DB, by actor.Actor) int {
	t.Helper()
	n := 0
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		page, err := journal.Find(t.Context(), tx, actor.OfProgram(by.Workspace), journal.Filter{Kind: "effect", Size: 500})
		n = len(page.Lines)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func is(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%v, want %s", err, kind)
	}
}

func TestIdempotency(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		by, other := program(t, db, "brenval"), program(t, db, "orvane")
		do := func(by actor.Actor, key string, digest []byte, body string) (bool, idempotency.Answer, error) {
			return act(t.Context(), db, by, key, digest, body)
		}
		t.Run("the repeated request is answered as the first, and nothing is done", func(t *testing.T) {
			if done, _, err := do(by, "k1", request, "first"); err != nil || !done {
				t.Fatal(done, err)
			}
			done, a, err := do(by, "k1", request, "second")
			if err != nil || done || a.Status != 201 || string(a.Body) != "first" || a.Header["Location"] != "/x" || effects(t, db, by) != 1 {
				t.Errorf("%t, %+v, %v", done, a, err)
			}
		})
		t.Run("the key of another request is refused: another body, path or method", func(t *testing.T) {
			for _, digest := range [][]byte{idempotency.Digest("POST", "/api/v1/contacts", []byte(`{}`)), idempotency.Digest("POST", "/api/v1/contact", []byte(`{"family_name":"Le Gall"}`)),
				idempotency.Digest("PUT", "/api/v1/contacts", []byte(`{"family_name":"Le Gall"}`))} {
				_, _, err := do(by, "k1", digest, "x")
				is(t, err, fault.Conflict)
			}
		})
		t.Run("each token has keys of its own, and each workspace", func(t *testing.T) {
			sibling := actor.OfToken(by.Workspace, id.NewToken(), 0)
			for _, by := range []actor.Actor{sibling, other} {
				if done, _, err := do(by, "k1", request, "x"); err != nil || !done {
					t.Error(done, err)
				}
			}
		})
		t.Run("an act that fails is undone with its key", func(t *testing.T) {
			failed := errors.New("failed")
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := idempotency.Begin(t.Context(), tx, by, "k2", request); err != nil {
					return err
				}
				return failed
			})
			if !errors.Is(err, failed) {
				t.Fatal(err)
			}
			if done, _, err := do(by, "k2", request, "x"); err != nil || !done {
				t.Error(done, err)
			}
		})
		t.Run("a key is printable ASCII, and nobody without a token has any", func(t *testing.T) {
			for _, key := range []string{"", "é", "a\nb", "\x00", strings.Repeat("k", idempotency.MaxKey+1)} {
				_, _, err := do(by, key, request, "x")
				is(t, err, fault.Invalid)
			}
			_, _, err := do(actor.OfProgram(by.Workspace), "k", request, "x")
			is(t, err, fault.Forbidden)
		})
		t.Run("what was not begun is not kept", func(t *testing.T) {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return idempotency.Keep(t.Context(), tx, by, "unknown", 201, nil, nil)
			})
			is(t, err, fault.NotFound)
		})
		t.Run("the database holds neither keys nor answers that can be read", func(t *testing.T) {
			key, body := "the-key-of-a-program", "Le Gall, Maëlle"
			if _, _, err := do(by, key, request, body); err != nil {
				t.Fatal(err)
			}
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				rows, err := sqldb.List(t.Context(), tx, func(s sqldb.Scanner) (b []byte, err error) {
					var sealed []byte
					err = s.Scan(&b, &sealed)
					return append(b, sealed...), err
				}, `SELECT key, answer FROM idempotency WHERE workspace_id = $1`, by.Workspace)
				for _, row := range rows {
					if bytes.Contains(row, []byte(key)) || bytes.Contains(row, []byte("Le Gall")) {
						t.Errorf("%q", row)
					}
				}
				if len(rows) < 3 {
					t.Errorf("%d rows", len(rows))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		t.Run("after a day the key is free, whether it was swept or not", func(t *testing.T) {
			clock.Pass(idempotency.Lifetime - time.Second)
			if done, _, _ := do(by, "k1", request, "x"); done {
				t.Error("done anew within the day")
			}
			clock.Pass(time.Second)
			if done, _, err := do(by, "k1", request, "third"); err != nil || !done {
				t.Error(done, err)
			}
			if _, a, err := do(by, "k1", request, "x"); err != nil || string(a.Body) != "third" {
				t.Error(a, err)
			}
			swept := int64(0)
			for n := int64(1); n > 0; {
				err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) { n, err = idempotency.Sweep(t.Context(), tx, 2); return err })
				if err != nil {
					t.Fatal(err)
				}
				swept += n
			}
			if swept != 4 { // k1 of three tokens but the one anew, k2, the program's
				t.Errorf("%d swept", swept)
			}
			if done, _, _ := do(by, "k1", request, "x"); done {
				t.Error("the fresh one was swept too")
			}
		})
	})
}

// Many ask at once, from this process and from another one, under few keys: every key has one effect, and everybody under it
// the same answer.
func TestAtOnce(t *testing.T) {
	if os.Getenv("IDEMPOTENCY_TOKEN") != "" {
		child(t)
		return
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			o := sqldbtest.Options(t, engine)
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			by := program(t, db, "brenval")
			cmd := exec.Command(os.Args[0], "-test.run=^TestAtOnce$", "-test.v")
			cmd.Env = append(os.Environ(), "IDEMPOTENCY_DSN="+o.DSN, "IDEMPOTENCY_PATH="+o.Path, "IDEMPOTENCY_TOKEN="+by.Token.String())
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			done := race(t, db, by)
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if n := effects(t, db, by); n != len(racing) || done > int64(len(racing)) {
				t.Errorf("%d effects of %d keys, %d here", n, len(racing), done)
			}
		})
	}
}

var racing = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}

// race asks eight times under every key, and reports how often something was done.
func race(t *testing.T, db *sqldb.DB, by actor.Actor) int64 {
	var done atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, key := range racing {
				did, a, err := act(t.Context(), db, by, key, request, "answer "+key)
				if err != nil || a.Status != 201 || string(a.Body) != "answer "+key {
					t.Errorf("%s: %+v, %v", key, a, err)
				}
				if did {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	return done.Load()
}

func child(t *testing.T) {
	db, err := sqldb.Open(t.Context(), sqldb.Options{DSN: os.Getenv("IDEMPOTENCY_DSN"), Path: os.Getenv("IDEMPOTENCY_PATH")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	race(t, db, actor.OfToken(1, id.Token{UUID: id.Read(os.Getenv("IDEMPOTENCY_TOKEN"))}, 0))
}
