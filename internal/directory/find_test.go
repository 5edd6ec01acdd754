package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func families(part paging.Part[contact.Listed]) string {
	var list []string
	for _, l := range part.Items {
		list = append(list, l.FamilyName.String())
	}
	return strings.Join(list, ", ")
}

func TestFind(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		school, vendor := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		org := newOrganization(t, db, school, "81245739800020")
		other := newOrganization(t, db, vendor, "81245739800020")
		for _, p := range [][3]string{
			{"Le Gall", "Maëlle", "maelle.legall@corvenne.example"}, {"Gallet", "Anne", "anne@corvenne.example"},
			{"Roussel-Carré", "Étienne", "etienne.roussel@corvenne.example"}, {"Diallo", "Ibrahima", "ibrahima.diallo@corvenne.example"},
			{"Œuvrard", "Gallia", "g.oeuvrard@corvenne.example"}, {"Le Du", "Marie-Inês", "marie@corvenne.example"}} {
			in := person(p[0], p[1])
			in.Email = p[2]
			create(t, db, school, org, in)
		}
		create(t, db, vendor, other, person("Gallois", "Jean"))

		for _, x := range []struct{ says, query, want string }{
			{"by the beginning of the family name, case apart", "GALL", "Gallet, Œuvrard, Le Gall"}, // then by given name, then anywhere
			{"accents and hyphens apart", "roussel carre", "Roussel-Carré"},
			{"by family and given name", "le gall mae", "Le Gall"},
			{"by given and family name", "maelle le", "Le Gall"},
			{"by a word within a name", "inês", "Le Du"}, {"by a short word, whole", "du", "Le Du"}, {"by such a word and the other name", "du mar", "Le Du"}, {"by both in the other order", "marie du", "Le Du"},
			{"ligatures opened", "oeuv", "Œuvrard"},
			{"by e-mail", "etienne.r", "Roussel-Carré"},
			{"by number", "c-4", "Diallo"}, {"by number, whole", "C-000004", "Diallo"}, {"by number, bare", "4", "Diallo"},
			{"by SIRET with blanks", "812 457 398 00020", "Diallo, Gallet, Le Du, Le Gall, Œuvrard, Roussel-Carré"},
			{"by phone, as typed in France", "02 61 91", "Diallo, Gallet, Le Du, Le Gall, Œuvrard, Roussel-Carré"},
			{"by phone, international", "+33 2 61", "Diallo, Gallet, Le Du, Le Gall, Œuvrard, Roussel-Carré"},
			{"by organisation", "atel", "Diallo, Gallet, Le Du, Le Gall, Œuvrard, Roussel-Carré"},
			{"anywhere in the name, when nothing begins so", "uvra", "Œuvrard"}, {"anywhere, accents apart", "ÉLL", "Le Gall"},
			{"anywhere, in this workspace alone", "allo", "Diallo"}, {"anywhere, each of several words", "arr enne", "Roussel-Carré"}, {"anywhere, in both names", "vrar llia", "Œuvrard"},
			{"by three letters at least", "lo", ""},
			{"nothing", "zzz", ""}, {"percent signs are no jokers", "%%%", ""}, {"quotes are text", "' OR 1=1 --", ""},
		} {
			t.Run("found "+x.says, func(t *testing.T) {
				got := find(t, db, school, directory.Filter{Query: x.query})
				if families(got) != x.want || got.Total != len(got.Items) {
					t.Errorf("%q: %s (%d), want %s", x.query, families(got), got.Total, x.want)
				}
			})
		}

		t.Run("a word within a name is found among few matches of a beginning, in an export too", func(t *testing.T) {
			create(t, db, school, org, person("Dupré", "Inès"))
			for _, f := range []directory.Filter{{Query: "ines"}, {Query: "ines", Organization: org}, {Query: "ines", Sort: directory.Newest}} {
				if got := find(t, db, school, f); families(got) != "Dupré, Le Du" {
					t.Errorf("%+v: %s", f, families(got))
				}
			}
			if got := find(t, db, school, directory.Filter{Query: "ines", Organization: newOrganization(t, db, school, "")}); got.Total > 0 {
				t.Errorf("in an organisation that has nobody: %s", families(got))
			}
			var names []string
			err := directory.Each(t.Context(), db, school, directory.Filter{Query: "ines"}, func(e contact.Exported) error {
				names = append(names, e.FamilyName.String())
				return nil
			})
			if got := strings.Join(names, ", "); err != nil || got != "Dupré, Le Du" {
				t.Errorf("%v: %s", err, got)
			}
		})
		t.Run("another name is found by its words, and no more by the former", func(t *testing.T) {
			c := create(t, db, school, org, person("Da Costa", "Rui"))
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := contact.Rename(t.Context(), tx, school, c.ID, contact.NewName{FamilyName: "De Sousa", GivenName: "Rui", Version: c.Version})
				return err
			})
			for query, want := range map[string]string{"sousa": "De Sousa", "sousa ru": "De Sousa", "costa": "", "ous": "De Sousa, Roussel-Carré", "ost": ""} {
				if got := find(t, db, school, directory.Filter{Query: query}); families(got) != want {
					t.Errorf("%q: %s", query, families(got))
				}
			}
			update(t, db, func(tx *sqldb.Tx) error { return contact.Delete(t.Context(), tx, school, c.ID, id.Contact{}) })
			for _, gone := range []string{"sousa", "sous", "ousa"} {
				if got := find(t, db, school, directory.Filter{Query: gone}); got.Total > 0 {
					t.Error(families(got))
				}
			}
		})

		t.Run("filters say what they mean, alone and together with a query", func(t *testing.T) {
			ibrahima := find(t, db, school, directory.Filter{Query: "diallo"}).Items[0]
			update(t, db, func(tx *sqldb.Tx) error { _, err := access.Authorize(t.Context(), tx, school, ibrahima.ID); return err })
			for want, f := range map[string]directory.Filter{
				"Diallo":  {Authorized: "yes"},
				"Gallet":  {Query: "gallet", Authorized: "no", State: contact.WithoutLogin, Role: contact.User, Source: contact.Form, NeverSignedIn: true, Organization: org},
				"":        {State: contact.Active},
				"Œuvrard": {Sort: directory.Newest, Ask: paging.Ask{Size: 12}, Query: "oeuv"},
			} {
				if got := find(t, db, school, f); families(got) != want {
					t.Errorf("%+v: %s, want %s", f, families(got), want)
				}
			}
			update(t, db, func(tx *sqldb.Tx) error {
				anne := find(t, db, school, directory.Filter{Query: "gallet"}).Items[0]
				_, err := tx.Exec(t.Context(), `UPDATE contact SET source = 'portal', credentials_sent_at = 1, login_enabled = 1 WHERE workspace_id = $1 AND id IN ($2, $3)`, school.Workspace, anne.ID, ibrahima.ID)
				return err
			})
			if got := find(t, db, school, directory.Filter{Authorized: directory.Awaiting}); families(got) != "Gallet" {
				t.Errorf("whom the organisation let in and staff have not authorised: %s", families(got))
			}
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE contact SET login_enabled = 0, credentials_sent_at = NULL WHERE workspace_id = $1`, school.Workspace)
				return err
			})
			if got := find(t, db, school, directory.Filter{Authorized: directory.Awaiting}); got.Total != 0 {
				t.Errorf("without a login: %d", got.Total)
			}
			for _, f := range []directory.Filter{{State: contact.Invited}, {State: contact.Disabled}, {Role: contact.SuperAdmin}, {Source: contact.Landing}, {Incomplete: directory.OfBasics}} {
				if got := find(t, db, school, f); got.Total != 0 {
					t.Errorf("%+v: %d", f, got.Total)
				}
			}
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE contact SET phone = NULL WHERE workspace_id = $1 AND id <> $2`, school.Workspace, ibrahima.ID)
				if err == nil {
					_, err = tx.Exec(t.Context(), `UPDATE contact SET phone = '+33142680300' WHERE workspace_id = $1 AND id = $2`, school.Workspace, ibrahima.ID)
				}
				return err
			})
			basics, all := find(t, db, school, directory.Filter{Incomplete: directory.Lacking(false)}), find(t, db, school, directory.Filter{})
			if with := find(t, db, school, directory.Filter{Incomplete: directory.Lacking(true)}); basics.Total != 0 || with.Total != all.Total-1 {
				t.Errorf("without a phone: %d where none is asked for, %d of %d where one is", basics.Total, with.Total, all.Total)
			}
		})
	})
}

