package docket

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// lastKey is past every text that begins with what stands before it.
const lastKey = "\U0010FFFF"

// maxWords is how many words of a search count.
const maxWords = 6

// searched is how many matches of a search are looked at: to sort a thousand would cost more than the page.
const searched = 300

// looked is how many requests that hold one of several words, all of them common, are looked at for the others, the newest ones
// of each spelling: a search for words of which every request has one costs no more.
const looked = 5 * searched

// newest reads the index of words backwards.
const newest = ` ORDER BY word DESC, number DESC LIMIT `

// search selects the numbers of those whose subject holds every word, or one that begins so; "" where it is a number that is
// looked for. The matches of one word are gathered up to searched, the newest of each spelling first; of several, one that few have
// is looked for, or else the longest, and the others are looked up.
func (f Filter) search(q *query) string {
	list, ok := f.words()
	if !ok {
		return ""
	}
	if len(list) == 0 {
		return nothing
	}
	within := f.within(q, list[0])
	if len(list) == 1 {
		return `SELECT DISTINCT number AS n FROM (SELECT number FROM request_word WHERE ` + within + newest + f.upTo(searched+1) + `) w` + f.orNumber(q)
	}
	return `SELECT DISTINCT w.number AS n FROM (SELECT number FROM request_word WHERE ` + within + newest + f.upTo(looked) + `) w WHERE 1 = 1` +
		holds(q, "w", list[1:]) + ` LIMIT ` + f.upTo(searched+1)
}

// number is what the search may mean as a number; alone, where nothing else is meant by it: « D-42 », but not « 42 ».
func (f Filter) number() (n int64, alone bool) {
	n, ok := request.ParseLabel(f.Query)
	return n, ok && strings.ContainsAny(f.Query, "dD")
}

// orNumber adds to what a search finds the request that bears it as its number.
func (f Filter) orNumber(q *query) string {
	n, _ := f.number()
	if n == 0 {
		return ""
	}
	own := ""
	if !f.Organization.IsZero() {
		own = ` AND organization_id = ` + q.arg(f.Organization)
	}
	return ` UNION SELECT number FROM request WHERE workspace_id = $1 AND number = ` + q.arg(n) + own
}

// upTo is the cap, which exports do not have.
func (f Filter) upTo(most int) string {
	if f.uncapped {
		most = math.MaxInt32
	}
	return strconv.Itoa(most)
}

// own selects the numbers of those with which the caller has to do, and of them those whose subject holds the words.
func (f Filter) own(q *query, by actor.Actor) string {
	list, ok := f.words()
	if ok && len(list) == 0 && f.Query != "" {
		return nothing
	}
	own := `SELECT w.number AS n FROM request_party w WHERE w.workspace_id = $1 AND w.contact_id = ` + q.arg(by.Contact)
	if n, alone := f.number(); n > 0 && !alone {
		return own + ` AND (w.number = ` + q.arg(n) + ` OR 1 = 1` + holds(q, "w", list) + `)`
	}
	return own + holds(q, "w", list)
}

// nothing is what signs alone find.
const nothing = `SELECT number AS n FROM request WHERE workspace_id = $1 AND 1 = 0`

// words are those that are looked for, the longest first; false where it is a number.
func (f Filter) words() ([]string, bool) {
	if _, alone := f.number(); alone {
		return nil, false
	}
	list := name.Words(f.Query)
	list = list[:min(len(list), maxWords)]
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	if i := slices.Index(list, f.rare); i > 0 {
		list[0], list[i] = list[i], list[0]
	}
	return list, true
}

// weigh finds, of several words that are looked for, one that few have.
func (f *Filter) weigh(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	list, ok := f.words()
	if !ok || len(list) < 2 {
		return nil
	}
	least := searched
	for _, word := range list {
		q := query{args: []any{by.Workspace}}
		n, _, err := sqldb.CountUpTo(ctx, tx, least, `SELECT 1 FROM request_word WHERE `+f.within(&q, word), q.args...)
		if err != nil {
			return err
		}
		if n < least {
			least, f.rare = n, word
		}
	}
	return nil
}

// within is the condition of the words that begin so, in the workspace or the filter's organisation.
func (f Filter) within(q *query, word string) string {
	where := `workspace_id = $1 AND `
	if !f.Organization.IsZero() {
		where += `organization_id = ` + q.arg(f.Organization) + ` AND `
	}
	return where + begins(q, "word", word)
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
