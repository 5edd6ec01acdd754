package office_test

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestDashboard(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		org := h.Organization(h.School, "Verrerie du Loc’h", "35600000000048")
		h.Organization(h.School, "Brasserie Armen", "")
		ines := h.Contact(h.School, org.ID, "Oliveira", "Inês")
		h.Contact(h.School, org.ID, "Petit", "Solène")
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := access.Authorize(ctx, tx, h.School.Officer.Actor, ines.ID); err != nil {
				return err
			}
			for family, source := range map[string]contact.Source{"Tanguy": contact.Landing, "Riou": contact.Import} {
				in := contact.Input{FamilyName: family, GivenName: "Loïc", Source: source}
				if source == contact.Landing {
					in.Civility, in.Phone, in.Email = "mr", "02 61 91 40 10", "x@loch.example"
				}
				if _, err := contact.Create(ctx, tx, h.School.Admin.Actor, org.ID, in); err != nil {
					return err
				}
			}
			return nil
		})
		admin := h.As(h.School.Admin)

		t.Run("each figure is what its link lists", func(t *testing.T) {
			h.TB = t
			page := admin.Get("/brenval/office").Want(http.StatusOK,
				"Bonjour Nadia. Nous sommes le vendredi 20 novembre 2026.", "3 contacts à autoriser", "Dont 1 par dépôt d’offre", "1 contact à compléter",
				"0 contact aux identifiants refusés ou jamais utilisés", "1 entreprise sans contact principal", "Sur 2 entreprises")
			links := regexp.MustCompile(`<a href="(/brenval/office/(?:contacts|organizations)\?[^"]*)"><b>(\d+)</b>`).FindAllStringSubmatch(page.Body, -1)
			if len(links) != 4 {
				t.Fatal(links, page.Body)
			}
			for _, l := range links {
				b := admin.Get(strings.ReplaceAll(l[1], "&amp;", "&")).Want(http.StatusOK)
				if n := b.Count("<tr>") - min(1, b.Count("<thead>")); l[2] != figure(n) {
					t.Errorf("%s lists %d, the dashboard says %s", l[1], n, l[2])
				}
			}
		})

		t.Run("what happened last stands there in words", func(t *testing.T) {
			h.TB = t
			admin.Get("/brenval/office").Want(http.StatusOK, "Rachel Moreau a autorisé l’accès de Mme OLIVEIRA Inês", "à l’instant", "Tout l’historique")
		})

		t.Run("sign-ins and activations are drawn by week, and stand in a table", func(t *testing.T) {
			h.TB = t
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET joined_at = $1 WHERE workspace_id = $2 AND id = $3`,
					sqldb.At(time.Date(2026, 11, 9, 12, 0, 0, 0, time.UTC)), h.School.ID, ines.ID)
				return err
			})
			b := admin.Get("/brenval/office").Want(http.StatusOK, "1 cette semaine, 0 la précédente", "0 cette semaine, 1 au total", "Lire les valeurs en tableau",
				"S46 du 09/11 0 1", "S47 du 16/11 1 0", "La semaine S47 est en cours")
			if b.Count("<rect") != 12 || b.Count(`class="dot"`) != 12 || b.Count(`class="bar now"`) != 1 {
				t.Error(b.Body)
			}
		})

		t.Run("another workspace has its own", func(t *testing.T) {
			h.TB = t
			h.As(h.Vendor.Officer).Get("/orvane/office").Want(http.StatusOK, "0 contact à autoriser", "0 cabinet sans contact principal").WantNot("OLIVEIRA", "Verrerie")
		})
	})
}

func figure(n int) string { return strconv.Itoa(n) }
