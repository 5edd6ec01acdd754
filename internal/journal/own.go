package journal

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// SignedIn is the kind of a sign-in: by far the most lines, so that some indexes leave it out.
const SignedIn = "contact.signed_in"

// ownAct is a kind of which an organisation's own people may know; where fields are named, only if one of them changed.
type ownAct struct {
	kind   string
	fields []string
}

// ownGroups are the acts of which an organisation's own people may know, by the groups in which they look for them. What is
// in none of them they never see: comments, what the host's staff take along, what is about nobody of theirs.
var ownGroups = []struct {
	name string
	acts []ownAct
}{
	{"invitation", kindsOf("contact.enrolled", "contact.invited", "contact.reminded", "contact.credentials_sent", "contact.asked_again", "contact.declined", "contact.joined")},
	{"access", append(kindsOf("contact.joined", "contact.authorized", "contact.login_changed", "contact.revoked", "contact.primary", "organization.delegated", "organization.archived", "organization.restored",
		"contact.super_admin_offered", "contact.super_admin_withdrawn", "contact.super_admin_refused", "contact.super_admin_lapsed", "contact.super_admin_accepted",
		"contact.super_admin_handed_over", "contact.super_admin_transferred", "contact.super_admin_taken"),
		ownAct{"contact.edited", []string{"role", "login_enabled", "login_email"}})},
	{"change", kindsOf("contact.created", "contact.enrolled", "contact.edited", "contact.renamed", "contact.respelled", "contact.replaced", "contact.preferences_changed",
		"organization.created", "organization.edited", "organization.reidentified")},
	{"sign_in", kindsOf(SignedIn)},
	{"export", kindsOf("transfer.exported", ownExported)},
	{"deletion", kindsOf("contact.deleted")},
}

// ownExported is the kind of line that tells that somebody of the organisation took its history along.
const ownExported = "organization.history_exported"

// ownFields are the fields whose names and values they may read: those that the portal shows of contacts and organisations.
var ownFields = map[string]bool{
	"civility": true, "family_name": true, "given_name": true, "mobile": true, "phone": true, "job_title": true, "email": true, "login_email": true, "role": true,
	"locale": true, "time_zone": true, "login_enabled": true, "authorized": true,
	"name": true, "siret": true, "customer_number": true, "address": true, "postcode": true, "city": true, "website": true, "archived": true,
	"noun": true, "format": true, "rows": true, "lines": true,
	"add_contacts": true, "give_logins": true, "give_admin": true, "max_logins": true, "login_domains": true, "approval": true,
}

func kindsOf(kinds ...string) (acts []ownAct) {
	for _, kind := range kinds {
		acts = append(acts, ownAct{kind: kind})
	}
	return acts
}

// OwnGroups are the names of the groups of acts, in their order.
func OwnGroups() (names []string) {
	for _, g := range ownGroups {
		names = append(names, g.name)
	}
	return names
}

// OwnFilter says which lines of an organisation's own history; the zero value means all that its people may see.
type OwnFilter struct {
	Group       string     // one of OwnGroups; "" = all
	About       []id.UUID  // contacts, at most MostAbout; nil = whomever, empty = nobody
	Number      string     // or the deleted contact that bore the number: «C-000123»
	Actor       id.UUID    // the contact that did it; zero = whoever
	By          actor.Kind // what the host's staff and programs did, or this program; "" = whoever
	From, Until sqldb.Time // from, and until before; 0 = open
	After       id.Line    // the last line of the page before
	Size        int        // at most this many, 1 to 500; 0 = 24
}

// MostAbout is how many contacts one filter may name: an engine takes no more values.
const MostAbout = 10_000

// fewAbout is of how many contacts the lines are read one contact after the other; of more, the organisation's are gone through.
const fewAbout = 48

// Own reads a page of the history of the caller's own organisation, newest first: the lines of which its people may know,
// without comments and without the fields that the portal does not show. Who of the host's staff did something it does not
// say. Lines about a contact that the portal does not show are not in it. Permission: SeeColleaguesHistory.
func Own(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f OwnFilter) (Page, error) {
	if err := by.Need(actor.SeeColleaguesHistory); err != nil {
		return Page{}, err
	}
	if f.Size <= 0 || f.Size > 500 {
		f.Size = 24
	}
	q := ownQuery{tx: tx, OwnFilter: f, args: []any{by.Workspace, by.Organization}}
	if err := q.conditions(ctx); err != nil || q.nothing {
		return Page{}, err
	}
	lines, err := sqldb.List(ctx, tx, scanLine, `SELECT `+lineColumns+` FROM `+linesWithValues+` WHERE l.workspace_id = $1 AND `+q.text()+ownOrder+strconv.Itoa(f.Size+1), q.args...)
	if err != nil {
		return Page{}, err
	}
	page := pageOf(lines, f.Size)
	for i := range page.Lines {
		page.Lines[i].confine()
	}
	return page, nil
}

