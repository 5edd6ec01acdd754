package phone

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/fault"
)

var (
	_ driver.Valuer = Number{}
	_ sql.Scanner   = (*Number)(nil)
)

func TestParse(t *testing.T) {
	t.Run("a French number is taken in France however it is typed", func(t *testing.T) {
		for _, s := range []string{
			"0199001234", "01 99 00 12 34", "01.99.00.12.34", "01-99-00-12-34", "01/99/00/12/34", " 01\u00A099\u202F00 12 34\t",
			"01\u201199\u201100\u201112\u201134", "(01) 99 00 12 34", "199001234", "+33199001234", "+33 1 99 00 12 34",
			"+33 (0)1 99 00 12 34", "+33(0)199001234", "(+33) 1 99 00 12 34", "(+33)(0)1.99.00.12.34", "+33 01 99 00 12 34",
			"0033199001234", "00 33 1 99 00 12 34", "0033 (0)1 99 00 12 34", "33 1 99 00 12 34", "tel:+33199001234", "TEL:0199001234",
			"\u202A01 99 00 12 34\u202C", "０１９９００１２３４", "＋33199001234",
		} {
			if got, err := Parse(s, "FR"); err != nil || got.String() != "+33199001234" {
				t.Errorf("Parse(%+q) = %q, %v", s, got, err)
			}
		}
	})
	t.Run("numbers of every kind and country are taken", func(t *testing.T) {
		for _, c := range []struct{ typed, country, want string }{
			{"0660269050", "FR", "+33660269050"},
			{"06 39 98 00 01", "FR", "+33639980001"}, // fiction
			{"+33 6 39 98 00 01", "", "+33639980001"},
			{"02 61 91 00 00", "FR", "+33261910000"},
			{"0 800 12 34 56", "FR", "+33800123456"},
			{"09 76 12 34 56", "FR", "+33976123456"},
			{"0262 20 12 34", "FR", "+262262201234"},
			{"0692 12 34 56", "FR", "+262692123456"},
			{"0639 20 34 56", "FR", "+262639203456"},
			{"0590 81 12 34", "FR", "+590590811234"},
			{"0596 51 12 34", "FR", "+596596511234"},
			{"0262 20 12 34", "RE", "+262262201234"},
			{"01 99 00 12 34", "RE", "+33199001234"},
			{"02 552 00 00", "BE", "+3225520000"},
			{"+32 (0)2 552 00 00", "FR", "+3225520000"},
			{"+41 (0)44 668 18 00", "FR", "+41446681800"},
			{"00 49 30 123456", "FR", "+4930123456"},
			{"+44 20 7946 0958", "FR", "+442079460958"},
			{"+39 (0)6 6982", "FR", "+39066982"},
			{"+34 (0)912 34 56 78", "FR", "+34912345678"},
			{"+1 (650) 253-0000", "FR", "+16502530000"},
			{"650-253-0000", "US", "+16502530000"},
			{"011 33 199001234", "US", "+33199001234"},
			{"+800 1234 5678", "FR", "+80012345678"},
		} {
			if got, err := Parse(c.typed, c.country); err != nil || got.String() != c.want {
				t.Errorf("Parse(%q, %s) = %q, %v; want %s", c.typed, c.country, got, err, c.want)
			}
		}
	})
	t.Run("nothing typed is absent", func(t *testing.T) {
		for _, s := range []string{"", "  ", "\u00A0", "\u200B"} {
			if got, err := Parse(s, "FR"); err != nil || !got.IsZero() {
				t.Errorf("Parse(%+q) = %q, %v", s, got, err)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	const mobile, office = "06 39 98 00 01", "01 99 00 12 34"
	check := func(t *testing.T, typed, country, key, proposal string) {
		t.Helper()
		got, err := Parse(typed, country)
		var m fault.Message
		if !errors.As(err, &m) || m.Key != key || m.Proposal != proposal || !got.IsZero() {
			t.Errorf("Parse(%.50q) = %q, %v, proposal %q; want %s, %q", typed, got, err, m.Proposal, key, proposal)
		}
	}
	t.Run("an extension is refused by its name, and the number without it proposed", func(t *testing.T) {
		for _, s := range []string{
			"poste 12", "Poste 12", "- poste 12", "(poste 12)", ", poste : 12", "p. 12", "pst 12", "ext. 4", "ext 4", "Ext:4",
			"extension 1234", "x12", "x 12", "#12", "# 12", ";ext=12", "int. 7", "interne 7", ",,12", "poste n° 12",
		} {
			check(t, office+" "+s, "FR", "phone.extension", office)
			check(t, "+33 1 99 00 12 34"+s, "FR", "phone.extension", office)
		}
		_, err := Parse(office+" poste 12", "FR")
		if m := err.(fault.Message); m.Args["Extension"] != "12" {
			t.Errorf("%v", m.Args)
		}
		check(t, "+44 20 7946 0958 x12", "FR", "phone.extension", "+44 20 7946 0958")
	})
	t.Run("a second number and words are refused, and the first number proposed", func(t *testing.T) {
		for _, s := range []string{" / ", "/", " ou ", ", ", "; ", " et "} {
			check(t, office+s+mobile, "FR", "phone.several", office)
		}
		check(t, office+" (bureau)", "FR", "phone.characters", office)
		check(t, "Tél. : "+office, "FR", "phone.characters", office)
		check(t, "Mobile +33 6 39 98 00 01", "FR", "phone.characters", mobile)
		check(t, "++33199001234", "FR", "phone.characters", office)
		check(t, office+" poste", "FR", "phone.characters", office)
	})
	t.Run("what no numbering plan knows is refused with its reason", func(t *testing.T) {
		for _, c := range []struct{ typed, country, key string }{
			{"01 99 00 12 3", "FR", "phone.french_length"},
			{"01 99 00 12 345", "FR", "phone.french_length"},
			{"00 00 00 00 00", "FR", "phone.invalid"},
			{"07 00 12 34 56", "FR", "phone.invalid"},
			{"+33 1 99", "FR", "phone.too_short"},
			{"+33 1 99 00 12 34 56", "FR", "phone.too_many_digits"},
			{"+999 123456", "FR", "phone.invalid"},
			{"01 99 00 12 34", "", "phone.country"},
			{"01 99 00 12 34", "ZZ", "phone.country"},
			{"3949", "FR", "phone.too_short"},
			{"112", "FR", "phone.too_short"},
			{"1-800-FLOWERS", "US", "phone.characters"},
			{"néant", "FR", "phone.characters"},
			{"+", "FR", "phone.invalid"},
			{"-", "FR", "phone.invalid"},
			{"01 99\x0000 12 34", "FR", "phone.characters"},
			{"01 99 00 12 3\xff", "FR", "phone.characters"},
			{"01  99  00  12  34  56  78  90  12", "FR", "phone.too_long"},
			{strings.Repeat("0", 10000), "FR", "phone.too_long"},
			{strings.Repeat("é", 10000), "FR", "phone.too_long"},
			{strings.Repeat("(", 199), "FR", "phone.too_long"},
		} {
			check(t, c.typed, c.country, c.key, "")
		}
	})
}

// examples gives the library's example of every kind of number of every country.
func examples(yield func(region string, n Number)) {
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := phonenumbers.FIXED_LINE; kind <= phonenumbers.VOICEMAIL; kind++ {
			if p := phonenumbers.GetExampleNumberForType(region, kind); p != nil && phonenumbers.IsValidNumber(p) {
				yield(region, Number{phonenumbers.Format(p, phonenumbers.E164)})
			}
		}
	}
}

func TestNumber(t *testing.T) {
	t.Run("it is shown national inside its country and international outside, in groups that do not break", func(t *testing.T) {
		for _, c := range []struct{ e164, country, want string }{
			{"+33639980001", "FR", "06 39 98 00 01"},
			{"+33639980001", "BE", "+33 6 39 98 00 01"},
			{"+33639980001", "", "+33 6 39 98 00 01"},
			{"+33825123456", "FR", "0 825 12 34 56"},
			{"+33825123456", "DE", "+33 825 12 34 56"},
			{"+3225520000", "BE", "02 552 00 00"},
			{"+3225520000", "FR", "+32 2 552 00 00"},
			{"+39066982", "IT", "06 6982"},
			{"+262262201234", "RE", "0262 20 12 34"},
			{"+262262201234", "FR", "+262 262 20 12 34"},
			{"+16502530000", "CA", "(650) 253-0000"},
		} {
			if got := (Number{c.e164}).Display(c.country); got != strings.ReplaceAll(c.want, " ", nbsp) {
				t.Errorf("%s in %s: %q, want %q", c.e164, c.country, got, c.want)
			}
		}
	})
	t.Run("French numbers are grouped as the library groups them", func(t *testing.T) {
		for head := 100; head < 1000; head++ {
			n := Number{fmt.Sprintf("+33%d123456", head)}
			p, err := phonenumbers.Parse(n.String(), "")
			if err != nil || !phonenumbers.IsValidNumber(p) {
				continue
			}
			for country, format := range map[string]phonenumbers.PhoneNumberFormat{"FR": phonenumbers.NATIONAL, "CH": phonenumbers.INTERNATIONAL} {
				if got, want := n.Display(country), strings.ReplaceAll(phonenumbers.Format(p, format), " ", nbsp); got != want {
					t.Errorf("%s in %s: %q, the library has %q", n, country, got, want)
				}
			}
		}
	})
	t.Run("numbers of every country are read back from storage and from the page", func(t *testing.T) {
		e164 := regexp.MustCompile(`^\+[0-9]{5,15}$`)
		examples(func(region string, n Number) {
			back, err := Parse(n.String(), "")
			if err != nil || back != n || !e164.MatchString(n.String()) || n.Link() != "tel:"+n.String() {
				t.Errorf("%s: %s read back as %q, %v", region, n, back, err)
			}
			if shown, err := Parse(n.Display("FR"), "FR"); err != nil || shown != n {
				t.Errorf("%s: %s shown as %q is read as %q, %v", region, n, n.Display("FR"), shown, err)
			}
			p, _ := phonenumbers.Parse(n.String(), "")
			if want := phonenumbers.Format(p, phonenumbers.NATIONAL); n.Display(region) != strings.ReplaceAll(want, " ", nbsp) {
				t.Errorf("%s: %s shown as %q, the library has %q", region, n, n.Display(region), want)
			}
		})
	})
	t.Run("it survives storage and text; the zero value is absent", func(t *testing.T) {
		for _, n := range []Number{{}, {"+33639980001"}} {
			v, _ := n.Value()
			b, _ := n.MarshalText()
			stored, text := Number{"x"}, Number{"x"}
			if stored.Scan(v) != nil || stored != n || text.UnmarshalText(b) != nil || text != n || (v == nil) != n.IsZero() {
				t.Errorf("%q: %q, %q", n, stored, text)
			}
		}
		var n Number
		if n.Display("FR") != "" || n.Link() != "" || n.Scan(1) == nil {
			t.Error("the absent number shows something")
		}
	})
	t.Run("any French number typed with any separators is the same number", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			national := rapid.StringMatching(`0[1-5](99|61|53|65|36)[0-9]{6}`).Draw(t, "national")
			want, err := Parse(national, "FR")
			if err != nil {
				return
			}
			sep := rapid.SampledFrom([]string{"", " ", ".", "-", "\u00A0", "\u202F", "/"})
			head := rapid.SampledFrom([]string{"0", "+33 ", "+33", "+33 (0)", "0033", "0033 "}).Draw(t, "head")
			typed := head + national[1:2]
			for i := 2; i < 10; i += 2 {
				typed += sep.Draw(t, "sep") + national[i:i+2]
			}
			if got, err := Parse(typed, "FR"); err != nil || got != want {
				t.Errorf("%q is read as %q, %v; want %q", typed, got, err, want)
			}
		})
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"01 99 00 12 34", "+33 (0)1 99 00 12 34 poste 12", "01 99 00 12 34 / 06 39 98 00 01", "00", "+1 650 x1", "\xff", "(((((((", "٠١٩٩٠٠١٢٣٤"} {
		f.Add(s, "FR")
	}
	f.Fuzz(func(t *testing.T, s, country string) {
		n, err := Parse(s, country)
		if err == nil {
			if back, err := Parse(n.String(), ""); err != nil || back != n {
				t.Errorf("%q is read as %q and read back as %q, %v", s, n, back, err)
			}
			return
		}
		if p := err.(fault.Message).Proposal; p != "" {
			if _, err := Parse(p, country); err != nil {
				t.Errorf("the proposal %q for %q in %q is refused: %v", p, s, country, err)
			}
		}
	})
}

func BenchmarkDisplay(b *testing.B) {
	for _, n := range []Number{{"+33639980001"}, {"+33825123456"}, {"+442079460958"}, {"+3225520000"}} {
		b.Run(n.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n.Display("FR")
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for n, s := range map[string]string{"national": "01 99 00 12 34", "international": "+44 20 7946 0958", "extension": "01 99 00 12 34 poste 12", "words": strings.Repeat("/x#", 66), "long": strings.Repeat("é", 10000)} {
		b.Run(n, func(b *testing.B) {
			for b.Loop() {
				_, _ = Parse(s, "FR")
			}
		})
	}
}
