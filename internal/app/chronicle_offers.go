package app

import (
	"cmp"
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	calendar "github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/sqldb"
)

// demoOffer is an offer of one of the organisations that the pictures show.
type demoOffer struct {
	organization string // its name
	made         int    // days ago
	by           string // who deposited it, by e-mail address; "" = staff
	after        string // "", "accept", "reject", "deactivate": what staff did with it the day after
	starts       int    // days after that; 0 = as soon as possible
	offer.Input         // what it says
	tutor        string // by e-mail address
}

// tellOffers plans the host's offers, the oldest first, so that the numbers rise.
func (c *chronicle) tellOffers(h demoHost, of, people map[string]*known) {
	for n, o := range h.offers {
		var made offer.Offer
		c.ago(time.Duration(o.made)*day, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			made, err = c.addOffer(ctx, tx, c.somebody(n), of[o.organization].organization, o, people)
			return err
		})
		if o.after != "" {
			c.ago(time.Duration(o.made-1)*day, func(ctx context.Context, tx *sqldb.Tx) error {
				return c.moveOffer(ctx, tx, c.somebody(n+1), made.ID, o.after)
			})
		}
	}
}

func (c *chronicle) addOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, o demoOffer, people map[string]*known) (offer.Offer, error) {
	in := o.Input
	if o.starts > 0 {
		in.StartsOn = string(calendar.Of(c.clock.In(c.host.Zone())).Add(o.starts))
	}
	if o.by != "" {
		by, in.Source, in.Depositor = c.program(), offer.Portal, people[o.by].contact
	}
	made, err := offer.Create(ctx, tx, by, of, in)
	if err != nil || o.tutor == "" {
		return made, err
	}
	_, err = offer.Attach(ctx, tx, by, made.ID, offer.Attachment{Contact: people[o.tutor].contact, Part: string(offer.Tutor)})
	return made, err
}

func (c *chronicle) moveOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Offer, act string) (err error) {
	switch cmp.Or(act, "accept") {
	case "reject":
		_, err = offer.Reject(ctx, tx, by, of, "La même offre est déjà publiée.")
	case "deactivate":
		_, err = offer.Deactivate(ctx, tx, by, of)
	default:
		_, err = offer.Accept(ctx, tx, by, of)
	}
	return err
}
