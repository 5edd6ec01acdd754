package web

import (
	"cmp"
	"net/http"
	"sync"
	"time"

	"github.com/entregent/entregent/internal/id"
)

// A stream (server-sent events) stays open as long as its reader may read: session and gates are looked at anew before
// each event, and every Streams.Recheck. It takes no buffer, no compression, and a writer's time for each event alone, so that a
// slow reader holds up nobody but itself. Routes with one are marked (Route.Stream).

// Streams bound the streams; zero fields take the defaults in brackets.
type Streams struct {
	Recheck time.Duration // how often a stream looks at session and gates again [30 s]
	Timeout time.Duration // how long a reader may take one event [10 s]
	Each    int           // streams that one login may have open at once on a node [3]: a browser keeps few connections to one place
}

func (s Streams) withDefaults() Streams {
	return Streams{cmp.Or(s.Recheck, 30*time.Second), cmp.Or(s.Timeout, 10*time.Second), cmp.Or(s.Each, 3)}
}

// streams are those that are open.
type streams struct {
	each  int // of one login at most
	mu    sync.Mutex
	open  map[id.Login]int
	ended bool
	end   chan struct{} // closed when the program stops
}

func newStreams(each int) *streams {
	return &streams{each: each, open: make(map[id.Login]int), end: make(chan struct{})}
}

// enter counts one more; false if there are too many, or none are taken any more.
func (s *streams) enter(of id.Login) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.open[of] >= s.each {
		return false
	}
	s.open[of]++
	return true
}

func (s *streams) leave(of id.Login) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[of]--; s.open[of] <= 0 {
		delete(s.open, of)
	}
}

// EndStreams closes all streams and takes no more: before the server waits for the requests in flight.
func (s *Site) EndStreams() {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	if !s.streams.ended {
		s.streams.ended = true
		close(s.streams.end)
	}
}

// Stream answers with events until the reader goes, may read no more, or the program stops. read gives the event as one line
// of text; it is sent when it is another than the last. It is asked at the beginning, at each wake and every Streams.Recheck, each
// time with the request as it would be answered then. A browser that is turned away (204) does not come back by itself.
func (r *Request) Stream(wake <-chan struct{}, read func(now *Request) (string, error)) error {
	s := r.site.streams
	h := r.x.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would keep it back
	if r.Method == http.MethodHead {
		r.x.WriteHeader(http.StatusOK)
		return nil
	}
	if !s.enter(r.Login.ID) {
		h.Del("Content-Type")
		r.x.WriteHeader(http.StatusNoContent)
		return nil
	}
	defer s.leave(r.Login.ID)
	r.x.WriteHeader(http.StatusOK)
	every := time.NewTicker(r.site.Streams.Recheck)
	defer every.Stop()
	now, last := r, ""
	for {
		line, err := read(now)
		if err != nil {
			return err
		}
		text := ":\n\n" // a sign of life: a reader that is gone is found out
		if line != last {
			if _, err := r.again(); err != nil { // reading took its time: the last look is the one before the event leaves
				return nil
			}
			text, last = "data: "+line+"\n\n", line
		}
		if !r.emit(text) {
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-s.end:
			return nil
		case <-wake:
		case <-every.C:
		}
		if now, err = r.again(); err != nil {
			return nil // the reader's next request is told why
		}
	}
}

// emit sends a piece at once; false if the reader did not take it.
func (r *Request) emit(text string) bool {
	if r.x.paced {
		r.x.deadlines(time.Time{}, time.Now().Add(r.site.Streams.Timeout))
	}
	if _, err := r.x.Write([]byte(text)); err != nil {
		return false
	}
	return http.NewResponseController(r.x).Flush() == nil
}

// again is the request as it would be answered now: session, login, gates and permission are read anew. It does not count as a
// page that the person has opened.
func (r *Request) again() (*Request, error) {
	now := r.site.unidentified(r.x, r.arrived)
	now.route, now.watching, now.arrived = r.route, true, r.arrived
	return now, now.identify()
}
