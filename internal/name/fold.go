package name

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which texts are compared, searched and sorted: «Élodie  D’Œuvre-Müller» becomes
// «elodie d oeuvre muller». Blanks, hyphens and apostrophes of every kind count as one blank, accents and case
// are dropped, ligatures opened, invisible characters left out, control characters taken as blanks and broken
// UTF-8 as U+FFFD, so that the result may go to either engine whatever was typed. Fold is idempotent, costs
// nothing for text that is folded already, and is the only place that knows this rule (product.md §3).
func Fold(s string) string {
	folded, blank := true, true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return foldUnicode(s)
		}
		folded = folded && c == asciiFold[c] && !(c == ' ' && blank)
		blank = c == ' '
	}
	if s == "" || folded && !blank {
		return s
	}
	return foldASCII(s)
}

// Unaccent drops accents and case and opens ligatures, and leaves every other character in its place:
// what an address or a file name is proposed from.
func Unaccent(s string) string {
	b := make([]byte, 0, len(s))
	eachPart(s, func(r rune) {
		if !dropped(r) {
			b = appendLower(b, r)
		}
	})
	return string(b)
}

// Invisible reports whether a character shows nothing or turns the direction of reading: zero-width and bidi
// characters, soft hyphens, variation selectors, fillers. Blanks and control characters are not among them.
func Invisible(r rune) bool {
	if r < 0xAD {
		return false
	}
	return r == brailleBlank || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

const brailleBlank = '\u2800'

// asciiFold is the folded form of each ASCII character; a blank where it separates words.
var asciiFold = func() (t [utf8.RuneSelf]byte) {
	for i := range t {
		c := byte(i)
		switch {
		case c <= ' ' || c == 0x7F || c == '-' || c == '\'' || c == '`':
			c = ' '
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		t[i] = c
	}
	return t
}()

func foldASCII(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := asciiFold[s[i]]
		if c == ' ' && (len(b) == 0 || b[len(b)-1] == ' ') {
			continue
		}
		b = append(b, c)
	}
	return trimmed(b)
}

func foldUnicode(s string) string {
	b := make([]byte, 0, len(s)+8)
	eachPart(s, func(r rune) {
		switch {
		case r < utf8.RuneSelf:
			if c := asciiFold[r]; c != ' ' || len(b) > 0 && b[len(b)-1] != ' ' {
				b = append(b, c)
			}
		case dropped(r):
		case separates(r):
			if len(b) > 0 && b[len(b)-1] != ' ' {
				b = append(b, ' ')
			}
		default:
			b = appendLower(b, r)
		}
	})
	return trimmed(b)
}

// eachPart decomposes (NFKD), which parts letters from their accents and opens most ligatures. The accents are
// not put in order, since all of them are dropped; that makes it several times faster than norm.NFKD.String.
func eachPart(s string, yield func(rune)) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			yield(rune(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if d := decomposed(r, s[i:i+size]); d == nil {
			yield(r)
		} else {
			for len(d) > 0 {
				r, n := utf8.DecodeRune(d)
				yield(r)
				d = d[n:]
			}
		}
		i += size
	}
}

// decomposed is the full decomposition of a character, nil if it has none.
func decomposed(r rune, s string) []byte {
	if '\uAC00' <= r && r <= '\uD7A3' { // Hangul syllables are computed, not listed
		return norm.NFKD.AppendString(nil, s)
	}
	return norm.NFKD.PropertiesString(s).Decomposition()
}

func trimmed(b []byte) string {
	if n := len(b); n > 0 && b[n-1] == ' ' {
		b = b[:n-1]
	}
	return string(b)
}

// apostrophes holds what people and their keyboards use as one, and what is a hyphen without being a dash.
const apostrophes = "´ʹʻʼʽʾʿˈ‘’‚‛′‵՚׳ߴߵꞋꞌ＇" + "\u02D7\u2043\u2212"

// separates reports whether a character beyond ASCII parts words as a blank does.
func separates(r rune) bool {
	if letter(r) {
		return false
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Pd, r) || r != utf8.RuneError && strings.ContainsRune(apostrophes, r)
}

// dropped reports whether a decomposed character adds nothing to the comparison.
func dropped(r rune) bool {
	switch {
	case r < utf8.RuneSelf || letter(r):
		return false
	case 0x300 <= r && r < 0x370: // the accents of Latin, Greek and Cyrillic
		return true
	}
	return unicode.Is(unicode.Mn, r) || Invisible(r) || norm.NFKD.PropertiesString(string(r)).CCC() != 0
}

// letter knows the blocks of European letters; it spares them the search in Unicode's tables.
func letter(r rune) bool { return 0xC0 <= r && r < 0x2B0 || 0x386 <= r && r < 0x482 }

// opened are the letters that Unicode does not decompose though people do.
var opened = map[rune]string{
	'æ': "ae", 'œ': "oe", 'ß': "ss", 'ø': "o", 'þ': "th", 'ð': "d", 'đ': "d", 'ħ': "h", 'ł': "l", 'ŧ': "t",
}

// appendLower takes the way over the capital, because some small letters share one (σ and ς).
func appendLower(b []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(b, byte(r))
	}
	r = unicode.ToLower(unicode.ToUpper(r))
	if s, ok := opened[r]; ok {
		return append(b, s...)
	}
	return utf8.AppendRune(b, r)
}

// Words are those of a text, folded, each once.
func Words(s string) (list []string) {
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		if !seen[w] {
			seen[w] = true
			list = append(list, w)
		}
	}
	return list
}
