package handover_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// at is the contact's organisation.
func (h *town) at(c contact.Contact) (o organization.Organization) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = organization.Get(ctx, tx, h.staff, c.Organization)
		return err
	})
	return o
}

// active are the contacts of the organisation with the role and the login on.
func active(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (list []contact.Contact, err error) {
	page, err := contact.Of(ctx, tx, by, of, paging.Ask{Size: 48})
	for _, r := range page.Items {
		if r.Role == contact.SuperAdmin && r.LoginEnabled {
			c, err := contact.Get(ctx, tx, by, r.ID)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
	}
	return list, err
}

// two opens a database twice, as two processes do.
func two(t *testing.T, engine string) (*town, [2]*sqldb.DB) {
	t.Helper()
	clock, options := sqldbtest.NewClock(), sqldbtest.Options(t, engine)
	options.Clock = clock.Now
	var dbs [2]*sqldb.DB
	for n := range dbs {
		db, err := sqldb.Open(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		dbs[n] = db
	}
	return newTown(t, dbs[0], clock), dbs
}

// crowd is what the acts of a round are done to.
type crowd struct {
	*town
	at     organization.Organization
	people []contact.Contact
	mu     sync.Mutex
	offers []id.Handover
}

func (c *crowd) someOffer() id.Handover {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.offers) == 0 {
		return id.NewHandover()
	}
	return c.offers[rand.IntN(len(c.offers))]
}

func (c *crowd) anybody() id.Contact { return c.people[rand.IntN(len(c.people))].ID }

// act does one thing to somebody, as somebody who comes in as they are at that moment.
func (c *crowd) act(ctx context.Context, db *sqldb.DB, n int) error {
	by, target := c.staff, contact.Contact{}
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
		if target, err = contact.Get(ctx, tx, c.staff, c.anybody()); err != nil || n%3 == 0 {
			return err
		}
		caller, err := contact.Get(ctx, tx, c.staff, c.anybody())
		by = c.as(caller)
		return err
	})
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *sqldb.Tx) error { return c.one(ctx, tx, by, target, n%12) })
}

func (c *crowd) one(ctx context.Context, tx *sqldb.Tx, by actor.Actor, target contact.Contact, act int) error {
	switch act {
	case 0:
		return c.desk.Transfer(ctx, tx, by, target.ID, handover.Transfer{To: c.anybody(), Reason: "course", SwitchOff: rand.IntN(2) == 0})
	case 1, 4:
		o, err := c.desk.Offer(ctx, tx, by, target.ID)
		if err == nil {
			c.mu.Lock()
			c.offers = append(c.offers, o.ID)
			c.mu.Unlock()
		}
		return err
	case 2, 5, 8:
		_, err := c.desk.Accept(ctx, tx, by, c.someOffer())
		return err
	case 3, 7:
		roles := []contact.Role{contact.User, contact.Admin}
		_, err := contact.Edit(ctx, tx, by, target.ID, sheet(target, roles[rand.IntN(2)], ""))
		return err
	case 6:
		_, err := contact.Edit(ctx, tx, by, target.ID, sheet(target, "", []string{"on", "off"}[rand.IntN(2)]))
		return err
	case 9:
		if rand.IntN(2) == 0 {
			return contact.Delete(ctx, tx, by, target.ID, id.Contact{})
		}
		_, err := contact.Rename(ctx, tx, by, target.ID, contact.NewName{FamilyName: "Autre", GivenName: letters(rand.IntN(1 << 30)), Another: true, Version: target.Version})
		return err
	case 10:
		if rand.IntN(2) == 0 {
			_, err := c.desk.Refuse(ctx, tx, by, c.someOffer())
			return err
		}
		_, err := c.desk.Withdraw(ctx, tx, by, c.someOffer())
		return err
	}
	if rand.IntN(2) == 0 {
		return access.SignedIn(ctx, tx, target.Login)
	}
	_, err := c.inviter.ChangeLogin(ctx, tx, by, target.ID, fmt.Sprintf("%d@neuf.example", rand.IntN(1<<30)), id.UUID{})
	return err
}

// TestSuperAdminRemains lets everything that could end an organisation's super_admins happen at once, on two handles: as
// there was one before, there is one after, and the acts are refused for reasons that people are told.
func TestSuperAdminRemains(t *testing.T) {
	rounds, parallel := 20, 16
	if os.Getenv("ENTREGENT_TEST_FULL") != "" {
		rounds, parallel = 500, 64
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			h, dbs := two(t, engine)
			var done atomic.Int64
			for round := range rounds {
				c := &crowd{town: h, at: h.organization()}
				for i, role := range []contact.Role{contact.SuperAdmin, contact.SuperAdmin, contact.Admin, contact.Admin, contact.Admin, contact.User}[round%2:] {
					c.people = append(c.people, h.person(c.at, fmt.Sprint("Anne", letters(i+1)), role))
				}
				c.offers = append(c.offers, h.offered(c.people[1-round%2], c.people[2-round%2]).ID)
				var all sync.WaitGroup
				for n := range parallel {
					all.Go(func() {
						err := c.act(t.Context(), dbs[n%2], n)
						if err == nil {
							done.Add(1)
						} else if f := (*fault.Error)(nil); !errors.As(err, &f) {
							t.Error(err)
						}
					})
				}
				all.Wait()
				h.holders(c.people[0])
			}
			if done.Load() < int64(rounds) {
				t.Errorf("only %d acts were done", done.Load())
			}
		})
	}
}

