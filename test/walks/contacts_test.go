package walks_test

import (
	"regexp"
	"slices"
	"testing"
)

var lastSignIn = regexp.MustCompile(`Date de la dernière connexion \d\d/\d\d/\d{4} `)

// The screenshot of the first manual, figure by figure, by the very labels that it gives.
func TestFigures(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		page := at.as(t, nadia)
		openList(page, at.school(corvenne), "Ateliers Corvenne")
		t.Run("the organisation's page has its name, SIRET, city, tabs and action menu", func(t *testing.T) {
			page.During(t)
			page.ByRole("heading", "Ateliers Corvenne").Appears()
			page.See("SIRET 812 457 398 00020")
			page.See("Quimper")
			tabs := page.ByRole("navigation", "Rubriques de l’entreprise")
			if got := tabs.Texts("link", ""); !slices.Equal(got, []string{"Informations générales", "Contacts 5", "Documents", "Offres", "Demandes", "Factures", "Délégation", "Historique"}) {
				t.Error(got)
			}
			page.ByRole("link", "Ajouter un contact").Appears()
			page.ByRole("button", "Autres actions").Appears()
		})
		t.Run("the contacts are closed at first, say what they are, and hold no form", func(t *testing.T) {
			page.During(t)
			page.ByRole("heading", "5 contacts").Appears()
			if page.Count("article", "") != 5 || page.Count("textbox", "") != 0 || page.Count("link", "Détail") != 5 {
				t.Error(page.Texts("article", ""))
			}
			row := page.ByRole("article", "Mme LE GALL Maëlle")
			for _, fact := range []string{
				"Responsable des ressources humaines", "maelle.legall@corvenne.example", "06 39 98 21 40", "02 61 91 40 10",
				"Principal", "Super-Admin", "Actif", "Autorisé : OUI",
			} {
				row.See(fact)
			}
			row.ByRole("link", "Détail").IsNot("expanded")
			page.Axe()
			page.Screenshot("contacts-closed")
		})
		person := page.ByRole("article", "M. ROUSSEL-CARRÉ Étienne")
		t.Run("figure 3: « Détail » opens a contact, says so, and closes it again, without the mouse too", func(t *testing.T) {
			page.During(t)
			person.Click("link", "Détail")
			person.ByRole("link", "Détail").Is("expanded")
			if page.Count("button", "Sauvegarder") != 1 {
				t.Error("not one contact is open")
			}
			page.Press("Enter")
			person.ByRole("link", "Détail").IsNot("expanded")
			person.ByRole("button", "Sauvegarder").Vanishes()
			page.Press("Enter")
			person.ByRole("link", "Détail").Is("expanded")
			person.ByRole("link", "Détail").Is("focused")
		})
		t.Run("figure 1: the fields of a contact, filled in", func(t *testing.T) {
			page.During(t)
			for _, f := range []struct{ label, value string }{
				{"Civilité", "M."}, {"Nom", "ROUSSEL-CARRÉ"}, {"Prénom", "Étienne"}, {"Email", "etienne.roussel@corvenne.example"},
				{"Portable", "06 39 98 07 63"}, {"Téléphone", "02 61 91 40 12"}, {"Fonction", "Chargé de recrutement"},
			} {
				person.SeeValue(f.label, f.value)
			}
			person.Field("Nom").Is("readonly")
			person.Field("Prénom").Is("readonly")
		})
		t.Run("figure 2: the pencil beside the name", func(t *testing.T) {
			page.During(t)
			person.ByRole("link", "Modifier le nom et le prénom").Appears()
		})
		t.Run("figures 4, 5 and 6: authorised, credentials received, last sign-in", func(t *testing.T) {
			page.During(t)
			person.See("Est autorisé à accéder aux données de votre école NON")
			person.See("A déjà reçu ses identifiants OUI")
			if !lastSignIn.MatchString(person.Text()) {
				t.Error(person.Text())
			}
		})
		t.Run("figures 7, 8 and 9: authorise, delete, save", func(t *testing.T) {
			page.During(t)
			person.ByRole("link", "Autoriser l'accès").Appears()
			person.ByRole("link", "Supprimer").Appears()
			person.ByRole("button", "Sauvegarder").Appears()
		})
		t.Run("figure 10: credentials can be sent again", func(t *testing.T) {
			page.During(t)
			person.ByRole("button", "Renvoyer les identifiants").IsNot("disabled")
		})
		t.Run("it says in words whether the person gets in, and what would open what is closed", func(t *testing.T) {
			page.During(t)
			person.See("Ce contact peut-il se connecter ? Oui, mais il ne voit que son profil et ce qu’il a déposé.")
			person.See("Ce contact n’est pas autorisé à voir les données de votre école.")
		})
		t.Run("role, language, time zone, number, source and what else is known stand there too", func(t *testing.T) {
			page.During(t)
			person.SeeValue("Rôle dans le portail", "Utilisateur")
			person.SeeValue("Langue", "Par défaut : Français")
			person.Field("Fuseau horaire").Appears()
			person.ByRole("checkbox", "Connexion activée").Is("checked")
			person.ByRole("checkbox", "Contact principal de l’entreprise").IsNot("checked")
			person.See("Source Dépôt d’offre")
			person.See("Identifiant personnel C-000")
			page.Axe()
		})
		t.Run("an open contact has an address that opens it again", func(t *testing.T) {
			page.During(t)
			page.Open(page.Address())
			person.ByRole("link", "Détail").Is("expanded")
			page.Screenshot("contacts-open")
		})
		t.Run("a vendor's contacts see the data of a company", func(t *testing.T) {
			page := at.as(t, helene)
			openList(page, at.vendor("/organizations?q=tilleuls"), "Cabinet médical des Tilleuls")
			person := page.ByRole("article", "Dr HADDAD Karim")
			person.Click("link", "Détail")
			person.See("Est autorisé à accéder aux données de votre société OUI")
			person.ByRole("link", "Autoriser l'accès").Vanishes()
			person.See("Oui, et il voit les données de votre société.")
			page.Axe()
			page.Screenshot("contacts-vendor")
		})
	})
}

