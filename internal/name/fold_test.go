package name

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	t.Run("case, accents, hyphens, apostrophes, blanks and ligatures make no difference", func(t *testing.T) {
		for typed, want := range map[string]string{
			"":                            "",
			"   ":                         "",
			"dupont":                      "dupont",
			"  DUPONT  ":                  "dupont",
			"Jean-Pierre":                 "jean pierre",
			"Jean  Pierre":                "jean pierre",
			"Jean - Pierre":               "jean pierre",
			"Jean\u2011Pierre":            "jean pierre",
			"Jean\u2013Pierre":            "jean pierre",
			"Jean\u00A0Pierre":            "jean pierre",
			"Jean\u202FPierre":            "jean pierre",
			"Jean\u2212Pierre":            "jean pierre",
			"d'Estaing":                   "d estaing",
			"D’Estaing":                   "d estaing",
			"D\u02BCEstaing":              "d estaing",
			"d`Estaing":                   "d estaing",
			"d´Estaing":                   "d estaing",
			"Élodie":                      "elodie",
			"E\u0301lodie":                "elodie",
			"François":                    "francois",
			"Zoë Müller":                  "zoe muller",
			"Cœur":                        "coeur",
			"CŒUR":                        "coeur",
			"Lætitia":                     "laetitia",
			"Groß":                        "gross",
			"GROẞ":                        "gross",
			"Sørensen":                    "sorensen",
			"Ĳsbrand":                     "ijsbrand",
			"ĳsbrand":                     "ijsbrand",
			"ﬁlou":                        "filou",
			"Łukasz Đoković":              "lukasz dokovic",
			"Þór Guðrún":                  "thor gudrun",
			"Ｄｕｐｏｎｔ":                      "dupont",
			"İpek":                        "ipek",
			"ΟΔΥΣΣΕΥΣ":                    "οδυσσευσ",
			"Οδυσσεύς":                    "οδυσσευσ",
			"Наталья":                     "наталья",
			"Du\u200Bpont":                "dupont",
			"\u202EDupont":                "dupont",
			"a\x00b\tc\nd":                "a b c d",
			"caf\xe9":                     "caf\uFFFD",
			"a\xffb":                      "a\uFFFDb",
			"M. O.":                       "m. o.",
			"C-000123":                    "c 000123",
			"-":                           "",
			"--a--":                       "a",
			"'":                           "",
			"Élodie  D’Œuvre-Müller":      "elodie d oeuvre muller",
			"l’Œuvre de Saint‐Jean–Eudes": "l oeuvre de saint jean eudes",
		} {
			if got := Fold(typed); got != want {
				t.Errorf("Fold(%+q) = %+q, want %+q", typed, got, want)
			}
		}
	})
	t.Run("text already folded is given back without a copy", func(t *testing.T) {
		if n := testing.AllocsPerRun(100, func() { Fold("de la tour du pin 12") }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
	t.Run("every character of Unicode folds to something folded, valid, without accent or capital", func(t *testing.T) {
		for r := rune(0); r <= unicode.MaxRune; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			checkFolded(t, string(r))
			if d, l := Fold(norm.NFKD.String(string(r))), Fold(string(r)); d != l {
				t.Errorf("%U: decomposed folds to %+q, composed to %+q", r, d, l)
			}
			if u, l := Fold(string(unicode.ToUpper(r))), Fold(string(r)); u != l && r != iotaBelow {
				t.Errorf("%U: capital folds to %+q, small to %+q", r, u, l)
			}
		}
	})
	t.Run("any text folds to something folded, whatever its case and composition", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			s := strings.ReplaceAll(rapid.String().Draw(t, "s"), string(iotaBelow), "")
			checkFolded(t, s)
			f := Fold(s)
			for _, v := range []string{norm.NFD.String(s), norm.NFC.String(s), strings.ToUpper(s), " " + s + "\t"} {
				if got := Fold(v); got != f {
					t.Errorf("Fold(%+q) = %+q, want %+q", v, got, f)
				}
			}
		})
	})
	t.Run("a name typed in another way folds to the same", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			words := rapid.SliceOfN(rapid.StringMatching(`[a-zé-üœßŁ]{1,8}`), 1, 4).Draw(t, "words")
			sep := rapid.SampledFrom([]string{" ", "-", "'", "’", "  ", "\u00A0", "\u2011", " – "})
			one, other := words[0], strings.ToUpper(norm.NFD.String(words[0]))
			for _, w := range words[1:] {
				one += sep.Draw(t, "sep") + w
				other += sep.Draw(t, "sep") + strings.ReplaceAll(w, "œ", "oe")
			}
			if a, b := Fold(one), Fold(other); a != b {
				t.Errorf("%+q → %+q, %+q → %+q", one, a, other, b)
			}
		})
	})
}

// iotaBelow is the one accent whose capital is a letter.
const iotaBelow = '\u0345'

func checkFolded(t interface{ Errorf(string, ...any) }, s string) {
	f := Fold(s)
	if again := Fold(f); again != f {
		t.Errorf("Fold(%+q) = %+q folds again to %+q", s, f, again)
	}
	if !utf8.ValidString(f) || strings.Contains(f, "  ") || strings.TrimSpace(f) != f || strings.ContainsAny(f, "-'\x00") {
		t.Errorf("Fold(%+q) = %+q", s, f)
	}
	for _, r := range f {
		if unicode.Is(unicode.Mn, r) || unicode.IsControl(r) || Invisible(r) || r != ' ' && unicode.IsSpace(r) {
			t.Errorf("Fold(%+q) = %+q keeps %U", s, f, r)
		}
	}
}

func TestUnaccent(t *testing.T) {
	t.Run("accents, case and ligatures go, everything else stays in place", func(t *testing.T) {
		for typed, want := range map[string]string{
			"Élodie.D'Œuvre-Müller@École.FR": "elodie.d'oeuvre-muller@ecole.fr",
			" a  b ":                         " a  b ",
		} {
			if got := Unaccent(typed); got != want {
				t.Errorf("Unaccent(%q) = %q, want %q", typed, got, want)
			}
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Élodie  D’Œuvre-Müller", "a\xff\xc3", "\u0301\u0301", "ﷺ", strings.Repeat("e\u0301", 40), "\u1160\u3164"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkFolded(t, s) })
}

func BenchmarkFold(b *testing.B) {
	for _, s := range []string{"de la tour", "Jean-Pierre", "Élodie D’Œuvre-Müller", strings.Repeat("é", 10000)} {
		b.Run(s[:min(len(s), 12)], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}
