package password

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// rows of keys that lie beside or below each other, on the keyboards used in France and elsewhere.
var rows = func() (all [][]rune) {
	for _, row := range strings.Fields(`azertyuiop qsdfghjklm wxcvbn qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm &e"'(-e_ca) !@#$%^&*() 1234567890
		1aqw2zsx3edc4rfv5tgb6yhn7ujm8ik9ol0p 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p aqwzsxedcrfvtgbyhnujm qazwsxedcrfvtgbyhnujmikolp
		aqwxszedcvfrtgbnhyujk a1z2e3r4t5y6u7i8o9p0 1a2z3e4r5t6y7u8i9o0p 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 147258369 789456123 741852963`) {
		r := []rune(row)
		back := slices.Clone(r)
		slices.Reverse(back)
		all = append(all, r, back)
	}
	return all
}()

// runs finds neighbouring keys (from four on), sequences of the alphabet or of digits (from three on) and long
// numbers that begin at i.
func (g *guesser) runs(i int) {
	rest := g.text[i:]
	for n := keyRun(rest); n >= 4; n-- {
		g.reach(i, i+n, bitsKeyboard, keyboard)
	}
	for n := sequenceRun(rest); n >= 3; n-- {
		g.reach(i, i+n, startBits(rest[0])+math.Log2(float64(n)), sequence)
	}
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n >= 5 {
		g.reach(i, i+n, bitsDigit*float64(n), digits)
	}
}

// keyRun is how many characters at the front lie in one row.
func keyRun(text []rune) (longest int) {
	for _, row := range rows {
		for at, r := range row {
			if r != text[0] {
				continue
			}
			n := 1
			for n < len(text) && at+n < len(row) && text[n] == row[at+n] {
				n++
			}
			longest = max(longest, n)
		}
	}
	return longest
}

// sequenceRun is how many characters at the front follow each other in steps of one or two, up or down.
func sequenceRun(text []rune) int {
	if len(text) < 3 || !alike(text[0], text[1]) {
		return 0
	}
	step := text[1] - text[0]
	if step == 0 || step < -2 || step > 2 {
		return 0
	}
	n := 2
	for n < len(text) && alike(text[0], text[n]) && text[n]-text[n-1] == step {
		n++
	}
	return n
}

func alike(a, b rune) bool {
	return unicode.IsDigit(a) && unicode.IsDigit(b) || unicode.IsLetter(a) && unicode.IsLetter(b)
}

// startBits: where sequences begin that people think of, and all others.
func startBits(r rune) float64 {
	if strings.ContainsRune("az019", r) {
		return 2
	}
	return 4.7
}

// dates finds years and dates, with or without marks between.
func (g *guesser) dates(i int) {
	rest := g.text[i:]
	if year(rest) {
		g.reach(i, i+4, bitsYear, date)
	}
	for _, form := range []string{"ddmmyyyy", "yyyymmdd", "ddmmyy", "dd.mm.yyyy", "yyyy.mm.dd", "dd.mm.yy"} {
		if like(rest, form) {
			g.reach(i, i+len(form), bitsDate, date)
		}
	}
}

func year(text []rune) bool {
	if len(text) < 4 || number(text[:4]) < 0 {
		return false
	}
	y := number(text[:4])
	return y >= 1900 && y <= 2049
}

// like reports whether the front of the text is a date of that form; a dot in it stands for any mark.
func like(text []rune, form string) bool {
	if len(text) < len(form) {
		return false
	}
	for at := 0; at < len(form); {
		end := at + 1
		for end < len(form) && form[end] == form[at] {
			end++
		}
		part := text[at:end]
		n := number(part)
		switch form[at] {
		case 'd':
			if n < 1 || n > 31 {
				return false
			}
		case 'm':
			if n < 1 || n > 12 {
				return false
			}
		case 'y':
			if n < 0 || len(part) == 4 && !year(part) {
				return false
			}
		default:
			if !strings.ContainsRune("./- _:", part[0]) {
				return false
			}
		}
		at = end
	}
	return true
}

// number reads digits; -1 if there is anything else.
func number(text []rune) int {
	n := 0
	for _, r := range text {
		if r < '0' || r > '9' {
			return -1
		}
		n = 10*n + int(r-'0')
	}
	return n
}
