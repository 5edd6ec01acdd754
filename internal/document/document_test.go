package document_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestCreate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		t.Run("a document is kept as it was typed, with its file and a number", func(t *testing.T) {
			in := whole(document.ForAll)
			in.Title, in.Note = " Convention 2026 ", "Signée le 12.\r\nOriginal au coffre."
			d := s.mustOf(s.staff, s.org, "scan.pdf", in)
			if d.Title != "Convention 2026" || d.Note != "Signée le 12.\nOriginal au coffre." || d.Kind != document.Agreement || d.DatedOn != "2026-11-20" || d.Visibility != document.ForAll || d.Versions != 1 || d.Label() != "DOC-000001" {
				t.Errorf("%+v", d)
			}
			if kept, err := s.get(s.staff, d.ID); err != nil || kept != d {
				t.Errorf("%v %+v", err, kept)
			}
			if list, err := s.versions(s.staff, d.ID); err != nil || len(list) != 1 || list[0].File.Name != "scan.pdf" || list[0].File.Kind != file.PDF {
				t.Errorf("%v %+v", err, list)
			}
		})
		t.Run("several files are several documents, each called as its file is", func(t *testing.T) {
			list, err := s.create(s.staff, s.org, whole(document.ForStaff), s.paper("Contrat_de_mission.pdf"), s.received("notes.du.jour.txt", []byte("Bonjour")), s.received("Fiche", []byte("\x00\x01")))
			if err != nil || len(list) != 3 || list[0].Title != "Contrat de mission" || list[1].Title != "notes.du.jour" || list[2].Title != "Fiche" {
				t.Errorf("%v %+v", err, list)
			}
		})
		t.Run("every fault is told at once, the file's too", func(t *testing.T) {
			in := document.Input{Title: strings.Repeat("x", 151), Kind: "novel", DatedOn: "31/02/2026", Visibility: "everybody", Note: strings.Repeat("x", 2001)}
			_, err := s.create(s.staff, s.org, in)
			want := map[string]string{"": "fault.fields", "title": "name.too_long", "kind": "fault.choice", "dated_on": "day.invalid", "visibility": "fault.choice", "note": "fault.too_long", "files": "document.file_missing"}
			if got := faults(err); !maps.Equal(want, got) {
				t.Error(got)
			}
		})
		t.Run("one title is not several documents'", func(t *testing.T) {
			in := whole(document.ForStaff)
			in.Title = "Les deux"
			if _, err := s.create(s.staff, s.org, in, s.paper("a.pdf"), s.paper("b.pdf")); faults(err)["title"] != "document.title_of_several" {
				t.Error(err)
			}
		})
		t.Run("a vendor takes no file without the word that it holds no health data, nor a version", func(t *testing.T) {
			vendor := s.host("orvane", "vendor")
			org := s.organization(vendor, "Cabinet des Tilleuls")
			if _, err := s.create(vendor, org, whole(document.ForAll), s.paper("a.pdf")); faults(err)["no_health_data"] != "request.health_data" {
				t.Error(err)
			}
			in := whole(document.ForAll)
			in.NoHealthData = true
			d := s.mustOf(vendor, org, "a.pdf", in)
			if _, err := s.addVersion(vendor, d.ID, document.Input{}, s.paper("b.pdf")); faults(err)["no_health_data"] != "request.health_data" {
				t.Error(err)
			}
			if _, err := s.addVersion(vendor, d.ID, document.Input{NoHealthData: true}, s.paper("b.pdf")); err != nil {
				t.Error(err)
			}
		})
		t.Run("the same form sent twice makes its documents once, also when both come at once", func(t *testing.T) {
			before := s.rows("document")
			in := whole(document.ForAll)
			in.Submission = id.NewJob().UUID
			var made [4][]document.Document
			var wg sync.WaitGroup
			for i := range made {
				files := []file.Received{s.paper("eins.pdf"), s.paper("zwei.pdf")}
				wg.Go(func() {
					var err error
					if made[i], err = s.create(s.staff, s.org, in, files...); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			for _, list := range made[1:] {
				if len(list) != 2 || list[0].ID != made[0][0].ID || list[1].ID != made[0][1].ID {
					t.Errorf("%+v", list)
				}
			}
			if n := s.rows("document"); n != before+2 {
				t.Error(n - before)
			}
			if _, err := s.create(s.staff, s.other, in, s.paper("c.pdf")); !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
		t.Run("an organisation of another workspace does not exist, and nobody of an organisation files anything", func(t *testing.T) {
			elsewhere := s.host("tanguy", "school")
			if _, err := s.create(elsewhere, s.org, whole(document.ForAll), s.paper("x.pdf")); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if _, err := s.create(s.of(s.org, actor.PortalSuperAdmin), s.org, whole(document.ForAll), s.paper("x.pdf")); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	})
}

// TestWhoSees names every role for every visibility, of the organisation's own, another's and another workspace's.
func TestWhoSees(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		foreign := s.host("orvane", "school")
		theirs := s.organization(foreign, "Cabinet des Tilleuls")
		staff := func(role actor.Role) actor.Actor {
			return actor.Actor{Kind: actor.Staff, Workspace: s.staff.Workspace, Role: role}
		}
		everybody := map[string]actor.Actor{
			"officer": staff(actor.StaffOfficer), "admin": staff(actor.StaffAdmin), "guest": s.of(s.org, actor.PortalGuest), "user": s.of(s.org, actor.PortalUser),
			"p-admin": s.of(s.org, actor.PortalAdmin), "p-super": s.of(s.org, actor.PortalSuperAdmin),
		}
		sees := map[document.Visibility][]string{
			document.ForStaff: {"officer", "admin"}, document.ForAdmins: {"officer", "admin", "p-admin", "p-super"}, document.ForAll: {"officer", "admin", "p-admin", "p-super", "user"},
		}
		for _, v := range document.Visibilities() {
			own := s.must(string(v), v)
			others := s.mustOf(s.staff, s.other, string(v), whole(v))
			elsewhere := s.mustOf(foreign, theirs, string(v), whole(v))
			for name, by := range everybody {
				t.Run(name+" and what is for "+string(v), func(t *testing.T) {
					wanted := slices.Contains(sees[v], name)
					missing := fault.NotFound
					if name == "guest" {
						missing = fault.Forbidden
					}
					if _, err := s.get(by, own.ID); (err == nil) != wanted || !wanted && !fault.Is(err, missing) {
						t.Error("own", err)
					}
					if _, err := s.get(by, others.ID); (err == nil) != (by.Kind == actor.Staff) || err != nil && !fault.Is(err, missing) {
						t.Error("others", err)
					}
					if _, err := s.get(by, elsewhere.ID); !fault.Is(err, missing) {
						t.Error("elsewhere", err)
					}
					if name == "guest" {
						return
					}
					if titles, part := s.find(by, document.Filter{}); slices.Contains(titles, string(v)) != wanted || part.Total != len(titles) {
						t.Error(titles, part.Total)
					}
					s.view(func(ctx context.Context, tx *sqldb.Tx) error {
						_, err := document.File(ctx, tx, by, own.ID)
						if _, old := document.FileOf(ctx, tx, by, own.ID, 1); (err == nil) != wanted || (old == nil) != wanted {
							t.Error(err, old)
						}
						seen, err := document.Told().See(ctx, tx, by, []id.UUID{own.ID.UUID, others.ID.UUID, elsewhere.ID.UUID})
						if _, told := seen[own.ID.UUID]; told != (wanted && by.Kind == actor.Contact) || len(seen) > 1 {
							t.Error(seen)
						}
						return err
					})
				})
			}
		}
	})
}

func TestEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		d := s.must("scan.pdf", document.ForStaff)
		in := document.Input{Title: "Convention", Kind: "contract", DatedOn: "2026-10-01", Visibility: "all", Note: "Relue", Revision: 1}
		edited, err := s.edit(d.ID, in)
		t.Run("what differs is written, and the journal has it", func(t *testing.T) {
			if err != nil || edited.Title != "Convention" || edited.Kind != document.Contract || edited.Visibility != document.ForAll || edited.Note != "Relue" || edited.Revision != 2 || edited.Versions != 1 {
				t.Errorf("%+v %v", edited, err)
			}
			s.view(func(ctx context.Context, tx *sqldb.Tx) error {
				part, err := journal.Find(ctx, tx, s.staff, journal.Filter{Kind: "document.edited"})
				if err == nil && (len(part.Lines) != 1 || len(part.Lines[0].Changes) != 5) {
					t.Errorf("%+v", part.Lines)
				}
				return err
			})
		})
		t.Run("an old revision is refused with what is there now, but what is there already is confirmed", func(t *testing.T) {
			if _, err := s.edit(d.ID, in); err != nil {
				t.Error(err)
			}
			in.Note = ""
			now, err := s.edit(d.ID, in)
			if f := fault.As(err); f == nil || f.Message.Key != "fault.version" || now != edited {
				t.Error(err, now)
			}
		})
		t.Run("a document has a title", func(t *testing.T) {
			in.Title, in.Revision = " – ", 2
			if _, err := s.edit(d.ID, in); faults(err)["title"] != "fault.required" {
				t.Error(err)
			}
		})
		t.Run("it is found by its new title and by its file's name", func(t *testing.T) {
			for query, n := range map[string]int{"convention": 1, "CONV": 1, "scan": 1, "scan conv": 1, "vention": 0, "%": 0, "_": 0, "convention 2": 0} {
				if titles, _ := s.find(s.staff, document.Filter{Query: query}); len(titles) != n {
					t.Error(query, titles)
				}
			}
		})
		t.Run("who sees it now and did not before is told", func(t *testing.T) {
			if n := s.rows("notice_event WHERE kind = 'document_added' AND detail = '' AND leaders = 1"); n != 1 {
				t.Error(n)
			}
		})
	})
}

