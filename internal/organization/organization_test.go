package organization_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func newHost(t *testing.T, db *sqldb.DB, slug, kind string) actor.Actor {
	t.Helper()
	var w workspace.Workspace
	err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		w, err = workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: "Brenval", Kind: kind})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffAdmin}
}

func create(t *testing.T, db *sqldb.DB, by actor.Actor, in organization.Input) (o organization.Organization, err error) {
	t.Helper()
	err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) { o, err = organization.Create(t.Context(), tx, by, in); return err })
	return o, err
}

func must(t *testing.T, db *sqldb.DB, by actor.Actor, in organization.Input) organization.Organization {
	t.Helper()
	o, err := create(t, db, by, in)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// key is the message on the field, "" if there is none.
func key(err error, field string) string {
	if f := fault.As(err); f != nil {
		for _, x := range f.Fields {
			if x.Name == field {
				return x.Key
			}
		}
	}
	return ""
}

func find(t *testing.T, db *sqldb.DB, by actor.Actor, f organization.Filter) (names []string, part paging.Part[organization.Organization]) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { part, err = organization.Find(t.Context(), tx, by, f); return err })
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range part.Items {
		names = append(names, o.Name)
	}
	return names, part
}

func TestCreate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by, other := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		first := must(t, db, by, organization.Input{Name: "  Ateliers   Corvenne ", SIRET: "812 457 398 00020", City: "Quimper", Website: "corvenne.example", Phone: "02 61 91 40 10"})

		t.Run("it is kept clean, and its SIRET and name are found", func(t *testing.T) {
			if first.Name != "Ateliers Corvenne" || first.SIRET.Plain() != "81245739800020" || first.Website != "https://corvenne.example" || first.CustomerNumber != "" {
				t.Errorf("%+v", first)
			}
		})
		t.Run("a SIRET is unique in the workspace, and free in another", func(t *testing.T) {
			_, err := create(t, db, by, organization.Input{Name: "Autre", SIRET: "81245739800020"})
			if f := fault.As(err); f == nil || f.Kind != fault.Conflict || key(err, "siret") != "organization.siret_taken" || !strings.HasSuffix(f.Fields[0].Link, first.ID.String()) {
				t.Errorf("got %v", err)
			}
			must(t, db, other, organization.Input{Name: "Ailleurs", SIRET: "81245739800020"})
		})
		t.Run("without SIRET and customer number it is given one that nobody typed", func(t *testing.T) {
			must(t, db, by, organization.Input{Name: "Typed", CustomerNumber: "n-00 0001"})
			if o := must(t, db, by, organization.Input{Name: "Given"}); o.CustomerNumber != "N-000002" {
				t.Errorf("%q", o.CustomerNumber)
			}
		})
		t.Run("customer numbers are compared without blanks or case", func(t *testing.T) {
			must(t, db, by, organization.Input{Name: "Un", CustomerNumber: "Ab 12"})
			if _, err := create(t, db, by, organization.Input{Name: "Deux", CustomerNumber: "AB12"}); key(err, "customer_number") != "organization.customer_number_taken" {
				t.Errorf("got %v", err)
			}
		})
		t.Run("a form sent twice makes one, with or without a number", func(t *testing.T) {
			for _, in := range []organization.Input{{Name: "Doublon"}, {Name: "Doublon S", SIRET: "35600000000048"}} {
				in.Submission = id.NewJob().UUID
				if a, b := must(t, db, by, in), must(t, db, by, in); a.ID != b.ID {
					t.Errorf("%s: two", in.Name)
				}
			}
		})
		t.Run("all faults come at once", func(t *testing.T) {
			_, err := create(t, db, by, organization.Input{Name: " ", SIRET: "123", Phone: "1", Website: "javascript:alert(1)", City: strings.Repeat("x", 101)})
			for _, field := range []string{"name", "siret", "phone", "website", "city"} {
				if key(err, field) == "" {
					t.Errorf("nothing on %s (%v)", field, err)
				}
			}
		})
		t.Run("of many at once with one SIRET one is made", func(t *testing.T) {
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					if _, err := create(t, db, by, organization.Input{Name: "Course", SIRET: "73282932000074"}); err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if names, _ := find(t, db, by, organization.Filter{Query: "73282932000074"}); len(names) != 1 {
				t.Error(names)
			}
		})
	})
}

func TestEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by, other := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		o := must(t, db, by, organization.Input{Name: "Corvenne", CustomerNumber: "K1"})
		edit := func(by actor.Actor, in organization.Input) (got organization.Organization, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error { got, err = organization.Edit(t.Context(), tx, by, o.ID, in); return err })
			return got, err
		}
		t.Run("the general information changes, the SIRET does not", func(t *testing.T) {
			got, err := edit(by, organization.Input{Name: "Corvenne SARL", SIRET: "81245739800020", CustomerNumber: "k 1", City: "Brest", Version: 1})
			if err != nil || got.Name != "Corvenne SARL" || !got.SIRET.IsZero() || got.Version != 2 {
				t.Errorf("%+v, %v", got, err)
			}
		})
		t.Run("who saves over somebody else's change is told", func(t *testing.T) {
			if got, err := edit(by, organization.Input{Name: "Autre", CustomerNumber: "K1", Version: 1}); fault.As(err) == nil || fault.As(err).Message.Key != "fault.version" || got.Name != "Corvenne SARL" {
				t.Errorf("%+v, %v", got, err)
			}
		})
		t.Run("the number that identifies its people is not changed by the way", func(t *testing.T) {
			if _, err := edit(by, organization.Input{Name: "", CustomerNumber: "K2", Version: 2}); key(err, "customer_number") == "" || key(err, "name") == "" {
				t.Errorf("got %v", err)
			}
		})
		t.Run("another workspace's does not exist", func(t *testing.T) {
			if _, err := edit(other, organization.Input{Name: "X", Version: 2}); !fault.Is(err, fault.NotFound) {
				t.Errorf("got %v", err)
			}
		})
		t.Run("archived it is hidden, and comes back", func(t *testing.T) {
			archive := func(verb func(*sqldb.Tx) error) {
				if err := db.Update(t.Context(), verb); err != nil {
					t.Fatal(err)
				}
			}
			archive(func(tx *sqldb.Tx) error { _, err := organization.Archive(t.Context(), tx, by, o.ID); return err })
			names, part := find(t, db, by, organization.Filter{})
			hidden, _ := find(t, db, by, organization.Filter{Archived: true})
			if len(names) != 0 || part.Total != 0 || len(hidden) != 1 {
				t.Errorf("%v, %v", names, hidden)
			}
			archive(func(tx *sqldb.Tx) error { _, err := organization.Restore(t.Context(), tx, by, o.ID); return err })
			if names, _ := find(t, db, by, organization.Filter{}); len(names) != 1 {
				t.Error(names)
			}
		})
	})
}

func TestFind(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		for _, in := range []organization.Input{
			{Name: "Ateliers Corvenne", SIRET: "81245739800020", City: "Quimper"},
			{Name: "Verrerie du Loc’h", CustomerNumber: "VL 7", City: "Brest"},
			{Name: "Étude Kerannic", City: "Quimperlé"}} {
			must(t, db, by, in)
		}
		for _, x := range []struct{ says, query, want string }{
			{"by name, accents and case apart", "etude", "Étude Kerannic"},
			{"by SIRET with blanks", "812 457 398", "Ateliers Corvenne"},
			{"by city", "quimper", "Ateliers Corvenne, Étude Kerannic"},
			{"by customer number", "vl7", "Verrerie du Loc’h"},
			{"within the name when nothing begins so", "loc h", "Verrerie du Loc’h"},
			{"nothing", "%", ""},
		} {
			t.Run("found "+x.says, func(t *testing.T) {
				if names, part := find(t, db, by, organization.Filter{Query: x.query}); strings.Join(names, ", ") != x.want || part.Total != len(names) {
					t.Errorf("%v (%d), want %s", names, part.Total, x.want)
				}
			})
		}
		t.Run("in the order that is asked for", func(t *testing.T) {
			for sort, want := range map[organization.Sort]string{
				organization.ByName: "Ateliers Corvenne, Étude Kerannic, Verrerie du Loc’h", organization.ByCity: "Verrerie du Loc’h, Ateliers Corvenne, Étude Kerannic",
				organization.Newest: "Étude Kerannic, Verrerie du Loc’h, Ateliers Corvenne"} {
				if names, _ := find(t, db, by, organization.Filter{Sort: sort}); strings.Join(names, ", ") != want {
					t.Errorf("%s: %v", sort, names)
				}
			}
		})
	})
}