// confine leaves of the line what the organisation's own people may know.
func (l *Line) confine() {
	if l.ActorKind == actor.Staff || l.ActorKind == actor.API {
		l.Actor = id.UUID{}
	}
	l.Comment = ""
	l.Fields = slices.DeleteFunc(l.Fields, func(field string) bool { return !ownFields[field] })
	l.Changes = slices.DeleteFunc(l.Changes, func(c Change) bool { return !ownFields[c.Field] })
}

// ownQuery is an OwnFilter as SQL, over journal_line l; $1 is the workspace, $2 the organisation.
type ownQuery struct {
	OwnFilter
	tx      *sqldb.Tx
	args    []any
	common  string // the conditions of every way to read it
	nothing bool   // no line can fulfil them
	many    bool   // it is about many contacts, which stand among the conditions
}

func (q *ownQuery) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// Reading the tables of rooms above is the price of a history that no page has to narrow. Unseen is contact.Unseen; who was
// deleted unseen remains so.
const ownShown = ` AND l.subject_id NOT IN (SELECT id FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND source = 'landing' AND authorized_at IS NULL AND accepted_at IS NULL)
	AND l.subject_id NOT IN (SELECT subject_id FROM journal_line WHERE workspace_id = $1 AND organization_id = $2 AND kind = 'contact.discarded' AND kind <> 'contact.signed_in')`

// conditions writes what every way to read it has in common.
func (q *ownQuery) conditions(ctx context.Context) error {
	q.common = ownShown
	switch q.By {
	case "":
	case actor.Staff:
		q.common += ` AND l.actor_kind IN ('staff', 'token')`
	default:
		q.common += ` AND l.actor_kind = ` + q.arg(string(q.By))
	}
	if q.From != 0 {
		q.common += ` AND l.at >= ` + q.arg(q.From)
	}
	if q.Until != 0 {
		q.common += ` AND l.at < ` + q.arg(q.Until)
	}
	if q.Number != "" {
		gone, err := sqldb.List(ctx, q.tx, sqldb.Value[id.UUID], `SELECT subject_id FROM journal_line WHERE workspace_id = $1 AND organization_id = $2
			AND kind = 'contact.deleted' AND kind <> 'contact.signed_in' AND subject_number = $3`, q.args[0], q.args[1], q.Number)
		if err != nil {
			return err
		}
		q.About = append(slices.Clone(q.About), gone...)
	}
	q.nothing = len(q.About) == 0 && (q.About != nil || q.Number != "") || len(q.acts()) == 0
	if q.many = len(q.About) > fewAbout; q.many {
		var in string
		in, q.args = sqldb.In(q.tx, q.args, q.About)
		q.common, q.About = q.common+` AND l.subject_id `+in, nil
	}
	if q.After.IsZero() {
		return nil
	}
	q.common += ` AND l.id < ` + q.arg(q.After)
	return nil
}

const ownOrder = ` ORDER BY l.id DESC LIMIT `

// text chooses the way: over the lines of few contacts, each by itself; or over those of some kinds, each by itself; or over
// all of the organisation's.
func (q *ownQuery) text() string {
	acts := q.acts()
	switch {
	case q.About != nil || !q.Actor.IsZero():
		return q.newest(q.people(` AND COALESCE(l.organization_id = $2, FALSE)` + oneOf(acts))) // theirs are few of the organisation's: so written, no planner takes those for the fewer
	case q.many && q.noSignIns(): // once alone, for the list of whom it is about is long
		return `l.organization_id = $2 AND l.kind <> 'contact.signed_in'` + oneOf(acts) + q.common
	case q.noSignIns():
		var kinds []string
		for _, a := range acts {
			kinds = append(kinds, `l.organization_id = $2 AND l.kind <> 'contact.signed_in'`+oneOf([]ownAct{a}))
		}
		return q.newest(kinds)
	}
	return `l.organization_id = $2 AND COALESCE(` + strings.TrimPrefix(oneOf(acts), ` AND `) + `, FALSE)` + q.common // lest a planner walk along the workspace's of a kind
}

