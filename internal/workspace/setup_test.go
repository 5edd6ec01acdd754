package workspace_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func aSetup() workspace.Setup {
	return workspace.Setup{
		New:        workspace.New{Slug: "brenval", Name: "École Brenval", Kind: "school", Locale: "en"},
		AdminEmail: "zoe.roy@brenval.example", AdminName: "Zoé Roy", Password: good,
	}
}

func TestSetUp(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		setUp := func(in workspace.Setup, chosen login.Hash) (w workspace.Workspace, l login.Login, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				w, l, err = workspace.SetUp(t.Context(), tx, in, chosen)
				return err
			})
			return w, l, err
		}
		isEmpty := func() (empty bool) {
			view(t, db, func(tx *sqldb.Tx) (err error) {
				empty, err = workspace.IsEmpty(t.Context(), tx)
				return err
			})
			return empty
		}
		t.Run("a refused set-up leaves nothing behind, and every fault is told at once", func(t *testing.T) {
			in := workspace.Setup{New: workspace.New{Slug: "x", Locale: "de"}, AdminEmail: "zoe@", AdminName: "", Password: "brenval"}
			if _, _, err := setUp(in, hash(t, db)); keys(err) != "invalid slug=workspace.slug kind=fault.choice name=fault.required locale=fault.choice admin_email=email.no_domain admin_name=fault.required password=password.short" {
				t.Error(keys(err))
			}
			in = aSetup()
			in.Password = "Zoé-Roy-Brenval"
			if got := keys(in.Check()); got != "invalid password=password.guessable.personal" {
				t.Error(got)
			}
			if _, _, err := setUp(aSetup(), login.Hash{}); err == nil || fault.As(err) != nil {
				t.Errorf("without a password: %v", err)
			}
			if !isEmpty() {
				t.Error("something stayed")
			}
		})
		t.Run("it makes the workspace, the login and the admin at once", func(t *testing.T) {
			w, l, err := setUp(aSetup(), hash(t, db))
			if err != nil {
				t.Fatal(err)
			}
			if w.ID != 1 || w.Slug != "brenval" || l.Email.String() != "zoe.roy@brenval.example" || l.Locale != locale.English || isEmpty() {
				t.Errorf("%+v %+v", w, l)
			}
			view(t, db, func(tx *sqldb.Tx) error {
				role, err := workspace.StaffRole(t.Context(), tx, w.ID, l.ID)
				if role != actor.StaffAdmin {
					t.Error(role)
				}
				return err
			})
			if got := strings.Join(history(t, db, w.ID), " · "); got != "workspace.created slug,name,kind,organization_noun,country,locale,time_zone,phone_required,offers · login.created email,name,locale,time_zone · staff.added role" {
				t.Error(got)
			}
			desk := login.NewDesk(db, secret.New(), login.DefaultLimits(), cheap)
			if _, err := desk.SignIn(t.Context(), login.Credentials{Email: l.Email.String(), Password: good}); err != nil {
				t.Error(err)
			}
		})
		t.Run("an installation is set up once, whatever is typed the second time", func(t *testing.T) {
			for _, in := range []workspace.Setup{aSetup(), {}, {New: workspace.New{Slug: "orvane", Name: "Orvane", Kind: "vendor"}, AdminEmail: "x@y.fr", AdminName: "X", Password: good}} {
				if _, _, err := setUp(in, hash(t, db)); keys(err) != "conflict workspace.set_up" {
					t.Error(keys(err))
				}
			}
		})
	})
}

func TestSetUpAtOnce(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine+": of two processes that set up at once one makes the owner, the other is refused", func(t *testing.T) {
			t.Parallel()
			for range 10 {
				o := sqldbtest.Options(t, engine)
				var dbs [2]*sqldb.DB
				for i := range dbs {
					db, err := sqldb.Open(t.Context(), o)
					if err != nil {
						t.Fatal(err)
					}
					defer db.Close()
					if err := db.Migrate(t.Context()); err != nil {
						t.Fatal(err)
					}
					dbs[i] = db
				}
				raceToSetUp(t, dbs)
			}
		})
	}
}

func raceToSetUp(t *testing.T, dbs [2]*sqldb.DB) {
	t.Helper()
	chosen := hash(t, dbs[0])
	var mu sync.Mutex
	owners := 0
	var all sync.WaitGroup
	for i, in := range []workspace.Setup{aSetup(), {New: workspace.New{Slug: "orvane", Name: "Orvane", Kind: "vendor"}, AdminEmail: "ali@orvane.example", AdminName: "Ali", Password: good}} {
		all.Go(func() {
			err := dbs[i].Update(t.Context(), func(tx *sqldb.Tx) error {
				_, _, err := workspace.SetUp(t.Context(), tx, in, chosen)
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				owners++
			} else if keys(err) != "conflict workspace.set_up" {
				t.Error(err)
			}
		})
	}
	all.Wait()
	view(t, dbs[1], func(tx *sqldb.Tx) error {
		n, err := sqldb.One(t.Context(), tx, sqldb.Value[int64], `SELECT (SELECT count(*) FROM workspace) + (SELECT count(*) FROM login) + (SELECT count(*) FROM staff)`)
		if n != 3 || owners != 1 {
			t.Errorf("%d rows, %d owners", n, owners)
		}
		return err
	})
}
