package sheet

import "strings"

// A cell that a spreadsheet would take for a formula gets an apostrophe, and so does one that it would take for a
// number and write back as another (« 007 »). Reading takes it off again. A text that looks escaped already gets one
// more, so that nothing is lost either way.

// Escape is the text as it stands in a cell.
func Escape(s string) string {
	if risky(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// Unescape takes off what Escape put on.
func Unescape(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && risky(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return s
}

// risky reports whether a spreadsheet would make something else of the text.
func risky(s string) bool {
	return s != "" && (strings.IndexByte("=+-@\t\r", s[0]) >= 0 || altered(s))
}

// altered recognises what is a number to a spreadsheet but not written as it would write it: leading zeros,
// decimals, exponents, dates, more digits than it keeps.
func altered(s string) bool {
	if s[0] < '0' || s[0] > '9' || strings.Trim(s, "0123456789.,:/%eE+- \u00A0\u202F") != "" {
		return false
	}
	plain := strings.Trim(s, "0123456789") == "" && len(s) <= 15 && (s == "0" || s[0] != '0')
	return !plain
}
