package surface

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
)

// parcel is a file as somebody sends it.
type parcel struct {
	name, kind, content string // kind is what the browser says it is
}

// withParts posts a form with files of any name and kind.
func (b *browser) withParts(target string, form url.Values, files ...parcel) answer {
	b.t.Helper()
	return b.withLastWord(target, form, false, files...)
}

// withLastWord is withParts, with the word that the files hold no health data behind them, if so.
func (b *browser) withLastWord(target string, form url.Values, late bool, files ...parcel) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		if err := w.WriteField(name, values[0]); err != nil {
			b.t.Fatal(err)
		}
	}
	for _, f := range files {
		head := textproto.MIMEHeader{}
		head.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, file.Field, strings.NewReplacer("\\", "\\\\", `"`, "\\\"", "\r", "%0D", "\n", "%0A").Replace(f.name)))
		head.Set("Content-Type", f.kind)
		part, err := w.CreatePart(head)
		if err == nil {
			_, err = io.WriteString(part, f.content)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if late {
		if err := w.WriteField("no_health_data", "1"); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(http.MethodPost, target, w.FormDataContentType(), body.String())
}

func aRequest() url.Values {
	return url.Values{"kind": {"technical"}, "subject": {"Écran noir"}, "text": {"Depuis ce matin."}, "submission": {id.NewJob().String()}}
}

// zipped is an archive of files, by name and content.
func zipped(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = io.WriteString(f, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	script  = "<script>fetch('/profile/password',{method:'POST'})</script>"
	drawing = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">` + script + `</svg>`
	picture = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)

// hostileFile is one that wants to be something else than a file.
type hostileFile struct {
	parcel
	shown bool // a browser may show it, as the PDF or the picture that it is too
}

func hostile(t *testing.T) map[string]hostileFile {
	bomb := zipped(t, "zeros.bin", strings.Repeat("\x00", 200<<20))
	return map[string]hostileFile{
		"a page":                            {parcel{"page.html", "text/html", "<!DOCTYPE html>" + script}, false},
		"a page that says it is a PDF":      {parcel{"facture.pdf", "application/pdf", "<html>" + script}, false},
		"a page that says it is a picture":  {parcel{"photo.png", "image/png", script}, false},
		"a page that says it is a text":     {parcel{"notes.txt", "text/plain", "  \n" + script}, false},
		"a page in XML":                     {parcel{"page.xhtml", "application/xhtml+xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">` + script + "</html>"}, false},
		"a drawing with a script":           {parcel{"logo.svg", "image/svg+xml", drawing}, false},
		"a drawing that says it is a PNG":   {parcel{"logo.png", "image/png", drawing}, false},
		"a drawing behind a mark of order":  {parcel{"logo.svg", "image/svg+xml", "\ufeff" + drawing}, false},
		"a page with a PDF inside":          {parcel{"a.pdf", "application/pdf", "<html>" + script + "\n" + aPDF}, false},
		"a PDF with a page behind it":       {parcel{"a.pdf", "application/pdf", aPDF + "\n" + script}, true},
		"a PDF with a page inside":          {parcel{"a.pdf.html", "text/html", strings.Replace(aPDF, "\n", "\n% "+script+"\n", 1)}, true},
		"a picture with a page behind it":   {parcel{"photo.html", "text/html", picture + script}, true},
		"an archive that is a PDF too":      {parcel{"a.pdf", "application/pdf", zipped(t, "a.html", script) + aPDF}, false},
		"an archive of 200 MB in 200 KB":    {parcel{"bomb.zip", "application/zip", bomb}, false},
		"the same as a document":            {parcel{"bomb.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", bomb)}, false},
		"a document with a program":         {parcel{"a.docx", "application/msword", zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<w/>", "word/vbaProject.bin", "x")}, false},
		"an archive that climbs":            {parcel{"a.zip", "application/zip", zipped(t, "../../../etc/passwd", "x")}, false},
		"a program":                         {parcel{"a.exe", "application/octet-stream", "MZ\x90\x00\x03"}, false},
		"a script of a shell":               {parcel{"a.txt", "text/plain", "#!/bin/sh\nrm -rf /\n"}, false},
		"a script of a page, as a text":     {parcel{"a.js", "text/javascript", "alert(1)"}, false},
		"a sheet that calculates":           {parcel{"a.csv", "text/csv", "=HYPERLINK(\"http://evil.example\")\n"}, false},
		"an encrypted PDF":                  {parcel{"clos.pdf", "application/pdf", strings.Replace(aPDF, "/Root", "/Encrypt 9 0 R /Root", 1)}, true},
		"a PDF with a script of its own":    {parcel{"a.pdf", "application/pdf", strings.Replace(aPDF, "/Type /Catalog", "/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >>", 1)}, true},
		"a mail with a page":                {parcel{"a.eml", "message/rfc822", "Content-Type: text/html\r\n\r\n" + script}, false},
		"a manifest that would be cached":   {parcel{"a.appcache", "text/cache-manifest", "CACHE MANIFEST\n/\n"}, false},
		"a page in UTF-7":                   {parcel{"a.txt", "text/plain; charset=utf-7", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-"}, false},
		"a page in UTF-16":                  {parcel{"a.txt", "text/plain", "\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00>\x00"}, false},
		"a picture of a billion points":     {parcel{"a.png", "image/png", strings.Replace(picture, "\x00\x00\x00\x01\x00\x00\x00\x01\x08", "\x00\x01\x00\x00\x00\x01\x00\x00\x08", 1)}, false},
		"a header only that says a picture": {parcel{"a.gif", "image/gif", "GIF89a/*" + script + "*/=1;"}, false},
	}
}

var attachment = regexp.MustCompile(`href="([^"]*/files/[0-9a-f-]{36})"`)

// harmlessFile fails when a browser could take the file for anything of ours.
func (a answer) harmlessFile(t *testing.T, shown bool) {
	t.Helper()
	h := a.header
	policy, kind := h.Get("Content-Security-Policy"), h.Get("Content-Type")
	disposition, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if a.status != http.StatusOK || err != nil || params["filename"] == "" {
		t.Fatalf("%d %s %v", a.status, h.Get("Content-Disposition"), err)
	}
	if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "form-action 'none'") {
		t.Errorf("%v", h)
	}
	if !shown && disposition != "attachment" {
		t.Errorf("%s %s is shown: %s", kind, params["filename"], disposition)
	}
	if kind != "application/pdf" || disposition == "attachment" {
		if !strings.Contains(policy, "default-src 'none'") || !strings.HasSuffix(policy, "sandbox") {
			t.Errorf("%s: %s", kind, policy)
		}
	}
	for _, active := range []string{"html", "xml", "svg", "javascript", "css", "manifest", "rfc822"} {
		if strings.Contains(strings.ReplaceAll(kind, "openxmlformats", ""), active) {
			t.Errorf("served as %s", kind)
		}
	}
	if len(h["Set-Cookie"]) != 0 && strings.Contains(fmt.Sprint(h["Set-Cookie"]), "evil") {
		t.Errorf("%v", h)
	}
}

// Whatever is sent along with a request is refused, or given back as what it is and nothing more.
func TestHostileFiles(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, home := in.visitor(in.school, contact.User, nil)
		b, requests := in.as(who), portalOf(in.school, home)+"/requests"
		files := hostile(t)
		for what, f := range files {
			t.Run(what, func(t *testing.T) {
				a := b.withParts(requests, aRequest(), f.parcel)
				a.sound(t, what)
				if a.status != http.StatusSeeOther {
					t.Fatalf("%d %s", a.status, a.text())
				}
				page := b.get(a.location())
				page.harmless(t, what)
				links := attachment.FindAllStringSubmatch(page.body, -1)
				if len(links) == 0 {
					t.Fatal(page.body)
				}
				got := b.get(links[0][1])
				got.harmlessFile(t, f.shown)
				if got.body != f.content {
					t.Error("not as it was sent")
				}
				b.get(links[0][1]+"?save=1").harmlessFile(t, false)
			})
		}
	})
}

// A file's name is a name and nothing else, wherever it is shown or sent.
func TestHostileNames(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, home := in.visitor(in.school, contact.User, nil)
		b, requests := in.as(who), portalOf(in.school, home)+"/requests"
		for _, name := range []string{
			"../../../etc/passwd", `C:\Users\Anne\notes.txt`, "/etc/shadow", `..\..\boot.ini`, "a/../b.txt", "notes\u202etxt.exe", "zéro\u200blargeur.txt", "a\u2066b\u2069.txt",
			"a\r\nSet-Cookie: evil=1\r\n.txt", "a\x00.txt", "a\x1b[31m.txt", `a"; filename="b.html`, "<img src=x onerror=alert(1)>.txt", "CON.txt", "nul", ".", "..", ".htaccess", "   ", "a.txt.",
			strings.Repeat("é", 400) + ".txt", "facture.pdf.exe", "a;b=c.txt", "%2e%2e%2fa.txt", "été 2026 – relevé n° 5.txt", "日本語.txt",
		} {
			a := b.withParts(requests, aRequest(), parcel{name, "text/plain", "des mots"})
			a.sound(t, name)
			if a.status == http.StatusUnprocessableEntity && strings.ContainsAny(name, "\x00\x1b") {
				continue
			}
			if a.status != http.StatusSeeOther {
				t.Errorf("%q: %d %s", name, a.status, a.text())
				continue
			}
			page := b.get(a.location())
			page.harmless(t, name)
			links := attachment.FindAllStringSubmatch(page.body, -1)
			if len(links) == 0 {
				t.Fatalf("%q: %s", name, page.body)
			}
			got := b.get(links[0][1])
			got.harmlessFile(t, false)
			_, params, _ := mime.ParseMediaType(got.header.Get("Content-Disposition"))
			given := params["filename"]
			unfit := false
			for _, r := range given {
				unfit = unfit || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '/' || r == '\\'
			}
			if unfit || given == "." || given == ".." || len(given) > 255 || strings.TrimSpace(given) != given || given == "" {
				t.Errorf("%q becomes %q", name, given)
			}
		}
	})
}

