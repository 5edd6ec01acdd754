package requests

import (
	"net/http"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/canned"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// page is one request with its thread.
type page struct {
	r            *web.Request
	request      request.Request
	organization string
	thread       []request.Entry
	older        bool // than the thread that is shown
	files        map[id.Entry][]file.File
	watchers     []request.Person
	team         []request.Person
	canned       []canned.Answer
	answer, note *ui.Form
	act          *ui.Form // of what changes the request itself, when it was refused; else nil
}

func showRequest(r *web.Request) error {
	v, err := newPage(r)
	if err != nil {
		return err
	}
	return v.render(http.StatusOK)
}

// newPage is the page of the request that the address names, its forms empty.
func newPage(r *web.Request) (*page, error) {
	of, err := r.SupportRequest("request")
	return &page{r: r, request: request.Request{ID: of}, answer: r.NewForm("answer"), note: r.NewForm("note")}, err
}

func (v *page) render(status int) error {
	if err := v.r.View(v.read); err != nil {
		return err
	}
	p := v.r.P
	v.answer.Labels = support.Labels(v.r, "text", p.Text("office.request.answer.text"), "then", p.Text("office.request.then"), "canned", p.Text("office.answers.one"))
	v.note.Labels = support.Labels(v.r, "text", p.Text("office.request.note.text"))
	return v.r.Render(status, v.page())
}

func (v *page) read(tx *sqldb.Tx) (err error) {
	ctx, by := v.r.Context(), v.r.By
	if v.request, err = request.Get(ctx, tx, by, v.request.ID); err != nil {
		return err
	}
	names, err := organization.Names(ctx, tx, by, []id.Organization{v.request.Organization})
	if err != nil {
		return err
	}
	v.organization = names[v.request.Organization]
	if v.thread, v.older, err = request.Thread(ctx, tx, by, v.request.ID, int64(v.r.QueryInt("before", 1, 1<<30, 0))); err != nil {
		return err
	}
	if v.files, err = request.Files(ctx, tx, by, v.thread); err != nil {
		return err
	}
	if v.watchers, err = request.Watchers(ctx, tx, by, v.request.ID); err != nil {
		return err
	}
	if !v.mayHandle() {
		return nil
	}
	if v.team, err = request.Team(ctx, tx, by); err != nil {
		return err
	}
	v.canned, err = canned.List(ctx, tx, by)
	return err
}

func (v *page) mayHandle() bool { return v.r.By.May(actor.HandleRequests) }

func requestURL(r *web.Request, of id.Request, below string) string {
	return r.Office("/requests/" + of.String() + below)
}

func (v *page) url(below string) string { return requestURL(v.r, v.request.ID, below) }

func (v *page) title() string { return support.Subject(v.request) }

func (v *page) crumbs() []ui.Link {
	return []ui.Link{{Text: v.r.P.Text("office.nav.requests"), URL: v.r.Office("/requests")}, {Text: v.request.Label()}}
}

// forWhom leads to the contact, as long as it is there.
func (v *page) forWhom() string {
	if v.request.For.Name == "" {
		return ""
	}
	return v.r.Office("/contacts/" + v.request.For.ID.String())
}

func (v *page) organizationURL() string {
	return staff.OrganizationURL(v.r, v.request.Organization, "/requests")
}

func (v *page) attachments(e request.Entry) []ui.Attachment {
	return ui.Attachments(v.files[e.ID], func(f file.File) string { return v.url("/files/" + f.ID.String()) })
}

// next are the states that staff may choose now.
func (v *page) next() (options []ui.Option) {
	for _, s := range v.request.Next(v.r.By) {
		options = append(options, ui.Option{Value: string(s), Text: support.State(v.r, s)})
	}
	return options
}

// then are the states that the request may have after an answer: the one that it takes by itself stands first.
func (v *page) then() []ui.Option {
	itself := v.r.P.Text("office.request.then.same", "State", support.State(v.r, v.request.State))
	if v.request.State == request.New {
		itself = support.State(v.r, request.InProgress)
	}
	options := []ui.Option{{Text: itself}}
	for _, o := range v.next() {
		if v.request.State != request.New || o.Value != string(request.InProgress) {
			options = append(options, o)
		}
	}
	return options
}

func (v *page) assignees() []ui.Option {
	options := []ui.Option{{Value: nobody, Text: v.r.P.Text("office.requests.assignee.nobody")}}
	for _, m := range v.team {
		options = append(options, ui.Option{Value: m.ID.String(), Text: m.Name})
	}
	return options
}

func (v *page) assignee() string {
	if v.request.Assignee.IsZero() {
		return nobody
	}
	return v.request.Assignee.ID.String()
}

func (v *page) assigneeName() string {
	if v.request.Assignee.IsZero() {
		return v.r.P.Text("office.requests.assignee.nobody")
	}
	return support.Name(v.r, v.request.Assignee)
}

func (v *page) cannedOptions() []ui.Option {
	options := make([]ui.Option, len(v.canned))
	for i, c := range v.canned {
		options[i] = ui.Option{Value: c.ID.String(), Text: c.Title}
	}
	return options
}

// told is an entry that nobody wrote, in a sentence.
func (v *page) told(e request.Entry) string {
	p := v.r.P
	switch {
	case e.Kind == request.Change:
		return p.Text("office.request.entry.state", "Before", support.State(v.r, e.Before), "After", support.State(v.r, e.After))
	case e.Kind == request.Reminder:
		return p.Text("office.request.entry.reminded")
	case e.Kind == request.Sorting:
		return p.Text("office.request.entry.sorted", "Before", support.Kind(p, e.From), "After", support.Kind(p, e.To))
	case e.Kind == request.Relation:
		return p.Text("office.request.entry.related", "Name", support.Name(v.r, e.About))
	case e.Kind == request.Assignment && e.About.IsZero():
		return p.Text("office.request.entry.unassigned")
	case e.Kind == request.Assignment:
		return p.Text("office.request.entry.assigned", "Name", support.Name(v.r, e.About))
	case e.Watching:
		return p.Text("office.request.entry.watches", "Name", support.Name(v.r, e.About))
	}
	return p.Text("office.request.entry.watches_no_more", "Name", support.Name(v.r, e.About))
}

func written(e request.Entry) bool { return e.Kind == request.Comment || e.Kind == request.Note }
