package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"time"
)

// aside is what requests and notifications cost beside pages.
type aside struct {
	streams       int
	streamsMemory []int64 // what they add
	streamsPeak   []int64 // at most, while they were opened
	uploads       []int64 // what one of 25 MB adds, at most
	told          []time.Duration
	flood         flood
}

// How much is asked for.
const (
	bells    = 1000
	upload   = 25 << 20
	watchers = 500
	answers  = 5 // of one round: each is told to all watchers
)

// measureAside does so, as often as the operations are measured.
func (r *run) measureAside(ctx context.Context) error {
	if r.dealings == nil {
		return nil
	}
	for _, m := range []struct {
		name string
		do   func(context.Context) error
	}{{"upload", r.upload}, {"streams", r.listen}, {"watchers", r.answer}, {"flood", r.drown}} {
		if !r.wanted.MatchString(m.name) {
			continue
		}
		note("%s", m.name)
		for range r.options.rounds {
			if err := m.do(ctx); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	return nil
}

// answer has staff answer a request that 500 people watch, and notes how long each answer takes; who is told of it is
// found out after it.
func (r *run) answer(ctx context.Context) error {
	d := r.dealings
	_, err := r.queries.conn.ExecContext(ctx, `INSERT INTO request_party (workspace_id, contact_id, number, request_id, own, watching)
		SELECT $1, c.id, r.number, r.id, 0, 1 FROM contact c CROSS JOIN request r WHERE c.workspace_id = $1 AND c.organization_id = $2 AND r.workspace_id = $1 AND r.id = $3
		ORDER BY c.number LIMIT $4 ON CONFLICT (workspace_id, contact_id, number) DO UPDATE SET watching = 1`,
		r.queries.workspace, identifier(d.organization), identifier(d.watched), watchers)
	if err != nil {
		return err
	}
	address := office("/requests/" + d.watched)
	v, err := visit(r.target.host)
	if err != nil {
		return err
	}
	defer v.close()
	if err := v.signIn(email, password); err != nil {
		return err
	}
	blank, err := v.form(address, address+"/answer")
	if err != nil {
		return err
	}
	for range answers {
		values := filled(blank, "submission", newUUID(), "text", "Nous regardons et revenons vers vous dans la journée.")
		began := time.Now()
		if _, err := v.send(request{path: address + "/answer", form: values, want: http.StatusSeeOther}); err != nil {
			return err
		}
		r.aside.told = append(r.aside.told, time.Since(began))
		if err := r.target.settle(); err != nil {
			return err
		}
	}
	return nil
}

// upload sends a comment with a large file, and notes what that adds to the server's memory at rest.
func (r *run) upload(context.Context) error {
	if err := r.target.settle(); err != nil {
		return err
	}
	before, err := r.target.server.memory()
	if err != nil {
		return err
	}
	address := r.dealings.portal("/requests/" + r.dealings.open)
	v := &visitor{jar: map[string]string{}}
	if v.wire, err = dial(r.target.host); err != nil {
		return err
	}
	defer v.close()
	a, err := v.wire.do(request{path: address}.bytes(r.target.host, r.dealings.admin.cookies), true)
	if err != nil {
		return err
	}
	blank, ok := form(a.body, address+"/comments")
	if !ok {
		return fmt.Errorf("%s has no form for comments", address)
	}
	var most int64
	end := r.watch(&most)
	err = r.post(address+"/comments", func(w *multipart.Writer) error {
		values := filled(blank, "submission", newUUID(), "text", "Voici le fichier.")
		for name := range values {
			if err := w.WriteField(name, values.Get(name)); err != nil {
				return err
			}
		}
		part, err := w.CreateFormFile("files", "journal.log")
		if err == nil {
			_, err = io.CopyN(part, lines{}, upload-1<<10)
		}
		return err
	})
	end()
	r.aside.uploads = append(r.aside.uploads, most-before)
	return err
}

// lines is a text without end.
type lines struct{}

func (lines) Read(p []byte) (int, error) {
	for i := range p {
		if p[i] = 'a' + byte(i%26); i%80 == 79 {
			p[i] = '\n'
		}
	}
	return len(p), nil
}

// post sends a form with files as it is written.
func (r *run) post(path string, write func(*multipart.Writer) error) error {
	out, in := io.Pipe()
	w := multipart.NewWriter(in)
	go func() {
		err := write(w)
		if err == nil {
			err = w.Close()
		}
		in.CloseWithError(err)
	}()
	q, err := http.NewRequest(http.MethodPost, "http://"+r.target.host+path, out)
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", w.FormDataContentType())
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Cookie", r.dealings.admin.cookies)
	res, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 2000))
		return fmt.Errorf("%s answers %d:\n%s", path, res.StatusCode, text)
	}
	return nil
}

