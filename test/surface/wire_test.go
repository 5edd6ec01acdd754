package surface

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// serving is a whole program with its listener, on an empty database.
func serving(t *testing.T, change func(c *config.Config)) *app.App {
	t.Helper()
	c := settings()
	c.Store.Data, c.Store.Database = filepath.Join(t.TempDir(), "var"), sqldbtest.Options(t, "sqlite").DSN
	c.Server.Addr, c.Server.BaseURL, c.Server.TrustedProxies = "127.0.0.1:0", "http://127.0.0.1:0", nil
	if change != nil {
		change(&c)
	}
	a, err := app.Start(t.Context(), c, app.Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return a
}

// patience is how long the tests wait for a program before they give it up.
const patience = time.Minute

// raw sends bytes as they are and reads the answer; status 0 when the connection ends without one.
func raw(t *testing.T, addr, text string) answer {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	go io.WriteString(c, text) //nolint:errcheck // a server that has answered may not read on
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Errorf("neither answered nor closed: %.100q", text)
		}
		return answer{}
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return answer{r.StatusCode, r.Header, string(body)}
}

func TestHosts(t *testing.T) {
	a := serving(t, nil)
	_, port, _ := net.SplitHostPort(a.Addr())
	head := func(target, rest string) answer {
		return raw(t, a.Addr(), "GET "+target+" HTTP/1.1\r\n"+rest+"\r\n\r\n")
	}
	t.Run("whoever asks for another host gets nothing of it back", func(t *testing.T) {
		for _, host := range []string{
			"evil.example", "127.0.0.1.evil.example:" + port, "127.0.0.1", "127.0.0.1:1", "127.0.0.2:" + port, "evil.example:" + port, a.Addr() + ".", "[::ffff:127.0.0.1]:" + port, "2130706433:" + port, "0:" + port, "",
		} {
			for _, path := range []string{"/", "/help", "/setup", "/static/nothing"} {
				got := head(path, "Host: "+host)
				if got.status != http.StatusMisdirectedRequest && got.status != http.StatusBadRequest && got.status != http.StatusTemporaryRedirect {
					t.Errorf("%q %s: %d", host, path, got.status)
				}
				if strings.Contains(got.body+fmt.Sprint(got.header), "evil") {
					t.Errorf("%q is given back: %v", host, got.header)
				}
				if to := got.location(); to != "" && to != a.BaseURL()+path {
					t.Errorf("%q leads to %q", host, to)
				}
			}
		}
	})
	t.Run("nor does a whole address in the first line, or a header that nobody may set", func(t *testing.T) {
		if got := head("http://evil.example/help", "Host: "+a.Addr()); got.status != http.StatusMisdirectedRequest {
			t.Errorf("a whole address: %d", got.status)
		}
		for _, header := range []string{"X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1", "Forwarded: host=evil.example;proto=https", "X-Original-URL: /setup", "X-Rewrite-URL: /setup", "X-Host: evil.example", "Base-Url: evil"} {
			got := head("/help", "Host: "+a.Addr()+"\r\n"+header)
			if got.status != http.StatusOK || strings.Contains(got.body+fmt.Sprint(got.header), "evil") || got.header.Get("Strict-Transport-Security") != "" {
				t.Errorf("%s: %d %v", header, got.status, got.header)
			}
		}
	})
	t.Run("this machine under another name is led to the right one, and only to read", func(t *testing.T) {
		for _, name := range []string{"localhost:" + port, "[::1]:" + port} {
			if got := head("/help?a=b", "Host: "+name); got.status != http.StatusTemporaryRedirect || got.location() != a.BaseURL()+"/help?a=b" {
				t.Errorf("%s: %d to %q", name, got.status, got.location())
			}
			if got := raw(t, a.Addr(), "POST /language HTTP/1.1\r\nHost: "+name+"\r\nContent-Length: 0\r\n\r\n"); got.status != http.StatusMisdirectedRequest {
				t.Errorf("a form to %s: %d", name, got.status)
			}
			if got := head("//evil.example/x", "Host: "+name); strings.HasPrefix(got.location(), "//") || !strings.HasPrefix(got.location(), a.BaseURL()) {
				t.Errorf("leads to %q", got.location())
			}
		}
	})
	t.Run("the probes answer under any name, and tell nothing", func(t *testing.T) {
		for _, path := range []string{"/healthz", "/readyz"} {
			if got := head(path, "Host: 10.0.0.1:1"); got.status != http.StatusOK || len(got.body) > 10 {
				t.Errorf("%s: %d %q", path, got.status, got.body)
			}
		}
	})
}

