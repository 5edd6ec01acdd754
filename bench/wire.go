package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// wire is one connection of a browser that speaks HTTP/1.1 and keeps it open. It costs less than net/http's client,
// because client and server share the machine. It belongs to one goroutine.
type wire struct {
	host string
	conn net.Conn
	r    *bufio.Reader
}

func dial(host string) (*wire, error) {
	conn, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &wire{host, conn, bufio.NewReaderSize(conn, 32<<10)}, nil
}

func (w *wire) close() { w.conn.Close() }

// request is what a browser sends: a page asked for, or a form posted when there is one; or what a program sends.
type request struct {
	path  string
	form  url.Values
	plain bool // not compressed

	method, json, header string // of a program: the body, and whole lines of the head

	want int // status of the right answer
}

// reads reports whether it changes nothing.
func (q request) reads() bool { return q.form == nil && q.json == "" }

// bytes are the request as sent.
func (q request) bytes(host, cookies string) []byte {
	method, body := cmp.Or(q.method, "GET"), q.json
	if q.form != nil {
		method, body = "POST", q.form.Encode()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) bench\r\nAccept: text/html\r\nAccept-Language: fr\r\n", method, q.path, host)
	if !q.plain {
		b.WriteString("Accept-Encoding: gzip\r\n")
	}
	if cookies != "" {
		b.WriteString("Cookie: " + cookies + "\r\n")
	}
	if q.form != nil {
		b.WriteString("Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	if q.json != "" {
		b.WriteString("Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	b.WriteString(q.header + "\r\n" + body)
	return []byte(b.String())
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	size   int64 // of the body, as sent
	body   []byte
}

// do sends a request and reads the whole answer; the body is kept, unpacked, only when it is wanted.
func (w *wire) do(sent []byte, keep bool) (a answer, err error) {
	if err := w.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return a, err
	}
	if _, err := w.conn.Write(sent); err != nil {
		return a, err
	}
	res, err := http.ReadResponse(w.r, nil)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	a.status, a.header = res.StatusCode, res.Header
	if !keep {
		a.size, err = io.Copy(io.Discard, res.Body)
		return a, err
	}
	var raw io.Reader = counter{res.Body, &a.size}
	if res.Header.Get("Content-Encoding") == "gzip" {
		if raw, err = gzip.NewReader(raw); err != nil {
			return a, err
		}
	}
	a.body, err = io.ReadAll(raw)
	return a, err
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n *int64
}

func (c counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	*c.n += int64(n)
	return n, err
}
