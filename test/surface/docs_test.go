package surface

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/web"
)

// The documentation knows the pages behind the portal's door, and none that is not there.
func TestPortalPages(t *testing.T) {
	each(t, func(t *testing.T, in *installation) { portalPages(t, in.site.Routes()) })
}

func portalPages(t *testing.T, mounted []web.Route) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	var docs strings.Builder
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		docs.Write(text)
	}
	routes := map[string]bool{}
	for _, route := range mounted {
		if route.Door != web.Contact {
			continue
		}
		_, below, _ := strings.Cut(route.Pattern, "/{organization}")
		if below == "" {
			below = "/"
		}
		routes[below] = true
		if !strings.Contains(docs.String(), "`"+below+"`") {
			t.Errorf("no page of docs/ names %s", route.Pattern)
		}
	}
	for _, address := range addresses(t, "portal.md") {
		if !routes[address] {
			t.Errorf("docs/portal.md names %s, which is no route", address)
		}
	}
}

// addresses are those that stand in the second column of a page's tables.
func addresses(t *testing.T, page string) (list []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| [^|]+ \\| (`/[^|]*) \\|").FindAllStringSubmatch(string(text), -1) {
		for _, address := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(row[1], -1) {
			list = append(list, address[1])
		}
	}
	return list
}

// The page of the back office names no address that is not there, and no file either.
func TestOfficePages(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		routes := map[string]bool{"/": true}
		for _, route := range in.site.Routes() {
			if _, below, ok := strings.Cut(route.Pattern, "/{workspace}/office/"); ok {
				routes["/"+below] = true
			}
		}
		for _, address := range addresses(t, "office.md") {
			if !routes[address] {
				t.Errorf("docs/office.md names %s, which is no route", address)
			}
		}
		text, err := os.ReadFile("../../docs/office.md")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range regexp.MustCompile("`(office/[^`]*)`").FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat("../../internal/" + file[1]); err != nil {
				t.Error(err)
			}
		}
	})
}
