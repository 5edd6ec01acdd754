package token_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/token"
	"github.com/entregent/entregent/internal/workspace"
)

// room is a database with hosts, and the room's verbs in transactions of their own.
type room struct {
	*testing.T
	db *sqldb.DB
}

func (r room) host(slug string) actor.Actor {
	r.Helper()
	by := actor.Actor{Kind: actor.Staff, Login: id.NewLogin(), Role: actor.StaffAdmin}
	r.update(func(tx *sqldb.Tx) error {
		w, err := workspace.Add(r.Context(), tx, workspace.New{Slug: slug, Name: slug, Kind: "school"})
		by.Workspace = w.ID
		return err
	})
	return by
}

func (r room) update(fn func(tx *sqldb.Tx) error) {
	r.Helper()
	if err := r.db.Update(r.Context(), fn); err != nil {
		r.Fatal(err)
	}
}

func (r room) create(by actor.Actor, in token.Input) (t token.Token, secret string, err error) {
	err = r.db.Update(r.Context(), func(tx *sqldb.Tx) (err error) {
		t, secret, err = token.Create(r.Context(), tx, by, in)
		return err
	})
	return t, secret, err
}

func (r room) prove(secret string) (by actor.Actor, t token.Token, err error) {
	err = r.db.View(r.Context(), func(tx *sqldb.Tx) (err error) {
		by, t, err = token.Prove(r.Context(), tx, secret)
		return err
	})
	return by, t, err
}

func (r room) revoke(by actor.Actor, t id.Token) error {
	return r.db.Update(r.Context(), func(tx *sqldb.Tx) error { return token.Revoke(r.Context(), tx, by, t) })
}

func (r room) find(by actor.Actor) (names []string) {
	r.Helper()
	r.update(func(tx *sqldb.Tx) error {
		names = nil
		list, err := token.Find(r.Context(), tx, by)
		for _, t := range list {
			names = append(names, t.Name)
		}
		return err
	})
	return names
}

func (r room) used(by actor.Actor) {
	r.Helper()
	r.update(func(tx *sqldb.Tx) error { return token.Used(r.Context(), tx, by) })
}

func is(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%v, want %s", err, kind)
	}
}

