package mailtest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
)

// Letter is what the server took.
type Letter struct {
	From string   // of the envelope
	To   []string // of the envelope
	Raw  []byte
}

// Read is a letter as its reader's program shows it.
type Read struct {
	Header netmail.Header
	Text   string
	HTML   string
}

// Read takes the letter apart; anything that is not text and HTML as alternatives fails the test.
func (l Letter) Read(t testing.TB) Read {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(l.Raw))
	if err != nil {
		t.Fatal(err)
	}
	r := Read{Header: m.Header}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%q, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, part := range []struct {
		kind string
		into *string
	}{{"text/plain", &r.Text}, {"text/html", &r.HTML}} {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || kind != part.kind || !strings.EqualFold(params["charset"], "utf-8") {
			t.Fatalf("%q %v %v", kind, params, err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		*part.into = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		t.Fatal("more than two parts")
	}
	return r
}

// Subject is the subject in words.
func (r Read) Subject(t testing.TB) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(r.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Link is the first address in the text that begins so, "" if there is none.
func (r Read) Link(begins string) string {
	for word := range strings.FieldsSeq(r.Text) {
		if strings.HasPrefix(word, begins) {
			return word
		}
	}
	return ""
}
