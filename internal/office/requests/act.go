package requests

import (
	"net/http"
	"strings"

	"github.com/entregent/entregent/internal/canned"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// answer says something to the customer, or puts a canned answer into the form first.
func answer(r *web.Request) error {
	v, err := newPage(r)
	if err != nil {
		return err
	}
	var files []file.Received
	if v.answer, files, err = support.Uploads(r, "answer"); err != nil {
		return err
	}
	if v.answer.Bool("insert") {
		if err := v.insert(); err != nil && !v.answer.Fail(err) {
			return err
		}
		return v.render(http.StatusOK)
	}
	return v.say(v.answer, "office.request.answered", func(tx *sqldb.Tx) error {
		_, err := request.Say(r.Context(), tx, r.By, v.request.ID, support.Remark(v.answer, files))
		return err
	})
}

// note adds an internal note.
func note(r *web.Request) error {
	v, err := newPage(r)
	if err != nil {
		return err
	}
	var files []file.Received
	if v.note, files, err = support.Uploads(r, "note"); err != nil {
		return err
	}
	return v.say(v.note, "office.request.noted", func(tx *sqldb.Tx) error {
		_, err := request.Jot(r.Context(), tx, r.By, v.request.ID, support.Remark(v.note, files))
		return err
	})
}

func (v *page) say(form *ui.Form, toast string, do func(tx *sqldb.Tx) error) error {
	err := v.r.Update(do)
	if form.Fail(err) {
		return v.render(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	v.r.Toast(toast)
	return v.r.SeeOther(v.url(""))
}

// insert puts the chosen canned answer behind what is typed already.
func (v *page) insert() error {
	chosen := id.Answer{UUID: id.Read(v.answer.Value("canned"))}
	if chosen.IsZero() {
		return fault.OnField(fault.Invalid, "canned", fault.M("office.answers.choose"))
	}
	return v.r.View(func(tx *sqldb.Tx) error {
		c, err := canned.Get(v.r.Context(), tx, v.r.By, chosen)
		if fault.Is(err, fault.NotFound) {
			return fault.OnField(fault.Invalid, "canned", fault.M("fault.choice"))
		}
		if err == nil {
			v.answer.Set("text", strings.TrimSpace(v.answer.Value("text")+"\n\n"+c.Text))
		}
		return err
	})
}

// change does what the posted form of the request's own panel asks for.
func change(r *web.Request, toast string, do func(tx *sqldb.Tx, of id.Request, form *ui.Form) error) error {
	v, err := newPage(r)
	if err != nil {
		return err
	}
	if v.act, err = r.ReadForm("act"); err != nil {
		return err
	}
	return v.say(v.act, toast, func(tx *sqldb.Tx) error { return do(tx, v.request.ID, v.act) })
}

func move(r *web.Request) error {
	return change(r, "office.request.moved", func(tx *sqldb.Tx, of id.Request, form *ui.Form) error {
		return request.Move(r.Context(), tx, r.By, of, request.State(form.Value("state")))
	})
}

func assign(r *web.Request) error {
	return change(r, "office.request.assigned", func(tx *sqldb.Tx, of id.Request, form *ui.Form) error {
		to, err := assigneeOf(r, form)
		if err != nil {
			return err
		}
		return request.Assign(r.Context(), tx, r.By, of, to)
	})
}

func sort(r *web.Request) error {
	return change(r, "office.request.sorted", func(tx *sqldb.Tx, of id.Request, form *ui.Form) error {
		return request.Sort(r.Context(), tx, r.By, of, request.Kind(form.Value("kind")))
	})
}
