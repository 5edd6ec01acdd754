package office

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// A list of 48 is one page among a million: its rows are written by hand, since what templ spends on each cell
// would be most of the page (bench: list of 48). Everything from outside goes through templ.EscapeString.

// rowWords are the texts and badges that the rows share, printed once a page.
type rowWords struct {
	organization, email, phones, access string // what a cell says when the row is a card
	pick                                string // begins the name of a row's checkbox
	slug, country                       string

	civilities map[string]string
	roles      map[contact.Role]string
	states     map[contact.State]string
	invited    map[invitation.Delivery]string // as which somebody is invited, where that says more
	authorized map[bool]string
	primary    string
}

func (v contacts) words(ctx context.Context) (rowWords, error) {
	p := v.r.P
	w := rowWords{
		organization: templ.EscapeString(p.Text("office.contacts.column.organization")),
		email:        templ.EscapeString(p.Text("office.contacts.column.email")),
		phones:       templ.EscapeString(p.Text("office.contacts.column.phones")),
		access:       templ.EscapeString(p.Text("office.contacts.column.access")),
		pick:         templ.EscapeString(p.Text("office.contacts.pick")),
		slug:         v.r.Workspace.Slug, country: v.r.Workspace.Country,
		civilities: map[string]string{"": "", "name.mr": p.Text("name.mr") + "\u00a0", "name.ms": p.Text("name.ms") + "\u00a0", "name.dr": p.Text("name.dr") + "\u00a0"},
		roles:      map[contact.Role]string{}, states: map[contact.State]string{}, invited: map[invitation.Delivery]string{}, authorized: map[bool]string{},
	}
	var err error
	drawn := func(badge templ.Component) string {
		var b strings.Builder
		if err == nil {
			err = badge.Render(ctx, &b)
		}
		return b.String()
	}
	for _, role := range roles {
		w.roles[contact.Role(role)] = drawn(web.RoleBadge(v.r.P, contact.Role(role)))
	}
	for _, state := range states {
		w.states[contact.State(state)] = drawn(web.StateBadge(v.r.P, contact.State(state)))
	}
	for _, d := range v.deliveries {
		if w.invited[d] == "" {
			w.invited[d] = drawn(invitationBadge(v.r, contact.Invited, d, v.waits))
		}
	}
	w.authorized[false] = drawn(web.AuthorizedBadge(v.r.P, false))
	w.authorized[true] = drawn(web.AuthorizedBadge(v.r.P, true))
	w.primary = drawn(web.PrimaryBadge(v.r.P))
	return w, err
}

// body writes the rows of the table.
func (v contacts) body() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		words, err := v.words(ctx)
		w := &rowWriter{ctx: ctx, out: out, words: words, err: err}
		for i := range v.part.Items {
			v.row(w, &v.part.Items[i])
		}
		return w.err
	})
}

// rowWriter writes piece by piece and remembers the first error.
type rowWriter struct {
	ctx   context.Context
	out   io.Writer
	words rowWords
	err   error
}

func (w *rowWriter) put(pieces ...string) {
	for _, piece := range pieces {
		if w.err == nil {
			_, w.err = io.WriteString(w.out, piece)
		}
	}
}

// show writes a component among the pieces.
func (w *rowWriter) show(c templ.Component) {
	if w.err == nil {
		w.err = c.Render(w.ctx, w.out)
	}
}

func (v contacts) row(w *rowWriter, l *contact.Listed) {
	civility := w.words.civilities[l.Civility.Label()]
	family, given := templ.EscapeString(web.Capitals(l.Row)), templ.EscapeString(l.GivenName.String())
	w.put(`<tr><td class="pick"><input type="checkbox" name="contact" value="`, l.ID.String(), `" aria-label="`, w.words.pick, " ", family, " ", given, `"></td>`)
	w.put(`<th scope="row" class="lead-column"><span class="who"><span><a href="`, l.Address(w.words.slug), `">`, civility, `<b>`, family, `</b> `, given, `</a><small>`)
	if l.JobTitle != "" {
		w.put(templ.EscapeString(l.JobTitle), " ·\u00a0")
	}
	w.put(`<span class="nowrap">`, l.Label(), `</span></small></span></span></th>`)
	w.put(`<td data-label="`, w.words.organization, `"><a href="/`, w.words.slug, `/office/organizations/`, l.Organization.String(), `/contacts">`,
		templ.EscapeString(l.OrganizationName), `</a></td>`)
	w.put(`<td data-label="`, w.words.email, `"><span>`)
	w.show(ui.Mail(v.r.P, l.Email.String()))
	w.put(`</span></td><td class="nowrap" data-label="`, w.words.phones, `"><span>`)
	v.phones(w, l)
	w.put(`</span></td><td data-label="`, w.words.access, `"><span class="badges">`)
	if l.Primary {
		w.put(w.words.primary)
	}
	if l.Role != contact.User {
		w.put(w.words.roles[l.Role])
	}
	state := w.words.states[l.State()]
	if d, ok := v.deliveries[l.ID]; ok {
		state = w.words.invited[d]
	}
	w.put(state, w.words.authorized[!l.AuthorizedAt.IsZero()], `</span></td></tr>`)
}

// phones writes the mobile and the phone under one another, as far as they are known.
func (v contacts) phones(w *rowWriter, l *contact.Listed) {
	if l.Mobile.IsZero() && l.Phone.IsZero() {
		w.show(ui.Missing(v.r.P))
		return
	}
	if !l.Mobile.IsZero() {
		w.show(ui.Phone(v.r.P, l.Mobile.String(), l.Mobile.Display(w.words.country)))
	}
	if !l.Mobile.IsZero() && !l.Phone.IsZero() {
		w.put(`<br>`)
	}
	if !l.Phone.IsZero() {
		w.show(ui.Phone(v.r.P, l.Phone.String(), l.Phone.Display(w.words.country)))
	}
}