func TestEditContact(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("« Sauvegarder » keeps what was changed and says so at the top right", func(t *testing.T) {
			page := at.as(t, rachel)
			sheet := openSheet(page, at.school(corvenne), "M. KERVELLA Yann")
			sheet.Fill("Fonction", "Directeur technique et qualité")
			sheet.Fill("Portable", "+33 6 39 98 70 03")
			sheet.Choose("Rôle dans le portail", "Admin")
			sheet.Choose("Langue", "English")
			sheet.Click("button", "Sauvegarder")
			page.ByRole("status", "").See("Contact enregistré : M. KERVELLA Yann.")
			sheet.ByRole("link", "Détail").Is("expanded")
			sheet.SeeValue("Portable", "06 39 98 70 03")
			sheet.See("Modifié le")
			sheet.See("par Rachel Moreau")
			page.Screenshot("contact-saved")
			page.Click("button", "Fermer le message")
			page.Gone("Contact enregistré")
			page.Reload()
			sheet.SeeValue("Fonction", "Directeur technique et qualité")
			sheet.SeeValue("Langue", "English")
		})
		t.Run("what is wrong stands beside its field, and nothing typed is lost", func(t *testing.T) {
			page := at.as(t, rachel)
			sheet := openSheet(page, at.school(corvenne), "M. KERVELLA Yann")
			sheet.Fill("Email", "Yann.Kervella@corvenne.example")
			sheet.Fill("Téléphone", "02 61 91 40 30 poste 12")
			sheet.Fill("Fonction", "Directeur")
			sheet.Click("button", "Sauvegarder")
			sheet.See("2 champs sont à corriger")
			sheet.Field("Email").Is("invalid")
			sheet.See("Une adresse e-mail ne comporte pas de majuscules.")
			sheet.See("Retirez le poste « 12 »")
			sheet.SeeValue("Fonction", "Directeur")
			page.Axe()
			page.Screenshot("contact-faults")
			for range 2 {
				sheet.ByRole("link", "Email : Une adresse e-mail ne comporte pas de majuscules.").ClickIt()
				sheet.Field("Email").Is("focused")
			}
			sheet.Fill("Téléphone", "02 61 91 40 31")
			sheet.Fill("Email", "yann.kervella@corvenne.example")
			sheet.Click("button", "Sauvegarder")
			page.See("Contact enregistré")
		})
		t.Run("of two people who edit one contact the second sees both values and chooses", func(t *testing.T) {
			first, second := at.as(t, nadia), at.as(t, rachel)
			mine := openSheet(first, at.school(corvenne), "Mme NGUYEN Linh")
			hers := openSheet(second, at.school(corvenne), "Mme NGUYEN Linh")
			mine.Fill("Fonction", "Assistante du directeur")
			mine.Fill("Portable", "06 39 98 11 22")
			mine.Click("button", "Sauvegarder")
			first.See("Contact enregistré")
			hers.Fill("Fonction", "Assistante en chef")
			hers.Click("button", "Sauvegarder")
			hers.See("Quelqu’un a modifié ces informations entre-temps.")
			hers.SeeValue("Fonction", "Assistante en chef")
			hers.See("Enregistré entre-temps : Assistante du directeur")
			hers.See("Enregistré entre-temps : 06 39 98 11 22")
			second.Axe()
			second.Screenshot("contact-both-values")
			hers.Fill("Portable", "06 39 98 11 22")
			hers.Click("button", "Sauvegarder")
			second.See("Contact enregistré")
			first.Reload()
			mine.SeeValue("Fonction", "Assistante en chef")
			mine.SeeValue("Portable", "06 39 98 11 22")
		})
	})
}
