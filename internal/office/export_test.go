package office_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		verrerie := h.organization(h.school, "Verrerie du Loc’h", "35600000000048")
		ines := h.contact(h.school, verrerie.ID, "Oliveira", "Inês")
		h.contact(h.school, verrerie.ID, "Petit", "Solène")
		foreign := h.contact(h.vendor, h.organization(h.vendor, "Cabinet des Tilleuls", "").ID, "Vasseur", "Claire")
		admin := h.as(h.school.admin)
		const all = "/brenval/office/contacts/export"

		t.Run("the ticked contacts are taken along, whatever else is ticked that is not ours", func(t *testing.T) {
			h.TB = t
			b := admin.get(all + "?selected=1&format=csv&contact=" + ines.ID.String() + "&contact=x&contact=" + foreign.ID.String()).want(http.StatusOK)
			if strings.Count(b.body, "\n") != 2 || !strings.Contains(b.body, "Oliveira") || strings.Contains(b.body, "Vasseur") {
				t.Error(b.body)
			}
			if d := b.header.Get("Content-Disposition"); !strings.Contains(d, "contacts-2026-11-20.csv") || b.header.Get("Content-Type") != "text/csv; charset=utf-8" {
				t.Error(d, b.header)
			}
		})

		t.Run("without a tick there is nothing to take along", func(t *testing.T) {
			h.TB = t
			admin.get(all+"?selected=1&format=csv").want(http.StatusUnprocessableEntity, "Sélectionnez au moins un contact")
			admin.get(all + "?selected=1&format=csv&contact=%00").want(http.StatusUnprocessableEntity)
		})

		t.Run("search and filters hold for the file, in every format", func(t *testing.T) {
			h.TB = t
			if b := admin.get(all + "?q=petit&authorized=no&format=csv").want(http.StatusOK); strings.Contains(b.body, "Oliveira") || !strings.Contains(b.body, "Petit") {
				t.Error(b.body)
			}
			var line map[string]any
			if b := admin.get(all + "?q=petit&format=jsonl").want(http.StatusOK); json.Unmarshal([]byte(b.body), &line) != nil || line["family_name"] != "Petit" {
				t.Error(b.body)
			}
			if b := admin.get(all + "?q=petit&format=xlsx").want(http.StatusOK); !bytes.HasPrefix([]byte(b.body), []byte("PK")) {
				t.Error(b.body[:20])
			}
			admin.get("/brenval/office/export?noun=organizations&q=verrerie&format=csv").want(http.StatusOK, "Verrerie du Loc’h")
			admin.get("/brenval/office/journal").want(http.StatusOK, "Vous avez exporté un fichier (lignes : 1)", "Contenu Entreprises", "Format CSV")
		})

		t.Run("whoever takes everything along is asked for the password again, whatever the search and filters", func(t *testing.T) {
			h.TB = t
			for _, everything := range []string{
				all + "?format=csv", all + "?format=csv&q=%20", all + "?authorized=no&format=csv", all + "?format=csv&q=petit",
				"/brenval/office/export?noun=contacts&format=csv", "/brenval/office/export?noun=organizations&format=csv",
				"/brenval/office/export?noun=organizations&format=csv&q=%C2%A0verrerie", "/brenval/office/journal/export", "/brenval/office/journal/export?kind=contact.created",
			} {
				fresh := h.as(h.school.admin)
				fresh.get(everything).want(http.StatusOK)
				h.clock.Pass(16 * time.Minute)
				fresh.get(everything).wantTo("/brenval/office/export/confirmation?next=" + url.QueryEscape(everything))
				fresh.get(fresh.to).want(http.StatusOK, "Confirmer l’export", "Mot de passe").
					wantMarkup(`name="next" value="` + strings.ReplaceAll(everything, "&", "&amp;"))
				form := url.Values{"next": {everything}, "password": {"faux faux faux"}}
				fresh.post("/brenval/office/export/confirmation", form).want(http.StatusUnprocessableEntity, "Ce n’est pas votre mot de passe")
				form.Set("password", password)
				fresh.post("/brenval/office/export/confirmation", form).want(http.StatusSeeOther)
				fresh.get(fresh.to).want(http.StatusOK, "Le fichier est prêt").wantMarkup(strings.ReplaceAll(everything, "&", "&amp;"))
				fresh.get(everything).want(http.StatusOK)
			}
		})

		t.Run("the ticked contacts are taken along without a password", func(t *testing.T) {
			h.TB = t
			late := h.as(h.school.admin)
			h.clock.Pass(16 * time.Minute)
			late.get(all+"?selected=1&format=csv&contact="+ines.ID.String()).want(http.StatusOK, "Oliveira")
		})

		t.Run("blanks around what is searched do not count", func(t *testing.T) {
			h.TB = t
			admin = h.as(h.school.admin)
			if b := admin.get(all + "?format=csv&q=%20petit%C2%A0").want(http.StatusOK); strings.Contains(b.body, "Oliveira") || !strings.Contains(b.body, "Petit") {
				t.Error(b.body)
			}
			admin.get("/brenval/office/contacts?q=%20").want(http.StatusOK, "2 contacts")
		})

		t.Run("the state of the list of organisations holds for the file", func(t *testing.T) {
			h.TB = t
			h.organization(h.school, "Sans Personne", "")
			closed := h.organization(h.school, "Brasserie Fermée", "")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Archive(ctx, tx, h.school.admin.Actor, closed.ID)
				return err
			})
			names := []string{"Brasserie Fermée", "Sans Personne", "Verrerie du Loc’h"}
			for query, want := range map[string][]string{
				"": {"Sans Personne", "Verrerie du Loc’h"}, "?q=brass": nil, "?q=sans&sort=recent": {"Sans Personne"}, "?state=x": {"Sans Personne", "Verrerie du Loc’h"},
				"?state=archived&sort=city": {"Brasserie Fermée"}, "?state=archived&q=brass": {"Brasserie Fermée"}, "?state=without_primary": {"Sans Personne"},
			} {
				page := admin.get("/brenval/office/organizations" + query).want(http.StatusOK)
				for _, name := range names {
					if listed := slices.Contains(want, name); strings.Contains(page.body, ">"+name+"<") != listed {
						t.Errorf("%s: %s is listed: %v", query, name, !listed)
					}
				}
				_, link, offered := strings.Cut(page.body, `href="/brenval/office/export?format=csv`)
				if offered != (want != nil) {
					t.Errorf("%s: an export is offered: %v", query, offered)
				}
				if !offered {
					continue
				}
				link, _, _ = strings.Cut(link, `"`)
				b := admin.get("/brenval/office/export?format=csv" + strings.ReplaceAll(link, "&amp;", "&")).want(http.StatusOK)
				for _, name := range names {
					if listed := slices.Contains(want, name); strings.Contains(b.body, name) != listed {
						t.Errorf("%s, %s: %s is in the file: %v", query, link, name, !listed)
					}
				}
			}
			admin.get("/brenval/office/organizations?state=archived&sort=city").want(http.StatusOK, "Exporter les résultats").
				wantMarkup(`href="/brenval/office/export?format=csv&amp;noun=organizations&amp;state=archived"`)
			h.as(h.school.officer).get("/brenval/office/organizations").want(http.StatusOK).wantNot("Exporter les résultats")
		})

		t.Run("« Importer / Exporter » takes everything along, archived or not, unless it is searched", func(t *testing.T) {
			h.TB = t
			h.contact(h.school, h.organization(h.school, "Brasserie Armen", "").ID, "Le Goff", "Yann")
			closed := h.organization(h.school, "Brasserie Close", "")
			h.contact(h.school, closed.ID, "Le Guen", "Anne")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Archive(ctx, tx, h.school.admin.Actor, closed.ID)
				return err
			})
			for query, want := range map[string]bool{
				"/export?noun=organizations&format=csv": true, "/export?noun=organizations&format=csv&q=": true, "/export?noun=organizations&format=csv&q=brasserie": false,
				"/export?noun=contacts&format=csv": true, "/export?noun=contacts&format=csv&q=le+g": false, "/contacts/export?format=csv": false,
			} {
				b := admin.get("/brenval/office" + query).want(http.StatusOK)
				if !strings.Contains(b.body, "Brasserie Armen") || strings.Contains(b.body, "Brasserie Close") != want {
					t.Errorf("%s: %s", query, b.body)
				}
			}
		})

		t.Run("« Annuler » and « Revenir » lead back to the page that the person came from", func(t *testing.T) {
			h.TB = t
			const list, export = "/brenval/office/contacts?q=petit&page=1", all + "?format=csv&q=petit"
			late := h.as(h.school.admin)
			h.clock.Pass(16 * time.Minute)
			late.send("GET", export, nil, http.Header{"Referer": {base + list}}).
				wantTo("/brenval/office/export/confirmation?back=" + url.QueryEscape(list) + "&next=" + url.QueryEscape(export))
			back := `href="` + strings.ReplaceAll(list, "&", "&amp;") + `"`
			late.get(late.to).want(http.StatusOK, "Annuler").wantMarkup(back)
			form := url.Values{"next": {export}, "back": {list}, "password": {"faux faux faux"}}
			late.post("/brenval/office/export/confirmation", form).want(http.StatusUnprocessableEntity, "Annuler").wantMarkup(back)
			form.Set("password", password)
			late.post("/brenval/office/export/confirmation", form).want(http.StatusSeeOther)
			late.get(late.to).want(http.StatusOK, "Revenir").wantMarkup(back)
		})

		t.Run("where nobody knows the page, or it is not of this back office, they lead to « Importer / Exporter »", func(t *testing.T) {
			h.TB = t
			for _, from := range []string{"", "https://elsewhere.example/brenval/office/contacts", base + "/orvane/office/contacts", base + "/profile"} {
				late := h.as(h.school.admin)
				h.clock.Pass(16 * time.Minute)
				late.send("GET", all+"?format=csv", nil, http.Header{"Referer": {from}}).wantTo("/brenval/office/export/confirmation?next=" + url.QueryEscape(all+"?format=csv"))
				late.get(late.to).want(http.StatusOK).wantMarkup(`<a class="button" href="/brenval/office/import">`)
			}
			for _, back := range []string{"https://elsewhere.example/", "//elsewhere.example", "/orvane/office/contacts", "javascript:alert(1)", "/\\elsewhere.example"} {
				late := h.as(h.school.admin)
				h.clock.Pass(16 * time.Minute)
				late.get("/brenval/office/export/confirmation?back=" + url.QueryEscape(back)).want(http.StatusOK).wantMarkup(`<a class="button" href="/brenval/office/import">`)
			}
		})

		t.Run("the page of the password leads nowhere else", func(t *testing.T) {
			h.TB = t
			for _, next := range []string{"https://elsewhere.example/", "//elsewhere.example", "/orvane/office/export", "javascript:alert(1)", "", "/\\elsewhere.example"} {
				admin = h.as(h.school.admin)
				admin.get("/brenval/office/export/confirmation?next=" + url.QueryEscape(next)).want(http.StatusOK).wantMarkup(`href="/brenval/office/import" download`)
			}
		})

		t.Run("what is no export does not exist, and officers take nothing along", func(t *testing.T) {
			h.TB = t
			for _, q := range []string{"/contacts/export?q=x", "/contacts/export?q=x&format=pdf", "/export?format=csv", "/export?noun=x&format=csv", "/export?noun=contacts&q=x&format=%ff"} {
				admin.get("/brenval/office" + q).want(http.StatusNotFound)
			}
			officer := h.as(h.school.officer)
			for _, q := range []string{"/contacts/export?format=csv&q=x", "/export?noun=contacts&format=csv&q=x", "/export/confirmation"} {
				officer.get("/brenval/office" + q).want(http.StatusForbidden)
				h.as(h.vendor.admin).get("/brenval/office" + q).want(http.StatusNotFound)
			}
		})
	})
}
