package settings_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/office/officetest"
)

func TestSettings(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		admin := h.As(h.School.Admin)
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
					b := admin.Post(address, with(field, v)).Want(http.StatusUnprocessableEntity, "1 champ est à corriger")
					if !strings.Contains(b.Body, "École de Brenval") && field != "name" {
						t.Errorf("%s = %q: the name is lost", field, v)
					}
				}
			}
		})

		t.Run("the settings hold from the next page on", func(t *testing.T) {
			h.TB = t
			version := admin.Get(address).Want(http.StatusOK, "École Brenval", "Adresse de l’espace : /brenval").Field("version")
			admin.Post(address, with("version", version)).WantTo(address)
			admin.Get("/brenval/office").Want(http.StatusOK, "École de Brenval", "Paramètres enregistrés", "Organisations").WantMarkup("/static/brand-6b2f6e.css")
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez modifié les paramètres de l’espace", "Nom École Brenval", "École de Brenval")
		})

		t.Run("who saves over somebody else’s settings sees both, and decides", func(t *testing.T) {
			h.TB = t
			admin.Post(address, with("name", "Brenval", "version", "1")).Want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations", "École de Brenval")
			if v := admin.Field("version"); v != "2" {
				t.Errorf("version %s", v)
			}
			admin.Post(address, with("name", "Brenval", "version", admin.Field("version"))).WantTo(address)
			admin.Get(address).Want(http.StatusOK).WantMarkup(`value="Brenval"`)
		})

		t.Run("the colour is shown while it is typed, and nothing else is", func(t *testing.T) {
			h.TB = t
			admin.Fetch("brand-check", address+"/brand?brand=%236b2f6e").Want(http.StatusOK).WantMarkup("oklch(from #6b2f6e")
			admin.Fetch("brand-check", address+"/brand?brand=").Want(http.StatusOK).WantMarkup("<svg")
			for _, v := range []string{"red", "%236b2f6", "%22%3E%3Cscript%3E", "url(x)", "%236b2f6e%29", strings.Repeat("a", 5000)} {
				if b := admin.Fetch("brand-check", address+"/brand?brand="+v).Want(http.StatusOK, "L’aperçu attend"); b.Count("<svg") > 0 {
					t.Error(b.Body)
				}
			}
		})

		t.Run("the colours that can be shown are those that are taken", func(t *testing.T) {
			h.TB = t
			for colour, taken := range map[string]bool{"#6b2f6e": true, "6B2F6E": true, "#6B2f6E": true, "#6b2f6": false, "#6b2f6g": false, "blue": false, "#6b2f6é": false} {
				shown := admin.Fetch("brand-check", address+"/brand?brand="+url.QueryEscape(colour)).Count("band-preview") == 1
				admin.Get(address)
				stored := admin.Post(address, with("name", "Brenval", "brand", colour, "version", admin.Field("version"))).Status == http.StatusSeeOther
				if shown != taken || stored != taken {
					t.Errorf("%s: shown %v, taken %v, want %v", colour, shown, stored, taken)
				}
			}
		})

		t.Run("only admins see them", func(t *testing.T) {
			h.TB = t
			officer := h.As(h.School.Officer)
			for _, path := range []string{"", "/team", "/brand"} {
				officer.Get(address + path).Want(http.StatusForbidden)
				h.As(h.Vendor.Admin).Get(address + path).Want(http.StatusNotFound)
			}
			officer.Post(address, right).Want(http.StatusForbidden)
			officer.Get("/brenval/office").Want(http.StatusOK).WantNot("Paramètres")
		})

		t.Run("the team is listed with its roles", func(t *testing.T) {
			h.TB = t
			admin.Get(address+"/team").Want(http.StatusOK, "Nadia Kessler (vous)", "nadia.kessler @brenval.example", "Administrateur", "Rachel Moreau", "Gestionnaire", "20/11/2026").WantNot("orvane")
		})
	})
}
