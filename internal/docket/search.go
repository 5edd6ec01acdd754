package docket

import (
	"slices"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
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

// search selects the numbers of those whose subject holds every word, or one that begins so; "" where it is a number that is
// looked for. The matches of one word are gathered up to the cap, the newest of each spelling first; of several, the longest is
// looked for and the others are looked up.
func (f Filter) search(q *query) string {
	list, ok := f.words()
	if !ok {
		return ""
	}
	if len(list) == 0 {
		return nothing
	}
	within := `workspace_id = $1 AND `
	if !f.Organization.IsZero() {
		within += `organization_id = ` + q.arg(f.Organization) + ` AND `
	}
	within += begins(q, "word", list[0])
	if len(list) == 1 {
		return `SELECT DISTINCT number AS n FROM (SELECT number FROM request_word WHERE ` + within + newest + strconv.Itoa(paging.Cap+1) + `) w`
	}
	return `SELECT DISTINCT w.number AS n FROM (SELECT number FROM request_word WHERE ` + within + newest + strconv.Itoa(looked) + `) w WHERE 1 = 1` +
		holds(q, "w", list[1:]) + ` LIMIT ` + strconv.Itoa(paging.Cap+1)
}

// own selects the numbers of those with which the caller has to do, and of them those whose subject holds the words.
func (f Filter) own(q *query, by actor.Actor) string {
	list, ok := f.words()
	if ok && len(list) == 0 && f.Query != "" {
		return nothing
	}
	return `SELECT w.number AS n FROM request_party w WHERE w.workspace_id = $1 AND w.contact_id = ` + q.arg(by.Contact) + holds(q, "w", list)
}

// nothing is what signs alone find.
const nothing = `SELECT number AS n FROM request WHERE workspace_id = $1 AND 1 = 0`

// words are those that are looked for, the longest first; false where it is a number.
func (f Filter) words() ([]string, bool) {
	if _, number := request.ParseLabel(f.Query); number {
		return nil, false
	}
	list := name.Words(f.Query)
	list = list[:min(len(list), maxWords)]
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list, true
}

func begins(q *query, column, word string) string {
	return column + ` >= ` + q.arg(word) + ` AND ` + column + ` < ` + q.arg(word+lastKey)
}

// holds is the condition that the subject of that row's request has all those words.
func holds(q *query, row string, words []string) (condition string) {
	for _, word := range words {
		condition += ` AND EXISTS (SELECT 1 FROM request_word v WHERE v.workspace_id = $1 AND v.number = ` + row + `.number AND ` + begins(q, "v.word", word) + `)`
	}
	return condition
}
