package walks_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/test/browser"
)

// demoNumber is the number of the demo's invoice that was issued so many days ago.
func demoNumber(prefix string, ago, n int) string {
	return fmt.Sprintf("%s-%d-%04d", prefix, time.Now().AddDate(0, 0, -ago).Year(), n)
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
