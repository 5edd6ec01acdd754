// Package prose is the small language in which letters are written: paragraphs with blank lines between them,
// *emphasis*, and variables in braces, as in « Bonjour {prénom} ».
//
// It knows no letter and no markup: it reads what somebody wrote, refuses what would be no good in anybody's letter,
// and puts values into it as plain text. Whoever prints that escapes it.
package prose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
)

// Text is what somebody wrote. The zero value is empty.
type Text struct{ paragraphs [][]run }

// run is a stretch of a paragraph: a text or a variable, or the end of a line.
type run struct {
	text     string
	variable string
	strong   bool
	newline  bool
}

// Dictionary are the names by which people may write variables, folded, with the names that the code has for them.
type Dictionary map[string]string

// Parse reads a text of at most that many characters. It refuses, with a fault.Message: too long a text, characters that nobody sees, a brace that
// belongs to no variable, variables that the dictionary does not have, and a variable within a web address.
func (d Dictionary) Parse(source string, most int) (Text, error) {
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(source)
	switch n := utf8.RuneCountInString(source); {
	case !utf8.ValidString(source):
		return Text{}, fault.M("name.broken")
	case n > most:
		return Text{}, fault.M("name.too_long", "Max", most, "Length", n)
	case strings.ContainsFunc(source, unseen):
		return Text{}, fault.M("mail.template.invisible")
	}
	var t Text
	var unknown []string
	for _, text := range paragraphs(source) {
		p, strange, err := d.items(text)
		unknown = append(unknown, strange...)
		if err == nil && p.addressed() {
			err = fault.M("mail.template.address")
		}
		if err != nil {
			return Text{}, err
		}
		t.paragraphs = append(t.paragraphs, p.runs())
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return Text{}, fault.M("mail.template.unknown", "Names", slices.Compact(unknown))
	}
	return t, nil
}

// unseen are the characters that a letter is better off without: they hide or turn around what stands beside them.
func unseen(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || name.Invisible(r) || r == '\u2028' || r == '\u2029')
}

// paragraphs cuts a text at its blank lines and trims its lines.
func paragraphs(source string) (list []string) {
	var lines []string
	for _, line := range append(strings.Split(source, "\n"), "") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		} else if len(lines) > 0 {
			list, lines = append(list, strings.Join(lines, "\n")), nil
		}
	}
	return list
}

// item is a character of a paragraph, or a variable.
type item struct {
	r        rune
	variable string
	mark     bool // a star that begins or ends an emphasis
	strong   bool
}

type items []item

// items reads a paragraph; strange are the variables that the dictionary does not have, as they were written.
func (d Dictionary) items(text string) (list items, strange []string, err error) {
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			i = len(text)
		}
		for _, r := range text[:i] {
			list = append(list, item{r: r})
		}
		if text = text[i:]; text == "" {
			break
		}
		end := strings.IndexByte(text, '}')
		if end <= 0 || strings.ContainsAny(text[1:end], "{\n") {
			return nil, nil, fault.M("mail.template.brace")
		}
		written := strings.TrimSpace(text[1:end])
		variable, known := d[name.Fold(written)]
		if !known {
			strange = append(strange, "{"+written+"}")
		}
		list, text = append(list, item{variable: variable}), text[end+1:]
	}
	list.emphasize()
	return list, strange, nil
}

// emphasize finds the pairs of stars: one at the beginning of a word, the next at the end of one.
func (p items) emphasize() {
	for i := 0; i < len(p); i++ {
		if !p.opens(i) {
			continue
		}
		j := i + 2
		for j < len(p) && !p.closes(j) {
			j++
		}
		if j >= len(p) {
			return // what ends no emphasis for this star ends none for a later one
		}
		p[i].mark, p[j].mark = true, true
		for k := i + 1; k < j; k++ {
			p[k].strong = true
		}
		i = j
	}
}

func (p items) opens(i int) bool {
	return p[i].r == '*' && i+1 < len(p) && !p[i+1].blank() && p[i+1].r != '*' && (i == 0 || !p[i-1].word())
}

func (p items) closes(i int) bool {
	return p[i].r == '*' && !p[i-1].blank() && p[i-1].r != '*' && (i+1 == len(p) || !p[i+1].word())
}

func (x item) blank() bool { return x.variable == "" && unicode.IsSpace(x.r) }

func (x item) word() bool { return x.variable != "" || unicode.IsLetter(x.r) || unicode.IsDigit(x.r) }

// addressed reports whether a variable stands in what a reader's program may take for a web or e-mail address.
func (p items) addressed() bool {
	var word strings.Builder
	variable := false
	for _, x := range append(p[:len(p):len(p)], item{r: ' '}) {
		switch {
		case x.mark: // nobody sees it
		case x.variable != "":
			variable = true
			word.WriteString("xx")
		case !x.blank():
			word.WriteRune(x.r)
		default:
			if variable && address.MatchString(word.String()) {
				return true
			}
			word.Reset()
			variable = false
		}
	}
	return false
}

// address is what programs make links of; some take other writings' full stops for dots.
var address = regexp.MustCompile(`(?i)://|www[.．。｡]|@|^(mailto|tel|sms|https?|ftp|data|javascript):|[\pL\pN][.．。｡]\pL{2}|\d+[.．。｡]\d+[.．。｡]\d+[.．。｡]\d+`)

// runs joins items that are alike.
func (p items) runs() (list []run) {
	var text strings.Builder
	strong := false
	flush := func() {
		if text.Len() > 0 {
			list = append(list, run{text: text.String(), strong: strong})
			text.Reset()
		}
	}
	for _, x := range p {
		if x.mark {
			continue
		}
		if x.strong != strong || x.variable != "" || x.r == '\n' {
			flush()
			strong = x.strong
		}
		switch {
		case x.variable != "":
			list = append(list, run{variable: x.variable, strong: x.strong})
		case x.r == '\n':
			list = append(list, run{newline: true, strong: x.strong})
		default:
			text.WriteRune(x.r)
		}
	}
	flush()
	return list
}

// String is the text as it is kept, with variables by the names of the code. It reads as the same text.
func (t Text) String() string { return t.Written(func(variable string) string { return variable }) }

// Written is the text as people write it, with the names that they have for variables.
func (t Text) Written(named func(variable string) string) string {
	var b strings.Builder
	for i, p := range t.paragraphs {
		if i > 0 {
			b.WriteString("\n\n")
		}
		strong := false
		for _, r := range p {
			if r.strong != strong {
				b.WriteByte('*')
				strong = r.strong
			}
			switch {
			case r.newline:
				b.WriteByte('\n')
			case r.variable != "":
				b.WriteString("{" + named(r.variable) + "}")
			default:
				b.WriteString(r.text)
			}
		}
		if strong {
			b.WriteByte('*')
		}
	}
	return b.String()
}

// IsEmpty reports whether nothing is written.
func (t Text) IsEmpty() bool { return len(t.paragraphs) == 0 }
