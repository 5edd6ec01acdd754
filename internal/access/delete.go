package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// LetterDeleted tells a member of the host's team that an organisation's own people have deleted a contact; its subject is the
// contact that is gone, which it names by number and organisation only.
const LetterDeleted = "contact_deleted"

// Delete is contact.Delete by whoever may, with what follows where an organisation's own people do it: the host's team is told (product.md §6). Faults and permission are those of contact.Delete.
func Delete(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of, successor id.Contact) error {
	if err := contact.Delete(ctx, tx, by, of, successor); err != nil || by.Kind != actor.Contact {
		return err
	}
	team, err := workspace.Team(ctx, tx, actor.OfProgram(by.Workspace))
	if err != nil {
		return err
	}
	letters := make([]mail.New, 0, len(team))
	for _, m := range team {
		letters = append(letters, mail.New{Kind: LetterDeleted, Workspace: by.Workspace, Login: m.Login, Subject: of.UUID})
	}
	_, err = mail.QueueAll(ctx, tx, letters)
	return err
}

// deletedFacts read from the history which contact is gone.
func deletedFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	f, err := workspace.ToColleague(ctx, tx, l)
	if err != nil {
		return f, err
	}
	by := actor.OfProgram(l.Workspace)
	page, err := journal.Find(ctx, tx, by, journal.Filter{Subject: l.Subject, Kind: "contact.deleted", Size: 1})
	if err != nil {
		return f, err
	}
	if len(page.Lines) == 0 {
		return f, fault.Missing()
	}
	line := page.Lines[0]
	org, err := organization.Get(ctx, tx, by, line.Organization)
	if err != nil {
		return f, err
	}
	host, err := workspace.Get(ctx, tx, l.Workspace)
	f.Values = map[string]string{"name": f.Name, "number": line.Subject.Number, "organization": org.Name, "workspace": host.Name}
	f.URL = "/" + host.Slug + "/office/organizations/" + org.ID.String() + "/journal"
	return f, err
}
