package mail

import (
	_ "embed"
	"html/template"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/email"
)

// Content is all that a letter says, ready to be printed as text and as HTML, or to be shown on a page.
type Content struct {
	Language           string
	Subject            string
	Paragraphs         [][]Span
	Button, Link       string
	Copy               string
	CodeLabel, Code    string
	CodeHint, CodeLink string
	Until              string
	OtherHint, Other   string
	Footer             string
}

// Span is a stretch of a paragraph of a letter, as it is read.
type Span struct {
	Text    string
	Strong  bool
	Newline bool
}

//go:embed letter.html
var letterHTML string

var pageOf = template.Must(template.New("letter").Parse(letterHTML))

// html escapes whatever was typed by somebody.
func (c Content) html() (string, error) {
	var b strings.Builder
	err := pageOf.Execute(&b, c)
	return b.String(), err
}

// text is the same letter for those who read no HTML.
func (c Content) text() string {
	parts := make([]string, 0, len(c.Paragraphs)+6)
	for _, p := range c.Paragraphs {
		var b strings.Builder
		for _, s := range p {
			if s.Newline {
				b.WriteByte('\n')
			}
			b.WriteString(s.Text)
		}
		parts = append(parts, b.String())
	}
	if c.Link != "" {
		parts = append(parts, c.Button+"\n"+c.Link)
	}
	if c.Code != "" {
		parts = append(parts, c.CodeLabel+"\n"+c.Code)
		if c.CodeLink != "" {
			parts = append(parts, c.CodeHint+"\n"+c.CodeLink)
		}
	}
	if c.Until != "" {
		parts = append(parts, c.Until)
	}
	if c.Other != "" {
		parts = append(parts, c.OtherHint+"\n"+c.Other)
	}
	return strings.Join(append(parts, "--\n"+c.Footer), "\n\n") + "\n"
}

// fill puts the values into a template.
func (t Template) fill(values map[string]string) [][]Span {
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
		return Span{Text: harmless(values[r.variable]), Strong: r.strong}
	}
	return Span{Text: r.text, Strong: r.strong}
}

// line is a filled template of one line.
func (t Template) line(values map[string]string) string {
	var b strings.Builder
	for _, p := range t.fill(values) {
		for _, s := range p {
			b.WriteString(s.Text)
		}
	}
	return oneLine(b.String())
}

// longestValue of a variable, in characters: no name is longer.
const longestValue = 300

// harmless is a value as it may stand in a letter: one line of bounded length in which readers' programs find no link.
// Who makes up the name of a contact could else write to strangers in our name. A mere e-mail address stays whole.
func harmless(value string) string {
	runes := []rune(oneLine(value))
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

// oneLine makes blanks of whatever ends a line or commands a terminal.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(s)
}
