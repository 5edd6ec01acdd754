package settings

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// letters is the list of the e-mails that the workspace sent: to whom and how that went, never what they say.
type letters struct {
	r        *web.Request
	post     *mail.Post
	part     paging.Part[mail.Letter]
	state    mail.State
	readable bool // here, being the demo's
	people   map[id.Login]string
	contacts map[id.Contact]contact.Row
	invited  map[id.Invitation]string // into the team
}

// lettersPart is what a script replaces when the list is filtered or leafed through.
const lettersPart = "letters"

// letterStates are those by which the list can be narrowed.
var letterStates = []mail.State{mail.Queued, mail.Sent, mail.Refused, mail.Withdrawn}

func (o Options) listLetters(r *web.Request) error {
	v := letters{r: r, post: o.Post}
	for _, s := range letterStates {
		if r.Query("state") == string(s) {
			v.state = s
		}
	}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.readable, err = o.Post.Readable(r.Context(), tx); err != nil {
			return err
		}
		v.part, err = mail.Find(r.Context(), tx, r.By, mail.Filter{State: v.state, Installation: v.readable, Ask: r.Asked(web.DefaultSize)})
		if err != nil {
			return err
		}
		return v.readPeople(tx, v.part.Items)
	})
	if err != nil {
		return err
	}
	if r.IsFetch() {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.page())
}

// readPeople finds out what those are called to whom the letters went.
func (v *letters) readPeople(tx *sqldb.Tx, list []mail.Letter) (err error) {
	var people []id.Login
	var contacts []id.Contact
	var invited []id.Invitation
	for _, l := range list {
		if l.Kind == team.LetterInvitation {
			invited = append(invited, id.Invitation{UUID: l.Subject})
		}
		people, contacts = append(people, l.Login), append(contacts, l.Contact)
	}
	if v.people, err = login.Names(v.r.Context(), tx, people); err != nil {
		return err
	}
	if v.invited, err = invitation.Names(v.r.Context(), tx, v.r.By, invited); err != nil {
		return err
	}
	v.contacts, err = contact.Rows(v.r.Context(), tx, v.r.By, contacts)
	return err
}

// to is whom a letter went to, with a link to the contact while it is there.
func (v letters) to(l mail.Letter) ui.Link {
	if row, ok := v.contacts[l.Contact]; ok && !l.Contact.IsZero() {
		return ui.Link{Text: web.FullName(v.r.P, row), URL: row.Address(v.r.Workspace.Slug)}
	}
	if name := v.people[l.Login]; name != "" {
		return ui.Link{Text: name}
	}
	if name := v.invited[id.Invitation{UUID: l.Subject}]; name != "" {
		return ui.Link{Text: v.r.P.Text("office.letters.invited", "Name", name)}
	}
	if l.Kind == deposit.LetterConfirmation || l.Kind == deposit.LetterRefused {
		return ui.Link{Text: v.r.P.Text("office.form.depositor")}
	}
	return ui.Link{Text: v.r.P.Text("office.letters.gone")}
}

func (v letters) url(l mail.Letter) string { return v.r.Office("/settings/letters/" + l.ID.String()) }

func (v letters) filter() []ui.Link {
	ways := []web.Way{{Value: "", Text: v.r.P.Text("office.letters.state.all")}}
	for _, s := range letterStates {
		ways = append(ways, web.Way{Value: string(s), Text: v.r.P.Text("office.letters.state." + string(s))})
	}
	return web.Choice(v.r, "state", lettersPart, ways...)
}

func (v letters) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("office.letters.pages"), lettersPart, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

// letterBadge is a letter's state in a word.
func letterBadge(r *web.Request, s mail.State) templ.Component {
	text := r.P.Text("office.letters.state." + string(s))
	switch s {
	case mail.Sent:
		return ui.Badge(ui.OK, "check", text)
	case mail.Refused:
		return ui.Badge(ui.Danger, "alert", text)
	case mail.Withdrawn:
		return ui.Badge(ui.Plain, "none", text)
	}
	return ui.Badge(ui.Plain, "clock", text)
}

func (o Options) sendTrial(r *web.Request) error {
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err := r.Update(func(tx *sqldb.Tx) error {
		_, err := workspace.SendTrial(r.Context(), tx, r.By)
		return err
	})
	if err != nil {
		return err
	}
	r.Toast("office.letters.trial.queued", "Address", r.Login.Email.String())
	return r.SeeOther(r.Office("/settings/letters"))
}

// letter is one e-mail of the demo's outbox.
type letter struct {
	letters
	mail.Letter
	message mail.Message
	void    bool // it cannot be written any more: what it carried is void
}

func (o Options) readLetter(r *web.Request) (letter, error) {
	v := letter{letters: letters{r: r, post: o.Post}}
	which, err := r.Letter("letter")
	if err != nil {
		return v, err
	}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		v.Letter, v.message, err = o.Post.Read(r.Context(), tx, r.By, which)
		if v.void = errors.Is(err, mail.ErrWithdrawn); err != nil && !v.void {
			return err
		}
		return v.readPeople(tx, []mail.Letter{v.Letter})
	})
	return v, err
}

func (o Options) showLetter(r *web.Request) error {
	v, err := o.readLetter(r)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// showLetterHTML answers with the letter as mail programs show it. Its styles stand in the text itself, so the page has
// a policy of its own: styles, and nothing else that a letter might bring.
func (o Options) showLetterHTML(r *web.Request) error {
	v, err := o.readLetter(r)
	if err != nil {
		return err
	}
	if v.void {
		return fault.Missing()
	}
	r.Answer().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "+
		"sandbox allow-same-origin allow-top-navigation-by-user-activation")
	return r.Render(http.StatusOK, templ.Raw(v.message.HTML))
}

// lines are the letter's text with its links to be followed.
func (v letter) lines() []ui.Link {
	text := strings.Split(strings.TrimRight(v.message.Text, "\n"), "\n")
	list := make([]ui.Link, len(text))
	for i, line := range text {
		list[i].Text = line
		if path, ok := strings.CutPrefix(line, v.r.Site().BaseURL.String()); ok && web.Own(path) {
			list[i].URL = path
		}
	}
	return list
}