func TestParseLabel(t *testing.T) {
	t.Run("a number is read as people write it; digits in groups are a phone's", func(t *testing.T) {
		for typed, want := range map[string]int64{
			"C-000123": 123, "c-123": 123, "123": 123, " C 000 123 ": 123, "000123": 123,
			"01 99 00": 0, "c": 0, "C-0": 0, "12x": 0, "": 0, "1234567890": 0,
		} {
			if n, ok := directory.ParseLabel(typed); n != want && ok || ok != (want > 0) {
				t.Errorf("%q: %d %v", typed, n, ok)
			}
		}
	})
}

func TestPages(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		org := newOrganization(t, db, by, "81245739800020")
		for n := range 30 {
			create(t, db, by, org, person(fmt.Sprintf("Nom%c%c", 'a'+n*7%26, 'a'+n), "Jean"))
		}
		t.Run("by page number and by keyset every contact comes once, in order", func(t *testing.T) {
			for _, sort := range []directory.Sort{directory.ByName, directory.Newest} {
				var byPage, byKey []string
				f := directory.Filter{Sort: sort, Ask: paging.Ask{Page: 1, Size: 12}}
				for range 3 {
					part := find(t, db, by, f)
					byPage = append(byPage, families(part))
					f.Page++
				}
				f.Page = 1
				for range 3 {
					part := find(t, db, by, f)
					byKey = append(byKey, families(part))
					f.After = part.Items[len(part.Items)-1].ID
				}
				if !slices.Equal(byPage, byKey) || strings.Count(strings.Join(byPage, ", "), ",") != 29 {
					t.Errorf("%s: %v, %v", sort, byPage, byKey)
				}
			}
		})
		t.Run("the last pages, which are read from the end, are those that one comes to", func(t *testing.T) {
			for _, sort := range []directory.Sort{directory.ByName, directory.Newest} {
				for _, size := range []int{12, 24} {
					all := find(t, db, by, directory.Filter{Sort: sort, Ask: paging.Ask{Page: 1, Size: 48}}).Items
					for page := 1; page <= 4; page++ {
						part := find(t, db, by, directory.Filter{Sort: sort, Ask: paging.Ask{Page: page, Size: size}})
						from := min((page-1)*size, len(all))
						if want := all[from:min(from+size, len(all))]; !slices.Equal(part.Items, want) {
							t.Errorf("%s, page %d of %d: %v, want %v", sort, page, size, families(part), want)
						}
					}
				}
			}
		})
		t.Run("a page beyond the end is empty and knows the total", func(t *testing.T) {
			part := find(t, db, by, directory.Filter{Ask: paging.Ask{Page: 99, Size: 12}})
			if len(part.Items) != 0 || part.Total != 30 || part.Pages() != 3 {
				t.Errorf("%+v", part)
			}
		})
		t.Run("a search pages through its tiers without gap or repetition", func(t *testing.T) {
			in := person("Zola", "Noméa") // found by given name and by e-mail, listed once
			in.Email = "nomea.zola@corvenne.example"
			create(t, db, by, org, in)
			seen := map[string]bool{}
			for page := 1; page <= 3; page++ {
				part := find(t, db, by, directory.Filter{Query: "nom", Ask: paging.Ask{Page: page, Size: 12}})
				if part.Total != 31 {
					t.Errorf("total %d", part.Total)
				}
				for _, l := range part.Items {
					if seen[l.Label()] {
						t.Errorf("%s twice", l.Label())
					}
					seen[l.Label()] = true
				}
			}
			if len(seen) != 31 {
				t.Errorf("%d of 31", len(seen))
			}
		})
	})
}
