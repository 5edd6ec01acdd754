package prose

import (
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/email"
)

// Span is a stretch of a paragraph as it is read.
type Span struct {
	Text    string
	Strong  bool
	Newline bool
}

// Fill puts the values into the text.
func (t Text) Fill(values map[string]string) [][]Span {
	list := make([][]Span, len(t.paragraphs))
	for i, p := range t.paragraphs {
		list[i] = make([]Span, len(p))
		for j, r := range p {
			list[i][j] = r.span(values)
		}
	}
	return list
}

func (r run) span(values map[string]string) Span {
	switch {
	case r.newline:
		return Span{Newline: true}
	case r.variable != "":
		return Span{Text: Harmless(values[r.variable]), Strong: r.strong}
	}
	return Span{Text: r.text, Strong: r.strong}
}

// Line is the filled text on one line.
func (t Text) Line(values map[string]string) string {
	var b strings.Builder
	for _, p := range t.Fill(values) {
		for _, s := range p {
			b.WriteString(s.Text)
		}
	}
	return OneLine(b.String())
}

// longestValue of a variable, in characters: no name is longer.
const longestValue = 300

// Harmless is a value as it may stand in a letter: one line of bounded length in which readers' programs find no link.
// Who makes up the name of a contact could else write to strangers in our name. A mere e-mail address stays whole.
func Harmless(value string) string {
	runes := []rune(OneLine(value))
	runes = runes[:min(len(runes), longestValue)]
	if _, err := email.Parse(string(runes)); err == nil {
		return string(runes)
	}
	var b strings.Builder
	for i, r := range runes {
		inside := i > 0 && i+1 < len(runes) && !unicode.IsSpace(runes[i-1]) && !unicode.IsSpace(runes[i+1])
		clock := r == ':' && inside && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1])
		if inside && !clock && (r == '.' || r == '@' || r == '/' || r == ':') {
			b.WriteRune('\u200b') // nobody sees it, and no link goes across it
		}
		b.WriteRune(r)
	}
	return b.String()
}

// OneLine makes blanks of whatever ends a line or commands a terminal.
func OneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(s)
}
