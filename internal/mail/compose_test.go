package mail

import (
	"context"
	"errors"
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// compose writes a letter to a contact from the facts, without sending it.
func (s *scene) compose(t *testing.T, f Facts) (Message, mailtest.Read) {
	t.Helper()
	s.facts = func(Letter) (Facts, error) { return f, nil }
	m := look(t, s.db, func(ctx context.Context, tx *sqldb.Tx) (Message, error) {
		return s.post.Compose(ctx, tx, Letter{ID: id.NewLetter(), Kind: "trial", Contact: id.NewContact()})
	})
	raw, err := m.bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 || r < 32 && r != '\t' }) {
			t.Errorf("a line that no mail server need take: %q", line)
		}
	}
	return m, mailtest.Letter{Raw: raw}.Read(t)
}

func TestCompose(t *testing.T) {
	clock := sqldbtest.NewClock()
	s := &scene{db: sqldbtest.Open(t, "sqlite", clock.Now), clock: clock}
	s.over(t, Outbox{})
	zone, _ := locale.ParseZone("Indian/Reunion")
	until := sqldb.At(time.Date(2026, 11, 27, 22, 0, 0, 0, time.UTC))
	full := Facts{
		To: addr(t, "zoe@example.com"), Name: "Zoé Œuvrard", P: french.With(zone), From: "École Brenval",
		Values: map[string]string{"name": "Zoé Œuvrard", "workspace": "École Brenval"},
		URL:    "/activate/t0ken", Code: "k7qd-2m9x", CodeURL: "/activate", Until: until,
	}
	t.Run("a letter has text and HTML that say the same, with link, code and how long they hold in the person's time", func(t *testing.T) {
		m, read := s.compose(t, full)
		for _, want := range []string{
			"Bonjour Zoé Œuvrard,", "Vous n’avez rien à faire.", "Voir les e-mails envoyés", "https://contacts.example.org:8443/activate/t0ken", "k7qd-2m9x",
			"https://contacts.example.org:8443/activate", "samedi 28 novembre 2026 à 2\u00a0h\u00a000, fuseau horaire La Réunion (UTC+4).", "École Brenval · Message automatique",
		} {
			if !strings.Contains(read.Text, want) || !strings.Contains(shownText(t, read.HTML), want) {
				t.Errorf("no %q in\n%s\n%s", want, read.Text, read.HTML)
			}
		}
		if read.Subject(t) != "Essai d’envoi\u00a0: École Brenval" || read.Link("https://") != "https://contacts.example.org:8443/activate/t0ken" {
			t.Errorf("%q %q", read.Subject(t), read.Link("https://"))
		}
		if m.ID != strings.Trim(read.Header.Get("Message-ID"), "<>") || !strings.HasSuffix(m.ID, "@contacts.example.org") {
			t.Error(read.Header.Get("Message-ID"))
		}
		to, err := netmail.ParseAddress(read.Header.Get("To"))
		from, err2 := netmail.ParseAddress(read.Header.Get("From"))
		if err != nil || err2 != nil || *to != (netmail.Address{Name: "Zoé Œuvrard", Address: "zoe@example.com"}) || *from != (netmail.Address{Name: "École Brenval", Address: "entregent@example.org"}) {
			t.Error(to, from, err, err2)
		}
		if !strings.Contains(read.HTML, `<html lang="fr">`) || !strings.Contains(read.HTML, "<strong>Vous n’avez rien à faire.</strong>") || read.Header.Get("Content-Language") != "fr" {
			t.Error(read.HTML)
		}
	})
	t.Run("English people read English, of the installation itself where it is nobody else's letter", func(t *testing.T) {
		f := full
		f.P, f.From, f.Code, f.CodeURL = locale.For(locale.English, locale.Company, locale.School, nil), "", "", ""
		_, read := s.compose(t, f)
		for _, want := range []string{"Hello Zoé Œuvrard,", "This link is valid until Friday 27 November 2026 at 23:00, time zone Paris (UTC+1).", "Automatic message from Entregent (contacts.example.org:8443)"} {
			if !strings.Contains(read.Text, want) {
				t.Errorf("no %q in\n%s", want, read.Text)
			}
		}
		if from, err := netmail.ParseAddress(read.Header.Get("From")); err != nil || from.Name != "Entregent" || strings.Contains(read.Text, "code") {
			t.Error(from, err)
		}
	})
	t.Run("a letter without link and code has neither button nor block", func(t *testing.T) {
		_, read := s.compose(t, Facts{To: full.To, P: french})
		if strings.Contains(read.HTML, "<a ") || strings.Contains(read.Text, "http") || strings.Contains(read.Text, "valable") {
			t.Error(read.Text, read.HTML)
		}
	})
	t.Run("a letter that may be answered says where to, and above which line", func(t *testing.T) {
		f := full
		f.ReplyTo = addr(t, "reply+abc@reply.example.org")
		_, read := s.compose(t, f)
		to, err := netmail.ParseAddress(read.Header.Get("Reply-To"))
		if err != nil || *to != (netmail.Address{Name: "École Brenval", Address: "reply+abc@reply.example.org"}) {
			t.Error(to, err)
		}
		const above = "— Répondez au-dessus de cette ligne —"
		if !strings.HasPrefix(read.Text, above+"\n\nBonjour") || !strings.Contains(shownText(t, read.HTML), above) {
			t.Error(read.Text, shownText(t, read.HTML))
		}
	})
	t.Run("every link begins with the base URL, whatever path is asked for", func(t *testing.T) {
		for _, path := range []string{"//evil.example/x", "https://evil.example/", "http://contacts.example.org:8443/", "https://a@contacts.example.org:8443/", "javascript:alert(1)", "\x7f", "a b:c"} {
			f := full
			f.URL, f.CodeURL = path, path
			m, _ := s.compose(t, f)
			if strings.Contains(m.Text, "evil") || strings.Contains(m.HTML, "evil") || strings.Contains(m.HTML, "javascript") || strings.Contains(m.Text, "a@") {
				t.Errorf("%q: %s", path, m.Text)
			}
		}
	})
	t.Run("nothing that was typed adds a header, a recipient or markup", func(t *testing.T) {
		for _, typed := range hostile {
			f := full
			f.Name, f.From, f.Code, f.URL = typed, typed, typed, "/x?"+typed
			f.Values = map[string]string{"name": typed, "workspace": typed}
			_, read := s.compose(t, f)
			wantSound(t, typed, read)
		}
	})
	t.Run("what is gone is withdrawn", func(t *testing.T) {
		s.facts = func(Letter) (Facts, error) { return Facts{}, ErrWithdrawn }
		err := s.db.View(t.Context(), func(tx *sqldb.Tx) error {
			_, err := s.post.Compose(t.Context(), tx, Letter{Kind: "trial", Contact: id.NewContact()})
			return err
		})
		if !errors.Is(err, ErrWithdrawn) {
			t.Error(err)
		}
	})
}

