package email

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/fault"
)

var (
	_ driver.Valuer = Address{}
	_ sql.Scanner   = (*Address)(nil)
)

func TestParse(t *testing.T) {
	t.Run("small letters, digits and the signs . _ - + are taken as they are", func(t *testing.T) {
		for _, s := range []string{
			"bb@linkpart.com", "jean-pierre.dupont@ecole.example", "a@b.c", "1_2+3@4-5.x6", "jean@sous.domaine.exemple.fr",
			"secretariat@xn--socit-esab.fr", strings.Repeat("a", 64) + "@exemple.fr", "a@" + strings.Repeat("b", 63) + ".fr",
			"a@" + strings.Repeat("b23456789.", 25) + "fr", "-@x.fr", "+@x.fr",
		} {
			if got, err := Parse(s); err != nil || got.String() != s {
				t.Errorf("Parse(%q) = %q, %v", s, got, err)
			}
		}
	})
	t.Run("nothing typed is absent", func(t *testing.T) {
		for _, s := range []string{"", "  ", "\u00A0\t"} {
			if got, err := Parse(s); err != nil || !got.IsZero() {
				t.Errorf("Parse(%q) = %q, %v", s, got, err)
			}
		}
	})
	t.Run("what a click mends is refused with its reasons together and a proposal", func(t *testing.T) {
		for _, c := range []struct{ typed, key, proposal string }{
			{"Jean@exemple.fr", "email.capitals", "jean@exemple.fr"},
			{"jean@Exemple.FR", "email.capitals", "jean@exemple.fr"},
			{"hélène@exemple.fr", "email.accents", "helene@exemple.fr"},
			{"he\u0301le\u0300ne@exemple.fr", "email.accents", "helene@exemple.fr"},
			{"lætitia.cœur@exemple.fr", "email.accents", "laetitia.coeur@exemple.fr"},
			{"strauß@exemple.fr", "email.accents", "strauss@exemple.fr"},
			{"Hélène@exemple.fr", "email.capitals_accents", "helene@exemple.fr"},
			{"Élodie@exemple.fr", "email.capitals_accents", "elodie@exemple.fr"},
			{"élodie@Exemple.fr", "email.capitals_accents", "elodie@exemple.fr"},
			{" jean@exemple.fr ", "email.blanks", "jean@exemple.fr"},
			{"jean@exemple.fr\r\n", "email.blanks", "jean@exemple.fr"},
			{"\u00A0jean@exemple.fr", "email.blanks", "jean@exemple.fr"},
			{"jean @ exemple.fr", "email.blanks", "jean@exemple.fr"},
			{"jean dupont@exemple.fr", "email.blanks", ""},
			{"jean@exem ple.fr", "email.blanks", ""},
			{" Jean@exemple.fr", "email.capitals_blanks", "jean@exemple.fr"},
			{"hélène@exemple.fr ", "email.accents_blanks", "helene@exemple.fr"},
			{"Hélène@Exemple.fr ", "email.capitals_accents_blanks", "helene@exemple.fr"},
			{"jean\u200B@exemple.fr", "email.invisible", "jean@exemple.fr"},
			{"\uFEFF Jean@exemple.fr", "email.invisible", "jean@exemple.fr"},
			{"\u202Ejean@exemple.fr", "email.invisible", "jean@exemple.fr"},
			{strings.Repeat(" ", 10000) + "jean@exemple.fr", "email.blanks", "jean@exemple.fr"},
		} {
			checkRefused(t, c.typed, c.key, c.proposal, "")
		}
	})
	t.Run("what a person must mend is refused with the one reason that helps most, and no proposal", func(t *testing.T) {
		for _, c := range []struct{ typed, key, symbol string }{
			{"jean€@exemple.fr", "email.symbol", "€"},
			{"jean$@exemple.fr", "email.symbol", "$"},
			{`"jean"@exemple.fr`, "email.symbol", `"`},
			{"jean°@exemple.fr", "email.symbol", "°"},
			{"jean~@exemple.fr", "email.symbol", "~"},
			{"o'brien@exemple.fr", "email.symbol", "'"},
			{"o’brien@exemple.fr", "email.symbol", "’"},
			{"Jean!@Exemple.fr", "email.symbol", "!"},
			{"jean,dupont@exemple.fr", "email.symbol", ","},
			{"Jean Dupont <jean@exemple.fr>", "email.symbol", "<"},
			{"mailto:jean@exemple.fr", "email.symbol", ":"},
			{"jean\x00@exemple.fr", "email.symbol", "U+0000"},
			{"\U0001F600@exemple.fr", "email.symbol", "\U0001F600"},
			{"иван@exemple.fr", "email.alphabet", "и"},
			{"jеan@exemple.fr", "email.alphabet", "е"}, // a Cyrillic е
			{"je\xe9n@exemple.fr", "email.broken", ""},
			{"Jean Dupont", "email.no_at", ""},
			{"jean.exemple.fr", "email.no_at", ""},
			{"jean@pierre@exemple.fr", "email.several_ats", ""},
			{"a@exemple.fr b@exemple.fr", "email.several_ats", ""},
			{"@exemple.fr", "email.no_local", ""},
			{"jean@", "email.no_domain", ""},
			{"@", "email.no_local", ""},
			{".jean@exemple.fr", "email.dot_first", ""},
			{"jean.@exemple.fr", "email.dot_last", ""},
			{"Jean..dupont@exemple.fr", "email.dot_doubled", ""},
			{"jean@exemple", "email.domain_without_dot", ""},
			{"jean@localhost", "email.domain_without_dot", ""},
			{"jean@.fr", "email.domain", ""},
			{"jean@exemple.", "email.domain", ""},
			{"jean@exemple..fr", "email.domain", ""},
			{"jean@-exemple.fr", "email.domain", ""},
			{"jean@exemple-.fr", "email.domain", ""},
			{"jean@192.168.0.1", "email.domain", ""},
			{"jean@[192.168.0.1]", "email.domain_symbol", "["},
			{"jean@exem_ple.fr", "email.domain_symbol", "_"},
			{"jean@exemple.fr,", "email.domain_symbol", ","},
			{"jean@société.fr", "email.domain_accents", ""},
			{"jean@exemple.рф", "email.domain_accents", ""},
			{"a@" + strings.Repeat("b", 64) + ".fr", "email.domain", ""},
			{strings.Repeat("a", 65) + "@exemple.fr", "email.local_too_long", ""},
			{"a@" + strings.Repeat("b23456789.", 25) + "fra", "email.too_long", ""},
			{strings.Repeat("a", 10000) + "@exemple.fr", "email.too_long", ""},
			{strings.Repeat("é@", 5000), "email.too_long", ""},
			{strings.Repeat("\xff", 10000), "email.too_long", ""},
		} {
			checkRefused(t, c.typed, c.key, "", c.symbol)
		}
	})
}

