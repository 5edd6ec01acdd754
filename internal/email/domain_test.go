package email_test

import (
	"testing"

	"github.com/entregent/entregent/internal/email"
)

func TestParseDomain(t *testing.T) {
	t.Run("a domain comes as addresses have it, however it is written", func(t *testing.T) {
		for typed, want := range map[string]string{
			"corvenne.example": "corvenne.example", " Corvenne.Example ": "corvenne.example", "@corvenne.example": "corvenne.example",
			"a-b.c1.example": "a-b.c1.example", " @ corvenne.example": "corvenne.example",
		} {
			got, err := email.ParseDomain(typed)
			if err != nil || got != want {
				t.Errorf("%q: %q, %v", typed, got, err)
			}
			a, err := email.Parse("x@" + got)
			if err != nil || a.Domain() != got {
				t.Errorf("%q is no address's domain: %v", got, err)
			}
		}
	})
	t.Run("anything else is refused", func(t *testing.T) {
		for _, typed := range []string{
			"", " ", "@", "corvenne", ".example", "corvenne.", "a..example", "-a.example", "a-.example", "a_b.example", "*.example", "a@b.example",
			"a b.example", "santé.example", "10.0.0.1", "a.example\x00", "a.ex\u200bample", "\u212a.example",
		} {
			if got, err := email.ParseDomain(typed); err == nil {
				t.Errorf("%q is taken for %q", typed, got)
			}
		}
	})
}

func FuzzParseDomain(f *testing.F) {
	f.Add("Corvenne.example")
	f.Fuzz(func(t *testing.T, typed string) {
		domain, err := email.ParseDomain(typed)
		if err != nil {
			return
		}
		if again, err := email.ParseDomain(domain); err != nil || again != domain {
			t.Errorf("%q: %q, then %q, %v", typed, domain, again, err)
		}
	})
}
