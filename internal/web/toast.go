package web

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Toasts travel in a cookie that only the next page reads: the text in the reader's language, signed, so that
// nobody can put words into our mouth. The server keeps nothing and logs nothing of it.

const (
	toastCookie  = "toast"
	longestToast = 2000 // bytes; browsers take 4 KB a cookie
)

// Toast says what was done, on the next page that is shown; args as for Printer.Text. When a fragment is
// rendered by the same request, it comes with that.
func (r *Request) Toast(key string, args ...any) { r.say(r.P.Text(key, args...)) }

// ToastCount is Toast with a message that counts.
func (r *Request) ToastCount(key string, n int, args ...any) { r.say(r.P.Count(key, n, args...)) }

func (r *Request) say(text string) {
	r.toasts = append(r.toasts, text)
	b, err := json.Marshal(r.toasts)
	if err != nil || len(b) > longestToast {
		return
	}
	r.setCookie(toastCookie, r.site.flash.Sign(string(b)), int(r.site.ToastLifetime.Seconds()))
}

// takeToasts is called by the page that shows them; what this request itself said is among them, once. A part that a
// script asked for by itself leaves them to the page that whoever acted waits for.
func (r *Request) takeToasts() {
	if len(r.toasts) > 0 {
		r.dropPending(toastCookie)
	} else if r.byItself() {
		return
	} else if text, ok := r.site.flash.Read(r.cookie(toastCookie)); ok {
		if json.Unmarshal([]byte(text), &r.toasts) != nil {
			r.toasts = nil
		}
	}
	if r.cookie(toastCookie) != "" {
		r.setCookie(toastCookie, "", -1)
	}
}

// cookieName keeps other hosts of the same domain from planting our cookies, where the browser helps.
func (s *Site) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

// cookie is a cookie's value, "" when there is none.
func (r *Request) cookie(name string) string {
	c, err := r.Request.Cookie(r.site.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets a cookie that no script reads; seconds < 0 removes it.
func (r *Request) setCookie(name, value string, seconds int) {
	r.dropPending(name)
	c := http.Cookie{Name: r.site.cookieName(name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: r.site.secure, SameSite: http.SameSiteLaxMode}
	r.x.Header().Add("Set-Cookie", c.String())
}

// dropPending takes back a cookie that this answer was going to set.
func (r *Request) dropPending(name string) {
	h := r.x.Header()
	prefix := r.site.cookieName(name) + "="
	var rest []string
	for _, line := range h["Set-Cookie"] {
		if !strings.HasPrefix(line, prefix) {
			rest = append(rest, line)
		}
	}
	if len(rest) == 0 {
		h.Del("Set-Cookie")
		return
	}
	h["Set-Cookie"] = rest
}
