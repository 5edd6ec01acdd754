package app

import (
	"context"
	"io"
	"os"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invoice/books"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/transfer/sheet"
	"github.com/entregent/entregent/internal/workspace"
)

// What the command line hands on and prints, as the room has it.
type (
	ImportOptions = transfer.Options
	ImportResult  = transfer.Result
	RefusedLine   = transfer.RefusedLine
	FaultLine     = transfer.FaultLine
)

// Import says what is to be imported where, and what the import may do.
type Import struct {
	Noun      string // organizations or contacts
	Workspace string // slug
	DryRun    bool
	ImportOptions
}

// Import takes a file. Each refused row is handed to refused in English as the import goes on, and none is kept. A file
// that cannot be used, and a workspace that does not exist, are a fault.Invalid. When ctx ends or refused fails, what
// was taken by then stays, and the error says so.
func (b *Base) Import(ctx context.Context, in Import, content io.ReaderAt, size int64, refused func(RefusedLine) error) (ImportResult, error) {
	w, err := b.workspace(ctx, in.Workspace)
	if err != nil {
		return ImportResult{}, err
	}
	noun, _ := transfer.ParseNoun(in.Noun)
	p := locale.For(locale.English, w.OrganizationNoun, w.HostNoun(), w.Zone())
	file := sheet.File{ReaderAt: content, Size: size}
	return transfer.Import(ctx, b.db, actor.OfProgram(w.ID), b.transfers(), noun, in.ImportOptions, in.DryRun, file,
		func(r transfer.Refusal) error { return refused(r.Line(p)) })
}

// ImportInvoices takes a folder of PDFs with their list, see books.Folder; refused rows and faults are those of Import.
func (b *Base) ImportInvoices(ctx context.Context, slug string, folder *os.Root, dry bool, refused func(RefusedLine) error) (ImportResult, error) {
	w, err := b.workspace(ctx, slug)
	if err != nil {
		return ImportResult{}, err
	}
	p := locale.For(locale.English, w.OrganizationNoun, w.HostNoun(), w.Zone())
	return books.Folder(ctx, b.db, b.files, actor.OfProgram(w.ID), folder, dry, func(r transfer.Refusal) error { return refused(r.Line(p)) })
}

// Export says what is to be exported in which form.
type Export struct {
	Noun      string // organizations or contacts
	Workspace string // slug
	Format    string // csv, xlsx or jsonl
}

// Export writes all of a noun, in the columns of the import's template and more, with the words of the workspace's
// language. A workspace that does not exist is a fault.Invalid.
func (b *Base) Export(ctx context.Context, in Export, to io.Writer) error {
	w, err := b.workspace(ctx, in.Workspace)
	if err != nil {
		return err
	}
	noun, _ := transfer.ParseNoun(in.Noun)
	format, _ := list.ParseFormat(in.Format)
	p := locale.For(w.Locale, w.OrganizationNoun, w.HostNoun(), w.Zone())
	_, err = transfer.Export(ctx, b.db, actor.OfProgram(w.ID), transfer.Everything(noun), format, to, p)
	return err
}

// transfers bounds imports as configured.
func (b *Base) transfers() transfer.Settings {
	c := b.config.Transfers
	return transfer.Settings{
		Bytes: c.UploadLimit, Retention: c.Retention.Duration(), Abandoned: c.Abandoned.Duration(),
		Unpacked: c.Unpacked, Strings: c.Strings, Row: c.Row, Columns: c.Columns,
	}
}

// workspace finds one by its slug, for the command line.
func (b *Base) workspace(ctx context.Context, slug string) (w workspace.Workspace, err error) {
	err = b.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		w, err = workspace.GetBySlug(ctx, tx, slug)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		err = fault.OnField(fault.Invalid, "workspace", fault.M("command.no_workspace"))
	}
	return w, err
}
