package web

import (
	"encoding/base64"
	"mime"
	"net/http"
	"time"

	"github.com/entregent/entregent/internal/file"
)

// What a browser may do with a file: nothing, in no frame. A sandbox keeps whatever is in it from being anybody here;
// browsers show no PDF in one, and need sources of their own to show it, so that a PDF (which is one, by its content) has
// neither.
const (
	policyOfPDF  = "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
	policyOfFile = "default-src 'none'; " + policyOfPDF + "; sandbox"
)

// ServeFile answers with a file that somebody sent; the caller has asked whether this person may have it. PDFs and
// pictures are shown by the browser, unless the query has «save»; anything else is saved. A part of it may be asked for,
// and one that has not changed is not sent again. Bytes that are not there are a fault.NotFound.
func (r *Request) ServeFile(f file.File) error {
	content, err := r.site.Files.Read(f)
	if err != nil {
		return err
	}
	defer content.Close()
	h, disposition := r.x.Header(), "attachment"
	if (f.Kind == file.PDF || f.Kind == file.Picture) && r.Query("save") == "" {
		disposition = "inline"
	}
	h.Set("Content-Security-Policy", policyOfFile)
	if f.Kind == file.PDF && disposition == "inline" {
		h.Set("Content-Security-Policy", policyOfPDF)
	}
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name}))
	h.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(f.Digest)+`"`)
	r.x.leaveBy(time.Now().Add(r.site.Pace.Write))
	http.ServeContent(served{r.x, r.site.leaving(r.x)}, r.Request, "", f.CreatedAt.Time(), content)
	return nil
}

// served is an answer whose bytes move the deadlines on.
type served struct {
	*exchange
	way *leaving
}

func (s served) Write(b []byte) (int, error) { return s.way.Write(b) }
