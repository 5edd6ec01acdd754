// Package transfer brings organisations and contacts in from files and out into files (issue «Real input»).
//
// An import goes by the same verbs as a form does, so that the same rules hold; it sends nothing. Each row is taken
// whole or refused alone, and the same file twice changes nothing. A file may be imported at once (Import: the command
// line), or be kept in the database and worked off by jobs (Receive: the page). What a file looks like from inside is
// package sheet's.
package transfer

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// Noun is what a file holds.
type Noun string

// The nouns.
const (
	Organizations Noun = "organizations"
	Contacts      Noun = "contacts"
)

// ParseNoun reads a noun; false for anything else.
func ParseNoun(s string) (Noun, bool) {
	n := Noun(s)
	return n, n == Organizations || n == Contacts
}

// Options say what an import may do beyond adding what is new.
type Options struct {
	CreateOrganizations bool `json:"create_organizations,omitempty"` // contacts: an unknown SIRET or customer number makes its organisation
	Update              bool `json:"update,omitempty"`               // rows that exist with other values change phones and function (organisations: address, phone, website)
	AcceptCorrections   bool `json:"accept_corrections,omitempty"`   // take the proposed correction of an e-mail address
	Rename              bool `json:"rename,omitempty"`               // contacts: another name beside a known personal identifier renames, as contact.Rename does
}

// Settings bound imports; zero fields take the defaults in brackets.
type Settings struct {
	Bytes     int64         // largest file [64 MiB]
	Retention time.Duration // how long a file and its report are kept [7 days]
	Abandoned time.Duration // how long the parts of a file that never arrived whole are kept [24 h]
	Unpacked  int64         // what an XLSX holds at most; this and the next as sheet.Limits has them
	Strings   int
	Row       int
	Columns   int
	Desk      *login.Desk // counts refused renamings of members of staff; without it they rename nothing
}

func (s Settings) withDefaults() Settings {
	if s.Bytes == 0 {
		s.Bytes = 64 << 20
	}
	if s.Retention == 0 {
		s.Retention = 7 * 24 * time.Hour
	}
	if s.Abandoned == 0 {
		s.Abandoned = 24 * time.Hour
	}
	return s
}

func (s Settings) limits() sheet.Limits {
	return sheet.Limits{Bytes: s.Bytes, Unpacked: s.Unpacked, Strings: s.Strings, Row: s.Row, Columns: s.Columns}
}

// Counts says what became, or would become, of the rows.
type Counts struct {
	New           int `json:"new"`
	Changed       int `json:"changed"`
	Unchanged     int `json:"unchanged"`
	Refused       int `json:"refused"`
	Organizations int `json:"organizations"` // made for new contacts
}

func (c Counts) plus(d Counts) Counts {
	return Counts{c.New + d.New, c.Changed + d.Changed, c.Unchanged + d.Unchanged, c.Refused + d.Refused, c.Organizations + d.Organizations}
}

// Rows is how many there were.
func (c Counts) Rows() int { return c.New + c.Changed + c.Unchanged + c.Refused }

// Fault is why a row is refused: in which column, as the file calls it; a code that programs may know; and the
// sentence for persons.
type Fault struct {
	Column  string
	Code    string
	Message fault.Message
}

// Refusal is a row that is not taken, with every fault of it.
type Refusal struct {
	Row    int // as a spreadsheet counts: the header is 1
	Faults []Fault
	Cells  []string // as they stand in the file
}

// codes of the messages that come from elsewhere or share a code; else it is the message's key.
var codes = map[string]string{
	"contact.exists": "exists", "transfer.exists": "exists", "transfer.exists_kept": "exists",
	"contact.account_exists": "account_exists", "contact.organization_archived": "archived",
	"fault.required": "required", "name.required": "required",
}

func newFault(column string, m fault.Message) Fault {
	code, ok := codes[m.Key]
	if !ok {
		code = strings.TrimPrefix(m.Key, "transfer.")
	}
	return Fault{column, code, m}
}

// RefusedLine is a refused row in words: its first fault, and the further ones. Its form in JSON is a promise to programs.
type RefusedLine struct {
	Row int `json:"row"`
	FaultLine
	Also []FaultLine `json:"also,omitempty"`
}

// FaultLine is a fault in words.
type FaultLine struct {
	Column   string `json:"column"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Proposal string `json:"proposal,omitempty"`
}

// Result is what became of an import. The refusals were handed out.
type Result struct {
	Counts
	UnknownColumns []string // of the file: they were passed over
}

// Line puts a refusal into the printer's language.
func (r Refusal) Line(p *locale.Printer) RefusedLine {
	l := RefusedLine{Row: r.Row}
	for i, f := range r.Faults {
		line := FaultLine{f.Column, f.Code, p.Message(f.Message), f.Message.Proposal}
		if i == 0 {
			l.FaultLine = line
		} else {
			l.Also = append(l.Also, line)
		}
	}
	return l
}

// encode and decode keep faults in the database.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// decode keeps numbers as they were written, so that a message prints them alike.
func decode(s string, v any) error {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	return d.Decode(v)
}
