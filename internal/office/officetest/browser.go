package officetest

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
)

// Browser keeps cookies and follows nothing by itself.
type Browser struct {
	*House
	Cookies map[string]string
	Status  int
	To      string // Location
	Header  http.Header
	Body    string
}

// As is a browser in which the member has signed in.
func (h *House) As(m Member) *Browser {
	h.Helper()
	b := &Browser{House: h, Cookies: map[string]string{}}
	return b.Post("/sign-in", url.Values{"email": {m.Address}, "password": {Password}}).Want(http.StatusSeeOther)
}

// Get gets a page.
func (b *Browser) Get(path string) *Browser { b.Helper(); return b.Send("GET", path, nil, nil) }

// Fetch gets a part of a page as a script does.
func (b *Browser) Fetch(part, path string) *Browser {
	b.Helper()
	return b.Send("GET", path, nil, http.Header{"X-Fragment": {part}})
}

// Post posts a form.
func (b *Browser) Post(path string, form url.Values) *Browser {
	b.Helper()
	return b.Send("POST", path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// Send sends what Get and Post do not.
func (b *Browser) Send(method, path string, body io.Reader, header http.Header) *Browser {
	b.Helper()
	r := httptest.NewRequest(method, Base+path, body)
	r.Header = http.Header{"Accept-Language": {"fr"}, "Referer": {Base + "/"}}
	for name, values := range header {
		r.Header[name] = values
	}
	for name, value := range b.Cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.Site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.Cookies, c.Name)
		} else {
			b.Cookies[c.Name] = c.Value
		}
	}
	b.Status, b.To, b.Header, b.Body = w.Code, w.Header().Get("Location"), w.Header(), w.Body.String()
	if b.Status >= 500 {
		b.Errorf("%s %s: status %d", method, path, b.Status)
	}
	return b
}

// Text is the page as it is read: without tags, blanks made one.
func (b *Browser) Text() string {
	plain := tags.ReplaceAllString(b.Body, " ")
	return strings.Join(strings.Fields(html.UnescapeString(plain)), " ")
}

var tags = regexp.MustCompile(`<[^>]*>`)

// Want fails unless the answer has that status and its text holds all words; blanks of any kind are the same.
func (b *Browser) Want(status int, words ...string) *Browser {
	b.Helper()
	if b.Status != status {
		b.Errorf("status %d, want %d: %.500s", b.Status, status, b.Text())
	}
	text := b.Text()
	for _, w := range words {
		if !strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
			b.Errorf("no %q in: %.3000s", w, text)
		}
	}
	return b
}

// WantNot fails if the answer's text holds one of the words.
func (b *Browser) WantNot(words ...string) *Browser {
	b.Helper()
	text := b.Text()
	for _, w := range words {
		if strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
			b.Errorf("%q stands in: %.3000s", w, text)
		}
	}
	return b
}

// WantMarkup fails unless the answer holds all pieces as they are.
func (b *Browser) WantMarkup(pieces ...string) *Browser {
	b.Helper()
	for _, p := range pieces {
		if !strings.Contains(b.Body, p) {
			b.Errorf("no %s in: %.3000s", p, b.Body)
		}
	}
	return b
}

// WantTo fails unless the answer leads there.
func (b *Browser) WantTo(location string) *Browser {
	b.Helper()
	if b.Status != http.StatusSeeOther || b.To != location {
		b.Errorf("status %d to %q, want 303 to %q: %.500s", b.Status, b.To, location, b.Text())
	}
	return b
}

// Field is the value of a hidden field of the page, "" if there is none.
func (b *Browser) Field(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(b.Body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// Count is how often a piece of markup stands in the answer.
func (b *Browser) Count(piece string) int { return strings.Count(b.Body, piece) }

// PostPart posts as a script does that wants to replace a part.
func (b *Browser) PostPart(part, path string, form url.Values) *Browser {
	b.Helper()
	return b.Send("POST", path, strings.NewReader(form.Encode()), http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "X-Fragment": {part},
	})
}
