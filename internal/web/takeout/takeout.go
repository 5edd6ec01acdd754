// Package takeout is what the faces share of files that take personal data along: who types their password before they get
// one (product.md §5), and the page that asks for it.
//
// It writes no file and knows no filter; those are the faces'. The page's two routes stand in their lists.
package takeout

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// Exit is one face's way out for its data. Its page, at the face's /export/confirmation, is shown by Show and answered by Confirm.
type Exit struct {
	At      func(r *web.Request, path string) string // an address of the face
	Shell   web.Shell
	Current string                         // the menu's item that the page stands under
	Home    string                         // the face's page that it belongs to, where giving up leads unless the person came from another
	Crumb   func(r *web.Request) []ui.Link // that lead to it
}

// Whole hands out by send what a filter finds, which may be everything or nearly so: whoever asks for it types their password,
// unless they did a short while ago. They are led to the page that asks, and from there back to this address, or to the page that
// they came from. What was picked one by one needs none of this.
func (x Exit) Whole(r *web.Request, send func() error) error {
	if r.Confirmed() {
		return send()
	}
	return r.SeeOther(x.url(r, r.URL.RequestURI(), x.own(r, r.CameFrom())))
}

// Show is the page that asks for the password; once it is typed, it offers the file.
func (x Exit) Show(r *web.Request) error {
	return r.Render(http.StatusOK, x.asked(r, r.NewForm(""), r.Query("next"), r.Query("back")).page())
}

// Confirm takes the password.
func (x Exit) Confirm(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	v := x.asked(r, form, form.Value("next"), form.Value("back"))
	err = r.ConfirmBy(form)
	if form.Refused(err) {
		return r.Render(web.RefusedStatus(form), v.page())
	}
	if err != nil {
		return err
	}
	return r.SeeOther(x.url(r, v.next, v.back))
}

// url is where the password is asked for, before next; back is where giving up leads, "" = nowhere.
func (x Exit) url(r *web.Request, next, back string) string {
	q := url.Values{"next": {next}}
	if back != "" {
		q.Set("back", back)
	}
	return x.At(r, "/export/confirmation?"+q.Encode())
}

// own is an address if it leads to a page of this face, else "".
func (x Exit) own(r *web.Request, address string) string {
	if !web.Own(address) || !strings.HasPrefix(address, x.At(r, "/")) {
		return ""
	}
	return address
}

// question is the page as it is shown.
type question struct {
	Exit
	r    *web.Request
	form *ui.Form
	next string
	back string // where « Annuler » and « Revenir » lead
}

func (x Exit) asked(r *web.Request, form *ui.Form, next, back string) question {
	form.Labels = map[string]string{"password": r.P.Text("takeout.password")}
	home := x.At(r, x.Home)
	return question{x, r, form, cmp.Or(x.own(r, next), home), cmp.Or(x.own(r, back), home)}
}
