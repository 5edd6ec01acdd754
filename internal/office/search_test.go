package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestSearch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		verrerie := h.organization(h.school, "Verrerie du Loc’h", "35600000000048")
		brasserie := h.organization(h.school, "Brasserie Armen", "")
		ines := h.contact(h.school, verrerie.ID, "Oliveira", "Inês")
		h.contact(h.school, brasserie.ID, "Brassac", "Anne")
		foreign := h.organization(h.vendor, "Cabinet Brassart", "35600000049837")
		h.contact(h.vendor, foreign.ID, "Brasseur", "Claire")
		officer := h.as(h.school.officer)
		search := func(q string) *browser { return officer.get("/brenval/office/search?q=" + url.QueryEscape(q)) }

		t.Run("organisations and contacts are found together", func(t *testing.T) {
			h.TB = t
			search("brass").want(http.StatusOK, "Recherche : brass", "Brasserie Armen", "Mme BRASSAC Anne").wantNot("BRASSEUR", "Brassart")
		})

		t.Run("what fits a number exactly is gone to at once", func(t *testing.T) {
			h.TB = t
			for q, to := range map[string]string{
				"C-000001": ines.Address("brenval"), "c-1": ines.Address("brenval"), "1": ines.Address("brenval"), " C 1 ": ines.Address("brenval"),
				"356 000 000 00048": "/brenval/office/organizations/" + verrerie.ID.String() + "/contacts",
				"35600000000048":    "/brenval/office/organizations/" + verrerie.ID.String() + "/contacts",
				"n-000001":          "/brenval/office/organizations/" + brasserie.ID.String() + "/contacts",
			} {
				search(q).wantTo(to)
			}
		})

		t.Run("another workspace’s numbers lead nowhere", func(t *testing.T) {
			h.TB = t
			search("35600000049837").want(http.StatusOK, "Rien ne correspond")
			h.as(h.vendor.officer).get("/brenval/office/search?q=1").want(http.StatusNotFound)
		})

		t.Run("nothing, nonsense and too much are answered calmly", func(t *testing.T) {
			h.TB = t
			search("").want(http.StatusOK, "Tapez un nom")
			search("  \t").want(http.StatusOK)
			for _, q := range []string{"\x00", "\xff\xfe", "%", "_", "' OR 1=1 --", "\u202e", strings.Repeat("9", 5000), strings.Repeat("é ", 5000), "<script>"} {
				if search(q).want(http.StatusOK).count("<script>") > 0 {
					t.Errorf("%q is not escaped", q)
				}
			}
		})
	})
}
