package sample

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"github.com/entregent/entregent/internal/name"
)

//go:embed words/*.txt
var files embed.FS

// word is a word of a list with what is made from it.
type word struct {
	text string
	slug string    // for addresses: «d-hondt»
	part name.Part // of names of people
}

// city is a place with its postcode and the zone of its telephone numbers, 1 to 5.
type city struct {
	name, postcode string
	zone           int
}

// title is a function, as it is called of a man and of a woman.
type title struct{ him, her string }

// lists holds all words; they are read once, when first needed.
type lists struct {
	families, women, men               []word
	trades, endings, brands, practices []word
	places                             []word
	streets                            []string
	technical, administrative, where   []string // subjects of requests, and what may follow
	remarks                            []string // what people say about them
	cities                             []city
	school, vendor, doctor             []title
}

var words = sync.OnceValue(func() *lists {
	return &lists{
		families: names("families"), women: names("given_f"), men: names("given_m"),
		trades: wordsOf("trades"), endings: wordsOf("endings"), brands: wordsOf("brands"),
		practices: wordsOf("practices"), places: wordsOf("places"),
		streets: list("streets", ","), cities: cities(),
		technical: list("requests_technical", "\n"), administrative: list("requests_administrative", "\n"), where: list("requests_where", "\n"),
		remarks: list("remarks", "\n"),
		school:  titles("jobs_school"), vendor: titles("jobs_vendor"), doctor: titles("jobs_doctor"),
	}
})

// list reads the words of a file, parted by line breaks and by that sign.
func list(file, sign string) []string {
	text, err := files.ReadFile("words/" + file + ".txt")
	if err != nil {
		panic(err)
	}
	var all []string
	for line := range strings.Lines(string(text)) {
		for _, w := range strings.Split(line, sign) {
			if w = strings.TrimSpace(w); w != "" {
				all = append(all, w)
			}
		}
	}
	return all
}

func wordsOf(file string) []word {
	var all []word
	for _, text := range list(file, ",") {
		all = append(all, word{text: text, slug: slug(text)})
	}
	return all
}

func names(file string) []word {
	all := wordsOf(file)
	for i := range all {
		part, err := name.ParsePart(all[i].text)
		if err != nil {
			panic(fmt.Sprintf("sample: %s: %q: %v", file, all[i].text, err))
		}
		all[i].part = part
	}
	return all
}

func titles(file string) []title {
	var all []title
	for _, line := range list(file, "\n") {
		him, her, _ := strings.Cut(line, " / ")
		all = append(all, title{him, her})
	}
	return all
}

func cities() []city {
	var all []city
	for _, line := range list("cities", ",") {
		zone, rest, _ := strings.Cut(line, " ")
		postcode, name, _ := strings.Cut(rest, " ")
		all = append(all, city{name, postcode, int(zone[0] - '0')})
	}
	return all
}

// slug is a text as it stands in an address: folded, nothing but letters, digits and hyphens.
func slug(s string) string {
	return strings.Join(strings.FieldsFunc(name.Fold(s), func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9')
	}), "-")
}
