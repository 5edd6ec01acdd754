package journal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// someone is a contact of an organisation, as the history names them.
func someone(n int) journal.Subject {
	return journal.Subject{Kind: "contact", ID: id.NewContact().UUID, Number: fmt.Sprintf("C-%06d", n)}
}

// as is the contact who does something in the portal.
func as(by actor.Actor, of id.Organization, who journal.Subject, role actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Contact, Workspace: by.Workspace, Login: id.NewLogin(), Contact: id.Contact{UUID: who.ID}, Organization: of, Role: role}
}

func own(t *testing.T, db *sqldb.DB, by actor.Actor, f journal.OwnFilter) (page journal.Page) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { page, err = journal.Own(t.Context(), tx, by, f); return err })
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func kinds(page journal.Page) (list []string) {
	for _, l := range page.Lines {
		list = append(list, l.Kind)
	}
	return list
}

func TestOwn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		staff, other := aHost(t, db, 1, "brenval"), aHost(t, db, 2, "orvane")
		here, there := id.NewOrganization(), id.NewOrganization()
		anne, paul, gone := someone(1), someone(2), someone(3)
		admin, user := as(staff, here, anne, actor.PortalAdmin), as(staff, here, paul, actor.PortalUser)
		tell := func(by actor.Actor, kind string, about journal.Subject, of id.Organization, changes ...journal.Change) {
			t.Helper()
			clock.Pass(time.Hour)
			record(t, db, by, journal.Entry{Kind: kind, Subject: about, Organization: of, Changes: changes, Comment: "entre nous"})
		}
		company := journal.Subject{Kind: "organization", ID: here.UUID}
		tell(staff, "organization.created", company, here, journal.Change{Field: "name", After: "Ateliers"}, journal.Change{Field: "margin", After: "12"})
		tell(staff, "contact.created", anne, here)
		tell(staff, "contact.commented", anne, here)
		tell(staff, "contact.invited", anne, here)
		tell(staff, "journal.exported", company, here)
		tell(staff, "contact.created", gone, here)
		noon := sqldb.At(clock.Now())
		tell(admin, "contact.edited", paul, here, journal.Change{Field: "login_enabled", After: "on"})
		tell(admin, "contact.edited", paul, here, journal.Change{Field: "phone", After: "1"})
		tell(admin, "contact.deleted", gone, here)
		tell(user, journal.SignedIn, paul, here)
		tell(staff, "contact.created", someone(4), there)
		tell(other, "contact.created", someone(5), here) // another workspace's, of a like name

		t.Run("an admin reads what their organisation's people may know of it, newest first, and nothing else", func(t *testing.T) {
			all := []string{journal.SignedIn, "contact.deleted", "contact.edited", "contact.edited", "contact.created", "contact.invited", "contact.created", "organization.created"}
			for size := range 10 {
				var got []string
				f := journal.OwnFilter{Size: size}
				for more := true; more; {
					page := own(t, db, admin, f)
					got = append(got, kinds(page)...)
					f.After, more = page.Next, !page.Next.IsZero()
				}
				if !slices.Equal(got, all) {
					t.Errorf("%d a page: %v", size, got)
				}
			}
		})
		t.Run("neither comments, nor who of the staff it was, nor fields that the portal does not show", func(t *testing.T) {
			for _, l := range own(t, db, admin, journal.OwnFilter{}).Lines {
				if l.Comment != "" || l.ActorKind == actor.Staff && !l.Actor.IsZero() || l.ActorKind == actor.Contact && l.Actor.IsZero() {
					t.Errorf("%+v", l)
				}
				if l.Kind == "organization.created" && (!slices.Equal(l.Fields, []string{"name"}) || len(l.Changes) != 1) {
					t.Errorf("%+v", l)
				}
			}
		})
		t.Run("it can be asked for by group, contact, author and period", func(t *testing.T) {
			for says, c := range map[string]struct {
				f    journal.OwnFilter
				want []string
			}{
				"invitations":              {journal.OwnFilter{Group: "invitation"}, []string{"contact.invited"}},
				"access":                   {journal.OwnFilter{Group: "access"}, []string{"contact.edited"}},
				"changes":                  {journal.OwnFilter{Group: "change"}, []string{"contact.edited", "contact.edited", "contact.created", "contact.created", "organization.created"}},
				"sign-ins":                 {journal.OwnFilter{Group: "sign_in"}, []string{journal.SignedIn}},
				"exports":                  {journal.OwnFilter{Group: "export"}, nil},
				"deletions":                {journal.OwnFilter{Group: "deletion"}, []string{"contact.deleted"}},
				"an unknown group":         {journal.OwnFilter{Group: "comment"}, nil},
				"about somebody":           {journal.OwnFilter{About: []id.UUID{paul.ID}}, []string{journal.SignedIn, "contact.edited", "contact.edited"}},
				"access of somebody":       {journal.OwnFilter{About: []id.UUID{paul.ID}, Group: "access"}, []string{"contact.edited"}},
				"about many":               {journal.OwnFilter{About: crowded(60, paul.ID, anne.ID)}, []string{journal.SignedIn, "contact.edited", "contact.edited", "contact.invited", "contact.created"}},
				"access of many":           {journal.OwnFilter{About: crowded(60, paul.ID), Group: "access"}, []string{"contact.edited"}},
				"about as many as may be":  {journal.OwnFilter{About: crowded(journal.MostAbout-1, paul.ID), Group: "change"}, []string{"contact.edited", "contact.edited"}},
				"many, or by a number":     {journal.OwnFilter{About: crowded(60, paul.ID), Number: gone.Number, Group: "deletion"}, []string{"contact.deleted"}},
				"by somebody, about many":  {journal.OwnFilter{About: crowded(60, paul.ID), Actor: anne.ID}, []string{"contact.edited", "contact.edited"}},
				"about nobody":             {journal.OwnFilter{About: []id.UUID{}}, nil},
				"about who was deleted":    {journal.OwnFilter{Number: gone.Number}, []string{"contact.deleted", "contact.created"}},
				"about nobody's number":    {journal.OwnFilter{Number: "C-000009"}, nil},
				"by somebody":              {journal.OwnFilter{Actor: paul.ID}, []string{journal.SignedIn}},
				"by a member of the staff": {journal.OwnFilter{Actor: staff.Login.UUID}, nil},
				"by the host":              {journal.OwnFilter{By: actor.Staff}, []string{"contact.created", "contact.invited", "contact.created", "organization.created"}},
				"sign-ins by the host":     {journal.OwnFilter{By: actor.Staff, Group: "sign_in"}, nil},
				"by the program":           {journal.OwnFilter{By: actor.Program}, nil},
				"from then on":             {journal.OwnFilter{From: noon, Group: "change"}, []string{"contact.edited", "contact.edited"}},
				"until then":               {journal.OwnFilter{Until: noon, Group: "change"}, []string{"contact.created", "contact.created", "organization.created"}},
			} {
				if got := kinds(own(t, db, admin, c.f)); !slices.Equal(got, c.want) {
					t.Errorf("%s: %v", says, got)
				}
			}
		})
		t.Run("an after that is not of the organisation begins at the newest", func(t *testing.T) {
			for _, after := range []id.Line{id.NewLine(), find(t, db, other, journal.Filter{}).Lines[0].ID} {
				if got := own(t, db, admin, journal.OwnFilter{After: after}); len(got.Lines) != 8 {
					t.Errorf("%v", kinds(got))
				}
			}
		})
		t.Run("who is deleted is told by their number", func(t *testing.T) {
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				numbers, err := journal.OwnDeleted(t.Context(), tx, admin, []id.UUID{gone.ID, anne.ID})
				if len(numbers) != 1 || numbers[gone.ID] != gone.Number {
					t.Errorf("%v", numbers)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		t.Run("a user, a guest, staff and the program read nothing", func(t *testing.T) {
			for _, by := range []actor.Actor{user, as(staff, here, anne, actor.PortalGuest), staff, actor.OfProgram(1), {}} {
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					if _, err := journal.Own(t.Context(), tx, by, journal.OwnFilter{}); err == nil {
						t.Errorf("%+v reads", by)
					}
					if _, err := journal.OwnDeleted(t.Context(), tx, by, []id.UUID{gone.ID}); err == nil {
						t.Errorf("%+v reads numbers", by)
					}
					if err := journal.OwnExported(t.Context(), tx, by, company, 1); err == nil {
						t.Errorf("%+v exports", by)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	})
}

// crowded are so many contacts of whom nothing is told, and these.
func crowded(n int, these ...id.UUID) (list []id.UUID) {
	for range n {
		list = append(list, id.NewContact().UUID)
	}
	return append(list, these...)
}

// TestOwnPlans looks at how the engines read an organisation's history: always by an index of the few lines in question.
func TestOwnPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "SELECT l.id", func(t *testing.T, w *sqldbtest.Watched) {
		staff := aHost(t, w.DB, 1, "brenval")
		var here id.Organization
		var anne journal.Subject
		for range 20 {
			here, anne = id.NewOrganization(), someone(1)
			crowd(t, w.DB, w.Clock, staff, here, anne)
		}
		admin := as(staff, here, anne, actor.PortalAdmin)
		last := own(t, w.DB, admin, journal.OwnFilter{}).Next
		look := func(statistics string) {
			for _, c := range []struct {
				f     journal.OwnFilter
				index string
			}{
				{journal.OwnFilter{}, "journal_line_organization"}, {journal.OwnFilter{After: last}, "journal_line_organization"}, {journal.OwnFilter{Group: "sign_in"}, "journal_line_organization"},
				{journal.OwnFilter{From: 1, Until: sqldb.At(w.Clock.Now())}, "journal_line_organization"},
				{journal.OwnFilter{Group: "deletion"}, "journal_line_acts"}, {journal.OwnFilter{Group: "access", After: last}, "journal_line_acts"},
				{journal.OwnFilter{By: actor.Staff}, "journal_line_acts"}, {journal.OwnFilter{By: actor.Program, Group: "change", From: 1}, "journal_line_acts"},
				{journal.OwnFilter{About: []id.UUID{anne.ID}}, "journal_line_subject"}, {journal.OwnFilter{About: []id.UUID{anne.ID, id.NewContact().UUID}, Group: "access"}, "journal_line_subject"},
				{journal.OwnFilter{About: crowded(2000, anne.ID), Group: "deletion"}, "journal_line_acts"},
				{journal.OwnFilter{Actor: anne.ID}, "journal_line_actor"}, {journal.OwnFilter{Actor: anne.ID, After: last}, "journal_line_actor"},
			} {
				asked := 0
				w.Plans(t, func() { own(t, w.DB, admin, c.f) }, func(query, plan string) {
					asked++
					if !strings.Contains(plan, c.index) || strings.Contains(plan, "Seq Scan on journal") || strings.Contains(plan, "SCAN l\n") {
						t.Errorf("%s, %+v, not by %s:\n%s\n%s", statistics, c.f, c.index, query, plan)
					}
				})
				if asked == 0 {
					t.Errorf("%+v asks nothing", c.f)
				}
			}
		}
		look("without statistics")
		w.Analyze(t)
		look("with statistics")
	})
}

// crowd is an organisation whose people sign in often, and of whom something else is told now and then.
func crowd(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock, staff actor.Actor, of id.Organization, first journal.Subject) {
	t.Helper()
	people := []journal.Subject{first}
	for n := range 30 {
		people = append(people, someone(n+2))
	}
	update(t, db, func(tx *sqldb.Tx) error {
		clock.Pass(time.Minute)
		var acts []journal.Act
		for n := range 400 {
			who := people[n%len(people)]
			acts = append(acts, journal.Act{By: as(staff, of, who, actor.PortalUser), Entry: journal.Entry{Kind: journal.SignedIn, Subject: who, Organization: of}})
			if n%20 == 0 {
				kind := []string{"contact.created", "contact.edited", "contact.deleted"}[n/20%3]
				acts = append(acts, journal.Act{By: staff, Entry: journal.Entry{Kind: kind, Subject: who, Organization: of}})
			}
		}
		return journal.RecordActs(t.Context(), tx, acts)
	})
}
