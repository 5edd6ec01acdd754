package email

import (
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
)

// ParseDomain takes what stands after the @ of an address, as people write it: capitals, blanks around it and an @
// before it are forgiven. It is the very text that Address.Domain gives. An error is a fault.Message.
func ParseDomain(s string) (string, error) {
	domain := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "@"))
	if strings.ContainsFunc(domain, func(r rune) bool { return name.Invisible(r) }) {
		return "", fault.M("email.invisible")
	}
	if len(domain) > MaxLength {
		return "", fault.M("email.too_long", "Max", MaxLength)
	}
	if m, ok := judgeDomain(domain); !ok {
		return "", m
	}
	if strings.ContainsFunc(domain, unicode.IsSpace) {
		return "", fault.M("email.domain")
	}
	return strings.ToLower(domain), nil
}
