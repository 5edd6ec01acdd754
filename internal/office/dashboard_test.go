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
	"github.com/entregent/entregent/internal/sqldb"
)

func TestDashboard(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		org := h.organization(h.school, "Verrerie du Loc’h", "35600000000048")
		h.organization(h.school, "Brasserie Armen", "")
		ines := h.contact(h.school, org.ID, "Oliveira", "Inês")
		h.contact(h.school, org.ID, "Petit", "Solène")
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := access.Authorize(ctx, tx, h.school.officer.Actor, ines.ID); err != nil {
				return err
			}
			for family, source := range map[string]contact.Source{"Tanguy": contact.Landing, "Riou": contact.Import} {
				in := contact.Input{FamilyName: family, GivenName: "Loïc", Source: source}
				if source == contact.Landing {
					in.Civility, in.Phone, in.Email = "mr", "02 61 91 40 10", "x@loch.example"
				}
				if _, err := contact.Create(ctx, tx, h.school.admin.Actor, org.ID, in); err != nil {
					return err
				}
			}
			return nil
		})
		admin := h.as(h.school.admin)

		t.Run("each figure is what its link lists", func(t *testing.T) {
			h.TB = t
			page := admin.get("/brenval/office").want(http.StatusOK,
				"Bonjour Nadia. Nous sommes le vendredi 20 novembre 2026.", "3 contacts à autoriser", "Dont 1 par dépôt d’offre", "1 contact à compléter",
				"0 contact aux identifiants refusés ou jamais utilisés", "1 entreprise sans contact principal", "Sur 2 entreprises")
			links := regexp.MustCompile(`<a href="(/brenval/office/(?:contacts|organizations)\?[^"]*)"><b>(\d+)</b>`).FindAllStringSubmatch(page.body, -1)
			if len(links) != 4 {
				t.Fatal(links, page.body)
			}
			for _, l := range links {
				b := admin.get(strings.ReplaceAll(l[1], "&amp;", "&")).want(http.StatusOK)
				if n := b.count("<tr>") - min(1, b.count("<thead>")); l[2] != figure(n) {
					t.Errorf("%s lists %d, the dashboard says %s", l[1], n, l[2])
				}
			}
		})

		t.Run("what happened last stands there in words", func(t *testing.T) {
			h.TB = t
			admin.get("/brenval/office").want(http.StatusOK, "Rachel Moreau a autorisé l’accès de Mme OLIVEIRA Inês", "à l’instant", "Tout l’historique")
		})

		t.Run("sign-ins and activations are drawn by week, and stand in a table", func(t *testing.T) {
			h.TB = t
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET joined_at = $1 WHERE workspace_id = $2 AND id = $3`,
					sqldb.At(time.Date(2026, 11, 9, 12, 0, 0, 0, time.UTC)), h.school.ID, ines.ID)
				return err
			})
			b := admin.get("/brenval/office").want(http.StatusOK, "1 cette semaine, 0 la précédente", "0 cette semaine, 1 au total", "Lire les valeurs en tableau",
				"S46 du 09/11 0 1", "S47 du 16/11 1 0", "La semaine S47 est en cours")
			if b.count("<rect") != 12 || b.count(`class="dot"`) != 12 || b.count(`class="bar now"`) != 1 {
				t.Error(b.body)
			}
		})

		t.Run("another workspace has its own", func(t *testing.T) {
			h.TB = t
			h.as(h.vendor.officer).get("/orvane/office").want(http.StatusOK, "0 contact à autoriser", "0 cabinet sans contact principal").wantNot("OLIVEIRA", "Verrerie")
		})
	})
}

func figure(n int) string { return strconv.Itoa(n) }
