package public

import (
	"net/http"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// setUpPage exists only while the installation is empty.
func (f *face) setUpPage(r *web.Request) error {
	if err := f.stillEmpty(r); err != nil {
		return err
	}
	form := &ui.Form{P: r.P}
	form.Set("kind", string(workspace.School))
	return f.showSetUp(r, http.StatusOK, form)
}

func (f *face) showSetUp(r *web.Request, status int, form *ui.Form) error {
	form.Labels = map[string]string{
		"word": r.P.Text("public.setup.word"), "kind": r.P.Text("public.setup.kind"),
		"name": r.P.Text("public.setup.name"), "slug": r.P.Text("public.setup.slug"),
		"admin_name": r.P.Text("public.setup.admin_name"), "admin_email": r.P.Text("public.setup.admin_email"),
		"password": r.P.Text("public.setup.password"),
	}
	return r.Render(status, setUpPage(r, form))
}

func (f *face) stillEmpty(r *web.Request) error {
	empty, err := f.empty(r)
	if err == nil && !empty {
		return fault.Missing()
	}
	return err
}

// setUp makes the first workspace and its admin for whoever knows the word, and signs them in.
func (f *face) setUp(r *web.Request) error {
	if err := f.stillEmpty(r); err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	in := workspace.Setup{
		New: workspace.New{
			Slug: form.Value("slug"), Name: form.Value("name"), Kind: form.Value("kind"), Locale: string(r.P.Language()),
		},
		AdminEmail: form.Value("admin_email"), AdminName: form.Value("admin_name"), Password: form.Value("password"),
	}
	made, err := f.make(r, form, in)
	if form.Fail(err) {
		return f.showSetUp(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	entry, err := f.Desk.SignIn(r.Context(), r.Credentials(in.AdminEmail, in.Password))
	if err != nil {
		return err
	}
	if err := r.SignIn(entry); err != nil {
		return err
	}
	r.Toast("public.setup.done")
	return r.SeeOther("/" + made.Slug + "/office")
}

func (f *face) make(r *web.Request, form *ui.Form, in workspace.Setup) (made workspace.Workspace, err error) {
	if err := r.Ready(); err != nil {
		return made, err
	}
	if err := f.check(form, in); err != nil {
		return made, err
	}
	hash, err := f.Desk.Hash(r.Context(), in.Password, in.About()...)
	if err != nil {
		return made, err
	}
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		made, _, err = workspace.SetUp(r.Context(), tx, in, hash)
		return err
	})
	return made, err
}

// check reports the word's fault together with those of the rest.
func (f *face) check(form *ui.Form, in workspace.Setup) error {
	var faults fault.Fields
	if !f.word.IsWord(form.Value("word")) {
		faults.Add("word", fault.M("public.setup.word.wrong"))
	}
	err := in.Check()
	e := fault.As(err)
	if err != nil && e == nil {
		return err
	}
	for _, name := range setUpFields {
		for _, x := range fieldsOf(e) {
			if x.Name == name {
				faults.Add(name, x.Message)
			}
		}
	}
	return faults.Err()
}

// setUpFields are those of the form, in its order.
var setUpFields = []string{"kind", "name", "slug", "locale", "admin_name", "admin_email", "password"}

func fieldsOf(e *fault.Error) []fault.Field {
	if e == nil {
		return nil
	}
	return e.Fields
}

func kinds(r *web.Request) []ui.Option {
	return []ui.Option{
		{Value: string(workspace.School), Text: r.P.Text("public.setup.kind.school"), Hint: r.P.Text("public.setup.kind.school.hint")},
		{Value: string(workspace.Vendor), Text: r.P.Text("public.setup.kind.vendor"), Hint: r.P.Text("public.setup.kind.vendor.hint")},
	}
}
