package surface

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/sqldb"
)

// « Accueil » says what waits for the person; what it counts is what the list shows that it leads to.
func TestPortalTodo(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, own := in.visitor(in.school, contact.Admin, nil)
		in.join(in.school, in.newLogin(in.school, "simple@visitors.example", "Paul Petit"), in.person(in.school, own.Organization), contact.User, nil)
		for range 3 { // beside one who is there already
			in.person(in.school, own.Organization)
		}
		in.depositor(in.school, own.Organization)
		in.contact(in.school)
		home := portalOf(in.school, own)
		admin, user := in.as(who), in.as("simple@visitors.example")

		t.Run("an admin reads how many have no login, and the list has as many", func(t *testing.T) {
			a, list := admin.get(home), admin.get(home+"/contacts?state=without_login")
			a.sound(t, home)
			list.sound(t, "list")
			if !strings.Contains(a.words(), "4 contacts sans connexion") || !a.shows(home+"/contacts?state=without_login") {
				t.Error(a.words())
			}
			if !strings.Contains(list.words(), "4 contacts") || strings.Count(list.body, `<th scope="row"`) != 4 || !strings.Contains(list.words(), "État : Sans connexion") {
				t.Error(list.words())
			}
			if file := admin.get(home + "/contacts/export?format=csv&state=without_login"); strings.Count(strings.TrimSpace(file.body), "\n") != 4 {
				t.Error(file.body)
			}
		})
		t.Run("a figure of nobody is not shown, and its list is empty", func(t *testing.T) {
			for _, way := range []string{"invited", "refused", "expired", "disabled"} {
				if a := admin.get(home + "/contacts?state=" + way); a.status != http.StatusOK || !a.shows("Aucun contact ne correspond") {
					t.Errorf("%s: %s", way, a.words())
				}
			}
			if a := admin.get(home); strings.Contains(a.words(), "invitation expirée") || strings.Contains(a.words(), "invitations refusées") {
				t.Error(a.words())
			}
		})
		t.Run("what the person's own sheet lacks waits for them", func(t *testing.T) {
			in.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET civility = NULL WHERE workspace_id = $1 AND id = $2`, in.school.ID, own.ID)
				return err
			})
			if a := admin.get(home); !strings.Contains(a.words(), "1 information à compléter dans votre fiche") || !a.shows("/contacts/"+own.ID.String()+"/edit") {
				t.Error(a.words())
			}
		})
		t.Run("a user reads neither figures nor the filter, and asking for it says nothing", func(t *testing.T) {
			a := user.get(home)
			if strings.Contains(a.words(), "sans connexion") || a.shows("/history") || a.shows("/contacts/new") || !strings.Contains(a.words(), "Rien n’attend de votre part.") {
				t.Error(a.words())
			}
			all := strings.Count(user.get(home+"/contacts?size=48").body, `<th scope="row"`)
			for _, way := range []string{"without_login", "invited", "refused", "expired", "active", "disabled", "x"} {
				a := user.get(home + "/contacts?size=48&state=" + way)
				if n := strings.Count(a.body, `<th scope="row"`); n != all || strings.Contains(a.words(), "État :") {
					t.Errorf("%s: %s of %s", way, strconv.Itoa(n), strconv.Itoa(all))
				}
			}
		})
	})
}
