package public_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

const (
	aPDF    = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n44\n%%EOF\n"
	letters = "/brenval/office/letterbox"
)

// postOffice is a face of one form with a field and files, and a route that serves what came.
type postOffice struct {
	*house
	dir   string
	owner file.Owner // of what came last
}

func newPostOffice(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock, s file.Settings) *postOffice {
	return newPostOfficeIn(t, db, clock, filepath.Join(t.TempDir(), "files"), s)
}

// newPostOfficeIn is newPostOffice with its files in that folder.
func newPostOfficeIn(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock, dir string, s file.Settings) *postOffice {
	h := &house{t: t, db: db, clock: clock, log: &strings.Builder{}}
	o := &postOffice{house: h, dir: dir}
	s.Clock = clock.Now
	var err error
	if h.files, err = file.Open(o.dir, s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.files.Close() })
	h.secret = secret.New()
	h.build(base)
	h.site.Mount(
		web.Route{Pattern: "POST /{workspace}/office/letterbox", Needs: actor.Comment, Files: true, Handle: o.take},
		web.Route{Pattern: "GET /{workspace}/office/letterbox/{file}", Needs: actor.SeeContacts, Handle: o.give},
	)
	h.furnish()
	return o
}

func (o *postOffice) take(r *web.Request) error {
	form, files, err := r.Uploads("")
	if err != nil {
		return err
	}
	owner := file.Owner{Kind: "letter", ID: id.NewLetter().UUID}
	err = r.Update(func(tx *sqldb.Tx) error {
		if form.Value("comment") == "" {
			return fault.OnField(fault.Invalid, "comment", fault.M("fault.required"))
		}
		for _, f := range files {
			if _, err := file.Attach(r.Context(), tx, r.By, owner, f); err != nil {
				return err
			}
		}
		return nil
	})
	if form.Fail(err) {
		return r.Render(http.StatusUnprocessableEntity, o.page(r, form))
	}
	if err != nil {
		return err
	}
	o.owner = owner
	return r.SeeOther(r.Office(""))
}

func (o *postOffice) page(r *web.Request, form *ui.Form) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		body := templ.Join(form.Summary(), form.Start(), form.Textarea(ui.Textarea{Name: "comment", Label: "Comment"}),
			form.FilesField(ui.Files{Label: "Files", Most: o.files.PerOwner(), Largest: o.files.Largest(), Optional: true}))
		return web.Office(r, web.Page{Title: "Letters", Form: form}).Render(templ.WithChildren(ctx, body), w)
	})
}

func (o *postOffice) give(r *web.Request) error {
	which, err := r.File("file")
	if err != nil {
		return err
	}
	var f file.File
	err = r.View(func(tx *sqldb.Tx) (err error) { f, err = file.Get(r.Context(), tx, r.By, which); return err })
	if err != nil {
		return err
	}
	return r.ServeFile(f)
}

// came are the files of what was taken last.
func (o *postOffice) came() (list []file.File) {
	o.t.Helper()
	by := actor.OfProgram(1)
	err := o.db.View(o.t.Context(), func(tx *sqldb.Tx) (err error) { list, err = file.Of(o.t.Context(), tx, by, o.owner); return err })
	if err != nil {
		o.t.Fatal(err)
	}
	return list
}

// left counts what is on the disk, and the rows, once the jobs have run.
func (o *postOffice) left() (blobs, rows int) {
	o.t.Helper()
	if err := o.files.Sweep(o.t.Context(), o.db); err != nil {
		o.t.Fatal(err)
	}
	err := filepath.WalkDir(o.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			blobs++
		}
		return err
	})
	if err == nil {
		err = o.db.View(o.t.Context(), func(tx *sqldb.Tx) (err error) {
			rows, err = sqldb.One(o.t.Context(), tx, sqldb.Value[int], `SELECT COUNT(*) FROM file`)
			return err
		})
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return blobs, rows
}