func TestBrokenRequests(t *testing.T) {
	a := serving(t, func(c *config.Config) { c.Server.HeaderTimeout = config.Seconds(time.Second) })
	host := "Host: " + a.Addr() + "\r\n"
	long := func(n int) string { return strings.Repeat("x", n) }
	const form = "Content-Type: application/x-www-form-urlencoded\r\n"
	for _, c := range []struct {
		what, text string
		want       []int // 0 = the connection is closed
	}{
		{"no host", "GET / HTTP/1.1\r\n\r\n", []int{400}},
		{"two hosts", "GET / HTTP/1.1\r\n" + host + "Host: evil.example\r\n\r\n", []int{400}},
		{"no request at all", "hello\r\n\r\n", []int{400}},
		{"TLS on a plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", []int{400, 0}},
		{"HTTP/2 by surprise", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{400, 405, 421, 505, 0}},
		{"HTTP/9", "GET / HTTP/9.9\r\n" + host + "\r\n", []int{400, 505}},
		{"the asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", []int{200, 400, 404, 405}},
		{"the asterisk, read", "GET * HTTP/1.1\r\n" + host + "\r\n", []int{307, 400, 404}},
		{"a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", []int{403, 405, 421}},
		{"a tunnel to ourselves", "CONNECT " + a.Addr() + " HTTP/1.1\r\n" + host + "\r\n", []int{404, 405}},
		{"a path without slash", "GET help HTTP/1.1\r\n" + host + "\r\n", []int{400}},
		{"a path of nothing", "GET  HTTP/1.1\r\n" + host + "\r\n", []int{400}},
		{"a NUL in the path", "GET /\x00 HTTP/1.1\r\n" + host + "\r\n", []int{400}},
		{"a method of odd letters", "G(T / HTTP/1.1\r\n" + host + "\r\n", []int{400}},
		{"a long method", long(5_000) + " /help HTTP/1.1\r\n" + host + "\r\n", []int{400, 405}},
		{"a long path", "GET /" + long(60_000) + " HTTP/1.1\r\n" + host + "\r\n", []int{404}},
		{"a head that is too large", "GET /help HTTP/1.1\r\n" + host + "X: " + long(100_000) + "\r\n\r\n", []int{431}},
		{"very many headers", "GET /help HTTP/1.1\r\n" + host + strings.Repeat("X: y\r\n", 30_000) + "\r\n", []int{431}},
		{"many headers", "GET /help HTTP/1.1\r\n" + host + strings.Repeat("X: y\r\n", 5_000) + "\r\n", []int{200}},
		{"a large cookie", "GET /profile HTTP/1.1\r\n" + host + "Cookie: session=" + long(50_000) + "\r\n\r\n", []int{303}},
		{"a header of two lines", "GET /help HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n", []int{200, 400}},
		{"two lengths", "POST /language HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", []int{400}},
		{"a length and chunks", "POST /language HTTP/1.1\r\n" + host + form + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n", []int{400, 422}},
		{"chunks called otherwise", "POST /language HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", []int{400, 501}},
		{"a length below zero", "POST /language HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", []int{400}},
		{"a length that is not kept", "POST /language HTTP/1.1\r\n" + host + form + "Content-Length: 100000000\r\nConnection: close\r\n\r\nlanguage=en", []int{413, 0}},
		{"chunks without end", "POST /language HTTP/1.1\r\n" + host + form + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("2710\r\n"+long(10_000)+"\r\n", 300), []int{413}},
		{"a body announced first", "POST /sign-in HTTP/1.1\r\n" + host + form + "Expect: 100-continue\r\nContent-Length: 5000000\r\n\r\n" + long(5_000_000), []int{100, 413}},
		{"another expectation", "POST /sign-in HTTP/1.1\r\n" + host + "Expect: a-miracle\r\nContent-Length: 0\r\n\r\n", []int{417, 422}},
		{"an upgrade", "GET /help HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", []int{200}},
		{"a range", "GET /help HTTP/1.1\r\n" + host + "Range: bytes=0-0,1-1,2-2\r\n\r\n", []int{200}},
		{"odd encodings", "GET /help HTTP/1.1\r\n" + host + "Accept-Encoding: gzip;q=0, br, *\r\nAccept-Language: " + strings.Repeat("xx-yy-zz;q=0.1,", 2_000) + "\r\n\r\n", []int{200}},
		{"a language of odd letters", "GET /help HTTP/1.1\r\n" + host + "Accept-Language: \xff\xfe<script>\r\n\r\n", []int{200, 400}},
		{"an odd fragment", "GET /help HTTP/1.1\r\n" + host + "X-Fragment: \"><script>alert(1)</script>\r\n\r\n", []int{200}},
	} {
		t.Run(c.what, func(t *testing.T) {
			if c.what == "a length that is not kept" {
				c.want = append(c.want, half(t, a.Addr(), c.text))
				return
			}
			got := raw(t, a.Addr(), c.text)
			ok := false
			for _, status := range c.want {
				ok = ok || got.status == status
			}
			if !ok {
				t.Errorf("status %d, want one of %v", got.status, c.want)
			}
			got.escaped(t, c.what)
			if got.status != 0 {
				for _, trace := range traces {
					if strings.Contains(got.body, trace) {
						t.Errorf("the answer shows %q", trace)
					}
				}
			}
		})
	}
	t.Run("after all that it is well", func(t *testing.T) {
		if got := raw(t, a.Addr(), "GET /readyz HTTP/1.1\r\n"+host+"\r\n"); got.status != http.StatusOK {
			t.Errorf("status %d", got.status)
		}
	})
}

// half sends the text and then nothing more, closing its own half of the connection.
func half(t *testing.T, addr, text string) int {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0
	}
	r.Body.Close()
	if r.StatusCode >= 500 || r.StatusCode == http.StatusSeeOther {
		t.Errorf("half a form: status %d", r.StatusCode)
	}
	return r.StatusCode
}

