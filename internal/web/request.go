package web

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// Request is one request as a handler sees it: who asks, where, in which language, and the ways to answer.
// It belongs to one goroutine and one request.
type Request struct {
	*http.Request
	By        actor.Actor         // may do nothing when nobody is signed in
	Login     login.Login         // zero when nobody is
	Workspace workspace.Workspace // of the address; zero outside one
	P         *locale.Printer     // in the person's language, nouns and time zone
	Now       time.Time

	site        *Site
	x           *exchange
	route       Route
	session     login.Session
	memberships []workspace.Membership
	places      []access.Place
	place       access.Place  // through which the person came in, behind Door Contact
	broken      error         // what Update refuses to start with: unreadable values, a kept form
	replay      bool          // a kept form is shown again; nothing may be stored
	form        *ui.Form      // the last one that was made or read
	unfit       []fault.Field // what is wrong with the files that came along
	toasts      []string      // to be shown by the page that is rendered
	bell        Bell          // in the portal's bar
	arrived     *http.Request // as it came in; see again
	watching    bool          // a stream looks again: nobody has opened a page
}

// Site is what the request came to.
func (r *Request) Site() *Site { return r.site }

// Client is the network address that the request came from, without port.
func (r *Request) Client() string { return r.x.client }

// Number is the request's own, as the log and the page of a 500 have it.
func (r *Request) Number() string { return r.x.number }

// Note adds to the request's log record. Nothing personal, nothing typed, nothing secret.
func (r *Request) Note(attrs ...slog.Attr) { r.x.notes = append(r.x.notes, attrs...) }

// NoteError adds an accident to the request's log record, for an answer that is itself no error page.
func (r *Request) NoteError(err error) { r.x.err = err }

// View runs fn on one consistent snapshot of the database.
func (r *Request) View(fn func(tx *sqldb.Tx) error) error { return r.site.DB.View(r.Context(), fn) }

// Update runs fn in a transaction. It refuses, without running fn, a form whose values cannot be read and a
// form that was kept while its author signed in again: hand its error to Form.Fail as any other. So every
// change that a handler makes must go through Update.
func (r *Request) Update(fn func(tx *sqldb.Tx) error) error {
	if r.broken != nil {
		return r.broken
	}
	return r.site.DB.Update(r.Context(), func(tx *sqldb.Tx) error { return r.withUnfit(fn(tx)) })
}

// Ready is nil when Update would run. A handler that changes something otherwise than through Update, at the
// Desk for one, asks it first.
func (r *Request) Ready() error {
	if r.broken != nil {
		return r.broken
	}
	return r.withUnfit(nil)
}

// IsFetch reports whether a script asked for a part of the page; Fragment is that part's id.
func (r *Request) IsFetch() bool { return r.Fragment() != "" }

// Fragment is the id of the element that a script wants to replace, "" for a whole page.
func (r *Request) Fragment() string { return r.Header.Get("X-Fragment") }

// byItself reports whether the script asked without anybody having pressed anything: work under way is looked at again,
// a field is checked while it is filled.
func (r *Request) byItself() bool { return r.IsFetch() && r.Header.Get("X-By-Itself") != "" }

// Contact reads the identifier of a contact from the path; what is none is a fault.NotFound.
func (r *Request) Contact(name string) (v id.Contact, err error) { return v, pathID(r, name, &v) }

// Letter, see Contact.
func (r *Request) Letter(name string) (v id.Letter, err error) { return v, pathID(r, name, &v) }

// Invitation, see Contact.
func (r *Request) Invitation(name string) (v id.Invitation, err error) { return v, pathID(r, name, &v) }

// Member reads the identifier of somebody of the team, see Contact.
func (r *Request) Member(name string) (v id.Login, err error) { return v, pathID(r, name, &v) }

// Invoice, see Contact.
func (r *Request) Invoice(name string) (v id.Invoice, err error) { return v, pathID(r, name, &v) }

// Document, see Contact.
func (r *Request) Document(name string) (v id.Document, err error) { return v, pathID(r, name, &v) }

// Offer, see Contact.
func (r *Request) Offer(name string) (v id.Offer, err error) { return v, pathID(r, name, &v) }

// Organization, see Contact.
func (r *Request) Organization(name string) (v id.Organization, err error) {
	return v, pathID(r, name, &v)
}

// Session, see Contact.
func (r *Request) Session(name string) (v id.Session, err error) { return v, pathID(r, name, &v) }

// Handover, see Contact.
func (r *Request) Handover(name string) (v id.Handover, err error) { return v, pathID(r, name, &v) }

// Deposit, see Contact.
func (r *Request) Deposit(name string) (v id.Deposit, err error) { return v, pathID(r, name, &v) }

// Dispatch, see Contact.
func (r *Request) Dispatch(name string) (v id.Dispatch, err error) { return v, pathID(r, name, &v) }

