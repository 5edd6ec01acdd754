package contact

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// A search goes in tiers, each by an index, and stops when the page is full (performance.md, traps 3 and 5):
// the number; the beginnings of names, in the list's order; the beginnings of the other fields; last, names
// that hold the words anywhere.

// lastKey is past every text that begins with what stands before it.
const lastKey = "\U0010FFFF"

func (f Filter) search(ctx context.Context, tx *sqldb.Tx, by actor.Actor, part *paging.Part[Listed]) ([]id.Contact, error) {
	if number, ok := ParseLabel(f.Query); ok {
		ids, err := f.exact(ctx, tx, by, number)
		if err != nil || len(ids) > 0 {
			part.Total = len(ids)
			return ids, err
		}
	}
	tiers := []tier{f.names(by), f.fields(by)}
	ids, err := f.fill(ctx, tx, by, part, tiers)
	if err != nil || part.Total >= f.Size {
		return ids, err
	}
	walk, err := f.mayWalk(ctx, tx, by, part.Total)
	if err != nil || !walk {
		return ids, err
	}
	all := f
	all.Page = 1
	found, err := all.fill(ctx, tx, by, part, tiers) // fewer than a page: what the last tier leaves out
	if err != nil {
		return nil, err
	}
	return f.fill(ctx, tx, by, part, append(tiers, f.within(by, found)))
}

// walkable is how many contacts a workspace may have for the last tier to walk over all their names although
// something was found: a walk over so many takes some milliseconds.
const walkable = 50_000

// mayWalk reports whether the last tier is worth its price: always when nothing was found.
func (f Filter) mayWalk(ctx context.Context, tx *sqldb.Tx, by actor.Actor, found int) (bool, error) {
	if found == 0 {
		return true, nil
	}
	n, err := sqldb.Total(ctx, tx, by.Workspace, "contacts")
	return n <= walkable, err
}

// tier selects id, family_key and given_key of its matches.
type tier query

// fill takes the page out of the tiers, one behind the other.
func (f Filter) fill(ctx context.Context, tx *sqldb.Tx, by actor.Actor, part *paging.Part[Listed], tiers []tier) ([]id.Contact, error) {
	part.Total, part.More = 0, false
	var ids []id.Contact
	for _, t := range tiers {
		if t.text == "" {
			continue
		}
		n, more, err := capped(ctx, tx, query{`SELECT id FROM (` + t.text + `) t`, t.args})
		if err != nil {
			return nil, err
		}
		offset := max(0, f.Offset()-part.Total)
		if missing := f.Size - len(ids); missing > 0 && (offset < n || more) {
			found, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM (`+t.text+`) t ORDER BY `+f.order()+
				` LIMIT `+strconv.Itoa(missing)+` OFFSET `+strconv.Itoa(offset), t.args...)
			if err != nil {
				return nil, err
			}
			ids = append(ids, found...)
		}
		part.Total += n
		if more || part.Total > paging.Cap {
			part.Total, part.More = min(part.Total, paging.Cap), true
			break
		}
	}
	return ids, nil
}

// ParseLabel reads a personal identifier as people write it: C-000123, c-123, 123 (product.md §1).
func ParseLabel(s string) (int64, bool) {
	s = strings.ToLower(strings.Join(strings.Fields(s), ""))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "c"), "-")
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0
}

func (f Filter) exact(ctx context.Context, tx *sqldb.Tx, by actor.Actor, number int64) ([]id.Contact, error) {
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	return sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE `+where+` AND number = `+q.arg(number), q.args...)
}

const keys = `SELECT id, family_key, given_key FROM contact WHERE `

// names are the contacts whose names begin so: family name, or family and given name in either order. A single
// word is one range of the index and keeps its order; several words are a union of ranges.
func (f Filter) names(by actor.Actor) tier {
	folded := name.Fold(f.Query)
	if folded == "" {
		return tier{}
	}
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	branches := []string{keys + where + ` AND family_key >= ` + q.arg(folded) + ` AND family_key < ` + q.arg(folded+lastKey)}
	for i, r := range folded {
		if r == ' ' {
			first, rest := folded[:i], folded[i+1:]
			branches = append(branches,
				keys+where+` AND family_key = `+q.arg(first)+` AND given_key >= `+q.arg(rest)+` AND given_key < `+q.arg(rest+lastKey),
				keys+where+` AND given_key = `+q.arg(first)+` AND family_key >= `+q.arg(rest)+` AND family_key < `+q.arg(rest+lastKey))
		}
		if len(branches) > 6 {
			break
		}
	}
	return f.union(branches, q.args)
}

// fields are the contacts found by anything else that begins so, each by its own index, without those of names.
func (f Filter) fields(by actor.Actor) tier {
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	var branches []string
	begin := func(column, prefix string) {
		branches = append(branches, keys+where+` AND `+column+` >= `+q.arg(prefix)+` AND `+column+` < `+q.arg(prefix+lastKey))
	}
	folded := name.Fold(f.Query)
	if folded != "" {
		where += ` AND NOT (family_key >= ` + q.arg(folded) + ` AND family_key < ` + q.arg(folded+lastKey) + `)`
		begin("given_key", folded)
		branches = append(branches, ofOrganizations(where, `name_key >= `+q.arg(folded)+` AND name_key < `+q.arg(folded+lastKey)))
	}
	if address := strings.ToLower(strings.TrimSpace(f.Query)); address != "" && !strings.ContainsFunc(address, unicode.IsSpace) {
		begin("email", address)
	}
	digits, international := digitsOf(f.Query)
	if len(digits) >= 4 {
		for _, prefix := range phonePrefixes(digits, international) {
			begin("mobile", prefix)
			begin("phone", prefix)
		}
		branches = append(branches, ofOrganizations(where, `siret >= `+q.arg(digits)+` AND siret < `+q.arg(digits+lastKey)))
	}
	return f.union(branches, q.args)
}

// ofOrganizations selects the contacts of the organisations that fit.
func ofOrganizations(where, fits string) string {
	return keys + where + ` AND organization_id IN (SELECT id FROM organization WHERE workspace_id = $1 AND ` + fits + ` LIMIT 100)`
}

// within are the contacts whose names hold every word somewhere, but those found already: a walk over the index
// of names.
func (f Filter) within(by actor.Actor, found []id.Contact) tier {
	words := strings.Fields(name.Fold(f.Query))
	if len(words) == 0 || len(words) > 5 {
		return tier{}
	}
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	for _, word := range words {
		if len([]rune(word)) < 3 {
			return tier{}
		}
		pattern := q.arg("%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%")
		where += ` AND (family_key LIKE ` + pattern + ` ESCAPE '\' OR given_key LIKE ` + pattern + ` ESCAPE '\')`
	}
	for _, contact := range found {
		where += ` AND id <> ` + q.arg(contact)
	}
	return tier{keys + where + f.cap(), q.args}
}

// union joins the branches; of several, each is capped so that a broad one does not cost the page.
func (f Filter) union(branches []string, args []any) tier {
	if len(branches) < 2 {
		return tier{strings.Join(branches, ""), args}
	}
	for i, b := range branches {
		branches[i] = `SELECT * FROM (` + b + f.cap() + `) b` + strconv.Itoa(i)
	}
	return tier{strings.Join(branches, " UNION "), args}
}

// cap bounds how many matches are looked at.
func (f Filter) cap() string {
	if f.uncapped {
		return ""
	}
	return ` LIMIT ` + strconv.Itoa(paging.Cap+1)
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
