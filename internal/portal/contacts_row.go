package portal

import (
	"strconv"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// The rows and cards of a list of 48 are written by hand, since what templ spends on each cell would be most of the page.
// Everything from outside goes through templ.EscapeString.

// rowWords are the texts and badges that they share, printed once a page.
type rowWords struct {
	role, primary, email, zone, language, number string // what a cell says when the row is a card
	actions                                      string // begins the name of a row's « … »
	details, edit, remove                        string // in its menu
	at                                           string // the list's address from itself, before an identifier: the short form saves a tenth of the page
	more, mail                                   string // pictures

	civilities   map[string]string
	roles        map[contact.Role]string
	states       map[contact.State]string
	invited      map[invitation.Delivery]string // as which somebody is invited
	unauthorized string
	isPrimary    map[bool]string
}

func (v contacts) words(w *ui.Writer) rowWords {
	p := v.r.P
	text := func(key string) string { return templ.EscapeString(p.Text("portal.contacts." + key)) }
	words := rowWords{
		role: text("role"), primary: text("primary"), email: text("email"), zone: text("time_zone"), language: text("language"), number: text("number"),
		actions: text("actions.of"), details: text("details"), edit: templ.EscapeString(p.Text("portal.contacts.edit")), remove: text("delete"), at: "contacts/",
		more: w.Drawn(ui.Icon("more")), mail: w.Drawn(ui.Icon("mail")),

		civilities: map[string]string{"": ""}, roles: map[contact.Role]string{}, states: map[contact.State]string{}, invited: map[invitation.Delivery]string{},
		unauthorized: w.Drawn(web.AuthorizedBadge(p, false)),
		isPrimary:    map[bool]string{false: w.Drawn(primary(v.r, false)), true: "<span>" + w.Drawn(primary(v.r, true)) + "</span>"},
	}
	for _, key := range [...]string{"name.mr", "name.ms", "name.dr"} {
		words.civilities[key] = templ.EscapeString(p.Text(key)) + "\u00a0"
	}
	for _, role := range [...]contact.Role{contact.User, contact.Admin, contact.SuperAdmin} {
		words.roles[role] = w.Drawn(web.RoleBadge(p, role))
	}
	for _, state := range [...]contact.State{contact.WithoutLogin, contact.Invited, contact.Active, contact.Disabled} {
		words.states[state] = w.Drawn(web.StateBadge(p, state))
	}
	for _, d := range v.deliveries {
		if words.invited[d] == "" {
			words.invited[d] = w.Drawn(web.InvitationBadge(p, contact.Invited, d))
		}
	}
	return words
}

// rowOf is one contact, with what is written of it in a list and in a grid alike.
type rowOf struct {
	contact.Neighbour
	words           rowWords
	name            string // as markup
	family, given   string // likewise
	label, url, job string
	anchor          string // the number alone, behind a letter an id
	badges          string // the role, and for admins the way in
	zone, language  string
}

// rows writes the list's contacts, each as a row or a card.
func (v contacts) rows(write func(w *ui.Writer, c rowOf)) templ.Component {
	return ui.Written(func(w *ui.Writer) {
		words := v.words(w)
		for _, n := range v.part.Items {
			c := rowOf{Neighbour: n, words: words, label: n.Label(), anchor: strconv.FormatInt(n.Number, 10), url: words.at + n.ID.String(), job: templ.EscapeString(n.JobTitle)}
			c.family, c.given = templ.EscapeString(n.FamilyName.String()), templ.EscapeString(n.GivenName.String())
			c.name = words.civilities[n.Civility.Label()] + c.family + " " + c.given
			c.badges = words.roles[n.Role] + v.access(words, n.Row)
			c.zone, c.language = templ.EscapeString(v.zone(n.TimeZone)), v.language(n.Locale)
			write(w, c)
		}
	})
}

// access are the badges of a contact's way in, for whoever may know: of what is as it should be, none.
func (v contacts) access(words rowWords, c contact.Row) string {
	if !v.r.By.May(actor.SeeColleaguesAccess) {
		return ""
	}
	badge := words.states[c.State()]
	if d, ok := v.deliveries[c.ID]; ok {
		badge = words.invited[d]
	}
	if c.AuthorizedAt.IsZero() {
		badge += words.unauthorized
	}
	return badge
}

func (v contacts) row(w *ui.Writer, c rowOf) {
	t := c.words
	w.Put(`<tr><th scope="row" class="who"><a href="`, c.url, `">`, c.name, `</a>`)
	if c.job != "" {
		w.Put(`<small>`, c.job, `</small>`)
	}
	w.Put(`</th><td data-label="`, t.role, `"><span class="badges">`, c.badges,
		`</span></td><td data-label="`, t.primary, `">`, t.isPrimary[c.ID == v.org.Primary],
		`</td><td data-label="`, t.email, `"><span>`)
	w.Show(ui.Mail(v.r.P, c.Email.String()))
	w.Put(`</span></td><td data-label="`, t.zone, `">`, c.zone, `</td><td data-label="`, t.language, `">`, c.language,
		`</td><td class="nowrap" data-label="`, t.number, `">`, c.label, `</td><td class="end">`)
	v.menu(w, c)
	w.Put(`</td></tr>`)
}

func (v contacts) card(w *ui.Writer, c rowOf) {
	t := c.words
	w.Put(`<li><article class="card" aria-labelledby="n`, c.anchor, `"><div class="who"><span class="avatar" aria-hidden="true">`,
		web.Initials(c.GivenName.String()+" "+c.FamilyName.String()), `</span><div><h3 id="n`, c.anchor, `"><a href="`, c.url, `">`, c.name, `</a></h3>`)
	if c.job != "" {
		w.Put(`<small>`, c.job, `</small>`)
	}
	w.Put(`</div></div>`)
	v.menu(w, c)
	w.Put(`<p class="badges">`)
	if c.ID == v.org.Primary {
		w.Put(t.isPrimary[true])
	}
	w.Put(c.badges, `</p><dl><div><dt>`, t.mail, `<span class="visually-hidden">`, t.email, `</span></dt><dd>`)
	w.Show(ui.Mail(v.r.P, c.Email.String()))
	for _, fact := range [...][2]string{{t.zone, c.zone}, {t.language, c.language}, {t.number, c.label}} {
		w.Put(`</dd></div><div><dt>`, fact[0], `</dt><dd>`, fact[1])
	}
	w.Put(`</dd></div></dl></article></li>`)
}

// menu is « … » with what the reader may do with the contact.
func (v contacts) menu(w *ui.Writer, c rowOf) {
	t := c.words
	w.Put(`<button class="button quiet only-icon" popovertarget="m`, c.anchor, `" aria-label="`, t.actions, " ", c.given, " ", c.family, `">`, t.more,
		`</button><ul class="menu" id="m`, c.anchor, `" popover><li><a href="`, c.url, `">`, t.details, `</a></li>`)
	if c.Allow(v.r.By, contact.EditDetails) == nil {
		w.Put(`<li><a href="`, c.url, `/edit">`, t.edit, `</a></li>`)
	}
	if c.Allow(v.r.By, contact.Remove) == nil {
		w.Put(`<li class="rule"><a class="danger" href="`, c.url, `/deletion" data-fragment="`, web.DialogPart, `" data-silent>`, t.remove, `</a></li>`)
	}
	w.Put(`</ul>`)
}
