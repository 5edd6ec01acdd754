// Package siret holds the number by which the French state knows an establishment: nine digits of the company
// (SIREN) and five of the place, the last of them a check digit.
//
// It checks the number alone; whether INSEE ever gave it to anybody is not asked.
package siret

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
)

// length of a SIRET and of the SIREN in it, in digits.
const (
	length      = 14
	sirenLength = 9
)

// laPoste numbers its post offices by a rule of its own.
const laPoste = "356000000"

// SIRET is a valid number. The zero value means «absent».
type SIRET struct{ digits string }

// Parse reads 14 digits, in groups or not: blanks of every kind, dots and invisible characters are left out; a text of
// nothing else is absent. It refuses any other length, other characters and a wrong check digit, with a proposal
// where the mistake is a common one (a letter for a digit, zeros lost in a spreadsheet). An error is a fault.Message.
func Parse(s string) (SIRET, error) {
	s = strings.TrimSpace(s)
	if len(s) <= 256 { // a longer text is wrong with its blanks and without
		s = strings.Map(bare, s)
	}
	if s == "" {
		return SIRET{}, nil
	}
	if strings.ContainsFunc(s, notDigit) {
		return SIRET{}, refuseCharacters(s)
	}
	if m, ok := check(s); !ok {
		return SIRET{}, m
	}
	return SIRET{s}, nil
}

// bare drops what people write between the groups.
func bare(r rune) rune {
	if r == '.' || unicode.IsSpace(r) || name.Invisible(r) {
		return -1
	}
	return r
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

// check says what is wrong with a text of digits.
func check(digits string) (fault.Message, bool) {
	switch {
	case len(digits) == length && valid(digits):
		return fault.Message{}, true
	case len(digits) == length:
		return fault.M("siret.checksum"), false
	case len(digits) == sirenLength && luhn(digits)%10 == 0:
		return fault.M("siret.siren"), false
	}
	m := fault.M("siret.length", "Digits", len(digits))
	if n := length - len(digits); n == 1 || n == 2 { // a spreadsheet takes leading zeros away
		if padded := "00"[:n] + digits; valid(padded) {
			m.Proposal = SIRET{padded}.Grouped()
		}
	}
	return m, false
}

// lookalikes are the letters that people and scanners take for digits.
var lookalikes = strings.NewReplacer("O", "0", "o", "0", "I", "1", "l", "1", "-", "", "\u2011", "", "\u2013", "", "/", "")

func refuseCharacters(bare string) fault.Message {
	if rounded(bare) {
		return fault.M("siret.rounded")
	}
	m := fault.M("siret.characters")
	if len(bare) > 64 {
		return m
	}
	if s := lookalikes.Replace(bare); len(s) == length && !strings.ContainsFunc(s, notDigit) && valid(s) {
		m.Proposal = SIRET{s}.Grouped()
	}
	return m
}

// rounded recognises what a spreadsheet makes of a long number: «8,12457E+13».
func rounded(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+")
	return ok && mantissa != "" && strings.Trim(mantissa, "0123456789,") == "" && exponent != "" && strings.Trim(exponent, "0123456789") == ""
}

// valid reports whether 14 digits hold together.
func valid(digits string) bool {
	siren := digits[:sirenLength]
	if siren == "000000000" {
		return false
	}
	return luhn(digits)%10 == 0 || siren == laPoste && sum(digits)%5 == 0
}

// luhn adds up the digits, every second from the right doubled.
func luhn(digits string) (total int) {
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		total += d
	}
	return total
}

func sum(digits string) (total int) {
	for _, r := range digits {
		total += int(r - '0')
	}
	return total
}

// IsZero reports whether it is absent.
func (s SIRET) IsZero() bool { return s.digits == "" }

// Plain is the 14 digits, "" if absent: the form of the database and of keys.
func (s SIRET) Plain() string { return s.digits }

// String is Plain.
func (s SIRET) String() string { return s.digits }

// Grouped is the form for pages and files, «812 457 398 00020» with no-break spaces (U+00A0); "" if absent.
func (s SIRET) Grouped() string {
	d := s.digits
	if len(d) != length {
		return d
	}
	const space = "\u00A0"
	return d[:3] + space + d[3:6] + space + d[6:9] + space + d[9:]
}

// SIREN is the company's nine digits, "" if absent.
func (s SIRET) SIREN() string { return s.digits[:min(sirenLength, len(s.digits))] }

// Value stores the 14 digits, or NULL if absent.
func (s SIRET) Value() (driver.Value, error) {
	if s.digits == "" {
		return nil, nil
	}
	return s.digits, nil
}

// Scan trusts the database: what it holds was parsed once.
func (s *SIRET) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		s.digits = ""
	case string:
		s.digits = v
	case []byte:
		s.digits = string(v)
	default:
		return fmt.Errorf("siret: cannot scan %T", src)
	}
	return nil
}

// MarshalText is Plain.
func (s SIRET) MarshalText() ([]byte, error) { return []byte(s.digits), nil }

// UnmarshalText parses; "" is absent.
func (s *SIRET) UnmarshalText(b []byte) (err error) {
	*s, err = Parse(string(b))
	return err
}