// part is one of a form: a field, or a file when it has a name.
type part struct{ field, name, content string }

// form is a multipart body with its type.
func form(parts ...part) (kind, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		values := map[string]string{"name": p.field}
		if p.name != "" {
			values["filename"] = p.name
			h.Set("Content-Type", "text/html") // a header that lies: nobody asks it
		}
		h.Set("Content-Disposition", disposition(values))
		x, _ := w.CreatePart(h) // a buffer takes everything
		io.WriteString(x, p.content)
	}
	w.Close()
	return w.FormDataContentType(), b.String()
}

// disposition writes the names as browsers do: as they are, but for quotes.
func disposition(values map[string]string) string {
	s := fmt.Sprintf(`form-data; name="%s"`, values["name"])
	if name, ok := values["filename"]; ok {
		s += fmt.Sprintf(`; filename="%s"`, strings.ReplaceAll(name, `"`, "%22"))
	}
	return s
}

func (b *browser) send(path string, parts ...part) *browser {
	kind, body := form(parts...)
	return b.sendRaw(path, kind, body)
}

func (b *browser) sendRaw(path, kind, body string) *browser {
	return b.pour(path, kind, strings.NewReader(body))
}

// pour sends a body while it is made.
func (b *browser) pour(path, kind string, body io.Reader) *browser {
	b.header.Set("Content-Type", kind)
	defer b.header.Del("Content-Type")
	return b.stream("POST", path, body)
}

// words are those of the kept files in the form that came back.
func (b *browser) words() (list []part) {
	for _, m := range regexp.MustCompile(`name="kept_files" value="([^"]*)"`).FindAllStringSubmatch(b.body, -1) {
		list = append(list, part{ui.KeptFiles, "", m[1]})
	}
	return list
}

func names(files []file.File) (list []string) {
	for _, f := range files {
		list = append(list, f.Name)
	}
	return list
}

func comment(text string) part        { return part{"comment", "", text} }
func attached(name, text string) part { return part{file.Field, name, text} }
func eachPostOffice(t *testing.T, s file.Settings, test func(t *testing.T, o *postOffice)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newPostOffice(t, db, clock, s)) })
}

