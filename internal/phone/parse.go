package phone

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
)

// Parse reads a number as people type it: national inside country («01.99.00.12.34»), international with + or 00,
// «(0)» inside, whatever stands between the groups; a text of blanks is absent. It refuses an extension
// («poste 12»), a second number, letters, and what no numbering plan knows, with a proposal where the rest is a number.
// An error is a fault.Message.
func Parse(s, country string) (Number, error) {
	s, ok := tidy(s)
	if !ok {
		return Number{}, fault.M("phone.characters")
	}
	if s == "" {
		return Number{}, nil
	}
	if len(s) > 200 {
		return Number{}, fault.M("phone.too_long", "Max", MaxLength)
	}
	if m := cutExtension(s); m != nil {
		if n, err := bare(m[1], country); err == nil {
			return Number{}, proposing(fault.M("phone.extension", "Extension", m[2]), n, country)
		}
	}
	n, err := bare(s, country)
	if m, ok := err.(fault.Message); ok {
		return Number{}, guess(m, s, country)
	}
	return n, err
}

// tidy makes every blank one kind, drops invisible characters and the «tel:» of links; false if the text is broken.
func tidy(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 1000 { // too long with its invisible characters and without
		return s, true
	}
	if !utf8.ValidString(s) {
		return "", false
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case name.Invisible(r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
	if len(s) > 4 && strings.EqualFold(s[:4], "tel:") {
		s = s[4:]
	}
	return strings.TrimSpace(s), true
}

// extension finds the number and, after it, a number inside the house.
var extension = regexp.MustCompile(`(?i)^(.*\d.*?)[\s,;.:(/–-]*` +
	`(?:;ext=|,,|poste|p\.|pst|extension|extn?|interne?|int|x|#)[\s.:n°#=-]*(\d{1,9})[\s)#]*$`)

// cutExtension gives the text, the number and the extension; nil, soon, for a text that is plainly a number alone.
func cutExtension(s string) []string {
	if strings.Trim(s, "+0123456789. ") == "" {
		return nil
	}
	return extension.FindStringSubmatch(s)
}

// between is what people put between and around the groups.
const between = " .-/()[]\u2010\u2011\u2012\u2013\u2014\u2212"

// bare reads a text that holds one number and nothing else.
func bare(s, country string) (Number, error) {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > MaxLength {
		return Number{}, fault.M("phone.too_long", "Max", MaxLength)
	}
	for i, r := range s {
		plus := (r == '+' || r == '＋') && strings.Trim(s[:i], between) == ""
		if !plus && !unicode.Is(unicode.Nd, r) && !strings.ContainsRune(between, r) {
			return Number{}, fault.M("phone.characters")
		}
	}
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	n, err := known(s, country)
	if err != nil && strings.Contains(s, "(0)") { // also where the country has no such zero
		if n, err := known(strings.Replace(s, "(0)", "", 1), country); err == nil {
			return n, nil
		}
	}
	return n, err
}

// known looks the number up in the numbering plans.
func known(s, country string) (Number, error) {
	if n, ok := metropolitan(s, country); ok {
		return n, nil
	}
	if region := overseas(s, country); region != "" {
		if n, err := lookUp(s, region); err == nil {
			return n, nil
		}
	}
	n, err := lookUp(s, country)
	if digits := len(phonenumbers.NormalizeDigitsOnly(s)); err != nil && country == "FR" && digits != 10 && strings.HasPrefix(strings.Trim(s, between), "0") {
		return n, fault.M("phone.french_length", "Digits", digits)
	}
	return n, err
}

// numbers of fiction (Arcep) lie in ranges that are given to nobody; this one alone the library does not know.
const fiction = "+3363998"

func lookUp(s, country string) (Number, error) {
	p, err := phonenumbers.Parse(s, country)
	if err == phonenumbers.ErrInvalidCountryCode && s[0] != '+' {
		return Number{}, fault.M("phone.country")
	}
	if err != nil {
		return Number{}, fault.M("phone.invalid")
	}
	e164 := phonenumbers.Format(p, phonenumbers.E164)
	if phonenumbers.IsValidNumber(p) || strings.HasPrefix(e164, fiction) && len(e164) == 12 {
		return Number{e164}, nil
	}
	switch phonenumbers.IsPossibleNumberWithReason(p) {
	case phonenumbers.TOO_SHORT:
		return Number{}, fault.M("phone.too_short")
	case phonenumbers.TOO_LONG:
		return Number{}, fault.M("phone.too_many_digits")
	}
	return Number{}, fault.M("phone.invalid")
}

// metropolitan spares the library's parser where nothing is to be found out: ten digits typed in France.
func metropolitan(s, country string) (Number, bool) {
	digits := phonenumbers.NormalizeDigitsOnly(s)
	if country != "FR" || len(digits) != 10 || digits[0] != '0' || s[0] == '+' || overseasPrefixes[digits[:4]] != "" {
		return Number{}, false
	}
	n := Number{"+33" + digits[1:]}
	p, ok := n.proto()
	return n, ok && phonenumbers.IsValidNumber(p)
}

// overseasPrefixes belong to the French numbering plan but to other country codes.
var overseasPrefixes = map[string]string{
	"0262": "RE", "0263": "RE", "0692": "RE", "0693": "RE", "0269": "YT", "0639": "YT",
	"0590": "GP", "0690": "GP", "0691": "GP", "0594": "GF", "0694": "GF", "0596": "MQ", "0696": "MQ", "0697": "MQ",
}

// overseas is the region that a national number typed in France or its overseas regions belongs to, "" if it
// is the workspace's own: from Paris people dial 0262 20 12 34, from Saint-Denis 01 99 00 12 34.
func overseas(s, country string) string {
	switch country {
	case "FR", "RE", "YT", "GP", "GF", "MQ":
	default:
		return ""
	}
	digits := phonenumbers.NormalizeDigitsOnly(s)
	if len(digits) != 10 || digits[0] != '0' || strings.ContainsAny(s, "+＋") || strings.HasPrefix(digits, "063998") {
		return ""
	}
	if region := overseasPrefixes[digits[:4]]; region != "" {
		return region
	}
	return "FR"
}

// guess adds to a refusal what was probably meant: the first of two numbers, or the number among words.
func guess(m fault.Message, s, country string) fault.Message {
	if first := severalNumbers.Split(s, 2); len(first) == 2 {
		if n, err := bare(first[0], country); err == nil {
			return proposing(fault.M("phone.several"), n, country)
		}
	}
	if m.Key == "phone.characters" {
		if n, err := bare(strings.Trim(around.FindString(s), between), country); err == nil {
			return proposing(m, n, country)
		}
	}
	return m
}

var (
	severalNumbers = regexp.MustCompile(`(?i)\s*(?:[/;,|]|\s(?:ou|et|or|and)\s)\s*`)
	around         = regexp.MustCompile(`[+0-9(][-0-9 .()/]{5,}`)
)

func proposing(m fault.Message, n Number, country string) fault.Message {
	if !n.IsZero() {
		m.Proposal = strings.ReplaceAll(n.Display(country), nbsp, " ")
	}
	return m
}
