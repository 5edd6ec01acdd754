package inbound

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// lines is a listener that takes so many connections at once, and has each of them end in time.
type lines struct {
	net.Listener
	limits Limits

	mu   sync.Mutex
	open map[*line]bool
}

// crowded is what one connection too many is told.
const crowded = "421 4.3.2 Too many connections, try again later / Trop de connexions, reessayez plus tard\r\n"

// Accept implements net.Listener.
func (l *lines) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if one := l.add(c); one != nil {
			return one, nil
		}
		c.Write([]byte(crowded)) // fits the buffer of a connection that is new
		c.Close()
	}
}

func (l *lines) add(c net.Conn) *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) >= l.limits.Connections {
		return nil
	}
	one := &line{Conn: c, of: l}
	one.life = time.AfterFunc(l.limits.Lifetime, one.expire)
	one.idle = time.AfterFunc(l.limits.Idle, one.expire)
	l.open[one] = true
	return one
}

// each does something with every open connection.
func (l *lines) each(do func(*line)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for one := range l.open {
		do(one)
	}
}

// line is one connection.
type line struct {
	net.Conn
	of         *lines
	idle, life *time.Timer
	busy       atomic.Bool // a mail is coming in, or announced
}

// past is before everything.
var past = time.Unix(1, 0)

// expire has whoever reads next find that the time is over; what is being answered still is.
func (l *line) expire() { l.SetReadDeadline(past) }

// expireIdle is expire for a connection over which no mail is coming in.
func (l *line) expireIdle() {
	if !l.busy.Load() {
		l.expire()
	}
}

// Read implements net.Conn; the client's silence is limited while somebody waits for it.
func (l *line) Read(p []byte) (int, error) {
	l.idle.Reset(l.of.limits.Idle)
	defer l.idle.Stop()
	return l.Conn.Read(p)
}

// Close implements net.Conn.
func (l *line) Close() error {
	l.idle.Stop()
	l.life.Stop()
	l.of.mu.Lock()
	delete(l.of.open, l)
	l.of.mu.Unlock()
	return l.Conn.Close()
}