func TestUploads(t *testing.T) {
	eachPostOffice(t, file.Settings{PerOwner: 3, Bytes: 1 << 20}, func(t *testing.T, o *postOffice) {
		b := o.browser().signIn()
		t.Run("files come with their form, in their order", func(t *testing.T) {
			b.send(letters, attached("été.pdf", aPDF), comment("bonjour"), attached("", ""), attached("notes.txt", "one")).wantTo("/brenval/office")
			if got := names(o.came()); !reflect.DeepEqual(got, []string{"été.pdf", "notes.txt"}) {
				t.Error(got)
			}
		})
		t.Run("a file survives a bad field elsewhere in the form, any number of times", func(t *testing.T) {
			b.send(letters, attached("a.pdf", aPDF), comment("")).want(http.StatusUnprocessableEntity, "a.pdf")
			b.send(letters, append(b.words(), attached("b.pdf", aPDF))...).want(http.StatusUnprocessableEntity, "a.pdf", "b.pdf")
			b.send(letters, append(b.words(), comment("bonjour"))...).wantTo("/brenval/office")
			if got := names(o.came()); !reflect.DeepEqual(got, []string{"a.pdf", "b.pdf"}) {
				t.Error(got)
			}
		})
		t.Run("one that is wanted no more is taken away, at once", func(t *testing.T) {
			b.send(letters, attached("a.pdf", aPDF), attached("b.pdf", aPDF)).want(http.StatusUnprocessableEntity)
			_, before := o.left()
			words := b.words()
			unwanted := part{ui.UnwantedFiles, "", words[0].content}
			b.send(letters, append(words, unwanted)...).want(http.StatusUnprocessableEntity, "b.pdf")
			if _, after := o.left(); after != before-1 || strings.Contains(b.body, "a.pdf") {
				t.Errorf("%d rows, %d before\n%s", after, before, b.body)
			}
			b.send(letters, append(b.words(), comment("x"))...).wantTo("/brenval/office")
			if got := names(o.came()); !reflect.DeepEqual(got, []string{"b.pdf"}) {
				t.Error(got)
			}
		})
		t.Run("a form without script, without a file, sends its words as any form does", func(t *testing.T) {
			b.send(letters, attached("a.pdf", aPDF)).want(http.StatusUnprocessableEntity)
			b.post(letters, map[string][]string{"comment": {"x"}, ui.KeptFiles: {b.words()[0].content}}).wantTo("/brenval/office")
			if got := names(o.came()); !reflect.DeepEqual(got, []string{"a.pdf"}) {
				t.Error(got)
			}
		})
		t.Run("what is wrong with the files and with the fields is said at once, and good files stay", func(t *testing.T) {
			b.send(letters, attached("good.pdf", aPDF), attached("empty.pdf", "")).want(http.StatusUnprocessableEntity, "good.pdf", "empty.pdf\u00a0» est vide", "Ce champ est obligatoire")
			b.send(letters, comment("typed"), attached("empty.pdf", "")).want(http.StatusUnprocessableEntity, "typed", "est vide")
		})
		t.Run("what was typed beside a file outlives the session, and so do the files that were kept before", func(t *testing.T) {
			b := o.browser().signIn()
			b.send(letters, attached("before.pdf", aPDF)).want(http.StatusUnprocessableEntity)
			words := b.words()
			o.clock.Pass(13 * time.Hour)
			b.send(letters, append(words, comment("une longue remarque"), attached("after.pdf", aPDF))...).want(http.StatusOK, "Votre session a pris fin")
			b.post("/sign-in", map[string][]string{"email": {email}, "password": {password}, "kept": {b.hidden("kept")}}).want(http.StatusOK, "une longue remarque", "before.pdf")
			b.send(letters, append(b.words(), comment("une longue remarque"))...).wantTo("/brenval/office")
			if got := names(o.came()); !reflect.DeepEqual(got, []string{"before.pdf"}) {
				t.Error(got)
			}
			o.clock.Pass(-13 * time.Hour)
		})
		t.Run("a control character in a file’s name is left out, and costs nobody the form", func(t *testing.T) {
			b.send(letters, attached("a\x01b\x7f\x00.pdf", aPDF), attached("c\rd.txt", "one\x01\r\n\r\n--two\n")).want(http.StatusUnprocessableEntity, "ab.pdf", "cd.txt")
			b.send(letters, append(b.words(), comment("bonjour"))...).wantTo("/brenval/office")
			if got := o.came(); len(got) != 2 || got[0].Name != "ab.pdf" || got[0].Size != int64(len(aPDF)) || got[1].Size != 14 {
				t.Errorf("%+v", got)
			}
		})
		t.Run("attack: a file over the limit: the form comes back with what was typed behind it", func(t *testing.T) {
			b.send(letters, attached("large.bin", strings.Repeat("x", 1<<20+1)), comment("typed behind")).want(http.StatusUnprocessableEntity, "dépasse 1", "typed behind")
		})
		t.Run("attack: more files than a form may bring", func(t *testing.T) {
			b.send(letters, comment("x"), attached("1.txt", "1"), attached("2.txt", "2"), attached("3.txt", "3"), attached("4.txt", "4"), attached("5.txt", "5")).
				want(http.StatusUnprocessableEntity, "Joignez 3 fichiers au plus", "3.txt")
			if strings.Contains(b.body, "4.txt") {
				t.Error(b.body)
			}
		})
	})
}

