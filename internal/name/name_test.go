package name

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/fault"
)

var (
	_ driver.Valuer = Part{}
	_ sql.Scanner   = (*Part)(nil)
	_ driver.Valuer = Mr
	_ sql.Scanner   = (*Civility)(nil)
)

func refusal(t *testing.T, err error) fault.Message {
	t.Helper()
	var m fault.Message
	if !errors.As(err, &m) {
		t.Fatalf("%v (%T) is not a fault.Message", err, err)
	}
	return m
}

func TestParsePart(t *testing.T) {
	t.Run("a name is kept as typed, but for blanks and composition", func(t *testing.T) {
		for typed, want := range map[string]string{
			"Dupont":                        "Dupont",
			"  de   La\u00A0Tour ":          "de La Tour",
			"E\u0301lodie":                  "Élodie",
			"O’Brien":                       "O’Brien",
			"Jean-Paul II":                  "Jean-Paul II",
			"\tMartin\r\n":                  "Martin",
			"X":                             "X",
			"李":                             "李",
			"Müller (Meyer)":                "Müller (Meyer)",
			strings.Repeat("é", 100):        strings.Repeat("é", 100),
			strings.Repeat("e\u0301", 100):  strings.Repeat("é", 100),
			strings.Repeat(" ", 5000) + "Z": "Z",
		} {
			got, err := ParsePart(typed)
			if err != nil || got.String() != want {
				t.Errorf("ParsePart(%+q) = %+q, %v", typed, got, err)
			}
		}
	})
	t.Run("what is no name is refused with its reason and, where there is one, a proposal", func(t *testing.T) {
		for _, c := range []struct{ typed, key, proposal string }{
			{"", "name.required", ""},
			{" \u00A0\t", "name.required", ""},
			{strings.Repeat("a", 101), "name.too_long", ""},
			{strings.Repeat("a", 10000), "name.too_long", ""},
			{strings.Repeat("e\u0301", 10000), "name.too_long", ""},
			{strings.Repeat("\u0301", 10000), "name.too_long", ""},
			{"a" + strings.Repeat("\u0301", 60), "name.invisible", ""},
			{"123", "name.no_letter", ""},
			{"-", "name.no_letter", ""},
			{"’", "name.no_letter", ""},
			{"\u02BC", "name.no_letter", ""},
			{"...", "name.no_letter", ""},
			{"\u0301", "name.no_letter", ""},
			{"\U0001F600", "name.no_letter", ""},
			{"\u3164", "name.invisible", ""},
			{"Du\x00pont", "name.control", "Du pont"},
			{"Du\npont", "name.control", "Du pont"},
			{"Du\tpont", "name.control", "Du pont"},
			{"Du\u2028pont", "name.control", "Du pont"},
			{"Du\u200Bpont", "name.invisible", "Dupont"},
			{"Du\u200Dpont", "name.invisible", "Dupont"},
			{"Du\u00ADpont", "name.invisible", "Dupont"},
			{"\uFEFFDupont", "name.invisible", "Dupont"},
			{"\u202Etnopud", "name.invisible", "tnopud"},
			{"\u2067Dupont\u2069", "name.invisible", "Dupont"},
			{"Dupont\uFE0F", "name.invisible", "Dupont"},
			{"\u200B\u200B12", "name.invisible", ""},
			{"\u200B", "name.invisible", ""},
			{"Dup\xf4nt", "name.broken", ""},
			{"\xff\xfe", "name.broken", ""},
			{"Dup\uFFFDnt", "name.broken", ""},
			{"\uE000a", "name.broken", ""},
			{"a\U0010FFFF", "name.broken", ""},
		} {
			got, err := ParsePart(c.typed)
			if err == nil {
				t.Errorf("ParsePart(%.40q) = %q", c.typed, got)
				continue
			}
			if m := refusal(t, err); m.Key != c.key || m.Proposal != c.proposal || !got.IsZero() {
				t.Errorf("ParsePart(%.40q): %s, proposal %q; want %s, %q", c.typed, m.Key, m.Proposal, c.key, c.proposal)
			}
		}
	})
	t.Run("too long says how long it is and how long it may be", func(t *testing.T) {
		_, err := ParsePart(strings.Repeat("é", 120))
		if m := refusal(t, err); m.Args["Length"] != 120 || m.Args["Max"] != 100 {
			t.Errorf("%v", m.Args)
		}
	})
	t.Run("a parsed name parses to itself, has a key, survives storage and JSON", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { checkPart(t, rapid.String().Draw(t, "s")) })
	})
	t.Run("the zero value is absent: NULL in the database, empty in JSON", func(t *testing.T) {
		var p Part
		if v, err := p.Value(); v != nil || err != nil {
			t.Errorf("%v, %v", v, err)
		}
		p = Part{"x"}
		if err := p.Scan(nil); err != nil || !p.IsZero() {
			t.Errorf("%v, %v", p, err)
		}
		if err := json.Unmarshal([]byte(`""`), &p); err != nil || !p.IsZero() {
			t.Errorf("%v, %v", p, err)
		}
		if err := p.Scan(12); err == nil {
			t.Error("a number was scanned as a name")
		}
	})
}

