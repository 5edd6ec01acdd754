package mail

import (
	_ "embed"
	"html/template"
	"strings"

	"github.com/entregent/entregent/internal/mail/prose"
)

// Content is all that a letter says, ready to be printed as text and as HTML, or to be shown on a page.
type Content struct {
	Language           string
	Subject            string
	Above              string // the line that answers are to be written above; "" = none
	Paragraphs         [][]prose.Span
	Button, Link       string
	Copy               string
	CodeLabel, Code    string
	CodeHint, CodeLink string
	Until              string
	OtherHint, Other   string
	Footer             string
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
	parts := make([]string, 0, len(c.Paragraphs)+7)
	if c.Above != "" {
		parts = append(parts, c.Above)
	}
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
