package dispatch

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// BenchmarkDispatch queues 10,000 invitations, as the job does: goal 10 s. What it reports as hold is the longest that one
// transaction kept others from writing, as cpu what the process spent, which depends less on the machine's other guests.
func BenchmarkDispatch(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			const n = 10_000
			var longest, spent time.Duration
			for b.Loop() {
				b.StopTimer()
				clock := &breaker{Clock: sqldbtest.NewClock()}
				h := newTown(b, sqldbtest.Open(b, engine, time.Now), clock, mailtest.Options{})
				people := h.contacts(h.school, n)
				b.StartTimer()
				before := cpu(b)
				d := h.start(h.school.officer, people...)
				x := batch{work: work{d.workspace, d.ID}, inviter: h.inviter, db: h.db, size: batchFirst}
				for h.try(func(ctx context.Context, tx *sqldb.Tx) error { return x.take(ctx, tx) }) == nil {
					longest = max(longest, x.took)
					x.adapt()
				}
				spent += cpu(b) - before
				if now := h.now(h.school, d); now.Counts[Invited] != n {
					b.Fatalf("%+v", now)
				}
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s")
			b.ReportMetric(float64(longest.Milliseconds()), "hold-ms")
		})
	}
}

// cpu is what the process has spent so far.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
