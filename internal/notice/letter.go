package notice

import (
	"context"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// The kinds of letters that this room queues.
const (
	Letter       = "notice"  // of one event; its subject is the notice
	DigestLetter = "notices" // the letter of the day: of the notices that bear its number
)

// Kinds are the room's letters, for mail.Post.Add. Each is written from what its reader may see at that moment; where that is nothing
// any more, none is sent.
func (d *Desk) Kinds() []mail.Kind {
	return []mail.Kind{
		{Name: Letter, Own: true, Variables: []string{"given_name", "name", "organization", "workspace", "news"}, Facts: d.facts},
		{Name: DigestLetter, Own: true, Variables: []string{"given_name", "name", "organization", "workspace"}, Facts: d.digestFacts},
	}
}

// person reads whom a letter goes to; who is gone is a fault.NotFound.
func (d *Desk) person(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (Person, error) {
	people, err := d.o.People(ctx, tx, l.Workspace, []id.Contact{l.Contact})
	if err != nil {
		return Person{}, err
	}
	p, ok := people[l.Contact]
	if !ok {
		return p, fault.Missing()
	}
	return p, nil
}

// to is what a letter to the person begins with.
func (p Person) to() mail.Facts {
	return mail.Facts{
		To: p.To, Name: p.Name, P: p.P, From: p.Workspace,
		Values: map[string]string{"given_name": p.GivenName, "name": p.Name, "organization": p.Organization, "workspace": p.Workspace},
		Other:  p.portal("/preferences"),
	}
}

// portal is an address of the person's portal.
func (p Person) portal(path string) string {
	return "/" + p.Slug + "/portal/" + p.By.Organization.String() + path
}

// facts of a letter about one event.
func (d *Desk) facts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	list, p, err := d.pending(ctx, tx, l, ` AND id = $3`, l.Subject)
	if err != nil {
		return mail.Facts{}, err
	}
	f := p.to()
	f.Values["news"] = list[0].Text(p.P)
	if about := list[0].Answers; d.o.ReplyTo != nil && about > 0 {
		f.ReplyTo = d.o.ReplyTo(p, about)
	}
	if f.URL = p.portal(list[0].Path); list[0].Outside {
		f.URL = list[0].Path
	}
	return f, nil
}

// mostListed of the day's notices stand in its letter; the bell has all.
const mostListed = 50

// digestFacts of the letter of the day.
func (d *Desk) digestFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	list, p, err := d.pending(ctx, tx, l, ` AND id IN (SELECT id FROM notice WHERE workspace_id = $1 AND letter_id = $3) ORDER BY id LIMIT $4`, l.ID, mostListed)
	if err != nil {
		return mail.Facts{}, err
	}
	f := p.to()
	for _, n := range list {
		f.Items = append(f.Items, n.Text(p.P))
	}
	f.URL = p.portal("/notifications")
	return f, nil
}

// pending reads what a letter is to tell: the notices that its reader still may see and has not switched off meanwhile; none is
// mail.ErrWithdrawn.
func (d *Desk) pending(ctx context.Context, tx *sqldb.Tx, l mail.Letter, which string, args ...any) ([]Notice, Person, error) {
	p, err := d.person(ctx, tx, l)
	if err != nil {
		return nil, p, err
	}
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM notice WHERE workspace_id = $1 AND contact_id = $2`+which, append([]any{l.Workspace, l.Contact}, args...)...)
	if err != nil {
		return nil, p, err
	}
	preferences, err := preferencesOf(ctx, tx, l.Workspace, []id.Contact{l.Contact})
	if err != nil {
		return nil, p, err
	}
	if list, err = d.shown(ctx, tx, p, list); err != nil {
		return nil, p, err
	}
	wanted := list[:0]
	for _, n := range list {
		if preferences[l.Contact].mails(n.Kind, n.Detail) {
			wanted = append(wanted, n)
		}
	}
	if len(wanted) == 0 {
		return nil, p, mail.ErrWithdrawn
	}
	return wanted, p, nil
}
