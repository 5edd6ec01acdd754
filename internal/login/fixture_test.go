package login_test

import (
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// cheap hashing: the rules are the same.
var cheap = login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 4}

const good = "crapaud fleuret 41 boussole"

// house is an installation with a desk.
type house struct {
	*testing.T
	db    *sqldb.DB
	clock *sqldbtest.Clock
	desk  *login.Desk
	links link.Maker
}

func each(t *testing.T, test func(h house)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := secret.New()
		test(house{t, db, clock, login.NewDesk(db, s, login.DefaultLimits(), cheap), login.Links(s, login.DefaultLimits())})
	})
}

func (h house) rule(says string, test func(h house)) {
	h.T.Helper()
	h.T.Run(says, func(t *testing.T) {
		h.T = t
		test(h)
	})
}

func (h house) update(fn func(tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.Update(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h house) view(fn func(tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.View(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

// person makes a login with the good password.
func (h house) person(address string) (l login.Login) {
	h.Helper()
	hash, err := h.desk.Hash(h.Context(), good)
	if err != nil {
		h.Fatal(err)
	}
	h.update(func(tx *sqldb.Tx) (err error) {
		l, err = login.Create(h.Context(), tx, actor.Actor{Kind: actor.Program}, login.New{Email: address, Name: "Hélène Garnier"}, hash)
		return err
	})
	return l
}

func self(l login.Login) actor.Actor { return actor.Actor{Kind: actor.Staff, Login: l.ID} }

// workspace puts a host into the table, with the login in its team: the room above cannot be imported here.
func (h house) workspace(number id.Workspace, member login.Login) {
	h.Helper()
	h.update(func(tx *sqldb.Tx) error {
		_, err := tx.Exec(h.Context(), `INSERT INTO workspace (id, slug, name, kind, organization_noun, country, locale, time_zone, brand, phone_required, created_at, version)
			VALUES ($1, $2, 'Brenval', 'school', 'company', 'FR', 'fr', 'Europe/Paris', '', 1, $3, 1)`, number, "w-"+string(rune('a'+number)), tx.Now())
		if err != nil {
			return err
		}
		_, err = tx.Exec(h.Context(), `INSERT INTO staff (workspace_id, login_id, role, created_at) VALUES ($1, $2, 'admin', $3)`, number, member.ID, tx.Now())
		return err
	})
}
