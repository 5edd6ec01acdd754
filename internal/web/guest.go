package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// Receive shows the page as one of the host's, to somebody who need not be one of its people: under its name, in its
// colour, with its nouns. P is in the language and time zone of the person whom the page is for, unless somebody is signed
// in, or has chosen a language in this browser.
func (r *Request) Receive(host workspace.Workspace, whom *locale.Printer) {
	host.Locale, host.TimeZone = whom.Language(), whom.Zone().String()
	r.Workspace = host
	r.P = r.printer()
	r.x.workspace = host.ID
}

// IsPrefetch reports whether a program fetches the page before anybody wants to see it.
func (r *Request) IsPrefetch() bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Moz"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// Speak answers in that language, whatever the browser says: for pages in another site's frame, which keep no cookie.
func (r *Request) Speak(l locale.Language) {
	r.Login.Locale = l
	r.P = r.printer()
}

// MayFrame lets pages of those origins, and nobody else's, show this answer in a frame. No other answer may be.
func (r *Request) MayFrame(origins []string) {
	if len(origins) == 0 {
		return
	}
	h := r.x.Header()
	policy := h.Get("Content-Security-Policy")
	h.Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors "+strings.Join(origins, " "), 1))
}

// Judged is what a form gets that is not Update's: the refusal err with what is wrong with its values and its files.
func (r *Request) Judged(err error) error {
	if r.broken != nil {
		return r.broken
	}
	return r.withUnfit(err)
}

// GuestUpload is Uploads for the form of somebody without a login: it brings one file at most, which waits for the form by its
// number (« submission », which stands before it in the form). Takes is asked before a file is taken in; what it refuses is what
// GuestUpload returns, with the form, and the file is passed over. It is for routes with Files, below a workspace.
func (r *Request) GuestUpload(formID string, takes func() error) (form *ui.Form, files []file.Received, refused, err error) {
	var fresh []file.Received
	form, err = r.readGuest(formID, func(before *ui.Form, name string, content io.Reader) error {
		if refused != nil || r.broken != nil || len(fresh) > 0 {
			return nil
		}
		if refused = takes(); refused != nil {
			return nil
		}
		f, err := r.takeFor(before.Submission(), name, content)
		if e := fault.As(err); e != nil && e.Kind == fault.Invalid && len(e.Fields) > 0 {
			r.refuseFile(e)
			return nil
		}
		if err == nil {
			fresh = append(fresh, f)
		}
		return err
	})
	if err != nil {
		return nil, nil, nil, errors.Join(err, r.releaseFor(form, fresh))
	}
	if files, err = r.keptByGuest(form, len(fresh) > 0); err != nil {
		return nil, nil, nil, err
	}
	files = append(files, fresh...)
	for _, f := range files {
		form.Files = append(form.Files, ui.KeptFile{Word: r.site.files.Sign(guestName(form.Submission(), f.ID)), Name: f.Name, Size: f.Size})
	}
	return form, files, refused, nil
}

// readGuest reads the body; the file's part is called file.Field.
func (r *Request) readGuest(formID string, read func(before *ui.Form, name string, content io.Reader) error) (*ui.Form, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return r.ReadForm(formID)
	}
	return r.ReadUpload(formID, file.Field, read)
}

func (r *Request) takeFor(form id.UUID, name string, content io.Reader) (kept file.Received, err error) {
	f, err := r.site.Files.Receive(r.Context(), content, name)
	if err != nil {
		return f, err
	}
	err = r.site.DB.Update(r.Context(), func(tx *sqldb.Tx) (err error) {
		kept, err = file.KeepFor(r.Context(), tx, actor.OfProgram(r.Workspace.ID), form, f)
		return err
	})
	if err != nil {
		err = errors.Join(err, r.site.Files.Drop(f))
	}
	return kept, err
}

// keptByGuest is the file whose word the form brought back, unless another one has come or it is wanted no more: then it goes.
func (r *Request) keptByGuest(form *ui.Form, another bool) (files []file.Received, err error) {
	unwanted, wanted := form.Values[ui.UnwantedFiles], form.Values[ui.KeptFiles]
	form.Values.Del(ui.UnwantedFiles)
	form.Values.Del(ui.KeptFiles)
	by, number := actor.OfProgram(r.Workspace.ID), form.Submission()
	var list []id.File
	for _, word := range wanted[:min(len(wanted), 1)] {
		text, ok := r.site.files.Read(word)
		of := text[strings.LastIndexByte(text, ' ')+1:]
		if f := (id.File{UUID: id.Read(of)}); ok && text == guestName(number, f) {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	if another || len(unwanted) > 0 {
		return nil, r.site.DB.Update(r.Context(), func(tx *sqldb.Tx) error { return file.ReleaseFor(r.Context(), tx, by, number, list) })
	}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		files, err = r.site.Files.KeptFor(r.Context(), tx, by, number, list)
		return err
	})
	return files, err
}

// releaseFor takes away what a form has brought that could not be read to its end.
func (r *Request) releaseFor(form *ui.Form, files []file.Received) error {
	if len(files) == 0 || form == nil {
		return nil
	}
	ctx := context.WithoutCancel(r.Context())
	return r.site.DB.Update(ctx, func(tx *sqldb.Tx) error {
		return file.ReleaseFor(ctx, tx, actor.OfProgram(r.Workspace.ID), form.Submission(), []id.File{files[0].ID})
	})
}

// guestName is what a word of a kept file says: of which form it is, and which.
func guestName(form id.UUID, f id.File) string { return "form " + form.String() + " " + f.String() }
