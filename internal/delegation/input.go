package delegation

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/journal"
)

// Input is what the form says of an envelope.
type Input struct {
	AddContacts  bool
	GiveLogins   bool
	GiveAdmin    bool
	MaxLogins    string // "" = no limit
	LoginDomains string // with blanks, commas or lines between; "" = any
	Approval     bool
	Version      int64 // that the person saw; 0 = none was set
}

// The most that an envelope may say.
const (
	maxLogins  = 100_000
	maxDomains = 50
)

// parse gives every fault at once.
func (in Input) parse() (Envelope, error) {
	e := Envelope{AddContacts: in.AddContacts, GiveLogins: in.GiveLogins, GiveAdmin: in.GiveAdmin, Approval: in.Approval}
	var faults fault.Fields
	if typed := strings.TrimSpace(in.MaxLogins); typed != "" {
		n, err := strconv.ParseInt(typed, 10, 64)
		if err != nil || n < 1 || n > maxLogins {
			faults.Add("max_logins", fault.M("delegation.max_logins_invalid", "Max", maxLogins))
		}
		e.MaxLogins = n
	}
	e.LoginDomains = domains(in.LoginDomains, &faults)
	return e, faults.Err()
}

// domains reads a list, each once and in order. The first that is none is told.
func domains(s string, faults *fault.Fields) (list []string) {
	between := func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }
	for _, typed := range strings.FieldsFunc(s, between) {
		domain, err := email.ParseDomain(typed)
		if err != nil {
			faults.Add("login_domains", fault.M("delegation.domain_invalid", "Domain", shown(typed)))
			return nil
		}
		list = append(list, domain)
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) > maxDomains {
		faults.Add("login_domains", fault.M("delegation.domains_many", "Max", maxDomains))
	}
	return list
}

// shown is the beginning of what was typed, for the person who typed it.
func shown(typed string) string {
	signs := []rune(strings.ToValidUTF8(typed, "�"))
	return string(signs[:min(len(signs), 80)])
}

// changes lists what differs, in the order of the form.
func changes(a, b Envelope) (list journal.Changes) {
	list.Add("add_contacts", word(a.AddContacts), word(b.AddContacts))
	list.Add("give_logins", word(a.GiveLogins), word(b.GiveLogins))
	list.Add("give_admin", word(a.GiveAdmin), word(b.GiveAdmin))
	list.Add("max_logins", limit(a.MaxLogins), limit(b.MaxLogins))
	list.Add("login_domains", strings.Join(a.LoginDomains, " "), strings.Join(b.LoginDomains, " "))
	list.Add("approval", word(a.Approval), word(b.Approval))
	return list
}

func word(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// limit is a number as the form has it: none is empty.
func limit(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
