package transfer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// breaker is a clock that ends a context when it has been asked the time so often.
type breaker struct {
	sync.Mutex
	*sqldbtest.Clock
	after int
	end   context.CancelFunc
}

func (b *breaker) Now() time.Time {
	b.Lock()
	defer b.Unlock()
	if b.after--; b.after == 0 {
		b.end()
	}
	return b.Clock.Now()
}

// kept receives a file of contacts, one of fifty refused, and starts its import.
func kept(t *testing.T, db *sqldb.DB, slug string, rows int) (Transfer, actor.Actor) {
	t.Helper()
	var by actor.Actor
	lines := []string{"Numéro client;Nom;Prénom;Téléphone"}
	for n := range rows {
		phone := ""
		if n%50 == 17 {
			phone = "12"
		}
		name := strings.Map(func(r rune) rune { return 'a' + r - '0' }, fmt.Sprint(n/2)) // every second row is its forerunner again
		lines = append(lines, fmt.Sprintf("K%d;Du%s;Zoé;%s", n/20, name, phone))
	}
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: "Brenval", Kind: "school"})
		by = actor.OfProgram(w.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	in := Upload{Noun: Contacts, Name: "people.csv", Options: Options{CreateOrganizations: true, Update: true}}
	k, err := Receive(t.Context(), db, by, Settings{}, in, strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	runPass(t, db, k)
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return Start(t.Context(), tx, by, k.ID) }); err != nil {
		t.Fatal(err)
	}
	return k, by
}

func runPass(t *testing.T, db *sqldb.DB, k Transfer) {
	t.Helper()
	if err := (pass{k.workspace, k.ID}).run(t.Context(), db, Settings{}.withDefaults()); err != nil {
		t.Fatal(err)
	}
}

func look(t *testing.T, db *sqldb.DB, by actor.Actor, k Transfer) (now Transfer, contacts int64) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		if now, err = Get(t.Context(), tx, by, k.ID); err != nil {
			return err
		}
		contacts, err = sqldb.One(t.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM contact WHERE workspace_id = $1`, by.Workspace)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return now, contacts
}

func eachEngine(t *testing.T, test func(t *testing.T, db *sqldb.DB, clock *breaker)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock := &breaker{Clock: sqldbtest.NewClock()}
			test(t, sqldbtest.Open(t, engine, clock.Now), clock)
		})
	}
}

func TestResume(t *testing.T) {
	eachEngine(t, func(t *testing.T, db *sqldb.DB, clock *breaker) {
		const rows = 600
		t.Run("wherever an import breaks off, it goes on without taking a row twice", func(t *testing.T) {
			whole, by := kept(t, db, "whole", rows)
			runPass(t, db, whole)
			want, people := look(t, db, by, whole)
			if want.State != Done || want.Counts.Refused != 12 || people != int64(want.Counts.New) || want.Counts.Rows() != rows {
				t.Fatalf("%+v, %d contacts", want, people)
			}
			broken := 0
			for after := 2; after < 30; after += 3 {
				k, by := kept(t, db, fmt.Sprint("broken-", after), rows)
				ctx, cancel := context.WithCancel(t.Context())
				clock.Lock()
				clock.after, clock.end = after, cancel
				clock.Unlock()
				err := pass{k.workspace, k.ID}.run(ctx, db, Settings{}.withDefaults())
				if errors.Is(err, context.Canceled) {
					broken++
				} else if err != nil {
					t.Fatal(err)
				}
				cancel()
				runPass(t, db, k)
				if got, n := look(t, db, by, k); got.State != Done || got.Counts != want.Counts || n != people {
					t.Errorf("broken off after %d looks at the clock: %+v, %d contacts; want %+v, %d", after, got.Counts, n, want.Counts, people)
				}
			}
			if broken < 3 {
				t.Errorf("only %d broke off", broken)
			}
		})
		t.Run("two nodes that work on the same import take each row once", func(t *testing.T) {
			k, by := kept(t, db, "two-nodes", rows)
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() {
					if err := (pass{k.workspace, k.ID}).run(t.Context(), db, Settings{}.withDefaults()); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			runPass(t, db, k) // should both have given way to each other
			if got, n := look(t, db, by, k); got.State != Done || got.Counts.Rows() != rows || n != int64(got.Counts.New) {
				t.Errorf("%+v, %d contacts", got, n)
			}
		})
		t.Run("cancelled, it stops between two batches, and what was taken stays", func(t *testing.T) {
			const many = 6000
			k, by := kept(t, db, "cancelled", many)
			ended := make(chan error, 1)
			go func() { ended <- pass{k.workspace, k.ID}.run(t.Context(), db, Settings{}.withDefaults()) }()
			for {
				if now, _ := look(t, db, by, k); now.position > 0 {
					break
				}
				runtime.Gosched()
			}
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return Cancel(t.Context(), tx, by, k.ID) }); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			got, n := look(t, db, by, k)
			if got.State != Cancelled || n != int64(got.Counts.New) || n == 0 || got.Counts.Rows() == many {
				t.Errorf("%+v, %d contacts", got, n)
			}
		})
		t.Run("given up, it says so", func(t *testing.T) {
			k, by := kept(t, db, "given-up", 10)
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return pass{k.workspace, k.ID}.GivenUp(t.Context(), tx) }); err != nil {
				t.Fatal(err)
			}
			if got, _ := look(t, db, by, k); got.State != Failed || got.Failure.Key != "transfer.interrupted" {
				t.Errorf("%+v", got)
			}
		})
	})
}
