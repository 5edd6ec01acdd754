package contacts

import (
	"strconv"

	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/web"
)

// spot says which part of the contacts' list somebody works on, so that they come back to it.
type spot struct{ paging.Ask }

// readSpot reads page and size off the address; page 0 = not said.
func readSpot(r *web.Request) spot {
	s := spot{r.Asked(web.DefaultSize)}
	s.Page = r.QueryInt("page", 1, 1_000_000, 0)
	return s
}

// query is the spot as a query; more are names and values that stand first.
func (s spot) query(more ...string) string {
	text, sep := "", "?"
	add := func(name, value string) { text, sep = text+sep+name+"="+value, "&" }
	for i := 0; i+1 < len(more); i += 2 {
		add(more[i], more[i+1])
	}
	if s.Page > 1 {
		add("page", strconv.Itoa(s.Page))
	}
	if s.Size != web.DefaultSize {
		add("size", strconv.Itoa(s.Size))
	}
	return text
}
