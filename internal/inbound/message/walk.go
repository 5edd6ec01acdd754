package message

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
)

// walk goes through the parts of a mail.
type walk struct {
	source *source
	keep   Keep
	parts  int
	files  int
}

// text is what a part has to say.
type text struct {
	text string
	more bool // it went on beyond maxText
}

// blank reports whether it says nothing.
func (t text) blank() bool { return strings.TrimSpace(t.text) == "" }

// part reads one part, of which the head has been read, up to the boundary that ends it. Within says the kind of the
// multipart that it stands in, "" = it is the mail itself.
func (w *walk) part(h head, depth int, within string) (text, error) {
	if w.parts++; w.parts > maxParts || depth > maxDepth {
		return text{}, refuse(Structure)
	}
	kind, params := h.content("Content-Type", "text/plain")
	if rest, ok := strings.CutPrefix(kind, "multipart/"); ok {
		if rest == "encrypted" && within == "" {
			return text{}, refuse(Sealed)
		}
		return w.multipart(kind, params["boundary"], depth)
	}
	disposition, named := h.content("Content-Disposition", "")
	f := File{Name: fileName(named, params), Type: kind}
	isText := kind == "text/plain" || kind == "text/html"
	switch {
	case within == "" && (kind == "application/pkcs7-mime" || kind == "application/x-pkcs7-mime"):
		return text{}, refuse(Sealed)
	case isText && disposition != "attachment" && (f.Name == "" || within == ""):
		return w.text(h, kind, params)
	case strings.HasSuffix(kind, "pkcs7-signature"), kind == "application/pgp-signature", within == "multipart/alternative" && f.Name == "":
		w.source.skip()
		return text{}, w.source.failed
	}
	return text{}, w.file(h, f, disposition)
}

// multipart reads the parts one after the other. Of alternatives, plain text is taken before anything else that says
// something; the texts of other kinds are put together.
func (w *walk) multipart(kind, boundary string, depth int) (all text, err error) {
	if boundary == "" || len(boundary) > 200 {
		return text{}, refuse(Unreadable)
	}
	s := w.source
	here := len(s.open)
	s.open = append(s.open, boundary)
	s.skip() // what stands before the first part is for programs without MIME
	met := false
	for s.ended && s.at == here && !s.last {
		met, s.ended = true, false
		h, err := s.head(maxInner)
		if err != nil {
			return text{}, err
		}
		t, err := w.part(h, depth+1, kind)
		if err != nil {
			return text{}, err
		}
		s.skip() // what was left unread
		all.join(t, kind == "multipart/alternative")
	}
	s.open = s.open[:here]
	switch {
	case s.failed != nil:
		return text{}, s.failed
	case !met:
		return text{}, refuse(Unreadable)
	case s.at == here: // what stands behind the last part is for nobody
		s.ended = false
		s.skip()
	}
	return all, s.failed
}

// join adds what one more part says.
func (t *text) join(next text, alternative bool) {
	switch {
	case next.blank():
	case t.blank():
		*t = next
	case !alternative:
		t.text, t.more = strings.TrimRight(t.text, "\n")+"\n\n"+next.text, t.more || next.more
		if len(t.text) > 2*maxText {
			t.text, t.more = t.text[:maxText], true
		}
	}
}

// text reads a text part.
func (w *walk) text(h head, kind string, params map[string]string) (t text, err error) {
	raw, err := io.ReadAll(io.LimitReader(w.decode(h), maxText+1))
	if w.source.failed != nil {
		return t, w.source.failed
	}
	if err != nil {
		return t, refuse(Unreadable)
	}
	t.more = len(raw) > maxText
	raw = raw[:min(len(raw), maxText)]
	if kind == "text/html" {
		t.text = plain(raw, params["charset"])
		return t, nil
	}
	t.text = lines(decoded(raw, params["charset"]))
	if strings.EqualFold(params["format"], "flowed") {
		t.text = unflow(t.text, strings.EqualFold(params["delsp"], "yes"))
	}
	return t, nil
}

// decode undoes the part's transfer encoding.
func (w *walk) decode(h head) io.Reader {
	b := &body{s: w.source}
	switch strings.ToLower(h.get("Content-Transfer-Encoding")) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, &unspaced{b})
	case "quoted-printable":
		return quotedprintable.NewReader(bufio.NewReaderSize(b, MaxLine))
	}
	return b
}

// unspaced leaves blanks out of base64; other things that do not belong there are an error.
type unspaced struct{ r io.Reader }

func (u *unspaced) Read(p []byte) (int, error) {
	for {
		n, err := u.r.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			if c != '\r' && c != '\n' && c != ' ' && c != '\t' {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

// smallest picture within the text that is kept: those below are the logos and lines of signatures.
const smallest = 20 << 10

// file hands a part over.
func (w *walk) file(h head, f File, disposition string) error {
	content := &watched{r: w.decode(h)}
	var r io.Reader = content
	if strings.HasPrefix(f.Type, "image/") && disposition != "attachment" && h.get("Content-ID") != "" {
		first, err := io.ReadAll(io.LimitReader(content, smallest))
		if len(first) < smallest || err != nil {
			return w.spoilt(content, nil)
		}
		r = io.MultiReader(bytes.NewReader(first), content)
	}
	w.files++
	return w.spoilt(content, w.keep(f, r))
}

// spoilt tells why a file could not be kept: the connection, the mail, or else what the keeper said.
func (w *walk) spoilt(content *watched, said error) error {
	switch {
	case w.source.failed != nil:
		return w.source.failed
	case content.err != nil:
		return refuse(Unreadable)
	}
	return said
}

// watched remembers the error of a reader.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
