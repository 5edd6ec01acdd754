package main

import (
	"context"
	"errors"
	"fmt"
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
	held
	bare  time.Duration // CPU of a row's bare statements; 0 = not measured
	empty int64         // memory of the same of a workspace that has nobody; 0 = not measured
}

func (t transferred) rate() float64 { return float64(t.rows) / t.took.Seconds() }

// each is the CPU of one row.
func (t transferred) each() time.Duration { return t.cpu / time.Duration(t.rows) }

// print says what it took.
func (t transferred) print(w io.Writer) {
	us := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
	fmt.Fprintf(w, "%s: %d rows in %.1f s, %.0f a second, %.0f µs of CPU a row", t.what, t.rows, t.took.Seconds(), t.rate(), us(t.each()))
	if t.bare > 0 {
		fmt.Fprintf(w, " of which bare %.0f µs (%.0f %%)", us(t.bare), 100*us(t.bare)/us(t.each()))
	}
	fmt.Fprintf(w, "; RssAnon %s at most", megabytes(t.memory))
	if t.empty > 0 {
		fmt.Fprintf(w, ", %s more than without rows (wanted 16)", megabytes(t.memory-t.empty))
	}
	if t.write > 0 {
		fmt.Fprintf(w, "; others wait for it %s ms at most to write (wanted 200)", milliseconds(t.write))
	}
	if t.read > 0 {
		fmt.Fprintf(w, "; longest read transaction %s ms (wanted 1,000)", milliseconds(t.read))
	}
	fmt.Fprintln(w)
}

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
		exports := args[0] == "export"
		if exports {
			nobody, err := p.do(ctx, io.Discard, "export", "contacts", "--workspace", slug+"-0", "--format", args[len(args)-1])
			if err != nil {
				return nil, err
			}
			list[i].empty = nobody.memory
		}
		end := b.holding(ctx, p, exports)
		list[i].spent, err = b.beside(ctx, p, args...)
		held, watched := end()
		if err = errors.Join(err, watched); err != nil {
			return nil, err
		}
		if list[i].held = held; exports {
			list[i].write = 0 // of our own writes beside it
		} else {
			list[i].read = 0
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
