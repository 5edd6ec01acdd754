package job_test

import (
	"context"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestPlans looks at how the engines find what is due, which is asked after each change that queues a job: by the index of what waits,
// however much has finished.
func TestPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "FROM job", func(t *testing.T, w *sqldbtest.Watched) {
		r := quiet(t, w.DB, options())
		job.Register(r, 1, func(context.Context, *sqldb.DB, letter) error { return nil })
		enqueue(t, w.DB, letter{N: 1}, job.Opts{})
		asked := 0
		w.Plans(t, func() { runDue(t, r) }, func(query, plan string) {
			asked++
			if !strings.Contains(plan, "job_waiting") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s\n%s", query, plan)
			}
		})
		if asked != 2 {
			t.Errorf("%d statements look for what is due and take it", asked)
		}
	})
}
