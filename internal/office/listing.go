package office

import (
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// defaultSize is how many entries a page has when nobody chose.
const defaultSize = 24

// chosen is a way to see a list, in words, with the value that the address has for it.
type chosen struct{ value, text string }

// choice offers some ways to see a list of which one is in use; the first is the address without the name.
func choice(r *web.Request, name, part string, ways ...chosen) []ui.Link {
	links := make([]ui.Link, len(ways))
	now := r.Query(name)
	for i, way := range ways {
		links[i] = ui.Link{Text: way.text, URL: r.With(name, way.value, "page", "", "after", ""), Current: now == way.value, Swap: part}
	}
	return links
}
