package walks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

const upload = `SIRET;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email;Remarque
812 457 398 00020;Mme;Garnier;Hélène;;02 61 91 40 44;Comptable;Hélène.Garnier@corvenne.example;
812 457 398 00020;M.;Martin;Adam;06 39 98 44 55;02 61 91 40 45;;adam.martin@corvenne.example;vu au forum
732 829 320 00074;M.;Le Bihan;Jean;;02 61 91 40 46;Gérant;jean@lebihan.example;
812 457 398 00021;Mme;Petit;Zoé;;02 61 91 40 47;;zoe.petit@corvenne.example;
812 457 398 00020;Mme;Nguyen;Linh;;02 61 91 40 11;Assistante de direction;linh.nguyen@corvenne.example;
812 457 398 00020;M.;Diallo;Ibrahima;06 39 98 55 19;02 61 91 40 27;Tuteur, atelier de menuiserie;ibrahima.diallo@corvenne.example;
`

func TestTransfer(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		file := filepath.Join(t.TempDir(), "contacts.csv")
		if err := os.WriteFile(file, []byte(upload), 0o600); err != nil {
			t.Fatal(err)
		}
		page := at.as(t, nadia)
		t.Run("no file, and a file that is no table, are refused beside the field", func(t *testing.T) {
			page.During(t)
			page.Open(at.school("/import"))
			page.Axe()
			page.Screenshot("import")
			page.Click("button", "Vérifier le fichier")
			page.ByRole("button", "Fichier").Is("invalid")
			wrong := filepath.Join(t.TempDir(), "contacts.csv")
			if err := os.WriteFile(wrong, []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), 0o600); err != nil {
				t.Fatal(err)
			}
			page.Attach("Fichier", wrong)
			page.Click("button", "Vérifier le fichier")
			page.See("Ce fichier n’est pas un tableau.")
			page.Axe()
			page.Screenshot("import-refused")
		})
		t.Run("the template is there to be filled in", func(t *testing.T) {
			page.During(t)
			name, content := page.Download("link", "Modèle des contacts, CSV")
			if !strings.HasSuffix(name, ".csv") || !strings.Contains(string(content), "SIRET") {
				t.Errorf("%s: %s", name, content)
			}
		})
		t.Run("the check says what would happen, row by row, and names the unknown column", func(t *testing.T) {
			page.During(t)
			page.Attach("Fichier", file)
			page.Click("button", "Vérifier le fichier")
			page.ByRole("heading", "Résultat de la vérification").Appears()
			page.See("Rien n’est encore enregistré.")
			page.See("Une colonne n’est pas reconnue et sera ignorée : « Remarque ».")
			page.ByRole("heading", "4 lignes refusées").Appears()
			refused := page.ByRole("table", "Lignes refusées, avec la colonne et le motif")
			for row, reason := range map[string]string{
				"Ligne 2": "Peut-être helene.garnier@corvenne.example ?", "Ligne 4": "Cette entreprise est inconnue.",
				"Ligne 5": "Ce SIRET n’est pas valide", "Ligne 7": "Existe déjà avec d’autres valeurs",
			} {
				refused.Holding("row", row).See(reason)
			}
			page.Axe()
			page.Screenshot("import-checked")
		})
		t.Run("the proposed addresses are taken in one press, other options by a further check", func(t *testing.T) {
			page.During(t)
			page.Click("button", "Accepter les corrections proposées")
			page.ByRole("heading", "3 lignes refusées").Appears()
			page.ByRole("summary", "Changer les options").ClickIt()
			page.ByRole("checkbox", "Accepter les corrections proposées").Is("checked")
			page.Click("checkbox", "Mettre à jour ce qui existe déjà")
			page.Click("button", "Vérifier de nouveau")
			page.ByRole("heading", "2 lignes refusées").Appears()
			page.See("lignes à ajouter 2")
			page.See("ligne à mettre à jour 1")
		})
		t.Run("the import runs, can be found again, and gives the refused rows back", func(t *testing.T) {
			page.During(t)
			page.Click("button", "Importer")
			page.ByRole("heading", "Résultat de l’import").Appears()
			page.See("lignes ajoutées 2")
			page.Axe()
			page.Screenshot("import-done")
			name, content := page.Download("link", "Télécharger les lignes refusées")
			text := string(content)
			if !strings.Contains(text, "Petit") || strings.Contains(text, "Garnier") || !strings.Contains(text, "Motif") {
				t.Errorf("%s: %s", name, text)
			}
			page.Open(at.school("/import"))
			page.ByRole("table", "Imports récents").Holding("row", "contacts.csv").See("Terminé")
			page.Screenshot("import-past")
			page.Open(at.school("/contacts?q=garnier+helene"))
			page.See("helene.garnier@corvenne.example")
		})
		t.Run("the same file again changes nothing", func(t *testing.T) {
			page.During(t)
			page.Open(at.school("/import"))
			page.Click("checkbox", "Mettre à jour ce qui existe déjà")
			page.Click("checkbox", "Accepter les corrections proposées")
			page.Attach("Fichier", file)
			page.Click("button", "Vérifier le fichier")
			page.See("Ce fichier ne changerait rien.")
			page.See("lignes inchangées 4")
		})
		t.Run("an import can be given up", func(t *testing.T) {
			page.During(t)
			page.Click("button", "Ne pas importer")
			page.See("Cet import a été annulé.")
			page.Axe()
			page.Screenshot("import-cancelled")
		})
		t.Run("a long one shows how far it is; it can be left, found again and stopped", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/import"))
			page.Attach("Fichier", longFile(t))
			page.Click("button", "Vérifier le fichier")
			page.ByRole("progressbar", "").Appears()
			page.See("Vous pouvez quitter cette page")
			page.Axe()
			page.Screenshot("import-working")
			page.Open(at.school(""))
			page.Open(at.school("/import"))
			page.ByRole("table", "Imports récents").Click("link", "long.csv")
			page.Click("button", "Annuler")
			page.See("Cet import a été annulé.")
		})
		t.Run("without JavaScript it goes the same way", func(t *testing.T) {
			page := at.as(t, nadia, browser.WithoutJavaScript)
			page.Open(at.school("/import"))
			page.ByRole("group", "Contenu").Click("radio", "Entreprises")
			places := filepath.Join(t.TempDir(), "places.csv")
			if err := os.WriteFile(places, []byte("Nom,SIRET,Ville\nForges de Brocéliande,732 829 320 00074,Paimpont\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			page.Attach("Fichier", places)
			page.Click("button", "Vérifier le fichier")
			page.ClickUntilGone("link", "Actualiser")
			page.See("ligne à ajouter 1")
			page.Click("button", "Importer")
			page.ClickUntilGone("link", "Actualiser")
			page.See("ligne ajoutée 1")
			page.Click("link", "Voir les entreprises")
			page.ByRole("link", "Forges de Brocéliande").Appears()
		})
	})
}

