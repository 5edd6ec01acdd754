package contacts

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
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
	gaps       string
	lack       directory.Lack
}

func (v contacts) words(out *ui.Writer) rowWords {
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
	for _, role := range staff.Roles {
		w.roles[contact.Role(role)] = out.Drawn(web.RoleBadge(v.r.P, contact.Role(role)))
	}
	for _, state := range staff.States {
		w.states[contact.State(state)] = out.Drawn(web.StateBadge(v.r.P, contact.State(state)))
	}
	for _, d := range v.deliveries {
		if w.invited[d] == "" {
			w.invited[d] = out.Drawn(staff.InvitationBadge(v.r, contact.Invited, d, v.waits))
		}
	}
	w.authorized[false] = out.Drawn(web.AuthorizedBadge(v.r.P, false))
	w.authorized[true] = out.Drawn(web.AuthorizedBadge(v.r.P, true))
	w.gaps, w.lack = out.Drawn(web.GapsBadge(v.r.P)), directory.Lacking(v.r.Workspace.PhoneRequired)
	w.primary = out.Drawn(web.PrimaryBadge(v.r.P))
	return w
}

// body writes the rows of the table.
func (v contacts) body() templ.Component {
	return ui.Written(func(w *ui.Writer) {
		words := v.words(w)
		for i := range v.part.Items {
			v.row(w, &words, &v.part.Items[i])
		}
	})
}

func (v contacts) row(w *ui.Writer, words *rowWords, l *contact.Listed) {
	civility := words.civilities[l.Civility.Label()]
	family, given := templ.EscapeString(web.Capitals(l.Row)), templ.EscapeString(l.GivenName.String())
	w.Put(`<tr><td class="pick"><input type="checkbox" name="contact" value="`, l.ID.String(), `" aria-label="`, words.pick, " ", family, " ", given, `"></td>`)
	w.Put(`<th scope="row" class="lead-column"><span class="who"><span><a href="`, l.Address(words.slug), `">`, civility, `<b>`, family, `</b> `, given, `</a><small>`)
	if l.JobTitle != "" {
		w.Put(templ.EscapeString(l.JobTitle), " ·\u00a0")
	}
	w.Put(`<span class="nowrap">`, l.Label(), `</span></small></span></span></th>`)
	w.Put(`<td data-label="`, words.organization, `"><a href="/`, words.slug, `/office/organizations/`, l.Organization.String(), `/contacts">`,
		templ.EscapeString(l.OrganizationName), `</a></td>`)
	w.Put(`<td data-label="`, words.email, `"><span>`)
	w.Show(ui.Mail(v.r.P, l.Email.String()))
	w.Put(`</span></td><td class="nowrap" data-label="`, words.phones, `"><span>`)
	v.phones(w, words.country, l)
	w.Put(`</span></td><td data-label="`, words.access, `"><span class="badges">`)
	if l.Primary {
		w.Put(words.primary)
	}
	if l.Role != contact.User {
		w.Put(words.roles[l.Role])
	}
	state := words.states[l.State()]
	if d, ok := v.deliveries[l.ID]; ok {
		state = words.invited[d]
	}
	w.Put(state, words.authorized[!l.AuthorizedAt.IsZero()])
	if words.lack.Gaps(l.Row) > 0 {
		w.Put(words.gaps)
	}
	w.Put(`</span></td></tr>`)
}

// phones writes the mobile and the phone under one another, as far as they are known.
func (v contacts) phones(w *ui.Writer, country string, l *contact.Listed) {
	if l.Mobile.IsZero() && l.Phone.IsZero() {
		w.Show(ui.Missing(v.r.P))
		return
	}
	if !l.Mobile.IsZero() {
		w.Show(ui.Phone(v.r.P, l.Mobile.String(), l.Mobile.Display(country)))
	}
	if !l.Mobile.IsZero() && !l.Phone.IsZero() {
		w.Put(`<br>`)
	}
	if !l.Phone.IsZero() {
		w.Show(ui.Phone(v.r.P, l.Phone.String(), l.Phone.Display(country)))
	}
}
