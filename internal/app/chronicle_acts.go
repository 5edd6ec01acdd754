package app

import (
	"cmp"
	"context"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/workspace"
)

// tell plans what happened at a host: its organisations and people came one by one, and lately the team was busy.
func (c *chronicle) tell(h demoHost, s *sample.Source) {
	var recent []*known
	for i := range s.Organizations() {
		recent = append(recent, c.tellSample(s, i)...)
	}
	shown, visitors := map[string]*known{}, map[string]*known{}
	for i, o := range h.shown {
		k, people := c.tellShown(o, i)
		shown[o.name], recent = k, append(recent, people...)
		for j, p := range o.people {
			visitors[p.email] = people[j]
		}
	}
	c.tellInvoices(h, shown)
	c.tellDocuments(h, shown)
	c.tellOffers(h, shown, visitors)
	c.tellDeposits(h)
	c.busy(recent)
	c.tellRequests(h, visitors)
	c.present()
	c.welcome(h.welcome)
}

// tellSample plans an organisation that package sample makes up, with its people.
func (c *chronicle) tellSample(s *sample.Source, i int) (people []*known) {
	o := s.Organization(i)
	k := &known{}
	oldest := time.Duration(0)
	first, n := s.Members(i)
	for j := first; j < first+n; j++ {
		p := s.Contact(j)
		oldest = max(oldest, p.Created)
		people = append(people, c.tellPerson(k, invented(p, c.stamp), j))
	}
	c.ago(max(oldest, day)+time.Hour, func(ctx context.Context, tx *sqldb.Tx) error {
		made, err := organization.Create(ctx, tx, c.somebody(i), organizationInput(o))
		k.organization = made.ID
		return err
	})
	if o.Archived {
		c.ago(40*day, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := contact.Archive(ctx, tx, c.staff[0], k.organization)
			return err
		})
	}
	return people
}

// life is a person as the rooms take it, and when what happened to it.
type life struct {
	input      contact.Input
	past       contact.Past
	created    time.Duration // ago
	authorized time.Duration // ago; 0 = never
	invited    time.Duration // ago, with an invitation that is still to be accepted; 0 = without
	signedIn   time.Duration // ago, for the last time; 0 = never
}

// invented translates a person of package sample; at tells when something was that long ago.
func invented(p sample.Contact, at func(ago time.Duration) sqldb.Time) life {
	return life{
		input: contact.Input{
			Civility: string(p.Civility), FamilyName: p.Family.String(), GivenName: p.Given.String(), JobTitle: p.JobTitle,
			Mobile: p.Mobile.String(), Phone: p.Phone.String(), Email: p.Email.String(), Locale: p.Locale, TimeZone: p.TimeZone,
			Source: contact.Source(p.Source),
		},
		past: contact.Past{
			Role: contact.Role(p.Role), LoginEmail: p.LoginEmail, LoginEnabled: p.Enabled, LoginDisabledBy: p.DisabledBy,
			CredentialsSentAt: at(p.CredentialsSent), JoinedAt: at(p.Joined), LastSignInAt: at(p.LastSignIn),
		},
		created: p.Created, authorized: p.Authorized, signedIn: p.LastSignIn,
	}
}

// tellPerson plans one person: created, with the login that it joins with or an invitation, authorised later on by whoever
// of the team it was, and lately signed in.
func (c *chronicle) tellPerson(of *known, l life, n int) *known {
	k := &known{}
	c.ago(l.created, func(ctx context.Context, tx *sqldb.Tx) error {
		made, err := contact.Create(ctx, tx, c.author(l.input.Source, n), of.organization, l.input)
		if err != nil {
			return err
		}
		k.organization, k.contact = of.organization, made.ID
		if !l.past.JoinedAt.IsZero() {
			joined, err := c.login(ctx, tx, actor.OfProgram(0), login.New{
				Email: l.past.LoginEmail.String(), Name: l.input.GivenName + " " + l.input.FamilyName, Locale: cmp.Or(l.input.Locale, string(c.host.Locale)),
				TimeZone: cmp.Or(l.input.TimeZone, c.host.TimeZone),
			})
			if err != nil {
				return err
			}
			l.past.Login, k.login = joined.ID, joined.ID
		}
		return contact.Imagine(ctx, tx, c.program(), made.ID, l.past)
	})
	if l.invited > 0 {
		c.ago(l.invited, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := c.invite.SendCredentials(ctx, tx, c.somebody(n), k.contact, access.Sending{})
			return err
		})
	}
	if 0 < l.signedIn && l.signedIn < busyWeeks*7*day {
		c.ago(l.signedIn, func(ctx context.Context, tx *sqldb.Tx) error { return access.SignedIn(ctx, tx, k.login) })
	}
	if l.authorized > 0 {
		c.ago(min(l.authorized, l.created-time.Second), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := access.Authorize(ctx, tx, c.somebody(n), k.contact)
			return err
		})
	}
	return k
}

