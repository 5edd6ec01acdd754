package email

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
)

// judge says what is wrong with an address. Where several things are, it names what the person must mend by
// hand before what the proposal mends with one click.
func judge(s string) (fault.Message, bool) {
	trimmed := strings.TrimSpace(s)
	switch {
	case len(trimmed) > 8*MaxLength:
		return refuse("email.too_long", "Max", MaxLength)
	case !utf8.ValidString(s):
		return refuse("email.broken")
	case utf8.RuneCountInString(trimmed) > MaxLength:
		return refuse("email.too_long", "Max", MaxLength)
	}
	switch strings.Count(trimmed, "@") {
	case 0:
		return refuse("email.no_at")
	case 1:
	default:
		return refuse("email.several_ats")
	}
	local, domain, _ := strings.Cut(trimmed, "@")
	if m, ok := judgeLocal(local); !ok {
		return m, false
	}
	if m, ok := judgeDomain(domain); !ok {
		return m, false
	}
	if key := mendable(s); key != "" {
		return refuse(key)
	}
	return fault.Message{}, true
}

// judgeLocal looks at the part before the @ as it would be once mended.
func judgeLocal(local string) (fault.Message, bool) {
	for _, r := range local {
		if !localSign(r) && !mended(r) {
			if unicode.IsLetter(r) {
				return refuse("email.alphabet", "Symbol", string(r))
			}
			return refuse("email.symbol", "Symbol", show(r))
		}
	}
	local = strings.TrimSpace(local)
	switch {
	case local == "":
		return refuse("email.no_local")
	case utf8.RuneCountInString(local) > MaxLocal:
		return refuse("email.local_too_long", "Max", MaxLocal)
	case local[0] == '.':
		return refuse("email.dot_first")
	case local[len(local)-1] == '.':
		return refuse("email.dot_last")
	case strings.Contains(local, ".."):
		return refuse("email.dot_doubled")
	}
	return fault.Message{}, true
}

// judgeDomain looks at the part after the @, case aside: letters, digits and hyphens, at least one dot.
func judgeDomain(domain string) (fault.Message, bool) {
	for _, r := range domain {
		switch {
		case unicode.IsSpace(r) || name.Invisible(r) || r == '.' || r == '-' || alphanumeric(r) || 'A' <= r && r <= 'Z':
		case unicode.IsLetter(r) || unicode.IsMark(r):
			return refuse("email.domain_accents")
		default:
			return refuse("email.domain_symbol", "Symbol", show(r))
		}
	}
	domain = strings.TrimSpace(domain)
	if domain == "" {
		return refuse("email.no_domain")
	}
	labels := strings.Split(domain, ".")
	if len(labels) == 1 {
		return refuse("email.domain_without_dot")
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return refuse("email.domain")
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" { // the address of a machine, not a domain
		return refuse("email.domain")
	}
	return fault.Message{}, true
}

func alphanumeric(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }

// localSign reports whether a character may stand before the @.
func localSign(r rune) bool {
	return alphanumeric(r) || r == '.' || r == '_' || r == '-' || r == '+'
}

// mended reports whether a character is one that the proposal or its reason takes care of: a capital, a letter
// with an accent or a ligature, a blank, an invisible character.
func mended(r rune) bool {
	return 'A' <= r && r <= 'Z' || accented(r) || unicode.IsSpace(r) || name.Invisible(r)
}

// accented reports whether a character is a letter of ours with something added, or what was added.
func accented(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	if unicode.Is(unicode.Mn, r) {
		return !name.Invisible(r)
	}
	plain := name.Unaccent(string(r))
	return unicode.IsLetter(r) && plain != "" && !strings.ContainsFunc(plain, func(r rune) bool { return !alphanumeric(r) })
}

// mendable names the reasons that need no thought, all together; "" if there is none.
func mendable(s string) string {
	var capitals, accents, blanks bool
	for _, r := range s {
		if name.Invisible(r) {
			return "email.invisible"
		}
		capitals = capitals || unicode.IsUpper(r)
		accents = accents || accented(r)
		blanks = blanks || unicode.IsSpace(r)
	}
	switch {
	case capitals && accents && blanks:
		return "email.capitals_accents_blanks"
	case capitals && accents:
		return "email.capitals_accents"
	case capitals && blanks:
		return "email.capitals_blanks"
	case accents && blanks:
		return "email.accents_blanks"
	case capitals:
		return "email.capitals"
	case accents:
		return "email.accents"
	case blanks:
		return "email.blanks"
	}
	return ""
}

// propose is the address in small letters, the ends of both parts trimmed, the local part without accents; ""
// if that is not right either, as with a blank inside.
func propose(s string) string {
	local, domain, _ := strings.Cut(visible(s), "@")
	p := strings.TrimSpace(name.Unaccent(local)) + "@" + strings.ToLower(strings.TrimSpace(domain))
	if _, ok := judge(p); !ok {
		return ""
	}
	return p
}

func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if name.Invisible(r) {
			return -1
		}
		return r
	}, s)
}

// show makes a character readable in a message.
func show(r rune) string {
	if unicode.IsGraphic(r) {
		return string(r)
	}
	return fmt.Sprintf("U+%04X", r)
}
