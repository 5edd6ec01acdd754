package surface

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// The page of the back office names each of its addresses, or one that it stands below, and none that is not there; the files
// that it names are there as well.
func TestOfficePages(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		named := addresses(t, "office.md")
		routes := map[string]bool{"/": true}
		for _, route := range in.site.Routes() {
			_, below, ok := strings.Cut(route.Pattern, "/{workspace}/office/")
			if !ok {
				continue
			}
			routes["/"+below] = true
			if !slices.ContainsFunc(named, func(a string) bool { return a != "/" && strings.HasPrefix("/"+below+"/", a+"/") }) {
				t.Errorf("docs/office.md does not name %s", route.Pattern)
			}
		}
		for _, address := range named {
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