// busyWeeks are those whose sign-ins the dashboard shows.
const busyWeeks = 12

// present plans how often the team signed in, week by week.
func (c *chronicle) present() {
	for week := range time.Duration(busyWeeks + 1) {
		c.ago(week*7*day, func(_ context.Context, tx *sqldb.Tx) error {
			for range 3*len(c.staff) + int(week*week*5+week)%7 {
				login.CountSignIn(tx, c.host.ID, c.host.Zone())
			}
			return nil
		})
	}
}

// welcome plans that somebody was invited into the team, and when its members last signed in.
func (c *chronicle) welcome(m demoMember) {
	c.ago(2*day, func(ctx context.Context, tx *sqldb.Tx) error {
		return c.colleagues.Invite(ctx, tx, c.staff[0], team.New{Name: m.name, Email: m.email, Role: m.role, Locale: string(c.host.Locale)})
	})
	for i, member := range c.staff {
		c.ago(time.Duration(i+1)*day, func(ctx context.Context, tx *sqldb.Tx) error {
			return workspace.StaffSignedIn(ctx, tx, member.Login)
		})
	}
}

// author is who makes a contact of that source: imports are an admin's, what comes from outside is the program's.
func (c *chronicle) author(source contact.Source, n int) actor.Actor {
	switch source {
	case contact.Form:
		return c.somebody(n)
	case contact.Import:
		return c.staff[0]
	}
	return c.program()
}

// busy plans what the team did in the last three weeks.
func (c *chronicle) busy(people []*known) {
	for i, remark := range demoRemarks {
		k := people[(i*41+7)%len(people)]
		ago := time.Duration(1+i*2)*day + time.Duration(37*i%60)*time.Minute
		c.ago(ago, func(ctx context.Context, tx *sqldb.Tx) error { return c.lately(ctx, tx, c.somebody(i), k, i, remark) })
	}
}

// lately is one of the things that a team does: it notes a remark, and some other thing by turns.
func (c *chronicle) lately(ctx context.Context, tx *sqldb.Tx, by actor.Actor, k *known, n int, remark string) error {
	p, err := contact.Get(ctx, tx, by, k.contact)
	if err != nil {
		return err
	}
	if err := journal.AddComment(ctx, tx, by, p.Subject(), p.Organization, remark, journal.Subject{}.ID); err != nil {
		return err
	}
	switch n % 3 {
	case 0:
		in := inputOf(p)
		in.Mobile = "06 39 98 9" + string(rune('0'+n%10)) + " 1" + string(rune('0'+n%10))
		_, err = contact.Edit(ctx, tx, by, p.ID, in)
	case 1:
		err = contact.NamePrimary(ctx, tx, by, p.ID)
	}
	return err
}

// inputOf is the sheet of a contact as a form shows it.
func inputOf(p contact.Contact) contact.Input {
	return contact.Input{
		Civility: string(p.Civility), JobTitle: p.JobTitle, Mobile: p.Mobile.String(), Phone: p.Phone.String(), Email: p.Email.String(),
		Locale: p.Locale, TimeZone: p.TimeZone, Version: p.Version,
	}
}

// demoRemarks are what the team noted, the latest first. They are data, as what users type is, and French like them.
var demoRemarks = []string{
	"Rappelée ce matin : elle préfère être jointe avant 10 h.",
	"Change de service en janvier ; demander qui prend la suite.",
	"Souhaite recevoir nos dates de réunion par e-mail.",
	"Rencontre prévue au forum de décembre.",
	"Numéro de portable vérifié au téléphone.",
	"Absence jusqu’à la fin du mois, voir avec l’accueil.",
	"Demande une copie de la convention signée.",
	"Référence pour les visites de l’an prochain.",
	"Ne pas appeler le mercredi.",
	"Coordonnées reprises de sa signature d’e-mail.",
}

func organizationInput(o sample.Organization) organization.Input {
	return organization.Input{
		Name: o.Name, SIRET: o.SIRET.Plain(), CustomerNumber: o.CustomerNumber, Address: o.Address, Postcode: o.Postcode,
		City: o.City, Phone: o.Phone.String(), Website: o.Website,
	}
}
