package docket_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// random makes so many requests at random, and gives them as they were made.
func (h *host) random(crowd int, requests int) (all []request.Imagined) {
	h.Helper()
	people := h.people(crowd)
	dice := rand.New(rand.NewPCG(20, 11))
	pick := func(list []string) string { return list[dice.IntN(len(list))] }
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		all = nil
		for range requests {
			of := dice.IntN(len(people))
			person := func(n int) request.Person {
				c := people[of/3*3+n%3] // of the same organisation
				return request.Person{Kind: actor.Contact, ID: c.ID.UUID, Number: c.Number}
			}
			r := request.Imagined{Request: request.Request{
				Organization: people[of].Organization, For: person(of), Author: person(of), Source: request.Portal,
				Kind:    []request.Kind{request.Technical, request.Administrative}[dice.IntN(2)],
				State:   request.States()[dice.IntN(len(request.States()))],
				Subject: fmt.Sprintf("%s %s du poste %d", pick([]string{"Écran", "Imprimante", "Accès"}), pick([]string{"noir", "bloqué", "d’Œuvre"}), dice.IntN(20)),
			}}
			if dice.IntN(4) == 0 {
				r.Author = person(dice.IntN(3))
			}
			if dice.IntN(4) == 0 {
				if w := person(dice.IntN(3)); w.ID != r.For.ID && w.ID != r.Author.ID {
					r.Watchers = []id.Contact{{UUID: w.ID}}
				}
			}
			if n := dice.IntN(4); n < 3 {
				r.Assignee = request.Person{Kind: actor.Staff, ID: h.team[n].UUID}
			}
			at := tx.Now() - sqldb.Time(dice.IntN(10)*int(time.Hour/time.Microsecond)) // many at the same time
			for k := range 1 + dice.IntN(3) {
				r.Thread = append(r.Thread, request.Entry{Kind: request.Comment, Author: r.Author, Source: request.Portal, At: at + sqldb.Time(k), Text: "Bonjour"})
			}
			all = append(all, r)
		}
		return request.AddImagined(ctx, tx, actor.OfProgram(h.staff.Workspace), all)
	})
	return all
}

// enter has somebody of an organisation come in with a login, as the three gates ask.
func (h *host) enter(by *actor.Actor) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		by.Login = h.team[2]
		return contact.Imagine(ctx, tx, actor.OfProgram(by.Workspace), by.Contact, contact.Past{
			Role: contact.Admin, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: by.Login, AuthorizedAt: tx.Now(),
		})
	})
}

// reference says of some requests, in plain words, which of them a filter means and in which order.
type reference []request.Imagined

func (all reference) find(by actor.Actor, f docket.Filter) (numbers []int64) {
	var found []request.Imagined
	for _, r := range all {
		if seen(by, r) && meant(by, f, r) && says(r, f.Query) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b request.Imagined) int {
		switch {
		case f.Sort == docket.Oldest:
			return cmp.Compare(a.Number, b.Number)
		case f.Sort == docket.Activity:
			return cmp.Or(cmp.Compare(b.ActivityAt, a.ActivityAt), cmp.Compare(b.Number, a.Number))
		case f.Sort == docket.Queue && by.Kind == actor.Staff:
			return cmp.Or(cmp.Compare(a.WaitsSince, b.WaitsSince), cmp.Compare(a.Number, b.Number))
		}
		return cmp.Compare(b.Number, a.Number)
	})
	for _, r := range found {
		numbers = append(numbers, r.Number)
	}
	return numbers
}

// seen: staff see all, an admin the organisation's, a user what is for, by or watched by them.
func seen(by actor.Actor, r request.Imagined) bool {
	switch {
	case by.Kind == actor.Staff:
		return true
	case by.Role == actor.PortalAdmin:
		return r.Organization == by.Organization
	}
	return r.For.ID == by.Contact.UUID || r.Author.ID == by.Contact.UUID || slices.Contains(r.Watchers, by.Contact)
}

// meant: what only staff ask for means nothing from anybody else.
func meant(by actor.Actor, f docket.Filter, r request.Imagined) bool {
	open := r.State == request.New || r.State == request.InProgress || r.State == request.WaitingCustomer
	waits := r.State == request.New || r.State == request.InProgress
	ok := (f.State == "" || f.State == r.State || f.State == docket.OpenOnes && open) &&
		(f.Kind == "" || f.Kind == r.Kind) && (f.Contact.IsZero() || f.Contact.UUID == r.For.ID)
	if by.Kind != actor.Staff {
		return ok
	}
	return ok && (f.Organization.IsZero() || f.Organization == r.Organization) && (f.Assignee.IsZero() || f.Assignee.UUID == r.Assignee.ID) &&
		(!f.Unassigned || r.Assignee.ID.IsZero()) && (!f.Waiting && f.Sort != docket.Queue || waits)
}

var (
	labelled = regexp.MustCompile(`^[dD] *-?0*([0-9]+)$`)
	bare     = regexp.MustCompile(`^0*([0-9]+)$`)
	plain    = strings.NewReplacer("é", "e", "É", "e", "è", "e", "œ", "oe", "Œ", "oe")
)

// says: a number, or every word begins a word of the subject.
func says(r request.Imagined, query string) bool {
	query = strings.TrimSpace(query)
	if m := labelled.FindStringSubmatch(query); m != nil {
		return m[1] == strconv.FormatInt(r.Number, 10)
	}
	if m := bare.FindStringSubmatch(query); m != nil && m[1] == strconv.FormatInt(r.Number, 10) {
		return true
	}
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(plain.Replace(s)), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	}
	asked := words(query)
	for _, w := range asked {
		if !slices.ContainsFunc(words(r.Subject), func(has string) bool { return strings.HasPrefix(has, w) }) {
			return false
		}
	}
	return query == "" || len(asked) > 0
}

