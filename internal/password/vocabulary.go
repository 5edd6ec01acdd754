package password

import (
	_ "embed" // the lists
	"math"
	"strings"
	"sync"
)

// The lists, in French and English, small letters without accents: what passwords are most often made of (names
// among it), and common words. They were written for this program.
var (
	//go:embed words/common.txt
	commonList string
	//go:embed words/words.txt
	wordList string
)

type lists struct {
	common, words        map[string]bool
	commonBits, wordBits float64 // what one word of the list is worth
	longest              int     // word, in characters
}

// vocabulary is read when the first password is judged.
var vocabulary = sync.OnceValue(func() lists {
	l := lists{common: make(map[string]bool), words: make(map[string]bool)}
	for _, w := range strings.Fields(commonList) {
		l.common[w] = true
		l.longest = max(l.longest, len(w))
	}
	for _, w := range strings.Fields(wordList) {
		l.words[w] = true
		l.longest = max(l.longest, len(w))
	}
	l.commonBits = math.Log2(float64(len(l.common)))
	l.wordBits = math.Log2(float64(len(l.words)))
	return l
})
