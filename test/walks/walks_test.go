// Package walks_test goes through the product as the people do who work with it: it starts the program with the
// demo's data and uses its pages in Chromium, by the words that stand on them.
//
// It says what a person can do and sees; what the rooms and faces decide in detail is said in their own tests.
package walks_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

// corvenne finds the organisation that most walks visit in the list of the school's; it has five contacts, of
// every state.
const corvenne = "/organizations?q=corvenne"

// openList goes to the contacts of the one organisation that a list finds.
func openList(page *browser.Page, list, name string) {
	page.Open(list)
	page.Click("link", name)
}

// openSheet opens one of the contacts of the organisation that a list finds: corvenne, or tilleuls.
func openSheet(page *browser.Page, list, person string) *browser.Part {
	organization := "Ateliers Corvenne"
	if strings.HasSuffix(list, tilleuls) {
		organization = "Cabinet médical des Tilleuls"
	}
	openList(page, list, organization)
	sheet := page.ByRole("article", person)
	sheet.Click("link", "Détail")
	sheet.ByRole("link", "Détail").Is("expanded")
	return sheet
}
