package office

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/told"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// history is a part of the journal as a page shows it: of the workspace, an organisation or a contact.
type history struct {
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

// readHistory reads what the page at that address shows of a history: of the lines that about says, those that the
// query asks for by kind and person (after = the oldest line seen so far).
func readHistory(r *web.Request, tx *sqldb.Tx, at string, about journal.Filter, groups ...string) (h history, err error) {
	f := journalFilter(r)
	f.Subject, f.Organization, f.Size = about.Subject, about.Organization, historySize
	h = history{At: at, Kind: f.Kind, Person: f.Actor.String(), Groups: groups, Export: historyExport(r, about)}
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

func listJournal(r *web.Request) error { return showJournal(r, http.StatusOK, r.NewForm("")) }

func showJournal(r *web.Request, status int, comment *ui.Form) error {
	var h history
	err := r.View(func(tx *sqldb.Tx) (err error) {
		h, err = readHistory(r, tx, r.Office("/journal"), journal.Filter{})
		return err
	})
	if err != nil {
		return err
	}
	h.Comment, h.Action = labelComment(comment), r.Office("/journal/comments")
	if r.IsFetch() && status == http.StatusOK {
		return r.Render(status, historyPart(r, h))
	}
	return r.Render(status, journalView(r, h))
}

// journalFilter reads kind and person off the address; what names nothing is as if it were not there.
func journalFilter(r *web.Request) (f journal.Filter) {
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

// workspaceSubject is the whole workspace as what a line of its history is about.
func workspaceSubject(r *web.Request) journal.Subject {
	return journal.Subject{Kind: "workspace", ID: r.Workspace.ID.UUID()}
}

func commentWorkspace(r *web.Request) error {
	return comment(r, "", r.Office("/journal"), func(*sqldb.Tx) (journal.Subject, id.Organization, error) {
		return workspaceSubject(r), id.Organization{}, nil
	}, func(form *ui.Form) error { return showJournal(r, http.StatusUnprocessableEntity, form) })
}

// comment takes a posted comment about whatever subject finds; refused shows its page again with the form, what
// was typed kept.
func comment(r *web.Request, formID, back string, subject func(tx *sqldb.Tx) (journal.Subject, id.Organization, error), refused func(*ui.Form) error) error {
	form, err := r.ReadForm(formID)
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
		return refused(labelComment(form))
	}
	if err != nil {
		return err
	}
	r.Toast("office.journal.comment.added")
	return r.SeeOther(back)
}

// labelComment names the comment's field, for the summary of its faults.
func labelComment(form *ui.Form) *ui.Form {
	form.Labels = map[string]string{"comment": form.P.Text("office.journal.comment")}
	return form
}

// contactHistory is everything that was ever done to one contact.
type contactHistory struct {
	history
	Contact      contact.Contact
	Organization string
}

func contactJournal(r *web.Request) error {
	return showContactJournal(r, http.StatusOK, r.NewForm(""))
}

func showContactJournal(r *web.Request, status int, form *ui.Form) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	var page contactHistory
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if page.Contact, err = contact.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		at := contactURL(r, page.Contact.Row, "/journal")
		if page.history, err = readHistory(r, tx, at, journal.Filter{Subject: of.UUID}, "contact", "journal"); err != nil {
			return err
		}
		org, err := organization.Get(r.Context(), tx, r.By, page.Contact.Organization)
		page.Organization = org.Name
		return err
	})
	if err != nil {
		return err
	}
	page.Comment, page.Action = labelComment(form), r.Office("/contacts/"+of.String()+"/comments")
	if r.IsFetch() && status == http.StatusOK {
		return r.Render(status, historyPart(r, page.history))
	}
	return r.Render(status, contactJournalView(r, page))
}

func commentContact(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	return comment(r, "", r.Office("/contacts/"+of.String()+"/journal"), func(tx *sqldb.Tx) (journal.Subject, id.Organization, error) {
		c, err := contact.Get(r.Context(), tx, r.By, of)
		return c.Subject(), c.Organization, err
	}, func(form *ui.Form) error { return showContactJournal(r, http.StatusUnprocessableEntity, form) })
}
