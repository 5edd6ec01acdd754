package walks_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/test/browser"
)

// paper writes a PDF where a browser can choose it.
func paper(t *testing.T, name string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, sample.PDF(lines...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// demoNumber is the number of the demo's invoice that was issued so many days ago.
func demoNumber(prefix string, ago, n int) string {
	return fmt.Sprintf("%s-%d-%04d", prefix, time.Now().AddDate(0, 0, -ago).Year(), n)
}

// TestInvoices goes through « Factures » of the back office.
func TestInvoices(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		overdue := demoNumber("EB", 74, 52)
		t.Run("the list: all, what is overdue, one reference, and nothing", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school(""))
			page.Click("link", "Factures")
			page.ByRole("heading", "9 factures").Appears()
			page.See("En retard de ")
			page.See("À déduire")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("invoices")
			page.Choose("État", "En retard")
			page.Click("button", "Rechercher")
			page.ByRole("heading", "2 factures").Appears()
			page.Axe()
			page.Screenshot("invoices-filtered")
			page.Click("link", "Effacer les filtres")
			page.ByRole("heading", "9 factures").Appears()
			page.Fill("Rechercher une facture", "BC-2410")
			page.ByRole("heading", "2 factures").Appears()
			page.Fill("Rechercher une facture", "introuvable")
			page.See("Aucune facture ne correspond.")
			page.Axe()
		})
		t.Run("« Ajouter une facture »: every fault at once, the file stays joined, and then it is filed", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/invoices"))
			page.Click("link", "Ajouter une facture")
			page.Axe()
			page.Screenshot("invoice-add")
			page.Fill("Entreprise", "armen")
			page.Fill("Numéro", overdue)
			page.Attach("PDF de la facture", paper(t, "Facture du 20 novembre.pdf", "Module d’hygiène"))
			page.Click("button", "Ajouter une facture")
			page.See("sont à corriger")
			page.Field("Date d’émission").Is("invalid")
			page.See("Facture du 20 novembre.pdf")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("invoice-add-faults")
			page.Fill("Date d’émission", "2026-11-20")
			page.Fill("Échéance", "2026-12-20")
			page.Fill("Montant HT", "1 000,00")
			page.Fill("Reste à payer (TTC)", "1 200,00")
			page.Click("button", "Ajouter une facture")
			page.See("Ce numéro est déjà celui d’une autre facture")
			page.Fill("Numéro", "EB-2026-0999")
			page.Click("button", "Ajouter une facture")
			page.See("La facture EB-2026-0999 est déposée.")
			page.See("Reste à payer (TTC) : 1 200,00 €")
			page.ByRole("link", "Facture du 20 novembre.pdf (nouvel onglet)").Appears()
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("invoice")
		})
		t.Run("one is marked paid, gets another PDF, and is deleted, each told", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/invoices?q=EB-2026-0999"))
			page.Click("link", "EB-2026-0999")
			page.Click("button", "Marquer payée")
			page.See("1 facture marquée payée.")
			page.See("Reste à payer (TTC) : 0,00 €")
			wrong := filepath.Join(t.TempDir(), "notes.txt")
			if err := os.WriteFile(wrong, []byte("rien"), 0o600); err != nil {
				t.Fatal(err)
			}
			page.Attach("Nouveau PDF", wrong)
			page.Click("button", "Remplacer le PDF")
			page.See("Ce fichier n’est pas un PDF lisible.")
			page.Axe()
			page.Screenshot("invoice-file-fault")
			page.Open(at.school("/invoices?q=EB-2026-0999"))
			page.Click("link", "EB-2026-0999")
			page.Attach("Nouveau PDF", paper(t, "Rectifiée.pdf", "Module d’hygiène, rectifié"))
			page.Click("button", "Remplacer le PDF")
			page.See("Le PDF est remplacé.")
			page.ByRole("link", "Rectifiée.pdf (nouvel onglet)").Appears()
			page.Click("link", "Supprimer")
			page.ByRole("dialog", "Supprimer la facture EB-2026-0999 ?").Appears()
			page.Axe()
			page.Screenshot("invoice-delete")
			page.ByRole("dialog", "").Click("button", "Supprimer")
			page.See("La facture EB-2026-0999 est supprimée.")
			page.ByRole("heading", "Brasserie Armen").Appears()
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("invoices-organization")
		})
		t.Run("without JavaScript and at 360 pixels: filed from the organisation's tab, the file kept, marked in the list", func(t *testing.T) {
			page := at.as(t, rachel, browser.Wide(360), browser.WithoutJavaScript)
			page.Open(at.school("/invoices"))
			page.NoSidewaysScroll()
			page.Axe()
			openList(page, at.school("/organizations?q=armen"), "Brasserie Armen")
			page.Click("link", "Factures")
			page.Click("link", "Ajouter une facture")
			page.NoSidewaysScroll()
			page.Axe()
			page.Attach("PDF de la facture", paper(t, "Avoir.pdf", "Avoir"))
			page.Choose("Type", "Avoir")
			page.Fill("Numéro", "EB-A-7")
			page.Fill("Date d’émission", "2026-11-20")
			page.Fill("Montant HT", "10,00")
			page.Click("button", "Ajouter une facture")
			page.Field("Reste à payer (TTC)").Is("invalid")
			page.NoSidewaysScroll()
			page.Axe()
			page.Fill("Reste à payer (TTC)", "12,00")
			page.Click("button", "Ajouter une facture")
			page.See("L’avoir EB-A-7 est déposé.")
			page.ByRole("link", "Avoir.pdf (nouvel onglet)").Appears()
			page.NoSidewaysScroll()
			page.Axe()
			page.Open(at.school("/invoices?q=EB-A-7"))
			page.ByRole("checkbox", "Choisir EB-A-7").ClickIt()
			page.Click("button", "Marquer payée")
			page.See("1 avoir marqué remboursé.")
		})
		t.Run("with the keyboard alone: two are ticked and marked paid", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/invoices?state=overdue"))
			page.TabTo("checkbox", "Choisir toutes les factures de la page")
			page.Press("Space")
			page.TabTo("button", "Marquer payée")
			page.Press("Enter")
			page.See("2 factures marquées payées.")
		})
	})
}

