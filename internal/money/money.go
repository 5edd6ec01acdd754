// Package money holds sums of money: whole numbers of a currency's smallest unit (cents), never fractions. It reads them as
// people type them and prints them as the reader's language does.
//
// It knows no invoice and no rate of exchange; sums of different currencies are never added.
package money

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
)

// Currency is a currency by its code of ISO 4217: «EUR». The zero value is none.
type Currency string

// Euro is what most invoices are in.
const Euro Currency = "EUR"

// ParseCurrency reads a code in any case, or the sign of the euro. What names no currency is a fault.Message; nothing at all
// is one too.
func ParseCurrency(s string) (Currency, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	switch s {
	case "":
		return "", fault.M("fault.required")
	case "€":
		return Euro, nil
	}
	unit, err := currency.ParseISO(s)
	if err != nil || len(s) != 3 || unit.String() == "XXX" || unit.String() == "XTS" {
		return "", fault.M("money.currency")
	}
	return Currency(unit.String()), nil
}

// CurrencyOf is the currency of a country (ISO 3166 alpha-2), the euro where that is not known.
func CurrencyOf(country string) Currency {
	region, err := language.ParseRegion(country)
	if err != nil {
		return Euro
	}
	if unit, ok := currency.FromRegion(region); ok {
		return Currency(unit.String())
	}
	return Euro
}

// Digits is how many decimals the currency has: 2 for the euro, 0 for the yen.
func (c Currency) Digits() int {
	unit, err := currency.ParseISO(string(c))
	if err != nil {
		return 2
	}
	digits, _ := currency.Standard.Rounding(unit)
	return digits
}

// Most is the largest sum that is taken, in the smallest unit, so that hundreds of thousands of them can be added.
const Most = 10_000_000_000_000 - 1

// Parse reads a sum as people type it: «1 234,56», «1.234,56 €», «1,234.56», «-50». A sum that could mean two things
// («1,234») is refused, and so are more decimals than the currency has. Faults are fault.Message.
func Parse(s string, c Currency) (int64, error) {
	text, negative := bare(s, c)
	if text == "" {
		return 0, fault.M("fault.required")
	}
	whole, fraction, err := split(text)
	if err != nil {
		return 0, err
	}
	digits := c.Digits()
	if extra := strings.TrimRight(fraction, "0"); len(extra) > digits {
		if digits == 0 {
			return 0, fault.M("money.no_decimals", "Currency", string(c))
		}
		return 0, fault.M("money.decimals", "N", digits, "Currency", string(c))
	}
	fraction = (fraction + strings.Repeat("0", digits))[:digits]
	var n int64
	for _, d := range whole + fraction {
		if n = n*10 + int64(d-'0'); n > Most {
			return 0, fault.M("money.too_large")
		}
	}
	if negative {
		n = -n
	}
	return n, nil
}

// bare takes off blanks, the currency's own sign or code, and the sign before the digits.
func bare(s string, c Currency) (digits string, negative bool) {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == '\u2212':
			return '-'
		}
		return r
	}, s)
	marks := []string{string(c)}
	if c == Euro {
		marks = append(marks, "€")
	}
	rest := unmarked(s, marks)
	if rest, negative = strings.CutPrefix(rest, "-"); len(rest) == len(s)-1 { // «-€50»
		rest = unmarked(rest, marks)
	}
	return rest, negative
}

// unmarked is s without one of the marks at its end or its beginning.
func unmarked(s string, marks []string) string {
	for _, mark := range marks {
		n := len(s) - len(mark)
		switch {
		case n >= 0 && strings.EqualFold(s[n:], mark):
			return s[:n]
		case n >= 0 && strings.EqualFold(s[:len(mark)], mark):
			return s[len(mark):]
		}
	}
	return s
}

// split finds the decimals: behind the last comma or point, unless that stands between thousands.
func split(s string) (whole, fraction string, err error) {
	s = strings.NewReplacer("’", "'", "\u202f", "").Replace(s)
	if strings.Trim(s, "0123456789.,'") != "" || strings.Trim(s, ".,'") == "" {
		return "", "", fault.M("money.invalid")
	}
	mark := strings.LastIndexAny(s, ".,")
	switch {
	case mark < 0:
		whole = s
	case strings.Count(s, s[mark:mark+1]) > 1: // 1.234.567
		whole = s
	default:
		whole, fraction = s[:mark], s[mark+1:]
		if len(fraction) == 3 && len(whole) <= 3 && strings.Trim(whole, "0") != "" && !strings.ContainsAny(whole, ".,'") {
			return "", "", fault.M("money.ambiguous")
		}
	}
	whole, ok := ungrouped(whole)
	if !ok || strings.Trim(fraction, "0123456789") != "" {
		return "", "", fault.M("money.invalid")
	}
	return whole, fraction, nil
}

// ungrouped takes the marks between thousands off: of one kind, each before three digits.
func ungrouped(s string) (string, bool) {
	mark := strings.IndexAny(s, ".,'")
	if mark < 0 {
		return s, true
	}
	groups := strings.Split(s, s[mark:mark+1])
	for i, g := range groups {
		if strings.Trim(g, "0123456789") != "" || g == "" || i > 0 && len(g) != 3 || i == 0 && len(g) > 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// Sum is an amount in a currency.
type Sum struct {
	Amount int64 // of the smallest unit
	Currency
}

// In prints the sum for people: « 1 234,56 € », "€1,234.56"; other currencies by their code.
func (s Sum) In(p *locale.Printer) string {
	mark := string(s.Currency)
	if s.Currency == Euro {
		mark = "€"
	}
	amount, sign := s.Amount, ""
	if amount < 0 {
		amount, sign = -amount, "\u2212"
	}
	number := p.Decimal(amount, s.Digits(), true)
	switch {
	case p.Language() == locale.French:
		return sign + number + "\u00a0" + mark
	case s.Currency == Euro:
		return sign + mark + number
	}
	return sign + mark + "\u00a0" + number
}

// Typed is the amount as somebody types it in the printer's language, without currency: « -1234,56 ». Parse reads it back.
func (s Sum) Typed(p *locale.Printer) string { return p.Decimal(s.Amount, s.Digits(), false) }

// Plain is the amount for programs and for the history, whatever the language: «-1234.56».
func (s Sum) Plain() string {
	digits, amount, sign := s.Digits(), s.Amount, ""
	if amount < 0 {
		amount, sign = -amount, "-"
	}
	text := strconv.FormatInt(amount, 10)
	if digits == 0 {
		return sign + text
	}
	if len(text) <= digits {
		text = strings.Repeat("0", digits+1-len(text)) + text
	}
	return sign + text[:len(text)-digits] + "." + text[len(text)-digits:]
}
