package settings

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// tokens is « Accès des programmes »: by which tokens other programs come in, and what each may.
type tokens struct {
	r    *web.Request
	list []token.Token
}

func tokenURL(r *web.Request, below string) string { return r.Office("/settings/tokens" + below) }

func listTokens(r *web.Request) error {
	v := tokens{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		v.list, err = token.Find(r.Context(), tx, r.By)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// revoked are those that are over, or those that are not.
func (v tokens) revoked(yes bool) (list []token.Token) {
	for _, t := range v.list {
		if t.RevokedAt.IsZero() != yes {
			list = append(list, t)
		}
	}
	return list
}

func (v tokens) expired(t token.Token) bool { return t.Expired(sqldb.At(v.r.Now)) }

// lastDay is the last day on which the token opens, where the workspace is.
func (v tokens) lastDay(t token.Token) string {
	if t.ExpiresAt.IsZero() {
		return v.r.P.Text("office.tokens.no_end")
	}
	return v.r.P.Date(t.ExpiresAt.Time().In(v.r.Workspace.Zone()).AddDate(0, 0, -1))
}

// may are the rights in words, a line a noun.
func (v tokens) may(set actor.Rights) (lines []string) {
	for _, g := range rightGroups() {
		var words []string
		for _, right := range g.rights {
			if set.Has(right) {
				words = append(words, rightText(v.r, right))
			}
		}
		if len(words) > 0 {
			lines = append(lines, v.r.P.Text("office.tokens.may", "Noun", nounText(v.r, g.noun), "Rights", strings.Join(words, ", ")))
		}
	}
	return lines
}

// rightGroup are the rights about one noun.
type rightGroup struct {
	noun   string
	rights []actor.Right
}

// rightGroups are all rights by their nouns, in the order of the table.
func rightGroups() (groups []rightGroup) {
	for _, right := range actor.AllRights() {
		i := slices.IndexFunc(groups, func(g rightGroup) bool { return g.noun == right.Noun() })
		if i < 0 {
			i, groups = len(groups), append(groups, rightGroup{noun: right.Noun()})
		}
		groups[i].rights = append(groups[i].rights, right)
	}
	return groups
}

func nounText(r *web.Request, noun string) string { return r.P.Text("office.tokens.noun." + noun) }

func rightText(r *web.Request, right actor.Right) string {
	return r.P.Text("office.tokens.right." + strings.ReplaceAll(string(right), ":", "."))
}

func (v tokens) crumbs(last string) []ui.Link {
	return []ui.Link{{Text: v.r.P.Text("office.nav.settings"), URL: v.r.Office("/settings")}, {Text: v.r.P.Text("office.tokens.title"), URL: tokenURL(v.r, "")}, {Text: last}}
}

// capital is the text with a capital, for where it stands alone.
func capital(text string) string {
	_, n := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:n]) + text[n:]
}

// newToken is « Créer un jeton ».
func newToken(r *web.Request) error {
	form := r.NewForm("").Set("submission", id.NewJob().String())
	return showNewToken(r, form, http.StatusOK)
}

func showNewToken(r *web.Request, form *ui.Form, status int) error {
	form.Labels = map[string]string{"password": r.P.Text("office.password")}
	for _, field := range []string{"name", "rights", "expires_on"} {
		form.Labels[field] = r.P.Text("office.tokens." + field)
	}
	return r.Render(status, tokens{r: r}.making(form))
}

// createToken makes it and shows its secret, this once: the answer is the page itself, for an address that showed it
// again would have to keep it.
func createToken(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	in := token.Input{Name: form.Value("name"), Rights: form.Values["rights"], ExpiresOn: form.Value("expires_on"), Submission: form.Submission()}
	var made token.Token
	var secret string
	if err = proven(r, form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			if made, secret, err = token.Create(r.Context(), tx, r.By, in); err == nil && !r.Confirmed() {
				err = fault.OnField(fault.Invalid, "password", fault.M("office.tokens.password.why"))
			}
			return err
		})
	}
	if form.Refused(err) {
		return showNewToken(r, form, web.RefusedStatus(form))
	}
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, tokens{r: r}.made(made, secret))
}

func askTokenRevocation(r *web.Request) error {
	of, err := r.Token("program")
	if err != nil {
		return err
	}
	var t token.Token
	err = r.View(func(tx *sqldb.Tx) (err error) {
		t, err = token.Get(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	q := &web.Question{
		R: r, Shell: web.Office, Current: "settings", Part: web.DialogPart, Title: r.P.Text("office.tokens.revocation.title", "Name", t.Name), Small: true,
		Back: tokenURL(r, ""), Form: r.NewForm(""),
		Crumbs: []ui.Link{{Text: r.P.Text("office.nav.settings"), URL: r.Office("/settings")}, {Text: r.P.Text("office.tokens.title"), URL: tokenURL(r, "")}},
	}
	q.Body = tokens{r: r}.revocation(q, t)
	return q.Show(http.StatusOK)
}

func revokeToken(r *web.Request) error {
	of, err := r.Token("program")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	if err := r.Update(func(tx *sqldb.Tx) error { return token.Revoke(r.Context(), tx, r.By, of) }); err != nil {
		return err
	}
	r.Toast("office.tokens.revoked")
	return r.SeeOther(tokenURL(r, ""))
}
