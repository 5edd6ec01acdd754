package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/office/officetest"
)

func TestSearch(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		verrerie := h.Organization(h.School, "Verrerie du Loc’h", "35600000000048")
		brasserie := h.Organization(h.School, "Brasserie Armen", "")
		ines := h.Contact(h.School, verrerie.ID, "Oliveira", "Inês")
		h.Contact(h.School, brasserie.ID, "Brassac", "Anne")
		foreign := h.Organization(h.Vendor, "Cabinet Brassart", "35600000049837")
		h.Contact(h.Vendor, foreign.ID, "Brasseur", "Claire")
		officer := h.As(h.School.Officer)
		search := func(q string) *officetest.Browser {
			return officer.Get("/brenval/office/search?q=" + url.QueryEscape(q))
		}

		t.Run("organisations and contacts are found together", func(t *testing.T) {
			h.TB = t
			search("brass").Want(http.StatusOK, "Recherche : brass", "Brasserie Armen", "Mme BRASSAC Anne").WantNot("BRASSEUR", "Brassart")
		})

		t.Run("what fits a number exactly is gone to at once", func(t *testing.T) {
			h.TB = t
			for q, to := range map[string]string{
				"C-000001": ines.Address("brenval"), "c-1": ines.Address("brenval"), "1": ines.Address("brenval"), " C 1 ": ines.Address("brenval"),
				"356 000 000 00048": "/brenval/office/organizations/" + verrerie.ID.String() + "/contacts",
				"35600000000048":    "/brenval/office/organizations/" + verrerie.ID.String() + "/contacts",
				"n-000001":          "/brenval/office/organizations/" + brasserie.ID.String() + "/contacts",
			} {
				search(q).WantTo(to)
			}
		})

		t.Run("another workspace’s numbers lead nowhere", func(t *testing.T) {
			h.TB = t
			search("35600000049837").Want(http.StatusOK, "Rien ne correspond")
			h.As(h.Vendor.Officer).Get("/brenval/office/search?q=1").Want(http.StatusNotFound)
		})

		t.Run("nothing, nonsense and too much are answered calmly", func(t *testing.T) {
			h.TB = t
			search("").Want(http.StatusOK, "Tapez un nom")
			search("  \t").Want(http.StatusOK)
			for _, q := range []string{"\x00", "\xff\xfe", "%", "_", "' OR 1=1 --", "\u202e", strings.Repeat("9", 5000), strings.Repeat("é ", 5000), "<script>"} {
				if search(q).Want(http.StatusOK).Count("<script>") > 0 {
					t.Errorf("%q is not escaped", q)
				}
			}
		})
	})
}
