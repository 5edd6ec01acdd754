package offer_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// fill gives the scene's workspace, and another beside it, so many offers in so many organisations; every tenth of the first
// organisation has the contact as its tutor, and every seventh was deposited by them.
func (s *scene) fill(organizations, offers int, tutor contact.Contact) {
	s.Helper()
	states, contracts := offer.States(), offer.Contracts()
	for _, by := range []actor.Actor{s.staff, s.host("orvane", "school")} {
		orgs := []id.Organization{s.org}
		if by != s.staff {
			orgs = nil
		}
		for range organizations {
			orgs = append(orgs, s.organization(by, "Ateliers"))
		}
		var list []offer.Imagined
		for n := range offers {
			o := offer.Imagined{Offer: offer.Offer{
				Organization: orgs[n%len(orgs)], State: states[n%4], Source: offer.Office, Author: offer.Person{Kind: actor.Program},
				Terms: terms.Terms{Title: "Menuisier " + letters(n%600), Contract: contracts[n%len(contracts)], Posts: 1, Place: "Nantes", Description: "x", StartsOn: "2027-09-01"},
			}}
			if n%3 == 0 {
				o.StartsOn = "2024-09-01"
			}
			if by == s.staff && n%len(orgs) == 0 {
				if n%10 == 0 {
					o.Contacts = []offer.Attached{{Row: contact.Row{ID: tutor.ID}, Part: offer.Tutor, Apprentices: 1}}
				}
				if n%7 == 0 {
					o.Author = offer.Person{Kind: actor.Contact, ID: tutor.ID.UUID, Number: tutor.Number}
				}
			}
			list = append(list, o)
		}
		s.update(func(tx *sqldb.Tx) error {
			return offer.AddImagined(s.Context(), tx, actor.OfProgram(by.Workspace), list)
		})
	}
}

// TestPlans looks at how the engines read what the lists ask, on a base that has no statistics yet and on one that has
// (performance.md, trap 1): by an index always.
func TestPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "offer", func(t *testing.T, w *sqldbtest.Watched) {
		s := newScene(t, w.DB, w.Clock)
		tutor := s.person(s.org, contact.Form)
		s.fill(20, 3000, tutor)
		for range 2 {
			for name, f := range s.filters(tutor.ID) {
				w.Plans(t, func() {
					s.find(s.staff, f)
					s.find(s.user, f)
					s.find(s.guest, f)
					s.view(func(tx *sqldb.Tx) error { _, err := offer.Years(t.Context(), tx, s.staff); return err })
					s.view(func(tx *sqldb.Tx) error {
						_, err := offer.Loads(t.Context(), tx, s.staff, offer.Offer{}, tutor.ID)
						return err
					})
				}, func(query, plan string) { judge(t, name, query, plan) })
			}
			w.Analyze(t)
		}
	})
}

// filters are the lists that the pages ask for.
func (s *scene) filters(tutor id.Contact) map[string]offer.Filter {
	_, part := s.find(s.staff, offer.Filter{})
	return map[string]offer.Filter{
		"all": {}, "oldest": {Sort: offer.Oldest}, "page 5": {Ask: paging.Ask{Page: 5, Size: 12}}, "behind": {After: part.Items[5].ID}, "last page": {Ask: paging.Ask{Page: part.Pages(), Size: 24}},
		"pending": {State: offer.Pending}, "contract": {Contract: terms.Apprenticeship}, "active contract": {Contract: terms.Permanent, State: offer.Active}, "year": {Year: 2024},
		"active of a year": {Year: 2024, State: offer.Active}, "organisation": {Organization: s.org}, "pending of an organisation": {Organization: s.org, State: offer.Pending},
		"of a contact": {Contact: tutor}, "own": {Own: true}, "number": {Query: "O-000123"}, "word": {Query: "menuisier"}, "words": {Query: "menuisier nantes"}, "rare word": {Query: "ab"},
		"active words": {Query: "menuisier", State: offer.Active}, "words of an organisation": {Query: "menuisier", Organization: s.org}, "organisation's name": {Query: "ateliers"},
	}
}

// judge fails when a plan walks a table.
func judge(t *testing.T, name, query, plan string) {
	t.Helper()
	for _, walk := range []string{"AUTOMATIC", "SCAN offer\n", "SCAN offer_word\n", "SCAN offer_contact\n", "SCAN f\n", "SCAN o\n", "SCAN organization\n", "Seq Scan on offer", "Seq Scan on organization"} {
		if strings.Contains(plan, walk) {
			t.Errorf("%s: a whole table is walked:\n%s\n%s", name, query, plan)
		}
	}
	if strings.Contains(query, "organization_id = $") && !strings.Contains(query, "number IN") && !strings.Contains(query, "author_id = $2") && !strings.Contains(plan, "offer_organization") && !strings.Contains(plan, "organization_pkey") {
		t.Errorf("%s: one organisation's are sought among all:\n%s\n%s", name, query, plan)
	}
}
