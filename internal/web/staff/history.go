package staff

import (
	"cmp"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/told"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// History is a part of the journal as a page shows it: of the workspace, an organisation or a contact.
type History struct {
	Lines   []told.Line
	At      string // address of the page that shows it, without a query
	Older   string // address of the lines before these; "" at the end
	Newest  string // address of the first page; "" on it
	Kind    string // the filter in use; "" = all
	Person  string
	Groups  []string // of kinds, by which it can be filtered; none = all
	People  []ui.Option
	Export  string   // where it can be taken along; "" = not by this person
	Comment *ui.Form // « Ajouter un commentaire »; nil = not here
	Action  string   // where it is posted
}

// historySize is how many lines a page shows.
const historySize = 24

// historyFilters are the names of the filters in the address.
var historyFilters = []string{"kind", "person"}

// ReadHistory reads what the page at that address shows of a history: of the lines that about says, those that the
// query asks for by kind and person (after = the oldest line seen so far).
func ReadHistory(r *web.Request, tx *sqldb.Tx, at string, about journal.Filter, groups ...string) (h History, err error) {
	f := HistoryFilter(r)
	f.Subject, f.Organization, f.Size = about.Subject, about.Organization, historySize
	h = History{At: at, Kind: f.Kind, Person: f.Actor.String(), Groups: groups, Export: historyExport(r, about)}
	if f.Before.UUID = r.QueryID("after"); !f.Before.IsZero() {
		h.Newest = at + r.Carry(historyFilters)
	}
	page, err := journal.Find(r.Context(), tx, r.By, f)
	if err != nil {
		return h, err
	}
	if !page.Next.IsZero() {
		h.Older = at + r.Carry(historyFilters, "after", page.Next.String())
	}
	if h.People, err = colleagues(r, tx); err != nil {
		return h, err
	}
	h.Lines, err = told.Tell(r, tx, page.Lines, f.Organization)
	return h, err
}

// historyExport is where the lines that a page shows can be taken along, by whoever may.
func historyExport(r *web.Request, about journal.Filter) string {
	if !r.By.May(actor.ExportJournal) {
		return ""
	}
	var whose []string
	switch {
	case !about.Subject.IsZero():
		whose = []string{"contact", about.Subject.String()}
	case !about.Organization.IsZero():
		whose = []string{"organization", about.Organization.String()}
	}
	return r.Office("/journal/export") + r.Carry(historyFilters, whose...)
}

// HistoryFilter reads kind and person off the address; what names nothing is as if it were not there.
func HistoryFilter(r *web.Request) (f journal.Filter) {
	if kind := r.Query("kind"); told.Known(kind) {
		f.Kind = kind
	}
	f.Actor = r.QueryID("person")
	return f
}

// colleagues are the people by whom the history can be filtered, by name.
func colleagues(r *web.Request, tx *sqldb.Tx) ([]ui.Option, error) {
	people, err := workspace.Colleagues(r.Context(), tx, r.By)
	if err != nil {
		return nil, err
	}
	list := make([]ui.Option, 0, len(people))
	for login, called := range people {
		list = append(list, ui.Option{Value: login.String(), Text: called})
	}
	slices.SortFunc(list, func(a, b ui.Option) int {
		return cmp.Or(cmp.Compare(name.Fold(a.Text), name.Fold(b.Text)), cmp.Compare(a.Value, b.Value))
	})
	return list, nil
}

// Comment takes a posted comment about whatever subject finds; refused shows its page again with the form, what
// was typed kept.
func Comment(r *web.Request, back string, subject func(tx *sqldb.Tx) (journal.Subject, id.Organization, error), refused func(*ui.Form) error) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	submission := form.Submission() // none is a form of its own
	err = r.Update(func(tx *sqldb.Tx) error {
		about, of, err := subject(tx)
		if err != nil {
			return err
		}
		return journal.AddComment(r.Context(), tx, r.By, about, of, form.Value("comment"), submission)
	})
	if form.Fail(err) {
		return refused(LabelComment(form))
	}
	if err != nil {
		return err
	}
	r.Toast("office.journal.comment.added")
	return r.SeeOther(back)
}

// LabelComment names the comment's field, for the summary of its faults.
func LabelComment(form *ui.Form) *ui.Form {
	form.Labels = map[string]string{"comment": form.P.Text("office.journal.comment")}
	return form
}
