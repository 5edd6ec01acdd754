package dispatch

import (
	"context"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// BenchmarkDispatch queues 10,000 invitations, as the job does: goal 10 s. What it reports as hold is the longest that one
// transaction kept others from writing.
func BenchmarkDispatch(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			const n = 10_000
			longest := time.Duration(0)
			for b.Loop() {
				b.StopTimer()
				clock := &breaker{Clock: sqldbtest.NewClock()}
				h := newTown(b, sqldbtest.Open(b, engine, time.Now), clock, mailtest.Options{})
				people := h.contacts(h.school, n)
				b.StartTimer()
				d := h.start(h.school.officer, people...)
				x := batch{work: work{d.workspace, d.ID}, inviter: h.inviter, db: h.db, size: batchFirst}
				for h.try(func(ctx context.Context, tx *sqldb.Tx) error { return x.take(ctx, tx) }) == nil {
					longest = max(longest, x.took)
					x.adapt()
				}
				if now := h.now(h.school, d); now.Counts[Invited] != n {
					b.Fatalf("%+v", now)
				}
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(longest.Milliseconds()), "hold-ms")
		})
	}
}
