package office

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// closed is what a row shows of a contact, and « Détail » (manual 1, figure 3). It is written by hand, as the
// rows of the list of all contacts are, because a page shows up to 48 (bench: one organisation's contacts). Everything that
// somebody typed goes through templ.EscapeString.
func (v people) closed(c contact.Row) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		w := &rowWriter{ctx: ctx, out: out}
		p, country, id := v.r.P, v.r.Workspace.Country, anchor(c)
		w.put(`<h3 class="person-name" id="`, id, `-n">`, web.FullNameHTML(v.r.P, c), `</h3><dl class="person-facts">`)
		v.fact(w, "job", "office.contact.job_title", ui.Value(p, c.JobTitle))
		v.fact(w, "mail", "office.contact.email", ui.Mail(p, c.Email.String()))
		v.fact(w, "mobile", "office.contact.mobile", ui.Phone(p, c.Mobile.String(), c.Mobile.Display(country)))
		v.fact(w, "phone", "office.contact.phone", ui.Phone(p, c.Phone.String(), c.Phone.Display(country)))
		w.put(`</dl><ul class="badges" aria-label="`, templ.EscapeString(p.Text("office.contact.states")), `">`)
		if v.org.Primary == c.ID {
			w.put(`<li data-one="primary">`)
			w.show(web.PrimaryBadge(v.r.P))
			w.put(`</li>`)
		}
		for _, badge := range [...]templ.Component{web.RoleBadge(v.r.P, c.Role), invitationBadge(v.r, c.State(), v.deliveries[c.ID], v.post.Waits()), web.AuthorizedBadge(v.r.P, !c.AuthorizedAt.IsZero())} {
			w.put(`<li>`)
			w.show(badge)
			w.put(`</li>`)
		}
		expanded := "false"
		if v.isOpen(c) {
			expanded = "true"
		}
		w.put(`</ul><a class="button person-toggle" id="`, id, `-d" href="`, templ.EscapeString(v.toggleURL(c)), `" aria-expanded="`, expanded,
			`" aria-describedby="`, id, `-n" data-fragment="`, id, `" data-focus>`, templ.EscapeString(p.Text("office.contact.detail")))
		w.show(ui.Icon("down"))
		w.put(`</a>`)
		return w.err
	})
}

// fact writes a label and its value.
func (v people) fact(w *rowWriter, class, label string, value templ.Component) {
	w.put(`<div class="`, class, `"><dt>`, templ.EscapeString(v.r.P.Text(label)), `</dt><dd>`)
	w.show(value)
	w.put(`</dd></div>`)
}
