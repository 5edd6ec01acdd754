package locale

import (
	"strings"
	"testing"
)

func TestLanguage(t *testing.T) {
	t.Run("a language is read by its code alone and calls itself by its own name", func(t *testing.T) {
		for code, name := range map[string]string{"fr": "Français", "en": "English"} {
			if l, ok := ParseLanguage(code); !ok || l.Name() != name {
				t.Errorf("ParseLanguage(%q) = %q, %v, named %q", code, l, ok, l.Name())
			}
		}
		for _, code := range []string{"", "FR", "fr-FR", "de", "fr "} {
			if _, ok := ParseLanguage(code); ok {
				t.Errorf("ParseLanguage(%q) is accepted", code)
			}
		}
	})
	t.Run("French comes first", func(t *testing.T) {
		if l := Languages(); len(l) != 2 || l[0] != French || l[1] != English {
			t.Errorf("Languages() = %v", l)
		}
	})
}

func TestMatch(t *testing.T) {
	t.Run("the reader's first language that the catalogue has is taken, else French", func(t *testing.T) {
		for header, want := range map[string]Language{
			"":                             French,
			"fr":                           French,
			"fr-FR,fr;q=0.9,en;q=0.8":      French,
			"fr-CA":                        French,
			"en":                           English,
			"en-GB,en;q=0.9,fr;q=0.2":      English,
			"en-US":                        English,
			"fr;q=0.5,en;q=0.9":            English,
			"de-DE,de;q=0.9,en;q=0.8":      English,
			"de":                           French,
			"ja,zh;q=0.5":                  French,
			"*":                            French,
			"no header at all ;;;=== \x00": French,
			strings.Repeat("en,", 10_000):  French,
		} {
			if got := Match(header); got != want {
				t.Errorf("Match(%.40q) = %q, want %q", header, got, want)
			}
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("fr-FR,fr;q=0.9,en;q=0.8")
	f.Add("en;q=;q=1")
	f.Fuzz(func(t *testing.T, header string) {
		if _, ok := ParseLanguage(string(Match(header))); !ok {
			t.Errorf("Match(%q) is no language", header)
		}
	})
}
