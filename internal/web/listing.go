package web

import (
	"log/slog"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login/look"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web/ui"
)

// LongestQuery is how many characters of what is searched for count: no name, address or number is longer.
const LongestQuery = 254

// DefaultSize is how many entries a page of a list has when nobody chose.
const DefaultSize = 24

// Searched is what somebody looks for in a list (q), without the blanks around it, cut to what can be found.
func (r *Request) Searched() string {
	q := []rune(strings.TrimSpace(r.Query("q")))
	return string(q[:min(len(q), LongestQuery)])
}

// Asked is the part of a list that the address asks for; size is how many entries a page has where it says nothing.
func (r *Request) Asked(size int) paging.Ask {
	return paging.Ask{Page: r.QueryInt("page", 1, 1_000_000, 1), Size: r.QueryInt("size", 12, 48, size)}.Clean(size)
}

// Pager leads through a part of a list; at gives the address of a page, swap says what is replaced by a script.
func Pager[T any](r *Request, p paging.Part[T], label, swap string, at func(page int) string) ui.Paging {
	from, to := p.Offset()+1, p.Offset()+len(p.Items)
	shown := r.P.Text("web.paging.shown", "From", from, "To", to, "Total", p.Total)
	if p.More {
		shown = r.P.Text("web.paging.shown_more", "From", from, "To", to, "Total", p.Total)
	}
	if len(p.Items) == 0 {
		shown = ""
	}
	g := ui.Paging{Label: label, Shown: shown, Page: p.Page, URL: at, Swap: swap, More: p.More}
	if !p.More {
		g.Pages = p.Pages()
	}
	return g
}

// Sizes offers 12, 24 and 48 entries a page; at gives the address with a size.
func Sizes(p paging.Ask, swap string, at func(size string) string) []ui.Link {
	links := make([]ui.Link, len(paging.Sizes))
	for i, size := range paging.Sizes {
		text := strconv.Itoa(size)
		links[i] = ui.Link{Text: text, URL: at(text), Current: size == p.Size, Swap: swap}
	}
	return links
}

// Way is a way to see a list, in words, with the value that the address has for it.
type Way struct{ Value, Text string }

// Choice offers some ways to see a list of which one is in use; the first is the address without the name.
func Choice(r *Request, name, part string, ways ...Way) []ui.Link {
	links := make([]ui.Link, len(ways))
	now := r.Query(name)
	for i, way := range ways {
		links[i] = ui.Link{Text: way.Text, URL: r.With(name, way.Value, "page", "", "after", ""), Current: now == way.Value, Swap: part}
	}
	return links
}

// Figures writes a count that may have stopped at its cap.
func Figures(p *locale.Printer, n int, more bool) string {
	if more {
		return p.Number(n) + "+"
	}
	return p.Number(n)
}

// Remember keeps with the person how they want to see a list of that name, for when its address does not say. The page is shown
// also where that cannot be kept.
func (r *Request) Remember(list, way string) {
	if r.Remembered(list) == way {
		return
	}
	err := r.Update(func(tx *sqldb.Tx) error {
		kept, err := look.Keep(r.Context(), tx, r.By, list, way)
		if err == nil {
			r.Login.Looks = kept
		}
		return err
	})
	if err != nil {
		r.Note(slog.String("forgotten", err.Error()))
	}
}

// Remembered is what was kept for the person, "" for nothing. They may have chosen it long ago: it is looked at as an address is.
func (r *Request) Remembered(list string) string { return look.Of(r.Login.Looks, list) }
