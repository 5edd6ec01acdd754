package mail

import (
	"regexp"
	"strings"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail/prose"
)

// Failure is why a letter was not taken over.
type Failure struct {
	Reason string // a key of the catalogue («mail.reason.timeout»), or the server's words without addresses: «550 no such user»
	Final  bool   // no further try will do better
	Err    error  // for the log; nil where Reason says all
}

func (f *Failure) Error() string {
	if f.Err == nil {
		return "mail: " + f.Reason
	}
	return "mail: " + f.Reason + ": " + f.Err.Error()
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// reasons are how the catalogue's keys begin; the server's words begin with a number.
const reasons = "mail.reason."

// Why says in words why the last try failed; "" when none did.
func (l Letter) Why(p *locale.Printer) string {
	if strings.HasPrefix(l.Reason, reasons) && p.Has(l.Reason) {
		return p.Text(l.Reason)
	}
	return l.Reason
}

// longestReason that is kept, in characters.
const longestReason = 300

// anAddress is whatever a server's answer may hold of an e-mail address.
var anAddress = regexp.MustCompile(`[^\s<>"'(),;:\[\]]+@[^\s<>"'(),;:\[\]]+`)

// withoutAddresses is what a server said, on one line and without anybody's address, or the name in it.
func withoutAddresses(said string, to email.Address) string {
	said = anAddress.ReplaceAllString(prose.OneLine(strings.Join(strings.Fields(said), " ")), "…")
	if local := to.Local(); len(local) > 2 {
		said = regexp.MustCompile(`(?i)(^|[^\pL\pN])`+regexp.QuoteMeta(local)+`($|[^\pL\pN])`).ReplaceAllString(said, "${1}…${2}")
	}
	runes := []rune(said)
	return string(runes[:min(len(runes), longestReason)])
}
