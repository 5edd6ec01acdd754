package name

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/fault"
)

// Text cleans what somebody wrote in several lines, or sent by mail: characters that show nothing are dropped, blanks at
// the ends of lines and empty lines around it too. There must be a text, of at most max characters. An error is a fault.Message.
func Text(text string, max int) (string, error) {
	if len(text) > 8*max {
		return "", fault.M("fault.too_long", "Max", max)
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\u2028', r == '\u2029':
			return ' '
		case r != '\n' && unicode.IsControl(r) || Invisible(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n"))
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	text = strings.Trim(strings.Join(lines, "\n"), "\n")
	switch n := utf8.RuneCountInString(text); {
	case strings.TrimSpace(text) == "":
		return "", fault.M("fault.required")
	case n > max:
		return "", fault.M("fault.too_long", "Max", max)
	}
	return text, nil
}
