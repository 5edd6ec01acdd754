package books

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// Folder takes the invoices of a folder in: one list (CSV or XLSX), and the PDFs that it names. Each row is taken whole, with its
// PDF and in a transaction of its own, or refused alone and handed to refused; the same folder twice changes nothing; whatever ends
// it leaves no row half. Dry, it says what would become of the rows. A folder without a usable list is a fault.Invalid. A line in the
// history counts the rows. Permission: Import.
func Folder(ctx context.Context, db *sqldb.DB, store *file.Store, by actor.Actor, folder *os.Root, dry bool, refused func(transfer.Refusal) error) (transfer.Result, error) {
	if err := by.Need(actor.Import); err != nil {
		return transfer.Result{}, err
	}
	list, err := openList(folder)
	if err != nil {
		return transfer.Result{}, err
	}
	defer list.Close()
	x := &intake{db: db, store: store, by: by, folder: folder, dry: dry, seen: map[string]bool{}}
	if err := x.open(list); err != nil {
		return transfer.Result{}, err
	}
	failure := x.run(ctx, refused)
	if !dry && x.result.Rows() > 0 {
		err := db.Update(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error {
			return journal.Record(context.WithoutCancel(ctx), tx, by, journal.Entry{
				Kind: "transfer.imported", Subject: journal.Subject{Kind: "transfer", ID: id.NewTransfer().UUID}, Organization: by.Organization,
				Changes: x.counts(),
			})
		})
		failure = errors.Join(failure, err)
	}
	return x.result, failure
}

// intake is one folder on its way in.
type intake struct {
	db     *sqldb.DB
	store  *file.Store
	by     actor.Actor
	folder *os.Root
	dry    bool
	seen   map[string]bool // numbers that a dry run would have taken
	rows   *sheet.Reader
	at     map[string]int // field → column
	result transfer.Result
}

// openList opens the one table that stands in the folder.
func openList(folder *os.Root) (*os.File, error) {
	entries, err := fs.ReadDir(folder.FS(), ".")
	if err != nil {
		return nil, err
	}
	var lists []string
	for _, e := range entries {
		if ext := strings.ToLower(path.Ext(e.Name())); e.Type().IsRegular() && (ext == ".csv" || ext == ".xlsx") {
			lists = append(lists, e.Name())
		}
	}
	switch len(lists) {
	case 0:
		return nil, fault.New(fault.Invalid, "books.no_list")
	case 1:
		return folder.Open(lists[0])
	}
	return nil, fault.New(fault.Invalid, "books.several_lists")
}

// open understands the list's header.
func (x *intake) open(list *os.File) error {
	info, err := list.Stat()
	if err != nil {
		return err
	}
	known := func(header string) bool { _, ok := meant(header); return ok }
	if x.rows, err = sheet.Open(sheet.File{ReaderAt: list, Size: info.Size()}, sheet.Limits{}, known); err != nil {
		return err
	}
	x.at = map[string]int{}
	for i, header := range x.rows.Header {
		field, ok := meant(header)
		first, twice := x.at[field]
		switch {
		case !ok:
			x.result.UnknownColumns = append(x.result.UnknownColumns, header)
		case twice:
			return fault.New(fault.Invalid, "transfer.header_twice", "Column", x.rows.Header[first], "Other", header)
		default:
			x.at[field] = i
		}
	}
	_, bySIRET := x.at["siret"]
	_, byNumber := x.at["customer_number"]
	if !bySIRET && !byNumber || slices.ContainsFunc(needed, func(field string) bool { _, ok := x.at[field]; return !ok }) {
		return fault.New(fault.Invalid, "books.header_incomplete")
	}
	return nil
}

// meant is the field that a header names, in any of our languages; accents, case, blanks and signs apart.
func meant(header string) (string, bool) {
	key := plain(header)
	for _, field := range read {
		if key == plain(field) {
			return field, true
		}
		for _, language := range locale.Languages() {
			if key == plain(locale.For(language, locale.Company, locale.School, nil).Text("books.column."+field)) {
				return field, true
			}
		}
	}
	return "", false
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name.Fold(s[:min(len(s), 500)]))
}

