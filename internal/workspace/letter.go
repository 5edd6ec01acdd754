package workspace

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Letters are the kinds of letters that come from here: the trial, by which an admin finds out whether letters arrive.
func Letters() []mail.Kind {
	return []mail.Kind{{Name: "trial", Variables: []string{"name", "workspace"}, Facts: trial}}
}

// SendTrial queues a trial to the caller's own address. Permission: SeeLetters.
func SendTrial(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (id.Letter, error) {
	if err := by.Need(actor.SeeLetters); err != nil {
		return id.Letter{}, err
	}
	return mail.Queue(ctx, tx, mail.New{Kind: "trial", Workspace: by.Workspace, Login: by.Login})
}

func trial(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	f, err := ToColleague(ctx, tx, l)
	if err != nil {
		return f, err
	}
	w, err := Get(ctx, tx, l.Workspace)
	f.Values = map[string]string{"name": f.Name, "workspace": f.From}
	f.URL = "/" + w.Slug + "/office/settings/letters"
	return f, err
}

// ToColleague are the facts of a letter to a member of the workspace's staff: to whom, from whom, in which language.
// Who has left the team is a fault.NotFound.
func ToColleague(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	if _, err := StaffRole(ctx, tx, l.Workspace, l.Login); err != nil {
		return mail.Facts{}, err
	}
	person, err := login.Get(ctx, tx, l.Login)
	if err != nil {
		return mail.Facts{}, err
	}
	w, err := Get(ctx, tx, l.Workspace)
	if err != nil {
		return mail.Facts{}, err
	}
	language := person.Locale
	if l.Language != "" {
		language = l.Language
	}
	return mail.Facts{
		To: person.Email, Name: person.Name, From: w.Name, P: locale.For(language, w.OrganizationNoun, w.HostNoun(), person.Zone()),
	}, nil
}
