package told

import (
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// TellOwn is Tell for one of the organisation's own admins, of lines that journal.Own gave: contacts are linked to their pages in
// the portal, deleted ones are called by their numbers, and whoever works for the host is called as the host is.
func TellOwn(r *web.Request, tx *sqldb.Tx, lines []journal.Line) ([]Line, error) {
	t := teller{r: r, within: r.By.Organization, portal: true}
	var named []id.Contact
	for _, l := range lines {
		if l.ActorKind == actor.Contact {
			named = append(named, id.Contact{UUID: l.Actor})
		}
		if l.Subject.Kind == "contact" {
			named = append(named, id.Contact{UUID: l.Subject.ID})
		}
	}
	var err error
	if t.contacts, err = contact.ColleaguesOf(r.Context(), tx, r.By, named); err != nil {
		return nil, err
	}
	if t.replaced, err = contact.Replaced(r.Context(), tx, r.By, named); err != nil {
		return nil, err
	}
	var missing []id.UUID
	for _, l := range lines {
		if _, there := t.contacts[id.Contact{UUID: l.Actor}]; !there && l.ActorKind == actor.Contact {
			missing = append(missing, l.Actor)
		}
	}
	if t.gone, err = journal.OwnDeleted(r.Context(), tx, r.By, missing); err != nil {
		return nil, err
	}
	list := make([]Line, len(lines))
	for i, l := range lines {
		list[i] = t.line(l)
	}
	return list, nil
}

// plain are the pieces as text alone.
func plain(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Act names the act of a line, as a filter offers it.
func Act(r *web.Request, l Line) string { return r.P.Text("told.kind." + l.Kind) }