// Notice, see Contact.
func (r *Request) Notice(name string) (v id.Notice, err error) { return v, pathID(r, name, &v) }

// Transfer, see Contact.
func (r *Request) Transfer(name string) (v id.Transfer, err error) { return v, pathID(r, name, &v) }

// SupportRequest reads the identifier of a support request, see Contact.
func (r *Request) SupportRequest(name string) (v id.Request, err error) {
	return v, pathID(r, name, &v)
}

// AnswerID reads that of a canned answer, see Contact.
func (r *Request) AnswerID(name string) (v id.Answer, err error) { return v, pathID(r, name, &v) }

// Token, see Contact.
func (r *Request) Token(name string) (v id.Token, err error) { return v, pathID(r, name, &v) }

// Webhook, see Contact.
func (r *Request) Webhook(name string) (v id.Webhook, err error) { return v, pathID(r, name, &v) }

// Delivery reads that of an event to a webhook, see Contact.
func (r *Request) Delivery(name string) (v id.Delivery, err error) { return v, pathID(r, name, &v) }

// File, see Contact.
func (r *Request) File(name string) (v id.File, err error) { return v, pathID(r, name, &v) }

func pathID[K any](r *Request, name string, v *id.Of[K]) error { return readID(r.PathValue(name), v) }

func readID[K any](text string, v *id.Of[K]) (err error) {
	if *v, err = id.Parse[K](text); err != nil {
		return fault.Missing()
	}
	return nil
}

// Query is a value of the address's query, cleaned of what no database takes: bytes that are no UTF-8, and NUL.
func (r *Request) Query(name string) string { return clean(r.URL.Query().Get(name)) }

// QueryOneOf is a value of the query that is one of the words, or "".
func (r *Request) QueryOneOf(name string, words []string) string {
	if value := r.Query(name); slices.Contains(words, value) {
		return value
	}
	return ""
}

// QueryID is any noun's identifier in the query; what is none is zero.
func (r *Request) QueryID(name string) id.UUID { return id.Read(r.Query(name)) }

// QueryInt is a number of the query within bounds, or otherwise when it is missing or none.
func (r *Request) QueryInt(name string, least, most, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < least || n > most {
		return otherwise
	}
	return n
}

// clean makes text fit for both engines. Most is, and costs nothing.
func clean(text string) string {
	if isClean(text) {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

func isClean(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// With is the address of this page with some values of its query changed; args alternate name and value, and
// "" takes a name out. A list's links keep search, size and layout with it.
func (r *Request) With(args ...string) string {
	q := r.URL.Query()
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] == "" {
			q.Del(args[i])
		} else {
			q.Set(args[i], args[i+1])
		}
	}
	if len(q) == 0 {
		return r.URL.EscapedPath()
	}
	return r.URL.EscapedPath() + "?" + q.Encode()
}

// Pick are some values of this page's query, those that say nothing left out.
func (r *Request) Pick(names ...string) url.Values {
	now, some := r.URL.Query(), url.Values{}
	for _, name := range names {
		if value := now.Get(name); value != "" {
			some.Set(name, clean(value))
		}
	}
	return some
}

// Carry takes some values of this page's query along to another address; more alternates name and value. It begins
// with "?" unless there is nothing.
func (r *Request) Carry(names []string, more ...string) string {
	next := r.Pick(names...)
	for i := 0; i+1 < len(more); i += 2 {
		next.Set(more[i], more[i+1])
	}
	if len(next) == 0 {
		return ""
	}
	return "?" + next.Encode()
}

// Office is an address of the back office of the request's workspace: Office("/contacts").
func (r *Request) Office(path string) string { return "/" + r.Workspace.Slug + "/office" + path }

// Portal is an address of the portal of the organisation as whose contact the person came in.
func (r *Request) Portal(path string) string { return portalAddress(r.place) + path }

// Own reports whether an address leads to a page of this installation and nowhere else: a path with one slash
// in front, as browsers read it.
func Own(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(address, "/") &&
		!strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\\r\n\t")
}

// back is the page that the reader looks at: the request's own address if it is a page, else where they came
// from, else the start. A one-time link has its form and its page at one address.
func (r *Request) back() string {
	if r.route.OneTime && !r.IsFetch() || r.Method == http.MethodGet && !r.IsFetch() && r.x.status < 400 {
		return r.URL.RequestURI()
	}
	return cmp.Or(r.CameFrom(), "/")
}

// CameFrom is the address of this installation's page that the person came from, "" if the browser does not say.
func (r *Request) CameFrom() string {
	if u, err := url.Parse(r.Referer()); err == nil && canonicalHost(u.Host, u.Scheme) == r.site.reachable {
		return u.RequestURI()
	}
	return ""
}
