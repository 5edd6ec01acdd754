package transfer_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/workspace"
)

// benchHost is a workspace with organisations, of customer numbers 0 to n-1.
func benchHost(b *testing.B, engine string, n int) (*sqldb.DB, actor.Actor) {
	b.Helper()
	db := sqldbtest.Open(b, engine, time.Now)
	var by actor.Actor
	err := db.Update(b.Context(), func(tx *sqldb.Tx) error {
		w, err := workspace.Add(b.Context(), tx, workspace.New{Slug: "brenval", Name: "Brenval", Kind: "school"})
		if err != nil {
			return err
		}
		by = actor.OfProgram(w.ID)
		for i := range n {
			if _, err := organization.Create(b.Context(), tx, by, organization.Input{Name: fmt.Sprint("Ateliers ", i), CustomerNumber: fmt.Sprint("K", i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return db, by
}

func benchFile(rows, organizations int) []string {
	lines := []string{"Numéro client;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email"}
	word := func(n int) string {
		return strings.Map(func(r rune) rune { return 'a' + r - '0' }, fmt.Sprint(n))
	}
	for i := range rows {
		lines = append(lines, fmt.Sprintf("K%d;Mme;Du%s;Élodie;06 39 98 %02d %02d;02 61 91 40 10;Responsable;elodie.%s@corvenne.example",
			i*organizations/rows, word(i), i/100%100, i%100, word(i)))
	}
	return lines
}

func BenchmarkImport(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			const rows, organizations = 20_000, 2000
			lines := benchFile(rows, organizations)
			for b.Loop() {
				b.StopTimer()
				db, by := benchHost(b, engine, organizations)
				b.StartTimer()
				r, err := imports(b.Context(), db, by, transfer.Settings{}, transfer.Contacts, transfer.Options{}, false, file(lines...))
				if err != nil || r.New != rows {
					b.Fatal(line(r), err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkDryRun(b *testing.B) {
	const rows, organizations = 100_000, 2000
	lines := benchFile(rows, organizations)
	db, by := benchHost(b, "sqlite", organizations)
	for b.Loop() {
		r, err := imports(b.Context(), db, by, transfer.Settings{}, transfer.Contacts, transfer.Options{}, true, file(lines...))
		if err != nil || r.New != rows {
			b.Fatal(line(r), err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkImportAgain(b *testing.B) {
	const rows, organizations = 20_000, 2000
	lines := benchFile(rows, organizations)
	db, by := benchHost(b, "sqlite", organizations)
	if _, err := imports(b.Context(), db, by, transfer.Settings{}, transfer.Contacts, transfer.Options{}, false, file(lines...)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := imports(b.Context(), db, by, transfer.Settings{}, transfer.Contacts, transfer.Options{}, false, file(lines...))
		if err != nil || r.Unchanged != rows {
			b.Fatal(line(r), err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkExport(b *testing.B) {
	const rows, organizations = 20_000, 2000
	db, by := benchHost(b, "sqlite", organizations)
	if _, err := imports(b.Context(), db, by, transfer.Settings{}, transfer.Contacts, transfer.Options{}, false, file(benchFile(rows, organizations)...)); err != nil {
		b.Fatal(err)
	}
	for _, f := range []list.Format{list.CSV, list.XLSX, list.JSONL} {
		b.Run(string(f), func(b *testing.B) {
			for b.Loop() {
				n, err := transfer.Export(b.Context(), db, by, transfer.Everything(transfer.Contacts), f, io.Discard, printer(locale.French))
				if n != rows || err != nil {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
