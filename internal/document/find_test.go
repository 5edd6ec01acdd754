package document_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// fill gives an organisation n invented documents, every one another day, of every kind and visibility.
func (s *scene) fill(of id.Organization, n int) {
	s.Helper()
	list := make([]document.Document, n)
	for i := range list {
		list[i] = document.Document{
			Organization: of, Title: fmt.Sprintf("Fiche %04d", (i*7)%n), Kind: document.Kinds()[i%7], DatedOn: day.Start(2026).Add(-i), Visibility: document.Visibilities()[i%3],
		}
	}
	s.update(func(ctx context.Context, tx *sqldb.Tx) error {
		return document.AddImagined(ctx, tx, actor.OfProgram(s.staff.Workspace), list)
	})
}

func TestFind(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		s.fill(s.org, 90)
		s.fill(s.other, 5)
		t.Run("pages by number and by keyset are the same, in every order", func(t *testing.T) {
			for _, sort := range []document.Sort{document.Newest, document.Oldest, document.ByTitle} {
				var all []string
				var after id.Document
				for page := 1; page <= 4; page++ {
					f := document.Filter{Sort: sort, Ask: paging.Ask{Page: page, Size: 24}}
					byNumber, part := s.find(s.staff, f)
					f.After = after
					if byKey, _ := s.find(s.staff, f); !slices.Equal(byNumber, byKey) || part.Total != 90 {
						t.Error(sort, page, byNumber, byKey)
					}
					after = part.Items[len(part.Items)-1].ID
					all = append(all, byNumber...)
				}
				if sort == document.ByTitle && !slices.IsSorted(all) || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 90 {
					t.Error(sort, all)
				}
			}
			if beyond, _ := s.find(s.staff, document.Filter{Ask: paging.Ask{Page: 9, Size: 24}}); len(beyond) != 0 {
				t.Error(beyond)
			}
		})
		t.Run("filters narrow, and together", func(t *testing.T) {
			for name, want := range map[string]struct {
				f document.Filter
				n int
			}{
				"kind": {document.Filter{Kind: document.Sheet}, 13}, "visibility": {document.Filter{Visibility: document.ForAdmins}, 30}, "year": {document.Filter{Year: 2026}, 1},
				"two": {document.Filter{Visibility: document.ForAll, Kind: document.Other}, 4}, "search": {document.Filter{Query: "fiche 0005"}, 1}, "none": {document.Filter{Year: 1999}, 0},
			} {
				if _, part := s.find(s.staff, want.f); part.Total != want.n || len(part.Items) != min(want.n, 24) {
					t.Error(name, part.Total, len(part.Items))
				}
			}
		})
		t.Run("what somebody asks for is no more than what they see", func(t *testing.T) {
			user, admin := s.of(s.org, actor.PortalUser), s.of(s.org, actor.PortalAdmin)
			for _, v := range document.Visibilities() {
				_, users := s.find(user, document.Filter{Visibility: v, Organization: s.other})
				_, admins := s.find(admin, document.Filter{Visibility: v})
				if want := map[document.Visibility][2]int{document.ForStaff: {0, 0}, document.ForAdmins: {0, 30}, document.ForAll: {30, 30}}[v]; users.Total != want[0] || admins.Total != want[1] {
					t.Error(v, users.Total, admins.Total)
				}
			}
			hidden, _ := s.find(s.staff, document.Filter{Visibility: document.ForStaff, Query: "fiche"})
			if titles, _ := s.find(user, document.Filter{Query: hidden[0]}); len(titles) != 0 {
				t.Error(titles)
			}
		})
		t.Run("the years are those of what the reader sees", func(t *testing.T) {
			s.view(func(ctx context.Context, tx *sqldb.Tx) error {
				staff, err := document.Years(ctx, tx, s.staff, s.org)
				if err != nil {
					return err
				}
				user, err := document.Years(ctx, tx, s.of(s.org, actor.PortalUser), s.other)
				if !slices.Equal(staff, []int{2026, 2025}) || !slices.Equal(user, []int{2025}) {
					t.Error(staff, user)
				}
				return err
			})
		})
	})
}

