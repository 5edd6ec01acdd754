package file

import (
	"bytes"
	"image"
	_ "image/gif"  // so that the size of a picture can be read
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"io"
	"slices"
	"strings"
)

// Kind says what a file is as far as a page cares.
type Kind string

// The kinds. What a browser shows by itself is PDF and Picture; the rest is only ever saved, and of it everything that a
// browser or a system could run is Other.
const (
	PDF     Kind = "pdf"
	Picture Kind = "picture"
	Text    Kind = "text"
	Office  Kind = "office" // a document of a word processor, a spreadsheet, slides
	Other   Kind = "other"
)

// content is what a file's bytes say that it is.
type content struct {
	kind       Kind
	media      string
	extensions []string // that go with it, the usual one first; none = any that claims nothing
	encrypted  bool
}

var other = content{kind: Other, media: "application/octet-stream"}

// signatures are how the kinds of which every file begins alike begin.
var signatures = []struct {
	begin string
	content
}{
	{"\x89PNG\r\n\x1a\n", content{Picture, "image/png", []string{".png"}, false}},
	{"\xff\xd8\xff", content{Picture, "image/jpeg", []string{".jpg", ".jpeg", ".jpe", ".jfif"}, false}},
	{"GIF87a", content{Picture, "image/gif", []string{".gif"}, false}},
	{"GIF89a", content{Picture, "image/gif", []string{".gif"}, false}},
}

// looked is how much of a file's beginning is looked at.
const looked = 4096

// examine says what a file is. It reads little of it and holds less; a name or a header that says otherwise is not asked.
func examine(r io.ReaderAt, size int64) (content, error) {
	head := make([]byte, min(size, looked))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return content{}, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return examinePDF(r, size, head)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return examineZip(r, size, head)
	case len(head) > 16 && string(head[:4]) == "RIFF" && string(head[8:15]) == "WEBPVP8":
		return ofPixels(content{Picture, "image/webp", []string{".webp"}, false}, webpPixels(head)), nil
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.begin)) {
			c, _, err := image.DecodeConfig(io.NewSectionReader(r, 0, size))
			if err != nil {
				return other, nil
			}
			return ofPixels(s.content, int64(c.Width)*int64(c.Height)), nil
		}
	}
	if isText(head) {
		return content{kind: Text, media: "text/plain; charset=utf-8"}, nil
	}
	return other, nil
}

// mostPixels of a picture that a page may show: a small file can unpack to what no machine holds.
const mostPixels = 100_000_000

func ofPixels(c content, n int64) content {
	if n <= 0 || n > mostPixels {
		return other
	}
	return c
}

// webpPixels reads the size of a WebP picture from its first chunk; 0 = it says none.
func webpPixels(head []byte) int64 {
	if len(head) < 30 {
		return 0
	}
	b := head[20:]
	switch head[15] {
	case 'X': // extended: 24 bits each, less one
		return (1 + int64(b[4]) + int64(b[5])<<8 + int64(b[6])<<16) * (1 + int64(b[7]) + int64(b[8])<<8 + int64(b[9])<<16)
	case 'L': // lossless: 14 bits each, less one, behind a signature
		n := int64(b[1]) | int64(b[2])<<8 | int64(b[3])<<16 | int64(b[4])<<24
		return (1 + n&0x3fff) * (1 + n>>14&0x3fff)
	case ' ': // lossy: 14 bits each, behind the frame's tag and a start code
		return (int64(b[6]) | int64(b[7]&0x3f)<<8) * (int64(b[8]) | int64(b[9]&0x3f)<<8)
	}
	return 0
}

// isText reports whether a beginning reads as text of which nobody's machine makes more: no marks, no script.
func isText(head []byte) bool {
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' {
			return false
		}
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\f")
	return !bytes.HasPrefix(head, []byte("<")) && !bytes.HasPrefix(head, []byte("#!"))
}

// texts are the extensions of text that nothing runs.
var texts = []string{".txt", ".csv", ".tsv", ".log", ".md", ".json", ".ics", ".vcf", ".eml", ".yaml", ".yml", ".ini", ".conf", ".sql"}

// claims are the extensions that promise a content which can be told.
var claims = []string{
	".pdf", ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp",
	".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".zip", ".svg", ".htm", ".html",
}

// extension is how a name with this content ends, when it ends with ext: as it does, unless that promises something else.
func (c content) extension(ext string) string {
	lower := strings.ToLower(ext)
	switch {
	case slices.Contains(c.extensions, lower):
		return ext
	case len(c.extensions) > 0:
		return c.extensions[0]
	case c.kind == Text && (lower == "" || slices.Contains(claims, lower)):
		return ".txt"
	case c.kind == Other && slices.Contains(claims, lower) && lower != ".svg" && !strings.HasPrefix(lower, ".htm"):
		return ".bin"
	}
	return ext
}

// named is the content as a file with this clean name is served: a table says so by its name, and text whose name makes a
// program of it is none.
func (c content) named(name string) content {
	if c.kind != Text {
		return c
	}
	_, ext := splitExt(name)
	switch ext = strings.ToLower(ext); {
	case ext == ".csv":
		c.media = "text/csv; charset=utf-8"
	case !slices.Contains(texts, ext):
		return other
	}
	return c
}