// noSignIns reports whether no sign-in is asked for.
func (q *ownQuery) noSignIns() bool { return q.By != "" || q.Group != "" && q.Group != "sign_in" }

// people are the conditions that a line is about one of the contacts, and of their doing.
func (q *ownQuery) people(acts string) (ways []string) {
	if !q.Actor.IsZero() {
		acts = ` AND l.actor_kind = 'contact' AND l.actor_id = ` + q.arg(q.Actor) + acts
	}
	if q.About == nil {
		return []string{strings.TrimPrefix(acts, ` AND `)}
	}
	for _, subject := range q.About {
		ways = append(ways, `l.subject_id = `+q.arg(subject)+acts)
	}
	return ways
}

// newest reads the newest lines of each way by themselves, and of those the newest.
func (q *ownQuery) newest(ways []string) string {
	if len(ways) == 1 {
		return ways[0] + q.common
	}
	order := strings.ReplaceAll(ownOrder, "l.", "") + strconv.Itoa(q.Size+1)
	branches := make([]string, len(ways))
	for i, way := range ways {
		branches[i] = `SELECT * FROM (SELECT l.id FROM journal_line l WHERE l.workspace_id = $1 AND ` + way + q.common + order + `) b` + strconv.Itoa(i)
	}
	return `l.id IN (SELECT id FROM (` + strings.Join(branches, ` UNION ALL `) + `) t` + order + `)`
}

// acts are those that the filter asks for.
func (q *ownQuery) acts() (acts []ownAct) {
	whole := map[string]bool{}
	for _, g := range ownGroups {
		if q.Group != "" && q.Group != g.name {
			continue
		}
		for _, a := range g.acts {
			if q.Group == "" && (a.fields != nil || whole[a.kind]) { // another group has all of the kind
				continue
			}
			if q.By != "" && a.kind == SignedIn { // which contacts do alone
				continue
			}
			whole[a.kind] = true
			acts = append(acts, a)
		}
	}
	return acts
}

// oneOf is the condition that a line is one of the acts. The texts are all of this file.
func oneOf(acts []ownAct) string {
	var kinds, ways []string
	for _, a := range acts {
		if a.fields == nil {
			kinds = append(kinds, `'`+a.kind+`'`)
			continue
		}
		var changed []string
		for _, field := range a.fields {
			changed = append(changed, `',' || l.fields || ',' LIKE '%,`+field+`,%'`)
		}
		ways = append(ways, `l.kind = '`+a.kind+`' AND (`+strings.Join(changed, ` OR `)+`)`)
	}
	switch {
	case len(kinds) == 1 && ways == nil:
		return ` AND l.kind = ` + kinds[0]
	case len(kinds) > 0:
		ways = append(ways, `l.kind IN (`+strings.Join(kinds, `, `)+`)`)
	}
	return ` AND (` + strings.Join(ways, ` OR `) + `)`
}

// OwnDeleted tells by which numbers those of the contacts of the caller's own organisation were known that are deleted, «C-000123».
// Permission: SeeColleaguesHistory.
func OwnDeleted(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contacts []id.UUID) (map[id.UUID]string, error) {
	if err := by.Need(actor.SeeColleaguesHistory); err != nil || len(contacts) == 0 {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace, by.Organization}, contacts)
	numbers := make(map[id.UUID]string, len(contacts))
	_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
		var gone id.UUID
		var number string
		err = row.Scan(&gone, &number)
		numbers[gone] = number
		return none, err
	}, `SELECT subject_id, subject_number FROM journal_line
		WHERE workspace_id = $1 AND organization_id = $2 AND kind = 'contact.deleted' AND kind <> 'contact.signed_in' AND subject_id `+in, args...)
	return numbers, err
}

// OwnExported writes into the history of the caller's own organisation that so many of its lines were taken along; about is
// the organisation. Permission: SeeColleaguesHistory.
func OwnExported(ctx context.Context, tx *sqldb.Tx, by actor.Actor, about Subject, lines int) error {
	if err := by.Need(actor.SeeColleaguesHistory); err != nil {
		return err
	}
	return Record(ctx, tx, by, Entry{
		Kind: ownExported, Subject: about, Organization: by.Organization, Changes: []Change{{Field: "lines", After: strconv.Itoa(lines)}},
	})
}
