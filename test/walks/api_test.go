package walks_test

import (
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// TestAPIPage reads the page that explains the API to whoever writes a program.
func TestAPIPage(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		for name, options := range map[string][]browser.Option{
			"api-docs": {}, "api-docs-360": {browser.Wide(360), browser.WithoutJavaScript}, "api-docs-dark": {browser.Dark},
		} {
			t.Run(name, func(t *testing.T) {
				page := browser.Window(t, options...)
				page.Open(at.address + "/api/v1/docs")
				page.ByRole("heading", "API pour vos programmes").Appears()
				page.ByRole("heading", "Add a contact to an organization").Appears()
				page.Axe()
				page.NoSidewaysScroll()
				page.Screenshot(name)
				page.Click("link", "contacts")
			})
		}
	})
}
