package handover

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// The kinds of letters that this room queues; their subject is the offer, or the transfer.
const (
	LetterOffered     = "super_admin_offered"     // to whom the role is offered
	LetterWithdrawn   = "super_admin_withdrawn"   // to whom it was offered
	LetterRefused     = "super_admin_refused"     // to who offered it
	LetterAccepted    = "super_admin_accepted"    // to both
	LetterLapsed      = "super_admin_lapsed"      // to both, as far as they still come in
	LetterTransferred = "super_admin_transferred" // to both
)

// Kinds are the room's letters, for mail.Post.Add.
func (d *Desk) Kinds() []mail.Kind {
	variables := []string{"name", "giver", "taker", "organization", "workspace"}
	list := []mail.Kind{{Name: LetterOffered, Variables: variables, Facts: offeredFacts}, {Name: LetterLapsed, Variables: variables, Facts: lapsedFacts}}
	for _, name := range []string{LetterWithdrawn, LetterRefused, LetterAccepted} {
		list = append(list, mail.Kind{Name: name, Variables: variables, Facts: closedFacts})
	}
	return append(list, mail.Kind{Name: LetterTransferred, Variables: append(variables[:len(variables):len(variables)], "reason"), Facts: transferredFacts})
}

// about is what every letter of this room speaks of.
type about struct {
	Offer
	to   contact.Contact
	at   organization.Organization
	host workspace.Workspace
}

// read is what the letter speaks of and to whom. What is gone is a fault.NotFound; whoever has another login since is another
// person, and is told nothing.
func read(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (a about, f mail.Facts, err error) {
	by := actor.OfProgram(l.Workspace)
	if a.Offer, err = get(ctx, tx, l.Workspace, id.Handover{UUID: l.Subject}); err != nil {
		return a, f, err
	}
	if a.to, err = contact.Get(ctx, tx, by, l.Contact); err != nil {
		return a, f, err
	}
	if a.at, err = organization.Get(ctx, tx, by, a.Organization); err != nil {
		return a, f, err
	}
	if a.host, err = workspace.Get(ctx, tx, l.Workspace); err != nil {
		return a, f, err
	}
	if a.to.Login != l.Login && !l.Login.IsZero() {
		return a, f, mail.ErrWithdrawn
	}
	f, err = a.address(ctx, tx)
	f.From, f.Values = a.host.Name, map[string]string{
		"name": f.Name, "giver": a.Offer.From.name(), "taker": a.To.name(), "organization": a.at.Name, "workspace": a.host.Name, "reason": a.Reason,
	}
	return a, f, err
}

// address is the login's own, in its language; of somebody who has not joined what the contact says.
func (a about) address(ctx context.Context, tx *sqldb.Tx) (mail.Facts, error) {
	if a.to.Login.IsZero() {
		return a.addressOfContact(), nil
	}
	l, err := login.Get(ctx, tx, a.to.Login)
	return mail.Facts{To: l.Email, Name: l.Name, P: locale.For(l.Locale, a.host.OrganizationNoun, a.host.HostNoun(), l.Zone())}, err
}

func (a about) addressOfContact() mail.Facts {
	language, zone := a.host.Locale, a.host.Zone()
	if own, ok := locale.ParseLanguage(a.to.Locale); ok {
		language = own
	}
	if own, ok := locale.ParseZone(a.to.TimeZone); ok {
		zone = own
	}
	return mail.Facts{To: a.to.CredentialsTo(), Name: personOf(a.to).name(), P: locale.For(language, a.host.OrganizationNoun, a.host.HostNoun(), zone)}
}

// offeredFacts withdraw the letter when the offer holds no more.
func offeredFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	a, f, err := read(ctx, tx, l)
	if err == nil && !a.Live(tx.Now()) {
		err = mail.ErrWithdrawn
	}
	f.URL, f.Until = "/"+a.host.Slug+"/portal/"+a.Organization.String(), a.ExpiresAt
	return f, err
}

func closedFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	_, f, err := read(ctx, tx, l)
	return f, err
}

// lapsedFacts tell nobody who does not come in any more.
func lapsedFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	a, f, err := read(ctx, tx, l)
	if err == nil && (a.to.JoinedAt.IsZero() || !a.to.LoginEnabled || a.at.Archived()) {
		err = mail.ErrWithdrawn
	}
	return f, err
}

// transferredFacts tell whoever can be told: the one who had the role may have no address.
func transferredFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	_, f, err := read(ctx, tx, l)
	if err == nil && f.To == (email.Address{}) {
		err = mail.ErrWithdrawn
	}
	return f, err
}

// tellRoles has the bells of those concerned, and of the organisation's admins, say what the letters do.
func tellRoles(ctx context.Context, tx *sqldb.Tx, by actor.Actor, changed ...contact.Contact) error {
	for _, c := range changed {
		if err := notice.TellRole(ctx, tx, by, c.Subject(), c.Organization, string(c.Role), true); err != nil {
			return err
		}
	}
	return nil
}
