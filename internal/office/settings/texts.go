package settings

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// texts is the list of the letters that the workspace may word itself.
type texts struct {
	r     *web.Request
	kinds []wordedKind
}

// wordedKind is a kind with its text in each language.
type wordedKind struct {
	name  string
	texts []mail.Text
}

func (o Options) listTexts(r *web.Request) error {
	v := texts{r: r}
	err := r.View(func(tx *sqldb.Tx) error {
		v.kinds = nil
		for _, k := range o.Post.Kinds() {
			w := wordedKind{name: k.Name}
			for _, language := range locale.Languages() {
				t, err := o.Post.Text(r.Context(), tx, r.By, k.Name, letterPrinter(r, language))
				if err != nil {
					return err
				}
				w.texts = append(w.texts, t)
			}
			v.kinds = append(v.kinds, w)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// letterPrinter prints as letters of the workspace do in that language.
func letterPrinter(r *web.Request, language locale.Language) *locale.Printer {
	return locale.For(language, r.Workspace.OrganizationNoun, r.Workspace.HostNoun(), r.P.Zone())
}

func textURL(r *web.Request, kind string, language locale.Language, more string) string {
	return r.Office("/settings/templates/" + kind + "/" + string(language) + more)
}

// textState says whose text is in use.
func textState(t mail.Text) string {
	switch {
	case t.Enabled:
		return "on"
	case t.Own:
		return "off"
	}
	return "standard"
}

// text is the page on which one text is worded.
type text struct {
	r       *web.Request
	post    *mail.Post
	kind    mail.Kind
	p       *locale.Printer // of the text's own language
	stored  mail.Text
	form    *ui.Form
	preview *mail.Content // of what is being typed; nil = nobody asked
}

// text reads which one the address names.
func (o Options) text(r *web.Request) (*text, error) {
	language, ok := locale.ParseLanguage(r.PathValue("language"))
	for _, k := range o.Post.Kinds() {
		if ok && k.Name == r.PathValue("kind") {
			return &text{r: r, post: o.Post, kind: k, p: letterPrinter(r, language)}, nil
		}
	}
	return nil, fault.Missing()
}

// read gets the stored text.
func (v *text) read() error {
	return v.r.View(func(tx *sqldb.Tx) (err error) {
		v.stored, err = v.post.Text(v.r.Context(), tx, v.r.By, v.kind.Name, v.p)
		return err
	})
}

func (v *text) url(more string) string { return textURL(v.r, v.kind.Name, v.p.Language(), more) }

func (v *text) title() string {
	return mail.TextName(v.r.P, v.kind.Name, v.p.Language())
}

func (v *text) render(status int) error {
	v.form.Labels = map[string]string{}
	for _, field := range []string{"enabled", "subject", "body"} {
		v.form.Labels[field] = v.r.P.Text("office.text." + field)
	}
	return v.r.Render(status, v.page())
}

func (o Options) showText(r *web.Request) error {
	v, err := o.text(r)
	if err != nil {
		return err
	}
	if err := v.read(); err != nil {
		return err
	}
	t := v.stored
	v.form = r.NewForm("").Set("subject", t.Subject).Set("body", t.Body).SetBool("enabled", t.Enabled || !t.Own).SetVersion(t.Version)
	return v.render(http.StatusOK)
}

// typed reads the form.
func (v *text) typed() (in mail.TextInput, err error) {
	if v.form, err = v.r.ReadForm(""); err != nil {
		return in, err
	}
	v.form.Set("body", strings.ReplaceAll(v.form.Value("body"), "\r\n", "\n")) // as it is kept, so that the two compare
	v.form.AcceptBox("enabled")
	return mail.TextInput{
		Enabled: v.form.Bool("enabled"), Subject: v.form.Value("subject"), Body: v.form.Value("body"), Version: v.form.Version(),
	}, nil
}

func (o Options) saveText(r *web.Request) error {
	v, err := o.text(r)
	if err != nil {
		return err
	}
	in, err := v.typed()
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		v.stored, err = v.post.SaveText(r.Context(), tx, r.By, v.kind.Name, v.p, in)
		return err
	})
	if v.form.Fail(err) {
		if fault.Is(err, fault.Conflict) {
			v.compare()
		}
		return v.render(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.text.saved." + textState(v.stored))
	return r.SeeOther(v.url(""))
}

// compare shows what somebody else stored beside what was typed here; the form then is one of the current version.
func (v *text) compare() {
	f, t := v.form, v.stored
	f.Compare("subject", t.Subject, t.Subject)
	f.Compare("body", t.Body, t.Body)
	f.CompareBool("enabled", t.Enabled, "office.text.enabled.")
	f.SetVersion(t.Version)
}

// previewText shows the letter that is being typed with invented facts, and keeps nothing.
func (o Options) previewText(r *web.Request) error {
	v, err := o.text(r)
	if err != nil {
		return err
	}
	in, err := v.typed()
	if err != nil {
		return err
	}
	if err := v.read(); err != nil {
		return err
	}
	c, err := v.post.Preview(r.By, v.kind.Name, v.p, r.Workspace.Name, sqldb.At(r.Now), in)
	if v.form.Fail(err) {
		return v.render(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	v.preview = &c
	return v.render(http.StatusOK)
}

// sendSample sends the saved text to whoever asks.
func (o Options) sendSample(r *web.Request) error {
	v, err := o.text(r)
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		_, err := v.post.Sample(r.Context(), tx, r.By, v.kind.Name, v.p.Language())
		return err
	})
	if err != nil {
		return err
	}
	r.Toast("office.letters.trial.queued", "Address", r.Login.Email.String())
	return r.SeeOther(v.url(""))
}

// askRemoval asks before the workspace's own text goes.
func (o Options) askRemoval(r *web.Request) error {
	v, err := o.text(r)
	if err != nil {
		return err
	}
	if err := v.read(); err != nil {
		return err
	}
	v.form = r.NewForm("").SetVersion(v.stored.Version)
	return v.question(nil).Show(http.StatusOK)
}

// question is the dialog that removes the text; form is nil but when it was refused.
func (v *text) question(form *ui.Form) *web.Question {
	v.form = cmp.Or(form, v.form)
	q := &web.Question{
		R: v.r, Shell: web.Office, Current: "settings", Part: web.DialogPart, Title: v.r.P.Text("office.text.removal.title"), Small: true, Back: v.url(""), Form: v.form,
		Crumbs: []ui.Link{{Text: v.r.P.Text("office.text.title"), URL: v.r.Office("/settings/templates")}, {Text: v.title(), URL: v.url("")}},
	}
	q.Body = v.removal(q)
	return q
}

func (o Options) removeText(r *web.Request) error {
	v, err := o.text(r)
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		return v.post.DropText(r.Context(), tx, r.By, v.kind.Name, v.p, form.Version())
	})
	if form.Fail(err) {
		if err := v.read(); err != nil {
			return err
		}
		form.SetVersion(v.stored.Version)
		return v.question(form).Show(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.text.removed")
	return r.SeeOther(v.url(""))
}

// variables are what the text may hold, as it is written there, each with an example.
func (v *text) variables() [][2]string {
	list := make([][2]string, len(v.kind.Variables))
	for i, name := range v.kind.Variables {
		list[i] = [2]string{"{" + v.p.Text("mail.variable."+name) + "}", v.p.Text("mail.sample." + name)}
		if name == "workspace" {
			list[i][1] = v.r.Workspace.Name
		}
	}
	return list
}
