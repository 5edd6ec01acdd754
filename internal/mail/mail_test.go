package mail

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// host makes a bare workspace, as far as letters need one.
func host(t *testing.T, db *sqldb.DB, workspace id.Workspace) {
	t.Helper()
	change(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO workspace (id, slug, name, kind, organization_noun, country, locale, time_zone, brand, phone_required, created_at, version)
			VALUES ($1, $2, 'École', 'school', 'company', 'FR', 'fr', 'Europe/Paris', '', 0, $3, 1)`, workspace, fmt.Sprintf("w%d", workspace), tx.Now())
		return err
	})
}

func change(t *testing.T, db *sqldb.DB, fn func(ctx context.Context, tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func look[T any](t *testing.T, db *sqldb.DB, fn func(ctx context.Context, tx *sqldb.Tx) (T, error)) (v T) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		v, err = fn(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// end notes an end that the worker would.
func end(ctx context.Context, tx *sqldb.Tx, letter id.Letter, as State) error {
	_, err := tx.Exec(ctx, `UPDATE letter SET state = $1 WHERE id = $2`, string(as), letter)
	return err
}

func queue(t *testing.T, db *sqldb.DB, n New) (letter id.Letter) {
	t.Helper()
	change(t, db, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		letter, err = Queue(ctx, tx, n)
		return err
	})
	return letter
}

func admin(w id.Workspace) actor.Actor {
	return actor.Actor{Kind: actor.Staff, Workspace: w, Login: id.NewLogin(), Role: actor.StaffAdmin}
}

func TestQueue(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		host(t, db, 1)
		host(t, db, 2)
		c := id.NewContact()
		t.Run("a letter of an act that was rolled back does not exist, nor its job", func(t *testing.T) {
			undo := errors.New("undo")
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := Queue(t.Context(), tx, New{Kind: "x", Workspace: 1, Contact: c}); err != nil {
					return err
				}
				return undo
			})
			n := look(t, db, func(ctx context.Context, tx *sqldb.Tx) (int, error) {
				return sqldb.One(ctx, tx, sqldb.Value[int], `SELECT (SELECT count(*) FROM letter) + (SELECT count(*) FROM job)`)
			})
			if !errors.Is(err, undo) || n != 0 {
				t.Error(err, n)
			}
		})
		first := queue(t, db, New{Kind: "x", Workspace: 1, Contact: c, Subject: id.NewContact().UUID})
		second := queue(t, db, New{Kind: "x", Workspace: 1, Login: id.NewLogin()})
		own := queue(t, db, New{Kind: "x", Login: id.NewLogin()})
		t.Run("letters are found by the workspace that they belong to, the latest first, and by nobody else", func(t *testing.T) {
			find := func(w id.Workspace, f Filter) []Letter {
				return look(t, db, func(ctx context.Context, tx *sqldb.Tx) ([]Letter, error) {
					part, err := Find(ctx, tx, admin(w), f)
					return part.Items, err
				})
			}
			list := find(1, Filter{})
			if len(list) != 2 || list[0].ID != second || list[1].ID != first || list[1].State != Queued || list[1].Contact != c || list[1].Workspace != 1 {
				t.Errorf("%+v", list)
			}
			if len(find(2, Filter{})) != 0 || len(find(1, Filter{State: Sent})) != 0 || len(find(1, Filter{State: Queued, Ask: paging.Ask{Page: 2, Size: 12}})) != 0 {
				t.Error("a foreign letter, or one in another state")
			}
			if list := find(2, Filter{Installation: true}); len(list) != 1 || list[0].ID != own || list[0].Workspace != 0 {
				t.Errorf("%+v", list)
			}
			about := look(t, db, func(ctx context.Context, tx *sqldb.Tx) ([]Letter, error) { return About(ctx, tx, admin(1), c, 5) })
			foreign := look(t, db, func(ctx context.Context, tx *sqldb.Tx) ([]Letter, error) { return About(ctx, tx, admin(2), c, 5) })
			those := look(t, db, func(ctx context.Context, tx *sqldb.Tx) (map[id.Letter]Letter, error) {
				return Those(ctx, tx, admin(1), []id.Letter{first, own, id.NewLetter()})
			})
			if len(about) != 1 || about[0].ID != first || len(foreign) != 0 || len(those) != 1 || those[first].ID != first {
				t.Error(about, foreign, those)
			}
		})
		t.Run("another workspace's letter does not exist, and officers see none", func(t *testing.T) {
			for _, letter := range []id.Letter{first, own} {
				err := db.View(t.Context(), func(tx *sqldb.Tx) error {
					_, err := Get(t.Context(), tx, admin(2), letter)
					return err
				})
				if !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
			}
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				_, err := Find(t.Context(), tx, actor.Actor{Workspace: 1, Role: actor.StaffOfficer}, Filter{})
				return err
			})
			if !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
		t.Run("a letter not yet sent can be withdrawn; one that was stays so", func(t *testing.T) {
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return end(ctx, tx, second, Sent) })
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return Withdraw(ctx, tx, first, second, id.NewLetter()) })
			for letter, want := range map[id.Letter]State{first: Withdrawn, second: Sent} {
				if l := look(t, db, func(ctx context.Context, tx *sqldb.Tx) (Letter, error) { return Get(ctx, tx, admin(1), letter) }); l.State != want {
					t.Errorf("%s, want %s", l.State, want)
				}
			}
		})
		t.Run("many letters are queued by few statements, each with its job", func(t *testing.T) {
			many := make([]New, 150)
			for i := range many {
				many[i] = New{Kind: "x", Workspace: 2, Contact: id.NewContact()}
			}
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				ids, err := QueueAll(ctx, tx, many)
				if len(ids) != len(many) {
					t.Error(len(ids))
				}
				return err
			})
			n := look(t, db, func(ctx context.Context, tx *sqldb.Tx) (int, error) {
				return sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM job WHERE kind = 'mail.send'`)
			})
			if n != len(many)+3 {
				t.Error(n)
			}
		})
	})
}
