package surface

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// watch is an open stream: its events as they come, until it ends.
type watch struct {
	t      *testing.T
	events chan string
	ended  chan struct{}
}

// listener is what a stream writes to.
type listener struct {
	*httptest.ResponseRecorder
	events chan string
}

func (l listener) Write(b []byte) (int, error) {
	if text := string(b); strings.HasPrefix(text, "data: ") {
		l.events <- text
	}
	return len(b), nil
}

func (b *browser) watch(t *testing.T, path string) *watch {
	t.Helper()
	w := &watch{t, make(chan string, 100), make(chan struct{})}
	ctx, leave := context.WithCancel(t.Context())
	h := b.request(http.MethodGet, path, "", strings.NewReader("")).WithContext(ctx)
	go func() {
		defer close(w.ended)
		b.site.ServeHTTP(listener{httptest.NewRecorder(), w.events}, h)
	}()
	t.Cleanup(func() {
		leave()
		<-w.ended
	})
	return w
}

// says waits for an event that has the text.
func (w *watch) says(text string) {
	w.t.Helper()
	for {
		select {
		case event := <-w.events:
			if strings.Contains(event, text) {
				return
			}
		case <-w.ended:
			w.t.Fatalf("it ended before %s", text)
		case <-time.After(20 * time.Second):
			w.t.Fatalf("no event says %s", text)
		}
	}
}

// ends waits for the end, without another event before it.
func (w *watch) ends() {
	w.t.Helper()
	select {
	case <-w.ended:
	case <-time.After(20 * time.Second):
		w.t.Fatal("it goes on")
	}
	select {
	case event := <-w.events:
		w.t.Errorf("still told: %s", event)
	default:
	}
}