func checkRefused(t *testing.T, typed, key, proposal, symbol string) {
	t.Helper()
	got, err := Parse(typed)
	var m fault.Message
	if !errors.As(err, &m) {
		t.Errorf("Parse(%.40q) = %q, %v", typed, got, err)
		return
	}
	shown, _ := m.Args["Symbol"].(string)
	if m.Key != key || m.Proposal != proposal || shown != symbol || !got.IsZero() {
		t.Errorf("Parse(%.40q): %s %q, proposal %q; want %s %q, %q", typed, m.Key, shown, m.Proposal, key, symbol, proposal)
	}
}

var form = regexp.MustCompile(`^[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// check holds for every text: what is taken has the form, what is proposed is taken.
func check(t interface{ Errorf(string, ...any) }, s string) {
	a, err := Parse(s)
	if err != nil {
		if p := err.(fault.Message).Proposal; p != "" {
			if _, err := Parse(p); err != nil || p == s {
				t.Errorf("the proposal %q for %q is refused: %v", p, s, err)
			}
		}
		return
	}
	if a.IsZero() {
		if strings.TrimSpace(s) != "" {
			t.Errorf("%q is taken as absent", s)
		}
		return
	}
	if !form.MatchString(s) || len(s) > MaxLength || len(a.Local()) > MaxLocal || a.Local()+"@"+a.Domain() != s || a.String() != s {
		t.Errorf("%q is taken as %q", s, a)
	}
}

func TestAddress(t *testing.T) {
	t.Run("whatever is typed, only the right form is taken and only the right form proposed", func(t *testing.T) {
		near := rapid.StringMatching(`[ ]?[a-zA-Zé._$+ -]{0,12}@?[a-zA-Z0-9é._-]{0,8}\.?[a-zA-Z]{0,3}[ ]?`)
		rapid.Check(t, func(t *rapid.T) {
			check(t, near.Draw(t, "near"))
			check(t, rapid.String().Draw(t, "any"))
		})
	})
	t.Run("a right address typed with capitals, accents and blanks around is proposed", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			right := rapid.StringMatching(`[a-z]{1,10}\.[a-z]{1,10}@[a-z]{1,10}\.example`).Draw(t, "right")
			local, domain, _ := strings.Cut(right, "@")
			typed := " " + strings.ReplaceAll(strings.ToUpper(local), "E", "É") + "@" + strings.ToUpper(domain)
			_, err := Parse(typed)
			if m, ok := err.(fault.Message); !ok || m.Proposal != right {
				t.Errorf("%q: %v, %q", typed, err, m.Proposal)
			}
		})
	})
	t.Run("it survives storage and text; the zero value is absent", func(t *testing.T) {
		for _, s := range []string{"", "jean@exemple.fr"} {
			a, _ := Parse(s)
			v, _ := a.Value()
			b, _ := a.MarshalText()
			stored, text := Address{"x"}, Address{"x"}
			if stored.Scan(v) != nil || stored != a || text.UnmarshalText(b) != nil || text != a || (v == nil) != a.IsZero() {
				t.Errorf("%q: %q, %q", a, stored, text)
			}
		}
		var a Address
		if a.Local() != "" || a.Domain() != "" || a.Scan(1) == nil {
			t.Error("the absent address has parts")
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"bb@linkpart.com", " Hélène@Exemple.fr", "a..b@c", "x@é.fr", "\xff@", "ﬁ@ﬁ.fr", "a\u0345@b.c", "\u200B a@b.c", "ª@b.c", "İ@b.c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}

func BenchmarkParse(b *testing.B) {
	for n, s := range map[string]string{"right": "jean-pierre.dupont@ecole.example", "mended": "Hélène.Dupont@Exemple.fr", "hostile": strings.Repeat("é", 1000) + "@x.fr", "blanks": strings.Repeat(" ", 10000)} {
		b.Run(n, func(b *testing.B) {
			for b.Loop() {
				_, _ = Parse(s)
			}
		})
	}
}
