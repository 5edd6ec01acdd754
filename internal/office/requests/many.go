package requests

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// done is what became of one of the ticked requests, in words.
type done struct {
	label, said string
	refused     bool
}

// staffStates are the states into which staff bring requests.
var staffStates = []request.State{request.InProgress, request.WaitingCustomer, request.Resolved, request.Closed}

// handleMany assigns the ticked requests, or brings them into a state, and shows the list with what became of each.
func handleMany(r *web.Request) error {
	form, err := r.ReadForm("many")
	if err != nil {
		return err
	}
	v := &queue{r: r, form: form}
	ticked := readIDs(form.Values["request"])
	if len(ticked) == 0 {
		err = fault.New(fault.Invalid, "office.requests.selection.none")
	} else {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			v.done, err = v.do(tx, ticked)
			return err
		})
	}
	if err != nil && !form.Fail(err) {
		return err
	}
	status := http.StatusOK
	if form.Error != nil {
		status = http.StatusUnprocessableEntity
	}
	v.goBack(form.Value("back"))
	return v.answer(status, id.Organization{})
}

// do is the act that was pressed, for each.
func (v *queue) do(tx *sqldb.Tx, ticked []id.Request) ([]done, error) {
	ctx, by, form := v.r.Context(), v.r.By, v.form
	assignee, err := assigneeOf(v.r, form)
	if err != nil {
		return nil, err
	}
	act := func(of id.Request) error { return request.Assign(ctx, tx, by, of, assignee) }
	said := "office.requests.done.assigned"
	if form.Value("act") == "move" {
		act = func(of id.Request) error { return request.Move(ctx, tx, by, of, request.State(form.Value("state"))) }
		said = "office.requests.done.moved"
	}
	results, err := request.Many(ctx, tx, by, ticked, act)
	if err != nil {
		return nil, err
	}
	var list []done
	for _, result := range results {
		one := done{label: result.ID.String(), said: v.r.P.Text(said)}
		if result.Err != nil {
			one.said, one.refused = v.r.P.Message(firstOf(result.Err)), true
		}
		q, err := request.Read(ctx, tx, by, result.ID)
		if fault.Is(err, fault.NotFound) {
			one.label = v.r.P.Text("office.request")
		} else if err != nil {
			return nil, err
		} else {
			one.label = q.Label()
		}
		list = append(list, one)
	}
	return list, nil
}

func firstOf(e *fault.Error) fault.Message {
	if len(e.Fields) > 0 {
		return e.Fields[0].Message
	}
	return e.Message
}

// assigneeOf is whom the form names; zero is nobody.
func assigneeOf(r *web.Request, form *ui.Form) (to id.Login, err error) {
	switch form.Value("assignee") {
	case mine:
		return r.By.Login, nil
	case nobody:
		return to, nil
	}
	if to.UUID = id.Read(form.Value("assignee")); to.IsZero() {
		err = fault.OnField(fault.Invalid, "assignee", fault.M("request.assignee_unknown"))
	}
	return to, err
}

// back is the list as it is shown, for the form that comes back to it.
func (v *queue) back() string {
	if v.r.Method == http.MethodPost {
		return v.form.Value("back")
	}
	return v.r.URL.RawQuery
}

// goBack shows the list with the filters that it had when the boxes were ticked.
func (v *queue) goBack(query string) {
	if _, err := url.ParseQuery(query); err != nil {
		query = ""
	}
	u := *v.r.URL
	u.RawQuery, u.Path = query, strings.TrimSuffix(u.Path, "/many")
	v.r.URL = &u
}

func (v *queue) succeeded() (n int) {
	for _, d := range v.done {
		if !d.refused {
			n++
		}
	}
	return n
}

func (v *queue) tone() ui.Tone {
	if v.succeeded() < len(v.done) {
		return ui.Warn
	}
	return ui.OK
}

func readIDs(texts []string) (list []id.Request) {
	for _, text := range texts {
		if q := (id.Request{UUID: id.Read(text)}); !q.IsZero() {
			list = append(list, q)
		}
	}
	return list
}
