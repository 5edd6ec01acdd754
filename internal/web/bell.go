package web

import (
	"log/slog"
	"strconv"

	"github.com/entregent/entregent/internal/locale"
)

// Bell is the link in the portal's bar to what the person was told. The zero value is none.
type Bell struct {
	N        int    // not read yet
	More     bool   // than N
	URL      string // of the list
	Settings string // of what the person is told of
}

// ring asks the portal's face for the bell of a whole page. A page stands without it where it cannot be read.
func (r *Request) ring() {
	if r.site.Bell == nil || r.place.Contact.IsZero() || r.IsFetch() {
		return
	}
	var err error
	if r.bell, err = r.site.Bell(r); err != nil {
		r.Note(slog.Bool("bell_broken", true))
	}
}

// Shown is the number on the bell: « 3 », « 99+ ».
func (b Bell) Shown(p *locale.Printer) string {
	if b.More {
		return p.Number(b.N) + "+"
	}
	return strconv.Itoa(b.N)
}

// Label is what the bell is called, with its number.
func (b Bell) Label(p *locale.Printer) string {
	if b.More {
		return p.Text("web.bell.more", "Shown", b.Shown(p))
	}
	return p.Count("web.bell.count", b.N)
}