// What may not come along at all is refused with the reason, keeps what was typed, and leaves nothing.
func TestRefusedAttachments(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, home := in.visitor(in.school, contact.User, nil)
		b, requests := in.as(who), portalOf(in.school, home)+"/requests"
		staff := in.as(in.school.officer)
		refused := func(t *testing.T, a answer, status int, kept string, words ...string) {
			t.Helper()
			a.sound(t, "refused")
			if a.status != status || !strings.Contains(a.body, kept) {
				t.Errorf("%d %s", a.status, a.text())
			}
			for _, w := range words {
				if !a.shows(w) {
					t.Errorf("without %q: %s", w, a.text())
				}
			}
		}
		nothingKept := func(t *testing.T, try func()) {
			t.Helper()
			count := func() string {
				d := in.dump()
				return fmt.Sprint(len(d["request"]), " requests, ", len(d["file"]), " files, ", len(d["file_gone"]), " on their way out")
			}
			before := count()
			if try(); count() != before {
				t.Errorf("%s, were %s", count(), before)
			}
		}
		const most = 25 << 20
		t.Run("a file of no bytes", func(t *testing.T) {
			nothingKept(t, func() {
				refused(t, b.withParts(requests, aRequest(), parcel{"vide.txt", "text/plain", ""}), http.StatusUnprocessableEntity, "Depuis ce matin.", "vide.txt")
			})
		})
		t.Run("one byte more than 25 MB; 25 MB are taken", func(t *testing.T) {
			nothingKept(t, func() {
				refused(t, b.withParts(requests, aRequest(), parcel{"grand.bin", "application/octet-stream", strings.Repeat("x", most+1)}), http.StatusUnprocessableEntity, "Depuis ce matin.", "grand.bin")
			})
			if a := b.withParts(requests, aRequest(), parcel{"grand.bin", "application/octet-stream", strings.Repeat("x", most)}); a.status != http.StatusSeeOther {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
		t.Run("more files than a request may have", func(t *testing.T) {
			var many []parcel
			for i := range 11 {
				many = append(many, parcel{fmt.Sprintf("%d.txt", i), "text/plain", "x"})
			}
			before := len(in.dump()["request"])
			refused(t, b.withParts(requests, aRequest(), many...), http.StatusUnprocessableEntity, "Depuis ce matin.", "9.txt")
			if n := len(in.dump()["request"]); n != before {
				t.Error("made")
			}
		})
		t.Run("of an invoice, what is no PDF that everybody can open", func(t *testing.T) {
			form := func() url.Values {
				_, letters := in.next()
				values := url.Values{"organization": {home.Organization.String()}, "submission": {id.NewJob().String()}}
				for _, p := range anInvoice("F-" + letters) {
					values.Set(p[0], p[1])
				}
				return values
			}
			for what, f := range map[string]parcel{
				"nothing": {"f.pdf", "application/pdf", ""}, "a page": {"f.pdf", "application/pdf", "<html>" + script}, "a picture": {"f.pdf", "application/pdf", picture},
				"half a PDF": {"f.pdf", "application/pdf", aPDF[:len(aPDF)/2]}, "a page with a PDF inside": {"f.pdf", "application/pdf", script + aPDF},
				"an encrypted one": {"f.pdf", "application/pdf", strings.Replace(aPDF, "/Root", "/Encrypt 9 0 R /Root", 1)},
				"a large one":      {"f.pdf", "application/pdf", strings.Replace(aPDF, "\n", "\n%"+strings.Repeat("x", most)+"\n", 1)},
			} {
				rows := len(in.dump()["invoice"])
				a := staff.withParts("/brenval/office/invoices", form(), f)
				refused(t, a, http.StatusUnprocessableEntity, "CMD-7")
				if n := len(in.dump()["invoice"]); n != rows {
					t.Errorf("%s: %d invoices more", what, n-rows)
				}
			}
			if a := staff.withParts("/brenval/office/invoices", form(), parcel{"f.pdf", "application/pdf", aPDF}); a.status != http.StatusSeeOther {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
		t.Run("of a vendor, what comes without the word that it holds no health data", func(t *testing.T) {
			patient, place := in.visitor(in.vendor, contact.User, nil)
			there, path := in.as(patient), portalOf(in.vendor, place)+"/requests"
			rows := func() int { return len(in.dump()["request"]) }
			before := rows()
			refused(t, there.withParts(path, aRequest(), parcel{"note.txt", "text/plain", "des mots"}), http.StatusUnprocessableEntity, "Depuis ce matin.", "donnée de santé")
			if rows() != before {
				t.Error("made")
			}
			form := aRequest()
			form.Set("no_health_data", "1")
			if a := there.withParts(path, form, parcel{"note.txt", "text/plain", "des mots"}); a.status != http.StatusSeeOther {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
		t.Run("of a vendor, a file before the word is given: not a byte of it is kept, by whatever form", func(t *testing.T) {
			patient, place := in.visitor(in.vendor, contact.User, nil)
			there, theirs := in.as(patient), portalOf(in.vendor, place)+"/requests"
			officer, ours := in.as(in.vendor.officer), "/"+in.vendor.Slug+"/office/requests"
			asked := aRequest()
			asked.Set("no_health_data", "1")
			made := there.withParts(theirs, asked)
			if made.status != http.StatusSeeOther {
				t.Fatalf("%d %s", made.status, made.text())
			}
			one := made.location()[strings.LastIndex(made.location(), "/"):]
			asStaff := aRequest()
			asStaff.Set("number", contact.Label(place.Number))
			remark := url.Values{"text": {"Voici."}}
			for _, f := range []struct {
				b    *browser
				to   string
				form url.Values
			}{{there, theirs, aRequest()}, {there, theirs + one + "/comments", remark}, {officer, ours, asStaff}, {officer, ours + one + "/answer", remark}, {officer, ours + one + "/note", remark}} {
				page := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(f.to, "/comments"), "/answer"), "/note")
				if page == f.to {
					page += "/new"
				}
				text := f.b.get(page).body
				if word, field := strings.Index(text, `name="no_health_data"`), strings.Index(text, `name="`+file.Field+`"`); word < 0 || word > field {
					t.Errorf("%s: the word stands behind the files, %d %d", page, word, field)
				}
				rows, bytes, entries := len(in.dump()["file"]), in.blobs(), len(in.dump()["request_entry"])
				for _, late := range []bool{false, true} { // the word not given, or behind the file
					a := f.b.withLastWord(f.to, f.form, late, parcel{"note.txt", "text/plain", "des mots"})
					refused(t, a, http.StatusUnprocessableEntity, "Confirmez que ces fichiers")
					if strings.Contains(a.body, "note.txt") {
						t.Errorf("%s: kept for the form", f.to)
					}
				}
				if r, b, e := len(in.dump()["file"]), in.blobs(), len(in.dump()["request_entry"]); r != rows || b != bytes || e != entries {
					t.Errorf("%s: %d rows, %d blobs, %d entries; before %d, %d, %d", f.to, r, b, e, rows, bytes, entries)
				}
			}
		})
	})
}
