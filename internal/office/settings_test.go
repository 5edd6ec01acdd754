package office_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.as(h.school.admin)
		const address = "/brenval/office/settings"
		right := url.Values{
			"name": {"École de Brenval"}, "organization_noun": {"organization"}, "country": {"BE"}, "locale": {"en"}, "time_zone": {"Europe/Brussels"},
			"brand": {"6B2F6E"}, "version": {"1"},
		}
		with := func(more ...string) url.Values {
			form := maps.Clone(right)
			for i := 0; i < len(more); i += 2 {
				form[more[i]] = []string{more[i+1]}
			}
			return form
		}

		t.Run("what is wrong is said beside its field, and nothing typed is lost", func(t *testing.T) {
			h.TB = t
			for field, values := range map[string][]string{
				"name": {"", strings.Repeat("x", 101), "a\x00b", "a\u202eb"}, "organization_noun": {"", "x"}, "country": {"", "XX", "france"},
				"locale": {"", "de"}, "time_zone": {"", "Local", "Mars/Base", "../../etc/passwd"}, "brand": {"red", "#12", "#gggggg", "url(x)"},
			} {
				for _, v := range values {
					b := admin.post(address, with(field, v)).want(http.StatusUnprocessableEntity, "1 champ est à corriger")
					if !strings.Contains(b.body, "École de Brenval") && field != "name" {
						t.Errorf("%s = %q: the name is lost", field, v)
					}
				}
			}
		})

		t.Run("the settings hold from the next page on", func(t *testing.T) {
			h.TB = t
			version := admin.get(address).want(http.StatusOK, "École Brenval", "Adresse de l’espace : /brenval").field("version")
			admin.post(address, with("version", version)).wantTo(address)
			admin.get("/brenval/office").want(http.StatusOK, "École de Brenval", "Paramètres enregistrés", "Organisations").wantMarkup("/static/brand-6b2f6e.css")
			admin.get("/brenval/office/journal").want(http.StatusOK, "Vous avez modifié les paramètres de l’espace", "Nom École Brenval", "École de Brenval")
		})

		t.Run("who saves over somebody else’s settings sees both, and decides", func(t *testing.T) {
			h.TB = t
			admin.post(address, with("name", "Brenval", "version", "1")).want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations", "École de Brenval")
			if v := admin.field("version"); v != "2" {
				t.Errorf("version %s", v)
			}
			admin.post(address, with("name", "Brenval", "version", admin.field("version"))).wantTo(address)
			admin.get(address).want(http.StatusOK).wantMarkup(`value="Brenval"`)
		})

		t.Run("the colour is shown while it is typed, and nothing else is", func(t *testing.T) {
			h.TB = t
			admin.fetch("brand-check", address+"/brand?brand=%236b2f6e").want(http.StatusOK).wantMarkup("oklch(from #6b2f6e")
			admin.fetch("brand-check", address+"/brand?brand=").want(http.StatusOK).wantMarkup("<svg")
			for _, v := range []string{"red", "%236b2f6", "%22%3E%3Cscript%3E", "url(x)", "%236b2f6e%29", strings.Repeat("a", 5000)} {
				if b := admin.fetch("brand-check", address+"/brand?brand="+v).want(http.StatusOK, "L’aperçu attend"); b.count("<svg") > 0 {
					t.Error(b.body)
				}
			}
		})

		t.Run("the colours that can be shown are those that are taken", func(t *testing.T) {
			h.TB = t
			for colour, taken := range map[string]bool{"#6b2f6e": true, "6B2F6E": true, "#6B2f6E": true, "#6b2f6": false, "#6b2f6g": false, "blue": false, "#6b2f6é": false} {
				shown := admin.fetch("brand-check", address+"/brand?brand="+url.QueryEscape(colour)).count("band-preview") == 1
				admin.get(address)
				stored := admin.post(address, with("name", "Brenval", "brand", colour, "version", admin.field("version"))).status == http.StatusSeeOther
				if shown != taken || stored != taken {
					t.Errorf("%s: shown %v, taken %v, want %v", colour, shown, stored, taken)
				}
			}
		})

		t.Run("only admins see them", func(t *testing.T) {
			h.TB = t
			officer := h.as(h.school.officer)
			for _, path := range []string{"", "/team", "/brand"} {
				officer.get(address + path).want(http.StatusForbidden)
				h.as(h.vendor.admin).get(address + path).want(http.StatusNotFound)
			}
			officer.post(address, right).want(http.StatusForbidden)
			officer.get("/brenval/office").want(http.StatusOK).wantNot("Paramètres")
		})

		t.Run("the team is listed with its roles", func(t *testing.T) {
			h.TB = t
			admin.get(address+"/team").want(http.StatusOK, "Nadia Kessler (vous)", "nadia.kessler @brenval.example", "Administrateur", "Rachel Moreau", "Gestionnaire", "20/11/2026").wantNot("orvane")
		})
	})
}
