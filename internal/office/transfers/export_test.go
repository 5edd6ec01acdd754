package transfers_test

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
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestExport(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		verrerie := h.Organization(h.School, "Verrerie du Loc’h", "35600000000048")
		ines := h.Contact(h.School, verrerie.ID, "Oliveira", "Inês")
		h.Contact(h.School, verrerie.ID, "Petit", "Solène")
		foreign := h.Contact(h.Vendor, h.Organization(h.Vendor, "Cabinet des Tilleuls", "").ID, "Vasseur", "Claire")
		admin := h.As(h.School.Admin)
		const all = "/brenval/office/contacts/export"

		t.Run("the ticked contacts are taken along, whatever else is ticked that is not ours", func(t *testing.T) {
			h.TB = t
			b := admin.Get(all + "?selected=1&format=csv&contact=" + ines.ID.String() + "&contact=x&contact=" + foreign.ID.String()).Want(http.StatusOK)
			if strings.Count(b.Body, "\n") != 2 || !strings.Contains(b.Body, "Oliveira") || strings.Contains(b.Body, "Vasseur") {
				t.Error(b.Body)
			}
			if d := b.Header.Get("Content-Disposition"); !strings.Contains(d, "contacts-2026-11-20.csv") || b.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
				t.Error(d, b.Header)
			}
		})

		t.Run("without a tick there is nothing to take along", func(t *testing.T) {
			h.TB = t
			admin.Get(all+"?selected=1&format=csv").Want(http.StatusUnprocessableEntity, "Sélectionnez au moins un contact")
			admin.Get(all + "?selected=1&format=csv&contact=%00").Want(http.StatusUnprocessableEntity)
		})

		t.Run("search and filters hold for the file, in every format", func(t *testing.T) {
			h.TB = t
			if b := admin.Get(all + "?q=petit&authorized=no&format=csv").Want(http.StatusOK); strings.Contains(b.Body, "Oliveira") || !strings.Contains(b.Body, "Petit") {
				t.Error(b.Body)
			}
			var line map[string]any
			if b := admin.Get(all + "?q=petit&format=jsonl").Want(http.StatusOK); json.Unmarshal([]byte(b.Body), &line) != nil || line["family_name"] != "Petit" {
				t.Error(b.Body)
			}
			if b := admin.Get(all + "?q=petit&format=xlsx").Want(http.StatusOK); !bytes.HasPrefix([]byte(b.Body), []byte("PK")) {
				t.Error(b.Body[:20])
			}
			admin.Get("/brenval/office/export?noun=organizations&q=verrerie&format=csv").Want(http.StatusOK, "Verrerie du Loc’h")
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez exporté un fichier (lignes : 1)", "Contenu Entreprises", "Format CSV")
		})

		t.Run("whoever takes everything along is asked for the password again, whatever the search and filters", func(t *testing.T) {
			h.TB = t
			for _, everything := range []string{
				all + "?format=csv", all + "?format=csv&q=%20", all + "?authorized=no&format=csv", all + "?format=csv&q=petit",
				"/brenval/office/export?noun=contacts&format=csv", "/brenval/office/export?noun=organizations&format=csv",
				"/brenval/office/export?noun=organizations&format=csv&q=%C2%A0verrerie", "/brenval/office/journal/export", "/brenval/office/journal/export?kind=contact.created",
			} {
				fresh := h.As(h.School.Admin)
				fresh.Get(everything).Want(http.StatusOK)
				h.Clock.Pass(16 * time.Minute)
				fresh.Get(everything).WantTo("/brenval/office/export/confirmation?next=" + url.QueryEscape(everything))
				fresh.Get(fresh.To).Want(http.StatusOK, "Confirmer l’export", "Mot de passe").
					WantMarkup(`name="next" value="` + strings.ReplaceAll(everything, "&", "&amp;"))
				form := url.Values{"next": {everything}, "password": {"faux faux faux"}}
				fresh.Post("/brenval/office/export/confirmation", form).Want(http.StatusUnprocessableEntity, "Ce n’est pas votre mot de passe")
				form.Set("password", officetest.Password)
				fresh.Post("/brenval/office/export/confirmation", form).Want(http.StatusSeeOther)
				fresh.Get(fresh.To).Want(http.StatusOK, "Le fichier est prêt").WantMarkup(strings.ReplaceAll(everything, "&", "&amp;"))
				fresh.Get(everything).Want(http.StatusOK)
			}
		})

		t.Run("the ticked contacts are taken along without a password", func(t *testing.T) {
			h.TB = t
			late := h.As(h.School.Admin)
			h.Clock.Pass(16 * time.Minute)
			late.Get(all+"?selected=1&format=csv&contact="+ines.ID.String()).Want(http.StatusOK, "Oliveira")
		})

		t.Run("blanks around what is searched do not count", func(t *testing.T) {
			h.TB = t
			admin = h.As(h.School.Admin)
			if b := admin.Get(all + "?format=csv&q=%20petit%C2%A0").Want(http.StatusOK); strings.Contains(b.Body, "Oliveira") || !strings.Contains(b.Body, "Petit") {
				t.Error(b.Body)
			}
			admin.Get("/brenval/office/contacts?q=%20").Want(http.StatusOK, "2 contacts")
		})

		t.Run("the state of the list of organisations holds for the file", func(t *testing.T) {
			h.TB = t
			h.Organization(h.School, "Sans Personne", "")
			closed := h.Organization(h.School, "Brasserie Fermée", "")
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Archive(ctx, tx, h.School.Admin.Actor, closed.ID)
				return err
			})
			names := []string{"Brasserie Fermée", "Sans Personne", "Verrerie du Loc’h"}
			for query, want := range map[string][]string{
				"": {"Sans Personne", "Verrerie du Loc’h"}, "?q=brass": nil, "?q=sans&sort=recent": {"Sans Personne"}, "?state=x": {"Sans Personne", "Verrerie du Loc’h"},
				"?state=archived&sort=city": {"Brasserie Fermée"}, "?state=archived&q=brass": {"Brasserie Fermée"}, "?state=without_primary": {"Sans Personne"},
			} {
				page := admin.Get("/brenval/office/organizations" + query).Want(http.StatusOK)
				for _, name := range names {
					if listed := slices.Contains(want, name); strings.Contains(page.Body, ">"+name+"<") != listed {
						t.Errorf("%s: %s is listed: %v", query, name, !listed)
					}
				}
				_, link, offered := strings.Cut(page.Body, `href="/brenval/office/export?format=csv`)
				if offered != (want != nil) {
					t.Errorf("%s: an export is offered: %v", query, offered)
				}
				if !offered {
					continue
				}
				link, _, _ = strings.Cut(link, `"`)
				b := admin.Get("/brenval/office/export?format=csv" + strings.ReplaceAll(link, "&amp;", "&")).Want(http.StatusOK)
				for _, name := range names {
					if listed := slices.Contains(want, name); strings.Contains(b.Body, name) != listed {
						t.Errorf("%s, %s: %s is in the file: %v", query, link, name, !listed)
					}
				}
			}
			admin.Get("/brenval/office/organizations?state=archived&sort=city").Want(http.StatusOK, "Exporter les résultats").
				WantMarkup(`href="/brenval/office/export?format=csv&amp;noun=organizations&amp;state=archived"`)
			h.As(h.School.Officer).Get("/brenval/office/organizations").Want(http.StatusOK).WantNot("Exporter les résultats")
		})

		t.Run("« Importer / Exporter » takes everything along, archived or not, unless it is searched", func(t *testing.T) {
			h.TB = t
			h.Contact(h.School, h.Organization(h.School, "Brasserie Armen", "").ID, "Le Goff", "Yann")
			closed := h.Organization(h.School, "Brasserie Close", "")
			h.Contact(h.School, closed.ID, "Le Guen", "Anne")
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Archive(ctx, tx, h.School.Admin.Actor, closed.ID)
				return err
			})
			for query, want := range map[string]bool{
				"/export?noun=organizations&format=csv": true, "/export?noun=organizations&format=csv&q=": true, "/export?noun=organizations&format=csv&q=brasserie": false,
				"/export?noun=contacts&format=csv": true, "/export?noun=contacts&format=csv&q=le+g": false, "/contacts/export?format=csv": false,
			} {
				b := admin.Get("/brenval/office" + query).Want(http.StatusOK)
				if !strings.Contains(b.Body, "Brasserie Armen") || strings.Contains(b.Body, "Brasserie Close") != want {
					t.Errorf("%s: %s", query, b.Body)
				}
			}
		})

		t.Run("« Annuler » and « Revenir » lead back to the page that the person came from", func(t *testing.T) {
			h.TB = t
			const list, export = "/brenval/office/contacts?q=petit&page=1", all + "?format=csv&q=petit"
			late := h.As(h.School.Admin)
			h.Clock.Pass(16 * time.Minute)
			late.Send("GET", export, nil, http.Header{"Referer": {officetest.Base + list}}).
				WantTo("/brenval/office/export/confirmation?back=" + url.QueryEscape(list) + "&next=" + url.QueryEscape(export))
			back := `href="` + strings.ReplaceAll(list, "&", "&amp;") + `"`
			late.Get(late.To).Want(http.StatusOK, "Annuler").WantMarkup(back)
			form := url.Values{"next": {export}, "back": {list}, "password": {"faux faux faux"}}
			late.Post("/brenval/office/export/confirmation", form).Want(http.StatusUnprocessableEntity, "Annuler").WantMarkup(back)
			form.Set("password", officetest.Password)
			late.Post("/brenval/office/export/confirmation", form).Want(http.StatusSeeOther)
			late.Get(late.To).Want(http.StatusOK, "Revenir").WantMarkup(back)
		})

		t.Run("where nobody knows the page, or it is not of this back office, they lead to « Importer / Exporter »", func(t *testing.T) {
			h.TB = t
			for _, from := range []string{"", "https://elsewhere.example/brenval/office/contacts", officetest.Base + "/orvane/office/contacts", officetest.Base + "/profile"} {
				late := h.As(h.School.Admin)
				h.Clock.Pass(16 * time.Minute)
				late.Send("GET", all+"?format=csv", nil, http.Header{"Referer": {from}}).WantTo("/brenval/office/export/confirmation?next=" + url.QueryEscape(all+"?format=csv"))
				late.Get(late.To).Want(http.StatusOK).WantMarkup(`<a class="button" href="/brenval/office/import">`)
			}
			for _, back := range []string{"https://elsewhere.example/", "//elsewhere.example", "/orvane/office/contacts", "javascript:alert(1)", "/\\elsewhere.example"} {
				late := h.As(h.School.Admin)
				h.Clock.Pass(16 * time.Minute)
				late.Get("/brenval/office/export/confirmation?back=" + url.QueryEscape(back)).Want(http.StatusOK).WantMarkup(`<a class="button" href="/brenval/office/import">`)
			}
		})

		t.Run("the page of the password leads nowhere else", func(t *testing.T) {
			h.TB = t
			for _, next := range []string{"https://elsewhere.example/", "//elsewhere.example", "/orvane/office/export", "javascript:alert(1)", "", "/\\elsewhere.example"} {
				admin = h.As(h.School.Admin)
				admin.Get("/brenval/office/export/confirmation?next=" + url.QueryEscape(next)).Want(http.StatusOK).WantMarkup(`href="/brenval/office/import" download`)
			}
		})

		t.Run("what is no export does not exist, and officers take nothing along", func(t *testing.T) {
			h.TB = t
			for _, q := range []string{"/contacts/export?q=x", "/contacts/export?q=x&format=pdf", "/export?format=csv", "/export?noun=x&format=csv", "/export?noun=contacts&q=x&format=%ff"} {
				admin.Get("/brenval/office" + q).Want(http.StatusNotFound)
			}
			officer := h.As(h.School.Officer)
			for _, q := range []string{"/contacts/export?format=csv&q=x", "/export?noun=contacts&format=csv&q=x", "/export/confirmation"} {
				officer.Get("/brenval/office" + q).Want(http.StatusForbidden)
				h.As(h.Vendor.Admin).Get("/brenval/office" + q).Want(http.StatusNotFound)
			}
		})
	})
}