func TestHostileUploads(t *testing.T) {
	eachPostOffice(t, file.Settings{PerOwner: 2, Bytes: 1 << 20}, func(t *testing.T, o *postOffice) {
		b := o.browser().signIn()
		b.send(letters, attached("a.pdf", aPDF)).want(http.StatusUnprocessableEntity)
		words := b.words()
		nothing := func(t *testing.T) {
			t.Helper()
			if blobs, rows := o.left(); blobs != 1 || rows != 1 {
				t.Errorf("%d blobs, %d rows", blobs, rows)
			}
		}
		t.Run("attack: another login's kept file, in the same workspace and in another", func(t *testing.T) {
			for _, slug := range []string{"brenval", "orvane"} {
				address := "spy@" + slug + ".example"
				o.join(o.person(address, "A Spy"), slug, "admin")
				spy := o.browser()
				spy.post("/sign-in", map[string][]string{"email": {address}, "password": {password}}).want(http.StatusSeeOther)
				spy.send("/"+slug+"/office/letterbox", words...).want(http.StatusUnprocessableEntity)
				if strings.Contains(spy.body, "a.pdf") || len(spy.words()) > 0 {
					t.Error(spy.body)
				}
				spy.send("/"+slug+"/office/letterbox", append(words, comment("mine"), part{ui.UnwantedFiles, "", words[0].content})...).wantTo("/" + slug + "/office")
				if got := o.came(); len(got) != 0 {
					t.Error(got)
				}
			}
			nothing(t)
		})
		t.Run("attack: words that nobody signed, or for something else", func(t *testing.T) {
			b.send(letters, part{ui.KeptFiles, "", "x"}, part{ui.KeptFiles, "", words[0].content + "x"}, part{ui.UnwantedFiles, "", "."}, comment("x")).wantTo("/brenval/office")
			if got := o.came(); len(got) != 0 {
				t.Error(got)
			}
			nothing(t)
		})
		t.Run("attack: 10,000 parts", func(t *testing.T) {
			parts := slices.Repeat([]part{{"x", "", "y"}}, 10_000)
			b.send(letters, append([]part{attached("b.txt", "b")}, parts...)...).want(http.StatusRequestEntityTooLarge)
			b.send(letters, append([]part{attached("b.txt", "b")}, slices.Repeat([]part{{"x", "n", "y"}}, 10_000)...)...).want(http.StatusRequestEntityTooLarge)
			nothing(t)
		})
		t.Run("attack: fields that together are larger than a form may be", func(t *testing.T) {
			b.send(letters, slices.Repeat([]part{{"x", "", strings.Repeat("y", 300_000)}}, 4)...).want(http.StatusRequestEntityTooLarge)
			b.sendRaw(letters, "application/x-www-form-urlencoded", "x="+strings.Repeat("y", 1_200_000))
			if b.last.Code != http.StatusRequestEntityTooLarge {
				t.Errorf("without parts: %d", b.last.Code)
			}
			nothing(t)
		})
		t.Run("attack: no boundary, a wrong one, a body that breaks off, part headers without an end", func(t *testing.T) {
			kind, body := form(attached("b.txt", strings.Repeat("b", 1000)), comment("x"))
			for i, kindOf := range []string{"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other", kind} {
				whole := body
				if kindOf == kind {
					whole = body[:len(body)/2]
				}
				b.sendRaw(letters, kindOf, whole)
				if b.last.Code != http.StatusUnprocessableEntity {
					t.Errorf("%d: status %d", i, b.last.Code)
				}
			}
			b.sendRaw(letters, "multipart/form-data; boundary=x", "--x\r\nX: "+strings.Repeat("y", 1<<20)).want(http.StatusUnprocessableEntity)
			nothing(t)
		})
		t.Run("attack: a body larger than all files that may come", func(t *testing.T) {
			b.send(letters, attached("b.bin", strings.Repeat("x", 6<<20))).want(http.StatusRequestEntityTooLarge)
			nothing(t)
		})
		t.Run("attack: a name with a path, control signs and a direction that turns", func(t *testing.T) {
			b.send(letters, comment("x"), attached("../../etc/pass\u202egnp.exe", "\x00\x01")).wantTo("/brenval/office")
			if got := names(o.came()); !reflect.DeepEqual(got, []string{"passgnp.exe"}) {
				t.Errorf("%q", got)
			}
		})
		t.Run("a kept file whose form never comes is gone after a day", func(t *testing.T) {
			o.clock.Pass(25 * time.Hour)
			if blobs, rows := o.left(); blobs != 1 || rows != 1 { // what the attack above has sent
				t.Errorf("%d blobs, %d rows", blobs, rows)
			}
			b.signIn().send(letters, append(words, comment("late"))...).wantTo("/brenval/office")
			if got := o.came(); len(got) != 0 {
				t.Error(got)
			}
		})
	})
}

