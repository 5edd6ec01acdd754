package invoice_test

import (
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// BenchmarkFind reads every list out of INVOICES (200,000) invoices in 2,000 organisations, without the page around it.
func BenchmarkFind(b *testing.B) {
	many := 200_000
	if n, err := strconv.Atoi(os.Getenv("INVOICES")); err == nil {
		many = n
	}
	clock := sqldbtest.NewClock()
	db := sqldbtest.Open(b, "sqlite", clock.Now)
	s := newScene(b, db, clock)
	s.fill(max(many/100, 1), many)
	s.update(func(tx *sqldb.Tx) error { _, err := tx.Exec(b.Context(), "ANALYZE"); return err })
	for name, f := range s.filters() {
		b.Run(name, func(b *testing.B) {
			before := processor(b)
			for b.Loop() {
				err := db.View(b.Context(), func(tx *sqldb.Tx) error {
					_, err := invoice.Find(b.Context(), tx, s.staff, f)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processor(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
	b.Run("years and what remains", func(b *testing.B) {
		for b.Loop() {
			err := db.View(b.Context(), func(tx *sqldb.Tx) error {
				_, err := invoice.Years(b.Context(), tx, s.admin, s.org)
				_, err2 := invoice.Remaining(b.Context(), tx, s.admin, s.org)
				return cmpOr(err, err2)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// processor is the time that this process has spent computing: on a shared machine the clock on the wall says little.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
