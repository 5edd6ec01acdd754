package locale

import (
	"fmt"
	"time"

	"github.com/entregent/entregent/internal/fault"
)

// Printer prints messages and values for one person: their language, the nouns of the workspace they are in,
// their time zone. It is cheap to make, never changes, and may be used by many goroutines at once.
type Printer struct {
	*table
	zone *time.Location
}

// For makes a printer. A nil zone is Europe/Paris. Outside any workspace the nouns are Company and School.
// An unknown language counts as French, an unknown noun as Company or School.
func For(language Language, organization OrganizationNoun, host HostNoun, zone *time.Location) *Printer {
	all := shared()
	t := all[tableKey{language, organization, host}]
	if t == nil {
		t = all[nearest(language, organization, host)]
	}
	if zone == nil {
		zone = paris
	}
	return &Printer{t, zone}
}

func nearest(language Language, organization OrganizationNoun, host HostNoun) tableKey {
	if _, ok := ParseLanguage(string(language)); !ok {
		language = French
	}
	if organization != Practice && organization != Organization {
		organization = Company
	}
	if host != Vendor {
		host = School
	}
	return tableKey{language, organization, host}
}

// With is the same printer in another time zone; nil is Europe/Paris.
func (p *Printer) With(zone *time.Location) *Printer {
	if zone == nil {
		zone = paris
	}
	return &Printer{p.table, zone}
}

// Language is the language that p prints.
func (p *Printer) Language() Language { return p.language }

// Zone is the time zone in which p prints moments; never nil.
func (p *Printer) Zone() *time.Location { return p.zone }

// Has reports whether the catalogue has a text for key under p's nouns. Name the key without its variant.
func (p *Printer) Has(key string) bool { return p.messages[key] != nil }

// Text prints the message of that key; args alternate the name of a variable and its value:
//
//	p.Text("contact.added", "Name", name)
//
// Strings are put in as they are; an int or int64 with the language's grouping (give years and other labels
// as strings); a time.Time as by DateTime, a time.Duration as by Duration, a []string as by List, a
// fault.Message as by Message; anything else as fmt prints it. Superfluous values do no harm.
// A key or a variable that is missing is printed as its name between ⟦ ⟧ and reported to OnDefect.
func (p *Printer) Text(key string, args ...any) string {
	m := p.messages[key]
	if m == nil {
		return p.defect(key, "")
	}
	if m.text != "" {
		return m.text
	}
	return p.print(key, m, &values{pairs: args})
}

// Count prints the message of that key in the plural form that n takes; {{.N}} in it is n with the language's
// grouping. Otherwise as Text.
func (p *Printer) Count(key string, n int, args ...any) string {
	m := p.messages[key]
	if m == nil {
		return p.defect(key, "")
	}
	if m.text != "" {
		return m.text
	}
	return p.print(key, m, &values{pairs: args, n: n, count: true})
}

// Message prints a fault's sentence, as Text does; a plural one by its argument N. Proposal and Link are the
// caller's to show.
func (p *Printer) Message(f fault.Message) string {
	m := p.messages[f.Key]
	if m == nil {
		return p.defect(f.Key, "")
	}
	if m.text != "" {
		return m.text
	}
	return p.print(f.Key, m, &values{named: f.Args})
}

// print fills the right pattern of m. Nearly all texts fit into the room on the stack.
func (p *Printer) print(key string, m *message, v *values) string {
	var room [256]byte
	b := room[:0]
	for _, part := range p.patternOf(key, m, v) {
		b = append(b, part.text...)
		if part.variable == "" {
			continue
		}
		if v.count && part.variable == "N" {
			b = p.appendNumber(b, int64(v.n))
			continue
		}
		value, ok := v.get(part.variable)
		if !ok {
			b = append(b, p.defect(key, part.variable)...)
			continue
		}
		b = append(b, p.value(value)...)
	}
	return string(b)
}

func (p *Printer) patternOf(key string, m *message, v *values) pattern {
	if m.plural == nil {
		return m.pattern
	}
	n, ok := v.number()
	if !ok {
		p.defect(key, "N")
		return m.plural[other]
	}
	if chosen := m.plural[p.forms.of(n)]; chosen != nil {
		return chosen
	}
	return m.plural[other]
}

// value prints what a caller puts into a message.
func (p *Printer) value(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return p.Number(v)
	case int64:
		return p.Number(int(v))
	case time.Time:
		return p.DateTime(v)
	case time.Duration:
		return p.Duration(v)
	case []string:
		return p.List(v)
	case fault.Message:
		return p.Message(v)
	}
	return fmt.Sprint(value) // survives a String method that panics
}
