package siret

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/fault"
)

var (
	_ driver.Valuer = SIRET{}
	_ sql.Scanner   = (*SIRET)(nil)
)

func TestParse(t *testing.T) {
	t.Run("14 digits with a right check digit are taken, however they are grouped", func(t *testing.T) {
		for _, s := range []string{
			"73282932000074", "732 829 320 00074", "732.829.320.00074", " 732\u00A0829\u202F320\u200900074\t",
			"\uFEFF73282932000074", "732 829 320 000 74\r\n", "73282\u200B932000074",
		} {
			got, err := Parse(s)
			if err != nil || got.Plain() != "73282932000074" {
				t.Errorf("Parse(%+q) = %q, %v", s, got, err)
			}
		}
	})
	t.Run("nothing typed is absent", func(t *testing.T) {
		for _, s := range []string{"", "  ", "\u00A0", "."} {
			if got, err := Parse(s); err != nil || !got.IsZero() {
				t.Errorf("Parse(%+q) = %q, %v", s, got, err)
			}
		}
	})
	t.Run("post offices follow La Poste's rule: Luhn, or a sum that is a multiple of 5", func(t *testing.T) {
		for s, want := range map[string]bool{
			"35600000000048": true,  // Luhn holds
			"35600000009075": true,  // sum 35, Luhn does not hold
			"35600000049837": true,  // sum 45
			"35600000049838": false, // sum 46
			"73282932000076": false, // sum of digits 55, but not La Poste
		} {
			if _, err := Parse(s); (err == nil) != want {
				t.Errorf("Parse(%q): %v", s, err)
			}
		}
	})
	t.Run("anything else is refused with its reason and, where there is one, a proposal", func(t *testing.T) {
		for _, c := range []struct{ typed, key, proposal string }{
			{"73282932000075", "siret.checksum", ""},
			{"00000000000000", "siret.checksum", ""},
			{"7328293200007", "siret.length", ""},
			{"732829320000744", "siret.length", ""},
			{"1", "siret.length", ""},
			{"732829320", "siret.siren", ""},
			{"732829321", "siret.length", ""},
			{"5880596003", "siret.length", ""},
			{"588059600340", "siret.length", "005\u00A0880\u00A0596\u00A000340"},
			{"7328293200007A", "siret.characters", ""},
			{"7328293200OO74", "siret.characters", "732\u00A0829\u00A0320\u00A000074"},
			{"732-829-320-00074", "siret.characters", "732\u00A0829\u00A0320\u00A000074"},
			{"7,32829E+13", "siret.rounded", ""},
			{"7.32829E+13", "siret.rounded", ""},
			{"٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "siret.characters", ""},
			{"7328293200007\xff", "siret.characters", ""},
			{"73282932000074\x00", "siret.characters", ""},
			{strings.Repeat("7", 10000), "siret.length", ""},
			{strings.Repeat("é", 10000), "siret.characters", ""},
			{"n'importe quoi", "siret.characters", ""},
			{"73282932000074" + strings.Repeat(" ", 300) + "1", "siret.characters", ""},
		} {
			got, err := Parse(c.typed)
			var m fault.Message
			if !errors.As(err, &m) || m.Key != c.key || m.Proposal != c.proposal || !got.IsZero() {
				t.Errorf("Parse(%.40q) = %q, %v with proposal %q; want %s, %q", c.typed, got, err, m.Proposal, c.key, c.proposal)
			}
		}
	})
	t.Run("a wrong length says how many digits were typed", func(t *testing.T) {
		_, err := Parse("732 829 320 000")
		if m := err.(fault.Message); m.Args["Digits"] != 12 {
			t.Errorf("%v", m.Args)
		}
	})
}

func TestSIRET(t *testing.T) {
	t.Run("it is shown in groups and knows its SIREN", func(t *testing.T) {
		s, _ := Parse("73282932000074")
		if s.Grouped() != "732\u00A0829\u00A0320\u00A000074" || s.SIREN() != "732829320" || s.String() != s.Plain() {
			t.Error(s.Grouped(), s.SIREN(), s)
		}
	})
	t.Run("the zero value is absent: NULL in the database, empty everywhere else", func(t *testing.T) {
		s := SIRET{"x"}
		if err := s.Scan(nil); err != nil || !s.IsZero() || s.Grouped() != "" || s.SIREN() != "" {
			t.Errorf("%q, %v", s, err)
		}
		if v, err := s.Value(); v != nil || err != nil {
			t.Errorf("%v, %v", v, err)
		}
		if err := s.Scan(7); err == nil {
			t.Error("a number was scanned as a SIRET")
		}
	})
	t.Run("every valid number survives grouping, storage and text; one digit changed is refused", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			head := fmt.Sprintf("%013d", rapid.Int64Range(100000, 9999999999999).Draw(t, "head"))
			digits := head + string(rune('0'+(10-luhn(head+"0")%10)%10))
			if digits[:9] == laPoste || digits[:9] == "000000000" {
				return
			}
			s, err := Parse(digits)
			if err != nil {
				t.Fatal(digits, err)
			}
			again, err := Parse(s.Grouped())
			var stored, text SIRET
			v, _ := s.Value()
			b, _ := s.MarshalText()
			if again != s || err != nil || stored.Scan(v) != nil || stored != s || text.UnmarshalText(b) != nil || text != s {
				t.Errorf("%q: %q, %q, %q", s, again, stored, text)
			}
			i, by := rapid.IntRange(0, 13).Draw(t, "i"), rapid.IntRange(1, 9).Draw(t, "by")
			wrong := []byte(digits)
			wrong[i] = '0' + (wrong[i]-'0'+byte(by))%10
			if _, err := Parse(string(wrong)); err == nil {
				t.Errorf("%s taken, %s meant", wrong, digits)
			}
		})
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"732 829 320 00074", "35600000009075", "7,32829E+13", "588059600340", "\xff", "7328293200OO74"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		if err == nil {
			if !got.IsZero() && len(got.Plain()) != 14 {
				t.Errorf("Parse(%q) = %q", s, got)
			}
			return
		}
		if p := err.(fault.Message).Proposal; p != "" {
			if _, err := Parse(p); err != nil {
				t.Errorf("the proposal %q for %q is refused: %v", p, s, err)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for n, s := range map[string]string{"grouped": "732 829 320 00074", "hostile": strings.Repeat("\u200B", 10000)} {
		b.Run(n, func(b *testing.B) {
			for b.Loop() {
				_, _ = Parse(s)
			}
		})
	}
}
