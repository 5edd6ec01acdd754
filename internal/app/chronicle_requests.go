package app

import (
	"context"
	"fmt"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/canned"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// tellRequests plans what people asked, and what the team did about it; people are those that are shown, by e-mail address.
func (c *chronicle) tellRequests(h demoHost, people map[string]*known) {
	c.ago(60*day, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, a := range demoAnswers {
			if _, err := canned.Set(ctx, tx, c.staff[0], canned.Input{Title: a.title, Text: a.text}); err != nil {
				return err
			}
		}
		return nil
	})
	team := map[string]actor.Actor{}
	for i, m := range h.team {
		team[m.email] = c.staff[i]
	}
	for _, d := range demoRequests[h.slug] {
		var of id.Request
		for _, w := range d.words {
			c.ago(w.ago, func(ctx context.Context, tx *sqldb.Tx) (err error) {
				by, staff := team[w.by]
				if !staff {
					if by, err = c.visitor(ctx, tx, people[w.by]); err != nil {
						return err
					}
				}
				if !of.IsZero() {
					return w.happen(ctx, tx, by, of)
				}
				r, err := request.Create(ctx, tx, by, request.Input{Kind: d.kind, Subject: d.subject, Text: w.text})
				of = r.ID
				return err
			})
		}
	}
}

// visitor is somebody shown as the portal lets them in.
func (c *chronicle) visitor(ctx context.Context, tx *sqldb.Tx, k *known) (actor.Actor, error) {
	p, err := contact.Get(ctx, tx, c.program(), k.contact)
	return actor.Actor{
		Kind: actor.Contact, Workspace: c.host.ID, Login: k.login, Contact: k.contact, Organization: k.organization,
		Role: actor.RoleOfContact(string(p.Role), !p.AuthorizedAt.IsZero()),
	}, err
}

// happen does the word to a request that is there.
func (w demoWord) happen(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Request) (err error) {
	switch w.does {
	case "says":
		_, err = request.Say(ctx, tx, by, of, request.Remark{Text: w.text})
	case "asks":
		_, err = request.Say(ctx, tx, by, of, request.Remark{Text: w.text, Then: string(request.WaitingCustomer)})
	case "notes":
		_, err = request.Jot(ctx, tx, by, of, request.Remark{Text: w.text})
	case "takes":
		if err = request.Assign(ctx, tx, by, of, by.Login); err == nil {
			err = request.Move(ctx, tx, by, of, request.InProgress)
		}
	case "resolves":
		err = request.Move(ctx, tx, by, of, request.Resolved)
	case "closes":
		err = request.Move(ctx, tx, by, of, request.Closed)
	default:
		err = fmt.Errorf("nothing is called %q", w.does)
	}
	return err
}
