package walks_test

import (
	"testing"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/test/browser"
)

// TestDelegation: the host says what a company's own people may do without it; they are told so where they add a contact, and
// whom they add waits for the host's word.
func TestDelegation(t *testing.T) {
	walkByMail(t, func(t *testing.T, at *product, server *mailtest.Server) {
		staff, admin := at.as(t, rachel), at.as(t, maelle)
		t.Run("staff say what the company’s Admins do without them", func(t *testing.T) {
			staff.During(t)
			openList(staff, at.school(corvenne), "Ateliers Corvenne")
			staff.Click("link", "Délégation")
			staff.See("Ce que ses Admins font sans vous")
			staff.See("La délégation n’a jamais été changée.")
			staff.Choose("Rôles qu’ils peuvent donner", "Utilisateur seulement")
			staff.Fill("Connexions activées au plus", "beaucoup")
			staff.Fill("Domaines des e-mails de connexion", "Corvenne.example")
			staff.Choose("Les contacts qu’ils ajoutent voient vos données", "Après votre accord")
			staff.Click("button", "Enregistrer la délégation")
			staff.See("Indiquez un nombre de 1 à 100 000, ou rien pour ne pas limiter.")
			staff.Axe()
			staff.Fill("Connexions activées au plus", "20")
			staff.Click("button", "Enregistrer la délégation")
			staff.See("Délégation enregistrée.")
			staff.SeeValue("Domaines des e-mails de connexion", "corvenne.example")
			staff.ByRole("region", "Derniers changements").See("Connexions au plus")
			staff.Axe()
			staff.NoSidewaysScroll()
			staff.Screenshot("delegation")
			staff.Width(360)
			staff.Axe()
			staff.NoSidewaysScroll()
			staff.Screenshot("delegation-narrow")
			staff.Width(1280)
		})
		t.Run("the company’s Super-Admin reads why less is offered, and cannot pass it", func(t *testing.T) {
			admin.During(t)
			admin.Open(at.address + "/brenval/portal")
			admin.Click("link", "ENTREPRISE")
			admin.Click("link", "Ajouter un nouveau contact")
			admin.Choose("Civilité", "Mme")
			admin.Fill("Nom", "Kervella")
			admin.Fill("Prénom", "Enora")
			admin.Fill("Email professionnel", "enora@ailleurs.example")
			admin.Fill("Téléphone professionnel", "02 61 91 40 77")
			admin.Choose("Activer la connexion", "Oui")
			admin.See("École Brenval se réserve l’attribution du rôle Admin. Adressez-lui votre demande.")
			admin.See("Adresses acceptées : celles de corvenne.example.")
			admin.Click("button", "Prévisualiser et enregistrer les modifications")
			admin.See("École Brenval n’accepte à la connexion que les adresses de : corvenne.example.")
			admin.Axe()
			admin.Screenshot("delegation-refused")
			admin.Fill("Email de connexion", "enora.kervella@corvenne.example")
			admin.Click("button", "Prévisualiser et enregistrer les modifications")
			admin.See("Une fois son accès activé, il attend l’autorisation de École Brenval pour voir ses données.")
			admin.Click("button", "Créer un contact")
			admin.See("Contact créé")
		})
		person := browser.Window(t)
		t.Run("whom she added comes in, and waits", func(t *testing.T) {
			person.During(t)
			w := &invitation{at: at, server: server}
			person.Open(w.link(w.letter(t, "enora.kervella@corvenne.example")))
			person.Fill("Mot de passe", chosen)
			person.Click("button", "Activer mon accès")
			person.ByRole("heading", "Votre accès attend une autorisation").Appears()
		})
		t.Run("staff find her among those who wait for their word, and authorise her", func(t *testing.T) {
			staff.During(t)
			person.During(t)
			staff.Click("link", "Tableau de bord")
			staff.See("contact attend votre accord")
			staff.Axe()
			staff.Screenshot("dashboard-awaiting")
			staff.Open(at.school("/contacts?authorized=awaiting"))
			staff.See("KERVELLA")
			openList(staff, at.school(corvenne), "Ateliers Corvenne")
			staff.Click("link", "Délégation")
			staff.ByRole("region", "Attendent votre accord").Click("link", "Mme KERVELLA Enora")
			staff.See("Ajouté par l’entreprise")
			staff.Click("link", "Autoriser l'accès")
			staff.Click("button", "Autoriser définitivement")
			staff.See("Accès autorisé")
			person.Reload()
			person.ByRole("heading", "Votre entreprise").Appears()
		})
	})
}
