package message

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// threshold is a line of its own where a mail program's HTML says that the quoted mail begins. No text holds it, for lines
// takes control characters out.
const threshold = "\x1e"

// quotes are the identifiers and classes by which mail programs mark it.
var quotes = []string{"appendonsend", "divrplyfwdmsg", "zwchr", "yahoo_quoted", "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message"}

// silent elements say nothing.
var silent = []atom.Atom{atom.Script, atom.Style, atom.Head, atom.Title, atom.Noscript, atom.Template, atom.Svg}

// blocks begin and end lines; paragraphs have an empty one around them.
var (
	blocks     = []atom.Atom{atom.Div, atom.Tr, atom.Li, atom.Ul, atom.Ol, atom.Table, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Hr, atom.Center, atom.Dl, atom.Dt, atom.Dd, atom.Form}
	paragraphs = []atom.Atom{atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre, atom.Blockquote}
)

// plain makes text of HTML, as a person would read it out: paragraphs, lists, the addresses of links, and quotations as
// lines that begin with «>».
func plain(raw []byte, said string) string {
	if said == "" {
		_, said, _ = charset.DetermineEncoding(raw[:min(len(raw), 1024)], "text/html")
	}
	z := html.NewTokenizer(strings.NewReader(decoded(raw, said)))
	z.SetMaxBuf(maxText)
	var p page
	for {
		switch z.Next() {
		case html.ErrorToken:
			p.line()
			return strings.Trim(p.out.String(), "\n")
		case html.TextToken:
			p.words(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			p.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(atom.Lookup(name))
		}
	}
}

// page is text while it is made.
type page struct {
	out     bytes.Buffer
	now     strings.Builder // the line that is being written
	blank   bool            // a blank is due before the next word
	gap     bool            // an empty line is due before the next line
	quoted  int
	pre     int
	silence []atom.Atom // elements that say nothing, and are open
	link    string      // where the link that is open leads
	shown   strings.Builder
}

func (p *page) words(s string) {
	if len(p.silence) > 0 {
		return
	}
	s = lines(s)
	if p.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				p.line()
			}
			p.now.WriteString(line)
		}
		return
	}
	for i, word := range strings.FieldsFunc(s, isSpace) {
		p.blank = p.blank || i > 0 || isSpace(rune(s[0]))
		if p.blank && p.now.Len() > 0 {
			p.now.WriteByte(' ')
		}
		p.now.WriteString(word)
		p.shown.WriteString(word)
		p.blank = false
	}
	p.blank = p.blank || s != "" && isSpace(rune(s[len(s)-1]))
}

// isSpace are the blanks that HTML folds; those that do not break are none of them.
func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' }

func (p *page) start(t html.Token) {
	id := strings.ToLower(attribute(t, "id"))
	for _, name := range append(strings.Fields(strings.ToLower(attribute(t, "class"))), id) {
		if name != "" && slices.Contains(quotes, strings.TrimPrefix(name, "x_")) {
			p.line()
			p.out.WriteString(threshold + "\n")
		}
	}
	switch a := t.DataAtom; {
	case slices.Contains(silent, a):
		if t.Type == html.StartTagToken {
			p.silence = append(p.silence, a)
		}
	case a == atom.Br:
		p.line()
	case a == atom.A:
		p.link = attribute(t, "href")
		p.shown.Reset()
	case slices.Contains(blocks, a):
		p.fresh()
		if a == atom.Li {
			p.now.WriteString("- ")
		}
	case a == atom.Td || a == atom.Th:
		p.blank = true
	case slices.Contains(paragraphs, a):
		p.paragraph(a, 1)
	}
}

func (p *page) end(a atom.Atom) {
	if i := slices.Index(p.silence, a); i >= 0 {
		p.silence = p.silence[:i]
		return
	}
	switch {
	case a == atom.A:
		if isWeb(p.link) && !strings.Contains(p.link, p.shown.String()) {
			p.now.WriteString(" (" + lines(p.link) + ")")
		}
		p.link = ""
	case slices.Contains(blocks, a):
		p.fresh()
	case slices.Contains(paragraphs, a):
		p.paragraph(a, -1)
	}
}

// paragraph begins or ends one; by is 1 or -1.
func (p *page) paragraph(a atom.Atom, by int) {
	p.fresh()
	p.gap = p.out.Len() > 0
	switch a {
	case atom.Blockquote:
		p.quoted = min(max(p.quoted+by, 0), maxDepth)
	case atom.Pre:
		p.pre = max(p.pre+by, 0)
	}
}

// fresh ends the line if anything stands in it.
func (p *page) fresh() {
	if p.now.Len() > 0 {
		p.line()
	}
	p.blank = false
}

// line ends the line, which may be empty.
func (p *page) line() {
	said := strings.TrimRightFunc(p.now.String(), unicode.IsSpace)
	p.now.Reset()
	p.blank = false
	prefix := strings.Repeat(">", p.quoted)
	if p.gap && said != "" {
		p.out.WriteString(prefix + "\n")
		p.gap = false
	}
	if prefix != "" && said != "" {
		prefix += " "
	}
	p.out.WriteString(prefix + said + "\n")
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// isWeb reports whether an address may stand in a text.
func isWeb(link string) bool {
	return len(link) < 500 && (strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://"))
}
