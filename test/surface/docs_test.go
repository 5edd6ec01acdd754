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
	text, err := os.ReadFile("../../docs/portal.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| [^|]+ \\| (`/[^|]*) \\|").FindAllStringSubmatch(string(text), -1) {
		for _, address := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(row[1], -1) {
			if !routes[address[1]] {
				t.Errorf("docs/portal.md names %s, which is no route", address[1])
			}
		}
	}
}
