// Package email holds an e-mail address as manual 1 and product.md §3 allow it: small letters a to z, digits and few
// signs, so that it can be read out on the telephone and compared byte by byte.
//
// It judges the form alone. Whether the address takes mail, and whose it is, is found out elsewhere.
package email

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/entregent/entregent/internal/fault"
)

// The longest address and the longest part before the @, in characters (RFC 5321).
const (
	MaxLength = 254
	MaxLocal  = 64
)

// Address is an address of that form. The zero value means «absent».
type Address struct{ text string }

// Parse takes an address as it must be, changing nothing; a text of blanks alone is absent. It refuses the rest with the
// reason (a sentence for capitals, accents and blanks together where they come together), and with a proposal
// if small letters, trimmed ends and the local part without accents make it right. An error is a fault.Message.
func Parse(s string) (Address, error) {
	m, ok := judge(s)
	if ok {
		return Address{s}, nil
	}
	if strings.TrimSpace(s) == "" {
		return Address{}, nil
	}
	if m.Key == mendable(s) {
		m.Proposal = propose(s)
	}
	return Address{}, m
}

// IsZero reports whether it is absent.
func (a Address) IsZero() bool { return a.text == "" }

// String is the address, "" if absent.
func (a Address) String() string { return a.text }

// Local is what stands before the @.
func (a Address) Local() string { return a.text[:max(0, strings.LastIndexByte(a.text, '@'))] }

// Domain is what stands after the @.
func (a Address) Domain() string { return a.text[strings.LastIndexByte(a.text, '@')+1:] }

// Value stores the address, or NULL if absent.
func (a Address) Value() (driver.Value, error) {
	if a.text == "" {
		return nil, nil
	}
	return a.text, nil
}

// Scan trusts the database: what it holds was parsed once.
func (a *Address) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		a.text = ""
	case string:
		a.text = v
	case []byte:
		a.text = string(v)
	default:
		return fmt.Errorf("email: cannot scan %T", src)
	}
	return nil
}

// MarshalText is String.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.text), nil }

// UnmarshalText parses; "" is absent.
func (a *Address) UnmarshalText(b []byte) (err error) {
	*a, err = Parse(string(b))
	return err
}

// refuse makes a refusal; it stands in for «false» beside its message.
func refuse(key string, args ...any) (fault.Message, bool) { return fault.M(key, args...), false }
