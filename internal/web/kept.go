package web

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/secret"
)

// A form that is posted after its session has ended is kept for its author: sealed with the installation's key
// it travels in the sign-in page. Once the same login has signed in, the route's handler runs again on it, but
// Update refuses, so that the handler shows its form with everything typed and nothing is stored. Whoever the
// author is, the cookie «author» of an earlier sign-in in this browser says; without it nothing is kept.

const authorCookie = "author"

// keptForm is what is sealed.
type keptForm struct {
	Login  id.Login
	At     time.Time
	Target string // path and query
	Back   string // the page it was typed on
	Body   string // as posted, urlencoded
}

func newSeal(key secret.Key) (cipher.AEAD, error) {
	sum := sha256.Sum256([]byte(key.Name("seal")))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// toSignIn answers whoever should sign in first: a page asked for is found again after it, a posted form is
// kept, a script is told to let the browser do it, and a stream is over.
func (r *Request) toSignIn() {
	r.x.fault = "fault.unauthenticated"
	switch {
	case r.route.Stream:
		r.x.WriteHeader(http.StatusNoContent) // by which a browser knows that it need not ask again
	case r.IsFetch():
		r.x.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		r.SeeOther(SignInAddress(r.URL.RequestURI())) //nolint:errcheck // it never fails
	default:
		kept, ok := r.keep()
		if !ok || r.site.SignInPage == nil {
			r.SeeOther(SignInAddress(r.back())) //nolint:errcheck // it never fails
			return
		}
		if err := r.site.SignInPage(r, kept); err != nil {
			r.accident(err)
		}
	}
}

// SignInAddress is the sign-in page that leads on to another page of this installation.
func SignInAddress(next string) string {
	if next == "" || next == "/" || !Own(next) {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(next)
}

// keep seals the posted form; false when there is nothing to keep, it is too large, or its author is unknown.
func (r *Request) keep() (string, bool) {
	text, ok := r.site.author.Read(r.cookie(authorCookie))
	var author id.Login
	err := author.UnmarshalText([]byte(text))
	if !ok || err != nil {
		return "", false
	}
	body, err := r.typed()
	if err != nil || int64(len(body)) > r.site.KeptLimit || bytes.Contains(body, []byte("password=")) { // passwords are not kept
		return "", false
	}
	plain, err := json.Marshal(keptForm{author, r.Now, r.URL.RequestURI(), r.back(), string(body)})
	if err != nil {
		return "", false
	}
	nonce := make([]byte, r.site.kept.NonceSize())
	rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(r.site.kept.Seal(nonce, nonce, plain, nil)), true
}

// Resume shows a kept form again to the login that has just signed in, when it is theirs: it answers the
// request, and is true. For anything else it does nothing and is false.
func (r *Request) Resume(kept string) bool {
	form, ok := r.site.unseal(kept)
	if !ok || form.Login != r.Login.ID || r.Now.Sub(form.At) > r.site.KeptLifetime {
		return false
	}
	h, err := http.NewRequestWithContext(r.Context(), http.MethodPost, form.Target, strings.NewReader(form.Body))
	if err != nil {
		return false
	}
	h.Header = http.Header{
		"Content-Type":    {"application/x-www-form-urlencoded"},
		"Accept-Encoding": r.Header["Accept-Encoding"],
		"Cookie":          r.Header["Cookie"],
		"Referer":         {r.site.BaseURL.Scheme + "://" + r.site.BaseURL.Host + form.Back},
	}
	h.Host, h.RemoteAddr, h.RequestURI = r.Host, r.RemoteAddr, form.Target
	r.x.resumed = &resumed{login: r.Login, back: form.Back}
	r.site.dispatch(r.x, h)
	r.x.route = r.route.Pattern
	return true
}

// typed is what was posted, urlencoded, up to a little more than is kept; of a form with files it is the rest.
func (r *Request) typed() ([]byte, error) {
	switch kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case err != nil:
		return nil, err
	case kind == "application/x-www-form-urlencoded":
		return io.ReadAll(io.LimitReader(r.Body, r.site.KeptLimit+1))
	}
	form, err := r.ReadUpload("", "", nil)
	if err != nil {
		return nil, err
	}
	return []byte(form.Values.Encode()), nil
}

func (s *Site) unseal(kept string) (form keptForm, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(kept)
	n := s.kept.NonceSize()
	if err != nil || len(b) < n {
		return form, false
	}
	plain, err := s.kept.Open(nil, b[:n], b[n:], nil)
	if err != nil {
		return form, false
	}
	return form, json.NewDecoder(bytes.NewReader(plain)).Decode(&form) == nil
}

// errKept is what Update refuses a kept form with.
var errKept = fault.New(fault.Invalid, "web.kept.text")
