package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

const signInPage = `<form method="post" action="/search"><input name="q" value="x"></form>
<form class="panel" method="post" action="/sign-in?next=%2F" novalidate>
<input type="hidden" name="next" value="/a?b=1&amp;c=2"><input name="email"/><input type="password" name="password">
<input type="checkbox" name="kept" value="1"><input type="checkbox" name="told" value="yes" checked>
<select name="civility"><option value=""></option><option value="ms" selected>Mme</option></select>
<textarea name="reason">
l&#39;essai</textarea><button type="submit" name="accept" value="z">Go</button></form><form><input name="other" value="x"></form>`

func TestForm(t *testing.T) {
	values, ok := form([]byte(signInPage), "/sign-in")
	t.Run("a form holds what a browser would post, and nothing of other forms", func(t *testing.T) {
		if want := "civility=ms&email=&next=%2Fa%3Fb%3D1%26c%3D2&password=&reason=l%27essai&told=yes"; !ok || values.Encode() != want {
			t.Errorf("%v %s", ok, values.Encode())
		}
	})
	t.Run("a page without the form is noticed", func(t *testing.T) {
		if _, ok := form([]byte(signInPage), "/contacts"); ok {
			t.Error("found")
		}
	})
}

// newServer asks for a sign-in, and then answers 1,000 bytes.
func newServer(t *testing.T) *target {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-in", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, signInPage) })
	mux.HandleFunc("POST /sign-in", func(w http.ResponseWriter, h *http.Request) {
		if h.PostFormValue("email") == email && h.PostFormValue("password") == password && h.PostFormValue("told") == "yes" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			w.WriteHeader(http.StatusSeeOther)
		}
	})
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, h *http.Request) {
		if c, err := h.Cookie("session"); err != nil || c.Value != "1" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, strings.Repeat("x", 1000))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &target{host: server.Listener.Addr().String(), server: process(os.Getpid())}
}

func TestRun(t *testing.T) {
	server := newServer(t)
	v, err := visit(server.host)
	if err != nil {
		t.Fatal(err)
	}
	defer v.close()
	if err := v.signIn(email, password); err != nil {
		t.Fatal(err)
	}
	op := operation{name: "page", clients: 3, next: pages("/page")}
	t.Run("an answer with another status ends the run", func(t *testing.T) {
		if _, err := server.run(op, time.Millisecond); err == nil || !strings.Contains(err.Error(), "403") {
			t.Error(err)
		}
	})
	t.Run("who has signed in asks again and again, and the answers are counted", func(t *testing.T) {
		server.cookies = v.cookies()
		s, err := server.run(op, 50*time.Millisecond)
		if err != nil || s.requests < op.clients || s.size != 1000 || s.p50 <= 0 || s.p99 < s.p50 {
			t.Errorf("%+v %v", s, err)
		}
	})
}

func TestProcess(t *testing.T) {
	t.Run("a process tells of its memory and its CPU", func(t *testing.T) {
		self := process(os.Getpid())
		memory, err := self.memory()
		if err != nil || memory < 1<<20 {
			t.Error(memory, err)
		}
		if _, err := self.cpu(); err != nil {
			t.Error(err)
		}
		if parent, err := self.parent(); err != nil || int(parent) != os.Getppid() {
			t.Error(parent, err)
		}
	})
}

func TestMedian(t *testing.T) {
	t.Run("of an even number it is between the two in the middle", func(t *testing.T) {
		of := func(n int) float64 { return float64(n) }
		if got := median([]int{9, 1, 2, 4}, of); got != 3 {
			t.Error(got)
		}
		if got := median([]int{9, 1, 2}, of); got != 2 {
			t.Error(got)
		}
	})
}