func TestNotices(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		address, own := in.visitor(in.school, contact.User, nil)
		_, theirs := in.visitor(in.school, contact.User, nil)
		home, away := portalOf(in.school, own), portalOf(in.school, theirs)
		b := in.as(address)
		t.Run("another contact’s notice does not exist, whatever is done to it", func(t *testing.T) {
			n := in.notice(in.school, theirs).String()
			for _, act := range []string{"/opening", "/reading", "/removal"} {
				in.unchanged(t, func() {
					if a := b.post(home+"/notifications/"+n+act, nil); a.status != http.StatusNotFound {
						t.Errorf("%s: %d", act, a.status)
					}
				})
			}
		})
		t.Run("« Tout marquer comme lu » leaves what has come since, on whichever page it stands", func(t *testing.T) {
			address, own := in.visitor(in.school, contact.User, nil)
			b, home := in.as(address), portalOf(in.school, own)
			for range 30 {
				in.notice(in.school, own)
			}
			unread := func() (n int) {
				in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
					n, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM notice WHERE contact_id = $1 AND read_at IS NULL`, own.ID)
					return err
				})
				return n
			}
			for _, page := range []string{"?page=2", ""} {
				shown := b.get(home + "/notifications" + page)
				_, rest, _ := strings.Cut(shown.body, `name="up_to" value="`)
				upTo, _, _ := strings.Cut(rest, `"`)
				in.notice(in.school, own)
				if b.post(home+"/notifications/reading", url.Values{"up_to": {upTo}}); unread() != 1 {
					t.Errorf("%q: %d unread", page, unread())
				}
			}
		})
		t.Run("neither does the stream of another organisation, its list, nor the settings of its contacts", func(t *testing.T) {
			for _, path := range []string{away + "/notifications/stream", away + "/notifications", home + "/contacts/" + theirs.ID.String() + "/preferences"} {
				if a := b.get(path); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
					t.Errorf("%s: %d", path, a.status)
				}
			}
		})
		t.Run("nobody follows the bell without a session", func(t *testing.T) {
			if a := in.browser().get(home + "/notifications/stream"); a.status == http.StatusOK {
				t.Error(a.body)
			}
		})
		t.Run("fields that no form has change nothing", func(t *testing.T) {
			form := url.Values{"digest": {"now"}, "hour": {"8"}, "bell_off": {"own_role"}, "bell_own_role": {""}, "mail_signed_in": {""}, "contact_id": {theirs.ID.String()}, "role": {"super_admin"}}
			if a := b.post(home+"/contacts/"+own.ID.String()+"/preferences", form); a.status != http.StatusSeeOther {
				t.Fatal(a.status, a.text())
			}
			in.view(func(ctx context.Context, tx *sqldb.Tx) error {
				off, err := sqldb.One(ctx, tx, sqldb.Value[string], `SELECT bell_off FROM preference WHERE contact_id = $1`, own.ID)
				others, _ := sqldb.List(ctx, tx, sqldb.Value[int], `SELECT 1 FROM preference WHERE contact_id <> $1`, own.ID)
				if strings.Contains(off, "own_role") || strings.Contains(off, "invoice") || len(others) != 0 {
					t.Error(off, others)
				}
				return err
			})
		})
		t.Run("a stream tells what comes, and ends with the session: after signing out nothing more comes", func(t *testing.T) {
			elsewhere := in.as(address)
			w := b.watch(t, home+"/notifications/stream")
			in.notice(in.school, own)
			w.says(`"n":1,`)
			b.again().post("/sign-out", nil)
			in.clock.Pass(time.Second)
			elsewhere.post(home+"/notifications/reading", nil)
			w.ends()
		})
		t.Run("a gate that is shut while the stream is open ends it before it says anything more", func(t *testing.T) {
			for _, column := range []string{"login_enabled = 0", "authorized_at = NULL"} {
				address, own := in.visitor(in.school, contact.User, nil)
				b := in.as(address)
				w := b.watch(t, portalOf(in.school, own)+"/notifications/stream")
				w.says(`"n":0,`)
				in.update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE contact SET `+column+` WHERE id = $1`, own.ID)
					return err
				})
				in.clock.Pass(time.Second)
				in.notice(in.school, own)
				w.ends()
			}
		})
		t.Run("a login has few streams at once; who is turned away is told not to come back", func(t *testing.T) {
			address, own := in.visitor(in.school, contact.User, nil)
			b := in.as(address)
			for range 3 {
				b.watch(t, portalOf(in.school, own)+"/notifications/stream").says(`"n":0,`)
			}
			if a := b.get(portalOf(in.school, own) + "/notifications/stream"); a.status != http.StatusNoContent {
				t.Error(a.status)
			}
		})
		t.Run("all streams end when the program stops", func(t *testing.T) {
			address, own := in.visitor(in.school, contact.User, nil)
			w := in.as(address).watch(t, portalOf(in.school, own)+"/notifications/stream")
			w.says(`"n":0,`)
			in.site.EndStreams()
			w.ends()
		})
	})
}

// TestStreamsMemory: 1,000 bells that are followed at once take 60 MB at the most.
func TestStreamsMemory(t *testing.T) {
	clock := sqldbtest.NewClock()
	in := furnish(t, sqldbtest.Open(t, "sqlite", clock.Now), clock)
	server := httptest.NewServer(in.site)
	defer server.Close()
	const streams = 1000
	var heads []string
	for len(heads) < streams {
		address, own := in.visitor(in.school, contact.User, nil)
		b := in.as(address)
		h := b.request(http.MethodGet, portalOf(in.school, own)+"/notifications/stream", "", strings.NewReader(""))
		for range 3 {
			heads = append(heads, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", h.RequestURI, h.Host, strings.Join(h.Header["Cookie"], "; ")))
		}
	}
	before := memory()
	for _, head := range heads[:streams] {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte(head)); err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReaderSize(c, 512).ReadString('\n')
		if !strings.Contains(line, "200") {
			t.Fatal(line)
		}
	}
	taken := memory() - before
	t.Logf("%d MB for %d streams, with their readers", taken>>20, streams)
	if taken > 60<<20 {
		t.Errorf("%d MB", taken>>20)
	}
	in.site.EndStreams()
}

// memory is what heap and stacks hold now.
func memory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
