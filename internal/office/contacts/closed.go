package contacts

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// closed is what a row shows of a contact, and « Détail » (manual 1, figure 3). It is written by hand, as the
// rows of the list of all contacts are, because a page shows up to 48 (bench: one organisation's contacts). Everything that
// somebody typed goes through templ.EscapeString.
func (v people) closed(c contact.Row) templ.Component {
	return ui.Written(func(w *ui.Writer) {
		p, country, id := v.R.P, v.R.Workspace.Country, anchor(c)
		w.Put(`<h3 class="person-name" id="`, id, `-n">`, web.FullNameHTML(v.R.P, c), `</h3><dl class="person-facts">`)
		v.fact(w, "job", "office.contact.job_title", ui.Value(p, c.JobTitle))
		v.fact(w, "mail", "office.contact.email", ui.Mail(p, c.Email.String()))
		v.fact(w, "mobile", "office.contact.mobile", ui.Phone(p, c.Mobile.String(), c.Mobile.Display(country)))
		v.fact(w, "phone", "office.contact.phone", ui.Phone(p, c.Phone.String(), c.Phone.Display(country)))
		w.Put(`</dl><ul class="badges" aria-label="`, templ.EscapeString(p.Text("office.contact.states")), `">`)
		if v.Org.Primary == c.ID {
			w.Put(`<li data-one="primary">`)
			w.Show(web.PrimaryBadge(v.R.P))
			w.Put(`</li>`)
		}
		for _, badge := range [...]templ.Component{web.RoleBadge(v.R.P, c.Role), staff.InvitationBadge(v.R, c.State(), v.deliveries[c.ID], v.post.Waits()), web.AuthorizedBadge(v.R.P, !c.AuthorizedAt.IsZero())} {
			w.Put(`<li>`)
			w.Show(badge)
			w.Put(`</li>`)
		}
		if directory.Lacking(v.R.Workspace.PhoneRequired).Gaps(c) > 0 {
			w.Put(`<li>`)
			w.Show(web.GapsBadge(v.R.P))
			w.Put(`</li>`)
		}
		expanded := "false"
		if v.isOpen(c) {
			expanded = "true"
		}
		w.Put(`</ul><a class="button person-toggle" id="`, id, `-d" href="`, templ.EscapeString(v.toggleURL(c)), `" aria-expanded="`, expanded,
			`" aria-describedby="`, id, `-n" data-fragment="`, id, `" data-focus>`, templ.EscapeString(p.Text("office.contact.detail")))
		w.Show(ui.Icon("down"))
		w.Put(`</a>`)
	})
}

// fact writes a label and its value.
func (v people) fact(w *ui.Writer, class, label string, value templ.Component) {
	w.Put(`<div class="`, class, `"><dt>`, templ.EscapeString(v.R.P.Text(label)), `</dt><dd>`)
	w.Show(value)
	w.Put(`</dd></div>`)
}
