package directory

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// tier is a part of a search: its query selects its matches' identifiers and what they are ordered by, those of the tiers before it
// left out. Where its index has an order, that is the tier's, so that nothing is sorted; else the first matches are
// gathered, up to a cap, and put into the list's order (performance.md, trap 2).
type tier struct {
	query
	order string
	where string // what the query asks of a contact, if it is one walk over an index; else ""
}

const keys = `SELECT id, family_key, given_key FROM contact WHERE `

// choice is some of the tier's matches.
func (t tier) choice(most, offset int) contact.Choice {
	if t.where != "" {
		return contact.Choice{Where: t.where, Order: t.order, Args: t.args, Limit: most, Offset: offset}
	}
	return contact.Choice{Order: t.order, Args: t.args, Limit: most, Where: `workspace_id = $1 AND id IN (SELECT id FROM (` + t.text + `) t ORDER BY ` + t.order +
		` LIMIT ` + strconv.Itoa(most) + ` OFFSET ` + strconv.Itoa(offset) + `)`}
}

// count counts the tier's matches up to a cap: along the index that has its order, if one does.
func (t tier) count(ctx context.Context, tx *sqldb.Tx, most int) (n int, more bool, err error) {
	if t.where != "" {
		return sqldb.CountUpTo(ctx, tx, most, `SELECT id FROM contact WHERE `+t.where+` ORDER BY `+t.order, t.args...)
	}
	return sqldb.CountUpTo(ctx, tx, most, `SELECT id FROM (`+t.text+`) t`, t.args...)
}

// lastKey is past every text that begins with what stands before it.
const lastKey = "\U0010FFFF"

// tiers gathers them; where is what none of them may select.
type tiers struct {
	Filter
	query
	where string
	list  []tier
}

// tiers is where those of a list of the workspace's begin.
func (f Filter) tiers(by actor.Actor) *tiers {
	t := &tiers{Filter: f, query: query{args: []any{by.Workspace}}}
	t.where = f.conditions(&t.query)
	return t
}

// beginnings adds the tiers of what begins as the query does: of digits phones and SIRETs, of anything else names and
// given names; then organisations and e-mails.
func (t *tiers) beginnings() {
	folded := name.Fold(t.Query)
	if digits, international := digitsOf(t.Query); len(digits) >= 4 {
		t.phones(phonePrefixes(digits, international))
		t.add("", t.ofOrganizations("siret", digits))
	} else if folded != "" && digits == "" {
		t.names(folded)
		t.add("given_key, family_key, id", t.begins("given_key", folded))
		t.inside(folded)
	}
	if folded != "" {
		t.add("", t.ofOrganizations("name_key", folded))
	}
	if address := strings.ToLower(strings.TrimSpace(t.Query)); address != "" && !strings.ContainsFunc(address, unicode.IsSpace) {
		t.add("email, family_key, given_key, id", t.begins("email", address))
	}
}

// names: family name, or family and given name in either order.
func (t *tiers) names(folded string) {
	ways := []string{t.begins("family_key", folded)}
	for i, r := range folded {
		if r == ' ' && len(ways) < 7 {
			first, rest := folded[:i], folded[i+1:]
			ways = append(ways, `family_key = `+t.arg(first)+` AND `+t.begins("given_key", rest), `given_key = `+t.arg(first)+` AND `+t.begins("family_key", rest))
		}
	}
	t.add("family_key, given_key, id", ways...)
}

// inside makes a tier of who has it within a name: begun so, or a word so and the other name begun with the rest, in either order.
func (t *tiers) inside(folded string) {
	ways := []string{t.words(folded, "")}
	for i, r := range folded {
		if r == ' ' && len(ways) < 5 {
			first, rest := folded[:i], folded[i+1:]
			ways = append(ways, t.words(first, rest), t.words(rest, first))
		}
	}
	branches := make([]string, len(ways))
	for i, words := range ways { // the words first, whatever a planner believes of them
		branches[i] = `SELECT * FROM (SELECT id, family_key, given_key FROM (` + words + `) w CROSS JOIN contact WHERE id = contact_id AND ` + t.where + t.cap() + `) b` + strconv.Itoa(i)
	}
	text := `SELECT DISTINCT * FROM (` + strings.Join(branches, ` UNION ALL `) + `) u`
	t.list = append(t.list, tier{query: query{text, slices.Clone(t.args)}, order: t.Filter.order()})
	for _, words := range ways {
		t.where += ` AND (id IN (` + words + `)) IS NOT TRUE`
	}
}

