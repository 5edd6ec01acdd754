package web

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web/ui"
)

const (
	worthZipping = 1 << 10 // bytes; less travels in one packet anyway
	largestKept  = 1 << 20 // bytes of a buffer that goes back to the pool
)

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	zippers = sync.Pool{New: func() any {
		w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is known to exist
		return w
	}}
)

// Render answers with a page, or for a script (IsFetch) with the fragment that c then has to be. It is written
// only once it is complete, so that an error half-way is still a clean 500.
func (r *Request) Render(status int, c templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer keep(b)
	r.takeToasts()
	r.ring()
	if err := c.Render(r.Context(), b); err != nil {
		return err
	}
	if r.IsFetch() {
		for _, text := range r.toasts {
			if err := ui.Toast(r.P, text).Render(r.Context(), b); err != nil {
				return err
			}
		}
	}
	if status == http.StatusTooManyRequests && r.form != nil && r.form.Error != nil {
		if wait, ok := r.form.Error.Message.Args["Wait"].(time.Duration); ok {
			r.retryAfter(wait)
		}
	}
	if r.replay {
		status = http.StatusOK
	}
	return r.send(status, "text/html; charset=utf-8", b.Bytes())
}

// send writes a whole answer, compressed where the client takes it.
func (r *Request) send(status int, kind string, content []byte) error {
	h := r.x.Header()
	h.Set("Content-Type", kind)
	if len(content) < worthZipping || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Length", strconv.Itoa(len(content)))
		r.x.WriteHeader(status)
		r.write(content)
		return nil
	}
	h.Set("Content-Encoding", "gzip")
	h.Set("Vary", "Accept-Encoding")
	packed := buffers.Get().(*bytes.Buffer)
	defer keep(packed)
	zip(packed, content)
	h.Set("Content-Length", strconv.Itoa(packed.Len())) // it leaves in one piece: head and body together, without chunks
	r.x.WriteHeader(status)
	r.write(packed.Bytes())
	return nil
}

// zip writes content into a buffer, compressed.
func zip(into *bytes.Buffer, content []byte) {
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	into.Reset()
	z.Reset(into)
	z.Write(content) //nolint:errcheck // a buffer takes everything
	z.Close()        //nolint:errcheck // likewise
}

// keep gives a buffer back, unless it has grown too large to be kept.
func keep(b *bytes.Buffer) {
	if b.Cap() <= largestKept {
		buffers.Put(b)
	}
}

// write sends content unless only the head was asked for. An error means that the client is gone.
func (r *Request) write(content []byte) {
	if r.Method != http.MethodHead {
		r.x.Write(content) //nolint:errcheck // nobody is left to tell
	}
}

// RefusedStatus is the status of a form that is shown again with what is wrong.
func RefusedStatus(form *ui.Form) int {
	if form.Error.Kind == fault.TooMany {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// SeeOther sends the reader to another page of this installation, after a post.
func (r *Request) SeeOther(address string) error {
	if !Own(address) {
		address = "/"
	}
	r.x.Header().Set("Location", address)
	r.x.WriteHeader(http.StatusSeeOther)
	return nil
}

// Text answers with plain text, for programs.
func (r *Request) Text(status int, text string) error {
	return r.send(status, "text/plain; charset=utf-8", []byte(text))
}

// Download answers with a file to keep, streamed. After the first byte nothing can be taken back: an error of
// write breaks the connection off, so that nobody takes half a file for a whole one.
func (r *Request) Download(name, kind string, write func(w io.Writer) error) error {
	h := r.x.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	if r.Method == http.MethodHead {
		r.x.WriteHeader(http.StatusOK)
		return nil
	}
	r.x.leaveBy(time.Now().Add(r.site.Pace.Write))
	err := write(r.site.leaving(r.x))
	if err != nil && r.x.status != 0 {
		if r.x.left(r.Context()) {
			r.x.status = statusGone
		} else {
			r.x.err = err
		}
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		h.Del("Content-Disposition")
	}
	return err
}

// Header is that of the answer.
func (r *Request) Answer() http.Header { return r.x.Header() }

// refuse answers with the page of a refusal, or its fragment.
func (r *Request) refuse(status int, m fault.Message) {
	r.x.fault = m.Key
	if wait, ok := m.Args["Wait"].(time.Duration); ok {
		r.retryAfter(wait)
	}
	var c templ.Component = refusedPage(r, status, m)
	if r.IsFetch() {
		c = refusedPart(r, m)
	}
	if err := r.Render(status, c); err != nil {
		if r.x.left(r.Context()) {
			r.x.status = statusGone
			return
		}
		r.x.err = err
		http.Error(r.x, m.Key, status)
	}
}

// retryAfter tells programs how long to wait, in whole seconds.
func (r *Request) retryAfter(wait time.Duration) {
	r.x.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
}

// accident answers for what is nobody's fault outside, with the request's number; what was it goes to the log.
func (r *Request) accident(err error) {
	r.x.err = err
	if sqldb.IsFull(err) || file.IsFull(err) {
		r.refuse(http.StatusInsufficientStorage, fault.M("fault.full", "Request", r.x.number))
		return
	}
	r.refuse(http.StatusInternalServerError, fault.M("fault.internal", "Request", r.x.number))
}

func (r *Request) refuseFault(e *fault.Error) {
	m := e.Message
	if len(e.Fields) > 0 && r.P.Has(e.Fields[0].Key) {
		m = e.Fields[0].Message // a page without the form says at least the first thing that is wrong
	}
	r.refuse(statuses[e.Kind], m)
}