// TestPlans looks at how the engines read an organisation's list: by its index, with statistics and without.
func TestPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "FROM document", func(t *testing.T, w *sqldbtest.Watched) {
		s := newScene(t, w.DB, w.Clock)
		for range 12 {
			s.fill(s.organization(s.staff, "Ateliers"), 200)
		}
		s.fill(s.org, 300)
		for range 2 {
			for _, f := range []document.Filter{{}, {Sort: document.Oldest}, {Sort: document.ByTitle}, {Kind: document.Sheet}, {Year: 2025, Visibility: document.ForAll}, {Query: "fiche 01"}} {
				w.Plans(t, func() {
					s.find(s.staff, f)
					s.find(s.of(s.org, actor.PortalUser), f)
				}, func(query, plan string) {
					if !strings.Contains(plan, "document_dated") && !strings.Contains(plan, "document_title") || strings.Contains(plan, "SCAN document") || strings.Contains(plan, "Seq Scan") {
						t.Errorf("an organisation's are sought among all:\n%s\n%s", query, plan)
					}
					if w.Engine == "sqlite" && strings.Contains(plan, "TEMP B-TREE") {
						t.Errorf("sorted although an index has the order:\n%s\n%s", query, plan)
					}
				})
			}
			w.Analyze(t)
		}
	})
}

func TestTold(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		events := func(where string) int64 { return s.rows("notice_event WHERE kind = 'document_added' AND " + where) }
		t.Run("of what is for staff nobody is told, of the rest its readers are, once for one form", func(t *testing.T) {
			s.must("a.pdf", document.ForStaff)
			if n := events("1 = 1"); n != 0 {
				t.Error(n)
			}
			s.must("b.pdf", document.ForAdmins)
			if _, err := s.create(s.staff, s.org, whole(document.ForAll), s.paper("c.pdf"), s.paper("d.pdf")); err != nil {
				t.Error(err)
			}
			if one, several := events("detail = '' AND leaders = 1"), events("detail = 'several' AND leaders = 1"); one != 1 || several != 1 {
				t.Error(one, several)
			}
		})
		t.Run("of what is for all its contacts are told whose gates are open", func(t *testing.T) {
			var made contact.Contact
			s.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				made, err = contact.Create(ctx, tx, s.staff, s.org, contact.Input{Civility: "ms", FamilyName: "Sorel", GivenName: "Nora", JobTitle: "Tutrice", Mobile: "06 39 98 12 34", Phone: "02 61 91 40 10", Email: "n@corvenne.example", Source: contact.Form})
				return err
			})
			s.must("e.pdf", document.ForAll)
			if n := events("length(contacts) > 0"); n != 0 {
				t.Error(n)
			}
			s.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET role = 'user', joined_at = 1, login_enabled = 1, authorized_at = 1 WHERE workspace_id = $1 AND id = $2`, s.staff.Workspace, made.ID)
				return err
			})
			d := s.must("f.pdf", document.ForAll)
			if n := events("length(contacts) = 16"); n != 1 {
				t.Error(n)
			}
			if _, err := s.addVersion(s.staff, d.ID, document.Input{}, s.paper("g.pdf")); err != nil || events("detail = 'version' AND length(contacts) = 16") != 1 {
				t.Error(err)
			}
		})
		t.Run("the program can be silent of a past that is made up", func(t *testing.T) {
			if err := s.try(func(ctx context.Context, tx *sqldb.Tx) error { return document.Hush(ctx, tx, s.staff) }); err == nil {
				t.Error("staff")
			}
			s.update(func(ctx context.Context, tx *sqldb.Tx) error {
				return document.Hush(ctx, tx, actor.OfProgram(s.staff.Workspace))
			})
			if n := events("1 = 1"); n != 0 {
				t.Error(n)
			}
		})
	})
}
