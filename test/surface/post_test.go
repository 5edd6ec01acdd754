package surface

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
)

// postPlant is a plant whose school has so many contacts, none of whom was ever written to.
func postPlant(t *testing.T, engine string, contacts int) *plant {
	t.Helper()
	p := newPlant(t, engine)
	p.setUp(t)
	path := filepath.Join(t.TempDir(), "contacts.csv")
	if err := os.WriteFile(path, []byte(table(0, contacts)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := p.command("import", "contacts", path, "--workspace=brenval", "--create-organizations").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return p
}

// table is a file of contacts, numbered from a number on.
func table(from, n int) string {
	var b strings.Builder
	b.WriteString("SIRET;Civilité;Nom;Prénom;Téléphone;Email\n")
	for i := from; i < from+n; i++ {
		word := string([]rune{rune('a' + i/26%26), rune('a' + i%26)})
		fmt.Fprintf(&b, "%s;Mme;Tanguy %s;Enora;01 99 00 12 34;enora.%s@forges.example\n", siret(1), word, word)
	}
	return b.String()
}

// byMail is how the program is told of a mail server; it tries again quickly.
func byMail(s *mailtest.Server, more ...string) []string {
	return append([]string{"--smtp=" + s.URL(), "--mail-from=contacts@brenval.example", "--job-poll=0.05", "--job-retry=0.02", "--job-lease=1"}, more...)
}

// ask reads rows beside the running program.
func ask[T any](t *testing.T, p *plant, scan func(sqldb.Scanner) (T, error), query string) (list []T) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), p.options)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		list, err = sqldb.List(t.Context(), tx, scan, query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (p *plant) contacts(t *testing.T) []id.Contact {
	t.Helper()
	return ask(t, p, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE workspace_id = 1 ORDER BY number`)
}

// sendCredentials presses « Renvoyer les identifiants », and says whether that was acknowledged.
func (r *running) sendCredentials(c *http.Client, contact id.Contact) (bool, error) {
	a, err := c.PostForm(r.base+"/brenval/office/contacts/"+contact.String()+"/credentials", nil)
	if err != nil {
		return false, err
	}
	a.Body.Close()
	if a.StatusCode != http.StatusSeeOther {
		return false, fmt.Errorf("status %d", a.StatusCode)
	}
	return true, nil
}

// delivered is what arrived, by Message-ID.
func delivered(t *testing.T, list []mailtest.Letter) map[string][]mailtest.Letter {
	t.Helper()
	by := map[string][]mailtest.Letter{}
	for _, l := range list {
		of := l.Read(t).Header.Get("Message-Id")
		by[of] = append(by[of], l)
	}
	return by
}

// TestKillWhileSending: kill -9 in the midst of sending loses no letter that was acknowledged, sends none of an act that
// was not kept, and repeats none but those whose answer was lost.
func TestKillWhileSending(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			rounds, each := often(2, 12), 40
			p := postPlant(t, engine, rounds*each)
			server := mailtest.Start(t, mailtest.Options{})
			all := p.contacts(t)
			var acknowledged []id.Contact
			for n := range rounds {
				r := p.serve(byMail(server)...)
				acknowledged = append(acknowledged, r.sendUntilKilled(t, server, all[n*each:(n+1)*each])...)
			}
			if len(acknowledged) < rounds*5 {
				t.Errorf("only %d were acknowledged", len(acknowledged))
			}
			r := p.serve(byMail(server)...)
			until(t, "every letter is sent", func() bool {
				return ask(t, p, sqldb.Value[int], `SELECT count(*) FROM letter WHERE state <> 'sent'`)[0] == 0
			})
			p.sameAsSent(t, acknowledged, delivered(t, server.Letters()), rounds)
			if err := r.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if err := r.Wait(); err != nil {
				t.Errorf("stopped: %v\n%s", err, r.said)
			}
		})
	}
}

// sendUntilKilled sends credentials to the contacts from four windows, and ends the program once the server has taken
// some more letters.
func (r *running) sendUntilKilled(t *testing.T, server *mailtest.Server, contacts []id.Contact) (acknowledged []id.Contact) {
	t.Helper()
	c, before := r.client(t), len(server.Letters())
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := i; n < len(contacts); n += 4 {
				ok, err := r.sendCredentials(c, contacts[n])
				if !ok {
					if err != nil && strings.HasPrefix(err.Error(), "status") {
						t.Error(err)
					}
					return // it is dead
				}
				mu.Lock()
				acknowledged = append(acknowledged, contacts[n])
				mu.Unlock()
			}
		})
	}
	server.Await(t, before+5)
	if err := r.Process.Kill(); err != nil {
		t.Error(err)
	}
	all.Wait()
	if err := r.Wait(); err == nil {
		t.Error("it ended well")
	}
	return acknowledged
}

// sent is a letter as the database has it.
type sent struct {
	letter  id.Letter
	contact id.Contact
}

// sameAsSent compares what arrived with what was acknowledged and with what is kept.
func (p *plant) sameAsSent(t *testing.T, acknowledged []id.Contact, arrived map[string][]mailtest.Letter, kills int) {
	t.Helper()
	kept := ask(t, p, func(row sqldb.Scanner) (s sent, err error) { return s, row.Scan(&s.letter, &s.contact) }, `SELECT id, contact_id FROM letter`)
	told := ask(t, p, sqldb.Value[int], `SELECT count(*) FROM journal_line WHERE kind = 'contact.invited'`)[0]
	if len(kept) != told || len(kept) != len(arrived) {
		t.Errorf("%d letters are kept, %d arrived, and the history tells of %d", len(kept), len(arrived), told)
	}
	repeated := 0
	for _, s := range kept {
		copies := arrived["<"+s.letter.String()+"@127.0.0.1>"]
		if len(copies) == 0 {
			t.Errorf("the letter %s was lost", s.letter)
			continue
		}
		repeated += len(copies) - 1
	}
	if most := 2 * kills; repeated > most { // two at once are with the server
		t.Errorf("%d letters came twice, at most %d were without their answer", repeated, most)
	}
	for _, contact := range acknowledged {
		if n := len(slices.DeleteFunc(slices.Clone(kept), func(s sent) bool { return s.contact != contact })); n != 1 {
			t.Errorf("%d letters to somebody, want one", n)
		}
	}
}

// TestHangingMailServer: a server that hangs, is slow or refuses holds up letters and nothing else; when another stands in
// the place of one that hangs they all leave.
func TestHangingMailServer(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			t.Run("that takes connections and says nothing", func(t *testing.T) {
				t.Parallel()
				hanging(t, engine, mailtest.Options{Mute: true})
			})
			t.Run("that takes letters and never answers", func(t *testing.T) {
				t.Parallel()
				over := make(chan struct{})
				t.Cleanup(func() { close(over) })
				hanging(t, engine, mailtest.Options{Data: func(_ mailtest.Letter, hangUp func()) error {
					<-over
					hangUp()
					return mailtest.ErrHungUp
				}})
			})
			t.Run("that is slow", func(t *testing.T) {
				t.Parallel()
				slow(t, engine)
			})
			t.Run("that refuses every letter for good", func(t *testing.T) {
				t.Parallel()
				refusing(t, engine)
			})
		})
	}
}

func hanging(t *testing.T, engine string, o mailtest.Options) {
	const people = 12
	p := postPlant(t, engine, people)
	server := mailtest.Start(t, o)
	r := p.serve(byMail(server, "--smtp-timeout=3600")...)
	c := r.client(t)
	for _, contact := range p.contacts(t) {
		if _, err := r.sendCredentials(c, contact); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the server holds all who send", func() bool { return server.Connections() == 2 })
	r.goesOn(t, c, p)
	if n := ask(t, p, sqldb.Value[int], `SELECT count(*) FROM letter WHERE state = 'queued' AND attempts = 0`)[0]; n != people+1 || server.Connections() != 2 {
		t.Errorf("%d letters wait, want %d; %d connections", n, people+1, server.Connections())
	}
	server.Stop()
	again := mailtest.Start(t, mailtest.Options{Port: server.Port})
	arrived := delivered(t, again.Await(t, people+1))
	if len(arrived) != people+1 {
		t.Errorf("%d letters arrived, want %d", len(arrived), people+1)
	}
	until(t, "all are noted", func() bool {
		return ask(t, p, sqldb.Value[int], `SELECT count(*) FROM letter WHERE state <> 'sent'`)[0] == 0
	})
	if n := len(again.Letters()); n != people+1 {
		t.Errorf("%d letters, want each once: %d", n, people+1)
	}
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := r.Wait(); err != nil {
		t.Errorf("stopped: %v\n%s", err, r.said)
	}
}

// besidePost is a program beside that mail server, with credentials on their way to some people.
func besidePost(t *testing.T, engine string, people int, o mailtest.Options) (*plant, *running, *http.Client, *mailtest.Server) {
	t.Helper()
	p, server := postPlant(t, engine, people), mailtest.Start(t, o)
	r := p.serve(byMail(server, "--smtp-timeout=3600")...)
	c := r.client(t)
	for _, contact := range p.contacts(t) {
		if _, err := r.sendCredentials(c, contact); err != nil {
			t.Fatal(err)
		}
	}
	return p, r, c, server
}

// slow is a server that answers no letter before the pages were read, and then takes each.
func slow(t *testing.T, engine string) {
	const people = 12
	read := make(chan struct{})
	p, r, c, server := besidePost(t, engine, people, mailtest.Options{Data: func(mailtest.Letter, func()) error {
		<-read
		return nil
	}})
	until(t, "the server holds all who send", func() bool { return server.Connections() == 2 })
	r.goesOn(t, c, p)
	if n := ask(t, p, sqldb.Value[int], `SELECT count(*) FROM letter WHERE state = 'queued'`)[0]; n != people+1 {
		t.Errorf("%d letters wait, want %d", n, people+1)
	}
	close(read)
	if arrived := delivered(t, server.Await(t, people+1)); len(arrived) != people+1 {
		t.Errorf("%d letters arrived, want %d", len(arrived), people+1)
	}
}

// refusing is a server that answers 5xx to everything: each letter says so, and is tried no more.
func refusing(t *testing.T, engine string) {
	const people = 12
	p, r, c, _ := besidePost(t, engine, people, mailtest.Options{Rcpt: func(string) error { return mailtest.Refuse(550, "no such user here") }})
	r.goesOn(t, c, p)
	until(t, "all are noted as refused", func() bool {
		return ask(t, p, sqldb.Value[int], `SELECT count(*) FROM letter WHERE state = 'refused' AND reason LIKE '%no such user here%'`)[0] == people+1
	})
}

// goesOn reads pages, asks for one more letter, signs somebody in and imports a file: whatever waited for the mail
// server would wait an hour.
func (r *running) goesOn(t *testing.T, c *http.Client, p *plant) {
	t.Helper()
	office := r.base + "/brenval/office"
	for _, path := range []string{"", "/contacts", "/organizations", "/contacts?credentials=unused", "/settings/letters", "/journal"} {
		if a, err := c.Get(office + path); err != nil || a.StatusCode != http.StatusOK {
			t.Fatal(path, a, err)
		}
	}
	a, err := http.PostForm(r.base+"/forgotten-password", url.Values{"email": {"anne@brenval.example"}})
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a, err)
	}
	r.client(t)
	kind, body := parts(t, url.Values{"noun": {"contacts"}, theFile: {table(100, 30)}})
	if a, err = c.Post(office+"/import", kind, strings.NewReader(body)); err != nil || a.StatusCode != http.StatusSeeOther {
		t.Fatal(a, err)
	}
	at := r.base + a.Header.Get("Location")
	until(t, "the file is checked", func() bool { return strings.Contains(read(t, c, at), at[len(r.base):]+"/start") })
	if a, err = c.PostForm(at+"/start", nil); err != nil || a.StatusCode != http.StatusSeeOther {
		t.Fatal(a, err)
	}
	until(t, "the file is imported", func() bool { return len(p.contacts(t)) == 12+30 })
}

func read(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	a, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a.StatusCode, err)
	}
	return string(body)
}
