package docket

import (
	"slices"
	"strconv"

	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
)

// lastKey is past every text that begins with what stands before it.
const lastKey = "\U0010FFFF"

// maxWords is how many words of a search count.
const maxWords = 6

// looked is how many requests that hold the longest of several words are looked at for the others, the newest ones of each
// spelling: a search for words of which every request has one costs no more.
const looked = 5 * paging.Cap

// newest reads the index of words backwards.
const newest = ` ORDER BY word DESC, number DESC LIMIT `

// search is the query as a condition: that a number is the request's, or that its subject holds every word, or one that begins so. The matches of one
// word are gathered up to the cap, the newest of each spelling first; of several, the longest is looked for and the others are looked up.
func (f Filter) search(q *query) string {
	if number, ok := request.ParseLabel(f.Query); ok {
		return "number = " + q.arg(number)
	}
	list := name.Words(f.Query)
	if len(list) == 0 {
		if f.Query == "" {
			return ""
		}
		return "1 = 0" // signs alone
	}
	list = list[:min(len(list), maxWords)]
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	begins := func(word string) string {
		return `word >= ` + q.arg(word) + ` AND word < ` + q.arg(word+lastKey)
	}
	within := `workspace_id = $1 AND `
	if !f.Organization.IsZero() {
		within += `organization_id = ` + q.arg(f.Organization) + ` AND `
	}
	if len(list) == 1 {
		return `number IN (SELECT number FROM (SELECT number FROM request_word WHERE ` + within + begins(list[0]) + newest + strconv.Itoa(paging.Cap+1) + `) w)`
	}
	others := ""
	for _, word := range list[1:] {
		others += ` AND EXISTS (SELECT 1 FROM request_word v WHERE v.workspace_id = $1 AND v.number = w.number AND v.` + begins(word) + `)`
	}
	return `number IN (SELECT w.number FROM (SELECT number FROM request_word WHERE ` + within + begins(list[0]) + newest + strconv.Itoa(looked) + `) w WHERE 1 = 1` +
		others + ` LIMIT ` + strconv.Itoa(paging.Cap+1) + `)`
}
