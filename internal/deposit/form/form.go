// Package form is how a workspace's public form works, as an admin types it and as values: whether it is open, what a depositor agrees to,
// whose pages may show it. It parses and compares; nothing is stored here.
package form

import (
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/deposit/origin"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/workspace"
)

// Form is how a workspace's public form works.
type Form struct {
	Enabled   bool
	Confirmed bool   // a deposit waits until its depositor has confirmed it by mail
	ConsentFR string // what a depositor agrees to; "" = our own words
	ConsentEN string
	Months    int      // how long a deposit is kept
	Origins   []string // whose pages may hold the form in a frame
	Version   int64
}

// Input is what a form says of it, as text.
type Input struct {
	Enabled, Confirmed   bool
	ConsentFR, ConsentEN string
	Months               string
	Origins              string // one a line
	Version              int64
}

// MaxConsent is the length of a text to agree to, in characters, MaxMonths the longest time, and maxOrigins how many sites there are.
const (
	MaxConsent = 1000
	MaxMonths  = 60
	maxOrigins = 20
)

// Standard is the form of a workspace that has not said anything.
func Standard() Form { return Form{Confirmed: true, Months: 24} }

// Consent is what a depositor agrees to, in the page's language.
func (f Form) Consent(p *locale.Printer, host workspace.Workspace) string {
	text := f.ConsentFR
	if p.Language() == locale.English {
		text = f.ConsentEN
	}
	if text != "" {
		return text
	}
	return p.Count("deposit.consent.standard", f.Months, "Host", host.Name)
}

// Parse turns the text into values, or gives every fault at once.
func (in Input) Parse() (f Form, err error) {
	var faults fault.Fields
	f.Enabled, f.Confirmed = in.Enabled, in.Confirmed
	f.ConsentFR = consent(&faults, "consent_fr", in.ConsentFR)
	f.ConsentEN = consent(&faults, "consent_en", in.ConsentEN)
	f.Months, err = strconv.Atoi(strings.TrimSpace(in.Months))
	if err != nil || f.Months < 1 || f.Months > MaxMonths {
		faults.Add("months", fault.M("deposit.months", "Max", MaxMonths))
	}
	for _, typed := range strings.Fields(in.Origins) {
		site, ok := origin.Parse(typed)
		if !ok {
			faults.Add("origins", fault.M("deposit.origin"))
			break
		}
		if !slices.Contains(f.Origins, site) {
			f.Origins = append(f.Origins, site)
		}
	}
	if len(f.Origins) > maxOrigins {
		faults.Add("origins", fault.M("deposit.origins", "Max", maxOrigins))
	}
	return f, faults.Err()
}

func consent(faults *fault.Fields, field, typed string) string {
	if strings.TrimSpace(typed) == "" {
		return ""
	}
	text, err := name.Text(typed, MaxConsent)
	faults.Add(field, err)
	return text
}

// Changes lists what differs, in the order of the form.
func Changes(a, b Form) (list journal.Changes) {
	list.Add("form_enabled", onOff(a.Enabled), onOff(b.Enabled))
	list.Add("form_confirmed", onOff(a.Confirmed), onOff(b.Confirmed))
	list.Add("consent_fr", a.ConsentFR, b.ConsentFR)
	list.Add("consent_en", a.ConsentEN, b.ConsentEN)
	list.Add("months", strconv.Itoa(a.Months), strconv.Itoa(b.Months))
	list.Add("origins", strings.Join(a.Origins, " "), strings.Join(b.Origins, " "))
	return list
}

func onOff(b bool) string {
	if b {
		return "true"
	}
	return ""
}