// TestOwnInvoices goes through « Factures » of the portal.
func TestOwnInvoices(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		overdue := demoNumber("OS", 61, 49)
		t.Run("an admin reads what remains to pay and what is late, and opens and downloads the PDF", func(t *testing.T) {
			page := at.as(t, karim)
			page.Open(at.address + "/orvane/portal")
			page.Click("link", "Factures")
			page.ByRole("heading", "6 factures").Appears()
			page.See("Reste à payer (TTC) : 1 562,40 €")
			page.See("En retard de ")
			page.See("À déduire")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("portal-invoices")
			page.Choose("Type", "Avoir")
			page.Click("button", "Rechercher")
			page.ByRole("heading", "1 facture").Appears()
			page.Axe()
			page.Click("link", "Effacer les filtres")
			page.ByRole("link", overdue+" (nouvel onglet)").Appears()
			if file, content := page.Download("link", "Télécharger "+overdue); file != overdue+".pdf" || !bytes.HasPrefix(content, []byte("%PDF-")) {
				t.Errorf("%s: %d bytes", file, len(content))
			}
		})
		t.Run("without JavaScript, at 360 pixels, in the dark", func(t *testing.T) {
			page := at.as(t, karim, browser.Wide(360), browser.WithoutJavaScript, browser.Dark)
			page.Open(at.address + "/orvane/portal")
			page.Open(strings.TrimSuffix(page.Address(), "/") + "/invoices?state=overdue")
			page.ByRole("heading", "1 facture").Appears()
			page.NoSidewaysScroll()
			page.Axe()
			page.Screenshot("portal-invoices-narrow")
		})
		t.Run("a user sees no « Factures », and their page refuses them", func(t *testing.T) {
			page := at.as(t, luc)
			page.Open(at.address + "/orvane/portal")
			if names := page.Texts("link", "Factures"); slices.Contains(names, "Factures") {
				t.Error(names)
			}
			page.Allow("403")
			page.Open(strings.TrimSuffix(page.Address(), "/") + "/invoices")
			if got := page.Status(); got != 403 {
				t.Error(got)
			}
			page.Axe()
		})
	})
}
