package surface

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
)

// work is what the database was asked, statement by statement.
type work struct {
	mu    sync.Mutex
	texts []string
}

func (w *work) add(text string, _ []any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, text)
}

// of gives the statements that fn has made.
func (w *work) of(fn func()) []string {
	w.mu.Lock()
	w.texts = nil
	w.mu.Unlock()
	fn()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.texts)
}

// watched runs the test on both engines, in an installation whose statements are seen.
func watched(t *testing.T, test func(t *testing.T, in *installation, w *work)) {
	t.Helper()
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock, w := sqldbtest.NewClock(), &work{}
			o := sqldbtest.Options(t, engine)
			o.Clock, o.Trace = clock.Now, w.add
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			test(t, furnish(t, db, clock), w)
		})
	}
}

// comer is somebody new of a host's portal who may do what the route does.
func (in *installation) comer(h host, route web.Route) (address string) {
	in.t.Helper()
	role := contact.SuperAdmin
	if strings.Contains(route.Pattern, "/handovers/{handover}/") && !strings.HasSuffix(route.Pattern, "/withdrawal") {
		role = contact.Admin // to whom the role of super_admin is offered
	}
	return first(in.visitor(h, role, nil))
}

// confirmsNobody are the routes that say «so it is» of whoever is not there: who watches nothing is not taken off a request either.
var confirmsNobody = map[string]bool{"POST /{workspace}/portal/{organization}/requests/{request}/watchers/{contact}/removal": true}

// alike fails unless a strange identifier is answered as one that never was, by the same work, and neither changes anything.
func (in *installation) alike(t *testing.T, w *work, says, foreign string, ask func(identifier string) answer) {
	t.Helper()
	unknown := id.NewContact().String()
	ask(id.NewContact().String()) // whatever is done but once
	before := in.dump()
	var one, nothing answer
	done, wanted := w.of(func() { one = ask(foreign) }), w.of(func() { nothing = ask(unknown) })
	if diff := differ(one, nothing, foreign, unknown); diff != "" || one.status < 400 && !confirmsNobody[says] {
		t.Errorf("%s: %d, %s", says, one.status, diff)
	}
	if !slices.Equal(done, wanted) {
		t.Errorf("%s: %d statements, else %d:\n%s\n---\n%s", says, len(done), len(wanted), strings.Join(done, "\n"), strings.Join(wanted, "\n"))
	}
	if diff := before.against(in.dump()); diff != "" {
		t.Errorf("%s: something changed\n%s", says, diff)
	}
}

// Each route of the portal that names a contact or an offer is asked for those of another organisation and of another workspace:
// they are as if they never were, and finding that takes the same work.
func TestPortalTenants(t *testing.T) {
	watched(t, func(t *testing.T, in *installation, w *work) {
		met := 0
		for _, route := range in.portalRoutes() {
			for _, noun := range []string{"contact", "handover"} {
				if !strings.Contains(route.Pattern, "{"+noun+"}") {
					continue
				}
				met++
				t.Run(route.Pattern, func(t *testing.T) {
					who := in.comer(in.school, route)
					s, b := in.stage(route, in.school, who), in.as(who)
					b.get(portalOf(in.school, in.homes[who])) // the cookies of whoever was here
					form, known := s.right()
					if s.method == http.MethodPost && !known {
						t.Fatal("no test knows a right form for it")
					}
					form.Del("password")                             // just typed: what is typed again begins another session
					for _, h := range []host{in.school, in.vendor} { // another organisation’s, another workspace’s
						theirs := in.stage(route, h, in.comer(h, route)).ids[noun]
						in.alike(t, w, route.Pattern, theirs, func(identifier string) answer {
							path := strings.Replace(s.path, s.ids[noun], identifier, 1)
							if s.method == http.MethodPost {
								return b.send(path, form)
							}
							return b.get(path + queries[route.Pattern])
						})
					}
				})
			}
		}
		if met < 15 {
			t.Errorf("only %d routes", met)
		}
		t.Run("nobody from elsewhere follows the primary contact", func(t *testing.T) {
			who, own := in.visitor(in.school, contact.Admin, nil)
			b, at := in.as(who), portalOf(in.school, own)
			b.get(at)
			primary := ""
			in.view(func(ctx context.Context, tx *sqldb.Tx) error {
				o, err := organization.Get(ctx, tx, in.school.by, own.Organization)
				primary = o.Primary.String()
				return err
			})
			for says, c := range map[string]contact.Contact{
				"another organisation’s": in.contact(in.school), "another workspace’s": in.contact(in.vendor), "not yet shown": in.depositor(in.school, own.Organization),
			} {
				in.alike(t, w, says, c.ID.String(), func(identifier string) answer {
					return b.post(at+"/contacts/"+primary+"/deletion", url.Values{"successor": {identifier}})
				})
			}
			if a := b.post(at+"/contacts/"+primary+"/deletion", url.Values{"successor": {own.ID.String()}}); a.status != http.StatusSeeOther {
				t.Errorf("an own one: %d %s", a.status, a.text())
			}
		})
	})
}