// longFile has so many people that looking at it takes longer than leaving the page and coming back.
func longFile(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("SIRET;Civilité;Nom;Prénom;Téléphone;Email\n")
	for i := range 300_000 {
		fmt.Fprintf(&text, "812 457 398 00020;Mme;Essai%06d;Anne;02 61 91 40 44;essai.%d@corvenne.example\n", i, i)
	}
	file := filepath.Join(t.TempDir(), "long.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestExport(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("what is searched for is taken along in the template's columns", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/import"))
			export := page.ByRole("region", "Exporter")
			export.Choose("Contenu", "Contacts")
			export.Choose("Format", "CSV")
			export.Fill("Filtre", "ateliers corvenne")
			name, content := export.Download("button", "Exporter")
			text := string(content)
			if !strings.HasSuffix(name, ".csv") || strings.Count(text, "\n") != 6 || !strings.Contains(text, "812 457 398 00020") {
				t.Errorf("%s: %s", name, text)
			}
		})
		t.Run("everything comes at once when the password was typed a moment ago, as a workbook", func(t *testing.T) {
			page := at.asAnew(t, camille)
			page.Open(at.school("/import"))
			export := page.ByRole("region", "Exporter")
			export.Choose("Format", "Excel (XLSX)")
			name, content := export.Download("button", "Exporter")
			if !strings.HasSuffix(name, ".xlsx") || !strings.HasPrefix(string(content), "PK") {
				t.Errorf("%s: %d bytes", name, len(content))
			}
		})
	})
}
