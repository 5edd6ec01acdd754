package words_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// host is a workspace with two organisations.
type host struct {
	*testing.T
	db *sqldb.DB
	by actor.Actor
	at []id.Organization
}

func newHost(t *testing.T, db *sqldb.DB, slug string) *host {
	t.Helper()
	h := &host{T: t, db: db}
	h.update(func(tx *sqldb.Tx) error {
		w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: "École Brenval", Kind: "school"})
		if err != nil {
			return err
		}
		h.by = actor.OfProgram(w.ID)
		h.at = nil
		for _, number := range []string{"81245739800020", "73282932000074"} {
			org, err := organization.Create(t.Context(), tx, h.by, organization.Input{Name: "Ateliers Corvenne", SIRET: number})
			if err != nil {
				return err
			}
			h.at = append(h.at, org.ID)
		}
		return nil
	})
	return h
}

func (h *host) update(fn func(tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.Update(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h *host) add(family, given string) (c contact.Contact) {
	h.Helper()
	h.update(func(tx *sqldb.Tx) (err error) { c, err = h.create(tx, 0, family, given); return err })
	return c
}

func (h *host) create(tx *sqldb.Tx, at int, family, given string) (contact.Contact, error) {
	return contact.Create(h.Context(), tx, h.by, h.at[at], contact.Input{
		Civility: "mr", FamilyName: family, GivenName: given, Phone: "01 99 00 12 34", Email: "p@corvenne.example", Source: contact.Form,
	})
}

// kept are the parts of the workspace's names: the part, the name, which of the two.
func (h *host) kept() (list []string) {
	h.Helper()
	h.update(func(tx *sqldb.Tx) (err error) {
		list, err = sqldb.List(h.Context(), tx, func(row sqldb.Scanner) (string, error) {
			var part, key string
			var given int
			err := row.Scan(&part, &key, &given)
			return fmt.Sprint(part, "/", key, "/", given), err
		}, `SELECT part, key, given FROM name_part WHERE workspace_id = $1 ORDER BY given, key, part`, h.by.Workspace)
		return err
	})
	return list
}

func (h *host) wantKept(want ...string) {
	h.Helper()
	if got := h.kept(); !slices.Equal(got, want) {
		h.Errorf("%q, want %q", got, want)
	}
}

func TestParts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval")
		anne, marc := h.add("Lœuf", "Anne"), h.add("Le Du", "Marc")
		anneAndMarc := []string{"du/le du/0", "e du/le du/0", "le du/le du/0", "euf/loeuf/0", "loeuf/loeuf/0", "oeuf/loeuf/0",
			"anne/anne/1", "nne/anne/1", "arc/marc/1", "marc/marc/1"}
		anneAndMarc = slices.DeleteFunc(anneAndMarc, func(s string) bool { return s == "du/le du/0" }) // two letters
		t.Run("the ends of each name are kept, of three letters at least, folded", func(t *testing.T) {
			h.wantKept(anneAndMarc...)
		})
		again := h.add("LOEUF", "Marc")
		t.Run("who is called as somebody else is adds nothing", func(t *testing.T) {
			h.wantKept(anneAndMarc...)
		})
		t.Run("a base of before gets the same by its migration", func(t *testing.T) {
			text, err := os.ReadFile("../../sqldb/migrations/00034_name_part.sql")
			if err != nil {
				t.Fatal(err)
			}
			_, insert, _ := strings.Cut(string(text), "INSERT INTO name_part")
			insert, _, _ = strings.Cut(insert, ";")
			h.update(func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(t.Context(), `DELETE FROM name_part WHERE workspace_id > 0`); err != nil {
					return err
				}
				_, err := tx.Exec(t.Context(), "INSERT INTO name_part"+insert)
				return err
			})
			h.wantKept(anneAndMarc...)
		})
		other := newHost(t, db, "orvane")
		elsewhere := other.add("Lœuf", "Anne")
		remove := func(h *host, who, successor contact.Contact) {
			t.Helper()
			h.update(func(tx *sqldb.Tx) error { return contact.Delete(t.Context(), tx, h.by, who.ID, successor.ID) })
		}
		t.Run("a name goes with the last of the workspace who bore it, whoever bears it elsewhere", func(t *testing.T) {
			remove(h, again, contact.Contact{})
			h.wantKept(anneAndMarc...)
			remove(h, anne, marc)
			h.wantKept("e du/le du/0", "le du/le du/0", "arc/marc/1", "marc/marc/1")
			other.wantKept("euf/loeuf/0", "loeuf/loeuf/0", "oeuf/loeuf/0", "anne/anne/1", "nne/anne/1")
			remove(other, elsewhere, contact.Contact{})
			other.wantKept()
		})
		t.Run("a rename keeps the new name and forgets the old one", func(t *testing.T) {
			h.update(func(tx *sqldb.Tx) error {
				_, err := contact.Rename(t.Context(), tx, h.by, marc.ID, contact.NewName{FamilyName: "Rio", GivenName: "Marc", Version: marc.Version})
				return err
			})
			h.wantKept("rio/rio/0", "arc/marc/1", "marc/marc/1")
		})
	})
}

// TestPartsAtOnce: somebody is added who is called as the one who is deleted at the same moment.
func TestPartsAtOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval")
		h.add("Nguyen", "Marc") // the primary contact, who stays
		h.update(func(tx *sqldb.Tx) error { _, err := h.create(tx, 1, "Nguyen", "Marc"); return err })
		last := h.add("Dupont", "Zoé")
		for n := range 20 {
			leaving, given := last, string(rune('A'+n))+"lix"
			var all sync.WaitGroup
			errs := make([]error, 2)
			all.Go(func() {
				errs[0] = db.Update(t.Context(), func(tx *sqldb.Tx) error { return contact.Delete(t.Context(), tx, h.by, leaving.ID, id.Contact{}) })
			})
			all.Go(func() {
				errs[1] = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) { last, err = h.create(tx, 1-n%2, "Dupont", given); return err })
			})
			all.Wait()
			if errs[0] != nil || errs[1] != nil {
				t.Fatal(errs)
			}
			if got := h.kept(); !slices.Contains(got, "dupont/dupont/0") || !slices.Contains(got, "ont/dupont/0") {
				t.Fatalf("after %d: %q", n, got)
			}
		}
	})
}
