// Package told puts the history into words: the lines that the rooms write, as sentences with links, and the values
// that they changed, as a page shows them.
//
// It stands below the faces, each of which shows a history of its own. It reads no history and knows nobody's
// filters: whoever shows one has found the lines, and asks for the words.
package told

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
	"github.com/entregent/entregent/internal/web"
)

// Piece is a part of a sentence: plain words, a person in bold, or a link.
type Piece struct {
	Text   string
	URL    string
	Strong bool
}

// Line is a line of the history in words.
type Line struct {
	journal.Line
	Icon     string
	Who      string // did it
	About    string // whom or what it is about, "" for what has no name
	Sentence []Piece
	Values   []Value
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

// Value is what a field was and became.
type Value struct{ Label, Before, After string }

// teller puts lines into words: it knows whom and what they name, as far as that is still there.
type teller struct {
	r             *web.Request
	people        map[id.Login]string
	contacts      map[id.Contact]contact.Row
	replaced      map[id.Contact]sqldb.Time // since when those that somebody took over are that person
	organizations map[id.Organization]string
	invited       map[id.Invitation]string // into the team
	documents     map[id.Document]string   // their titles
	within        id.Organization          // whose history it is, so that it need not be named; zero = the workspace's
	programs      map[id.Token]string      // other programs that did something, by their tokens
	gone          map[id.UUID]string       // the numbers of deleted contacts that did something
	portal        bool                     // the reader is one of the organisation's own people
}

// Tell puts lines of the history into words, in their order. Within is the organisation on whose page they stand, so
// that they need not name it; zero = the workspace's. Whom a line names is looked up, and called departed or deleted
// when gone, and former where another person has taken the contact over since.
func Tell(r *web.Request, tx *sqldb.Tx, lines []journal.Line, within id.Organization) ([]Line, error) {
	t := teller{r: r, within: within}
	var people []id.Login
	var contacts []id.Contact
	var organizations []id.Organization
	var invited []id.Invitation
	var tokens []id.Token
	var documents []id.Document
	for _, l := range lines {
		switch l.ActorKind {
		case actor.Contact:
			contacts = append(contacts, id.Contact{UUID: l.Actor})
		case actor.API:
			tokens = append(tokens, id.Token{UUID: l.Actor})
		default:
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
		case "document":
			documents = append(documents, id.Document{UUID: l.Subject.ID})
		}
	}
	var err error
	if t.people, err = login.Names(r.Context(), tx, people); err != nil {
		return nil, err
	}
	if t.contacts, err = contact.Rows(r.Context(), tx, r.By, contacts); err != nil {
		return nil, err
	}
	if t.replaced, err = contact.Replaced(r.Context(), tx, r.By, contacts); err != nil {
		return nil, err
	}
	if t.organizations, err = organization.Names(r.Context(), tx, r.By, organizations); err != nil {
		return nil, err
	}
	if t.invited, err = invitation.Names(r.Context(), tx, r.By, invited); err != nil {
		return nil, err
	}
	if t.programs, err = token.Names(r.Context(), tx, r.By.Workspace, tokens); err != nil {
		return nil, err
	}
	if t.documents, err = document.Titles(r.Context(), tx, r.By, documents); err != nil {
		return nil, err
	}
	list := make([]Line, len(lines))
	for i, l := range lines {
		list[i] = t.line(l)
	}
	return list, nil
}

func (t teller) line(l journal.Line) Line {
	key := "told.line." + l.Kind
	if t.isReader(l) {
		key = "told.own." + l.Kind
	}
	number := l.Subject.Number
	if l.Subject.Kind == "request" {
		number = mark("Subject") // its sentences name it by that alone
	}
	args := []any{"Who", mark("Who"), "Subject", mark("Subject"), "Number", number}
	if l.Subject.Kind == "transfer" || l.Subject.Kind == "dispatch" {
		args = append(args, countsOf(l)...)
	}
	who, subject := t.who(l), t.subject(l)
	marks := map[string][]Piece{"Who": {{Text: who, Strong: true}}, "Subject": subject}
	said := Line{Line: l, Icon: icons[l.Kind], Who: who, About: plain(subject), New: isNew(l), Sentence: split(t.r.P.Text(key, args...), marks)}
	for _, c := range l.Changes {
		if evident[c.Field] {
			continue
		}
		said.Values = append(said.Values, Value{
			Label:  t.r.P.Text("told.field." + c.Field),
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
	return strings.HasSuffix(l.Kind, ".created") || l.Kind == "invoice.filed" || l.Kind == "document.added" || strings.HasPrefix(l.Kind, "staff.invited") || l.Subject.Kind == "transfer" || l.Kind == "journal.exported" || l.Kind == "organization.history_exported"
}

// A sentence is printed whole, with marks that no text of a person can hold (names have no control characters);
// then the marks give way to the links. So no sentence is put together from parts.
func mark(name string) string { return "\x00" + name + "\x00" }

// split cuts a printed sentence at its marks.
func split(sentence string, marks map[string][]Piece) []Piece {
	var pieces []Piece
	for i, part := range strings.Split(sentence, "\x00") {
		if i%2 == 1 {
			pieces = append(pieces, marks[part]...)
		} else if part != "" {
			pieces = append(pieces, Piece{Text: part})
		}
	}
	return pieces
}

// who did it.
func (t teller) who(l journal.Line) string {
	switch {
	case l.ActorKind == actor.Program:
		return t.r.P.Text("told.program")
	case t.isReader(l):
		return t.r.P.Text("told.you")
	case l.ActorKind == actor.Contact:
		return t.colleague(l)
	case t.portal:
		return t.r.Workspace.Name
	case l.ActorKind == actor.API:
		return t.r.P.Text("told.other_program", "Name", t.programs[id.Token{UUID: l.Actor}])
	}
	if name := t.people[id.Login{UUID: l.Actor}]; name != "" {
		return name
	}
	return t.r.P.Text("told.departed")
}

// colleague is the contact that did it.
func (t teller) colleague(l journal.Line) string {
	if c, ok := t.contacts[id.Contact{UUID: l.Actor}]; ok {
		return t.nameAt(c, l.At)
	}
	if number := t.gone[l.Actor]; number != "" {
		return t.r.P.Text("told.deleted.contact", "Number", number)
	}
	return t.r.P.Text("told.departed")
}

// isReader reports whether the reader did it, as whoever they are here.
func (t teller) isReader(l journal.Line) bool {
	if t.portal {
		return l.ActorKind == actor.Contact && l.Actor == t.r.By.Contact.UUID && l.At >= t.replaced[t.r.By.Contact]
	}
	return l.ActorKind == actor.Staff && l.Actor == t.r.Login.ID.UUID
}

// name is how the reader's pages name a contact.
func (t teller) name(c contact.Row) string {
	if t.portal {
		return web.Name(t.r.P, c)
	}
	return web.FullName(t.r.P, c)
}

// nameAt is what the contact's person is called who did something, or to whom something was done, at that moment: another may have
// taken the contact over since, and the name of the one before went with them.
func (t teller) nameAt(c contact.Row, at sqldb.Time) string {
	if at < t.replaced[c.ID] {
		return t.r.P.Text("told.former", "Number", c.Label())
	}
	return t.name(c)
}

// subject is what the line is about: a link while it is there, else what it was called.
func (t teller) subject(l journal.Line) []Piece {
	switch l.Subject.Kind {
	case "contact":
		return t.contact(l)
	case "organization":
		return []Piece{t.organization(id.Organization{UUID: l.Subject.ID}, l.Subject.Number)}
	case "workspace":
		return []Piece{{Text: t.r.Workspace.Name, Strong: true}}
	case "invoice":
		return []Piece{t.invoice(l)}
	case "document":
		return []Piece{t.document(l)}
	case "letter_text":
		return []Piece{{Text: letterText(t.r, l.Subject.Number), Strong: true}}
	case "request":
		return []Piece{t.request(l)}
	case "offer":
		return []Piece{t.offer(l)}
	case "canned_answer", "token", "webhook":
		return []Piece{{Text: l.Subject.Number, Strong: true}}
	case "invitation":
		if name := t.invited[id.Invitation{UUID: l.Subject.ID}]; name != "" {
			return []Piece{{Text: name, Strong: true}}
		}
		return []Piece{{Text: t.r.P.Text("told.deleted.invitation")}}
	case "login":
		if name := t.people[id.Login{UUID: l.Subject.ID}]; name != "" {
			return []Piece{{Text: name, Strong: true}}
		}
		return []Piece{{Text: t.r.P.Text("told.departed")}}
	}
	return nil
}

// invoice is named by its number, whether it is still there or not; staff find it by that.
func (t teller) invoice(l journal.Line) Piece {
	if t.portal {
		return Piece{Text: l.Subject.Number, Strong: true}
	}
	return Piece{Text: l.Subject.Number, URL: t.r.Office("/invoices?q=" + url.QueryEscape(l.Subject.Number))}
}

// document is a link with its title while it is there, else its number.
func (t teller) document(l journal.Line) Piece {
	if title := t.documents[id.Document{UUID: l.Subject.ID}]; title != "" {
		return Piece{Text: title, URL: t.r.Office("/documents/" + l.Subject.ID.String())}
	}
	return Piece{Text: l.Subject.Number, Strong: true}
}

// request is named by its number; it is there as long as its organisation is.
func (t teller) request(l journal.Line) Piece {
	if t.portal || t.organizations[l.Organization] == "" {
		return Piece{Text: l.Subject.Number, Strong: true}
	}
	return Piece{Text: l.Subject.Number, URL: t.r.Office("/requests/" + l.Subject.ID.String())}
}

// offer is named by its number, whether it is still there or not; staff find it by that.
func (t teller) offer(l journal.Line) Piece {
	if t.portal {
		return Piece{Text: l.Subject.Number, Strong: true}
	}
	return Piece{Text: l.Subject.Number, URL: t.r.Office("/offers?q=" + url.QueryEscape(l.Subject.Number))}
}

// letterText names the wording of a letter: its kind and language, which are its number.
func letterText(r *web.Request, number string) string {
	kind, code, _ := strings.Cut(number, ".")
	language, _ := locale.ParseLanguage(code)
	return mail.TextName(r.P, kind, language)
}

func (t teller) contact(l journal.Line) []Piece {
	row, there := t.contacts[id.Contact{UUID: l.Subject.ID}]
	var about Piece
	if there {
		about = Piece{Text: t.nameAt(row, l.At), URL: t.address(row)}
	} else {
		about = Piece{Text: t.r.P.Text("told.deleted.contact", "Number", l.Subject.Number)}
	}
	name := t.organizations[l.Organization]
	if name == "" || l.Organization == t.within {
		return []Piece{about}
	}
	return []Piece{about, {Text: " ("}, t.organization(l.Organization, ""), {Text: ")"}}
}

// address is where the reader sees the contact.
func (t teller) address(c contact.Row) string {
	if t.portal {
		return t.r.Portal("/contacts/" + c.ID.String())
	}
	return c.Address(t.r.Workspace.Slug)
}

func (t teller) organization(of id.Organization, number string) Piece {
	if t.portal {
		return Piece{Text: t.r.Place().Name, URL: t.r.Portal("")}
	}
	if name := t.organizations[of]; name != "" {
		return Piece{Text: name, URL: t.r.Office("/organizations/" + of.String())}
	}
	return Piece{Text: t.r.P.Text("told.deleted.organization", "Number", number)}
}
