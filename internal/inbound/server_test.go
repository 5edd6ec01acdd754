package inbound_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestAnswers(t *testing.T) {
	each(t, limits(), func(o *office) {
		to := o.addresses.Of(there).String()
		o.Run("an answer is taken, whatever case its address came in", func(t *testing.T) {
			if got := o.send("anne@example.org", strings.ToUpper(to), mail("1", "Voilà.\n\n> Bonjour")); got != "" {
				t.Fatal(got)
			}
			if got := o.answers(); len(got) != 1 || got[0] != (answer{Request: 123, Text: "Voilà."}) {
				t.Error(got)
			}
		})
		o.Run("the same mail again is taken once, and confirmed", func(t *testing.T) {
			for range 2 {
				if got := o.send("anne@example.org", to, mail("1", "Voilà.\n\n> Bonjour")); got != "" {
					t.Fatal(got)
				}
			}
			unnumbered := "From: anne.martin@example.org\n\nSans numéro\n"
			for range 2 {
				if got := o.send("anne@example.org", to, unnumbered); got != "" {
					t.Fatal(got)
				}
			}
			if got := o.answers(); len(got) != 2 || o.server.Counts()["again"] != 3 {
				t.Error(got, o.server.Counts())
			}
		})
		o.Run("an answer from elsewhere is taken, and noted", func(t *testing.T) {
			if got := o.send("x@example.net", to, strings.Replace(mail("2", "Z d’ailleurs"), "Anne.Martin@example.org", "x@example.net", 1)); got != "" {
				t.Fatal(got)
			}
			if got := o.answers(); !got[len(got)-1].Elsewhere {
				t.Error(got)
			}
		})
		o.Run("files come along; of a mail that is not taken none stays", func(t *testing.T) {
			n, before := len(o.answers()), o.onDisk()
			if got := o.send("anne@example.org", to, withFiles("3", 2, "JVBERi0xLjQK")); got != "" {
				t.Fatal(got)
			}
			if got := o.answers(); len(got) != n+1 || !slices.Contains(got, answer{Request: 123, Text: "Voir.", Files: 2}) || o.onDisk() != before+2 {
				t.Error(got)
			}
			for _, wrong := range []string{withFiles("4", 4, "JVBERi0xLjQK"), withFiles("5", 2, "JVBERi0xLjQ*")} {
				if got := o.send("anne@example.org", to, wrong); !strings.HasPrefix(got, "554 ") {
					t.Error(got)
				}
			}
			if o.onDisk() != before+2 || len(o.answers()) != n+1 {
				t.Error(o.onDisk())
			}
		})
		o.Run("no record holds an address or a word", func(t *testing.T) {
			if text := o.log.String(); strings.Contains(text, "@") || strings.Contains(text, "Voilà") {
				t.Error(text)
			}
		})
	})
}

