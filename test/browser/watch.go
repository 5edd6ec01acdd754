package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// watch listens to what Chromium says about one window: what is under way, and what goes wrong.
type watch struct {
	stirred chan struct{} // something happened that somebody may wait for
	answer  func()        // accepts an alert or a question «leave this page?»

	mu        sync.Mutex
	main      string    // the frame of the page itself, "" until it is known
	requested time.Time // a navigation was asked for and has not begun
	loading   bool
	fetches   map[network.RequestID]string // address of each request of a script that has no answer yet
	requests  map[network.RequestID]string // address of each request
	status    int
	hosts     []string // where the test went
	wrong     []string
	allowed   []string
}

func newWatch() *watch {
	return &watch{
		stirred:  make(chan struct{}, 1),
		answer:   func() {},
		fetches:  map[network.RequestID]string{},
		requests: map[network.RequestID]string{},
	}
}

// take notes one event. chromedp calls it in the order of the events, and wants it to be quick.
func (w *watch) take(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation, *page.EventFrameStartedLoading, *page.EventFrameStoppedLoading,
		*page.EventFrameNavigated, *page.EventNavigatedWithinDocument:
		w.takeFrame(event)
	case *network.EventRequestWillBeSent:
		w.takeRequest(e)
	case *network.EventResponseReceived:
		w.takeResponse(e)
	case *network.EventLoadingFinished:
		delete(w.fetches, e.RequestID)
		w.stir()
	case *network.EventLoadingFailed:
		delete(w.fetches, e.RequestID)
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			w.problem("failed to load %s: %s %s", w.requests[e.RequestID], e.ErrorText, e.BlockedReason)
		}
		w.stir()
	case *page.EventJavascriptDialogOpening:
		if e.Type != page.DialogTypeBeforeunload {
			w.problem("the page opened a JavaScript %s: %s", e.Type, e.Message)
		}
		go w.answer()
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.problem("console: %s", words(e.Args))
		}
	case *runtime.EventExceptionThrown:
		w.problem("exception: %s", exception(e.ExceptionDetails))
	case *log.EventEntryAdded:
		// What a server answered is judged by takeResponse.
		if e.Entry.Level == log.EntryLevelError && !strings.HasPrefix(e.Entry.Text, "Failed to load resource") {
			w.problem("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
}

// takeFrame follows the page's own frame from a navigation asked for to the end of its loading.
func (w *watch) takeFrame(event any) {
	switch e := event.(type) {
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			w.main = string(e.Frame.ID)
			clear(w.fetches) // the former page's, also those it began while this one was on its way
		}
	case *page.EventFrameRequestedNavigation:
		if w.isMain(string(e.FrameID)) && e.Disposition == page.ClientNavigationDispositionCurrentTab {
			w.requested = time.Now()
		}
	case *page.EventFrameStartedLoading:
		if w.isMain(string(e.FrameID)) {
			w.loading, w.requested = true, time.Time{}
			clear(w.fetches) // those of the page that goes away
		}
	case *page.EventFrameStoppedLoading:
		if w.isMain(string(e.FrameID)) {
			w.loading = false
		}
	case *page.EventNavigatedWithinDocument:
		w.requested = time.Time{}
	}
	w.stir()
}

func (w *watch) isMain(frame string) bool { return w.main == "" || w.main == frame }

func (w *watch) takeRequest(e *network.EventRequestWillBeSent) {
	address := e.Request.URL
	w.requests[e.RequestID] = address
	if e.Type == network.ResourceTypeFetch || e.Type == network.ResourceTypeXHR {
		w.fetches[e.RequestID] = address
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" && !slices.Contains(w.hosts, u.Host) {
		w.problem("the page asks elsewhere: %s %s", e.Type, address)
	}
}

// takeResponse refuses what no page should ever get: a failure of the server, and a missing file. A page or a
// script may well be answered 404 or 422.
func (w *watch) takeResponse(e *network.EventResponseReceived) {
	status := int(e.Response.Status)
	if e.Type == network.ResourceTypeDocument && w.isMain(string(e.FrameID)) {
		w.status = status
	}
	asked := e.Type == network.ResourceTypeDocument || e.Type == network.ResourceTypeFetch || e.Type == network.ResourceTypeXHR
	if status >= 500 || status >= 400 && !asked {
		w.problem("%s answers %d to %s", e.Response.URL, status, e.Type)
	}
}

func (w *watch) problem(format string, args ...any) {
	w.wrong = append(w.wrong, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func (w *watch) stir() {
	select {
	case w.stirred <- struct{}{}:
	default:
	}
}

// busy says what is still under way, nil if nothing is.
func (w *watch) busy() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.loading:
		return errors.New("the page is still loading")
	case !w.requested.IsZero() && time.Since(w.requested) < stuck:
		return errors.New("a navigation was asked for and does not begin")
	}
	for _, address := range w.fetches {
		return fmt.Errorf("a script still waits for %s", address)
	}
	return nil
}

// isOurs reports whether a frame is the page's own.
func (w *watch) isOurs(frame string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.isMain(frame)
}

func (w *watch) visit(host string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts = append(w.hosts, host)
}

func (w *watch) allow(problem string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allowed = append(w.allowed, problem)
}

func (w *watch) lastStatus() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}

// problems are those that nobody allowed, each once.
func (w *watch) problems() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for _, problem := range w.wrong {
		meant := slices.ContainsFunc(w.allowed, func(a string) bool { return strings.Contains(problem, a) })
		if !meant && !slices.Contains(list, problem) {
			list = append(list, problem)
		}
	}
	return list
}

// words are the arguments of a console call as the console would show them.
func words(args []*runtime.RemoteObject) string {
	var list []string
	for _, arg := range args {
		if arg.Description != "" {
			list = append(list, arg.Description)
		} else {
			list = append(list, text(arg.Value))
		}
	}
	return strings.Join(list, " ")
}

func exception(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return fmt.Sprintf("%s at %s:%d", d.Text, d.URL, d.LineNumber+1)
}

// text is a JSON value as text: a string without its quotes, anything else as it is.
func text(value []byte) string {
	var s string
	if json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}
