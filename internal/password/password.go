// Package password judges whether a new password may be chosen: how long it is, and how soon somebody would guess
// it who knows the common words in French and English, first names, the keyboard, and the person.
//
// It knows no login and hashes nothing; it keeps and logs no password.
package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/entregent/entregent/internal/fault"
)

// The length of a password, in characters.
const (
	MinLength = 12
	MaxLength = 256
)

// enough is how many bits of guessing a password must be worth: 34 are some 10^10 tries. At the price of one hash
// that is years of a processor's work for whoever has the database, and no way at all through the sign-in page.
const enough = 34

// Judge says whether a password may be chosen: at least MinLength characters, and not guessable. Guessable is
// what is put together from common words in French or English, first names, runs of keys, sequences, repeats,
// dates, and from what it is about: the person's name and address, the workspace's name. There are no rules on
// what characters it is made of. The error is a fault.Message with the reason.
func Judge(typed string, about ...string) error {
	if s := Weigh(typed, about...); s.Refusal.Key != "" {
		return s.Refusal
	}
	return nil
}

// Strength is what a password is worth.
type Strength struct {
	Bits    float64       // of guessing; 0 when it was not weighed
	Refusal fault.Message // why it may not be chosen; none (no Key) when it may
}

// Enough and Strong are the bits with which a password may be chosen, and from which on more would be of no use.
const (
	Enough = enough
	Strong = 51 // some 10^15 tries
)

// Weigh says what a password is worth and, as Judge does, whether it may be chosen.
func Weigh(typed string, about ...string) Strength {
	if !utf8.ValidString(typed) {
		return Strength{Refusal: fault.M("password.broken")}
	}
	typed = Normal(typed)
	n := utf8.RuneCountInString(typed)
	if n > MaxLength {
		return Strength{Refusal: fault.M("password.long", "Max", MaxLength)}
	}
	if strings.ContainsFunc(typed, unicode.IsControl) {
		return Strength{Refusal: fault.M("password.broken")}
	}
	g := newGuesser(typed, about)
	s := Strength{Bits: g.bits() + g.capitals}
	switch {
	case n < MinLength:
		s.Refusal = fault.M("password.short", "Min", MinLength)
	case s.Bits < enough:
		s.Refusal = fault.M("password.guessable." + string(g.reason()))
	}
	return s
}

// Normal makes one of the ways in which keyboards write the same accented letter. Passwords are judged, hashed
// and compared in this form.
func Normal(typed string) string { return norm.NFC.String(typed) }
