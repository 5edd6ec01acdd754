// Package documents is a face of the back office, the documents of an organisation: their list, how some are filed at once, and each
// with what is said of it, its versions, and how it is deleted.
//
// It turns requests into the room's verbs and their answers into pages, and holds no rule of the business and no SQL. routes.go is
// its whole surface; the list is web/folder's, which the portal shows too.
package documents

import (
	"net/http"

	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/folder"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// Mount gives the site the face's routes.
func Mount(site *web.Site) { site.Mount(routes()...) }

// address is that of a document's page, or of what hangs below it.
func address(r *web.Request, of id.Document, below string) string {
	return r.Office("/documents/" + of.String() + below)
}

// tab is « Documents » of one organisation.
type tab struct {
	staff.Organization
	list folder.List
}

func listDocuments(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	v := tab{list: folder.List{R: r, Of: of, At: staff.OrganizationURL(r, of, "/documents"), Files: r.Office("/documents/"), Add: staff.OrganizationURL(r, of, "/documents/new")}}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.Organization, err = staff.ReadOrganization(r, tx, of, staff.DocumentsTab); err != nil {
			return err
		}
		return v.list.Read(tx)
	})
	if err != nil {
		return err
	}
	return v.list.Answer(v.page())
}

// filing is « Ajouter des documents ».
type filing struct {
	staff.Organization
	form *ui.Form
}

func askDocuments(r *web.Request) error {
	form := r.NewForm("documents").Set("kind", string(document.Other)).Set("visibility", string(document.ForStaff)).Set("dated_on", string(day.Of(r.Now.In(r.P.Zone()))))
	return showFiling(r, form, http.StatusOK)
}

func showFiling(r *web.Request, form *ui.Form, status int) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	v := filing{form: form}
	form.Labels = labels(r)
	err = r.View(func(tx *sqldb.Tx) (err error) {
		v.Organization, err = staff.ReadOrganization(r, tx, of, staff.DocumentsTab)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(status, v.page())
}

// labels name the fields in the summary of faults.
func labels(r *web.Request) map[string]string {
	p := r.P
	return map[string]string{
		file.Field: p.Text("office.document.files"), "title": p.Text("office.document.title"), "kind": p.Text("folder.kind"), "dated_on": p.Text("folder.dated_on"),
		"visibility": p.Text("folder.visibility"), "note": p.Text("folder.note"), support.NoHealthData: p.Text("support.no_health_data.short"),
	}
}

// inputOf is what a form says.
func inputOf(form *ui.Form) document.Input {
	return document.Input{
		Title: form.Value("title"), Kind: form.Value("kind"), DatedOn: form.Value("dated_on"), Note: form.Value("note"), Visibility: form.Value("visibility"),
		NoHealthData: form.Bool(support.NoHealthData), Submission: form.Submission(), Revision: form.Version(),
	}
}

// addDocuments files what came; the same form sent twice files it once.
func addDocuments(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	form, files, err := support.Uploads(r, "documents")
	if err != nil {
		return err
	}
	var made []document.Document
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		made, err = document.Create(r.Context(), tx, r.By, of, inputOf(form), files)
		return err
	})
	if form.Fail(err) {
		return showFiling(r, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.ToastCount("office.document.added", len(made))
	if len(made) == 1 {
		return r.SeeOther(address(r, made[0].ID, ""))
	}
	return r.SeeOther(staff.OrganizationURL(r, of, "/documents"))
}