// hostile is what somebody may type to have more in a letter than a name.
var hostile = []string{
	"A\r\nBcc: evil@example.com", "A\nSubject: x\n\nbody", "A\rX: y", "A\u2028Bcc: x", `"A" <evil@example.com>, b`, `A" <evil@example.com>, "B`, "A, evil@example.com",
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "<a href='https://evil.example'>x</a>", "*A* {nom}", "{{.Name}}", "=?utf-8?q?=0D=0ABcc:_evil@example.com?=",
	"\x00\x01\x1b[2J", "\xff\xfe", strings.Repeat("é", 5000), ".\r\n.\r\nMAIL FROM:<evil@example.com>", "https://evil.example/login", "--letter\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
}

// wantSound looks for what a hostile text may have got in.
func wantSound(t *testing.T, typed string, read mailtest.Read) {
	t.Helper()
	for _, name := range []string{"Bcc", "Cc", "X", "Reply-To"} {
		if read.Header.Get(name) != "" {
			t.Errorf("%q: a header %s", typed, name)
		}
	}
	for _, name := range []string{"To", "From", "Subject", "Message-Id", "Date"} {
		if n := len(read.Header[name]); n != 1 {
			t.Errorf("%q: %d headers %s", typed, n, name)
		}
	}
	if _, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject")); err != nil {
		t.Errorf("%q: %v", typed, err)
	}
	if to, err := read.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "zoe@example.com" {
		t.Errorf("%q: to %v, %v", typed, to, err)
	}
	if from, err := read.Header.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != "entregent@example.org" {
		t.Errorf("%q: from %v, %v", typed, from, err)
	}
	elements(t, read.HTML, func(n *html.Node) {
		if n.Data == "script" || n.Data == "img" || n.Data == "b" {
			t.Errorf("%q: an element %s", typed, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "href" && !strings.HasPrefix(a.Val, "https://contacts.example.org:8443") {
				t.Errorf("%q: %s=%q", typed, a.Key, a.Val)
			}
		}
	})
}

// elements calls f for each element of a document.
func elements(t *testing.T, document string, f func(n *html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			f(n)
		}
	}
}

// shownText is the text of a document.
func shownText(t *testing.T, document string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

func FuzzLetter(f *testing.F) {
	for _, typed := range hostile {
		f.Add(typed)
	}
	s := &scene{}
	s.over(f, Outbox{})
	k := s.post.kinds["trial"]
	f.Fuzz(func(t *testing.T, typed string) {
		facts := Facts{To: addr(t, "zoe@example.com"), Name: typed, From: typed, P: french, Values: map[string]string{"name": typed, "workspace": typed}, URL: "/" + typed, Code: typed}
		w := wording{}
		var err error
		if w.subject, w.body, err = k.standard(french); err != nil {
			t.Fatal(err)
		}
		c := s.post.content(k, facts, w)
		page, err := c.html()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := Message{ID: "a@b", From: s.post.o.From, To: facts.To, FromName: facts.From, ToName: facts.Name, Subject: c.Subject, Text: c.text(), HTML: page, Date: 1}.bytes()
		if err != nil {
			t.Fatal(err)
		}
		wantSound(t, typed, mailtest.Letter{Raw: raw}.Read(t))
	})
}
