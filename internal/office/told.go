package office

import (
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// kinds are the acts that the rooms write into the history, by the group under which the filter lists them. Each
// has its sentences in office_journal.*.json: office.journal.line.(kind), office.journal.own.(kind) when the
// reader did it, and office.journal.kind.(kind) as an entry of the filter.
var kinds = []struct {
	group string
	icon  string
	acts  []act
}{
	{"contact", "user", []act{
		{"contact.created", "plus"}, {"contact.edited", "pencil"}, {"contact.renamed", "pencil"}, {"contact.respelled", "pencil"},
		{"contact.replaced", "swap"}, {"contact.authorized", "unlock"}, {"contact.invited", "send"}, {"contact.reminded", "send"},
		{"contact.credentials_sent", "mail"}, {"contact.asked_again", "mail"}, {"contact.joined", "check"}, {"contact.declined", "close"}, {"contact.login_changed", "swap"},
		{"contact.primary", "star"}, {"contact.deleted", "trash"},
		{"contact.commented", "talk"},
	}},
	{"organization", "building", []act{
		{"organization.created", "plus"}, {"organization.edited", "building"}, {"organization.reidentified", "building"},
		{"organization.archived", "none"}, {"organization.restored", "building"}, {"organization.deleted", "trash"},
		{"organization.commented", "talk"},
	}},
	{"dispatch", "send", []act{{"dispatch.started", "send"}, {"dispatch.cancelled", "close"}}},
	{"transfer", "swap", []act{{"transfer.imported", "swap"}, {"transfer.cancelled", "close"}, {"transfer.exported", "doc"}}},
	{"journal", "clock", []act{{"journal.exported", "doc"}}},
	{"letter_text", "mail", []act{{"letter_text.edited", "pencil"}, {"letter_text.removed", "trash"}}},
	{"workspace", "sliders", []act{
		{"workspace.created", "home"}, {"workspace.edited", "sliders"}, {"workspace.commented", "talk"}, {"staff.added", "users"},
		{"staff.invited", "send"}, {"staff.invited_again", "send"}, {"staff.asked_again", "mail"}, {"staff.withdrawn", "close"}, {"staff.declined", "close"},
		{"staff.joined", "users"}, {"staff.role_changed", "shield"}, {"staff.removed", "trash"}, {"staff.left", "users"},
		{"login.created", "user"}, {"login.edited", "user"}, {"login.password_changed", "lock"}, {"login.address_changed", "mail"},
	}},
}

type act struct{ kind, icon string }

// icons finds an act's picture; kindKnown tells whether there is such an act.
var icons = func() map[string]string {
	m := map[string]string{}
	for _, group := range kinds {
		for _, a := range group.acts {
			m[a.kind] = a.icon
		}
	}
	return m
}()

// piece is a part of a sentence: plain words, a person in bold, or a link.
type piece struct {
	Text   string
	URL    string
	Strong bool
}

// told is a line of the history in words.
type told struct {
	journal.Line
	Icon     string
	Sentence []piece
	Values   []value
	New      bool // nothing was there before, so that only what is there now is shown
}

// evident are the fields that the sentence tells already.
var evident = map[string]bool{"authorized": true, "archived": true, "new": true, "changed": true, "refused": true, "rows": true, "contacts": true}

// countsOf are the numbers that the sentence of a transfer or a dispatch says; what was not counted is none.
func countsOf(l journal.Line) []any {
	counts := map[string]int{}
	for _, c := range l.Changes {
		counts[c.Field], _ = strconv.Atoi(c.After)
	}
	return []any{"New", counts["new"], "Changed", counts["changed"], "Refused", counts["refused"], "Rows", counts["rows"], "Contacts", counts["contacts"]}
}

// value is what a field was and became.
type value struct{ Label, Before, After string }

// teller puts lines into words: it knows whom and what they name, as far as that is still there.
type teller struct {
	r             *web.Request
	people        map[id.Login]string
	contacts      map[id.Contact]contact.Row
	organizations map[id.Organization]string
	invited       map[id.Invitation]string // into the team
	within        id.Organization          // whose history it is, so that it need not be named; zero = the workspace's
}

// tell puts a page of the history into words. Within is the organisation on whose page it stands, if any.
func tell(r *web.Request, tx *sqldb.Tx, lines []journal.Line, within id.Organization) ([]told, error) {
	t := teller{r: r, within: within}
	var people []id.Login
	var contacts []id.Contact
	var organizations []id.Organization
	var invited []id.Invitation
	for _, l := range lines {
		if l.ActorKind == actor.Contact {
			contacts = append(contacts, id.Contact{UUID: l.Actor})
		} else {
			people = append(people, id.Login{UUID: l.Actor})
		}
		organizations = append(organizations, l.Organization)
		switch l.Subject.Kind {
		case "contact":
			contacts = append(contacts, id.Contact{UUID: l.Subject.ID})
		case "organization":
			organizations = append(organizations, id.Organization{UUID: l.Subject.ID})
		case "login":
			people = append(people, id.Login{UUID: l.Subject.ID})
		case "invitation":
			invited = append(invited, id.Invitation{UUID: l.Subject.ID})
		}
	}
	var err error
	if t.people, err = login.Names(r.Context(), tx, people); err != nil {
		return nil, err
	}
	if t.contacts, err = contact.Rows(r.Context(), tx, r.By, contacts); err != nil {
		return nil, err
	}
	if t.organizations, err = organization.Names(r.Context(), tx, r.By, organizations); err != nil {
		return nil, err
	}
	if t.invited, err = invitation.Names(r.Context(), tx, r.By, invited); err != nil {
		return nil, err
	}
	list := make([]told, len(lines))
	for i, l := range lines {
		list[i] = t.line(l)
	}
	return list, nil
}

func (t teller) line(l journal.Line) told {
	key := "office.journal.line." + l.Kind
	if l.ActorKind == actor.Staff && l.Actor == t.r.Login.ID.UUID {
		key = "office.journal.own." + l.Kind
	}
	args := []any{"Who", mark("Who"), "Subject", mark("Subject"), "Number", l.Subject.Number}
	if l.Subject.Kind == "transfer" || l.Subject.Kind == "dispatch" {
		args = append(args, countsOf(l)...)
	}
	marks := map[string][]piece{"Who": {{Text: t.who(l), Strong: true}}, "Subject": t.subject(l)}
	said := told{Line: l, Icon: icons[l.Kind], New: isNew(l), Sentence: split(t.r.P.Text(key, args...), marks)}
	for _, c := range l.Changes {
		if evident[c.Field] {
			continue
		}
		said.Values = append(said.Values, value{
			Label:  t.r.P.Text("office.journal.field." + c.Field),
			Before: t.value(meaning(l, c), c.Before),
			After:  t.value(meaning(l, c), c.After),
		})
	}
	return said
}

// meaning is the field by which a value is to be read: a role in the team is not one in the portal.
func meaning(l journal.Line, c journal.Change) string {
	if c.Field == "role" && l.Subject.Kind != "contact" {
		return "staff_role"
	}
	return c.Field
}

// isNew reports whether a line's values were nothing before: those of what came to be, and of files in and out.
func isNew(l journal.Line) bool {
	return strings.HasSuffix(l.Kind, ".created") || strings.HasPrefix(l.Kind, "staff.invited") || l.Subject.Kind == "transfer" || l.Kind == "journal.exported"
}

// A sentence is printed whole, with marks that no text of a person can hold (names have no control characters);
// then the marks give way to the links. So no sentence is put together from parts.
func mark(name string) string { return "\x00" + name + "\x00" }

// split cuts a printed sentence at its marks.
func split(sentence string, marks map[string][]piece) []piece {
	var pieces []piece
	for i, part := range strings.Split(sentence, "\x00") {
		if i%2 == 1 {
			pieces = append(pieces, marks[part]...)
		} else if part != "" {
			pieces = append(pieces, piece{Text: part})
		}
	}
	return pieces
}

// who did it.
func (t teller) who(l journal.Line) string {
	switch {
	case l.ActorKind == actor.Program:
		return t.r.P.Text("office.journal.program")
	case l.ActorKind == actor.Contact:
		if c, ok := t.contacts[id.Contact{UUID: l.Actor}]; ok {
			return fullName(t.r, c)
		}
		return t.r.P.Text("office.journal.departed")
	case l.Actor == t.r.Login.ID.UUID:
		return t.r.P.Text("office.journal.you")
	}
	if name := t.people[id.Login{UUID: l.Actor}]; name != "" {
		return name
	}
	return t.r.P.Text("office.journal.departed")
}

// subject is what the line is about: a link while it is there, else what it was called.
func (t teller) subject(l journal.Line) []piece {
	switch l.Subject.Kind {
	case "contact":
		return t.contact(l)
	case "organization":
		return []piece{t.organization(id.Organization{UUID: l.Subject.ID}, l.Subject.Number)}
	case "workspace":
		return []piece{{Text: t.r.Workspace.Name, Strong: true}}
	case "letter_text":
		return []piece{{Text: textName(t.r, l.Subject.Number), Strong: true}}
	case "invitation":
		if name := t.invited[id.Invitation{UUID: l.Subject.ID}]; name != "" {
			return []piece{{Text: name, Strong: true}}
		}
		return []piece{{Text: t.r.P.Text("office.journal.deleted.invitation")}}
	case "login":
		if name := t.people[id.Login{UUID: l.Subject.ID}]; name != "" {
			return []piece{{Text: name, Strong: true}}
		}
		return []piece{{Text: t.r.P.Text("office.journal.departed")}}
	}
	return nil
}

func (t teller) contact(l journal.Line) []piece {
	row, there := t.contacts[id.Contact{UUID: l.Subject.ID}]
	var about piece
	if there {
		about = piece{Text: fullName(t.r, row), URL: row.Address(t.r.Workspace.Slug)}
	} else {
		about = piece{Text: t.r.P.Text("office.journal.deleted.contact", "Number", l.Subject.Number)}
	}
	name := t.organizations[l.Organization]
	if name == "" || l.Organization == t.within {
		return []piece{about}
	}
	return []piece{about, {Text: " ("}, t.organization(l.Organization, ""), {Text: ")"}}
}

func (t teller) organization(of id.Organization, number string) piece {
	if name := t.organizations[of]; name != "" {
		return piece{Text: name, URL: t.r.Office("/organizations/" + of.String())}
	}
	return piece{Text: t.r.P.Text("office.journal.deleted.organization", "Number", number)}
}

// fullName is how the back office names a contact: civility, FAMILY NAME, given name.
func fullName(r *web.Request, c contact.Row) string {
	text := strings.ToUpper(c.FamilyName.String()) + " " + c.GivenName.String()
	if key := c.Civility.Label(); key != "" {
		text = r.P.Text(key) + "\u00a0" + text
	}
	return text
}
