package inbound

import (
	"strings"
	"sync"
	"unicode"

	"github.com/emersion/go-smtp"
	"golang.org/x/text/unicode/norm"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
)

// The keys of what the server says besides the reader's refusals.
const (
	unknown  = "inbound.refused.unknown"   // no such address, or not any more
	tooLarge = "inbound.refused.too_large" // the mail
	longLine = "inbound.refused.line"
	tooMany  = "inbound.later.too_many" // from this contact
	failed   = "inbound.later.failed"   // something of ours
	full     = "inbound.later.full"     // our disk
	stopping = "inbound.later.stopping"
)

// no is an answer for good, later one that has the client try again.
func no(code int, class, detail int, m fault.Message) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, class, detail}, Message: said(m)}
}

// markers are the lines that our letters ask to be answered above, in every language.
var markers = sync.OnceValue(func() (list []string) {
	for _, language := range locale.Languages() {
		list = append(list, locale.For(language, locale.Organization, locale.School, nil).Text("mail.answer_above"))
	}
	return list
})

// refused tells a fault to whoever sent the mail.
func refused(f *fault.Error) error {
	m := f.Message
	if len(f.Fields) > 0 {
		m = f.Fields[0].Message
	}
	switch f.Kind {
	case fault.NotFound, fault.Forbidden, fault.Unauthenticated:
		return no(550, 1, 1, fault.M(unknown))
	case fault.TooMany:
		return no(450, 7, 1, m)
	}
	return no(554, 6, 0, m)
}

// both are the languages that answers are given in: whoever reads them is known to nobody yet.
var both = []locale.Language{locale.English, locale.French}

// longestAnswer of one line, in bytes (RFC 5321, 4.5.3.1.5).
const longestAnswer = 440

// said is a message in both languages, as SMTP can write it: on one line, without accents.
func said(m fault.Message) string {
	var list []string
	for _, language := range both {
		list = append(list, locale.For(language, locale.Organization, locale.School, nil).Message(m))
	}
	text := ascii(strings.Join(list, " / "))
	return text[:min(len(text), longestAnswer)]
}

// unaccented are the signs that have no plain letter inside.
var unaccented = strings.NewReplacer("’", "'", "«", `"`, "»", `"`, "œ", "oe", "Œ", "Oe", "–", "-", "—", "-", "…", "...")

func ascii(s string) string {
	s = norm.NFD.String(unaccented.Replace(s))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Mn, r) || unicode.IsControl(r):
			return -1
		case r > unicode.MaxASCII:
			return '?'
		}
		return r
	}, s)
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), `" `, `"`)
}