// TestPairs lets two do at the same moment what only one may, or what both may to each other.
func TestPairs(t *testing.T) {
	rounds := 10
	if os.Getenv("ENTREGENT_TEST_FULL") != "" {
		rounds = 200
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			h, dbs := two(t, engine)
			at := h.organization()
			both := func(acts ...func(ctx context.Context, tx *sqldb.Tx) error) (refused int) {
				errs := make([]error, len(acts))
				var all sync.WaitGroup
				for n, act := range acts {
					all.Go(func() {
						errs[n] = dbs[n%2].Update(t.Context(), func(tx *sqldb.Tx) error { return act(t.Context(), tx) })
					})
				}
				all.Wait()
				for _, err := range errs {
					if fault.As(err) != nil {
						refused++
					} else if err != nil {
						t.Error(err)
					}
				}
				return refused
			}
			accept := func(by actor.Actor, o handover.Offer) func(ctx context.Context, tx *sqldb.Tx) error {
				return func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := h.desk.Accept(ctx, tx, by, o.ID)
					return err
				}
			}
			withdraw := func(by actor.Actor, o handover.Offer) func(ctx context.Context, tx *sqldb.Tx) error {
				return func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := h.desk.Withdraw(ctx, tx, by, o.ID)
					return err
				}
			}
			t.Run("two accepts of one offer: one succeeds", func(t *testing.T) {
				for range rounds {
					giver, taker := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin)
					o := h.offered(giver, taker)
					if n := both(accept(h.as(taker), o), accept(h.as(taker), o)); n != 1 || len(h.lines(taker, "contact.super_admin_accepted")) != 1 {
						t.Errorf("%d were refused", n)
					}
					h.roles(t, contact.SuperAdmin, taker)
					h.roles(t, contact.Admin, giver)
				}
			})
			t.Run("an accept beside a withdrawal: one succeeds, and the roles say which", func(t *testing.T) {
				for range rounds {
					giver, taker := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin)
					o := h.offered(giver, taker)
					if n := both(accept(h.as(taker), o), withdraw(h.as(giver), o)); n != 1 {
						t.Errorf("%d were refused", n)
					}
					if a, b := h.now(giver.ID).Role, h.now(taker.ID).Role; a == b {
						t.Errorf("both are %s", a)
					}
				}
			})
			t.Run("two offers of one super_admin: one is open", func(t *testing.T) {
				for range rounds {
					giver, one, other := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin), h.person(at, "Eva", contact.Admin)
					offer := func(to contact.Contact) func(ctx context.Context, tx *sqldb.Tx) error {
						return func(ctx context.Context, tx *sqldb.Tx) error {
							_, err := h.desk.Offer(ctx, tx, h.as(giver), to.ID)
							return err
						}
					}
					if n := both(offer(one), offer(other)); n != 1 || len(h.mine(h.as(giver))) != 1 {
						t.Errorf("%d were refused", n)
					}
				}
			})
			t.Run("two super_admins who offer their role to one admin: both hold the role after, or one and the admin", func(t *testing.T) {
				for range rounds {
					one, other, taker := h.person(at, "Una", contact.SuperAdmin), h.person(at, "Doa", contact.SuperAdmin), h.person(at, "Tom", contact.Admin)
					first, second := h.offered(one, taker), h.offered(other, taker)
					if n := both(accept(h.as(taker), first), accept(h.as(taker), second)); n != 1 {
						t.Errorf("%d were refused", n)
					}
					h.roles(t, contact.SuperAdmin, taker)
				}
			})
			t.Run("two admins who switch each other off: one has come first, the other may nothing any more", func(t *testing.T) {
				for range rounds {
					one, other := h.person(at, "Una", contact.Admin), h.person(at, "Doa", contact.Admin)
					off := func(by, of contact.Contact) func(ctx context.Context, tx *sqldb.Tx) error {
						return func(ctx context.Context, tx *sqldb.Tx) error {
							_, err := contact.Edit(ctx, tx, h.as(by), of.ID, sheet(of, "", "off"))
							return err
						}
					}
					if n := both(off(one, other), off(other, one)); n != 1 || h.now(one.ID).LoginEnabled == h.now(other.ID).LoginEnabled {
						t.Errorf("%d were refused", n)
					}
				}
			})
		})
	}
}
