package stories

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/entregent/entregent/internal/mail/mailtest"
)

// mailbox is a script's mail server, with all that came in: taken, or held and never answered.
type mailbox struct {
	mu      sync.Mutex
	arrived []mailtest.Letter
	wake    chan struct{}
	hold    chan struct{} // nil = answers come at once
}

func startMailbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: mailbox VARIABLE [hold]")
	}
	s := ts.Value(serving{}).(*servers)
	m := &mailbox{wake: make(chan struct{}, 1<<10)}
	if len(args) == 2 {
		m.hold = make(chan struct{})
	}
	server := mailtest.Start(s.t, mailtest.Options{Data: m.take})
	s.mailbox = m
	ts.Setenv(args[0], server.URL())
}

// take keeps the letter; one that is held is answered when the story has gone on.
func (m *mailbox) take(l mailtest.Letter, _ func()) error {
	m.mu.Lock()
	m.arrived = append(m.arrived, l)
	hold := m.hold
	m.mu.Unlock()
	m.wake <- struct{}{}
	if hold != nil {
		<-hold
		return mailtest.ErrHungUp
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

func release(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: release")
	}
	ts.Value(serving{}).(*servers).mailbox.release()
}

// letters waits until so many have come and prints them.
func letters(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: letters N")
	}
	s := ts.Value(serving{}).(*servers)
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	limit := time.After(patience)
	for m := s.mailbox; ; {
		m.mu.Lock()
		list := append([]mailtest.Letter(nil), m.arrived...)
		m.mu.Unlock()
		if len(list) >= n {
			for _, l := range list {
				r := l.Read(s.t)
				fmt.Fprintf(ts.Stdout(), "%s\nTo: %v\nSubject: %s\n\n%s\n", r.Header.Get("Message-Id"), l.To, r.Subject(s.t), r.Text)
			}
			return
		}
		select {
		case <-m.wake:
		case <-limit:
			ts.Fatalf("%d letters within %v, want %d", len(list), patience, n)
		}
	}
}