// withFiles is a mail with files.
func withFiles(number string, n int, base64 string) string {
	head := strings.Replace(mail(number, ""), "Content-Type: text/plain; charset=utf-8\n\n\n", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nVoir.\n", 1)
	for i := range n {
		head += fmt.Sprintf("--b\nContent-Type: application/pdf; name=%d.pdf\nContent-Transfer-Encoding: base64\n\n%s\n", i, base64)
	}
	return head + "--b--\n"
}

func TestRefusals(t *testing.T) {
	each(t, limits(), func(o *office) {
		to := o.addresses.Of(there).String()
		const unknown = "550 [5 1 1] This address takes no replies, or no longer does. Please answer in the portal. / " +
			"Cette adresse ne recoit pas ou plus de reponses. Repondez depuis le portail."
		o.Run("every wrong address gets the same answer: forged, altered, another workspace's, one whose gates are shut", func(t *testing.T) {
			elsewhere := there
			elsewhere.Workspace = 2
			for _, wrong := range []string{"postmaster@" + domain, "anybody@example.org", "reply+abc@" + domain, to[:10] + "7" + to[11:], to[:20] + to[21:], o.addresses.Of(elsewhere).String()} {
				if wrong == to {
					continue
				}
				if got := o.send("anne@example.org", wrong, mail("1", "Voilà.")); got != unknown {
					t.Error(wrong, got)
				}
			}
			o.set(true, nil)
			if got := o.send("anne@example.org", to, mail("1", "Voilà.")); got != unknown {
				t.Error(got)
			}
			o.set(false, nil)
		})
		o.Run("gates that shut while the mail comes in shut it out", func(t *testing.T) {
			c := o.client()
			if err := errors.Join(c.Mail("a@example.org", nil), c.Rcpt(to, nil)); err != nil {
				t.Fatal(err)
			}
			o.set(true, nil)
			w, err := c.Data()
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, "Message-ID: <2@example.org>\r\n\r\nVoilà.\r\n")
			if got := told(w.Close()); !strings.HasPrefix(got, "550 [5 1 1]") {
				t.Error(got)
			}
			o.set(false, nil)
		})
		o.Run("what cannot be read is refused for good, with the reason in both languages and without accents", func(t *testing.T) {
			for text, want := range map[string]string{
				mail("3", "> cité"): "No answer was found",
				strings.Replace(mail("4", "x"), "text/plain; charset=utf-8", "multipart/mixed; boundary=b", 1): "endommage",
				strings.Replace(mail("5", "x"), "text/plain; charset=utf-8", "application/pkcs7-mime", 1):      "chiffre",
				mail("6", strings.Repeat("x", 70_000)):                                                         "A line",
			} {
				if got := o.send("anne@example.org", to, text); !strings.HasPrefix(got, "554 [5 6 0]") || !strings.Contains(got, want) {
					t.Error(got)
				}
			}
		})
		o.Run("what is too large is refused, said beforehand or not", func(t *testing.T) {
			if got := o.send("anne@example.org", to, mail("7", strings.Repeat("mot mot mot mot\n", 80_000))); !strings.HasPrefix(got, "552 [5 3 4]") {
				t.Error(got)
			}
			c := o.raw(t)
			c.say("MAIL FROM:<a@example.org> SIZE=9999999")
			c.hear("552")
		})
		o.Run("a fault of the room is told, any other error is for now", func(t *testing.T) {
			o.set(false, fault.New(fault.Conflict, "inbound.refused.line"))
			if got := o.send("anne@example.org", to, withFiles("8", 1, "JVBERi0xLjQK")); !strings.HasPrefix(got, "554 [5 6 0]") {
				t.Error(got)
			}
			o.set(false, errors.New("the database is away"))
			if got := o.send("anne@example.org", to, withFiles("9", 1, "JVBERi0xLjQK")); !strings.HasPrefix(got, "451 [4 3 0]") {
				t.Error(got)
			}
			o.set(false, nil)
			if got := o.answers(); len(got) != 0 || o.onDisk() != 0 {
				t.Error(got)
			}
			if got := o.send("anne@example.org", to, withFiles("9", 1, "JVBERi0xLjQK")); got != "" {
				t.Error(got)
			}
		})
		o.Run("one mail has one recipient; another is for another mail", func(t *testing.T) {
			c := o.client()
			if err := errors.Join(c.Mail("a@example.org", nil), c.Rcpt(to, nil)); err != nil {
				t.Fatal(err)
			}
			if got := told(c.Rcpt(to, nil)); !strings.HasPrefix(got, "452") {
				t.Error(got)
			}
		})
		o.Run("who tries many addresses is sent away", func(t *testing.T) {
			c := o.client()
			if err := c.Mail("a@example.org", nil); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				if got := told(c.Rcpt("x@"+domain, nil)); got != unknown {
					t.Fatal(got)
				}
			}
			if got := told(c.Rcpt(to, nil)); !strings.HasPrefix(got, "421") {
				t.Error(got)
			}
			if err := c.Noop(); err == nil || !strings.Contains(err.Error(), "421") && !errors.Is(err, io.EOF) {
				t.Error(err)
			}
		})
		o.Run("nobody signs in here", func(t *testing.T) {
			c := o.raw(t)
			c.say("AUTH PLAIN AGEAYg==")
			c.hear("523")
		})
	})
}

