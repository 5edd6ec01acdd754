package app

import (
	"cmp"
	"context"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// tellShown plans an organisation of the pictures, with its people.
func (c *chronicle) tellShown(o demoOrganization, i int) (k *known, people []*known) {
	k = &known{}
	c.ago(time.Duration(700-60*i)*day, func(ctx context.Context, tx *sqldb.Tx) error {
		made, err := organization.Create(ctx, tx, c.somebody(i), organization.Input{
			Name: o.name, SIRET: o.siret, CustomerNumber: o.customer, Address: o.address, Postcode: o.postcode,
			City: o.city, Phone: o.phone, Website: o.website,
		})
		k.organization = made.ID
		return err
	})
	for j, p := range o.people {
		people = append(people, c.tellPerson(k, p.life(j+3*i, c.stamp), j))
	}
	return k, people
}

// life gives the person's state its dates; n tells people apart.
func (p demoPerson) life(n int, at func(ago time.Duration) sqldb.Time) life {
	l := life{
		input: contact.Input{
			Civility: p.civility, FamilyName: p.family, GivenName: p.given, JobTitle: p.job,
			Mobile: p.mobile, Phone: p.phone, Email: p.email, Source: contact.Form,
		},
		past:    contact.Past{Role: contact.Role(p.role)},
		created: time.Duration(420-17*n)*day + time.Duration(7*n)*time.Minute,
	}
	if p.state == "new" {
		l.created = time.Duration(n)*time.Hour + 24*time.Minute
		return l
	}
	if p.state == "waiting" {
		l.input.Source = contact.Landing
	} else {
		l.authorized = l.created - day
	}
	if p.state == "invited" {
		l.created = time.Duration(3+n) * day
		l.authorized = l.created - time.Hour
		l.invited = l.created - time.Hour
	}
	l.past.LoginEmail, _ = email.Parse(cmp.Or(p.login, p.email))
	l.past.LoginEnabled = p.state != "off"
	if p.state == "off" {
		l.past.LoginDisabledBy = "staff"
	}
	l.past.CredentialsSentAt = at(l.created - time.Hour)
	if p.state != "invited" {
		l.past.JoinedAt = at(l.created - 2*day)
		l.signedIn = time.Duration(1+5*n)*day + time.Duration(11*n)*time.Minute
		l.past.LastSignInAt = at(l.signedIn)
	}
	return l
}
