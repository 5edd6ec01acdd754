package webhook_test

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/webhook"
	"github.com/entregent/entregent/internal/workspace"
)

// BenchmarkFeed queues the events of a sealed history for one webhook that wants them all: the time is that of 1,000 events, cursor,
// rows and commits included. The acts that the events are of wait for nothing of it.
func BenchmarkFeed(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			const events = 1000
			ctx, clock := context.Background(), sqldbtest.NewClock()
			db := sqldbtest.Open(b, engine, clock.Now)
			s, o := secret.New(), settings()
			o.Backlog = 1 << 30
			desk, by := webhook.NewDesk(s, o), actor.Actor{Kind: actor.Staff, Login: id.NewLogin(), Role: actor.StaffAdmin}
			update := func(fn func(tx *sqldb.Tx) error) {
				b.Helper()
				if err := db.Update(ctx, fn); err != nil {
					b.Fatal(err)
				}
			}
			update(func(tx *sqldb.Tx) error {
				w, err := workspace.Add(ctx, tx, workspace.New{Slug: "brenval", Name: "Brenval", Kind: "school"})
				by.Workspace = w.ID
				if err == nil {
					_, _, err = desk.Create(ctx, tx, by, webhook.Input{URL: "http://127.0.0.1:1/", Kinds: []string{"*"}})
				}
				return err
			})
			for b.Loop() {
				b.StopTimer()
				entries := make([]journal.Entry, events)
				for i := range entries {
					entries[i] = journal.Entry{Kind: "contact.edited", Subject: journal.Subject{Kind: "contact", ID: id.NewContact().UUID, Number: "C-000001"}}
				}
				update(func(tx *sqldb.Tx) error { return journal.RecordAll(ctx, tx, by, entries) })
				for range 3 {
					update(func(tx *sqldb.Tx) error {
						_, err := journal.Seal(ctx, tx, s.Key("journal"), by.Workspace, 500)
						return err
					})
				}
				b.StartTimer()
				if err := desk.Feed(ctx, db); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(events*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