func TestRobots(t *testing.T) {
	each(t, limits(), func(o *office) {
		to := o.addresses.Of(there).String()
		o.Run("what no person wrote is taken and dropped, without a comment", func(t *testing.T) {
			n := int64(0)
			for _, head := range []string{"Auto-Submitted: auto-replied", "Precedence: bulk", "X-Auto-Response-Suppress: All", "Subject: Automatic reply: away"} {
				if got := o.send("a@example.org", to, head+"\n"+mail("r", "Je suis absente.")); got != "" {
					t.Error(head, got)
				}
				n++
			}
			if got := o.send("", to, mail("r2", "Undelivered")); got != "" {
				t.Error(got)
			}
			ours := strings.Replace(mail("x", "Une lettre à nous"), "<x@example.org>", "<019a5b1e-7f00-7abc-8def-0123456789ab@contacts.example.com>", 1)
			if got := o.send("a@example.org", to, ours); got != "" {
				t.Error(got)
			}
			if got := o.answers(); len(got) != 0 || o.server.Counts()["robot"] != n+2 {
				t.Error(got, o.server.Counts())
			}
		})
		o.Run("a person of our own domain is none", func(t *testing.T) {
			if got := o.send("a@contacts.example.com", to, strings.Replace(mail("p", "Oui"), "p@example.org", "p@contacts.example.com", 1)); got != "" || len(o.answers()) != 1 {
				t.Error(got)
			}
		})
	})
}

func TestPace(t *testing.T) {
	l := limits()
	l.Mails = 3
	each(t, l, func(o *office) {
		o.Run("a contact writes so many mails in a window, then waits for the next", func(t *testing.T) {
			to := o.addresses.Of(there).String()
			for i := range 4 {
				got := o.send("a@example.org", to, mail(fmt.Sprint(i), fmt.Sprint(i)))
				if want := i == 3; strings.HasPrefix(got, "450 [4 7 1]") != want || !want && got != "" {
					t.Error(i, got)
				}
			}
			o.clock.Pass(time.Hour)
			if got := o.send("a@example.org", to, mail("3", "3")); got != "" || len(o.answers()) != 4 {
				t.Error(got)
			}
		})
	})
}

// raw is a connection whose test writes the lines itself.
type raw struct {
	*testing.T
	net.Conn
	in *bufio.Reader
}

func (o *office) raw(t *testing.T) *raw {
	t.Helper()
	r := o.dial(t)
	r.hear("220")
	r.say(map[bool]string{true: "LHLO", false: "EHLO"}[o.lmtp] + " client.example.org")
	for line := "-"; strings.HasPrefix(line[min(3, len(line)):], "-") || line == "-"; {
		line = r.line()
	}
	return r
}

