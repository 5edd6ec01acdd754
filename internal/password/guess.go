package password

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/name"
)

// reason is what makes a password guessable; the end of a key of the catalogue.
type reason string

const (
	other    reason = ""
	common   reason = "common"
	words    reason = "words"
	keyboard reason = "keyboard"
	sequence reason = "sequence"
	repeat   reason = "repeat"
	date     reason = "date"
	digits   reason = "digits"
	personal reason = "personal"
)

// What the parts of a password are worth, in bits.
const (
	bitsOther     = 3.32 // any character that belongs to nothing
	bitsMark      = 2.0  // a blank or a mark after a part
	bitsDigit     = 2.4  // of a long number: telephone, customer number, SIRET
	bitsPersonal  = 2.0
	bitsKeyboard  = 7.0
	bitsYear      = 7.0
	bitsDate      = 15.0
	bitsDisguised = 1.5 // letters written as digits or signs, or backwards
)

// guesser finds the cheapest way in which somebody who knows the words, the keyboard and the person would come
// upon a text: the least sum of bits over all ways to cut it into parts.
type guesser struct {
	text     []rune   // small letters, no accents
	plain    [][]rune // text, and with digits and signs read as the letters that they stand for
	capitals float64  // bits for where the capitals are
	about    map[string]bool
	inner    map[string]float64 // units of repeats already weighed; nil inside of one
	best     []step             // best[i]: the cheapest way to the first i characters
}

// step is the last part of a way.
type step struct {
	bits float64
	from int
	why  reason
}

func newGuesser(typed string, about []string) *guesser {
	text := name.Unaccent(typed)
	g := &guesser{text: []rune(text), capitals: capitals(typed), about: make(map[string]bool), inner: make(map[string]float64)}
	for _, reading := range []func(rune) rune{func(r rune) rune { return r }, asLetter('i'), asLetter('l')} {
		g.plain = append(g.plain, []rune(strings.Map(reading, text)))
	}
	for _, a := range about {
		for _, w := range strings.FieldsFunc(name.Unaccent(a), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(w) >= 3 {
				g.about[w] = true
			}
		}
	}
	g.about["entregent"] = true
	return g
}

// capitals are worth little: people put them first, or use nothing else.
func capitals(typed string) float64 {
	upper, letters, first := 0, 0, false
	for i, r := range typed {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			upper++
			first = first || i == 0
		}
	}
	switch {
	case upper == 0:
		return 0
	case upper == letters || upper == 1 && first:
		return 1
	}
	return 2
}

// asLetter undoes the usual disguise; 1 stands for i or for l.
func asLetter(one rune) func(rune) rune {
	return func(r rune) rune {
		switch r {
		case '0':
			return 'o'
		case '1', '!', '|':
			return one
		case '3', '€':
			return 'e'
		case '4', '@':
			return 'a'
		case '5', '$':
			return 's'
		case '7':
			return 't'
		case '8':
			return 'b'
		case '9':
			return 'g'
		}
		return r
	}
}

// bits is what the whole text is worth.
func (g *guesser) bits() float64 {
	n := len(g.text)
	g.best = make([]step, n+1)
	for i := 1; i <= n; i++ {
		g.best[i].bits = math.Inf(1)
	}
	for i := range n {
		g.reach(i, i+1, bitsOther, other)
		g.words(i)
		g.runs(i)
		g.dates(i)
		g.repeats(i)
	}
	return g.best[n].bits
}

// reach offers a part from i to j, alone and with a mark after it.
func (g *guesser) reach(i, j int, bits float64, why reason) {
	if b := g.best[i].bits + bits; b < g.best[j].bits {
		g.best[j] = step{b, i, why}
	}
	if why == other || j >= len(g.text) || unicode.IsLetter(g.text[j]) || unicode.IsDigit(g.text[j]) {
		return
	}
	if b := g.best[i].bits + bits + bitsMark; b < g.best[j+1].bits {
		g.best[j+1] = step{b, i, why}
	}
}

// reason names what most of the text is made of; what is about the person goes before everything else.
func (g *guesser) reason() reason {
	length := make(map[reason]int)
	for j := len(g.text); j > 0; j = g.best[j].from {
		length[g.best[j].why] += j - g.best[j].from
	}
	if length[personal] > 0 {
		return personal
	}
	most := words
	for _, r := range []reason{common, words, keyboard, sequence, repeat, date, digits} {
		if length[r] > length[most] {
			most = r
		}
	}
	if most == common && g.best[len(g.text)].from > 0 { // common parts, but not common as a whole
		return words
	}
	return most
}

// words finds those of the lists and of the person that begin at i, plain, disguised and backwards.
func (g *guesser) words(i int) {
	lists := vocabulary()
	for reading, text := range g.plain {
		extra := 0.0
		if reading > 0 {
			extra = bitsDisguised
		}
		for j := i + 3; j <= min(len(text), i+lists.longest); j++ {
			w := string(text[i:j])
			g.word(i, j, w, extra)
			if reading == 0 {
				backwards := slices.Clone(text[i:j])
				slices.Reverse(backwards)
				g.word(i, j, string(backwards), bitsDisguised)
			}
		}
	}
}

func (g *guesser) word(i, j int, w string, extra float64) {
	lists := vocabulary()
	switch {
	case g.about[w]:
		g.reach(i, j, bitsPersonal+extra, personal)
	case lists.common[w]:
		g.reach(i, j, lists.commonBits+extra, common)
	case lists.words[w]:
		g.reach(i, j, lists.wordBits+extra, words)
	}
}

// repeats finds a unit that comes again at once, the last time perhaps not whole.
func (g *guesser) repeats(i int) {
	if g.inner == nil {
		return
	}
	for unit := 1; unit <= min(24, (len(g.text)-i)/2); unit++ {
		j := i + unit
		for j < len(g.text) && g.text[j] == g.text[j-unit] {
			j++
		}
		if j-i < 2*unit || j-i < 3 {
			continue
		}
		bits := g.unitBits(string(g.text[i:i+unit])) + math.Log2(float64(j-i)/float64(unit))
		g.reach(i, j, bits, repeat)
		return // a longer unit repeats this one
	}
}

func (g *guesser) unitBits(unit string) float64 {
	if bits, ok := g.inner[unit]; ok {
		return bits
	}
	in := newGuesser(unit, nil)
	in.about, in.inner = g.about, nil
	bits := in.bits()
	g.inner[unit] = bits
	return bits
}
