package directory_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// through is somebody of the portal who came in through the contact.
func through(by actor.Actor, c contact.Contact, role actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Contact, Workspace: by.Workspace, Login: id.NewLogin(), Contact: c.ID, Organization: c.Organization, Role: role}
}

func colleagues(t testing.TB, db *sqldb.DB, by actor.Actor, f directory.Filter) (part paging.Part[contact.Neighbour]) {
	t.Helper()
	view(t, db, func(tx *sqldb.Tx) (err error) {
		part, err = directory.Colleagues(t.Context(), tx, by, f)
		return err
	})
	return part
}

// called are the names on a page.
func called(part paging.Part[contact.Neighbour]) string {
	var names []string
	for _, n := range part.Items {
		names = append(names, n.FamilyName.String()+" "+n.GivenName.String())
	}
	return strings.Join(names, ", ")
}

func TestColleagues(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		org, beside := newOrganization(t, db, by, "81245739800020"), newOrganization(t, db, by, "35600000000048")
		elle := create(t, db, by, org, person("Le Gall", "Maëlle"))
		costa := create(t, db, by, org, person("Da Costa", "Émile-Jean"))
		create(t, db, by, beside, person("Le Gall", "Ailleurs"))
		depositor := person("Dépôt", "Paul")
		depositor.Source = contact.Landing
		paul := create(t, db, by, org, depositor)
		user, admin := through(by, elle, actor.PortalUser), through(by, elle, actor.PortalAdmin)

		t.Run("they are one’s own organisation’s alone, by name or newest first", func(t *testing.T) {
			if got := called(colleagues(t, db, user, directory.Filter{Organization: beside})); got != "Da Costa Émile-Jean, Le Gall Maëlle" {
				t.Error(got)
			}
			if got := called(colleagues(t, db, user, directory.Filter{Sort: directory.Newest})); got != "Da Costa Émile-Jean, Le Gall Maëlle" {
				t.Error(got)
			}
		})
		t.Run("a search finds names by their beginnings, accents, hyphens and order apart, and the number", func(t *testing.T) {
			for query, want := range map[string]string{
				"legall": "", "le gall": "Le Gall Maëlle", "LE-G": "Le Gall Maëlle", "maelle le": "Le Gall Maëlle", "le gall ma": "Le Gall Maëlle", "maë": "Le Gall Maëlle",
				"gall": "Le Gall Maëlle", "cos": "Da Costa Émile-Jean", "costa em": "Da Costa Émile-Jean", "emile costa": "Da Costa Émile-Jean", "jean da": "Da Costa Émile-Jean",
				"all": "", "jean": "Da Costa Émile-Jean", "gall em": "", "ga": "", "émile-j": "Da Costa Émile-Jean", "em da c": "Da Costa Émile-Jean", "da costa emile": "Da Costa Émile-Jean",
				costa.Label(): "Da Costa Émile-Jean", strings.ToLower(costa.Label()): "Da Costa Émile-Jean",
				fmt.Sprintf("c-%d", costa.Number): "Da Costa Émile-Jean", fmt.Sprint(costa.Number): "Da Costa Émile-Jean",
				"%": "", "_": "", "'": "", paul.Label(): "", "depot": "", "ailleurs": "", " ": "Da Costa Émile-Jean, Le Gall Maëlle",
			} {
				if got := called(colleagues(t, db, user, directory.Filter{Query: query})); got != want {
					t.Errorf("%q: %q, want %q", query, got, want)
				}
			}
		})
		t.Run("who deposited an offer is there once the workspace has authorised them", func(t *testing.T) {
			read := func() error {
				return db.View(t.Context(), func(tx *sqldb.Tx) error { _, err := contact.Colleague(t.Context(), tx, admin, paul.ID); return err })
			}
			if err := read(); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			update(t, db, func(tx *sqldb.Tx) error {
				return contact.Imagine(t.Context(), tx, actor.OfProgram(by.Workspace), paul.ID, contact.Past{Role: contact.User, AuthorizedAt: tx.Now(), AuthorizedBy: by.Login})
			})
			if err := read(); err != nil {
				t.Error(err)
			}
			if got := colleagues(t, db, user, directory.Filter{}); got.Total != 3 {
				t.Error(called(got))
			}
		})
		t.Run("pages follow one another, and count them all", func(t *testing.T) {
			seen := map[id.Contact]bool{}
			for n := range 30 {
				create(t, db, by, org, person("Zo"+string(rune('a'+n%26)), fmt.Sprintf("Zoé %c", 'a'+n/26)))
			}
			for page := 1; page <= 3; page++ {
				part := colleagues(t, db, user, directory.Filter{Ask: paging.Ask{Page: page, Size: 12}})
				if part.Total != 33 || part.More {
					t.Errorf("page %d: %d, %t", page, part.Total, part.More)
				}
				for _, n := range part.Items {
					seen[n.ID] = true
				}
			}
			if len(seen) != 33 {
				t.Error(len(seen))
			}
			if beyond := colleagues(t, db, user, directory.Filter{Ask: paging.Ask{Page: 9, Size: 12}}); len(beyond.Items) > 0 || beyond.Total != 33 {
				t.Error(beyond)
			}
		})
		t.Run("whom a name means is told whole, however many, in the order of the pages", func(t *testing.T) {
			for n := range 30 {
				create(t, db, by, org, person(fmt.Sprintf("Zo %c", 'a'+n%26), fmt.Sprintf("Zoé y%c", 'a'+n/26)))
			}
			view(t, db, func(tx *sqldb.Tx) error {
				list, err := directory.Whom(t.Context(), tx, user, directory.Filter{Query: "zo"})
				first := colleagues(t, db, user, directory.Filter{Query: "zo", Ask: paging.Ask{Size: 12}}).Items
				if len(list) != 60 || list[0] != first[0].ID || list[11] != first[11].ID {
					t.Errorf("%d", len(list))
				}
				one, _ := directory.Whom(t.Context(), tx, user, directory.Filter{Query: costa.Label()})
				if len(one) != 1 || one[0] != costa.ID {
					t.Errorf("%v", one)
				}
				return err
			})
		})
		t.Run("how somebody comes in is for admins, and for oneself", func(t *testing.T) {
			update(t, db, func(tx *sqldb.Tx) error {
				return contact.Imagine(t.Context(), tx, actor.OfProgram(by.Workspace), costa.ID, contact.Past{
					Role: contact.Admin, LoginEmail: costa.Email, LoginEnabled: true, CredentialsSentAt: tx.Now(), AuthorizedAt: tx.Now(), LastSignInAt: tx.Now(),
				})
			})
			for _, reader := range []struct {
				by    actor.Actor
				knows bool
			}{{user, false}, {admin, true}, {through(by, costa, actor.PortalUser), true}} {
				var c contact.Contact
				view(t, db, func(tx *sqldb.Tx) (err error) {
					c, err = contact.Colleague(t.Context(), tx, reader.by, costa.ID)
					return err
				})
				row := colleagues(t, db, reader.by, directory.Filter{Query: "da costa"}).Items[0]
				if c.Role != contact.Admin || c.Email != costa.Email || row.Role != contact.Admin {
					t.Errorf("%+v", c)
				}
				if known := !c.LoginEmail.IsZero() || !c.LastSignInAt.IsZero() || c.Source != "" || c.LoginEnabled || row.LoginEnabled || !row.CredentialsSentAt.IsZero(); known != reader.knows {
					t.Errorf("%t: %+v %+v", reader.knows, c, row)
				}
			}
		})
	})
}

