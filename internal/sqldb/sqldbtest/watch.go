package sqldbtest

import (
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
)

// Watched is a database that keeps the queries it is asked, so that a test can look at how the engine reads them.
type Watched struct {
	*sqldb.DB
	Clock  *Clock
	Engine string // sqlite or postgres
	at     sqldb.Options

	mu   sync.Mutex
	kept map[string][]any // the arguments of the last time
}

// EachWatched is Each with a database that keeps the queries in which the word stands.
func EachWatched(t *testing.T, word string, test func(t *testing.T, w *Watched)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := &Watched{Clock: NewClock(), Engine: engine, at: migrated(t, engine), kept: map[string][]any{}}
			w.at.Clock = w.Clock.Now
			w.at.Trace = func(query string, args []any) {
				w.mu.Lock()
				defer w.mu.Unlock()
				if (strings.HasPrefix(query, "SELECT") || strings.HasPrefix(query, "WITH")) && strings.Contains(query, word) {
					w.kept[query] = args
				}
			}
			var err error
			if w.DB, err = sqldb.Open(t.Context(), w.at); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { w.Close() })
			test(t, w)
		})
	}
}

// Plans asks, and hands each query that was kept meanwhile to judge, with its Plan.
func (w *Watched) Plans(t testing.TB, ask func(), judge func(query, plan string)) {
	t.Helper()
	w.mu.Lock()
	clear(w.kept)
	w.mu.Unlock()
	ask()
	w.mu.Lock()
	defer w.mu.Unlock()
	for query, args := range w.kept {
		judge(query, Plan(t, w.at, w.Engine, query, args))
	}
}

// Analyze has the engine gather its statistics.
func (w *Watched) Analyze(t testing.TB) {
	t.Helper()
	if err := w.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), "ANALYZE"); return err }); err != nil {
		t.Fatal(err)
	}
}
