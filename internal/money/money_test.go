package money_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/money"
)

func TestParse(t *testing.T) {
	t.Run("a sum is read as people type it", func(t *testing.T) {
		for typed, want := range map[string]int64{
			"1 234,56": 123456, "1\u202f234,56": 123456, "1\u00a0234,56\u00a0€": 123456, "1.234,56 €": 123456, "1,234.56": 123456, "€1,234.56": 123456,
			"1234.56": 123456, "1234,5": 123450, "1234": 123400, "0": 0, "0,07": 7, ",5": 50, "-50": -5000, "\u221250,00 €": -5000, "-€50": -5000,
			"1'234.50": 123450, "1’234,50": 123450, "12.345.678": 1234567800, "EUR 12,00": 1200, "12,00 eur": 1200, "0,125000": -1, "1234,560": 123456, "  7 ": 700,
			"1 234 567,8": 123456780, "99 999 999 999,99": money.Most,
		} {
			n, err := money.Parse(typed, money.Euro)
			if want == -1 {
				if err == nil {
					t.Errorf("%q is taken as %d", typed, n)
				}
			} else if err != nil || n != want {
				t.Errorf("%q: %d, %v, want %d", typed, n, err, want)
			}
		}
	})
	t.Run("what is no sum, or could mean two, is refused with the reason", func(t *testing.T) {
		for typed, want := range map[string]string{
			"": "fault.required", "   ": "fault.required", "€": "fault.required", "NaN": "money.invalid", "Inf": "money.invalid", "1e5": "money.invalid", "0x10": "money.invalid",
			"1,234": "money.ambiguous", "12.345": "money.ambiguous", "1,2345": "money.decimals", "1,239": "money.ambiguous", "12 34 567,1,2": "money.invalid", "1.23.456": "money.invalid",
			"99999999999999999999": "money.too_large", "100000000000,00": "money.too_large", strings.Repeat("9", 100000): "money.too_large",
			"--5": "money.invalid", "5-": "money.invalid", "$5": "money.invalid", "5 USD": "money.invalid", "٣": "money.invalid", ".": "money.invalid", "1,,2": "money.invalid", "<b>1</b>": "money.invalid",
			"'1": "money.invalid", "1'": "money.invalid", "1,2'34": "money.invalid", "€€5": "money.invalid",
		} {
			n, err := money.Parse(typed, money.Euro)
			var m fault.Message
			if !errors.As(err, &m) || m.Key != want {
				t.Errorf("%.40q: %d, %v, want %s", typed, n, err, want)
			}
		}
	})
	t.Run("a currency has its own decimals", func(t *testing.T) {
		for c, want := range map[money.Currency]int64{"JPY": 1234, "TND": 1234000, "CHF": 123400} {
			if n, err := money.Parse("1234", c); err != nil || n != want {
				t.Errorf("%s: %d, %v", c, n, err)
			}
		}
		if _, err := money.Parse("12,5", "JPY"); err == nil {
			t.Error("half a yen is taken")
		}
		if n, err := money.Parse("1234,567", "TND"); err != nil || n != 1234567 {
			t.Error(n, err)
		}
	})
	t.Run("what is printed is read back", func(t *testing.T) {
		for _, l := range []locale.Language{locale.French, locale.English} {
			p := printer(l)
			rapid.Check(t, func(t *rapid.T) {
				s := money.Sum{Amount: rapid.Int64Range(-money.Most, money.Most).Draw(t, "amount"), Currency: money.Currency(rapid.SampledFrom([]string{"EUR", "CHF", "JPY", "XOF"}).Draw(t, "currency"))}
				for _, text := range []string{s.In(p), s.Typed(p), s.Plain()} {
					n, err := money.Parse(text, s.Currency)
					if err != nil && text == s.In(p) && s.Digits() == 0 {
						continue // «1,234» yen could be two things when a person types it
					}
					if err != nil || n != s.Amount {
						t.Fatalf("%q: %d, %v, want %d", text, n, err, s.Amount)
					}
				}
			})
		}
	})
}

func TestCurrency(t *testing.T) {
	t.Run("a code is read in any case", func(t *testing.T) {
		for typed, want := range map[string]money.Currency{"EUR": "EUR", " eur ": "EUR", "€": "EUR", "chf": "CHF", "XOF": "XOF"} {
			if c, err := money.ParseCurrency(typed); err != nil || c != want {
				t.Errorf("%q: %q, %v", typed, c, err)
			}
		}
		for _, typed := range []string{"", "EURO", "E", "ZZZ", "XXX", "XTS", "€€", "<b>"} {
			if c, err := money.ParseCurrency(typed); err == nil {
				t.Errorf("%q is taken as %q", typed, c)
			}
		}
	})
	t.Run("a country has its own", func(t *testing.T) {
		for country, want := range map[string]money.Currency{"FR": "EUR", "CH": "CHF", "RE": "EUR", "SN": "XOF", "??": "EUR"} {
			if c := money.CurrencyOf(country); c != want {
				t.Errorf("%s: %s", country, c)
			}
		}
	})
}

func TestPrint(t *testing.T) {
	fr, en := printer(locale.French), printer(locale.English)
	for _, x := range []struct {
		s      money.Sum
		fr, en string
	}{
		{money.Sum{Amount: 123456, Currency: "EUR"}, "1\u202f234,56\u00a0€", "€1,234.56"},
		{money.Sum{Amount: -7, Currency: "EUR"}, "\u22120,07\u00a0€", "\u2212€0.07"},
		{money.Sum{Amount: 1234, Currency: "JPY"}, "1\u202f234\u00a0JPY", "JPY\u00a01,234"},
		{money.Sum{Amount: 100, Currency: "CHF"}, "1,00\u00a0CHF", "CHF\u00a01.00"},
	} {
		if x.s.In(fr) != x.fr || x.s.In(en) != x.en {
			t.Errorf("%q %q", x.s.In(fr), x.s.In(en))
		}
	}
}

func printer(l locale.Language) *locale.Printer { return locale.For(l, "company", "school", nil) }
