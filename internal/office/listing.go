package office

import (
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// longestQuery of a search, in characters: no name, address or number is longer.
const longestQuery = 254

// searched is what somebody looks for, without the blanks around it, cut to what can be found.
func searched(r *web.Request) string {
	q := []rune(strings.TrimSpace(r.Query("q")))
	return string(q[:min(len(q), longestQuery)])
}

// asked is the part of a list that the address asks for.
func asked(r *web.Request) paging.Ask {
	return paging.Ask{Page: r.QueryInt("page", 1, 1_000_000, 1), Size: r.QueryInt("size", 12, 48, defaultSize)}.Clean(defaultSize)
}

// defaultSize is how many entries a page has when nobody chose.
const defaultSize = 24

// pager leads through a part of a list; at gives the address of a page, part says what is replaced by a script.
func pager[T any](r *web.Request, p paging.Part[T], label, part string, at func(page int) string) ui.Paging {
	from, to := p.Offset()+1, p.Offset()+len(p.Items)
	shown := r.P.Text("office.paging.shown", "From", from, "To", to, "Total", p.Total)
	if p.More {
		shown = r.P.Text("office.paging.shown_more", "From", from, "To", to, "Total", p.Total)
	}
	if len(p.Items) == 0 {
		shown = ""
	}
	g := ui.Paging{Label: label, Shown: shown, Page: p.Page, URL: at, Swap: part, More: p.More}
	if !p.More {
		g.Pages = p.Pages()
	}
	return g
}

// sizes offers 12, 24 and 48 entries a page.
func sizes(p paging.Ask, part string, at func(size string) string) []ui.Link {
	links := make([]ui.Link, len(paging.Sizes))
	for i, size := range paging.Sizes {
		text := strconv.Itoa(size)
		links[i] = ui.Link{Text: text, URL: at(text), Current: size == p.Size, Swap: part}
	}
	return links
}

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