// tables are the searches, filters and orders that are asked with one another.
func (h *host) tables() (queries []string, filters []docket.Filter, orders []docket.Order) {
	queries = []string{"", "ÉCR", "poste 1", "oeuv acc", "7", "D-000012", "d 12", "% _"}
	filters = []docket.Filter{
		{}, {State: docket.OpenOnes}, {Kind: request.Technical}, {Kind: request.Administrative}, {Contact: h.user.Contact}, {Contact: h.user.Contact, State: docket.OpenOnes},
		{Organization: h.org}, {Assignee: h.team[1]}, {Unassigned: true}, {Waiting: true}, {Organization: h.org, Assignee: h.team[0], Kind: request.Technical, State: request.Closed},
	}
	for _, s := range request.States() {
		filters = append(filters, docket.Filter{State: s})
	}
	return queries, filters, []docket.Order{docket.Newest, docket.Oldest, docket.Activity, docket.Queue}
}

// TestTable asks both faces' lists every search with every filter in every order.
func TestTable(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval")
		all := reference(h.random(4, 70))
		h.enter(&h.admin)
		newHost(t, db, "orvane").random(2, 30) // somebody else's, of whom nobody hears
		queries, filters, orders := h.tables()
		for _, by := range []actor.Actor{h.staff, h.admin, h.user} {
			t.Run(fmt.Sprintf("what role %d finds is what the reference says, by page number and by keyset, there and back, and as a file", by.Role), func(t *testing.T) {
				for _, f := range filters {
					for _, f.Query = range queries {
						for _, f.Sort = range orders {
							if h.TB = t; !t.Failed() {
								h.compare(by, f, all.find(by, f))
							}
						}
					}
				}
			})
		}
	})
}

// compare reads the list on every way and holds it against what is wanted.
func (h *host) compare(by actor.Actor, f docket.Filter, want []int64) {
	h.Helper()
	f.Ask = paging.Ask{Page: 1, Size: 12}
	last := max(1, (len(want)+11)/12)
	var rows []request.Listed
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		read := func(way string, g docket.Filter) ([]request.Listed, error) {
			part, err := docket.Find(ctx, tx, by, g)
			page := want[min(len(want), 12*(g.Page-1)):min(len(want), 12*g.Page)]
			if got := numbersOf(part.Items); !slices.Equal(got, page) || part.Total != len(want) || part.More || part.Pages() != last {
				h.Errorf("%d %+v, page %d by %s: %v (%d), want %v (%d)", by.Role, f, g.Page, way, got, part.Total, page, len(want))
			}
			return part.Items, err
		}
		g := f
		for ; g.Page <= last; g.Page++ {
			items, err := read("keyset", g)
			if err != nil {
				return err
			}
			rows = append(rows, items...)
			if len(items) > 0 {
				g.After = items[len(items)-1].ID
			}
		}
		for g.After, g.Page = (id.Request{}), g.Page-1; g.Page > 0; g.Page-- {
			if _, err := read("number", g); err != nil {
				return err
			}
		}
		n, more, err := docket.Count(ctx, tx, by, f)
		if n != len(want) || more {
			h.Errorf("%d %+v: %d counted, want %d", by.Role, f, n, len(want))
		}
		return err
	})
	if by.May(actor.ExportRequests) {
		h.export(by, f, rows)
	}
}

// export holds a file against the rows of the list.
func (h *host) export(by actor.Actor, f docket.Filter, rows []request.Listed) {
	h.Helper()
	var file []request.Listed
	f.Page = 2 // a file has all of them
	err := docket.Each(h.Context(), h.db, by, f, func(l request.Listed) error { file = append(file, l); return nil })
	if err != nil || !reflect.DeepEqual(file, rows) {
		h.Errorf("%d %+v: the file has %v, the list %v: %v", by.Role, f, numbersOf(file), numbersOf(rows), err)
	}
}

func numbersOf(list []request.Listed) (numbers []int64) {
	for _, l := range list {
		numbers = append(numbers, l.Number)
	}
	return numbers
}

// TestFile: a file takes its time, and the lists go on changing meanwhile.
func TestFile(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval")
		h.ask(h.people(3), 1500)
		for _, order := range []docket.Order{docket.Queue, docket.Newest, docket.Activity} {
			t.Run("in the order "+string(order)+" nothing comes twice and nothing is left out, whatever is said and answered while it is written", func(t *testing.T) {
				var want, got []int64
				collect := func(into *[]int64, then func()) func(request.Listed) error {
					return func(l request.Listed) error {
						if *into = append(*into, l.Number); len(*into) == 100 {
							then()
						}
						return nil
					}
				}
				if err := docket.Each(t.Context(), db, h.staff, docket.Filter{Sort: order}, collect(&want, func() {})); err != nil {
					t.Fatal(err)
				}
				err := docket.Each(t.Context(), db, h.staff, docket.Filter{Sort: order}, collect(&got, func() {
					h.update(func(ctx context.Context, tx *sqldb.Tx) error {
						_, err := tx.Exec(ctx, `UPDATE request SET activity_at = activity_at + 1000000000000, waits_since = NULL WHERE workspace_id = $1 AND number % 3 = 0`, h.staff.Workspace)
						return err
					})
				}))
				if err != nil || !slices.Equal(got, want) || len(want) <= 256 {
					t.Errorf("%d of %d: %v", len(got), len(want), err)
				}
			})
		}
		t.Run("it ends with the first error of whoever writes it", func(t *testing.T) {
			full := errors.New("no room left")
			if err := docket.Each(t.Context(), db, h.staff, docket.Filter{}, func(request.Listed) error { return full }); !errors.Is(err, full) {
				t.Error(err)
			}
		})
	})
}
