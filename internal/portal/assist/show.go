package assist

import (
	"net/http"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// shown is one request as a page shows it.
type shown struct {
	request.Request
	r        *web.Request
	thread   []request.Entry
	more     bool // there are older entries
	files    map[id.Entry][]file.File
	watchers []request.Person
	mates    []ui.Option // who may be added to them
	many     bool        // there are more colleagues than a choice offers: they are sought by name
	sought   string      // by this
	form     *ui.Form    // the comment
}

func (v shown) url(below string) string { return requestURL(v.r, v.ID) + below }

func show(r *web.Request) error { return render(r, http.StatusOK, r.NewForm("comment")) }

func render(r *web.Request, status int, form *ui.Form) error {
	of, err := r.SupportRequest("request")
	if err != nil {
		return err
	}
	form.Labels = support.Labels(r, "text", r.P.Text("assist.comment"))
	v := shown{r: r, form: form}
	if err := r.View(func(tx *sqldb.Tx) error { return v.read(tx, of) }); err != nil {
		return err
	}
	return r.Render(status, v.page())
}

func (v *shown) read(tx *sqldb.Tx, of id.Request) (err error) {
	r, ctx := v.r, v.r.Context()
	if v.Request, err = request.Get(ctx, tx, r.By, of); err != nil {
		return err
	}
	if v.thread, v.more, err = request.Thread(ctx, tx, r.By, of, int64(r.QueryInt("before", 0, 1<<30, 0))); err != nil {
		return err
	}
	if v.files, err = request.Files(ctx, tx, r.By, v.thread); err != nil {
		return err
	}
	if v.watchers, err = request.Watchers(ctx, tx, r.By, of); err != nil || !r.By.May(actor.AskForColleagues) {
		return err
	}
	return v.readMates(tx)
}

// mostMates is how many colleagues one choice offers.
const mostMates = 48

// readMates reads who may be added to those who watch.
func (v *shown) readMates(tx *sqldb.Tx) error {
	r, ctx := v.r, v.r.Context()
	total, err := contact.OwnTotal(ctx, tx, r.By)
	if v.many = total > mostMates; v.many {
		v.sought = strings.TrimSpace(r.Query("colleague"))
	}
	if err != nil || v.many && v.sought == "" {
		return err
	}
	part, err := directory.Colleagues(ctx, tx, r.By, directory.Filter{Query: v.sought, Way: directory.Active, Ask: paging.Ask{Page: 1, Size: mostMates}})
	for _, n := range part.Items {
		if !v.watches(n.ID) && !n.AuthorizedAt.IsZero() && n.State() == contact.Active {
			v.mates = append(v.mates, ui.Option{Value: n.ID.String(), Text: web.Name(r.P, n.Row)})
		}
	}
	return err
}

func (v shown) watches(who id.Contact) bool {
	return slices.ContainsFunc(v.watchers, func(p request.Person) bool { return p.ID == who.UUID })
}

func (v shown) attachments(e request.Entry) []ui.Attachment {
	return ui.Attachments(v.files[e.ID], func(f file.File) string { return v.url("/files/" + f.ID.String()) })
}

// happened says an entry that is no comment in a sentence.
func (v shown) happened(e request.Entry) string {
	who := support.Name(v.r, e.Author)
	own := e.Author.Kind == actor.Contact && e.Author.ID == v.r.By.Contact.UUID && !e.Author.Former
	key := "assist.did."
	if own {
		key = "assist.own."
	}
	switch {
	case e.Kind == request.Reminder:
		return v.r.P.Text("assist.reminded")
	case e.Kind == request.Sorting:
		return v.r.P.Text("assist.sorted", "Who", who, "Kind", support.Kind(v.r.P, e.To))
	case e.Kind == request.Relation:
		return v.r.P.Text("assist.related", "Who", who, "Name", support.Name(v.r, e.About))
	case e.Author.Kind == actor.Program:
		return v.r.P.Text("assist.program.state", "State", support.State(v.r, e.After))
	case e.Kind == request.Change:
		return v.r.P.Text(key+"state", "Who", who, "State", support.State(v.r, e.After))
	case e.About.ID == e.Author.ID && e.Watching:
		return v.r.P.Text(key+"watch", "Who", who)
	case e.About.ID == e.Author.ID:
		return v.r.P.Text(key+"unwatch", "Who", who)
	case e.Watching:
		return v.r.P.Text(key+"add", "Who", who, "Name", support.Name(v.r, e.About))
	}
	return v.r.P.Text(key+"remove", "Who", who, "Name", support.Name(v.r, e.About))
}

func comment(r *web.Request) error {
	of, err := r.SupportRequest("request")
	if err != nil {
		return err
	}
	form, files, err := support.Uploads(r, "comment")
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		_, err := request.Say(r.Context(), tx, r.By, of, support.Remark(form, files))
		return err
	})
	if form.Fail(err) {
		return render(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	r.Toast("assist.commented")
	return r.SeeOther(requestURL(r, of) + "#reply")
}

// press does one thing to the request of the address, says what was done, and leads back to it; its form has no fields but those
// that do reads.
func press(r *web.Request, do func(tx *sqldb.Tx, form *ui.Form, of id.Request) (done string, err error)) error {
	of, err := r.SupportRequest("request")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("comment")
	if err != nil {
		return err
	}
	var done string
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		done, err = do(tx, form, of)
		return err
	})
	if form.Fail(err) {
		return render(r, web.RefusedStatus(form), form)
	}
	if err != nil {
		return err
	}
	r.Toast(done)
	if err := r.View(func(tx *sqldb.Tx) error { _, err := request.Read(r.Context(), tx, r.By, of); return err }); fault.Is(err, fault.NotFound) {
		return r.SeeOther(r.Portal("/requests")) // who stopped watching sees it no more
	}
	return r.SeeOther(requestURL(r, of))
}

func withdraw(r *web.Request) error {
	return press(r, func(tx *sqldb.Tx, _ *ui.Form, of id.Request) (string, error) {
		return "assist.withdrawn", request.Withdraw(r.Context(), tx, r.By, of)
	})
}

func reopen(r *web.Request) error {
	return press(r, func(tx *sqldb.Tx, _ *ui.Form, of id.Request) (string, error) {
		return "assist.reopened", request.Reopen(r.Context(), tx, r.By, of)
	})
}

// watch begins or ends that the reader watches.
func watch(r *web.Request) error {
	return press(r, func(tx *sqldb.Tx, form *ui.Form, of id.Request) (string, error) {
		if form.Value("watch") == "no" {
			return "assist.watching.off", request.Unwatch(r.Context(), tx, r.By, of, r.By.Contact)
		}
		return "assist.watching.on", request.Watch(r.Context(), tx, r.By, of, r.By.Contact)
	})
}

func addWatcher(r *web.Request) error {
	return press(r, func(tx *sqldb.Tx, form *ui.Form, of id.Request) (string, error) {
		return "assist.watching.added", request.Watch(r.Context(), tx, r.By, of, id.Contact{UUID: id.Read(form.Value("contact"))})
	})
}

func removeWatcher(r *web.Request) error {
	who, err := r.Contact("contact")
	if err != nil {
		return err
	}
	return press(r, func(tx *sqldb.Tx, _ *ui.Form, of id.Request) (string, error) {
		return "assist.watching.removed", request.Unwatch(r.Context(), tx, r.By, of, who)
	})
}

// hint says what a comment does besides.
func (v shown) hint() string {
	if v.State == request.Resolved {
		return v.r.P.Text("assist.comment.reopens")
	}
	return ""
}
