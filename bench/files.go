package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// transferred is what an import or an export took.
type transferred struct {
	what string
	rows int
	spent
	bare time.Duration // CPU of a row's bare statements; 0 = not measured
}

func (t transferred) rate() float64 { return float64(t.rows) / t.took.Seconds() }

// each is the CPU of one row.
func (t transferred) each() time.Duration { return t.cpu / time.Duration(t.rows) }

// files measures import and export by the command line; no server runs meanwhile.
func files(ctx context.Context, p *product, b *bare, found *places, rows int) ([]transferred, error) {
	contacts, exporting, err := b.everyone(ctx)
	if err != nil {
		return nil, err
	}
	file, workbook := filepath.Join(p.dir, "import.csv"), filepath.Join(p.dir, "import.xlsx")
	if err := writeRows(file, rows, newcomers("Fichier", found.sirets)); err != nil {
		return nil, err
	}
	if err := writeWorkbook(workbook, rows+1, newcomers("Classeur", found.sirets)); err != nil {
		return nil, err
	}
	list := []transferred{
		{what: "export of contacts, CSV", rows: contacts, bare: exporting}, {what: "export of contacts, XLSX", rows: contacts},
		{what: "import of new contacts, CSV", rows: rows}, {what: "the same file again", rows: rows},
		{what: "import of new contacts, XLSX", rows: rows}, {what: "the same workbook again", rows: rows},
	}
	for i, args := range [][]string{
		{"export", "contacts", "--workspace", slug, "--format", "csv"},
		{"export", "contacts", "--workspace", slug, "--format", "xlsx"},
		{"import", "contacts", file, "--workspace", slug},
		{"import", "contacts", file, "--workspace", slug},
		{"import", "contacts", workbook, "--workspace", slug},
		{"import", "contacts", workbook, "--workspace", slug},
	} {
		if list[i].spent, err = b.beside(ctx, p, args...); err != nil {
			return nil, err
		}
	}
	list[2].bare, err = b.loop(ctx, found, rows)
	return list, err
}

// beside runs a sub-command and counts PostgreSQL's CPU with its own.
func (b *bare) beside(ctx context.Context, p *product, args ...string) (spent, error) {
	before, err := b.used()
	if err != nil {
		return spent{}, err
	}
	s, err := p.do(ctx, io.Discard, args...)
	if err != nil {
		return s, err
	}
	after, err := b.used()
	s.cpu += after - before
	return s, err
}

// loop adds so many contacts by bare statements, as many a transaction as the import has, and gives the CPU of one.
func (b *bare) loop(ctx context.Context, found *places, rows int) (time.Duration, error) {
	const batch = 500
	w, err := b.writer(ctx)
	if err != nil {
		return 0, err
	}
	defer w.close()
	before, err := b.used()
	if err != nil {
		return 0, err
	}
	for range rows / batch {
		if err := w.add(ctx, found, batch); err != nil {
			return 0, err
		}
	}
	after, err := b.used()
	return (after - before) / time.Duration(rows/batch*batch), err
}

// newcomers are the rows of the host's template: the header, and new people at organisations that exist.
func newcomers(family string, sirets []string) func(n int) []string {
	return func(n int) []string {
		if n == 0 {
			return []string{"SIRET", "Civilité", "Nom", "Prénom", "Portable", "Téléphone", "Fonction", "Email"}
		}
		who := letters(firstNew + n)
		return []string{
			sirets[n%len(sirets)], "Mme", family + " " + who, "Essai", "06 39 98 12 34", "01 99 00 12 34", "Responsable des essais",
			strings.ToLower(family) + "." + who + "@brenval.example",
		}
	}
}

// writeRows writes the header and so many rows as a CSV.
func writeRows(path string, rows int, row func(n int) []string) error {
	var b strings.Builder
	for n := range rows + 1 {
		b.WriteString(strings.Join(row(n), ";") + "\r\n")
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}