// words selects the contacts that have a word within a name that begins so, the first of the workspace's or organisation's; of these,
// those who have a name that begins as other, if it says anything. Of two letters only a whole word counts, as many are: « Le Du ».
func (t *tiers) words(begun, other string) string {
	text := `SELECT contact_id, given_key, family_key FROM contact_word WHERE workspace_id = $1`
	if !t.Organization.IsZero() {
		text += ` AND organization_id = ` + t.arg(t.Organization)
	}
	if len([]rune(begun)) < 3 {
		text += ` AND words = ` + t.arg(begun)
	} else {
		text += ` AND ` + t.begins("words", begun)
	}
	text = `SELECT contact_id FROM (` + text + t.cap() + `) m`
	if other != "" {
		text += ` WHERE ` + t.begins("given_key", other) + ` OR ` + t.begins("family_key", other)
	}
	return text
}

// phones that begin in one of the ways: the likeliest alone, the others together.
func (t *tiers) phones(prefixes []string) {
	var others []string
	for i, prefix := range prefixes {
		if i == 0 {
			t.add("mobile, family_key, given_key, id", t.begins("mobile", prefix))
			t.add("phone, family_key, given_key, id", t.begins("phone", prefix))
			continue
		}
		others = append(others, t.begins("mobile", prefix), t.begins("phone", prefix))
	}
	if len(others) > 0 {
		t.add("", others...)
	}
}

// begins is a range of an index. So written, SQLite does not plan the statement anew for each value that is bound, to look it up in its
// statistics.
func (t *tiers) begins(column, prefix string) string {
	return column + ` >= (` + t.arg(prefix) + ` || '') AND ` + column + ` < (` + t.arg(prefix+lastKey) + ` || '')`
}

// ofOrganizations means the contacts of the first organisations that begin so.
func (t *tiers) ofOrganizations(column, prefix string) string {
	return `organization_id IN (SELECT id FROM organization WHERE workspace_id = $1 AND ` + t.begins(column, prefix) + ` ORDER BY ` + column + `, id LIMIT 100)`
}

// add makes a tier of what fulfils one of the ways, each an index's; order is the index's of an only way, "" if it has
// none.
func (t *tiers) add(order string, ways ...string) {
	if len(ways) == 0 {
		return
	}
	made := tier{query: query{t.union(ways), slices.Clone(t.args)}, order: order}
	if order == "" || len(ways) > 1 || t.Sort == Newest {
		made.order = t.Filter.order()
	} else {
		made.where = t.where + ` AND ` + ways[0]
		made.text = `SELECT ` + order + ` FROM contact WHERE ` + made.where
	}
	t.list = append(t.list, made)
	for _, way := range ways {
		t.where += ` AND (` + way + `) IS NOT TRUE`
	}
}

// union joins the ways, each up to the cap, so that a broad one does not cost the page.
func (t *tiers) union(ways []string) string {
	branches := make([]string, len(ways))
	for i, way := range ways {
		branches[i] = `SELECT * FROM (` + keys + t.where + ` AND ` + way + t.cap() + `) b` + strconv.Itoa(i)
	}
	return strings.Join(branches, ` UNION `)
}

// cap bounds how many matches are looked at.
func (f Filter) cap() string {
	if f.uncapped {
		return ""
	}
	return ` LIMIT ` + strconv.Itoa(max(f.most, paging.Cap)+1)
}

// digitsOf takes the digits out of what looks like a phone or SIRET, and whether it began with + or 00. Anything
// with letters has none.
func digitsOf(s string) (digits string, international bool) {
	s = strings.TrimSpace(s)
	var b strings.Builder
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case i == 0 && r == '+':
			international = true
		case unicode.IsSpace(r) || strings.ContainsRune(".-/()", r):
		default:
			return "", false
		}
	}
	digits = b.String()
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !international {
		return rest, true
	}
	return digits, international
}

// phonePrefixes are the beginnings of stored numbers (E.164) that what was typed may mean: the trunk's 0 stands
// for the country codes that French offices meet most.
func phonePrefixes(digits string, international bool) []string {
	if international {
		return []string{"+" + digits}
	}
	rest, ok := strings.CutPrefix(digits, "0")
	if !ok {
		return nil
	}
	var list []string
	for _, code := range [...]string{"33", "262", "590", "594", "596", "32", "41", "352"} {
		list = append(list, "+"+code+rest)
	}
	return list
}
