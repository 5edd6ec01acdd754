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
	bare float64 // rows a second of the bare statements; 0 = not measured
}

func (t transferred) rate() float64 { return float64(t.rows) / t.took.Seconds() }

// files measures import and export by the command line, beside the server that rests.
func files(ctx context.Context, p *product, b *bare, found *places, contacts, rows int) ([]transferred, error) {
	var list []transferred
	add := func(what string, rows int, bare float64, s spent, err error) error {
		list = append(list, transferred{what, rows, s, bare})
		return err
	}
	all, err := b.everyone(ctx)
	if err != nil {
		return nil, err
	}
	s, err := p.do(ctx, io.Discard, "export", "contacts", "--workspace", slug, "--format", "csv")
	if err := add("export of contacts, CSV", contacts, all, s, err); err != nil {
		return nil, err
	}
	file := filepath.Join(p.dir, "import.csv")
	if err := writeRows(file, found.sirets, rows); err != nil {
		return nil, err
	}
	s, err = p.do(ctx, io.Discard, "import", "contacts", file, "--workspace", slug)
	if err := add("import of new contacts, CSV", rows, 0, s, err); err != nil {
		return nil, err
	}
	s, err = p.do(ctx, io.Discard, "import", "contacts", file, "--workspace", slug)
	if err := add("the same file again", rows, 0, s, err); err != nil {
		return nil, err
	}
	list[1].bare, err = b.loop(ctx, found, rows)
	return list, err
}

// loop adds so many contacts by bare statements, as many a transaction as the import has, and gives how many a second.
func (b *bare) loop(ctx context.Context, found *places, rows int) (float64, error) {
	const batch = 500
	w, err := b.writer(ctx)
	if err != nil {
		return 0, err
	}
	defer w.close()
	began := time.Now()
	for range rows / batch {
		if err := w.add(ctx, found, batch); err != nil {
			return 0, err
		}
	}
	return float64(rows/batch*batch) / time.Since(began).Seconds(), nil
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
