// Package name holds what people and things are called: a person's family and given name, civility, any
// other text of one line, and the folded forms by which the application compares them, the same on every engine.
//
// It knows nothing of contacts or accounts and holds no SQL; AccountKey only puts their key together.
package name

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/entregent/entregent/internal/fault"
)

// MaxPart is the length of a family or given name, in characters.
const MaxPart = 100

// Part is a family or a given name as it was typed, cleaned. The zero value means «absent».
type Part struct{ text string }

// ParsePart cleans what was typed (ends trimmed, runs of blanks made one, NFC) and refuses what is no name: none,
// more than MaxPart characters, control, zero-width or bidi characters, broken UTF-8, no letter.
// An error is a fault.Message.
func ParsePart(s string) (Part, error) {
	text, err := Line(s, MaxPart)
	if err != nil {
		return Part{}, withoutLetter(err)
	}
	if text == "" {
		return Part{}, fault.M("name.required")
	}
	if !hasLetter(text) {
		return Part{}, fault.M("name.no_letter")
	}
	return Part{text}, nil
}

// withoutLetter takes back a proposal that would be refused as a name.
func withoutLetter(err error) error {
	m, ok := err.(fault.Message)
	if ok && m.Proposal != "" && !hasLetter(m.Proposal) {
		m.Proposal = ""
		return m
	}
	return err
}

// hasLetter looks at the folded text, where a modifier letter that stands for an apostrophe is gone.
func hasLetter(s string) bool {
	return strings.ContainsFunc(Fold(s), func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Lm, r) })
}

// String is the name as cleaned, "" if absent.
func (p Part) String() string { return p.text }

// IsZero reports whether it is absent.
func (p Part) IsZero() bool { return p.text == "" }

// Key is Fold of the name: never empty for a name that was parsed.
func (p Part) Key() string { return Fold(p.text) }

// Value stores the text, or NULL if absent.
func (p Part) Value() (driver.Value, error) { return value(p.text), nil }

// Scan trusts the database: what it holds was parsed once.
func (p *Part) Scan(src any) error {
	text, err := scan(src)
	p.text = text
	return err
}

// MarshalText is String.
func (p Part) MarshalText() ([]byte, error) { return []byte(p.text), nil }

// UnmarshalText parses; "" is absent.
func (p *Part) UnmarshalText(b []byte) (err error) {
	*p = Part{}
	if len(b) > 0 {
		*p, err = ParsePart(string(b))
	}
	return err
}

// AccountKey puts together the key by which one person of one organisation is known on the whole
// installation: the organisation's identifier, then the folded names, parted by hyphens. No folded name
// holds a hyphen, so that two different triples never give one key.
func AccountKey(family, given Part, identifier string) string {
	return identifier + "-" + family.Key() + "-" + given.Key()
}

// Line cleans any other text of one line (job title, organisation's name, a line of an address) as
// ParsePart does, up to max characters. It may be empty and needs no letter. An error is a fault.Message.
func Line(s string, max int) (string, error) {
	text, err := clean(s, max)
	if err == errControl || err == errInvisible {
		m := fault.M("name.control")
		if err == errInvisible {
			m = fault.M("name.invisible")
		}
		if mended, err := clean(mend(s), max); err == nil {
			m.Proposal = mended
		}
		return "", m
	}
	return text, err
}

// What clean finds and a proposal may mend.
const (
	errControl   = flaw("control character")
	errInvisible = flaw("invisible character")
)

type flaw string

func (f flaw) Error() string { return string(f) }

func clean(s string, max int) (string, error) {
	if !utf8.ValidString(s) {
		return "", fault.M("name.broken")
	}
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n > 8*max { // composing shortens less than that
		return "", fault.M("name.too_long", "Max", max, "Length", n)
	}
	s = norm.NFC.String(s)
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return "", errControl
		case unicode.IsSpace(r):
			if len(b) > 0 && b[len(b)-1] != ' ' {
				b = append(b, ' ')
			}
		case Invisible(r):
			return "", errInvisible
		case r == utf8.RuneError || !unicode.IsGraphic(r): // unassigned and private characters show as boxes
			return "", fault.M("name.broken")
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	if n := utf8.RuneCount(b); n > max {
		return "", fault.M("name.too_long", "Max", max, "Length", n)
	}
	return string(b), nil
}

// mend makes control characters blanks and leaves invisible ones out.
func mend(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case Invisible(r):
			return -1
		}
		return r
	}, s)
}

func value(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

func scan(src any) (string, error) {
	switch v := src.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", fmt.Errorf("name: cannot scan %T", src)
}