// run takes row by row.
func (x *intake) run(ctx context.Context, refused func(transfer.Refusal) error) error {
	for {
		row, err := x.rows.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		faults, err := x.take(ctx, row)
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			x.result.Refused++
			if err := refused(transfer.Refusal{Row: row.N, Faults: faults, Cells: row.Cells}); err != nil {
				return err
			}
		}
	}
}

func (x *intake) cell(row sheet.Row, field string) string {
	i, ok := x.at[field]
	if !ok || i >= len(row.Cells) {
		return ""
	}
	return sheet.Unescape(strings.TrimSpace(row.Cells[i]))
}

// column is what the list calls a field.
func (x *intake) column(field string) string {
	if field == file.Field {
		field = "file"
	}
	if i, ok := x.at[field]; ok {
		return x.rows.Header[i]
	}
	return field
}

// input is what a row says. Kinds and states are said in any of our languages, or by their words in the code.
func (x *intake) input(row sheet.Row) invoice.Input {
	return invoice.Input{
		Number: x.cell(row, "number"), Kind: word(x.cell(row, "kind"), "invoice.kind.", "invoice", "credit_note"), State: word(x.cell(row, "state"), "invoice.state.", "unpaid", "paid"),
		IssuedOn: x.cell(row, "issued_on"), DueOn: x.cell(row, "due_on"), Reference: x.cell(row, "reference"),
		NetAmount: x.cell(row, "net_amount"), AmountDue: x.cell(row, "amount_due"), Currency: x.cell(row, "currency"),
	}
}

// word is the answer that a text names; what names none stays as it is, and is refused.
func word(text, prefix string, answers ...string) string {
	for _, answer := range answers {
		if plain(text) == plain(answer) {
			return answer
		}
		for _, language := range locale.Languages() {
			if plain(text) == plain(locale.For(language, locale.Company, locale.School, nil).Text(prefix+answer)) {
				return answer
			}
		}
	}
	return text
}

// faults puts a refusal into those of the row; any other error is passed on.
func (x *intake) faults(err error) ([]transfer.Fault, error) {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.NotFound {
		return nil, err
	}
	var list []transfer.Fault
	for _, field := range f.Fields {
		m := field.Message
		m.Link = ""
		list = append(list, transfer.Fault{Column: x.column(field.Name), Code: code(m.Key), Message: m})
	}
	if len(list) == 0 {
		list = append(list, transfer.Fault{Column: x.column("number"), Code: code(f.Message.Key), Message: f.Message})
	}
	return list, nil
}

// code is what programs know a message by: its key, without the room where it is ours.
func code(key string) string {
	switch key {
	case "fault.required":
		return "required"
	case "invoice.number_taken":
		return "exists"
	}
	return strings.TrimPrefix(strings.TrimPrefix(key, "books."), "invoice.")
}

func one(column, key string) []transfer.Fault {
	return []transfer.Fault{{Column: column, Code: code(key), Message: fault.M(key)}}
}

// take takes a row, or says why not. What is there already exactly so is confirmed.
func (x *intake) take(ctx context.Context, row sheet.Row) ([]transfer.Fault, error) {
	in := x.input(row)
	want, err := in.Parse()
	if err != nil {
		return x.faults(err)
	}
	content, faults, err := x.paper(row)
	if err != nil || faults != nil {
		return faults, err
	}
	defer content.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return nil, err
	}
	org, there, faults, err := x.look(ctx, row, want, sum.Sum(nil))
	switch {
	case err != nil || faults != nil:
		return faults, err
	case there:
		x.result.Unchanged++
		return nil, nil
	case x.seen[invoice.NumberKey(want.Number)]:
		return one(x.column("number"), "books.exists"), nil
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if err := x.create(ctx, org, in, content, x.cell(row, "file")); err != nil {
		return x.faults(err)
	}
	x.result.New++
	return nil, nil
}

