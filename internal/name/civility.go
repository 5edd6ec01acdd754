package name

import (
	"database/sql/driver"
	"strings"

	"github.com/entregent/entregent/internal/fault"
)

// Civility is how a person is addressed. The zero value means «absent».
type Civility string

// The civilities. Dr belongs to workspaces of kind vendor, whose organisations are medical practices.
const (
	Mr Civility = "mr"
	Ms Civility = "ms"
	Dr Civility = "dr"
)

// written is how forms, files and people write them, folded and without full stops.
var written = map[string]Civility{
	"mr": Mr, "m": Mr, "monsieur": Mr, "mister": Mr, "sir": Mr,
	"ms": Ms, "mme": Ms, "mlle": Ms, "madame": Ms, "mademoiselle": Ms, "mrs": Ms, "miss": Ms, "madam": Ms,
	"dr": Dr, "docteur": Dr, "doctor": Dr, "dre": Dr, "docteure": Dr,
}

// ParseCivility reads a civility as forms and files write it («M.», «Mme», «Docteur», «mr»), case and accents
// ignored; a blank text is absent. Dr is refused where doctor is false. An error is a fault.Message.
func ParseCivility(s string, doctor bool) (Civility, error) {
	if len(s) <= 64 {
		word := strings.TrimSpace(strings.ReplaceAll(Fold(s), ".", ""))
		if word == "" && strings.TrimSpace(s) == "" {
			return "", nil
		}
		if c, ok := written[word]; ok && (doctor || c != Dr) {
			return c, nil
		}
	}
	if doctor {
		return "", fault.M("name.civility_or_doctor")
	}
	return "", fault.M("name.civility")
}

// IsZero reports whether it is absent.
func (c Civility) IsZero() bool { return c == "" }

// Label is the catalogue's key of the civility as it stands before a name («M.», «Mme», «Dr»), "" if absent.
func (c Civility) Label() string {
	switch c {
	case Mr:
		return "name.mr"
	case Ms:
		return "name.ms"
	case Dr:
		return "name.dr"
	}
	return ""
}

// Value stores the word, or NULL if absent.
func (c Civility) Value() (driver.Value, error) { return value(string(c)), nil }

// Scan trusts the database.
func (c *Civility) Scan(src any) error {
	text, err := scan(src)
	*c = Civility(text)
	return err
}
