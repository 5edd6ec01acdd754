// Package ui holds the components that the pages of all faces are built of: icons, badges, form fields,
// dialogs, paging. Each takes typed parameters and writes what design/visual.md calls for, with its ARIA.
//
// It knows no request, no route and no room; texts of its own it takes from the catalogue (web.*), all
// others come translated from the page. Whatever stands in a long list (Icon, Badge, Mail) is written by hand in Go, since templ's
// class lists cost more than the rest of a row.
package ui

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/web/static"
)

// Tone colours a badge or a notice. A tone never stands without a word.
type Tone string

// The tones. Accent is for what is singled out without being good or bad.
const (
	Plain  Tone = ""
	OK     Tone = "ok"
	Warn   Tone = "warn"
	Danger Tone = "danger"
	Info   Tone = "info"
	Accent Tone = "accent"
)

// markup is HTML that is known to be well formed.
type markup string

// Render implements templ.Component.
func (m markup) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(m))
	return err
}

// icons are the names in static/icons.svg, each with the markup that shows it.
var icons = func() map[string]markup {
	sprite := static.Path("icons.svg")
	m := map[string]markup{"": ""}
	for _, name := range strings.Fields(`mark search menu close down download left right arrow plus more pencil trash
		check ok alert info lock unlock mail send phone user users building briefcase talk receipt swap clock
		sliders bell gauge list grid star shield shield-star pause none printer globe eye doc home pin`) {
		m[name] = markup(`<svg aria-hidden="true"><use href="` + sprite + "#" + name + `"/></svg>`)
	}
	return m
}()

// Icon is a picture of static/icons.svg, hidden from assistive technology: a word stands beside it. "" is
// none; another unknown name is a defect and panics.
func Icon(name string) templ.Component { return icon(name) }

func icon(name string) markup {
	m, ok := icons[name]
	if !ok {
		panic("ui: no icon " + name)
	}
	return m
}

// Writer writes markup piece by piece and remembers the first error. Text from outside goes through templ.EscapeString.
type Writer struct {
	ctx context.Context
	out io.Writer
	err error
}

// Put writes pieces as they are.
func (w *Writer) Put(pieces ...string) {
	for _, p := range pieces {
		if w.err == nil {
			_, w.err = io.WriteString(w.out, p)
		}
	}
}

// Show writes a component among the pieces.
func (w *Writer) Show(c templ.Component) {
	if w.err == nil {
		w.err = c.Render(w.ctx, w.out)
	}
}

// Drawn is a component's markup, for pieces that a long list writes again and again.
func (w *Writer) Drawn(c templ.Component) string {
	var b strings.Builder
	if w.err == nil {
		w.err = c.Render(w.ctx, &b)
	}
	return b.String()
}

// Written makes a templ.Component of hand-written Go.
func Written(write func(w *Writer)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		w := &Writer{ctx: ctx, out: out}
		write(w)
		return w.err
	})
}

func (t Tone) class(base string) string {
	if t == Plain {
		return base
	}
	return base + " " + string(t)
}

// Badge is a state in a word and an icon.
func Badge(tone Tone, iconName, text string) templ.Component {
	return Written(func(w *Writer) {
		w.Put(`<span class="`, tone.class("badge"), `">`, string(icon(iconName)), templ.EscapeString(text), `</span>`)
	})
}

// OrMissing is a stored value in a sentence, or the word for none.
func OrMissing(p *locale.Printer, text string) string {
	if text == "" {
		return p.Text("web.missing")
	}
	return text
}

// Missing stands for a value that is not known: a dash to see, words to hear.
func Missing(p *locale.Printer) templ.Component {
	return Written(func(w *Writer) {
		w.Put(`<span class="soft">–<span class="visually-hidden"> `, templ.EscapeString(p.Text("web.missing")), `</span></span>`)
	})
}

// Value is the text, or Missing when it is empty.
func Value(p *locale.Printer, text string) templ.Component {
	if text == "" {
		return Missing(p)
	}
	return Written(func(w *Writer) { w.Put(templ.EscapeString(text)) })
}

// Mail is a link that writes to the address, which may break before its @; Missing when there is none.
func Mail(p *locale.Printer, address string) templ.Component {
	if address == "" {
		return Missing(p)
	}
	return Written(func(w *Writer) {
		local, domain, _ := strings.Cut(address, "@")
		local, domain = templ.EscapeString(local), templ.EscapeString(domain)
		w.Put(`<a href="mailto:`, strings.ReplaceAll(local, "%", "%25"), "@", domain, `">`, local, `<wbr>@`, domain, `</a>`)
	})
}

// Phone is a link that calls the number, given as stored (E.164) and as shown; Missing when there is none.
func Phone(p *locale.Printer, e164, shown string) templ.Component {
	if e164 == "" {
		return Missing(p)
	}
	return Written(func(w *Writer) {
		w.Put(`<a href="tel:`, templ.EscapeString(e164), `">`, templ.EscapeString(shown), `</a>`)
	})
}

// Day is a date, JJ/MM/AAAA; Missing when it never was.
func Day(p *locale.Printer, t time.Time) templ.Component {
	return moment(p, t, time.DateOnly, p.Date)
}

// Moment is a date with its hour; Missing when it never was.
func Moment(p *locale.Printer, t time.Time) templ.Component {
	return moment(p, t, time.RFC3339, p.DateTime)
}

// Ago is a moment as seen from now: « hier à 17 h 20 ».
func Ago(p *locale.Printer, t, now time.Time) templ.Component {
	return moment(p, t, time.RFC3339, func(t time.Time) string { return p.Ago(t, now) })
}

func moment(p *locale.Printer, t time.Time, layout string, print func(time.Time) string) templ.Component {
	if t.IsZero() {
		return Missing(p)
	}
	return Written(func(w *Writer) {
		w.Put(`<time datetime="`, t.In(p.Zone()).Format(layout), `">`, templ.EscapeString(print(t)), `</time>`)
	})
}
