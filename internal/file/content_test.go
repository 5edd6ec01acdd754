package file_test

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/file"
)

// zipped is an archive of empty files, the first of which may hold something.
func zipped(first string, names ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, name := range names {
		f, _ := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}) // a buffer takes everything
		if i == 0 {
			f.Write([]byte(first))
		}
	}
	w.Close()
	return b.String()
}

// openDocument begins as OpenDocument asks: the media type, not packed, its size in front.
func openDocument(media string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, _ := w.CreateRaw(&zip.FileHeader{Name: "mimetype", CompressedSize64: uint64(len(media)), UncompressedSize64: uint64(len(media))})
	f.Write([]byte(media))
	w.Create("content.xml")
	w.Close()
	return b.String()
}

// pictures are small ones in the formats that the standard library writes.
func pictures(t *testing.T) (asPNG, asJPEG, asGIF string) {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Black, color.White})
	var b [3]bytes.Buffer
	for _, err := range []error{png.Encode(&b[0], m), jpeg.Encode(&b[1], m, nil), gif.Encode(&b[2], m, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return b[0].String(), b[1].String(), b[2].String()
}

// hugePNG says that it is 100,000 by 100,000.
const hugePNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x06\x00\x00\x00\x9c\x12\x0b\x6a"

func TestContents(t *testing.T) {
	asPNG, asJPEG, asGIF := pictures(t)
	webp := "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x02\x40\x00\x00" + strings.Repeat("\x00", 12)
	store := open(t, t.TempDir(), file.Settings{})
	for _, c := range []struct {
		what, name, content string
		kind                file.Kind
		media, as           string
	}{
		{"a PDF", "a.pdf", aPDF, file.PDF, "application/pdf", "a.pdf"},
		{"a PDF in capitals", "A.PDF", aPDF, file.PDF, "application/pdf", "A.PDF"},
		{"a PDF without an extension", "a", aPDF, file.PDF, "application/pdf", "a.pdf"},
		{"attack: a PDF that calls itself a program", "a.exe", aPDF, file.PDF, "application/pdf", "a.exe.pdf"},
		{"attack: a PDF that calls itself a page", "a.html", aPDF + "<script>alert(1)</script>", file.PDF, "application/pdf", "a.html.pdf"},
		{"attack: a page before a PDF", "a.pdf", "<html><script>alert(1)</script>" + aPDF, file.Other, "application/octet-stream", "a.pdf.bin"},
		{"a PDF that was broken off", "a.pdf", aPDF[:len(aPDF)-8], file.Other, "application/octet-stream", "a.pdf.bin"},
		{"a PDF of a version that is none", "a.pdf", "%PDF-9.x" + aPDF[8:], file.Other, "application/octet-stream", "a.pdf.bin"},
		{"attack: an archive named .pdf", "bombe.pdf", zipped("", "a", "b"), file.Other, "application/zip", "bombe.pdf.zip"},
		{"attack: an archive whose list says that it lies beyond its end", "x.zip", zipped("", "a")[:60] + "PK\x05\x06" + strings.Repeat("\xff", 18), file.Other, "application/zip", "x.zip"},
		{"a PNG", "a.png", asPNG, file.Picture, "image/png", "a.png"},
		{"a JPEG", "a.jpeg", asJPEG, file.Picture, "image/jpeg", "a.jpeg"},
		{"a GIF under another name", "a.png", asGIF, file.Picture, "image/gif", "a.png.gif"},
		{"a WebP", "a.webp", webp, file.Picture, "image/webp", "a.webp"},
		{"attack: a small picture that unpacks to what no machine holds", "a.png", hugePNG, file.Other, "application/octet-stream", "a.png.bin"},
		{"attack: what begins as a picture and is none", "a.png", "\x89PNG\r\n\x1a\n<script>", file.Other, "application/octet-stream", "a.png.bin"},
		{"text", "a.txt", "été\n", file.Text, "text/plain; charset=utf-8", "a.txt"},
		{"text of Windows", "a", "\xe9t\xe9", file.Text, "text/plain; charset=utf-8", "a.txt"},
		{"a table", "a.csv", "a;b\n", file.Text, "text/csv; charset=utf-8", "a.csv"},
		{"text that calls itself a PDF", "a.pdf", "bonjour", file.Text, "text/plain; charset=utf-8", "a.pdf.txt"},
		{"attack: a script", "a.sh", "#!/bin/sh\n", file.Other, "application/octet-stream", "a.sh"},
		{"attack: a script by its name", "a.bat", "echo", file.Other, "application/octet-stream", "a.bat"},
		{"attack: a page", "a.html", "<!doctype html>", file.Other, "application/octet-stream", "a.html"},
		{"attack: a page after blanks that calls itself text", "a.txt", "\xef\xbb\xbf\n <html>", file.Other, "application/octet-stream", "a.txt"},
		{"attack: a drawing that could hold a script", "a.svg", "<svg/>", file.Other, "application/octet-stream", "a.svg"},
		{"attack: a program that calls itself a picture", "a.jpg", "MZ\x90\x00", file.Other, "application/octet-stream", "a.jpg.bin"},
		{"a document of Word", "a.docx", zipped("", "[Content_Types].xml", "word/document.xml"), file.Office, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx"},
		{"a table of Excel that calls itself an archive", "a.zip", zipped("", "xl/workbook.xml", "[Content_Types].xml"), file.Office, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a.zip.xlsx"},
		{"attack: a document with a program in it", "a.docm", zipped("", "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), file.Other, "application/octet-stream", "a.docm"},
		{"an OpenDocument", "a.odt", openDocument("application/vnd.oasis.opendocument.text"), file.Office, "application/vnd.oasis.opendocument.text", "a.odt"},
		{"an archive", "a.zip", zipped("", "word/document.xml"), file.Other, "application/zip", "a.zip"},
	} {
		t.Run(c.what, func(t *testing.T) {
			in, err := store.Receive(t.Context(), strings.NewReader(c.content), c.name)
			if err != nil || in.Kind != c.kind || in.MediaType != c.media || in.Name != c.as || in.Encrypted {
				t.Errorf("%s %s %q %v, %v; want %s %s %q", in.Kind, in.MediaType, in.Name, in.Encrypted, err, c.kind, c.media, c.as)
			}
		})
	}
}

func TestEncryptedPDFs(t *testing.T) {
	store := open(t, t.TempDir(), file.Settings{})
	stream := "%PDF-1.7\n1 0 obj\n<< /Type /XRef /Size 1 /W [1 1 1] /Root 1 0 R%s /Length 100000 >>\nstream\n" + strings.Repeat("/", 100_000) + "\nendstream\nendobj\nstartxref\n9\n%%%%EOF\n"
	for what, c := range map[string]struct {
		content string
		want    bool
	}{
		"a trailer that names what decrypts":          {pdf("/Encrypt 5 0 R "), true},
		"one that holds it":                           {pdf("/Encrypt<< /V 4 >> "), true},
		"none":                                        {pdf(""), false},
		"one that only speaks of it":                  {pdf("/EncryptMetadata true "), false},
		"a stream of references, long before the end": {strings.Replace(strings.ReplaceAll(stream, "%%%%", "%%"), "%s", " /Encrypt 9 0 R", 1), true},
		"such a stream of none":                       {strings.Replace(strings.ReplaceAll(stream, "%%%%", "%%"), "%s", "", 1), false},
		"a text about PDFs":                           {strings.Replace(pdf(""), "endobj", "stream\n/Encrypt 5 0 R\nendstream endobj", 1), true}, // its references are wrong: read as a reader that mends would
		"no place where the trailer would be":         {"%PDF-1.4\ntrailer\n<< /Encrypt 5 0 R >>\n%%EOF", true},
		"an end that points beyond the file":          {strings.Replace(pdf("/Encrypt 5 0 R "), "startxref\n", "startxref\n9", 1), true},
	} {
		t.Run(what, func(t *testing.T) {
			in, err := store.Receive(t.Context(), strings.NewReader(c.content), "a.pdf")
			if err != nil || in.Kind != file.PDF || in.Encrypted != c.want {
				t.Errorf("%s, encrypted %v, %v", in.Kind, in.Encrypted, err)
			}
		})
	}
}

func TestNames(t *testing.T) {
	store := open(t, t.TempDir(), file.Settings{})
	for name, want := range map[string]string{
		"Facture n° 7 – août.dat":         "Facture n° 7 – août.dat",
		"../../etc/passwd":                "passwd",
		`C:\Users\anne\CV.dat`:            "CV.dat",
		"a\u202egpj.exe":                  "agpj.exe",
		"a\u200bb\u2066c\ufeff.dat":       "abc.dat",
		"a\x00b\nc\td.dat":                "ab c d.dat",
		"e\u0301te\u0301.dat":             "été.dat",
		"con.dat":                         "_con.dat",
		"COM1":                            "_COM1",
		"lpt9.tar.gz":                     "_lpt9.tar.gz",
		"comme.dat":                       "comme.dat",
		"Nul .dat":                        "_Nul.dat",
		"  .dat":                          "dat",
		"...":                             "fichier",
		"":                                "fichier",
		"\xff\xfe":                        "fichier",
		"a. . .":                          "a",
		`a<b>:"|?*.dat`:                   "a_b______.dat",
		"a.b c":                           "a.b c",
		strings.Repeat("é", 300) + ".dat": strings.Repeat("é", 125) + ".dat",
	} {
		in, err := store.Receive(t.Context(), strings.NewReader("\x00"), name)
		if err != nil || in.Name != want {
			t.Errorf("%q is called %q, want %q, %v", name, in.Name, want, err)
		}
	}
}

func FuzzNames(f *testing.F) {
	store := open(f, f.TempDir(), file.Settings{})
	f.Add("a.pdf")
	f.Add("../\u202e.exe")
	f.Fuzz(func(t *testing.T, name string) {
		in, err := store.Receive(t.Context(), strings.NewReader("\x00"), name)
		if err != nil {
			t.Fatal(err)
		}
		n := in.Name
		if n == "" || len(n) > 255 || !utf8.ValidString(n) || strings.ContainsAny(n, "/\\\x00\n\u202e\u200b:") || strings.HasPrefix(n, ".") || strings.HasSuffix(n, ".") {
			t.Errorf("%q is called %q", name, n)
		}
		if err := store.Drop(in); err != nil {
			t.Fatal(err)
		}
	})
}

// A file of the largest size is read in pieces: what is allocated does not grow with it.
func TestLargeFilesTakeLittleMemory(t *testing.T) {
	store := open(t, t.TempDir(), file.Settings{})
	for what, begin := range map[string]string{"of zeroes": "\x00", "that says it is a PDF": "%PDF-1.4\n", "that says it is an archive": "PK\x03\x04"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		in, err := store.Receive(t.Context(), &large{begin: begin, left: int(store.Largest())}, "a.pdf")
		runtime.ReadMemStats(&after)
		if err != nil || in.Size != store.Largest() {
			t.Fatal(in.Size, err)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 1<<20 {
			t.Errorf("%s: %d bytes were allocated", what, spent)
		}
	}
}

// large is a file that is made while it is read.
type large struct {
	begin string
	left  int
}

func (l *large) Read(p []byte) (int, error) {
	n := min(len(p), l.left)
	if n == 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	copy(p[:n], l.begin)
	l.begin, l.left = "", l.left-n
	return n, nil
}

func BenchmarkReceive(b *testing.B) {
	store := open(b, b.TempDir(), file.Settings{})
	b.SetBytes(store.Largest())
	b.ReportAllocs()
	for b.Loop() {
		in, err := store.Receive(b.Context(), &large{left: int(store.Largest())}, "a.bin")
		if err != nil {
			b.Fatal(err)
		}
		if err := store.Drop(in); err != nil {
			b.Fatal(err)
		}
	}
}
