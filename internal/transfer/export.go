package transfer

import (
	"context"
	"encoding/json"
	"io"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/transfer/sheet"
	"github.com/entregent/entregent/internal/workspace"
)

// Selection says what is exported; the filter of the other noun does not matter.
type Selection struct {
	Noun          Noun
	Contacts      directory.Filter
	Only          []id.Contact // these contacts, whatever the filter; nil = those of the filter
	Organizations organization.Filter
}

// Everything selects all that the workspace has of a noun, archived or not.
func Everything(noun Noun) Selection {
	return Selection{Noun: noun, Contacts: directory.Filter{Shown: directory.Everybody}, Organizations: organization.Filter{Everything: true}}
}

// Export writes what is selected, row by row: in the template's columns and more, so that the file can be imported
// again with nothing changed. It reads some hundred rows at a time, each in a transaction of its own, and keeps nothing in
// memory; what is changed meanwhile may stand in it or not. A line in the history says how many rows were written, also
// when not all could be. Permission: Export.
func Export(ctx context.Context, db *sqldb.DB, by actor.Actor, s Selection, f list.Format, w io.Writer, p *locale.Printer) (rows int, err error) {
	if err := by.Need(actor.Export); err != nil {
		return 0, err
	}
	return file{File: list.File{Noun: string(s.Noun), Format: f}}.write(ctx, db, by, w, p, func(out *records) error {
		switch {
		case s.Noun == Contacts && s.Only != nil:
			return directory.EachOf(ctx, db, by, s.Only, out.contact)
		case s.Noun == Contacts:
			return directory.Each(ctx, db, by, s.Contacts, out.contact)
		}
		return organization.Each(ctx, db, by, s.Organizations, out.organization)
	})
}

// colleagueFields are the columns that an organisation's own people read of one another.
var colleagueFields = []string{"number", "civility", "family_name", "given_name", "job_title", "role", "primary", "state", "authorized_at", "email", "phone", "mobile",
	"login_email", "last_sign_in_at"}

// ExportColleagues writes the people of the caller's own organisation whom the portal shows, as far as the filter's query finds
// them, as Export does; the history of the organisation says so. Formats: CSV and XLSX. Permission: ExportColleagues.
func ExportColleagues(ctx context.Context, db *sqldb.DB, by actor.Actor, q directory.Filter, f list.Format, w io.Writer, p *locale.Printer) (rows int, err error) {
	if err := by.Need(actor.ExportColleagues); err != nil {
		return 0, err
	}
	if err := f.Table(); err != nil {
		return 0, err
	}
	return file{File: list.File{Noun: string(Contacts), Format: f, Of: by.Organization}, fields: colleagueFields}.write(ctx, db, by, w, p, func(out *records) error {
		return directory.EachColleague(ctx, db, by, q, out.contact)
	})
}

// file is one that is written: some fields of a noun, or all.
type file struct {
	list.File
	fields []string
}

// write writes what each hands to the records, and tells the history.
func (x file) write(ctx context.Context, db *sqldb.DB, by actor.Actor, w io.Writer, p *locale.Printer, each func(out *records) error) (rows int, err error) {
	var host workspace.Workspace
	err = db.View(ctx, func(tx *sqldb.Tx) (err error) {
		host, err = workspace.Get(ctx, tx, by.Workspace)
		return err
	})
	if err != nil {
		return 0, err
	}
	return x.Write(ctx, db, by, w, func(w io.Writer) (int, error) {
		out, err := newRecords(w, Noun(x.Noun), x.Format, host, p, x.fields...)
		if err != nil {
			return 0, err
		}
		if err = each(out); err == nil {
			err = out.close()
		}
		return out.rows, err
	})
}

// Template writes the file to fill in: the header and one row as an example. Formats: CSV and XLSX.
func Template(w io.Writer, noun Noun, f list.Format, p *locale.Printer) error {
	if err := f.Table(); err != nil {
		return err
	}
	var names, example []string
	for _, c := range columns[noun] {
		if c.template {
			names = append(names, c.written(p))
			example = append(example, p.Text("transfer.example."+c.field))
		}
	}
	out, err := list.New(w, f, p.Text("transfer.sheet."+string(noun)), names)
	if err != nil {
		return err
	}
	if err := out.Write(example); err != nil {
		return err
	}
	return out.Close()
}

// records writes contacts and organisations in a format.
type records struct {
	sheet   sheet.Writer // nil with JSON lines
	json    *json.Encoder
	columns []column
	row     []string
	format  list.Format
	host    workspace.Workspace
	p       *locale.Printer
	rows    int // written so far
}

// newRecords begins a file with some fields of a noun, in that order; with all where none is named.
func newRecords(w io.Writer, noun Noun, f list.Format, host workspace.Workspace, p *locale.Printer, fields ...string) (*records, error) {
	r := &records{format: f, host: host, p: p}
	if f == list.JSONL {
		r.json = json.NewEncoder(w)
		r.json.SetEscapeHTML(false)
		return r, nil
	}
	if fields == nil {
		for _, c := range columns[noun] {
			if c.field != "reason" {
				fields = append(fields, c.field)
			}
		}
	}
	for _, field := range fields {
		c := column{field: field}
		r.columns = append(r.columns, c)
		r.row = append(r.row, c.written(p))
	}
	var err error
	r.sheet, err = list.New(w, f, r.p.Text("transfer.sheet."+string(noun)), r.row)
	return r, err
}

func (r *records) close() error {
	if r.sheet == nil {
		return nil
	}
	return r.sheet.Close()
}
