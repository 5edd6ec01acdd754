package sample

import (
	"fmt"
	"strings"
	"time"
)

// Request is what is known of a support request. The words of Source, Kind and State are the database's.
type Request struct {
	Organization int
	Contact      int // for whom: their index
	Kind         string
	Subject      string
	State        string // the one after the last change of Thread, else «new»
	Assignee     int    // somebody of the host's team, by a number from 1 on; 0 = nobody
	Thread       []Entry
	Watchers     []int // beside the contact: of the organisation, each once
}

// Entry is one thing that was said about a request, or done.
type Entry struct {
	Author        int    // the index of a contact, or one of those below
	Source        string // portal, office, mail
	Text          string // of what was said; "" = the state changed
	Before, After string
	Ago           time.Duration // in whole seconds; later ones are nearer, or the same
}

// Those who are no contact.
const (
	Host    = -1 // somebody of the host's team
	Program = -2
)

const (
	asked    = 400 * day // ago, the first request
	patience = 2 * day   // ago at most, the last word about what waits for an answer or was resolved
)

// Request makes the request of an index from 0 to Requests() - 1; it panics on another.
func (d *Dealings) Request(i int) Request {
	s, w := d.source, words()
	r := s.stream(aRequest, i)
	r.next() // was how much is said about it
	q := Request{Organization: d.requests.owner(i), Kind: "technical", State: state(&r)}
	q.Subject = subject(&r, w.technical, w.where)
	if r.percent(18) {
		q.Kind, q.Subject = "administrative", subject(&r, w.administrative, w.where)
	}
	who := s.whom(&r, q.Organization)
	q.Contact = who
	comments := int(d.comments[i+1] - d.comments[i])
	switch guest := s.guest(who); {
	case q.State == "new" && comments > 3:
		q.State = "in_progress"
	case q.State == "withdrawn" && guest == Host:
		q.State = "closed"
	}
	if q.State != "new" && r.percent(80) {
		q.Assignee = 1 + r.below(1000)
	}
	q.tell(&r, w, s.guest(who), comments, ago(i, d.Requests(), asked))
	if r.percent(10) {
		q.Watchers = s.watchers(&r, q.Organization, who)
	}
	return q
}

// state is where a request is now.
func state(r *stream) string {
	switch n := r.below(100); {
	case n < 3:
		return "new"
	case n < 10:
		return "in_progress"
	case n < 14:
		return "waiting_customer"
	case n < 17:
		return "resolved"
	case n < 22:
		return "withdrawn"
	}
	return "closed"
}

func subject(r *stream, what, where []string) string {
	text := what[r.below(len(what))]
	if r.percent(60) {
		text += " " + where[r.below(len(where))]
	}
	if r.percent(25) {
		text += fmt.Sprintf(" (poste %d)", 1+r.below(900))
	}
	return text
}

// whom draws somebody of the organisation whom the portal shows, those who can come in before others.
func (s *Source) whom(r *stream, organization int) int {
	first, n := s.Members(organization)
	drawn := first // the primary contact is never from the public form
	for range 4 {
		j := first + r.below(n)
		c := s.Contact(j)
		if c.invited() {
			return j
		}
		if c.Source != "landing" {
			drawn = j
		}
	}
	return drawn
}

// invited reports whether the contact may come into the portal and read what is theirs.
func (c Contact) invited() bool { return c.Enabled && c.Joined > 0 && c.Authorized > 0 }

// guest is the author of what a contact says: the host writes for those who cannot come in.
func (s *Source) guest(j int) int {
	if s.Contact(j).invited() {
		return j
	}
	return Host
}

func (s *Source) watchers(r *stream, organization, beside int) (list []int) {
	first, n := s.Members(organization)
	for range min(n, 1+r.below(4)) {
		j := first + r.below(n)
		if j != beside && !contains(list, j) && s.Contact(j).invited() {
			list = append(list, j)
		}
	}
	return list
}

func contains(list []int, j int) bool {
	for _, other := range list {
		if other == j {
			return true
		}
	}
	return false
}

// tell writes the thread: the text, so many comments of both sides by turns, and the changes of state between them.
func (q *Request) tell(r *stream, w *lists, guest, comments int, began time.Duration) {
	now := "new"
	say := func(author int) {
		q.Thread = append(q.Thread, Entry{Author: author, Source: source(author, r), Text: remark(r, w)})
	}
	turn := func(author int, to string) {
		if to != now {
			q.Thread = append(q.Thread, Entry{Author: author, Source: source(author, r), Before: now, After: to})
			now = to
		}
	}
	say(guest)
	for n := range comments {
		switch {
		case q.State == "new", now == "waiting_customer", n%2 == 1:
			say(guest)
			if now == "waiting_customer" {
				turn(guest, "in_progress")
			}
		default:
			say(Host)
			if turn(Host, "in_progress"); r.percent(20) {
				turn(Host, "waiting_customer")
			}
		}
	}
	switch q.State {
	case "in_progress":
		turn(Host, "in_progress")
	case "waiting_customer", "resolved":
		turn(Host, q.State)
	case "withdrawn":
		turn(guest, "withdrawn")
	case "closed":
		turn(Host, "resolved")
		turn(Program, "closed")
	}
	q.date(r, began)
}

// date spreads the thread over the time since it began.
func (q *Request) date(r *stream, began time.Duration) {
	end := part(began, r)
	if q.State == "waiting_customer" || q.State == "resolved" {
		end = min(end, part(patience, r))
	}
	last := time.Duration(max(1, len(q.Thread)-1))
	for i := range q.Thread {
		q.Thread[i].Ago = (began - (began-end)/last*time.Duration(i)).Truncate(time.Second)
	}
}

func source(author int, r *stream) string {
	switch {
	case author < 0:
		return "office"
	case r.percent(15):
		return "mail"
	}
	return "portal"
}

// remark is what somebody says: a few sentences.
func remark(r *stream, w *lists) string {
	list := make([]string, 1+r.below(5))
	for i := range list {
		list[i] = w.remarks[r.below(len(w.remarks))]
	}
	return strings.Join(list, " ")
}
