package message

import (
	"regexp"
	"slices"
	"strings"
)

// own is what the author of an answer wrote: without the quoted mail and the signature. Cut tells that anything was
// quoted.
//
// What stands below a marker of ours goes, and so does what a mail program shows to be the quoted mail. Lines with «>» go
// if somebody introduced them («Le … a écrit :») or if they stand at the front or the end; others may be meant.
func own(s string, markers []string) (text string, cut bool) {
	list := strings.Split(s, "\n")
	markers = slices.Clone(markers)
	for i, m := range markers {
		markers[i] = folded(m)
	}
	for i, line := range list {
		if strings.HasPrefix(line, threshold) || isMarker(line, markers) || isSeparator(line) || isHeadBlock(list[i:]) {
			list, cut = list[:i], true
			break
		}
	}
	list, quoted := unquote(list)
	list = unsigned(list)
	return tidy(list), cut || quoted
}

// folded is a line as it is compared: blanks alike, no case.
func folded(line string) string { return strings.ToLower(strings.Join(strings.Fields(line), " ")) }

// isMarker compares with markers that are folded already.
func isMarker(line string, markers []string) bool {
	line = folded(line)
	for _, m := range markers {
		if m != "" && strings.Contains(line, m) {
			return true
		}
	}
	return false
}

var separator = regexp.MustCompile(`(?i)^[\s>]*-{2,}\s*(message d[’']origine|message original|mail original|e-mail d[’']origine|message initial|original message|original appointment|ursprüngliche nachricht|mensaje original|messaggio originale)\s*-{2,}\s*$`)

func isSeparator(line string) bool { return len(line) < 200 && separator.MatchString(folded(line)) }

// The head that Outlook writes above what it quotes: who, and then when and to whom.
var (
	headWho  = regexp.MustCompile(`(?i)^\*?(de|from|von|da)\s*:\*?\s*\S`)
	headWhen = regexp.MustCompile(`(?i)^\*?(envoyé|envoyée|sent|date|gesendet|enviado|inviato)( le)?\s*:\*?\s*\S`)
	headWhom = regexp.MustCompile(`(?i)^\*?(à|a|to|cc|objet|subject|an|betreff|para|asunto|oggetto)\s*:`)
)

func isHeadBlock(list []string) bool {
	if len(list[0]) > 500 || !headWho.MatchString(folded(list[0])) {
		return false
	}
	when, whom := false, false
	for _, line := range list[1:min(len(list), 7)] {
		line = folded(line)
		when = when || headWhen.MatchString(line)
		whom = whom || headWhom.MatchString(line)
	}
	return when && whom
}

// introductions are the lines above a quotation: «Le 3 mars 2026 à 10:12, Anne <a@example.org> a écrit :».
var introductions = regexp.MustCompile(`(?i)^(le\s.+\s(a écrit|écrivait|a répondu)|.+\sa écrit(\sle\s.+)?|` +
	`on\s.+\swrote|.+\swrote(\son\s.+)?|am\s.+\sschrieb.*|el\s.+\sescribió|il\s.+\sha scritto|op\s.+\sschreef.*)\s*:$`)

// introduces tells how many lines from the first on introduce a quotation; mail programs part them. 0 = they do not.
func introduces(list []string) int {
	whole := ""
	for n, line := range list[:min(len(list), 4)] {
		line = strings.TrimSpace(line)
		if line == "" || len(whole)+len(line) > 600 || strings.HasPrefix(line, ">") {
			return 0
		}
		whole = strings.TrimSpace(whole + " " + line)
		if strings.HasSuffix(line, ":") && introductions.MatchString(strings.Join(strings.Fields(whole), " ")) {
			if first := strings.ToLower(list[0]); n == 0 || dated.MatchString(first) {
				return n + 1
			}
			return 0
		}
	}
	return 0
}

// dated is how the first of several lines of an introduction begins.
var dated = regexp.MustCompile(`(?i)^\s*(le|on|am|el|il|op)\s.*\d`)

func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") }

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

// mostLines are looked at for introductions; no answer is longer.
const mostLines = 5000

// unquote leaves quotations and their introductions out.
func unquote(list []string) (kept []string, cut bool) {
	introduced := false
	for i := 0; i < len(list); {
		if i < mostLines {
			if n := introduces(list[i:]); n > 0 && quotesNext(list[i+n:]) {
				introduced, i = true, i+n
				continue
			}
		}
		if !introduced || !isQuoted(list[i]) {
			kept = append(kept, list[i])
		}
		i++
	}
	front, end := 0, len(kept)
	for front < end && (isBlank(kept[front]) || isQuoted(kept[front])) {
		front++
	}
	for end > front && (isBlank(kept[end-1]) || isQuoted(kept[end-1])) {
		end--
	}
	for _, line := range append(kept[:front:front], kept[end:]...) {
		cut = cut || isQuoted(line)
	}
	return kept[front:end], cut || introduced
}

// quotesNext reports whether what follows is quoted, or nothing: else the line was meant.
func quotesNext(list []string) bool {
	for _, line := range list {
		if !isBlank(line) {
			return isQuoted(line)
		}
	}
	return true
}

// mobile is what telephones and mail programs put below by themselves.
var mobile = regexp.MustCompile(`(?i)^(envoyé (de|depuis|à partir) .{2,60}|sent (from|with) .{2,60}|(télécharger|obtenir|get) outlook (pour|for) .{2,60}|provenance : courrier pour windows.*|` +
	`t[ée]l[ée]charger outlook.*|envoyé avec .{2,60})$`)

// longestSignature below a line of two hyphens without the blank that makes it a signature's.
const longestSignature = 12

// unsigned leaves the signature out.
func unsigned(list []string) []string {
	for i, line := range list {
		if line == "-- " || line == "--\u00a0" || line == "--" && len(list)-i <= longestSignature {
			list = list[:i]
			break
		}
	}
	end := len(list)
	for end > 0 && isBlank(list[end-1]) {
		end--
	}
	if end > 0 && len(list[end-1]) < 200 && mobile.MatchString(folded(list[end-1])) {
		end--
	}
	return list[:end]
}

var rule = regexp.MustCompile(`^[_*=-]{10,}$`)

// tidy leaves out blanks at the ends of lines, the rule that parted the quotation off, and more than one empty line together.
func tidy(list []string) string {
	var out []string
	for _, line := range list {
		line = strings.TrimRight(line, " \t\u00a0")
		if line != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, line)
		}
	}
	for len(out) > 0 && (out[len(out)-1] == "" || rule.MatchString(out[len(out)-1])) {
		out = out[:len(out)-1]
	}
	return strings.Join(out, "\n")
}
