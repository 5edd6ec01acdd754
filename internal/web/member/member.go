// Package member is what the faces of the portal share: their routes' common beginning, and how the person wants to see
// a list, kept in its address and remembered for them.
//
// Beside the hint at people of a similar name (Alike) it knows no noun, and no filter's meaning; those are the faces'.
package member

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
)

// At is a route below /{workspace}/portal/{organization}; where is its method and path.
func At(where string, needs actor.Permission, handle web.Handler) web.Route {
	method, path, _ := strings.Cut(where, " ")
	return web.Route{Pattern: method + " /{workspace}/portal/{organization}" + path, Door: web.Contact, Needs: needs, Handle: handle}
}

// Look is how the person wants to see a list: as the address says, else as they chose last.
type Look struct {
	Size    int // one of paging.Sizes
	Sort    string
	Filters map[string]string // as they were typed; whoever uses them reads them
}

// longestFilter is how much of a filter is remembered.
const longestFilter = 40

// ReadLook reads it, and remembers what the address says. Of the orders the first is the usual one.
func ReadLook(r *web.Request, list string, orders []string, filters ...string) Look {
	kept, _ := url.ParseQuery(r.Remembered(list)) // what cannot be read is nothing
	next := url.Values{}
	choose := func(name string, words ...string) string {
		word := words[0]
		for _, said := range []string{kept.Get(name), r.Query(name)} {
			if slices.Contains(words, said) {
				word = said
			}
		}
		next.Set(name, word)
		return word
	}
	l := Look{Sort: choose("sort", orders...), Filters: map[string]string{}}
	l.Size, _ = strconv.Atoi(choose("size", "12", "24", "48")) // numbers all
	asked := r.URL.Query()
	for _, name := range filters {
		value := kept.Get(name)
		if asked.Has(name) {
			value = r.Query(name)
		}
		if len(value) <= longestFilter {
			l.Filters[name] = value
			next.Set(name, value)
		}
	}
	if slices.ContainsFunc(slices.Concat(filters, []string{"sort", "size"}), asked.Has) { // to look changes nothing, only to say how
		r.Remember(list, next.Encode())
	}
	return l
}
