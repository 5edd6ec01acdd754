package main

import (
	"fmt"
	"io"
	"os"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
)

type importCmd struct {
	place
	Transfers           config.Transfers `embed:"" group:"Import and export:"`
	Noun                string           `arg:"" name:"organizations|contacts|invoices" enum:"organizations,contacts,invoices" help:"What the file holds; for invoices, the folder."`
	File                string           `arg:"" type:"path" help:"CSV (comma, semicolon, tab; UTF-8, UTF-16, Windows-1252) or XLSX, with a header on its first line. Invoices: a folder with one such list and the PDFs that its column «Fichier» names."`
	Workspace           string           `required:"" placeholder:"SLUG" help:"Workspace to import into."`
	DryRun              bool             `help:"Change nothing; say what would happen."`
	CreateOrganizations bool             `help:"Contacts: an unknown SIRET makes its organisation."`
	Update              bool             `help:"A row that exists with other values changes phones and function; without this it is refused."`
	AcceptCorrections   bool             `help:"Take the proposed correction of an e-mail address."`
	Rename              bool             `help:"Contacts: another name beside a known «identifiant personnel» renames the person; without this it is refused."`
	JSON                bool             `name:"json" help:"Print the report as JSON."`
}

// Help is shown by --help.
func (importCmd) Help() string {
	return `Each row is taken whole or refused alone, and the same file twice changes nothing. Nothing is sent to anybody. Status 0: every row was taken; 3: some were refused; 2: the file cannot be used.

With --json: {"new", "changed", "unchanged", "refused": [{"row", "column", "code", "message"}]}.

Examples:

  entregent import contacts contacts.xlsx --workspace brenval --dry-run
  entregent import contacts contacts.csv --workspace brenval --create-organizations --accept-corrections
  entregent import organizations companies.csv --workspace brenval --update --json
  entregent import invoices ./october --workspace brenval --dry-run`
}

// Run imports the file and prints the report.
func (i importCmd) Run(c *console) error {
	return i.open(c, config.Config{Transfers: i.Transfers}, func(b *app.Base) error {
		rows, err := newRefusedRows(i.JSON)
		if err != nil {
			return err
		}
		defer rows.close()
		result, err := i.take(c, b, rows.add)
		if err != nil {
			return err
		}
		if err := i.report(c.out, result, rows); err != nil {
			return err
		}
		if result.Refused > 0 {
			return errRefused
		}
		return nil
	})
}

// take imports the file, or the folder of invoices.
func (i importCmd) take(c *console, b *app.Base, refused func(app.RefusedLine) error) (app.ImportResult, error) {
	if i.Noun == "invoices" {
		folder, err := os.OpenRoot(i.File)
		if err != nil {
			return app.ImportResult{}, unusable{err}
		}
		defer folder.Close()
		return b.ImportInvoices(c.ctx, i.Workspace, folder, i.DryRun, refused)
	}
	f, size, err := openRegular(i.File)
	if err != nil {
		return app.ImportResult{}, err
	}
	defer f.Close()
	return b.Import(c.ctx, app.Import{Noun: i.Noun, Workspace: i.Workspace, DryRun: i.DryRun, ImportOptions: app.ImportOptions{
		CreateOrganizations: i.CreateOrganizations, Update: i.Update, AcceptCorrections: i.AcceptCorrections, Rename: i.Rename,
	}}, f, size, refused)
}

// openRegular opens a file that can be read at any place; a pipe cannot.
func openRegular(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, unusable{err}
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", path)
	}
	if err != nil {
		f.Close()
		return nil, 0, unusable{err}
	}
	return f, info.Size(), nil
}

type exportCmd struct {
	place
	Noun      string `arg:"" name:"organizations|contacts" enum:"organizations,contacts" help:"What to export."`
	Workspace string `required:"" placeholder:"SLUG" help:"Workspace to export."`
	Format    string `required:"" enum:"csv,xlsx,jsonl" placeholder:"csv|xlsx|jsonl" help:"Form of the file."`
	Output    string `placeholder:"FILE" type:"path" help:"File to write, a new one for its owner alone; without it standard output."`
}

// Help is shown by --help.
func (exportCmd) Help() string {
	return `Writes the columns of the import's template and more; the file can be imported again with nothing changed.

Examples:

  entregent export contacts --workspace brenval --format xlsx --output contacts.xlsx
  entregent export organizations --workspace brenval --format jsonl | wc -l`
}

// Run writes the file; see writeTo.
func (e exportCmd) Run(c *console) error {
	return e.open(c, config.Config{}, func(b *app.Base) error {
		what := app.Export{Noun: e.Noun, Workspace: e.Workspace, Format: e.Format}
		if e.Output == "" {
			return b.Export(c.ctx, what, c.out)
		}
		return writeTo(e.Output, func(to io.Writer) error { return b.Export(c.ctx, what, to) })
	})
}
