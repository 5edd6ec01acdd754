package locale

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// keyShape: small letters, digits and underscores in steps of the noun, perhaps with variants.
var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+(@(company|practice|organization))?(@(school|vendor))?$`)

func TestFiles(t *testing.T) {
	for _, language := range Languages() {
		t.Run("each key is well formed, has a text and stands in one place: "+string(language), func(t *testing.T) {
			place := map[string]string{}
			for _, e := range entries(t, language) {
				if first := place[e.key]; first != "" {
					t.Errorf("%s: %s stands in %s already", e.file, e.key, first)
				}
				place[e.key] = e.file
				if !keyShape.MatchString(e.key) {
					t.Errorf("%s: %q is no key (noun.what, noun.what@practice, …)", e.file, e.key)
				}
				for form, text := range e.forms {
					if text == "" || strings.TrimSpace(text) != text {
						t.Errorf("%s: %s (%s) is empty or has blanks around it: %q", e.file, e.key, form, text)
					}
				}
			}
		})
		t.Run("each message that counts has exactly the forms that the language has: "+string(language), func(t *testing.T) {
			needed := neededForms(t, language)
			for _, e := range entries(t, language) {
				if has := slices.Sorted(maps.Keys(e.forms)); e.plural() && !slices.Equal(has, needed) {
					t.Errorf("%s: %s has the forms %v, needs %v", e.file, e.key, has, needed)
				}
			}
		})
		t.Run("each key has a text for every pair of nouns: "+string(language), func(t *testing.T) {
			bases := map[string]string{}
			for _, e := range entries(t, language) {
				bases[e.base()] = e.file
			}
			for base, file := range bases {
				for _, o := range organizationNouns {
					for _, h := range hostNouns {
						if !For(language, o, h, nil).Has(base) {
							t.Errorf("%s: %s has no text for %s and %s, nor a plain one", file, base, o, h)
						}
					}
				}
			}
		})
	}
}

func neededForms(t *testing.T, language Language) []string {
	t.Helper()
	rules, err := newForms(language)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, n := range []int{0, 1, 2, 3, 5, 11, 21, 100, 1000, 1_000_000} {
		found[formNames[rules.of(n)]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func TestParity(t *testing.T) {
	t.Run("French and English have the same keys, in files of the same name", func(t *testing.T) {
		wantSameKeys(t, French, English)
		wantSameKeys(t, English, French)
	})
	t.Run("for every pair of nouns both languages use the same variables and both count or neither does", func(t *testing.T) {
		fr, en := byKey(entries(t, French)), byKey(entries(t, English))
		for base := range bases(fr) {
			for _, o := range organizationNouns {
				for _, h := range hostNouns {
					f, okF := variant(fr, base, o, h)
					e, okE := variant(en, base, o, h)
					if !okF || !okE {
						continue // the tests above name it
					}
					if !slices.Equal(f.variables(), e.variables()) {
						t.Errorf("%s (%s, %s): variables %v in French, %v in English", base, o, h, f.variables(), e.variables())
					}
					if f.plural() != e.plural() {
						t.Errorf("%s (%s, %s): counts in one language only", base, o, h)
					}
				}
			}
		}
	})
}

func wantSameKeys(t *testing.T, from, to Language) {
	t.Helper()
	there := bases(byKey(entries(t, to)))
	for base, file := range bases(byKey(entries(t, from))) {
		want := strings.TrimSuffix(file, string(from)+".json") + string(to) + ".json"
		if there[base] != want {
			t.Errorf("%s: %s is missing in %s (found: %q)", file, base, want, there[base])
		}
	}
}

func byKey(all []entry) map[string]entry {
	m := make(map[string]entry, len(all))
	for _, e := range all {
		m[e.key] = e
	}
	return m
}

// bases gives each key without its variant, with its file.
func bases(all map[string]entry) map[string]string {
	m := map[string]string{}
	for _, e := range all {
		m[e.base()] = e.file
	}
	return m
}

func variant(all map[string]entry, base string, o OrganizationNoun, h HostNoun) (entry, bool) {
	for _, suffix := range []string{"@" + string(o) + "@" + string(h), "@" + string(o), "@" + string(h), ""} {
		if e, ok := all[base+suffix]; ok {
			return e, true
		}
	}
	return entry{}, false
}
