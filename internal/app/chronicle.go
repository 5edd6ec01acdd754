package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/workspace"
)

// A chronicle lives the demo's past through: the rooms' own verbs, called by its staff at the times at which it is
// to have happened, so that the history reads as one that was lived. It has a connection of its own to the
// database, with a clock that it sets.
type chronicle struct {
	db         *sqldb.DB
	invite     *access.Inviter
	colleagues *team.Inviter
	files      *file.Store
	deposits   *deposit.Desk
	clock      time.Time
	hours      officeHours
	hashes     map[string]login.Hash // of the people as whom the demo can be tried, and of the others under ""
	host       workspace.Workspace
	staff      []actor.Actor
	acts       []act
}

// act is something that happens; acts are done in the order of their times.
type act struct {
	at   time.Time
	do   func(ctx context.Context, tx *sqldb.Tx) error // in a transaction
	send func(ctx context.Context) error               // a stranger's form, which opens its own; nil = do
}

const day = 24 * time.Hour

// founded is how long ago the hosts began: before the oldest contact that package sample makes up.
const founded = 1002 * day

// chronicle makes both workspaces.
func (b *Base) chronicle(ctx context.Context, passwords demoPasswords) (err error) {
	c := &chronicle{hours: newOfficeHours(b.db.Now())}
	if c.hashes, err = passwords.hashes(ctx, b.desk()); err != nil {
		return err
	}
	o := b.options()
	o.Clock = func() time.Time { return c.clock }
	if c.db, err = sqldb.Open(ctx, o); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.db.Close()) }()
	c.invite, c.colleagues, c.files = b.inviter(), b.colleagues(), b.files
	c.deposits = deposit.NewDesk(c.db, b.secret, deposit.LimitsOf(b.config.Deposits))
	for i, h := range demoHosts {
		c.clock = c.hours.when(founded)
		if err := c.found(ctx, h); err != nil {
			return err
		}
		c.acts = nil
		c.tell(h, sample.New(uint64(i+1), sample.Kind(h.kind), h.organizations, h.contacts))
		if err := c.live(ctx); err != nil {
			return err
		}
		if err := c.db.Update(ctx, func(tx *sqldb.Tx) error { return c.hush(ctx, tx) }); err != nil {
			return err
		}
	}
	return nil
}

// hush has nobody told of what is made up.
func (c *chronicle) hush(ctx context.Context, tx *sqldb.Tx) error {
	if err := invoice.Hush(ctx, tx, c.program()); err != nil {
		return err
	}
	if err := document.Hush(ctx, tx, c.program()); err != nil {
		return err
	}
	if err := c.openForm(ctx, tx, true); err != nil {
		return err
	}
	return offer.Hush(ctx, tx, c.program())
}

// found makes the workspace and its team.
func (c *chronicle) found(ctx context.Context, h demoHost) error {
	return c.db.Update(ctx, func(tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: h.slug, Name: h.name, Kind: h.kind, Locale: h.language})
		if err != nil {
			return err
		}
		c.host, c.staff = w, nil
		program := actor.OfProgram(w.ID)
		for _, m := range h.team {
			l, err := c.login(ctx, tx, program, login.New{Email: m.email, Name: m.name, Locale: h.language})
			if err != nil {
				return err
			}
			if err := workspace.AddStaff(ctx, tx, program, l.ID, m.role); err != nil {
				return err
			}
			c.staff = append(c.staff, actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: l.ID, Role: actor.RoleOfStaff(m.role)})
		}
		if err := c.openForm(ctx, tx, false); err != nil {
			return err
		}
		if h.brand == "" {
			return nil
		}
		_, err = workspace.Edit(ctx, tx, c.staff[0], workspace.Settings{
			Name: w.Name, OrganizationNoun: string(w.OrganizationNoun), Country: w.Country, Locale: string(w.Locale), TimeZone: w.TimeZone,
			Brand: h.brand, PhoneRequired: w.PhoneRequired, Offers: w.Offers, Version: w.Version,
		})
		return err
	})
}

// login finds the login of that address, or makes it.
func (c *chronicle) login(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in login.New) (login.Login, error) {
	l, err := findLogin(ctx, tx, in.Email)
	if !fault.Is(err, fault.NotFound) {
		return l, err
	}
	hash, known := c.hashes[in.Email]
	if !known {
		hash = c.hashes[""]
	}
	return login.Create(ctx, tx, by, in, hash)
}

// ago adds an act.
func (c *chronicle) ago(d time.Duration, do func(ctx context.Context, tx *sqldb.Tx) error) {
	c.acts = append(c.acts, act{at: c.hours.when(d), do: do})
}

// stamp is when that was, as a column holds it; 0 is never.
func (c *chronicle) stamp(ago time.Duration) sqldb.Time {
	if ago == 0 {
		return 0
	}
	return sqldb.At(c.hours.when(ago))
}

// live does everything in the order in which it is to have happened.
func (c *chronicle) live(ctx context.Context) error {
	slices.SortStableFunc(c.acts, func(a, b act) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	for _, a := range c.acts {
		c.clock = a.at
		if a.send == nil {
			a.send = func(ctx context.Context) error {
				return c.db.Update(ctx, func(tx *sqldb.Tx) error { return a.do(ctx, tx) })
			}
		}
		if err := a.send(ctx); err != nil {
			return err
		}
	}
	return nil
}

// somebody of the team, by turns.
func (c *chronicle) somebody(n int) actor.Actor { return c.staff[n%len(c.staff)] }

// program is this program in the host that is being told.
func (c *chronicle) program() actor.Actor { return actor.OfProgram(c.staff[0].Workspace) }

// known are the identifiers that acts hand on to later ones.
type known struct {
	organization id.Organization
	contact      id.Contact
	login        id.Login // of whoever has joined
}