// meanwhile is a body between whose bytes something happens.
type meanwhile func()

func (do meanwhile) Read([]byte) (int, error) { do(); return 0, io.EOF }

func TestShutOutWhileSending(t *testing.T) {
	eachPostOffice(t, file.Settings{}, func(t *testing.T, o *postOffice) {
		for what, do := range map[string]string{
			"leaves the team": `DELETE FROM staff WHERE login_id = (SELECT id FROM login WHERE email = $1)`,
			"is signed out":   `DELETE FROM session WHERE login_id = (SELECT id FROM login WHERE email = $1)`,
		} {
			t.Run("who "+what+" while a file is on its way sends it no more, and nothing of it stays", func(t *testing.T) {
				address := strings.ReplaceAll(what, " ", "") + "@brenval.example"
				o.join(o.person(address, "Somebody Slow"), "brenval", "admin")
				slow := o.browser()
				slow.post("/sign-in", map[string][]string{"email": {address}, "password": {password}}).want(http.StatusSeeOther)
				kind, body := form(comment("x"), attached("slow.txt", strings.Repeat("s", 200_000)))
				blobs, rows := o.left()
				out := meanwhile(func() {
					if err := o.db.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), do, address); return err }); err != nil {
						t.Error(err)
					}
				})
				slow.pour(letters, kind, io.MultiReader(strings.NewReader(body[:100_000]), out, strings.NewReader(body[100_000:])))
				if slow.last.Code < http.StatusBadRequest {
					t.Errorf("%d to %s", slow.last.Code, slow.last.Header().Get("Location"))
				}
				if b, r := o.left(); b != blobs || r != rows {
					t.Errorf("%d blobs, %d rows; before %d, %d", b, r, blobs, rows)
				}
			})
		}
	})
}

