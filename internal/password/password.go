// Package password judges whether a new password may be chosen: how long it is, and how soon somebody would guess
// it who knows the common words in French and English, first names, the keyboard, and the person.
//
// It knows no login and hashes nothing; it keeps and logs no password.
package password

import (
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
	if !utf8.ValidString(typed) {
		return fault.M("password.broken")
	}
	typed = Normal(typed)
	n := utf8.RuneCountInString(typed)
	switch {
	case n < MinLength:
		return fault.M("password.short", "Min", MinLength)
	case n > MaxLength:
		return fault.M("password.long", "Max", MaxLength)
	}
	for _, r := range typed {
		if unicode.IsControl(r) {
			return fault.M("password.broken")
		}
	}
	g := newGuesser(typed, about)
	if bits := g.bits(); bits+g.capitals >= enough {
		return nil
	}
	return fault.M("password.guessable." + string(g.reason()))
}

// Normal makes one of the ways in which keyboards write the same accented letter. Passwords are judged, hashed
// and compared in this form.
func Normal(typed string) string { return norm.NFC.String(typed) }
