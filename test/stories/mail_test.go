package stories

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/entregent/entregent/internal/mail/mailtest"
)

// mailbox is a script's mail server, with all that came in. Whom a letter is for says how it is treated the first time;
// see manners.
type mailbox struct {
	mu      sync.Mutex
	arrived []mailtest.Letter
	asked   map[string]int // how often a letter for them was announced, by address
	wake    chan struct{}
	hold    chan struct{} // nil = answers come at once
	over    chan struct{} // closed at the story's end
}

// manners are how the server meets addresses that begin so.
//
//	unknown.   nobody is called that: refused for good when it is announced
//	spam.      refused for good when it was read
//	later.     refused for now, the first time
//	cut.       read, and the connection is cut instead of an answer, the first time
//	silent.    read, and never answered, the first time
//	slow.      read, and answered after a while
const (
	unknown, spam, later   = "unknown.", "spam.", "later."
	cut, silent, slowSoFar = "cut.", "silent.", "slow."
)

func startMailbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: mailbox VARIABLE [hold]")
	}
	s := ts.Value(serving{}).(*servers)
	m := &mailbox{asked: map[string]int{}, wake: make(chan struct{}, 1<<10), over: make(chan struct{})}
	if len(args) == 2 {
		m.hold = make(chan struct{})
	}
	server := mailtest.Start(s.t, mailtest.Options{Rcpt: m.announced, Data: m.take})
	s.mailbox = m
	ts.Setenv(args[0], server.URL())
}

// announced is the answer to RCPT.
func (m *mailbox) announced(to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked[to]++
	switch {
	case strings.HasPrefix(to, unknown):
		return mailtest.Refuse(550, "no such user <"+to+">")
	case strings.HasPrefix(to, later) && m.asked[to] == 1:
		return mailtest.Refuse(450, "try again")
	}
	return nil
}

// take keeps the letter; one that is held is answered when the story has gone on.
func (m *mailbox) take(l mailtest.Letter, hangUp func()) error {
	m.mu.Lock()
	m.arrived = append(m.arrived, l)
	hold, to := m.hold, l.To[0]
	first := m.asked[to] == 1
	m.mu.Unlock()
	m.wake <- struct{}{}
	switch {
	case hold != nil:
		<-hold
		return mailtest.ErrHungUp
	case strings.HasPrefix(to, spam):
		return mailtest.Refuse(554, "looks like spam")
	case strings.HasPrefix(to, cut) && first:
		hangUp()
		return mailtest.ErrHungUp
	case strings.HasPrefix(to, silent) && first:
		<-m.over
		return mailtest.ErrHungUp
	case strings.HasPrefix(to, slowSoFar):
		select {
		case <-time.After(300 * time.Millisecond):
		case <-m.over:
		}
	}
	return nil
}

// release lets answers go out, those that are held and all others.
func (m *mailbox) release() {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hold != nil {
		close(m.hold)
		m.hold = nil
	}
}

// end is for what is never answered.
func (m *mailbox) end() {
	if m != nil {
		m.release()
		close(m.over)
	}
}

func release(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: release")
	}
	ts.Value(serving{}).(*servers).mailbox.release()
}

// letters waits until so many have come and prints them.
func letters(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: letters N [ADDRESS]")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := ts.Value(serving{}).(*servers)
	for _, l := range s.mailbox.await(ts, n, args[1:]...) {
		r := l.Read(s.t)
		fmt.Fprintf(ts.Stdout(), "%s\nTo: %v\nReply-To: %s\nSubject: %s\n\n%s\n", r.Header.Get("Message-Id"), l.To, r.Header.Get("Reply-To"), r.Subject(s.t), r.Text)
	}
}

// await gives the letters, to one address or to all, when there are so many.
func (m *mailbox) await(ts *testscript.TestScript, n int, to ...string) []mailtest.Letter {
	limit := time.After(patience)
	for {
		m.mu.Lock()
		list := slices.Clone(m.arrived)
		m.mu.Unlock()
		if len(to) > 0 {
			list = slices.DeleteFunc(list, func(l mailtest.Letter) bool { return l.To[0] != to[0] })
		}
		if len(list) >= n {
			return list
		}
		select {
		case <-m.wake:
		case <-limit:
			ts.Fatalf("%d letters %v within %v, want %d", len(list), to, patience, n)
		}
	}
}

// activationCode follows the words that announce it.
var activationCode = regexp.MustCompile(`(?s)Votre code[^\n]*\n(\S+)`)

// invited waits for the latest invitation to an address.
func invited(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: invited N ADDRESS")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := ts.Value(serving{}).(*servers)
	list := s.mailbox.await(ts, n, args[1])
	read := list[len(list)-1].Read(s.t)
	code := activationCode.FindStringSubmatch(read.Text)
	if len(list) > n || code == nil {
		ts.Fatalf("%d letters to %s, want %d; the last one says\n%s", len(list), args[1], n, read.Text)
	}
	_, rest, _ := strings.Cut(read.Text, "/activate/")
	ts.Setenv("token", strings.Fields(rest)[0])
	ts.Setenv("code", code[1])
}

// dated is the one line of a letter that each try writes anew.
var dated = regexp.MustCompile(`(?m)^Date: .*$`)

// same wants exactly so many letters to an address, all of them one and the same.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same N ADDRESS")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	list := ts.Value(serving{}).(*servers).mailbox.await(ts, n, args[1])
	if len(list) != n {
		ts.Fatalf("%d letters to %s, want %d", len(list), args[1], n)
	}
	for _, l := range list {
		if !bytes.Equal(dated.ReplaceAll(l.Raw, nil), dated.ReplaceAll(list[0].Raw, nil)) {
			ts.Fatalf("two letters:\n%s\n%s", list[0].Raw, l.Raw)
		}
	}
}
