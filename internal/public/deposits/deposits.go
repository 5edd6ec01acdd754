// Package deposits is the face that strangers deposit offers through: a workspace's public form, on a page of its own or in a frame of
// a site that the workspace names, and the page on which they confirm what they deposited.
//
// It holds no rule: what is taken, how much, and what becomes of it is package deposit's business. Its answers tell nobody what the
// workspace has of anyone.
package deposits

import (
	"net/http"
	"net/url"

	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

type face struct{ desk *deposit.Desk }

// Mount adds the face's routes to the site: this is its whole surface.
func Mount(site *web.Site, desk *deposit.Desk) {
	f := &face{desk}
	site.Mount(
		web.Route{Pattern: "GET /{workspace}/offers/new", Door: web.Anybody, Handle: f.page},
		web.Route{Pattern: "POST /{workspace}/offers/new", Door: web.Anybody, Handle: f.submit}.WithFiles(),
		web.Route{Pattern: "GET /{workspace}/offers/new/siret", Door: web.Anybody, Handle: f.checkSIRET},
		web.Route{Pattern: "GET /{workspace}/offers/received", Door: web.Anybody, Handle: f.received},
		web.Route{Pattern: "GET /{workspace}/offers/confirmation/{token}", Door: web.Anybody, Handle: f.letter, OneTime: true},
		web.Route{Pattern: "POST /{workspace}/offers/confirmation/{token}", Door: web.Anybody, Handle: f.confirm, OneTime: true},
	)
}

// form is the public form, as somebody fills it in.
type form struct {
	*ui.Form
	r    *web.Request
	kept deposit.Form
}

// open reads the workspace's form, and lets those sites show the answer that it names, where the page is made for a frame. A workspace
// without a form is a fault.NotFound.
func (f *face) open(r *web.Request) (form, error) {
	v := form{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		_, v.kept, err = deposit.Open(r.Context(), tx, r.PathValue("workspace"))
		return err
	})
	if err != nil {
		return v, err
	}
	if l, ok := locale.ParseLanguage(r.Query("language")); ok {
		r.Speak(l)
	}
	if v.framed() {
		r.MayFrame(v.kept.Origins)
	}
	return v, nil
}

// framed reports whether the page stands alone, for a frame.
func (v form) framed() bool { return v.r.Query("embed") == "1" }

// path is an address of the form; a frame stays one, in its language.
func (v form) path(below string) string {
	return "/" + v.r.Workspace.Slug + "/offers" + below + v.r.Carry([]string{"embed", "language"})
}

// inLanguage is the form in the other language, for a frame.
func (v form) inLanguage(l locale.Language) string { return v.r.With("language", string(l)) }

func (f *face) page(r *web.Request) error {
	v, err := f.open(r)
	if err != nil {
		return err
	}
	v.Form = r.NewForm("")
	v.Set("posts", "1")
	f.stamp(v)
	return r.Render(http.StatusOK, v.page())
}

// stamp gives the form a fresh stamp, for its number.
func (f *face) stamp(v form) {
	number := v.Submission()
	if number.IsZero() {
		number = id.NewJob().UUID
		v.Set("submission", number.String())
	}
	v.Set("stamp", f.desk.Stamp(v.r.Workspace.ID, number, sqldb.At(v.r.Now)))
}

