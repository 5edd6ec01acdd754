// Package paging says which part of a list is wanted and which part was found. It holds no SQL.
package paging

// Sizes are the numbers of entries a page may have (manual 2, « Afficher »).
var Sizes = [...]int{12, 24, 48}

// Cap is how far matches are counted; past it a list says «more than».
const Cap = 1000

// Ask is the part of a list that is wanted. The zero value is the first page of the default size.
type Ask struct {
	Page int // from 1
	Size int // one of Sizes
	Most int // for programs: this many entries, up to MostEver, whatever Sizes are; 0 = Size says it
}

// MostEver is how many entries a page of a program may have.
const MostEver = 100

// Clean puts anything that came from outside into range.
func (a Ask) Clean(size int) Ask {
	found := false
	for _, s := range Sizes {
		found = found || s == a.Size
	}
	switch {
	case a.Most > 0:
		a.Size = min(a.Most, MostEver)
	case !found:
		a.Size = size
	}
	a.Page = min(max(a.Page, 1), 1_000_000)
	return a
}

// Offset is how many entries stand before the page.
func (a Ask) Offset() int { return (a.Page - 1) * a.Size }

// Part is a page of a list.
type Part[T any] struct {
	Items []T
	Ask
	Total int  // how many there are in all; at least this many when More
	More  bool // counting stopped at Total
}

// Pages is how many pages there are, at least 1; with More, how many are known of.
func (p Part[T]) Pages() int { return max(1, (p.Total+p.Size-1)/p.Size) }

// HasNext reports whether another page follows this one.
func (p Part[T]) HasNext() bool { return p.Page < p.Pages() || p.More }
