package moderation

import (
	"net/http"
	"slices"

	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// verdict is what staff decide; the words stand in forms and addresses.
type verdict string

const (
	accepted verdict = "accepted"
	refused  verdict = "refused"
	spam     verdict = "spam"
)

var verdicts = []string{string(accepted), string(refused), string(spam)}

// mostAtOnce are decided by one form: as many as a page shows.
const mostAtOnce = 48

// question asks before what deletes.
type question struct {
	web.Question
	verdict verdict
	list    []deposit.Matched
}

// ask asks before a refusal, and before something counts as spam: for one, or for those that are ticked.
func ask(r *web.Request) error {
	chosen := chosenIn(r.URL.Query()["deposit"])
	asked := verdict(r.QueryOneOf("verdict", verdicts))
	if asked != refused && asked != spam || len(chosen) == 0 {
		return r.SeeOther(r.Office("/deposits"))
	}
	q, err := readQuestion(r, asked, chosen, r.NewForm(""))
	if err != nil {
		return err
	}
	return q.Show(http.StatusOK)
}

func readQuestion(r *web.Request, asked verdict, chosen []id.Deposit, form *ui.Form) (q question, err error) {
	q.verdict = asked
	err = r.View(func(tx *sqldb.Tx) error {
		for _, of := range chosen {
			d, err := deposit.Get(r.Context(), tx, r.By, of)
			if err == nil && d.State == deposit.Pending {
				var m deposit.Matched
				m, err = deposit.Match(r.Context(), tx, r.By, d)
				q.list = append(q.list, m)
			}
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		if len(q.list) == 0 {
			return fault.New(fault.Conflict, "deposit.decided")
		}
		return nil
	})
	q.Question = web.Question{
		R: r, Shell: web.Office, Current: "offers", Part: web.DialogPart, Small: true, Form: form, Back: r.Office("/deposits"),
		Title:  r.P.Count("office.deposit.ask."+string(asked), len(q.list)),
		Crumbs: []ui.Link{{Text: r.P.Text("office.deposit.title"), URL: r.Office("/deposits")}},
	}
	q.Body = q.body(form)
	return q, err
}

// chosenIn reads identifiers, each once.
func chosenIn(texts []string) (list []id.Deposit) {
	for _, text := range texts[:min(len(texts), mostAtOnce)] {
		if d := (id.Deposit{UUID: id.Read(text)}); !d.IsZero() && !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// decide does it, for each in a transaction of its own: what one is refused for hurts no other.
func decide(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	chosen, v := chosenIn(form.Values["deposit"]), verdict(form.Value("verdict"))
	if !slices.Contains(verdicts, string(v)) {
		return fault.New(fault.Invalid, "fault.choice")
	}
	if len(chosen) == 0 {
		r.Toast("office.deposit.none_chosen")
		return r.SeeOther(r.Office("/deposits"))
	}
	done, letter := 0, form.Bool("letter")
	var first error
	for _, of := range chosen {
		err := r.Update(func(tx *sqldb.Tx) error { return v.take(r, tx, of, letter) })
		switch {
		case err == nil:
			done++
		case fault.As(err) == nil:
			return err
		case first == nil:
			first = err
		}
	}
	if done == 0 {
		return first
	}
	if first != nil {
		r.ToastCount("office.deposit.done.some", done, "Left", len(chosen)-done)
	} else {
		r.ToastCount("office.deposit.done."+string(v), done)
	}
	return r.SeeOther(r.Office("/deposits"))
}

// take is the verb of a verdict.
func (v verdict) take(r *web.Request, tx *sqldb.Tx, of id.Deposit, letter bool) error {
	switch v {
	case accepted:
		return deposit.Accept(r.Context(), tx, r.By, of)
	case refused:
		return deposit.Refuse(r.Context(), tx, r.By, of, letter)
	}
	return deposit.MarkSpam(r.Context(), tx, r.By, of)
}
