package surface

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// documentForm is a form about documents.
func documentForm(v document.Visibility) url.Values {
	return url.Values{"kind": {"agreement"}, "dated_on": {"2026-11-20"}, "visibility": {string(v)}, "submission": {id.NewJob().String()}}
}

// Whatever is filed as a document is given back as what it is and nothing more, to staff and in the portal.
func TestHostileDocuments(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, home := in.visitor(in.school, contact.User, nil)
		user, staff := in.as(who), in.as(in.school.officer)
		for what, f := range hostile(t) {
			t.Run(what, func(t *testing.T) {
				a := staff.withParts("/brenval/office/organizations/"+home.Organization.String()+"/documents", documentForm(document.ForAll), f.parcel)
				a.sound(t, what)
				if a.status != http.StatusSeeOther {
					t.Fatalf("%d %s", a.status, a.text())
				}
				staff.get(a.location()).harmless(t, what)
				at := portalOf(in.school, home) + "/documents" + a.location()[strings.LastIndexByte(a.location(), '/'):]
				user.get(at).harmless(t, what)
				for _, b := range []*browser{staff, user} {
					path := at
					if b == staff {
						path = a.location()
					}
					got := b.get(path + "/file")
					got.harmlessFile(t, f.shown)
					if got.body != f.content {
						t.Error("not as it was sent")
					}
					b.get(path+"/file?save=1").harmlessFile(t, false)
					b.get(path+"/versions/1").harmlessFile(t, f.shown)
				}
			})
		}
	})
}

// What is not for somebody is not there: not by its address, nor by that of a version or of another organisation's portal, nor by
// a filter, a search, or a key of the list.
func TestDocumentsOfOthers(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, home := in.visitor(in.school, contact.User, nil)
		leader, place := in.visitor(in.school, contact.Admin, nil)
		user, admin := in.as(who), in.as(leader)
		hidden := map[string]id.Document{
			"for staff": in.document(in.school, home.Organization, document.ForStaff), "for admins": in.document(in.school, home.Organization, document.ForAdmins),
			"another organisation's": in.document(in.school, place.Organization, document.ForAll), "another workspace's": in.document(in.vendor, in.organization(in.vendor).ID, document.ForAll),
		}
		portal := portalOf(in.school, home) + "/documents"
		for what, of := range hidden {
			t.Run(what, func(t *testing.T) {
				for _, path := range []string{"", "/file", "/file?save=1", "/versions/1"} {
					if a := user.get(portal + "/" + of.String() + path); a.status != http.StatusNotFound || a.shows("Écran noir") {
						t.Errorf("%s: %d", path, a.status)
					}
				}
				for _, query := range []string{"", "?visibility=staff", "?visibility=admins", "?q=ecran", "?after=" + of.String(), "?kind=agreement&year=2026&sort=title"} {
					if a := user.get(portal + query); a.status != http.StatusOK || strings.Contains(a.body, "Écran noir") {
						t.Errorf("%s: %d", query, a.status)
					}
				}
				if a := admin.get(portalOf(in.school, place) + "/documents/" + of.String()); (a.status == http.StatusOK) != (what == "another organisation's") {
					t.Errorf("admin of the other: %d", a.status)
				}
			})
		}
		t.Run("an earlier version, of a document that one sees", func(t *testing.T) {
			of, staff := in.document(in.school, home.Organization, document.ForAll), in.as(in.school.officer)
			if a := staff.withParts("/brenval/office/documents/"+of.String()+"/versions", url.Values{"submission": {id.NewJob().String()}}, parcel{"b.png", "image/png", picture}); a.status != http.StatusSeeOther {
				t.Fatal(a.text())
			}
			for path, status := range map[string]int{"/versions/2": 200, "/file": 200, "/versions/1": 404, "/versions/0": 404, "/versions/02": 404, "/versions/-1": 404, "/versions/x": 404, "/versions/99999999999999999999": 404} {
				if a := user.get(portal + "/" + of.String() + path); a.status != status {
					t.Errorf("%s: %d", path, a.status)
				}
			}
		})
	})
}

// Two who bring versions at once are both kept; what is deleted while others work on it is gone, and leaves nothing.
func TestDocumentRaces(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.as(in.school.officer)
		for range often(4, 60) {
			of := in.document(in.school, in.organization(in.school).ID, document.ForAll)
			at := "/brenval/office/documents/" + of.String()
			version := func(b *browser, i int) answer {
				return b.withParts(at+"/versions", url.Values{"submission": {id.NewJob().String()}}, parcel{fmt.Sprintf("%d.txt", i), "text/plain", fmt.Sprint("Version ", i)})
			}
			answers := together(b, 4, version)
			if got := statuses(answers); !slices.Equal(got, []int{303, 303, 303, 303}) {
				t.Fatalf("%v: %s", got, answers[0].text())
			}
			in.view(func(ctx context.Context, tx *sqldb.Tx) error {
				d, list, err := document.Versions(ctx, tx, in.school.by, of)
				if err == nil && (d.Versions != 5 || len(list) != 5 || slices.ContainsFunc(list, func(v document.Version) bool { return v.File.ID.IsZero() })) {
					t.Errorf("%+v %+v", d, list)
				}
				return err
			})
			acts := []func(b *browser) answer{
				func(b *browser) answer { return b.post(at+"/deletion", url.Values{"reason": {"Doublon"}}) },
				func(b *browser) answer { return b.get(at + "/file") },
				func(b *browser) answer { return version(b, 9) },
				func(b *browser) answer {
					return b.post(at, url.Values{"title": {"Autre"}, "kind": {"other"}, "dated_on": {"2026-11-20"}, "visibility": {"staff"}, "version": {"1"}})
				},
				func(b *browser) answer { return b.get(at + "/versions/3") },
			}
			answers = together(b, len(acts), func(b *browser, i int) answer { return acts[i](b) })
			for i, a := range answers {
				if !slices.Contains([]int{200, 303, 404}, a.status) {
					t.Errorf("act %d: %d: %s", i, a.status, a.text())
				}
			}
			if answers[0].status != http.StatusSeeOther {
				t.Errorf("deletion: %d: %s", answers[0].status, answers[0].text())
			}
			d := in.dump()
			for _, r := range d["document_version"] {
				if strings.Contains(r.text(), of.String()) {
					t.Errorf("left: %s", r.text())
				}
			}
			owned := 0
			for _, r := range d["file"] {
				if r.value("owner_kind") == "document" {
					owned++
				}
			}
			if versions := len(d["document_version"]); owned != versions {
				t.Errorf("%d files of %d versions", owned, versions)
			}
		}
	})
}