// The total of an organisation is how many it has, however they came and went.
func TestOwnTotal(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		org, beside := newOrganization(t, db, by, "81245739800020"), newOrganization(t, db, by, "35600000000048")
		elle := create(t, db, by, org, person("Le Gall", "Maëlle"))
		var list []contact.Addition
		update(t, db, func(tx *sqldb.Tx) error {
			w, err := workspace.Get(t.Context(), tx, by.Workspace)
			if err != nil {
				return err
			}
			for n := range 30 {
				c, err := person(fmt.Sprintf("Nom%c", 'a'+n), "Luc").Parse(w)
				if err != nil {
					return err
				}
				at, err := organization.Get(t.Context(), tx, by, []id.Organization{org, beside}[n%2])
				if err != nil {
					return err
				}
				list = append(list, contact.Addition{Contact: c, At: at})
			}
			return contact.AddAll(t.Context(), tx, actor.OfProgram(by.Workspace), contact.Form, list)
		})
		total := func(want int) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				n, err := contact.OwnTotal(t.Context(), tx, through(by, elle, actor.PortalUser))
				if err != nil {
					return err
				}
				kept, err := sqldb.One(t.Context(), tx, sqldb.Value[int], `SELECT count(*) FROM contact WHERE workspace_id = $1 AND organization_id = $2`, by.Workspace, org)
				if n != want || kept != want {
					t.Errorf("%d, in truth %d, want %d", n, kept, want)
				}
				return err
			})
		}
		total(16)
		update(t, db, func(tx *sqldb.Tx) error { return contact.Delete(t.Context(), tx, by, list[0].ID, id.Contact{}) })
		total(15)
		update(t, db, func(tx *sqldb.Tx) error { _, err := contact.Archive(t.Context(), tx, by, org); return err })
		update(t, db, func(tx *sqldb.Tx) error { return contact.Delete(t.Context(), tx, by, list[2].ID, id.Contact{}) })
		total(14)
	})
}