// paper opens the row's PDF, which stands in the folder itself.
func (x *intake) paper(row sheet.Row) (*os.File, []transfer.Fault, error) {
	column, called := x.column("file"), x.cell(row, "file")
	switch {
	case called == "":
		return nil, one(column, "fault.required"), nil
	case called != path.Base(called) || strings.ContainsAny(called, `\:`) || called == "." || called == "..":
		return nil, one(column, "books.file_outside"), nil
	}
	f, err := x.folder.Open(called)
	if err != nil {
		return nil, one(column, "books.file_missing"), nil
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, one(column, "books.file_missing"), f.Close()
	}
	return f, nil, nil
}

// look finds the row's organisation, and whether the invoice is there already as the row has it.
func (x *intake) look(ctx context.Context, row sheet.Row, want invoice.Invoice, digest []byte) (of id.Organization, there bool, faults []transfer.Fault, err error) {
	err = x.db.View(ctx, func(tx *sqldb.Tx) error {
		org, wrong, err := x.organization(ctx, tx, row)
		if err != nil || wrong != nil {
			faults = wrong
			return err
		}
		of = org.ID
		have, paper, err := invoice.ByNumber(ctx, tx, x.by, want.Number)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if there = have.Organization == of && have.Says(want) && bytes.Equal(paper.Digest, digest); !there {
			faults = one(x.column("number"), "books.exists")
		}
		return nil
	})
	return of, there, faults, err
}

func (x *intake) organization(ctx context.Context, tx *sqldb.Tx, row sheet.Row) (o organization.Organization, faults []transfer.Fault, err error) {
	field := "siret"
	if text := x.cell(row, "siret"); text != "" {
		s, err := siret.Parse(text)
		if err != nil {
			faults, err = x.faults(fault.OnField(fault.Invalid, "siret", asMessage(err)))
			return o, faults, err
		}
		o, err = organization.BySIRET(ctx, tx, x.by, s)
		if !fault.Is(err, fault.NotFound) {
			return o, nil, err
		}
	} else if number := x.cell(row, "customer_number"); number != "" {
		field = "customer_number"
		o, err = organization.ByCustomerNumber(ctx, tx, x.by, number)
		if !fault.Is(err, fault.NotFound) {
			return o, nil, err
		}
	} else {
		if _, ok := x.at["siret"]; !ok {
			field = "customer_number"
		}
		return o, one(x.column(field), "fault.required"), nil
	}
	return o, one(x.column(field), "books.no_organization"), nil
}

func asMessage(err error) (m fault.Message) {
	errors.As(err, &m)
	return m
}

// create takes the PDF in and files the invoice with it; dry, it only looks at both.
func (x *intake) create(ctx context.Context, of id.Organization, in invoice.Input, content io.Reader, called string) error {
	pdf, err := x.store.Receive(ctx, content, called)
	if err != nil {
		return err
	}
	err = invoice.CheckPDF(pdf)
	if err == nil && !x.dry {
		err = x.db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := invoice.Create(ctx, tx, x.by, of, in, pdf)
			return err
		})
	}
	if err != nil || x.dry {
		err = errors.Join(err, x.store.Drop(pdf))
	}
	if x.dry {
		x.seen[invoice.NumberKey(in.Number)] = true
	}
	return err
}

// counts are what the history keeps.
func (x *intake) counts() []journal.Change {
	list := []journal.Change{{Field: "noun", After: Noun}}
	for _, c := range []struct {
		field string
		n     int
	}{{"new", x.result.New}, {"unchanged", x.result.Unchanged}, {"refused", x.result.Refused}} {
		if c.n > 0 {
			list = append(list, journal.Change{Field: c.field, After: strconv.Itoa(c.n)})
		}
	}
	return list
}
