package directory

import (
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/name"
)

// seeking is how many letters a word must have to be sought anywhere in a name.
const seeking = 3

// within adds the last tier, if the query has one: the contacts whose names hold each of its words anywhere. Among the people of one
// organisation that is a walk over its index of names; in a workspace the names that hold the longest word are found by their ends
// (name_part), and whoever bears them by the indexes of names.
func (t *tiers) within() bool {
	words := strings.Fields(name.Fold(t.Query))
	digits, _ := digitsOf(t.Query)
	short := slices.ContainsFunc(words, func(w string) bool { return len([]rune(w)) < seeking })
	if len(words) == 0 || len(words) > 5 || digits != "" || short {
		return false
	}
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	if !t.Organization.IsZero() || t.Shown == Everybody { // for whom no index of the workspace's has the names alone
		where := t.where + t.holding(words)
		t.list = append(t.list, tier{query{keys + where + t.cap(), slices.Clone(t.args)}, t.order(), where})
		return true
	}
	where := t.where + t.holding(words[1:])
	named := `SELECT key AS held FROM name_part WHERE workspace_id = $1 AND ` + t.begins("part", words[0])
	bearers := func(given, column string) string {
		return `SELECT * FROM (SELECT id, family_key, given_key FROM (` + named + given + t.cap() + `) n CROSS JOIN contact WHERE ` + column + ` = held AND ` + where + t.cap() + `) ` + column
	}
	text := `SELECT DISTINCT * FROM (` + bearers(` AND given = 0`, "family_key") + ` UNION ALL ` + bearers(` AND given = 1`, "given_key") + `) u`
	t.list = append(t.list, tier{query: query{text, slices.Clone(t.args)}, order: t.order()})
	return true
}

// holding is the condition that each of the words stands anywhere in a name.
func (t *tiers) holding(words []string) string {
	var b strings.Builder
	for _, word := range words {
		pattern := t.arg("%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%")
		b.WriteString(` AND (family_key LIKE ` + pattern + ` ESCAPE '\' OR given_key LIKE ` + pattern + ` ESCAPE '\')`)
	}
	return b.String()
}
