package settings

import (
	"net/http"

	"github.com/entregent/entregent/internal/canned"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// answers is « Réponses types »: what staff say again and again about requests.
type answers struct {
	r    *web.Request
	list []canned.Answer
}

func listAnswers(r *web.Request) error {
	v := answers{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		v.list, err = canned.List(r.Context(), tx, r.By)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

func answerURL(r *web.Request, below string) string { return r.Office("/settings/answers" + below) }

// cannedAnswer is the page on which one is worded.
type cannedAnswer struct {
	r      *web.Request
	stored canned.Answer // the zero value is a new one
	form   *ui.Form
}

func (v *cannedAnswer) url(below string) string {
	if v.stored.ID.IsZero() {
		return answerURL(v.r, "")
	}
	return answerURL(v.r, "/"+v.stored.ID.String()+below)
}

func (v *cannedAnswer) title() string {
	if v.stored.ID.IsZero() {
		return v.r.P.Text("office.answers.add")
	}
	return v.stored.Title
}

func (v *cannedAnswer) render(status int) error {
	v.form.Labels = map[string]string{"title": v.r.P.Text("office.answers.title.label"), "text": v.r.P.Text("office.answers.text")}
	return v.r.Render(status, v.page())
}

func newAnswer(r *web.Request) error {
	v := &cannedAnswer{r: r, form: r.NewForm("")}
	return v.render(http.StatusOK)
}

// storedAnswer reads the one that the address names.
func storedAnswer(r *web.Request) (*cannedAnswer, error) {
	of, err := r.AnswerID("answer")
	if err != nil {
		return nil, err
	}
	v := &cannedAnswer{r: r}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		v.stored, err = canned.Get(r.Context(), tx, r.By, of)
		return err
	})
	return v, err
}

func showAnswer(r *web.Request) error {
	v, err := storedAnswer(r)
	if err != nil {
		return err
	}
	v.form = r.NewForm("").Set("title", v.stored.Title).Set("text", v.stored.Text).SetVersion(v.stored.Version)
	return v.render(http.StatusOK)
}

func addAnswer(r *web.Request) error { return setAnswer(r, &cannedAnswer{r: r}) }

func editAnswer(r *web.Request) error {
	v, err := storedAnswer(r)
	if err != nil {
		return err
	}
	return setAnswer(r, v)
}

func setAnswer(r *web.Request, v *cannedAnswer) (err error) {
	if v.form, err = r.ReadForm(""); err != nil {
		return err
	}
	var now canned.Answer
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		now, err = canned.Set(r.Context(), tx, r.By, canned.Input{
			ID: v.stored.ID, Title: v.form.Value("title"), Text: v.form.Value("text"), Version: v.form.Version(), Submission: v.form.Submission(),
		})
		return err
	})
	if v.form.Fail(err) {
		if !now.ID.IsZero() { // somebody else has changed it meanwhile
			v.form.Compare("title", now.Title, now.Title)
			v.form.Compare("text", now.Text, now.Text)
			v.form.SetVersion(now.Version)
		}
		return v.render(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.answers.saved", "Title", now.Title)
	return r.SeeOther(answerURL(r, ""))
}

func askAnswerDeletion(r *web.Request) error {
	v, err := storedAnswer(r)
	if err != nil {
		return err
	}
	v.form = r.NewForm("")
	q := &web.Question{
		R: r, Shell: web.Office, Current: "settings", Part: web.DialogPart, Title: r.P.Text("office.answers.deletion.title", "Title", v.stored.Title), Small: true,
		Back: v.url(""), Form: v.form,
		Crumbs: []ui.Link{{Text: r.P.Text("office.answers.title"), URL: answerURL(r, "")}, {Text: v.title(), URL: v.url("")}},
	}
	q.Body = v.deletion(q)
	return q.Show(http.StatusOK)
}

func deleteAnswer(r *web.Request) error {
	of, err := r.AnswerID("answer")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error { return canned.Remove(r.Context(), tx, r.By, of) })
	if err != nil {
		return err
	}
	r.Toast("office.answers.deleted")
	return r.SeeOther(answerURL(r, ""))
}

// begun is the beginning of a text, as a list shows it.
func begun(text string) string {
	const room = 120 // characters
	if runes := []rune(text); len(runes) > room {
		return string(runes[:room]) + "…"
	}
	return text
}
