package web

import (
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/workspace"
)

// Receive shows the page as one of the host's, to somebody who need not be one of its people: under its name, in its
// colour, with its nouns. P is in the language and time zone of the person whom the page is for, unless somebody is signed
// in, or has chosen a language in this browser.
func (r *Request) Receive(host workspace.Workspace, whom *locale.Printer) {
	host.Locale, host.TimeZone = whom.Language(), whom.Zone().String()
	r.Workspace = host
	r.P = r.printer()
	r.x.workspace = host.ID
}

// IsPrefetch reports whether a program fetches the page before anybody wants to see it.
func (r *Request) IsPrefetch() bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Moz"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}
