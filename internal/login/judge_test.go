package login_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
)

func TestJudge(t *testing.T) {
	about := []string{"Hélène Garnier", "helene.garnier@brenval.example", "Brenval École"}
	t.Run("what can be guessed is refused with the reason", func(t *testing.T) {
		for password, want := range map[string]string{
			"":                         "login.password.short",
			"kx8!vQz2#mB":              "login.password.short",
			strings.Repeat("kX7 ", 65): "login.password.long",
			"kx8!vQz2#m\x00BB":         "login.password.broken",
			"kx8!vQz2#m\xffBBBB":       "login.password.broken",
			"motdepasse12":             "login.guessable.words",
			"MotDePasse2026!":          "login.guessable.common",
			"M0td3p@ss3 !":             "login.guessable.common",
			"anniversaire":             "login.guessable.common",
			"Developpement":            "login.guessable.common",
			"développement!":           "login.guessable.common",
			"azertyuiop12":             "login.guessable.keyboard",
			"AZERTYuiop!!":             "login.guessable.keyboard",
			"qwertyasdfghzxcvbn":       "login.guessable.keyboard",
			"1qaz2wsx3edc":             "login.guessable.keyboard",
			"poiuytrezamlkjhg":         "login.guessable.keyboard",
			"abcdefghijkl":             "login.guessable.sequence",
			"zyxwvutsrqpo":             "login.guessable.sequence",
			"aaaaaaaaaaaa":             "login.guessable.repeat",
			"zq7zq7zq7zq7zq7":          "login.guessable.repeat",
			"bonjourbonjour":           "login.guessable.repeat",
			"14/07/1789 14":            "login.guessable.date",
			"14071989-2012":            "login.guessable.date",
			"0612345678901":            "login.guessable.keyboard",
			"483920174638":             "login.guessable.digits",
			"helenegarnier":            "login.guessable.personal",
			"G4rn13r-Hélène":           "login.guessable.personal",
			"brenval-ecole-2026":       "login.guessable.personal",
			"reinrag-enelehh":          "login.guessable.personal",
			"Entregent2026!":           "login.guessable.personal",
			"soleil-plage":             "login.guessable.words",
			"Jean-Pierre2024!":         "login.guessable.words",
			"tiger-Banana-99":          "login.guessable.words",
		} {
			got := ""
			if err := login.Judge(password, about...); err != nil {
				got = err.Error()
			}
			if got != want && !(want == "login.guessable.common" && got == "login.guessable.words") {
				t.Errorf("%q: %q, want %q", password, got, want)
			}
		}
	})
	t.Run("what cannot be guessed is taken, whatever it is made of", func(t *testing.T) {
		for _, password := range []string{
			good, "crapaud fleuret boussole vinaigre", "correct horse battery staple", "kx8!vQz2#mBw", "zrlqmvpwtkbx", "чайник гора синица",
			"Hélène mange sept tartines au lilas", strings.Repeat("kX7 wq", 1) + "vB9-pL3", "漢字かな混じり文の合言葉だよ",
		} {
			if err := login.Judge(password, about...); err != nil {
				t.Errorf("%q: %v", password, err)
			}
		}
	})
	t.Run("random passwords of twelve letters and digits are taken", func(t *testing.T) {
		const set = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
		r := rand.New(rand.NewPCG(1, 2))
		refused := 0
		for range 1000 {
			b := make([]byte, login.MinPassword)
			for i := range b {
				b[i] = set[r.IntN(len(set))]
			}
			if login.Judge(string(b), about...) != nil {
				refused++
			}
		}
		if refused > 1 {
			t.Errorf("%d of 1000 refused", refused)
		}
	})
	t.Run("any text has an answer, and every answer a sentence in both languages", rapid.MakeCheck(func(t *rapid.T) {
		password := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("ab1!é \u200b")), 12, 60, -1), rapid.StringMatching(`(azerty|soleil|1234|2026|-){2,12}`)).Draw(t, "password")
		err := login.Judge(password, rapid.String().Draw(t, "about"))
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
		unit := strings.Repeat("abcdefghijklmnopqrstuvwx", 11)[:login.MaxPassword]
		for _, password := range []string{strings.Repeat("a", login.MaxPassword), unit, strings.Repeat("zebre", 51), strings.Repeat("\u200b", 200)} {
			if login.Judge(password) == nil {
				t.Errorf("%.30q… taken", password)
			}
		}
		if err := login.Judge(strings.Repeat("x", 10_000_000)); err == nil || err.Error() != "login.password.long" {
			t.Error(err)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	for _, password := range []string{good, strings.Repeat("abcdefghijklmnopqrstuvwx", 11)[:login.MaxPassword]} {
		b.Run(password[:8], func(b *testing.B) {
			for b.Loop() {
				_ = login.Judge(password, "Hélène Garnier", "helene.garnier@brenval.example")
			}
		})
	}
}
