// Package list writes a list as a file and tells the history of it: the way out for contacts, organisations, requests, invoices
// and offers alike. What stands in the rows, and who may take them along, its callers say; it reads nothing.
package list

import (
	"bufio"
	"context"
	"io"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// Format is a form of exported files.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	XLSX  Format = "xlsx"
	JSONL Format = "jsonl" // a JSON object a line, with the glossary's words
)

// ParseFormat reads a format; false for anything else.
func ParseFormat(s string) (Format, bool) {
	f := Format(s)
	return f, f == CSV || f == XLSX || f == JSONL
}

// MediaType is what the format is called in HTTP.
func (f Format) MediaType() string {
	switch f {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case JSONL:
		return "application/jsonl"
	}
	return "text/csv; charset=utf-8"
}

// Table is a fault of the field «format» unless the format is one of tables.
func (f Format) Table() error {
	if f != CSV && f != XLSX {
		return fault.OnField(fault.Invalid, "format", fault.M("fault.choice"))
	}
	return nil
}

// New begins a table with its header; the title stands on a workbook's sheet. The format is CSV or XLSX.
func New(w io.Writer, f Format, title string, header []string) (out sheet.Writer, err error) {
	if f == XLSX {
		out, err = sheet.NewXLSX(w, title)
	} else {
		out, err = sheet.NewCSV(w)
	}
	if err != nil {
		return nil, err
	}
	return out, out.Write(header)
}

// File is what a list becomes.
type File struct {
	Noun   string // what it holds, as the history says it
	Format Format
	Of     id.Organization // whose history shows it too; zero = none
}

// Write has fill write the file and say how many rows it wrote, and then tells the history, also when not all could be written.
func (f File) Write(ctx context.Context, db *sqldb.DB, by actor.Actor, w io.Writer, fill func(w io.Writer) (rows int, err error)) (rows int, err error) {
	buffered := bufio.NewWriterSize(w, 32<<10)
	if rows, err = fill(buffered); err == nil {
		err = buffered.Flush()
	}
	ctx = context.WithoutCancel(ctx) // whoever hung up has read what they read
	told := db.Update(ctx, func(tx *sqldb.Tx) error {
		return journal.Record(ctx, tx, by, journal.Entry{
			Kind: "transfer.exported", Subject: journal.Subject{Kind: "transfer", ID: id.NewTransfer().UUID}, Organization: f.Of,
			Changes: []journal.Change{{Field: "noun", After: f.Noun}, {Field: "format", After: string(f.Format)}, {Field: "rows", After: strconv.Itoa(rows)}},
		})
	})
	if err == nil {
		err = told
	}
	return rows, err
}

// Table is Write of a table with a header, of the rows that each adds. The cells may be used again after add.
func (f File) Table(ctx context.Context, db *sqldb.DB, by actor.Actor, w io.Writer, title string, header []string, each func(add func(cells []string) error) error) (rows int, err error) {
	return f.Write(ctx, db, by, w, func(w io.Writer) (rows int, err error) {
		out, err := New(w, f.Format, title, header)
		if err != nil {
			return 0, err
		}
		err = each(func(cells []string) error {
			rows++
			return out.Write(cells)
		})
		if err == nil {
			err = out.Close()
		}
		return rows, err
	})
}
