package message

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// decoded is the text in UTF-8. A charset that is not known, or not true, is guessed: UTF-8 if it can be, else
// windows-1252, in which everything is a text.
func decoded(b []byte, charset string) string {
	e := encodingOf(charset)
	if e == nil && utf8.Valid(b) {
		return string(b)
	}
	if e == nil {
		e = charmap.Windows1252
	}
	text, err := e.NewDecoder().Bytes(b)
	if err != nil {
		text = b
	}
	return strings.ToValidUTF8(string(text), string(utf8.RuneError))
}

// encodingOf finds a charset by its name; nil for UTF-8, for ASCII, which is too often a lie, and for what nobody knows.
func encodingOf(charset string) encoding.Encoding {
	charset = strings.ToLower(strings.TrimSpace(charset))
	if charset == "" || charset == "us-ascii" || charset == "ascii" || charset == "utf-8" || charset == "utf8" {
		return nil
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		e, err = ianaindex.MIME.Encoding(charset)
	}
	if err != nil || e == encoding.Replacement {
		return nil
	}
	return e
}

// lines makes every line end a line feed, and takes out what nobody sees and no text needs: control characters, and
// marks that turn the direction of what follows.
func lines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == '\ufeff', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}

// unflow puts paragraphs together that a mail program has parted into lines ending in a blank (RFC 3676).
func unflow(s string, delsp bool) string {
	var out strings.Builder
	open, depth := false, 0
	for line := range strings.SplitSeq(s, "\n") {
		rest := strings.TrimLeft(line, ">")
		quoted := len(line) - len(rest)
		rest = strings.TrimPrefix(rest, " ")
		if open && (quoted != depth || rest == "-- ") {
			out.WriteByte('\n')
			open = false
		}
		if !open && quoted > 0 {
			out.WriteString(strings.Repeat(">", quoted) + " ")
		}
		depth = quoted
		if open = strings.HasSuffix(rest, " ") && rest != "-- "; open && delsp {
			rest = rest[:len(rest)-1]
		}
		out.WriteString(rest)
		if !open {
			out.WriteByte('\n')
		}
	}
	return strings.TrimRight(out.String(), "\n")
}