// listen opens the bells' streams of a thousand people, and notes what they add to the server's memory at rest.
func (r *run) listen(ctx context.Context) error {
	if len(r.listeners) == 0 {
		if err := r.inviteListeners(ctx); err != nil {
			return err
		}
	}
	if err := r.target.settle(); err != nil {
		return err
	}
	before, err := r.target.server.memory()
	if err != nil {
		return err
	}
	var most int64
	end := r.watch(&most)
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for _, g := range r.listeners {
		c, err := r.stream(g)
		if err != nil {
			end()
			return err
		}
		open = append(open, c)
	}
	if err = r.target.settle(); err != nil {
		end()
		return err
	}
	end()
	after, err := r.target.server.memory()
	r.aside.streams = len(open)
	r.aside.streamsMemory, r.aside.streamsPeak = append(r.aside.streamsMemory, after-before), append(r.aside.streamsPeak, most-before)
	return err
}

// stream opens one and waits for its first event.
func (r *run) stream(g listener) (net.Conn, error) {
	c, err := net.DialTimeout("tcp", r.target.host, 5*time.Second)
	if err != nil {
		return nil, err
	}
	q := request{path: "/" + slug + "/portal/" + g.organization + "/notifications/stream", plain: true}
	_, err = c.Write(q.bytes(r.target.host, g.cookies))
	for lines := bufio.NewScanner(c); err == nil; {
		if !lines.Scan() {
			err = fmt.Errorf("%s brought no event: %w", q.path, lines.Err())
		} else if len(lines.Text()) > 5 && lines.Text()[:5] == "data:" {
			return c, nil
		}
	}
	c.Close()
	return nil, err
}

// listener is a guest of some organisation.
type listener struct {
	guest
	organization string
}

// inviteListeners lets a thousand people sign in, some at once.
func (r *run) inviteListeners(ctx context.Context) error {
	found, err := r.queries.conn.QueryContext(ctx, `SELECT c.organization_id, c.id, l.id, l.email FROM contact c JOIN login l ON l.id = c.login_id
		WHERE c.workspace_id = $1 AND c.archived = 0 AND c.login_enabled = 1 AND c.authorized_at IS NOT NULL ORDER BY c.id LIMIT $2`, r.queries.workspace, bells)
	if err != nil {
		return err
	}
	for found.Next() {
		var g listener
		if err := found.Scan((*identity)(&g.organization), (*identity)(&g.contact), (*identity)(&g.login), &g.email); err != nil {
			return err
		}
		r.listeners = append(r.listeners, g)
	}
	if err := found.Err(); err != nil {
		return err
	}
	for i := range r.listeners {
		if err := r.admit(ctx, &r.listeners[i].guest); err != nil {
			return err
		}
	}
	return nil
}

// print says what was found, one line a measurement.
func (a *aside) print(out io.Writer) {
	bytes := func(list []int64) string {
		return megabytes(int64(median(list, func(n int64) float64 { return float64(n) })))
	}
	if len(a.told) > 0 {
		took := median(a.told, func(d time.Duration) float64 { return float64(d) })
		fmt.Fprintf(out, "an answer that %d watch is accepted in %s ms (%d measured), wanted 50\n", watchers, milliseconds(time.Duration(took)), len(a.told))
	}
	if len(a.uploads) > 0 {
		fmt.Fprintf(out, "an upload of 25 MB adds %s at most, wanted 16\n", bytes(a.uploads))
	}
	if a.streams > 0 {
		fmt.Fprintf(out, "%d open streams add %s, %s at most while they are opened, wanted 60\n", a.streams, bytes(a.streamsMemory), bytes(a.streamsPeak))
	}
	if f := a.flood; len(f.list) > 0 {
		p99 := median(f.list, func(s sample) float64 { return float64(s.p99) })
		took := median(f.took, func(d time.Duration) float64 { return d.Seconds() })
		fmt.Fprintf(out, "while robots send %d offers in %.0f s (%d taken in, %d turned away) staff's list has p99 %s ms, wanted 200\n",
			flooded, took, f.taken, f.refused, milliseconds(time.Duration(p99)))
	}
}
