// Package document keeps the documents that a host has for its organisations: agreements, contracts, certificates, each a file with
// a title, a day and a note, its earlier versions, and who may see it.
//
// Staff file them; an organisation's own people read those that are meant for them. What somebody may not see does not exist for
// them. It is no archive of what people send along with requests, and invoices are package invoice's.
package document

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Kind says what a document is.
type Kind string

// The kinds.
const (
	Agreement   Kind = "agreement"
	Contract    Kind = "contract"
	Certificate Kind = "certificate"
	Sheet       Kind = "sheet"
	Quote       Kind = "quote"
	Report      Kind = "report"
	Other       Kind = "other"
)

// Kinds lists them in the order in which they are offered.
func Kinds() []Kind {
	return []Kind{Agreement, Contract, Certificate, Sheet, Quote, Report, Other}
}

// Visibility says who sees a document. Staff see all.
type Visibility string

// The visibilities, each seen by more than the one before.
const (
	ForStaff  Visibility = "staff"
	ForAdmins Visibility = "admins" // and the organisation's admins
	ForAll    Visibility = "all"    // and all its contacts who are authorised
)

// Visibilities lists them in the order in which they are offered.
func Visibilities() []Visibility { return []Visibility{ForStaff, ForAdmins, ForAll} }

// Document is one as kept.
type Document struct {
	ID           id.Document
	Number       int64
	Organization id.Organization
	Title        string
	Kind         Kind
	DatedOn      day.Day
	Note         string // of several lines; "" for most. Whoever sees the document reads it
	Visibility   Visibility
	Versions     int64 // how many; the last is the document
	Revision     int64 // of what is said of it, for Edit
	CreatedAt    sqldb.Time
	UpdatedAt    sqldb.Time
	UpdatedBy    id.Login // zero = the program

	current    id.UUID // the last version's
	submission id.UUID
}

// Label is what a document is called when its title is gone: «DOC-000123».
func (d Document) Label() string { return fmt.Sprintf("DOC-%06d", d.Number) }

// Subject is the document in the history.
func (d Document) Subject() journal.Subject {
	return journal.Subject{Kind: "document", ID: d.ID.UUID, Number: d.Label()}
}

// owner is a version as what its file belongs to.
func owner(version id.UUID) file.Owner { return file.Owner{Kind: "document", ID: version} }

const columns = `id, number, organization_id, title, kind, dated_on, note, visibility, versions, current_id, submission, revision, created_at, updated_at, updated_by`

func scan(row sqldb.Scanner) (d Document, err error) {
	return d, row.Scan(&d.ID, &d.Number, &d.Organization, &d.Title, (*string)(&d.Kind), (*string)(&d.DatedOn), &d.Note, (*string)(&d.Visibility),
		&d.Versions, &d.current, &d.submission, &d.Revision, &d.CreatedAt, &d.UpdatedAt, &d.UpdatedBy)
}

// seen is the condition on what the caller sees of the workspace's; for who is not staff, of their own organisation. args begin
// with the workspace.
func seen(by actor.Actor, args []any) (string, []any) {
	if by.Kind != actor.Contact {
		return ``, args
	}
	args = append(args, by.Organization)
	where := fmt.Sprintf(` AND organization_id = $%d AND visibility`, len(args))
	if by.May(actor.SeeAdminsDocuments) {
		return where + ` <> 'staff'`, args
	}
	return where + ` = 'all'`, args
}

// Get reads one; fault.NotFound when the workspace has none such, or the caller may not see it. Permission: SeeDocuments.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, document id.Document) (Document, error) {
	if err := by.Need(actor.SeeDocuments); err != nil {
		return Document{}, err
	}
	where, args := seen(by, []any{by.Workspace, document})
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM document WHERE workspace_id = $1 AND id = $2`+where, args...)
}

// Titles reads what documents are called now, for the history; those that are gone are left out. Permission: EditDocuments.
func Titles(ctx context.Context, tx *sqldb.Tx, by actor.Actor, documents []id.Document) (map[id.Document]string, error) {
	if err := by.Need(actor.EditDocuments); err != nil || len(documents) == 0 {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, documents)
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM document WHERE workspace_id = $1 AND id `+in, args...)
	titles := make(map[id.Document]string, len(list))
	for _, d := range list {
		titles[d.ID] = d.Title
	}
	return titles, err
}

// hold reads one and holds it until the transaction ends; fault.NotFound. The caller has checked the permission.
func hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, document id.Document) (Document, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM document WHERE workspace_id = $1 AND id = $2`+tx.ForLock(), by.Workspace, document)
}

// searchable are the words by which a document is found.
func searchable(title, file string) string {
	return " " + strings.Join(name.Words(title+" "+file), " ")
}

// called is the title of a document that was given none: its file's name, without what stands behind the last dot.
func called(f file.Received) string {
	stem := f.Name
	if dot := strings.LastIndexByte(stem, '.'); dot > 0 {
		stem = stem[:dot]
	}
	stem = strings.TrimSpace(strings.ReplaceAll(stem, "_", " "))
	if utf8.RuneCountInString(stem) > MaxTitle {
		stem = strings.TrimSpace(string([]rune(stem)[:MaxTitle]))
	}
	if title, err := name.Line(stem, MaxTitle); err == nil && title != "" {
		return title
	}
	return f.Name
}

// changes lists what differs, in the order of the form.
func changes(a, b Document) (list journal.Changes) {
	list.Add("document_title", a.Title, b.Title)
	list.Add("document_kind", string(a.Kind), string(b.Kind))
	list.Add("dated_on", string(a.DatedOn), string(b.DatedOn))
	list.Add("visibility", string(a.Visibility), string(b.Visibility))
	list.Add("note", a.Note, b.Note)
	return list
}

func entry(kind string, d Document, differing ...journal.Change) journal.Entry {
	return journal.Entry{Kind: kind, Subject: d.Subject(), Organization: d.Organization, Changes: differing}
}
