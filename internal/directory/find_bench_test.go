package directory_test

import (
	"syscall"
	"testing"

	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// BenchmarkFind is a search without its page: of few and of many, by one name and by both, and of what is no name at all. What a
// statement costs shows even where there are few rows.
func BenchmarkFind(b *testing.B) {
	db := sqldbtest.Open(b, "sqlite", nil)
	by, _ := fill(b, db, "brenval")
	for name, query := range map[string]string{
		"few, both names begun": "nomab pr", "few, one name": "nomab", "many": "no", "a given name": "prenomb", "an organisation": "ateliers", "nobody": "zz",
	} {
		b.Run(name, func(b *testing.B) {
			before := processor(b)
			for b.Loop() {
				err := db.View(b.Context(), func(tx *sqldb.Tx) error {
					_, err := directory.Find(b.Context(), tx, by, directory.Filter{Query: query, Ask: paging.Ask{Size: 24}})
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processor(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// processor is the time that this process has spent computing, in nanoseconds.
func processor(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
