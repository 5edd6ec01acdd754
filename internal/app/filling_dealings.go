package app

import (
	"context"
	"fmt"

	"github.com/entregent/entregent/internal/actor"
	days "github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
)

// deal fills in what the organisations asked for and were billed, in the order of time, many a transaction.
func (f *filling) deal(ctx context.Context, d *sample.Dealings) error {
	team, err := f.team(ctx)
	if err != nil {
		return err
	}
	f.size = fillLeast
	for next := 0; next < d.Requests(); {
		var list []request.Imagined
		rows := 0
		for ; rows < f.size && next < d.Requests(); next++ {
			r := f.request(d.Request(next), team)
			list, rows = append(list, r), rows+8+len(r.Thread) // with its words and who watches
		}
		err := f.timed(ctx, rows, func(tx *sqldb.Tx) error { return request.AddImagined(ctx, tx, f.by, list) })
		if err == nil {
			err = f.tellOf("requests", next, d.Requests())
		}
		if err != nil {
			return err
		}
	}
	for next := 0; next < d.Invoices(); {
		var list []invoice.Invoice
		for ; len(list) < f.size && next < d.Invoices(); next++ {
			list = append(list, f.invoice(d.Invoice(next)))
		}
		err := f.timed(ctx, len(list), func(tx *sqldb.Tx) error { return invoice.AddImagined(ctx, tx, f.by, list) })
		if err == nil {
			err = f.tellOf("invoices", next, d.Invoices())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// team are those who answer: the workspace's staff, or nobody who is still there.
func (f *filling) team(ctx context.Context) (team []request.Person, err error) {
	err = f.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		team, err = request.Team(ctx, tx, f.by)
		return err
	})
	if len(team) == 0 {
		team = []request.Person{{Kind: actor.Staff}}
	}
	return team, err
}

// request translates a request of package sample.
func (f *filling) request(q sample.Request, team []request.Person) request.Imagined {
	r := request.Imagined{Request: request.Request{
		Organization: f.organizations[q.Organization], For: f.contacts[q.Contact], Kind: request.Kind(q.Kind), Subject: q.Subject, State: request.State(q.State),
	}}
	host := team[q.Assignee%len(team)]
	if q.Assignee > 0 && !host.ID.IsZero() {
		r.Assignee = host
	}
	for _, e := range q.Thread {
		entry := request.Entry{Kind: request.Comment, Source: request.Source(e.Source), At: f.ago(e.Ago), Text: e.Text, Before: request.State(e.Before), After: request.State(e.After)}
		if e.Text == "" {
			entry.Kind = request.Change
		}
		switch e.Author {
		case sample.Host:
			entry.Author = host
		case sample.Program:
			entry.Author = request.Person{Kind: actor.Program}
		default:
			entry.Author = f.contacts[e.Author]
		}
		r.Thread = append(r.Thread, entry)
	}
	r.Author, r.Source = r.Thread[0].Author, r.Thread[0].Source
	for _, w := range q.Watchers {
		r.Watchers = append(r.Watchers, id.Contact{UUID: f.contacts[w].ID})
	}
	return r
}

// invoice translates an invoice of package sample.
func (f *filling) invoice(v sample.Invoice) invoice.Invoice {
	i := invoice.Invoice{
		Organization: f.organizations[v.Organization], Number: v.Number, Kind: invoice.Bill, State: invoice.Unpaid, Reference: v.Reference,
		NetAmount: v.Net, AmountDue: v.Due, Currency: money.Euro, IssuedOn: days.Of(f.begun.Add(-v.Issued)),
	}
	if v.Term > 0 {
		i.DueOn = days.Of(f.begun.Add(v.Term - v.Issued))
	}
	if v.CreditNote {
		i.Kind = invoice.CreditNote
	}
	if v.Paid {
		i.State = invoice.Paid
	}
	return i
}

// tellOf says now and then how far it is with them.
func (f *filling) tellOf(what string, done, all int) error {
	if !f.toTell(done == all) {
		return nil
	}
	_, err := fmt.Fprintf(f.out, "%d of %d %s, %.0f s\n", done, all, what, f.db.Now().Sub(f.begun).Seconds())
	return err
}
