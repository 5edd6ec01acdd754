package webhook_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/webhook"
	"github.com/entregent/entregent/internal/webhook/wire"
)

// nodeEnv names the database of a program that serves webhooks until it is killed: this one, run by TestKill.
const nodeEnv = "ENTREGENT_TEST_NODE"

// node is where that program finds what it needs.
type node struct{ Path, DSN, Secret string }

func (n node) open(clock func() time.Time) (*sqldb.DB, *webhook.Desk, error) {
	db, err := sqldb.Open(context.Background(), sqldb.Options{Path: n.Path, DSN: n.DSN, Readers: 4, Clock: clock})
	if err != nil {
		return nil, nil, err
	}
	s, err := secret.Open(n.Secret)
	if err != nil {
		return nil, nil, err
	}
	o := settings()
	o.Timeout = time.Minute
	return db, webhook.NewDesk(s, o), nil
}

func TestMain(m *testing.M) {
	text := os.Getenv(nodeEnv)
	if text == "" {
		os.Exit(m.Run())
	}
	var n node
	err := json.Unmarshal([]byte(text), &n)
	if err == nil {
		var db *sqldb.DB
		var desk *webhook.Desk
		if db, desk, err = n.open(nil); err == nil {
			err = webhook.NewCourier(db, desk, wire.New(wire.Options{Private: here, Timeout: time.Minute}), slog.Default()).RunDue(context.Background())
		}
	}
	if err != nil {
		panic(err)
	}
}

// TestKill: what a node that is ended by kill -9 was just posting is posted again by another, once the first's claim is over, under the
// same identifier; what it had posted before is not.
func TestKill(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			n := node{Path: o.Path, DSN: o.DSN, Secret: filepath.Join(t.TempDir(), "secret")}
			later := time.Duration(0)
			db, desk, err := n.open(func() time.Time { return time.Now().Add(later) })
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := newRoom(t, db, nil, settings())
			r.desk = desk
			r.courier = r.another()
			admin, to := r.host("brenval"), newReceiver(t)
			reached, end := make(chan struct{}), make(chan struct{})
			to.answer = func(w http.ResponseWriter, n int) {
				if n == 3 {
					close(reached)
					<-end
				}
			}
			w, whsec := r.must(admin, to.URL, "contact.*")
			r.happen(admin, "contact.created", "contact.edited", "contact.created", "contact.edited", "contact.created")
			text, err := json.Marshal(n)
			if err != nil {
				t.Fatal(err)
			}
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), nodeEnv+"="+string(text))
			child.Stderr = os.Stderr
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			<-reached
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := child.Wait(); err == nil {
				t.Fatal("it ended by itself")
			}
			close(end)
			r.run()
			if got := len(to.all()); got != 3 {
				t.Fatalf("%d posts while the claim of the killed one lasts", got)
			}
			later = 3 * time.Minute
			r.run()
			got := to.all()
			if len(got) != 6 || got[2].id != got[3].id || string(got[2].body) != string(got[3].body) {
				t.Fatalf("%d posts: %+v", len(got), got)
			}
			seen := map[string]int{}
			for _, p := range got {
				seen[p.id]++
				if by := genuine(t, p, whsec); !by[0] {
					t.Errorf("%s is not signed by the secret", p.id)
				}
			}
			if done := r.deliveries(admin, w, webhook.Delivered); len(seen) != 5 || len(done) != 5 {
				t.Errorf("%v, %d delivered", seen, len(done))
			}
		})
	}
}
