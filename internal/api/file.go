package api

import (
	"encoding/base64"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// File is what is said of a file that hangs on something.
type File struct {
	ID        string `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d98"`
	Name      string `json:"name" example:"agreement.pdf"`
	MediaType string `json:"media_type" doc:"By its content." example:"application/pdf"`
	Size      int64  `json:"size" doc:"In bytes." example:"48213"`
}

func showFile(f file.File) *File {
	if f.ID.IsZero() {
		return nil
	}
	return &File{f.ID.String(), f.Name, f.MediaType, f.Size}
}

func showFiles(list []file.File) []File {
	files := make([]File, len(list))
	for i, f := range list {
		files[i] = *showFile(f)
	}
	return files
}

// OnlyFile is the form that a file comes in, with the word about it.
type OnlyFile struct {
	NoHealth bool `json:"no_health_data,omitempty" doc:"The word that the file holds no health data: a vendor takes none without it."`
}

// anyFile is the media type of a download that may be of several.
const anyFile = "*/*"

// sends is the handler of a download: find says which file it is.
func sends[I any](find func(r *Request, tx *sqldb.Tx, in *I) (file.File, error)) func(r *Request, in *I) error {
	return func(r *Request, in *I) error {
		var f file.File
		err := r.View(func(tx *sqldb.Tx) (err error) {
			f, err = find(r, tx, in)
			return err
		})
		if err != nil {
			return err
		}
		return r.sendFile(f)
	}
}

// sendFile sends a file that the caller may have: to be saved, never to be shown.
func (r *Request) sendFile(f file.File) error {
	h, tag := r.w.Header(), `"`+base64.RawURLEncoding.EncodeToString(f.Digest)+`"`
	h.Set("ETag", tag)
	if holds(r.http.Header.Get("If-None-Match"), tag) {
		r.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	content, err := r.face.Files.Read(f)
	if err != nil {
		return err
	}
	defer content.Close()
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, err = io.Copy(r.call.Flow(), content)
	return err
}

// fileID reads the identifier of a file out of an address.
func fileID(text string) id.File { return id.File{UUID: id.Read(text)} }