func TestVersions(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		d := s.must("un.pdf", document.ForAll)
		user, admin := s.of(s.org, actor.PortalUser), s.of(s.org, actor.PortalAdmin)
		second := s.paper("deux.pdf")
		in := document.Input{Submission: id.NewJob().UUID}
		if _, err := s.addVersion(s.staff, d.ID, in, second); err != nil {
			t.Fatal(err)
		}
		t.Run("a new version is the document, and what it was stays for staff and admins", func(t *testing.T) {
			names := func(by actor.Actor) (names []string) {
				list, err := s.versions(by, d.ID)
				for _, v := range list {
					names = append(names, v.File.Name)
				}
				if err != nil {
					t.Error(err)
				}
				return names
			}
			both := []string{"deux.pdf", "un.pdf"}
			if !slices.Equal(names(s.staff), both) || !slices.Equal(names(admin), both) || !slices.Equal(names(user), both[:1]) {
				t.Error(names(s.staff), names(admin), names(user))
			}
			s.view(func(ctx context.Context, tx *sqldb.Tx) error {
				f, err := document.File(ctx, tx, user, d.ID)
				if _, old := document.FileOf(ctx, tx, user, d.ID, 1); f.Name != "deux.pdf" || !fault.Is(old, fault.NotFound) {
					t.Error(f.Name, old)
				}
				for _, n := range []int64{0, -1, 3} {
					if _, none := document.FileOf(ctx, tx, s.staff, d.ID, n); !fault.Is(none, fault.NotFound) {
						t.Error(n, none)
					}
				}
				return err
			})
		})
		t.Run("the same form sent twice brings one", func(t *testing.T) {
			if now, err := s.addVersion(s.staff, d.ID, in, s.paper("encore.pdf")); err != nil || now.Versions != 2 {
				t.Error(now, err)
			}
		})
		t.Run("what it is already, none, and two at once are refused", func(t *testing.T) {
			for want, files := range map[string][]file.Received{"document.same_file": {s.paper("deux.pdf")}, "document.file_missing": nil, "document.one_version": {s.paper("a.pdf"), s.paper("b.pdf")}} {
				if _, err := s.addVersion(s.staff, d.ID, document.Input{}, files...); faults(err)["files"] != want {
					t.Error(want, err)
				}
			}
		})
		t.Run("of several people's at once each is kept, one after the other", func(t *testing.T) {
			var wg sync.WaitGroup
			for _, name := range []string{"a.pdf", "b.pdf", "c.pdf", "d.pdf"} {
				f := s.paper(name)
				wg.Go(func() {
					if _, err := s.addVersion(s.staff, d.ID, document.Input{Submission: id.NewJob().UUID}, f); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			list, err := s.versions(s.staff, d.ID)
			if err != nil || len(list) != 6 || list[0].N != 6 || slices.ContainsFunc(list, func(v document.Version) bool { return v.File.ID.IsZero() }) {
				t.Errorf("%+v %v", list, err)
			}
		})
		t.Run("nobody of an organisation brings one, and another workspace's document does not exist", func(t *testing.T) {
			if _, err := s.addVersion(admin, d.ID, document.Input{}, s.paper("x.pdf")); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
			if _, err := s.addVersion(s.host("tanguy", "school"), d.ID, document.Input{}, s.paper("x.pdf")); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	})
}

func TestDelete(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		d := s.must("Convention Dupont.pdf", document.ForAll)
		if _, err := s.addVersion(s.staff, d.ID, document.Input{}, s.paper("deux.pdf")); err != nil {
			t.Fatal(err)
		}
		erase := func(of id.Document, reason string) error {
			return s.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := document.Delete(ctx, tx, s.staff, of, reason)
				return err
			})
		}
		t.Run("it takes a reason", func(t *testing.T) {
			for _, reason := range []string{"", "  ", strings.Repeat("x", 201), "a\x00b"} {
				if err := erase(d.ID, reason); faults(err)["reason"] == "" {
					t.Errorf("%q: %v", reason, err)
				}
			}
		})
		t.Run("all versions go, with their files and what the history says of them; the number and the reason stay", func(t *testing.T) {
			if err := erase(d.ID, "Doublon"); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"document", "document_version", "file", "journal_value WHERE content LIKE '%Dupont%'"} {
				if n := s.rows(table); n != 0 {
					t.Error(table, n)
				}
			}
			if n := s.rows("file_gone"); n != 2 {
				t.Error(n)
			}
			s.view(func(ctx context.Context, tx *sqldb.Tx) error {
				part, err := journal.Find(ctx, tx, s.staff, journal.Filter{Kind: "document.deleted"})
				if err == nil && (len(part.Lines) != 1 || part.Lines[0].Comment != "Doublon" || part.Lines[0].Subject.Number != "DOC-000001") {
					t.Errorf("%+v", part.Lines)
				}
				return err
			})
			if err := erase(d.ID, "Doublon"); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("with an organisation go its documents and their files, and no other's", func(t *testing.T) {
			s.must("a.pdf", document.ForAll)
			s.must("b.pdf", document.ForStaff)
			kept := s.mustOf(s.staff, s.other, "c.pdf", whole(document.ForAll))
			officer := s.staff
			officer.Role = actor.StaffOfficer
			for _, by := range []actor.Actor{officer, s.of(s.org, actor.PortalSuperAdmin), s.host("tanguy", "school")} {
				if err := s.try(func(ctx context.Context, tx *sqldb.Tx) error { return document.DeleteOrganization(ctx, tx, by, s.org) }); err == nil {
					t.Error(by)
				}
			}
			s.update(func(ctx context.Context, tx *sqldb.Tx) error {
				return document.DeleteOrganization(ctx, tx, s.staff, s.org)
			})
			if documents, files, gone := s.rows("document"), s.rows("file"), s.rows("file_gone"); documents != 1 || files != 1 || gone != 4 {
				t.Error(documents, files, gone)
			}
			if _, err := s.get(s.staff, kept.ID); err != nil {
				t.Error(err)
			}
		})
	})
}
