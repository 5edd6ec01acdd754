package main

import (
	"context"
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
	file := filepath.Join(p.dir, "import.csv")
	if err := writeRows(file, found.sirets, rows); err != nil {
		return nil, err
	}
	list := []transferred{{what: "export of contacts, CSV", rows: contacts, bare: exporting}, {what: "import of new contacts, CSV", rows: rows}, {what: "the same file again", rows: rows}}
	for i, args := range [][]string{
		{"export", "contacts", "--workspace", slug, "--format", "csv"},
		{"import", "contacts", file, "--workspace", slug},
		{"import", "contacts", file, "--workspace", slug},
	} {
		if list[i].spent, err = b.beside(ctx, p, args...); err != nil {
			return nil, err
		}
	}
	list[1].bare, err = b.loop(ctx, found, rows)
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

// writeRows writes a file in the host's template, of new people at organisations that exist.
func writeRows(path string, sirets []string, rows int) error {
	var b strings.Builder
	b.WriteString("SIRET;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email\r\n")
	for i := range rows {
		who := letters(firstNew + i)
		fmt.Fprintf(&b, "%s;Mme;Fichier %s;Essai;06 39 98 12 34;01 99 00 12 34;Responsable des essais;fichier.%s@brenval.example\r\n", sirets[i%len(sirets)], who, who)
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}
