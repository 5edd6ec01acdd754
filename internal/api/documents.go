package api

import (
	"time"

	documents "github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Document is a document of an organisation as programs see it.
type Document struct {
	ID           string    `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d99"`
	Number       string    `json:"number" example:"DOC-000042"`
	Organization string    `json:"organization_id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Title        string    `json:"title" example:"Framework agreement"`
	Kind         string    `json:"kind" enum:"agreement,contract,certificate,sheet,quote,report,other" example:"agreement"`
	DatedOn      string    `json:"dated_on" format:"date" example:"2026-03-02"`
	Note         string    `json:"note" doc:"Whoever sees the document reads it." example:"Signed by both."`
	Visibility   string    `json:"visibility" enum:"staff,admins,all" doc:"Who sees it besides staff: nobody, the organization's admins, all its authorized contacts." example:"admins"`
	File         *File     `json:"file,omitempty" doc:"Of the last version; absent for some sample data."`
	Versions     int64     `json:"versions" doc:"How many files it has had; the last is the document." example:"1"`
	CreatedAt    time.Time `json:"created_at" example:"2026-03-02T09:30:00Z"`
	UpdatedAt    time.Time `json:"updated_at" example:"2026-03-02T09:30:00Z"`
	Version      int64     `json:"version" doc:"Of what is said of it: rises with each edit; the ETag begins with it." example:"1"`
}

func (d Document) version() int64   { return d.Version }
func (d Document) location() string { return "/documents/" + d.ID }

func showDocument(d documents.Document, f file.File) Document {
	return Document{
		ID: d.ID.String(), Number: d.Label(), Organization: d.Organization.String(), Title: d.Title, Kind: string(d.Kind), DatedOn: string(d.DatedOn), Note: d.Note,
		Visibility: string(d.Visibility), File: showFile(f), Versions: d.Versions, CreatedAt: d.CreatedAt.Time().UTC(), UpdatedAt: d.UpdatedAt.Time().UTC(), Version: d.Revision,
	}
}

// Documents is a page of the list.
type Documents struct {
	Items []Document `json:"items" nullable:"false"`
	Next  string     `json:"next" doc:"The cursor of the next page; empty at the end."`
}

type listDocumentsInput struct {
	OrganizationPath
	Paged
	Query      string `query:"q" maxLength:"200" doc:"Words of the title and of the file's name, by their beginnings." example:"agreement"`
	Kind       string `query:"kind" enum:"agreement,contract,certificate,sheet,quote,report,other"`
	Visibility string `query:"visibility" enum:"staff,admins,all"`
	Year       int    `query:"year" minimum:"1900" maximum:"2200" doc:"Of its day." example:"2026"`
	Sort       string `query:"sort" enum:"recent,oldest,title" default:"recent" doc:"By its day, or by its title."`
}

func listDocuments(r *Request, tx *sqldb.Tx, in *listDocumentsInput) (out Documents, err error) {
	var after behind
	if err := readCursor(in.Cursor, &after); err != nil {
		return out, err
	}
	if _, err := organization.Get(r, tx, r.By, in.OrganizationPath.id()); err != nil {
		return out, err
	}
	part, err := documents.Find(r, tx, r.By, documents.Filter{
		Query: in.Query, Organization: in.OrganizationPath.id(), Kind: documents.Kind(in.Kind), Visibility: documents.Visibility(in.Visibility), Year: in.Year,
		Sort: documents.Sort(in.Sort), After: id.Document{UUID: after.ID}, Ask: paging.Ask{Page: after.Page, Most: in.Limit},
	})
	out.Items = make([]Document, len(part.Items))
	for i, d := range part.Items {
		out.Items[i] = showDocument(d.Document, d.File)
	}
	out.Next = cursor(next(part, func(d documents.Listed) id.UUID { return d.ID.UUID }))
	return out, err
}

// DocumentPath names a document.
type DocumentPath struct {
	Document string `path:"document" format:"uuid" doc:"The document's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d99"`
}

func (p DocumentPath) id() id.Document { return id.Document{UUID: id.Read(p.Document)} }

// filed is a document with its file, whatever was done to it before.
func filed(r *Request, tx *sqldb.Tx, d documents.Document, err error) (Document, error) {
	if err != nil {
		return Document{}, err
	}
	f, err := documents.File(r, tx, r.By, d.ID)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return showDocument(d, f), err
}

func getDocument(r *Request, tx *sqldb.Tx, in *DocumentPath) (Document, error) {
	d, err := documents.Get(r, tx, r.By, in.id())
	return filed(r, tx, d, err)
}

// NewDocument is the form that a document is filed with, beside its file.
type NewDocument struct {
	Title      string `json:"title,omitempty" doc:"As the file is called if nothing is said." example:"Framework agreement"`
	Kind       string `json:"kind" enum:"agreement,contract,certificate,sheet,quote,report,other" example:"agreement"`
	DatedOn    string `json:"dated_on" format:"date" example:"2026-03-02"`
	Note       string `json:"note,omitempty" doc:"At most 2,000 characters." example:"Signed by both."`
	Visibility string `json:"visibility,omitempty" enum:"staff,admins,all" doc:"staff if nothing is said."`
	NoHealth   bool   `json:"no_health_data,omitempty" doc:"The word that the file holds no health data: a vendor takes none without it."`
}

func createDocument(r *Request, tx *sqldb.Tx, in *OrganizationPath, form *form) (Document, error) {
	f := form.Fields
	made, err := documents.Create(r, tx, r.By, in.id(), documents.Input{
		Title: f["title"], Kind: f["kind"], DatedOn: f["dated_on"], Note: f["note"], Visibility: orText(f["visibility"], string(documents.ForStaff)), NoHealthData: form.harmless(),
	}, form.files)
	if err != nil {
		return Document{}, err
	}
	return filed(r, tx, made[0], nil)
}

// DocumentChange is what an edit may change; what is left out stays, an empty text clears.
type DocumentChange struct {
	Title      *string `json:"title,omitempty" nullable:"false" maxLength:"1000" example:"Framework agreement"`
	Kind       *string `json:"kind,omitempty" nullable:"false" enum:"agreement,contract,certificate,sheet,quote,report,other"`
	DatedOn    *string `json:"dated_on,omitempty" nullable:"false" maxLength:"40" example:"2026-03-02"`
	Note       *string `json:"note,omitempty" nullable:"false" maxLength:"10000" example:"Signed by both."`
	Visibility *string `json:"visibility,omitempty" nullable:"false" enum:"staff,admins,all"`
}

type editDocumentInput struct {
	DocumentPath
	Body DocumentChange
}

func editDocument(r *Request, tx *sqldb.Tx, in *editDocumentInput) (Document, error) {
	now, err := documents.Get(r, tx, r.By, in.id())
	if err != nil {
		return Document{}, err
	}
	b := in.Body
	d, err := documents.Edit(r, tx, r.By, in.id(), documents.Input{
		Title: or(b.Title, now.Title), Kind: or(b.Kind, string(now.Kind)), DatedOn: or(b.DatedOn, string(now.DatedOn)), Note: or(b.Note, now.Note),
		Visibility: or(b.Visibility, string(now.Visibility)), Revision: r.Version,
	})
	return filed(r, tx, d, err)
}

func addVersion(r *Request, tx *sqldb.Tx, in *DocumentPath, form *form) (Document, error) {
	d, err := documents.AddVersion(r, tx, r.By, in.id(), documents.Input{NoHealthData: form.harmless()}, form.files)
	return filed(r, tx, d, err)
}

// DocumentVersion is what a document was, or is.
type DocumentVersion struct {
	Version   int64     `json:"version" doc:"From 1." example:"1"`
	CreatedAt time.Time `json:"created_at" example:"2026-03-02T09:30:00Z"`
	File      *File     `json:"file,omitempty"`
}

// DocumentVersions are all that there are, the last first.
type DocumentVersions struct {
	Items []DocumentVersion `json:"items" nullable:"false"`
}

func listVersions(r *Request, tx *sqldb.Tx, in *DocumentPath) (out DocumentVersions, err error) {
	_, list, err := documents.Versions(r, tx, r.By, in.id())
	out.Items = make([]DocumentVersion, len(list))
	for i, v := range list {
		out.Items[i] = DocumentVersion{v.N, v.CreatedAt.Time().UTC(), showFile(v.File)}
	}
	return out, err
}

func documentFile(r *Request, tx *sqldb.Tx, in *DocumentPath) (file.File, error) {
	return documents.File(r, tx, r.By, in.id())
}

// VersionPath names a version of a document.
type VersionPath struct {
	DocumentPath
	Version int64 `path:"version" minimum:"1" doc:"Which of its versions." example:"1"`
}

func versionFile(r *Request, tx *sqldb.Tx, in *VersionPath) (file.File, error) {
	return documents.FileOf(r, tx, r.By, in.id(), in.Version)
}

type deleteDocumentInput struct {
	DocumentPath
	Reason string `query:"reason" maxLength:"1000" doc:"Why, for the history: at most 200 characters, never without." example:"Filed twice"`
}

func deleteDocument(r *Request, tx *sqldb.Tx, in *deleteDocumentInput) (nothing, error) {
	_, err := documents.Delete(r, tx, r.By, in.id(), in.Reason)
	return nothing{}, err
}
