package contact_test

import (
	"fmt"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestPeople(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		school, vendor := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		org, other := newOrganization(t, db, school, "81245739800020"), newOrganization(t, db, school, "")
		create(t, db, school, other, person("Aubin", "Zoé"))
		var all []contact.Contact
		for i := range 30 {
			all = append(all, create(t, db, school, org, person(fmt.Sprintf("Nom %c%c", 'a'+i/26, 'a'+i%26), "Ève")))
		}
		of := func(page, size int) (part paging.Part[contact.Row]) {
			view(t, db, func(tx *sqldb.Tx) (err error) {
				part, err = contact.Of(ctx, tx, school, org, paging.Ask{Page: page, Size: size})
				return err
			})
			return part
		}

		t.Run("an organisation's contacts come by name, page by page, with their number", func(t *testing.T) {
			for _, want := range []struct{ page, size, items, first int }{{1, 12, 12, 0}, {3, 12, 6, 24}, {2, 24, 6, 24}, {1, 48, 30, 0}, {9, 12, 0, 0}} {
				part := of(want.page, want.size)
				if len(part.Items) != want.items || part.Total != 30 || part.More {
					t.Errorf("%+v: %d of %d", want, len(part.Items), part.Total)
				}
				if want.items > 0 && part.Items[0].ID != all[want.first].ID {
					t.Errorf("%+v begins with %s", want, part.Items[0].FamilyName)
				}
			}
		})

		t.Run("the place of a contact is how many stand before it", func(t *testing.T) {
			for i, c := range all {
				view(t, db, func(tx *sqldb.Tx) error {
					n, err := contact.Place(ctx, tx, school, c.Row)
					if n != i {
						t.Errorf("%s: %d, want %d", c.FamilyName, n, i)
					}
					return err
				})
			}
		})

		t.Run("another workspace sees none of them", func(t *testing.T) {
			view(t, db, func(tx *sqldb.Tx) error {
				part, err := contact.Of(ctx, tx, vendor, org, paging.Ask{})
				if part.Total != 0 || len(part.Items) != 0 {
					t.Errorf("%+v", part)
				}
				return err
			})
		})

		t.Run("rows are read many at once, whatever is zero, twice there or another's left out", func(t *testing.T) {
			view(t, db, func(tx *sqldb.Tx) error {
				rows, err := contact.Rows(ctx, tx, school, []id.Contact{all[3].ID, {}, all[3].ID, id.NewContact(), all[5].ID, all[6].ID})
				if len(rows) != 3 || rows[all[5].ID].FamilyName != all[5].FamilyName {
					t.Errorf("%v", rows)
				}
				return err
			})
		})

		t.Run("where nobody is the primary contact, everybody who may become it is listed", func(t *testing.T) {
			view(t, db, func(tx *sqldb.Tx) error {
				list, err := contact.Successors(ctx, tx, school, org, id.Contact{})
				if len(list) != 30 {
					t.Errorf("%d", len(list))
				}
				return err
			})
		})
	})
}

func TestRepeatedForms(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		by := newHost(t, db, "brenval", "school")
		org := newOrganization(t, db, by, "81245739800020")
		c := create(t, db, by, org, person("Le Gall", "Maëlle"))
		edited := person("", "")
		edited.JobTitle, edited.Version = "Tutrice", c.Version
		edit := func(in contact.Input) func(tx *sqldb.Tx) error {
			return func(tx *sqldb.Tx) error { _, err := contact.Edit(ctx, tx, by, c.ID, in); return err }
		}
		rename := func(family string, another bool, version int64) func(tx *sqldb.Tx) error {
			return func(tx *sqldb.Tx) error {
				_, err := contact.Rename(ctx, tx, by, c.ID, contact.NewName{FamilyName: family, GivenName: "Maëlle", Another: another, Version: version})
				return err
			}
		}

		t.Run("a sheet that is sent twice is saved once and refused never", func(t *testing.T) {
			update(t, db, edit(edited))
			update(t, db, edit(edited))
			if now := get(t, db, by, c.ID); now.Version != c.Version+1 || now.JobTitle != "Tutrice" {
				t.Errorf("%+v", now)
			}
		})
		t.Run("a sheet of an old version that wants something else is refused", func(t *testing.T) {
			edited.JobTitle = "Gérante"
			refused(t, db, fault.Conflict, "", "fault.version", edit(edited))
		})
		t.Run("so with a name", func(t *testing.T) {
			version := get(t, db, by, c.ID).Version
			update(t, db, rename("Le Goff", true, version))
			update(t, db, rename("Le Goff", true, version))
			refused(t, db, fault.Conflict, "", "fault.version", rename("Le Guen", false, version))
			if now := get(t, db, by, c.ID); now.Version != version+1 || now.FamilyName.String() != "Le Goff" {
				t.Errorf("%+v", now)
			}
		})
		t.Run("so with an organisation", func(t *testing.T) {
			in := organization.Input{Name: "Ateliers Corvenne SA", Version: getOrganization(t, db, by, org).Version}
			change := func(in organization.Input) func(tx *sqldb.Tx) error {
				return func(tx *sqldb.Tx) error { _, err := organization.Edit(ctx, tx, by, org, in); return err }
			}
			update(t, db, change(in))
			update(t, db, change(in))
			in.City = "Brest"
			refused(t, db, fault.Conflict, "", "fault.version", change(in))
		})
		t.Run("so with its numbers", func(t *testing.T) {
			admin := by
			in := organization.Identity{SIRET: "73282932000074", Reason: "erreur de saisie", Version: getOrganization(t, db, by, org).Version}
			change := func(in organization.Identity) func(tx *sqldb.Tx) error {
				return func(tx *sqldb.Tx) error { _, err := contact.Identify(ctx, tx, admin, org, in); return err }
			}
			update(t, db, change(in))
			update(t, db, change(in))
			in.SIRET = "81245739800020"
			refused(t, db, fault.Conflict, "", "fault.version", change(in))
		})
		t.Run("a refusal that tells of an account is known by its message", func(t *testing.T) {
			create(t, db, by, org, person("Diallo", "Maëlle"))
			err := db.Update(ctx, rename("Diallo", false, get(t, db, by, c.ID).Version))
			if !contact.TellsOfAccount(err) || contact.TellsOfAccount(fault.Missing()) || contact.TellsOfAccount(nil) {
				t.Error(err)
			}
		})
	})
}