func TestServedFiles(t *testing.T) {
	eachPostOffice(t, file.Settings{}, func(t *testing.T, o *postOffice) {
		b := o.browser().signIn()
		sent := func(name, content string) string {
			t.Helper()
			b.send(letters, comment("x"), attached(name, content)).wantTo("/brenval/office")
			return letters + "/" + o.came()[0].ID.String()
		}
		png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
		const ofPDF = "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
		const ofFile = "default-src 'none'; " + ofPDF + "; sandbox"
		for _, c := range []struct{ what, name, content, disposition, kind, policy string }{
			{"a PDF is shown, not in a sandbox, where browsers show none", "Devis n° 7.pdf", aPDF, "inline", "application/pdf", ofPDF},
			{"a picture is shown", "a.png", png, "inline", "image/png", ofFile},
			{"text is saved", "a.txt", "bonjour", "attachment", "text/plain; charset=utf-8", ofFile},
			{"attack: a page is saved, as bytes", "a.html", "<script>alert(1)</script>", "attachment", "application/octet-stream", ofFile},
			{"attack: a drawing that could hold a script is saved, as bytes", "a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "attachment", "application/octet-stream", ofFile},
			{"attack: a page that says it is a PDF is saved, as bytes", "a.pdf", "<html>%PDF-1.4 %%EOF", "attachment", "application/octet-stream", ofFile},
			{"attack: a program is saved, as bytes", "a.exe", "MZ\x90\x00\x03", "attachment", "application/octet-stream", ofFile},
		} {
			t.Run(c.what, func(t *testing.T) {
				b.get(sent(c.name, c.content)).want(http.StatusOK)
				h := b.last.Header()
				how, values, err := mime.ParseMediaType(h.Get("Content-Disposition"))
				if how != c.disposition || err != nil || h.Get("Content-Type") != c.kind || h.Get("Content-Security-Policy") != c.policy || b.body != c.content {
					t.Errorf("%v, %v", h, err)
				}
				if h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Cache-Control"), "private") || filepath.Ext(values["filename"]) == "" {
					t.Errorf("%v", h)
				}
			})
		}
		t.Run("a part may be asked for, what is known already is not sent again, and what would be shown can be saved", func(t *testing.T) {
			at := sent("a.pdf", aPDF)
			tag := b.get(at).last.Header().Get("ETag")
			b.header.Set("Range", "bytes=0-3")
			b.get(at).want(http.StatusPartialContent)
			if b.body != "%PDF" {
				t.Error(b.body)
			}
			b.header.Del("Range")
			b.header.Set("If-None-Match", tag)
			b.get(at).want(http.StatusNotModified)
			b.header.Del("If-None-Match")
			if got := b.get(at + "?save=1").last.Header(); got.Get("Content-Disposition") != "attachment; filename=a.pdf" || !strings.Contains(got.Get("Content-Security-Policy"), "sandbox") {
				t.Error(got)
			}
			if b.do("HEAD", at, nil).want(http.StatusOK); b.body != "" || b.last.Header().Get("Content-Length") != fmt.Sprint(len(aPDF)) {
				t.Error(b.last.Header())
			}
		})
		t.Run("attack: another workspace's file, and one that never was, do not exist", func(t *testing.T) {
			at := sent("a.pdf", aPDF)
			o.join(o.person("spy@orvane.example", "A Spy"), "orvane", "admin")
			spy := o.browser()
			spy.post("/sign-in", map[string][]string{"email": {"spy@orvane.example"}, "password": {password}})
			spy.get(at).want(http.StatusNotFound)
			spy.get(strings.Replace(at, "brenval", "orvane", 1)).want(http.StatusNotFound)
			b.get(letters + "/" + id.NewFile().String()).want(http.StatusNotFound)
			b.get(letters + "/x").want(http.StatusNotFound)
		})
	})
}

// endless is a body of one file, made while it is read.
func endless(size int64) (kind string, body io.Reader) {
	head := "--x\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nbonjour\r\n--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"large.bin\"\r\n\r\n"
	return "multipart/form-data; boundary=x", io.MultiReader(strings.NewReader(head), io.LimitReader(zeroes{}, size), strings.NewReader("\r\n--x--\r\n"))
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestLargeUploadsTakeLittleMemory(t *testing.T) {
	o := newPostOffice(t, sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now), sqldbtest.NewClock(), file.Settings{})
	b := o.browser().signIn()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	kind, body := endless(o.files.Largest())
	b.pour(letters, kind, body).wantTo("/brenval/office")
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 2<<20 {
		t.Errorf("%d bytes were allocated", spent)
	}
	if got := o.came(); len(got) != 1 || got[0].Size != o.files.Largest() {
		t.Error(got)
	}
	t.Run("attack: 26 MB", func(t *testing.T) {
		kind, body := endless(26 << 20)
		b.pour(letters, kind, body).want(http.StatusUnprocessableEntity, "dépasse 25")
		if blobs, rows := o.left(); blobs != 1 || rows != 1 {
			t.Error(blobs, rows)
		}
	})
	t.Run("an upload that breaks off leaves nothing", func(t *testing.T) {
		kind, body := endless(20 << 20)
		torn := io.MultiReader(io.LimitReader(body, 10<<20), failing{})
		b.pour(letters, kind, torn)
		if blobs, rows := o.left(); blobs != 1 || rows != 1 || b.last.Code < 400 {
			t.Error(blobs, rows, b.last.Code)
		}
	})
}

// failing is the end of a connection.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset") }
