package main

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
)

// sink is a mail server on this machine that takes every letter and keeps none. Held, it takes connections and letters
// no further, and says nothing, until it is let go.
type sink struct {
	listener net.Listener
	mu       sync.Mutex
	held     chan struct{} // nil = answers come at once
	waiting  int           // connections that are held
	taken    int
	changed  *sync.Cond
}

func openSink() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s := &sink{listener: l}
	s.changed = sync.NewCond(&s.mu)
	if err == nil {
		go s.serve()
	}
	return s, err
}

// url is the server as ENTREGENT_SMTP names it.
func (s *sink) url() string { return fmt.Sprintf("smtp://%s?tls=none", s.listener.Addr()) }

func (s *sink) close() {
	s.letGo()
	s.listener.Close()
}

func (s *sink) serve() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		go s.talk(c)
	}
}

// hold has the server hang from now on.
func (s *sink) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = make(chan struct{})
	}
}

// letGo ends that, and gives how many letters had been taken before.
func (s *sink) letGo() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held != nil {
		close(s.held)
		s.held = nil
	}
	return s.taken
}

// await waits until holds is true of the letters taken and the connections that are held.
func (s *sink) await(holds func(taken, waiting int) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !holds(s.taken, s.waiting) {
		s.changed.Wait()
	}
}

// note counts something.
func (s *sink) note(count func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	count()
	s.changed.Broadcast()
}

// pause lasts as long as the server is held.
func (s *sink) pause() {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	if held == nil {
		return
	}
	s.note(func() { s.waiting++ })
	<-held
	s.note(func() { s.waiting-- })
}

// talk speaks SMTP, as much of it as a letter needs.
func (s *sink) talk(c net.Conn) {
	defer c.Close()
	s.pause()
	r := bufio.NewReader(c)
	say := func(line string) bool { _, err := fmt.Fprintf(c, "%s\r\n", line); return err == nil }
	for ok := say("220 bench"); ok; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "QUIT":
			say("221 bye")
			return
		case "DATA":
			if ok = say("354 go on") && swallow(r) == nil; ok {
				s.note(func() { s.taken++ })
				ok = say("250 taken")
			}
		case "MAIL":
			s.pause()
			ok = say("250 ok")
		default:
			ok = say("250 ok")
		}
	}
}

// swallow reads a letter to its end.
func swallow(r *bufio.Reader) error {
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return err
		}
	}
}
