package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web/ui"
)

// A form that brings files comes back with something wrong elsewhere, as any form may: its files are kept meanwhile
// (file.Keep), and the form carries a signed word for each, which names the file and the login that sent it. Whoever
// else sends that word gets nothing by it.

// largestForm is how large the body of a form with files may be: they all, and one more than is taken, so that whoever
// sends too much gets the form back and not a broken connection.
func (s *Site) largestForm() int64 {
	return s.BodyLimit + int64(s.Files.PerOwner()+1)*s.Files.Largest()
}

// Uploads reads a form that may bring files, under the name file.Field: what was typed, as with ReadForm, and the files,
// those that were kept from the last time first. Their bytes are on the disk and wait for the person's login, so that
// they are there still when the form comes back; a verb gives them to their owner by file.Attach in the handler's Update.
//
// A file that is refused (empty, too large, one too many) stands as a fault on file.Field; Update then runs its function
// all the same, takes nothing of it, and returns its faults together with these. A body that breaks off, or is over the
// route's limit, is an error, and leaves no file; and so is a caller who may not do it any more when the last byte has come. It is for
// routes with Files.
//
// Each of need is asked before a file is taken, of the fields that stand before it: while one answers with a fault.Invalid
// on a field, files are read over and none of their bytes is written; the faults stand with those of refused files.
func (r *Request) Uploads(formID string, need ...func(before *ui.Form) error) (*ui.Form, []file.Received, error) {
	var fresh []file.Received
	form, err := r.readFiles(formID, need, &fresh)
	if err == nil {
		err = r.stillIn()
	}
	if err != nil {
		return nil, nil, errors.Join(err, r.release(fresh))
	}
	files, err := r.keptFiles(form)
	if err != nil {
		return nil, nil, err
	}
	files = append(files, fresh...)
	for len(files) > r.site.Files.PerOwner() {
		if err := r.release(files[len(files)-1:]); err != nil {
			return nil, nil, err
		}
		files = files[:len(files)-1]
		r.refuseFile(file.TooMany(r.site.Files.PerOwner()))
	}
	for _, f := range files {
		form.Files = append(form.Files, ui.KeptFile{Word: r.site.files.Sign(r.keptName(f.ID)), Name: f.Name, Size: f.Size})
	}
	return form, files, nil
}

// readFiles reads the body. A file that is refused is read over, so that what stands behind it is read as well.
func (r *Request) readFiles(formID string, need []func(*ui.Form) error, fresh *[]file.Received) (*ui.Form, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return r.ReadForm(formID)
	}
	return r.ReadUpload(formID, file.Field, func(before *ui.Form, name string, content io.Reader) error {
		if r.broken != nil || len(*fresh) > r.site.Files.PerOwner() || !r.meets(before, need) {
			return nil
		}
		f, err := r.take(name, content)
		if e := fault.As(err); e != nil && e.Kind == fault.Invalid && len(e.Fields) > 0 {
			r.refuseFile(e)
			return nil
		}
		if err == nil {
			*fresh = append(*fresh, f)
		}
		return err
	})
}

// stillIn looks again who is asking: files take their time, and who was shut out meanwhile sends none. From here on they are what
// they are now.
func (r *Request) stillIn() error {
	if r.replay {
		return nil
	}
	now, err := r.again()
	if err == nil {
		r.By = now.By
	}
	return err
}

// meets reports whether a file may be taken after these fields, and notes why not.
func (r *Request) meets(before *ui.Form, need []func(*ui.Form) error) bool {
	all := true
	for _, of := range need {
		if err := of(before); err != nil {
			r.refuseFile(err)
			all = false
		}
	}
	return all
}

// take has a file's bytes on the disk and its row written.
func (r *Request) take(name string, content io.Reader) (file.Received, error) {
	f, err := r.site.Files.Receive(r.Context(), content, name)
	if err != nil {
		return f, err
	}
	var kept file.Received
	err = r.site.DB.Update(r.Context(), func(tx *sqldb.Tx) (err error) {
		kept, err = file.Keep(r.Context(), tx, r.By, f)
		return err
	})
	if err != nil {
		err = errors.Join(err, r.site.Files.Drop(f))
	}
	return kept, err
}

// refuseFile notes what is wrong with a file, once each.
func (r *Request) refuseFile(err error) {
	for _, f := range fault.As(err).Fields {
		same := func(x fault.Field) bool { return x.Key == f.Key && x.Args["Name"] == f.Args["Name"] }
		if !slices.ContainsFunc(r.unfit, same) {
			r.unfit = append(r.unfit, f)
		}
	}
}

// keptFiles are the files whose words the form brought back; those that are wanted no more go.
func (r *Request) keptFiles(form *ui.Form) (files []file.Received, err error) {
	unwanted := r.namedBy(form.Values[ui.UnwantedFiles])
	wanted := slices.DeleteFunc(r.namedBy(form.Values[ui.KeptFiles]), func(f id.File) bool { return slices.Contains(unwanted, f) })
	form.Values.Del(ui.UnwantedFiles)
	form.Values.Del(ui.KeptFiles)
	if len(unwanted) > 0 && !r.replay {
		err = r.site.DB.Update(r.Context(), func(tx *sqldb.Tx) error { return file.Release(r.Context(), tx, r.By, unwanted) })
	}
	if err != nil || len(wanted) == 0 {
		return nil, err
	}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		files, err = r.site.Files.Kept(r.Context(), tx, r.By, wanted)
		return err
	})
	return files, err
}

// namedBy reads the words that this person's forms carried; others are passed over.
func (r *Request) namedBy(words []string) (files []id.File) {
	for _, word := range words[:min(len(words), sqldb.Many)] {
		text, ok := r.site.files.Read(word)
		if _, of, _ := strings.Cut(text, " "); ok {
			if f := (id.File{UUID: id.Read(of)}); text == r.keptName(f) {
				files = append(files, f)
			}
		}
	}
	return files
}

// keptName is what a word says: whose file, and which.
func (r *Request) keptName(f id.File) string { return r.Login.ID.String() + " " + f.String() }

// release takes files away that this request has kept; also when its sender has left.
func (r *Request) release(files []file.Received) error {
	if len(files) == 0 {
		return nil
	}
	ids := make([]id.File, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	ctx := context.WithoutCancel(r.Context())
	return r.site.DB.Update(ctx, func(tx *sqldb.Tx) error { return file.Release(ctx, tx, r.By, ids) })
}

// withUnfit joins what a verb found wrong with what is wrong with the files.
func (r *Request) withUnfit(err error) error {
	if len(r.unfit) == 0 {
		return err
	}
	all := &fault.Error{Kind: fault.Invalid, Message: fault.M("fault.fields")}
	if e := fault.As(err); e != nil && e.Kind == fault.Invalid {
		// What is wrong with a file that was sent says more than that there is none.
		all.Fields = slices.DeleteFunc(slices.Clone(e.Fields), func(x fault.Field) bool {
			return slices.ContainsFunc(r.unfit, func(y fault.Field) bool { return y.Name == x.Name })
		})
	} else if err != nil {
		return err
	}
	all.Fields = append(all.Fields, r.unfit...)
	return all
}
