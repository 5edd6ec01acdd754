package documents

import (
	"net/http"

	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/folder"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// sheet is the page of one document.
type sheet struct {
	r        *web.Request
	document document.Document
	org      organization.Organization
	versions []document.Version
	people   map[id.Login]string
	form     *ui.Form // what is said of it
	upload   *ui.Form // a new version
}

func showDocument(r *web.Request) error { return showSheet(r, nil, nil, http.StatusOK) }

// showSheet shows the page with the forms that came back; nil for one that did not.
func showSheet(r *web.Request, form, upload *ui.Form, status int) error {
	v := sheet{r: r, form: form, upload: upload}
	of, err := r.Document("document")
	if err != nil {
		return err
	}
	if err := r.View(func(tx *sqldb.Tx) error { return v.read(tx, of) }); err != nil {
		return err
	}
	if v.form == nil {
		v.form = v.filled()
	}
	if v.upload == nil {
		v.upload = r.NewForm("version")
	}
	v.form.Labels, v.upload.Labels = labels(r), map[string]string{file.Field: r.P.Text("office.document.version"), support.NoHealthData: r.P.Text("support.no_health_data.short")}
	return r.Render(status, v.page())
}

func (v *sheet) read(tx *sqldb.Tx, of id.Document) (err error) {
	r := v.r
	if v.document, v.versions, err = document.Versions(r.Context(), tx, r.By, of); err != nil {
		return err
	}
	var people []id.Login
	for _, x := range v.versions {
		people = append(people, x.CreatedBy)
	}
	if v.people, err = login.Names(r.Context(), tx, people); err != nil {
		return err
	}
	v.org, err = organization.Get(r.Context(), tx, r.By, v.document.Organization)
	return err
}

// by is who brought a version, as far as they are still there.
func (v sheet) by(x document.Version) string { return v.people[x.CreatedBy] }

// filled is the form as what is stored fills it.
func (v sheet) filled() *ui.Form {
	form := &ui.Form{P: v.r.P, ID: "document"}
	for field, value := range stored(v.document) {
		form.Set(field, value)
	}
	return form.SetVersion(v.document.Revision)
}

func stored(d document.Document) map[string]string {
	return map[string]string{"title": d.Title, "kind": string(d.Kind), "dated_on": string(d.DatedOn), "visibility": string(d.Visibility), "note": d.Note}
}

func editDocument(r *web.Request) error {
	of, err := r.Document("document")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("document")
	if err != nil {
		return err
	}
	var now document.Document
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		now, err = document.Edit(r.Context(), tx, r.By, of, inputOf(form))
		return err
	})
	if form.Fail(err) {
		if form.Error.Message.Key == "fault.version" {
			compare(r, form, now)
		}
		return showSheet(r, form, nil, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.document.edited")
	return r.SeeOther(address(r, of, ""))
}

// compare shows both values of what somebody else changed meanwhile; who then saves has seen them.
func compare(r *web.Request, form *ui.Form, now document.Document) {
	values := stored(now)
	shown := map[string]string{"kind": folder.Kind(r.P, now.Kind), "dated_on": now.DatedOn.In(r.P), "visibility": r.P.Text("document.visibility." + string(now.Visibility))}
	for _, field := range []string{"title", "kind", "dated_on", "visibility", "note"} {
		text, ok := shown[field]
		if !ok {
			text = values[field]
		}
		form.Compare(field, values[field], text)
	}
	form.SetVersion(now.Revision)
}

func addVersion(r *web.Request) error {
	of, err := r.Document("document")
	if err != nil {
		return err
	}
	form, files, err := support.Uploads(r, "version")
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		_, err := document.AddVersion(r.Context(), tx, r.By, of, inputOf(form), files)
		return err
	})
	if form.Fail(err) {
		return showSheet(r, nil, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.document.versioned")
	return r.SeeOther(address(r, of, ""))
}

// removal asks why a document is deleted.
type removal struct {
	web.Question
	document document.Document
}

func askDeletion(r *web.Request) error {
	return showDeletion(r, &ui.Form{P: r.P, ID: "deletion"}, http.StatusOK)
}

func showDeletion(r *web.Request, form *ui.Form, status int) error {
	of, err := r.Document("document")
	if err != nil {
		return err
	}
	var d document.Document
	err = r.View(func(tx *sqldb.Tx) (err error) {
		d, err = document.Get(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	form.Labels = map[string]string{"reason": r.P.Text("office.document.reason")}
	v := removal{document: d, Question: web.Question{
		R: r, Shell: web.Office, Current: "organizations", Part: web.DialogPart, Title: r.P.Text("office.document.delete.title", "Title", d.Title), Back: address(r, of, ""), Form: form,
		Crumbs: []ui.Link{{Text: r.P.Text("folder.title"), URL: staff.OrganizationURL(r, d.Organization, "/documents")}, {Text: d.Title, URL: address(r, of, "")}},
	}}
	v.Body = v.question()
	return v.Show(status)
}

func deleteDocument(r *web.Request) error {
	of, err := r.Document("document")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("deletion")
	if err != nil {
		return err
	}
	var gone document.Document
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		gone, err = document.Delete(r.Context(), tx, r.By, of, form.Value("reason"))
		return err
	})
	if form.Fail(err) {
		return showDeletion(r, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.document.deleted", "Number", gone.Label())
	return r.SeeOther(staff.OrganizationURL(r, gone.Organization, "/documents"))
}