func (o *office) dial(t *testing.T) *raw {
	t.Helper()
	c, err := net.Dial("tcp", o.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &raw{t, c, bufio.NewReader(c)}
}

func (r *raw) say(line string) { io.WriteString(r.Conn, line+"\r\n") }

func (r *raw) line() string {
	r.Helper()
	r.SetReadDeadline(time.Now().Add(20 * time.Second))
	line, err := r.in.ReadString('\n')
	if err != nil {
		r.Fatal(err)
	}
	return line
}

func (r *raw) hear(code string) {
	r.Helper()
	if line := r.line(); !strings.HasPrefix(line, code) {
		r.Errorf("%q, want %s", line, code)
	}
}

func (r *raw) ended() {
	r.Helper()
	r.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.Copy(io.Discard, r.in); err != nil && !strings.Contains(err.Error(), "reset") {
		r.Error(err)
	}
}

func TestSlowClients(t *testing.T) {
	l := limits()
	l.Idle, l.Lifetime = 200*time.Millisecond, time.Minute
	each(t, l, func(o *office) {
		to := o.addresses.Of(there).String()
		o.Run("who keeps silent is sent away: at the start, between commands, amid a mail", func(t *testing.T) {
			o.dial(t).ended()
			c := o.raw(t)
			c.hear("421")
			c.ended()
			for _, data := range []string{"DATA", "BDAT 1000"} {
				c = o.raw(t)
				c.say("MAIL FROM:<a@example.org>\r\nRCPT TO:<" + to + ">\r\n" + data)
				c.hear("250")
				c.hear("250")
				if data == "DATA" {
					c.hear("354")
				}
				c.say("From: a@example.org\r\n\r\nBonj")
				c.ended()
			}
			if got := o.answers(); len(got) != 0 {
				t.Error(got)
			}
		})
	})
	l.Idle, l.Lifetime = time.Minute, 300*time.Millisecond
	each(t, l, func(o *office) {
		o.Run("who sends a byte now and then is sent away too", func(t *testing.T) {
			c := o.raw(t)
			c.say("MAIL FROM:<a@example.org>\r\nRCPT TO:<" + o.addresses.Of(there).String() + ">\r\nDATA")
			ended := make(chan bool)
			go func() {
				defer close(ended)
				c.ended()
			}()
			for tick := time.NewTicker(10 * time.Millisecond); ; {
				select {
				case <-ended:
					return
				case <-tick.C:
					io.WriteString(c.Conn, "x")
				}
			}
		})
	})
}

func TestConnections(t *testing.T) {
	each(t, limits(), func(o *office) {
		to := o.addresses.Of(there).String()
		o.Run("64 send at once, and each mail is taken", func(t *testing.T) {
			var group sync.WaitGroup
			for i := range 64 {
				c := o.client()
				group.Go(func() {
					if got := deliver(c, "a@example.org", to, strings.NewReader(strings.ReplaceAll(mail(fmt.Sprint(i), fmt.Sprint("n", i)), "\n", "\r\n"))); got != "" {
						t.Error(got)
					}
					c.Quit()
				})
			}
			group.Wait()
			if got := o.answers(); len(got) != 64 {
				t.Error(len(got))
			}
		})
		o.Run("one more than 64 is told to come later, and has room once another is gone", func(t *testing.T) {
			all := make([]*raw, 64)
			for i := range all {
				all[i] = o.raw(t)
			}
			more := o.dial(t)
			more.hear("421 4.3.2")
			more.ended()
			all[0].say("QUIT")
			all[0].hear("221")
			all[0].ended()
			o.raw(t)
		})
	})
}

func TestStop(t *testing.T) {
	each(t, limits(), func(o *office) {
		o.Run("a mail that is under way is taken, an idle connection ends, a new one is not had", func(t *testing.T) {
			idle, busy := o.raw(t), o.raw(t)
			busy.say("MAIL FROM:<a@example.org>\r\nRCPT TO:<" + o.addresses.Of(there).String() + ">\r\nDATA")
			busy.hear("250")
			busy.hear("250")
			busy.hear("354")
			stopped := make(chan error, 1)
			go func() { stopped <- o.server.Stop(t.Context()) }()
			idle.hear("421")
			busy.say("Message-ID: <1@example.org>\r\n\r\nFini.\r\n.")
			busy.hear("250")
			if err := <-stopped; err != nil {
				t.Error(err)
			}
			if c, err := net.Dial("tcp", o.addr); err == nil {
				c.Close()
				t.Error("connected")
			}
			if got := o.answers(); len(got) != 1 {
				t.Error(got)
			}
		})
	})
}

func TestMemory(t *testing.T) {
	l := limits()
	l.Bytes, l.LMTP = 50<<20, true
	clock := sqldbtest.NewClock()
	o := start(t, sqldbtest.Open(t, "sqlite", clock.Now), clock, l)
	t.Run("a file of 25 MB takes no more than 16 MB of memory", func(t *testing.T) {
		most := watchMemory()
		line := strings.Repeat("QUFB", 19) + "\r\n"
		head, tail, _ := strings.Cut(strings.ReplaceAll(withFiles("big", 1, "%%"), "\n", "\r\n"), "%%\r\n")
		got := deliver(o.client(), "a@example.org", o.addresses.Of(there).String(), io.MultiReader(strings.NewReader(head),
			io.LimitReader(&repeated{line: line}, int64(25<<20/57*len(line))), strings.NewReader(tail)))
		if got != "" || len(o.answers()) != 1 {
			t.Fatal(got)
		}
		if n := most(); n > 16<<20 {
			t.Errorf("%d MB", n>>20)
		}
	})
}

// watchMemory looks at the heap in use until it is asked for the most that was added to it.
func watchMemory() func() uint64 {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, done := make(chan bool), make(chan uint64)
	go func() {
		var most uint64
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			select {
			case <-stop:
				done <- most
				return
			case <-tick.C:
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse-min(now.HeapInuse, before.HeapInuse))
			}
		}
	}()
	return func() uint64 { close(stop); return <-done }
}

// repeated gives a line again and again.
type repeated struct {
	line string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.line[r.at:])
	r.at = (r.at + n) % len(r.line)
	return n, nil
}