func TestCreate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		r := room{t, db}
		admin, foreign := r.host("brenval"), r.host("orvane")
		officer := admin
		officer.Role = actor.StaffOfficer
		in := token.Input{Name: "Annuaire", Rights: []string{"contacts:write", "contacts:read"}, Submission: id.NewToken().UUID}
		made, secret, err := r.create(admin, in)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("whoever has the secret comes in with the token's rights, in its workspace", func(t *testing.T) {
			by, proved, err := r.prove(secret)
			if err != nil || by.Workspace != admin.Workspace || by.Kind != actor.API || by.Who() != made.ID.UUID || proved.Name != "Annuaire" {
				t.Errorf("%+v, %+v, %v", by, proved, err)
			}
			if !by.May(actor.EditContacts) || by.May(actor.EditOrganizations) || by.May(actor.EditTokens) {
				t.Error(by.Rights.Names())
			}
		})
		t.Run("the same form gives another secret until the token is used, and makes no second one", func(t *testing.T) {
			again, fresh, err := r.create(admin, in)
			if err != nil || again.ID != made.ID || fresh == secret {
				t.Fatalf("%+v, %v", again, err)
			}
			_, _, err = r.prove(secret)
			is(t, err, fault.Unauthenticated)
			by, _, err := r.prove(fresh)
			if err != nil {
				t.Fatal(err)
			}
			r.used(by)
			_, _, err = r.create(admin, in)
			is(t, err, fault.Conflict)
			secret = fresh
			if names := r.find(admin); !slices.Equal(names, []string{"Annuaire"}) {
				t.Error(names)
			}
		})
		t.Run("a name, rights that exist and a day to come are asked for; two live ones have not the same name", func(t *testing.T) {
			for _, x := range []struct {
				in    token.Input
				field string
				kind  fault.Kind
			}{
				{token.Input{Name: " ", Rights: in.Rights}, "name", fault.Invalid},
				{token.Input{Name: strings.Repeat("x", token.MaxName+1), Rights: in.Rights}, "name", fault.Invalid},
				{token.Input{Name: "ANNUAIRE", Rights: in.Rights}, "name", fault.Conflict},
				{token.Input{Name: "Paie"}, "rights", fault.Invalid},
				{token.Input{Name: "Paie", Rights: []string{"contacts:*"}}, "rights", fault.Invalid},
				{token.Input{Name: "Paie", Rights: in.Rights, ExpiresOn: "2026-11-19"}, "expires_on", fault.Invalid},
				{token.Input{Name: "Paie", Rights: in.Rights, ExpiresOn: "demain"}, "expires_on", fault.Invalid},
			} {
				_, _, err := r.create(admin, x.in)
				if f := fault.As(err); f == nil || f.Kind != x.kind || len(f.Fields) != 1 || f.Fields[0].Name != x.field {
					t.Errorf("%+v: %v", x.in, err)
				}
			}
		})
		t.Run("only admins of the workspace make, see and revoke them", func(t *testing.T) {
			_, _, err := r.create(officer, token.Input{Name: "x", Rights: in.Rights})
			is(t, err, fault.Forbidden)
			is(t, r.revoke(officer, made.ID), fault.Forbidden)
			is(t, r.revoke(foreign, made.ID), fault.NotFound)
			if names := r.find(foreign); len(names) != 0 {
				t.Error(names)
			}
			by, _, _ := r.prove(secret)
			is(t, r.revoke(by, made.ID), fault.Forbidden)
		})
		t.Run("a revoked one opens nothing from then on, keeps its name for the history and gives it free", func(t *testing.T) {
			for range 2 {
				if err := r.revoke(admin, made.ID); err != nil {
					t.Fatal(err)
				}
			}
			_, _, err := r.prove(secret)
			is(t, err, fault.Unauthenticated)
			if _, _, err := r.create(admin, token.Input{Name: "Annuaire", Rights: in.Rights}); err != nil {
				t.Error(err)
			}
			r.update(func(tx *sqldb.Tx) error {
				names, err := token.Names(t.Context(), tx, admin.Workspace, []id.Token{made.ID, {}, made.ID})
				if len(names) != 1 || names[made.ID] != "Annuaire" {
					t.Error(names)
				}
				page, err2 := journal.Find(t.Context(), tx, admin, journal.Filter{Subject: made.ID.UUID})
				var kinds []string
				for _, l := range page.Lines {
					kinds = append(kinds, l.Kind+" "+l.Subject.Number)
				}
				if !slices.Equal(kinds, []string{"token.revoked Annuaire", "token.created Annuaire"}) {
					t.Error(kinds)
				}
				if err == nil {
					err = err2
				}
				return err
			})
		})
		t.Run("there is an end to how many live", func(t *testing.T) {
			for n := range token.Max - 1 {
				if _, _, err := r.create(foreign, token.Input{Name: "n" + string(rune('a'+n/26)) + string(rune('a'+n%26)), Rights: in.Rights}); err != nil {
					t.Fatal(err)
				}
			}
			last, _, err := r.create(foreign, token.Input{Name: "last", Rights: in.Rights})
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = r.create(foreign, token.Input{Name: "more", Rights: in.Rights})
			is(t, err, fault.Conflict)
			if err := r.revoke(foreign, last.ID); err != nil {
				t.Fatal(err)
			}
			if _, _, err = r.create(foreign, token.Input{Name: "more", Rights: in.Rights}); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestProve(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := room{t, db}
		admin := r.host("brenval")
		made, secret, err := r.create(admin, token.Input{Name: "Paie", Rights: []string{"invoices:read"}, ExpiresOn: "2026-11-21"})
		if err != nil {
			t.Fatal(err)
		}
		_, other, err := r.create(admin, token.Input{Name: "Autre", Rights: []string{"invoices:read"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Run("a secret says what it is, and nobody keeps it", func(t *testing.T) {
			if !strings.HasPrefix(secret, token.Prefix) || len(secret) != 82 {
				t.Errorf("%d characters", len(secret))
			}
		})
		t.Run("whatever is no secret is refused alike, also one that names another token", func(t *testing.T) {
			for _, bad := range []string{"", "ent_", secret[:81], secret + "0", strings.ToUpper(secret), secret[4:], other[:30] + secret[30:],
				secret[:30] + strings.Repeat("0", 52), "ent_" + strings.Repeat("u", 78), strings.Repeat("é", 41)} {
				_, _, err := r.prove(bad)
				if f := fault.As(err); f == nil || f.Kind != fault.Unauthenticated || f.Message.Key != "token.refused" {
					t.Errorf("%q: %v", bad, err)
				}
			}
		})
		t.Run("its last use is kept to the minute", func(t *testing.T) {
			by, before, _ := r.prove(secret)
			r.used(by)
			_, first, _ := r.prove(secret)
			clock.Pass(59 * time.Second)
			r.used(by)
			_, same, _ := r.prove(secret)
			clock.Pass(time.Second)
			now := sqldb.At(clock.Now())
			due := !same.UseIsKept(now)
			r.used(by)
			_, later, _ := r.prove(secret)
			if !before.UsedAt.IsZero() || before.UseIsKept(first.UsedAt) || !first.UseIsKept(first.UsedAt) || same.UsedAt != first.UsedAt || !due || later.UsedAt <= first.UsedAt {
				t.Errorf("%v %v %v %v", before.UsedAt, first.UsedAt, same.UsedAt, later.UsedAt)
			}
		})
		t.Run("it opens until its last day is over where the workspace is", func(t *testing.T) {
			clock.Pass(time.Date(2026, 11, 21, 22, 59, 59, 0, time.UTC).Sub(clock.Now()))
			if _, _, err := r.prove(secret); err != nil {
				t.Error(err)
			}
			clock.Pass(time.Second)
			_, _, err := r.prove(secret)
			is(t, err, fault.Unauthenticated)
			r.update(func(tx *sqldb.Tx) error {
				got, err := token.Get(t.Context(), tx, admin, made.ID)
				if !got.Expired(tx.Now()) || got.Live(tx.Now()) {
					t.Errorf("%+v", got)
				}
				return err
			})
		})
	})
}
