package mail

import (
	"testing"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// BenchmarkSend is one letter, from the queue to the note that a local server took it, with four workers of which two
// send: 1/letters a second.
func BenchmarkSend(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			clock := sqldbtest.NewClock()
			db := sqldbtest.Open(b, engine, clock.Now)
			s := newScene(b, db, clock, mailtest.Options{}, nil)
			all := make([]New, b.N)
			for i := range all {
				all[i] = New{Kind: "trial", Contact: id.NewContact()}
			}
			for len(all) > 0 {
				n := min(len(all), 500)
				queueAll(b, db, all[:n])
				all = all[n:]
			}
			b.ResetTimer()
			s.runner.Start()
			s.server.Await(b, b.N)
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
			if err := s.runner.Stop(b.Context()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkQueue is a batch of 500 letters.
func BenchmarkQueue(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			clock := sqldbtest.NewClock()
			db := sqldbtest.Open(b, engine, clock.Now)
			all := make([]New, 500)
			for b.Loop() {
				for i := range all {
					all[i] = New{Kind: "trial", Contact: id.NewContact()}
				}
				queueAll(b, db, all)
			}
			b.ReportMetric(float64(b.N*len(all))/b.Elapsed().Seconds(), "letters/s")
		})
	}
}

func queueAll(b *testing.B, db *sqldb.DB, all []New) {
	b.Helper()
	err := db.Update(b.Context(), func(tx *sqldb.Tx) error {
		_, err := QueueAll(b.Context(), tx, all)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCompose is the writing of a letter, without sending it.
func BenchmarkCompose(b *testing.B) {
	clock := sqldbtest.NewClock()
	s := &scene{db: sqldbtest.Open(b, "sqlite", clock.Now), clock: clock}
	s.over(b, Outbox{})
	for b.Loop() {
		err := s.db.View(b.Context(), func(tx *sqldb.Tx) error {
			m, err := s.post.Compose(b.Context(), tx, Letter{ID: id.NewLetter(), Kind: "trial", Contact: id.NewContact()})
			if err == nil {
				_, err = m.bytes()
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
