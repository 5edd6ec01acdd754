// Package static holds the files that every page loads (style sheets, icons, scripts) and serves them under
// names that contain a hash of their content, so that browsers keep them for ever and never show stale ones.
//
// They are embedded, compressed once at the start, and public. A workspace's own colour is no file: see
// package web.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed *.css css/*.css *.svg js/*.js
var files embed.FS

// Prefix is what the addresses of all files begin with.
const Prefix = "/static/"

// asset is one file, ready to be sent.
type asset struct {
	path    string // with the hash: "/static/tokens-1a2b3c4d.css"
	kind    string // Content-Type
	etag    string
	plain   []byte
	gzipped []byte // nil when not worth it
}

// Path is the address of a file, named as in this folder: Path("icons.svg"). An unknown name is a defect of
// the caller and panics.
func Path(name string) string {
	a := all().byName[name]
	if a == nil {
		panic("static: no file " + name)
	}
	return a.path
}

type assets struct {
	byName map[string]*asset
	byPath map[string]*asset
}

// The style sheet is one file, so that a page asks once; its writers have its parts, by subject.
const (
	sheet = "entregent.css"
	parts = "css" // the folder of the parts, in the order of their names
)

// all reads and compresses everything once.
var all = sync.OnceValue(func() *assets {
	s := &assets{map[string]*asset{}, map[string]*asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == parts:
			return fs.SkipDir
		case !d.IsDir():
			s.add(name)
		}
		return nil
	})
	if err == nil {
		err = s.addSheet()
	}
	if err != nil {
		panic(err)
	}
	return s
})

// imported finds what a script imports from its own folder.
var imported = regexp.MustCompile(`(from |import |import\()"\./([a-z-]+\.js)"`)

// add makes the asset of that name. A script's imports are made first, since their hashed names stand in it.
func (s *assets) add(name string) *asset {
	if a := s.byName[name]; a != nil {
		return a
	}
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	switch path.Ext(name) {
	case ".css":
		content = slim(content, comments)
	case ".js":
		content = imported.ReplaceAllFunc(content, func(found []byte) []byte {
			m := imported.FindSubmatch(found)
			return []byte(string(m[1]) + `"` + s.add("js/"+string(m[2])).path + `"`)
		})
		content = slim(content, remarks)
	}
	return s.keep(name, content)
}

// addSheet makes the style sheet of its parts.
func (s *assets) addSheet() error {
	names, err := fs.Glob(files, parts+"/*.css")
	var whole []byte
	for _, name := range names {
		content, readErr := files.ReadFile(name)
		if readErr != nil {
			return readErr
		}
		whole = append(whole, content...)
	}
	s.keep(sheet, slim(whole, comments))
	return err
}

func (s *assets) keep(name string, content []byte) *asset {
	a := newAsset(name, content)
	s.byName[name], s.byPath[a.path] = a, a
	return a
}

var (
	comments    = regexp.MustCompile(`(?s)/\*.*?\*/`)
	remarks     = regexp.MustCompile(`(?m)^\s*//.*$`) // of a script, those that have lines of their own
	indentation = regexp.MustCompile(`\s*\n\s*`)
)

// slim takes out of a style sheet or a script what is for its writers: a fifth of it. No text in either goes over several
// lines (TestFiles).
func slim(content []byte, forWriters *regexp.Regexp) []byte {
	return indentation.ReplaceAll(forWriters.ReplaceAll(content, nil), []byte("\n"))
}

func newAsset(name string, content []byte) *asset {
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:4])
	ext := path.Ext(name)
	a := &asset{
		path:  Prefix + strings.TrimSuffix(path.Base(name), ext) + "-" + hash + ext,
		kind:  kindOf(ext),
		etag:  `"` + hash + `"`,
		plain: content,
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is known to exist
	if _, err := w.Write(content); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	if b.Len() < len(content)*9/10 {
		a.gzipped = b.Bytes()
	}
	return a
}

// kindOf does not ask the system's table for the types that matter: an odd one there would break the pages.
func kindOf(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(ext)
}

// Serve answers a GET or HEAD for the file at that address; false when there is none (nothing is written then).
func Serve(w http.ResponseWriter, r *http.Request) bool {
	a := all().byPath[r.URL.Path]
	if a == nil {
		return false
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", a.etag)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == a.etag {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	content := a.plain
	if a.gzipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		content = a.gzipped
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method != http.MethodHead {
		w.Write(content) //nolint:errcheck // the client is gone; nobody is left to tell
	}
	return true
}
