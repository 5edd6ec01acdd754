package history

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

func listJournal(r *web.Request) error { return showJournal(r, http.StatusOK, r.NewForm("")) }

func showJournal(r *web.Request, status int, comment *ui.Form) error {
	var h staff.History
	err := r.View(func(tx *sqldb.Tx) (err error) {
		h, err = staff.ReadHistory(r, tx, r.Office("/journal"), journal.Filter{})
		return err
	})
	if err != nil {
		return err
	}
	h.Comment, h.Action = staff.LabelComment(comment), r.Office("/journal/comments")
	if r.IsFetch() && status == http.StatusOK {
		return r.Render(status, staff.HistoryPart(r, h))
	}
	return r.Render(status, journalView(r, h))
}

// workspaceSubject is the whole workspace as what a line of its history is about.
func workspaceSubject(r *web.Request) journal.Subject {
	return journal.Subject{Kind: "workspace", ID: r.Workspace.ID.UUID()}
}

func commentWorkspace(r *web.Request) error {
	return staff.Comment(r, r.Office("/journal"), func(*sqldb.Tx) (journal.Subject, id.Organization, error) {
		return workspaceSubject(r), id.Organization{}, nil
	}, func(form *ui.Form) error { return showJournal(r, http.StatusUnprocessableEntity, form) })
}

// contactHistory is everything that was ever done to one contact.
type contactHistory struct {
	staff.History
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
		at := r.Office("/contacts/" + of.String() + "/journal")
		if page.History, err = staff.ReadHistory(r, tx, at, journal.Filter{Subject: of.UUID}, "contact", "journal"); err != nil {
			return err
		}
		org, err := organization.Get(r.Context(), tx, r.By, page.Contact.Organization)
		page.Organization = org.Name
		return err
	})
	if err != nil {
		return err
	}
	page.Comment, page.Action = staff.LabelComment(form), r.Office("/contacts/"+of.String()+"/comments")
	if r.IsFetch() && status == http.StatusOK {
		return r.Render(status, staff.HistoryPart(r, page.History))
	}
	return r.Render(status, contactJournalView(r, page))
}

func commentContact(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	return staff.Comment(r, r.Office("/contacts/"+of.String()+"/journal"), func(tx *sqldb.Tx) (journal.Subject, id.Organization, error) {
		c, err := contact.Get(r.Context(), tx, r.By, of)
		return c.Subject(), c.Organization, err
	}, func(form *ui.Form) error { return showContactJournal(r, http.StatusUnprocessableEntity, form) })
}
