package walks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/sample"
)

func findInvoices(g *guide) {
	g.window.Open(g.at.address + "/orvane/portal")
	g.click("link", "Factures")
	g.window.ByRole("table", "Factures").Appears()
	g.picture("invoices", g.window.ByRole("main", ""))
	g.fill("Rechercher une facture", "PO 4502")
	g.window.ByRole("heading", "2 factures").Appears()
	g.fill("Rechercher une facture", "")
	for _, label := range []string{"État", "Année", "Type"} {
		g.named(label)
	}
	if name, _ := g.window.Download("link", "Télécharger OS-2026-0049"); name == "" {
		g.t.Error("no invoice is downloaded")
	}
	g.window.Choose("État", "Payée")
	g.click("button", "Rechercher")
	g.window.ByRole("heading", "3 factures").Appears()
	g.click("button", "Exporter")
	g.named("Excel (XLSX)")
	if name, _ := g.window.Download("link", "CSV"); name == "" {
		g.t.Error("the invoices are not exported")
	}
}

func fileAnInvoice(g *guide) {
	g.office("Factures")
	g.click("link", "Ajouter une facture")
	g.fill("Cabinet", "tilleuls")
	g.fill("Numéro", "OS-2026-0950")
	g.choose("Type", "Facture")
	g.fill("Date d’émission", "2026-09-16")
	g.fill("Échéance", "2026-10-16")
	g.fill("Montant HT", "1 250,00")
	g.fill("Reste à payer (TTC)", "1 500,00")
	g.named("PDF de la facture")
	g.window.Attach("PDF de la facture", paper(g.t, "OS-2026-0950.pdf", "Licence annuelle"))
	g.picture("invoice-new", g.window.ByRole("main", ""))
	g.click("button", "Ajouter une facture")
	g.window.See("La facture OS-2026-0950 est déposée.")
	for _, label := range []string{"Enregistrer les modifications", "Remplacer le PDF", "Supprimer"} {
		g.named(label)
	}
	g.picture("invoice", g.window.ByRole("main", ""))
	g.click("button", "Marquer payée")
	g.window.See("1 facture marquée payée.")
}

// fenced is what the guide's page has between its marks of that kind.
func (g *guide) fenced(kind string) string {
	g.t.Helper()
	raw, err := os.ReadFile(guideDir + g.name + ".md")
	if err != nil {
		g.t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(raw), "```"+kind+"\n")
	text, _, found := strings.Cut(text, "```")
	if !found {
		g.t.Fatalf("docs/guide/%s.md has no %s", g.name, kind)
	}
	return regexp.MustCompile(`(?m)^ +`).ReplaceAllString(text, "")
}

// importInvoices has the page's own list taken, and finds all of it.
func importInvoices(g *guide) {
	dir := g.t.TempDir()
	list := g.fenced("csv")
	files := map[string][]byte{"liste.csv": []byte(list)}
	for _, name := range regexp.MustCompile(`\S+\.pdf`).FindAllString(list, -1) {
		name = name[strings.LastIndex(name, ";")+1:]
		files[name] = sample.PDF(name)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			g.t.Fatal(err)
		}
	}
	folder, err := os.OpenRoot(dir)
	if err != nil {
		g.t.Fatal(err)
	}
	defer folder.Close()
	base, err := app.Open(g.t.Context(), g.at.config, quiet())
	if err != nil {
		g.t.Fatal(err)
	}
	defer base.Close()
	result, err := base.ImportInvoices(g.t.Context(), "orvane", folder, false, func(l app.RefusedLine) error {
		g.t.Error(l)
		return nil
	})
	if err != nil || result.Refused > 0 || result.New != len(files)-1 {
		g.t.Fatal(result, err)
	}
	g.office("Factures")
	g.window.Fill("Rechercher une facture", "PO 4540")
	g.window.ByRole("heading", "2 factures").Appears()
	g.picture("invoices-imported", g.window.ByRole("main", ""))
}