// submit takes the form in. Whatever there was before, and whatever becomes of it, the answer is the same page of thanks.
func (f *face) submit(r *web.Request) error {
	v, err := f.open(r)
	if err != nil {
		return err
	}
	sent, files, refused, err := r.GuestUpload("", func() error { return f.desk.TakesFile(r.Context(), r.Workspace.ID, r.Client()) })
	if err != nil {
		return err
	}
	v.Form = sent
	in := v.input()
	err = refused // else nobody would know that the file is gone
	if err == nil {
		err = r.Judged(deposit.Check(r.Workspace, in, v.Bool("consent")))
	}
	if err == nil {
		err = f.desk.Submit(r.Context(), r.Workspace.ID, deposit.Submission{
			Input: in, Consent: v.Bool("consent"), Trap: v.Value("website"), Stamp: v.Value("stamp"), Form: v.Submission(),
			Client: r.Client(), Language: r.P.Language(), Files: files,
		})
	}
	if v.Refused(err) {
		return f.again(v)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(v.path("/received"))
}

// again shows the form with what is wrong, everything typed kept. Where nothing is wrong with a field it was the stamp, or too many came:
// then there is a fresh one.
func (f *face) again(v form) error {
	v.Labels = map[string]string{}
	for _, field := range fields {
		v.Labels[field] = v.r.P.Text("public.deposit." + field)
	}
	if len(v.Error.Fields) == 0 {
		f.stamp(v)
	}
	return v.r.Render(web.RefusedStatus(v.Form), v.page())
}

// fields of the form, in its order.
var fields = []string{
	"siret", "name", "address", "postcode", "city", "civility", "family_name", "given_name", "job_title", "mobile", "phone", "email",
	"title", "contract", "posts", "starts_on", "ends_on", "duration", "rhythm", "place", "description", "profile", "files", "consent",
}

func (v form) input() deposit.Input {
	return deposit.Input{
		Name: v.Value("name"), SIRET: v.Value("siret"), Address: v.Value("address"), Postcode: v.Value("postcode"), City: v.Value("city"),
		Civility: v.Value("civility"), FamilyName: v.Value("family_name"), GivenName: v.Value("given_name"), JobTitle: v.Value("job_title"),
		Mobile: v.Value("mobile"), Phone: v.Value("phone"), Email: v.Value("email"),
		Title: v.Value("title"), Contract: v.Value("contract"), StartsOn: v.Value("starts_on"), EndsOn: v.Value("ends_on"), Duration: v.Value("duration"),
		Rhythm: v.Value("rhythm"), Posts: v.Value("posts"), Place: v.Value("place"), Description: v.Value("description"), Profile: v.Value("profile"),
	}
}

// received is the page of thanks.
func (f *face) received(r *web.Request) error {
	v, err := f.open(r)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.receivedPage())
}

// checkSIRET says, while somebody types, whether it is one; never whose.
func (f *face) checkSIRET(r *web.Request) error {
	if _, err := f.open(r); err != nil {
		return err
	}
	number, err := siret.Parse(r.Query("siret"))
	var wrong fault.Message
	if m, is := err.(fault.Message); is {
		wrong = m
	}
	return r.Render(http.StatusOK, siretChecked(r, number, wrong))
}

// letter is the page that the link in a letter leads to. Looking at it, as mail gateways do, confirms nothing.
func (f *face) letter(r *web.Request) error {
	var l deposit.Letter
	err := r.View(func(tx *sqldb.Tx) (err error) {
		l, err = f.desk.Look(r.Context(), tx, r.Workspace.ID, r.PathValue("token"))
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return r.Render(http.StatusNotFound, overPage(r))
	}
	if err != nil {
		return err
	}
	r.Receive(l.Host, l.P)
	return r.Render(http.StatusOK, letterPage(r, l))
}

// confirm has the deposit take effect, with those others that were ticked.
func (f *face) confirm(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	if err := r.Ready(); err != nil {
		return err
	}
	var others []id.Deposit
	for _, text := range form.Values["other"] {
		others = append(others, id.Deposit{UUID: id.Read(text)})
	}
	err = f.desk.Confirm(r.Context(), r.Workspace.ID, r.PathValue("token"), others)
	if fault.Is(err, fault.NotFound) {
		return r.Render(http.StatusNotFound, overPage(r))
	}
	if err != nil {
		return err
	}
	return r.SeeOther("/" + r.Workspace.Slug + "/offers/confirmation/" + url.PathEscape(r.PathValue("token")))
}