// Whoever sends slowly is cut off, and keeps nobody else waiting.
func TestSlowClients(t *testing.T) {
	a := serving(t, func(c *config.Config) {
		c.Server.HeaderTimeout, c.Server.ReadTimeout = config.Seconds(time.Second), config.Seconds(2*time.Second)
	})
	host := "Host: " + a.Addr() + "\r\n"
	var held []net.Conn
	for _, text := range []string{
		"", "GET /help HTTP/1.1\r\n", "GET /help HTTP/1.1\r\n" + host + "X: ",
		"POST /sign-in HTTP/1.1\r\n" + host + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=",
	} {
		for range 25 {
			c, err := net.Dial("tcp", a.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
			held = append(held, c)
		}
	}
	t.Run("others are answered meanwhile", func(t *testing.T) {
		for range 20 {
			if got := raw(t, a.Addr(), "GET /help HTTP/1.1\r\n"+host+"\r\n"); got.status != http.StatusOK {
				t.Errorf("status %d", got.status)
			}
		}
	})
	t.Run("the slow ones are all cut off", func(t *testing.T) {
		for i, c := range held {
			if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(c); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("connection %d: %v after %.40q", i, err, text)
			} else if strings.HasPrefix(string(text), "HTTP/1.1 5") {
				t.Errorf("connection %d: %.40q", i, text)
			}
		}
	})
}
