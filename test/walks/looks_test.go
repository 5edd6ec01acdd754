package walks_test

import "testing"

// TestLooks opens every page that can be reached by a link of the menu or a list, in both workspaces, and one's
// own: nothing breaks a rule of WCAG, nothing scrolls sideways, and a picture of each is kept to be looked at.
func TestLooks(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		page := at.as(t, camille)
		for name, address := range map[string]string{
			"dashboard":              at.school(""),
			"organizations":          at.school("/organizations"),
			"organizations-archived": at.school("/organizations?state=archived"),
			"vendor-dashboard":       at.vendor(""),
			"vendor-organizations":   at.vendor("/organizations"),
			"vendor-directory":       at.vendor("/contacts"),
			"vendor-journal":         at.vendor("/journal"),
			"vendor-import":          at.vendor("/import"),
			"vendor-settings":        at.vendor("/settings"),
		} {
			t.Run(name, func(t *testing.T) {
				page.During(t)
				page.Open(address)
				page.Axe()
				for _, width := range []int{1600, 1024, 768, 360} {
					page.Width(width)
					page.NoSidewaysScroll()
				}
				page.Width(1280)
				page.Screenshot(name)
			})
		}
		t.Run("the navigation of a narrow window", func(t *testing.T) {
			page.During(t)
			page.Open(at.school("/contacts"))
			page.Width(390)
			page.Click("button", "Menu")
			page.ByRole("navigation", "Navigation principale").ByRole("link", "Tableau de bord").Appears()
			page.Axe()
			page.NoSidewaysScroll()
			page.Picture("navigation-390-light")
			page.Press("Escape")
			page.ByRole("button", "Menu").Is("focused")
			page.Width(1280)
		})
	})
}
