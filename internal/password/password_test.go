package password_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/password"
)

const good = "crapaud fleuret 41 boussole"

func TestJudge(t *testing.T) {
	about := []string{"Hélène Garnier", "helene.garnier@brenval.example", "Brenval École"}
	t.Run("what can be guessed is refused with the reason", func(t *testing.T) {
		for typed, want := range map[string]string{
			"":                         "password.short",
			"kx8!vQz2#mB":              "password.short",
			strings.Repeat("kX7 ", 65): "password.long",
			"kx8!vQz2#m\x00BB":         "password.broken",
			"kx8!vQz2#m\xffBBBB":       "password.broken",
			"motdepasse12":             "password.guessable.words",
			"MotDePasse2026!":          "password.guessable.common",
			"M0td3p@ss3 !":             "password.guessable.common",
			"anniversaire":             "password.guessable.common",
			"Developpement":            "password.guessable.common",
			"développement!":           "password.guessable.common",
			"azertyuiop12":             "password.guessable.keyboard",
			"AZERTYuiop!!":             "password.guessable.keyboard",
			"qwertyasdfghzxcvbn":       "password.guessable.keyboard",
			"1qaz2wsx3edc":             "password.guessable.keyboard",
			"poiuytrezamlkjhg":         "password.guessable.keyboard",
			"abcdefghijkl":             "password.guessable.sequence",
			"zyxwvutsrqpo":             "password.guessable.sequence",
			"aaaaaaaaaaaa":             "password.guessable.repeat",
			"zq7zq7zq7zq7zq7":          "password.guessable.repeat",
			"bonjourbonjour":           "password.guessable.repeat",
			"14/07/1789 14":            "password.guessable.date",
			"14071989-2012":            "password.guessable.date",
			"0612345678901":            "password.guessable.keyboard",
			"483920174638":             "password.guessable.digits",
			"helenegarnier":            "password.guessable.personal",
			"G4rn13r-Hélène":           "password.guessable.personal",
			"brenval-ecole-2026":       "password.guessable.personal",
			"reinrag-enelehh":          "password.guessable.personal",
			"Entregent2026!":           "password.guessable.personal",
			"soleil-plage":             "password.guessable.words",
			"Jean-Pierre2024!":         "password.guessable.words",
			"tiger-Banana-99":          "password.guessable.words",
		} {
			got := ""
			if err := password.Judge(typed, about...); err != nil {
				got = err.Error()
			}
			if got != want && !(want == "password.guessable.common" && got == "password.guessable.words") {
				t.Errorf("%q: %q, want %q", typed, got, want)
			}
		}
	})
	t.Run("what cannot be guessed is taken, whatever it is made of", func(t *testing.T) {
		for _, typed := range []string{
			good, "crapaud fleuret boussole vinaigre", "correct horse battery staple", "kx8!vQz2#mBw", "zrlqmvpwtkbx", "чайник гора синица",
			"Hélène mange sept tartines au lilas", strings.Repeat("kX7 wq", 1) + "vB9-pL3", "漢字かな混じり文の合言葉だよ",
		} {
			if err := password.Judge(typed, about...); err != nil {
				t.Errorf("%q: %v", typed, err)
			}
		}
	})
	t.Run("random passwords of twelve letters and digits are taken", func(t *testing.T) {
		const set = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
		r := rand.New(rand.NewPCG(1, 2))
		refused := 0
		for range 1000 {
			b := make([]byte, password.MinLength)
			for i := range b {
				b[i] = set[r.IntN(len(set))]
			}
			if password.Judge(string(b), about...) != nil {
				refused++
			}
		}
		if refused > 1 {
			t.Errorf("%d of 1000 refused", refused)
		}
	})
	t.Run("any text has an answer, and every answer a sentence in both languages", rapid.MakeCheck(func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("ab1!é \u200b")), 12, 60, -1), rapid.StringMatching(`(azerty|soleil|1234|2026|-){2,12}`)).Draw(t, "typed")
		err := password.Judge(typed, rapid.String().Draw(t, "about"))
		if err == nil {
			return
		}
		for _, l := range locale.Languages() {
			if !locale.For(l, locale.Company, locale.School, nil).Has(err.Error()) {
				t.Errorf("%s has no text for %v", l, err)
			}
		}
	}))
	t.Run("the longest hostile passwords are judged", func(t *testing.T) {
		unit := strings.Repeat("abcdefghijklmnopqrstuvwx", 11)[:password.MaxLength]
		for _, typed := range []string{strings.Repeat("a", password.MaxLength), unit, strings.Repeat("zebre", 51), strings.Repeat("\u200b", 200)} {
			if password.Judge(typed) == nil {
				t.Errorf("%.30q… taken", typed)
			}
		}
		if err := password.Judge(strings.Repeat("x", 10_000_000)); err == nil || err.Error() != "password.long" {
			t.Error(err)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	for _, typed := range []string{good, strings.Repeat("abcdefghijklmnopqrstuvwx", 11)[:password.MaxLength]} {
		b.Run(typed[:8], func(b *testing.B) {
			for b.Loop() {
				_ = password.Judge(typed, "Hélène Garnier", "helene.garnier@brenval.example")
			}
		})
	}
}

func TestWeigh(t *testing.T) {
	t.Run("the meter says what the judge says: refused for the same reason, and never as full as what is taken", func(t *testing.T) {
		for _, typed := range []string{"", "abc", "xK9!vQ2#mZ7", "motdepasse123", "brenval-lundi-2026", "crapaud fleuret", "crapaud fleuret 41 boussole", strings.Repeat("é", 300), "a\x00bcdefghijkl", "\xff"} {
			s, err := password.Weigh(typed, "École Brenval"), password.Judge(typed, "École Brenval")
			if (err == nil) != (s.Refusal.Key == "") || err != nil && err.Error() != s.Refusal.Key {
				t.Errorf("%.20q: %v, judged %v", typed, s, err)
			}
			if err == nil && s.Bits < password.Enough {
				t.Errorf("%.20q is taken with %f bits", typed, s.Bits)
			}
		}
	})
	t.Run("more unrelated words are worth more", func(t *testing.T) {
		one, two := password.Weigh("crapaud fleuret 41"), password.Weigh("crapaud fleuret 41 boussole")
		if two.Bits <= one.Bits || two.Bits < password.Strong {
			t.Error(one.Bits, two.Bits)
		}
	})
}