func checkPart(t interface {
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, s string) {
	p, err := ParsePart(s)
	if err != nil {
		m, ok := err.(fault.Message)
		if !ok {
			t.Fatalf("%T", err)
		}
		if m.Proposal != "" {
			checkPart(t, m.Proposal)
			if _, err := ParsePart(m.Proposal); err != nil {
				t.Errorf("the proposal %+q for %+q is refused: %v", m.Proposal, s, err)
			}
		}
		return
	}
	if again, err := ParsePart(p.String()); again != p || err != nil {
		t.Errorf("%+q parses to %+q, %v", p, again, err)
	}
	if p.Key() == "" || p.Key() != Fold(s) || utf8.RuneCountInString(p.String()) > MaxPart {
		t.Errorf("ParsePart(%+q) = %+q with key %+q", s, p, p.Key())
	}
	var back, read Part
	v, _ := p.Value()
	if err := back.Scan(v); err != nil || back != p {
		t.Errorf("%q came back as %q, %v", p, back, err)
	}
	text, _ := json.Marshal(p)
	if err := json.Unmarshal(text, &read); err != nil || read != p {
		t.Errorf("%q was read from JSON as %q, %v", p, read, err)
	}
}

func FuzzParsePart(f *testing.F) {
	for _, s := range []string{"Dupont", "E\u0301lodie", "a\u200Bb", "\xff", "\u1112\u1161\u11AB", strings.Repeat("a\u0301", 99), "\u037E;\u2000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkPart(t, s) })
}

func TestAccountKey(t *testing.T) {
	part := func(s string) Part { p, _ := ParsePart(s); return p }
	t.Run("the identifier comes first and the names are folded", func(t *testing.T) {
		if got := AccountKey(part("D’Œuvre-Müller"), part("Élodie"), "81245739800020"); got != "81245739800020-d oeuvre muller-elodie" {
			t.Error(got)
		}
	})
	t.Run("two keys are equal only if identifier and folded names are", func(t *testing.T) {
		type triple struct{ identifier, family, given string }
		draw := rapid.Custom(func(t *rapid.T) triple {
			text := rapid.StringMatching(`[ab\-' ]{0,3}a[b\-'’ ]{0,3}`)
			return triple{rapid.StringMatching(`[12\-]{1,4}`).Draw(t, "id"), text.Draw(t, "family"), text.Draw(t, "given")}
		})
		rapid.Check(t, func(t *rapid.T) {
			a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
			same := a.identifier == b.identifier && Fold(a.family) == Fold(b.family) && Fold(a.given) == Fold(b.given)
			ka := AccountKey(part(a.family), part(a.given), a.identifier)
			kb := AccountKey(part(b.family), part(b.given), b.identifier)
			if (ka == kb) != same {
				t.Errorf("%q and %q: %q, %q", a, b, ka, kb)
			}
		})
	})
}

func TestLine(t *testing.T) {
	t.Run("a line may be empty, needs no letter and has its own length", func(t *testing.T) {
		for typed, want := range map[string]string{"": "", "  ": "", " 12  bis ": "12 bis", "DRH — Île-de-France": "DRH — Île-de-France"} {
			if got, err := Line(typed, 255); got != want || err != nil {
				t.Errorf("Line(%q) = %q, %v", typed, got, err)
			}
		}
		if _, err := Line(strings.Repeat("é", 256), 255); refusal(t, err).Key != "name.too_long" {
			t.Error(err)
		}
	})
	t.Run("what cannot be seen is refused with a proposal", func(t *testing.T) {
		_, err := Line("Chargée\u200B de\r\nrecrutement", 255)
		if m := refusal(t, err); m.Proposal != "Chargée de recrutement" {
			t.Errorf("%s %q", m.Key, m.Proposal)
		}
	})
}

func TestParseCivility(t *testing.T) {
	t.Run("what people and files write is understood, case, accents and full stops ignored", func(t *testing.T) {
		for want, texts := range map[Civility][]string{
			"": {"", "  ", "\t"},
			Mr: {"M.", "M", "m", "Mr", "MR.", "Monsieur", " monsieur ", "mr"},
			Ms: {"Mme", "MME", "Mlle", "Mademoiselle", "Madame", "Ms", "Ms.", "Mrs", "ms", "Mmé"},
			Dr: {"Dr", "dr.", "Docteur", "DOCTEUR", "dr", "Doctor"},
		} {
			for _, s := range texts {
				if got, err := ParseCivility(s, true); got != want || err != nil {
					t.Errorf("ParseCivility(%q) = %q, %v", s, got, err)
				}
			}
		}
	})
	t.Run("anything else is refused, and Dr where there are no doctors", func(t *testing.T) {
		for _, s := range []string{"X", "Me", ".", "M. Mme", "-", "M\xff", strings.Repeat("M", 10000)} {
			if _, err := ParseCivility(s, true); err == nil || refusal(t, err).Key != "name.civility_or_doctor" {
				t.Errorf("%.20q: %v", s, err)
			}
		}
		if _, err := ParseCivility("Dr", false); err == nil || refusal(t, err).Key != "name.civility" {
			t.Errorf("%v", err)
		}
	})
	t.Run("each has its label and is stored as its word", func(t *testing.T) {
		for c, label := range map[Civility]string{"": "", Mr: "name.mr", Ms: "name.ms", Dr: "name.dr"} {
			v, _ := c.Value()
			var back Civility
			if err := back.Scan(v); err != nil || back != c || c.Label() != label || c.IsZero() != (v == nil) {
				t.Errorf("%q: %v, %q, %q", c, err, back, c.Label())
			}
		}
	})
}

func BenchmarkParsePart(b *testing.B) {
	for n, s := range map[string]string{"plain": "Jean-Pierre", "accents": "Élodie d’Œuvre", "hostile": strings.Repeat("e\u0301", 5000), "broken": strings.Repeat("a", 10000) + "\xff"} {
		b.Run(n, func(b *testing.B) {
			for b.Loop() {
				_, _ = ParsePart(s)
			}
		})
	}
}
