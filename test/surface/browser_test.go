package surface

import (
	"context"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/web"
)

// browser keeps cookies and follows nothing by itself. It belongs to one goroutine.
type browser struct {
	t       testing.TB
	site    http.Handler
	cookies map[string]string
	header  http.Header // sent with each request
	remote  string
	host    string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (in *installation) browser() *browser { return in.browserAt(in.site) }

func (in *installation) browserAt(site *web.Site) *browser {
	return &browser{t: in.t, site: site, cookies: map[string]string{}, header: http.Header{"Accept-Language": {"fr"}}, remote: "203.0.113.7:4711", host: "entregent.example"}
}

// as is a browser in which somebody has signed in; nobody has for "".
func (in *installation) as(address string) *browser {
	in.t.Helper()
	b := in.browser()
	if address != "" {
		b.signIn(address)
	}
	return b
}

func (b *browser) signIn(address string) {
	b.t.Helper()
	if a := b.post("/sign-in", url.Values{"email": {address}, "password": {password}}); a.status != http.StatusSeeOther {
		b.t.Fatalf("%s does not come in: %d\n%s", address, a.status, a.body)
	}
}

// again is another window of the same browser, for another goroutine.
func (b *browser) again() *browser {
	c := *b
	c.cookies, c.header = maps.Clone(b.cookies), b.header.Clone()
	return &c
}

func (b *browser) get(target string) answer { return b.do(http.MethodGet, target, "", "") }

func (b *browser) post(target string, form url.Values) answer {
	return b.do(http.MethodPost, target, "application/x-www-form-urlencoded", form.Encode())
}

// do sends a request as it stands: target is not escaped again.
func (b *browser) do(method, target, kind, body string) answer {
	b.t.Helper()
	h := b.request(method, target, kind, strings.NewReader(body))
	ctx, leave := context.WithCancel(h.Context())
	defer leave()
	w := httptest.NewRecorder()
	b.site.ServeHTTP(passer{w, leave}, h.WithContext(ctx))
	return b.take(w)
}

// passer takes one event of a stream and goes.
type passer struct {
	*httptest.ResponseRecorder
	leave func()
}

func (p passer) Flush() {
	p.ResponseRecorder.Flush()
	p.leave()
}

func (b *browser) request(method, target, kind string, body io.Reader) *http.Request {
	b.t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		b.t.Fatalf("%q: %v", target, err)
	}
	h := httptest.NewRequest(method, "/", body)
	h.URL, h.RequestURI, h.Host, h.RemoteAddr = u, target, b.host, b.remote
	if kind != "" {
		h.Header.Set("Content-Type", kind)
	}
	for name, values := range b.header {
		h.Header[name] = values
	}
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		h.Header.Add("Cookie", name+"="+b.cookies[name])
	}
	return h
}

func (b *browser) take(w *httptest.ResponseRecorder) answer {
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return answer{w.Code, w.Result().Header, w.Body.String()}
}

// shows reports whether the page has the text, as a reader sees it.
func (a answer) shows(text string) bool { return strings.Contains(html.UnescapeString(a.body), text) }

func (a answer) location() string { return a.header.Get("Location") }

var requestNumber = regexp.MustCompile(`[A-Za-z0-9_-]{22}`)

// hidden is the value of the last hidden field of that name in the form with that action.
func (a answer) hidden(name string) string {
	all := regexp.MustCompile(`name="`+name+`" value="([^"]*)"`).FindAllStringSubmatch(a.body, -1)
	if len(all) == 0 {
		return ""
	}
	return html.UnescapeString(all[len(all)-1][1])
}

// traces are what the inside of the program must not show.
var traces = []string{"goroutine ", "runtime error", ".go:", "panic:", "SQLSTATE", "SQLITE_", "constraint failed", "workspace_id = ", "(fault)", "%!"}

// sound fails when the answer is an accident of ours or shows the inside.
func (a answer) sound(t testing.TB, what string) {
	t.Helper()
	if a.status >= 500 || a.status == 0 {
		t.Errorf("%s: status %d: %s", what, a.status, a.text())
	}
	for _, trace := range traces {
		if at := strings.Index(a.body, trace); at >= 0 {
			t.Errorf("%s: the answer shows %q", what, a.body[max(0, at-100):min(len(a.body), at+100)])
		}
	}
}

// text is what the page says, for a message.
func (a answer) text() string {
	words := a.words()
	return words[:min(len(words), 600)]
}

// words are what the page says, without its markup.
func (a answer) words() string {
	_, main, _ := strings.Cut(a.body, "<main")
	return strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString("<main"+main, " "))), " ")
}
