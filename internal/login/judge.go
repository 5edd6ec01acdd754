package login

import (
	"unicode"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/fault"
)

// The length of a password, in characters.
const (
	MinPassword = 12
	MaxPassword = 256
)

// enough is how many bits of guessing a password must be worth: 34 are some 10^10 tries, which at the price of
// one hash keep somebody with the stolen database busy for years, and whoever tries at the sign-in page forever.
const enough = 34

// Judge says whether a password may be chosen: at least MinPassword characters, and not guessable. Guessable is
// what is put together from common words in French or English, first names, runs of keys, sequences, repeats,
// dates, and from what it is about: the person's name and address, the workspace's name. There are no rules on
// what characters it is made of. The error is a fault.Message with the reason.
func Judge(password string, about ...string) error {
	if !utf8.ValidString(password) {
		return fault.M("login.password.broken")
	}
	password = normal(password)
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return fault.M("login.password.short", "Min", MinPassword)
	case n > MaxPassword:
		return fault.M("login.password.long", "Max", MaxPassword)
	}
	for _, r := range password {
		if unicode.IsControl(r) {
			return fault.M("login.password.broken")
		}
	}
	g := newGuesser(password, about)
	if bits := g.bits(); bits+g.capitals >= enough {
		return nil
	}
	return fault.M("login.guessable." + string(g.reason()))
}