// Who may not see a contact reads of none, whoever it is.
func TestColleaguesOfOthers(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by, other := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		own := create(t, db, by, newOrganization(t, db, by, "81245739800020"), person("Le Gall", "Maëlle"))
		beside := create(t, db, by, newOrganization(t, db, by, "35600000000048"), person("Petit", "Anne"))
		far := create(t, db, other, newOrganization(t, db, other, ""), person("Roux", "Luc"))
		read := func(who actor.Actor, of id.Contact) error {
			return db.View(t.Context(), func(tx *sqldb.Tx) error { _, err := contact.Colleague(t.Context(), tx, who, of); return err })
		}
		t.Run("of another organisation or workspace there is none", func(t *testing.T) {
			for _, c := range []id.Contact{beside.ID, far.ID, id.NewContact()} {
				if err := read(through(by, own, actor.PortalSuperAdmin), c); !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
			}
		})
		t.Run("guests and the team are not asked in", func(t *testing.T) {
			for _, who := range []actor.Actor{through(by, own, actor.PortalGuest), by, {}} {
				list := func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := directory.Colleagues(ctx, tx, who, directory.Filter{})
					return err
				}
				err := db.View(t.Context(), func(tx *sqldb.Tx) error { return list(t.Context(), tx) })
				if one := read(who, own.ID); !fault.Is(err, fault.Forbidden) || !fault.Is(one, fault.Forbidden) {
					t.Error(err, one)
				}
			}
		})
	})
}

// TestColleaguesPlans is TestPlans for the people of one organisation: all is read off its own index.
func TestColleaguesPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "contact", func(t *testing.T, w *sqldbtest.Watched) {
		by, org := fill(t, w.DB, "brenval")
		fill(t, w.DB, "orvane")
		user := through(by, create(t, w.DB, by, org, person("Le Gall", "Maëlle")), actor.PortalUser)
		for round := range 4 { // without statistics and with them, nobody unseen and somebody
			w.Plans(t, func() {
				for _, f := range []directory.Filter{
					{}, {Ask: paging.Ask{Page: 5, Size: 12}}, {Sort: directory.Newest}, {Query: "noma"}, {Query: "prenomb noma"}, {Query: " "}, {Query: "zzz"}, {Query: "C-12"},
					{Query: "costa"}, {Query: "costa prenom"}, {Query: "n", Sort: directory.Newest}, {Query: "noma", Ask: paging.Ask{Page: 2, Size: 12}},
				} {
					colleagues(t, w.DB, user, f)
				}
			}, func(query, plan string) { ofColleagues(t, w.Engine, query, plan) })
			if round == 1 {
				depositor := person("Dépôt", "Paul")
				depositor.Source = contact.Landing
				create(t, w.DB, by, org, depositor)
			}
			w.Analyze(t)
		}
	})
}

// ofColleagues fails when a plan walks more than the organisation's own, or sorts them.
func ofColleagues(t *testing.T, engine, query, plan string) {
	t.Helper()
	if strings.Contains(plan, "SCAN contact\n") || strings.Contains(plan, "Seq Scan on contact") {
		t.Errorf("a whole table is walked:\n%s\n%s", query, plan)
	}
	if engine == "postgres" {
		return
	}
	if strings.Contains(query, "contact_word") && (!strings.Contains(plan, "contact_word_organization") || !strings.Contains(plan, "contact_1 (workspace_id=? AND id=?)")) {
		t.Errorf("words are not read off the organisation's, or all of it is walked for them:\n%s\n%s", query, plan)
	}
	if strings.Contains(query, "ORDER BY given_key") && (!strings.Contains(plan, "contact_organization_given") || strings.Contains(plan, "TEMP B-TREE")) {
		t.Errorf("not read in the order of the organisation's given names:\n%s\n%s", query, plan)
	}
	byName := strings.Contains(query, "ORDER BY family_key") && !strings.Contains(query, " OFFSET ") // the newest too
	if byName && (!strings.Contains(plan, "contact_organization") && !strings.Contains(query, "number =") || strings.Contains(plan, "TEMP B-TREE")) {
		t.Errorf("not read in the order of the organisation's index:\n%s\n%s", query, plan)
	}
}

// The newest of an organisation are found among its own, whoever else came since.
func TestNewestColleagues(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		org, beside := newOrganization(t, db, by, "81245739800020"), newOrganization(t, db, by, "35600000000048")
		var made []string
		for n := range 15 {
			c := create(t, db, by, org, person(fmt.Sprintf("Nom%c", 'a'+n*7%15), "Luc"))
			create(t, db, by, beside, person(fmt.Sprintf("Nom%c", 'a'+n), "Ailleurs"))
			made = append([]string{c.FamilyName.String() + " Luc"}, made...)
		}
		user := through(by, create(t, db, by, org, person("Petit", "Anne")), actor.PortalUser)
		t.Run("they come last made first, page by page, each once", func(t *testing.T) {
			var got []string
			for page := 1; page <= 2; page++ {
				part := colleagues(t, db, user, directory.Filter{Query: "nom", Sort: directory.Newest, Ask: paging.Ask{Page: page, Size: 12}})
				if part.Total != 15 || part.More {
					t.Errorf("page %d: %d, %t", page, part.Total, part.More)
				}
				got = append(got, called(part))
			}
			if strings.Join(got, ", ") != strings.Join(made, ", ") {
				t.Errorf("%v\nwant %v", got, made)
			}
		})
		t.Run("past the last page there is nobody, and as many as there are", func(t *testing.T) {
			if part := colleagues(t, db, user, directory.Filter{Sort: directory.Newest, Ask: paging.Ask{Page: 3, Size: 12}}); len(part.Items) > 0 || part.Total != 16 {
				t.Error(called(part), part.Total)
			}
		})
	})
}
