package workspace_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

const good = "crapaud fleuret 41 boussole"

var cheap = login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 4}

// keys gives field=key of each fault, or the kind and key of a refusal as a whole.
func keys(err error) string {
	f := fault.As(err)
	switch {
	case err == nil:
		return ""
	case f == nil:
		return err.Error()
	case len(f.Fields) == 0:
		return f.Kind.String() + " " + f.Message.Key
	}
	list := []string{f.Kind.String()}
	for _, x := range f.Fields {
		list = append(list, x.Name+"="+x.Key)
	}
	return strings.Join(list, " ")
}

// hash makes a password's hash with a desk of its own: no hash depends on the desk.
func hash(t testing.TB, db *sqldb.DB) login.Hash {
	t.Helper()
	h, err := login.NewDesk(db, secret.New(), login.DefaultLimits(), cheap).Hash(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func update(t testing.TB, db *sqldb.DB, fn func(tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, db *sqldb.DB, fn func(tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func add(t testing.TB, db *sqldb.DB, in workspace.New) (w workspace.Workspace) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) {
		w, err = workspace.Add(t.Context(), tx, in)
		return err
	})
	return w
}

func person(t testing.TB, db *sqldb.DB, address, name string) (l login.Login) {
	t.Helper()
	password := hash(t, db)
	update(t, db, func(tx *sqldb.Tx) (err error) {
		l, err = login.Create(t.Context(), tx, actor.Actor{Kind: actor.Program}, login.New{Email: address, Name: name}, password)
		return err
	})
	return l
}

func history(t testing.TB, db *sqldb.DB, w id.Workspace) (kinds []string) {
	t.Helper()
	view(t, db, func(tx *sqldb.Tx) error {
		page, err := journal.Find(t.Context(), tx, actor.OfProgram(w), journal.Filter{})
		for _, l := range page.Lines {
			kinds = append(kinds, l.Kind+" "+strings.Join(l.Fields, ","))
		}
		return err
	})
	slices.Reverse(kinds)
	return kinds
}

func TestAdd(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		t.Run("a workspace begins with the defaults of its kind, and is found by slug and number", func(t *testing.T) {
			school := add(t, db, workspace.New{Slug: "brenval", Name: " École  Brenval ", Kind: "school"})
			vendor := add(t, db, workspace.New{Slug: "orvane", Name: "Orvane", Kind: "vendor", Country: "be", Locale: "en", TimeZone: "Europe/Brussels"})
			want := workspace.Workspace{ID: school.ID, Slug: "brenval", Name: "École Brenval", Kind: workspace.School, OrganizationNoun: locale.Company, Country: "FR",
				Locale: locale.French, TimeZone: "Europe/Paris", PhoneRequired: true, Offers: true, Version: 1}
			if school != want || school.HostNoun() != locale.School || school.Zone() == nil {
				t.Errorf("%+v", school)
			}
			if vendor.OrganizationNoun != locale.Practice || vendor.PhoneRequired || vendor.Offers || vendor.Country != "BE" || vendor.Locale != locale.English || vendor.HostNoun() != locale.Vendor || vendor.ID <= school.ID {
				t.Errorf("%+v", vendor)
			}
			view(t, db, func(tx *sqldb.Tx) error {
				for _, w := range []workspace.Workspace{school, vendor} {
					bySlug, err1 := workspace.GetBySlug(t.Context(), tx, w.Slug)
					byNumber, err2 := workspace.Get(t.Context(), tx, w.ID)
					if err := errors.Join(err1, err2); err != nil || bySlug != w || byNumber != w {
						t.Errorf("%+v %+v %v", bySlug, byNumber, err)
					}
				}
				_, err := workspace.GetBySlug(t.Context(), tx, "Brenval")
				if !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
				list, err := workspace.List(t.Context(), tx)
				if len(list) != 2 || list[0] != school {
					t.Errorf("%+v", list)
				}
				return err
			})
			if lines := history(t, db, school.ID); len(lines) != 1 || lines[0] != "workspace.created slug,name,kind,organization_noun,country,locale,time_zone,phone_required,offers" {
				t.Errorf("%q", lines)
			}
		})
		t.Run("a slug names one workspace", func(t *testing.T) {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := workspace.Add(t.Context(), tx, workspace.New{Slug: "brenval", Name: "Another", Kind: "school"})
				return err
			})
			if got := keys(err); got != "conflict slug=conflict.workspace.slug" {
				t.Error(got)
			}
		})
		t.Run("every fault of every field is told at once", func(t *testing.T) {
			for _, c := range []struct {
				in   workspace.New
				want string
			}{
				{workspace.New{}, "invalid slug=fault.required kind=fault.choice name=fault.required"},
				{workspace.New{Slug: "Élan", Name: "a\x00b", Kind: "clinic", Country: "France", Locale: "de", TimeZone: "Paris"},
					"invalid slug=workspace.slug kind=fault.choice name=name.control country=workspace.country locale=fault.choice time_zone=fault.choice"},
				{workspace.New{Slug: "static", Name: strings.Repeat("x", 10_000), Kind: "school", Country: "ZZ"}, "invalid slug=workspace.slug_reserved name=name.too_long country=workspace.country"},
			} {
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := workspace.Add(t.Context(), tx, c.in)
					return err
				})
				if got := keys(err); got != c.want {
					t.Errorf("%+v: %q, want %q", c.in, got, c.want)
				}
			}
		})
		t.Run("of many that take one slug at once one has it, and numbers are never used twice", func(t *testing.T) {
			var mu sync.Mutex
			numbers, won := map[id.Workspace]bool{}, 0
			var all sync.WaitGroup
			for n := range 16 {
				all.Go(func() {
					slug := "same"
					if n%2 == 0 {
						slug = "other-" + strconv.Itoa(n)
					}
					var w workspace.Workspace
					err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
						w, err = workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: "X", Kind: "vendor"})
						return err
					})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil && numbers[w.ID]:
						t.Errorf("%d twice", w.ID)
					case err == nil && slug == "same":
						won++
					case err != nil && !fault.Is(err, fault.Conflict):
						t.Error(err)
					}
					numbers[w.ID] = true
				})
			}
			all.Wait()
			if won != 1 {
				t.Errorf("%d have the slug", won)
			}
		})
	})
}

func TestSlug(t *testing.T) {
	t.Run("the installation's own words and what is no slug are refused, with what is nearest", func(t *testing.T) {
		for typed, want := range map[string]string{
			"abc": "", "brenval-2": "", "a-b": "", "123": "", strings.Repeat("a", 40): "", " brenval ": "",
			"":                      "fault.required",
			"ab":                    "workspace.slug",
			"-abc":                  "workspace.slug abc",
			"abc-":                  "workspace.slug abc",
			"École Brenval":         "workspace.slug ecole-brenval",
			"ecole_brenval":         "workspace.slug",
			"API":                   "workspace.slug",
			strings.Repeat("a", 41): "workspace.slug " + strings.Repeat("a", 40),
			"../etc":                "workspace.slug",
			"a\x00\xffb":            "workspace.slug",
			"sign-in":               "workspace.slug_reserved",
			"favicon.ico":           "workspace.slug_reserved",
			"setup":                 "workspace.slug_reserved",
		} {
			slug, err := workspace.ParseSlug(typed)
			got := ""
			if err != nil {
				m := err.(fault.Message)
				got = strings.TrimSpace(m.Key + " " + m.Proposal)
			}
			if got != want && !(want == "workspace.slug" && strings.HasPrefix(got, want)) {
				t.Errorf("%q: %q, want %q", typed, got, want)
			}
			if (err == nil) != (slug == strings.TrimSpace(typed) && slug != "") {
				t.Errorf("%q: %q %v", typed, slug, err)
			}
		}
	})
	t.Run("the addresses of the installation's own pages are no workspace's", func(t *testing.T) {
		for _, word := range strings.Fields(`sign-in sign-out forgotten-password activate profile setup static api healthz readyz metrics language admin assets
			favicon.ico robots.txt help accessibility privacy new .well-known ab`) {
			if !workspace.Reserved(word) {
				t.Errorf("%s is free", word)
			}
		}
		for _, word := range []string{"brenval", "sign", "apis"} {
			if workspace.Reserved(word) {
				t.Errorf("%s is not free", word)
			}
		}
	})
	t.Run("what is proposed is accepted, and what is accepted is not reserved", rapid.MakeCheck(func(t *rapid.T) {
		slug, err := workspace.ParseSlug(rapid.OneOf(rapid.String(), rapid.StringMatching(`[ a-zA-Zé0-9_-]{1,50}`)).Draw(t, "typed"))
		if m, ok := err.(fault.Message); ok && m.Proposal != "" {
			slug, err = workspace.ParseSlug(m.Proposal)
			if err != nil {
				t.Errorf("%q was proposed", m.Proposal)
			}
		}
		if err == nil && workspace.Reserved(slug) {
			t.Errorf("%q is reserved", slug)
		}
	}))
}

func TestEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := add(t, db, workspace.New{Slug: "brenval", Name: "Brenval", Kind: "school"})
		other := add(t, db, workspace.New{Slug: "orvane", Name: "Orvane", Kind: "vendor"})
		by := func(role actor.Role) actor.Actor {
			return actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: role}
		}
		edit := func(by actor.Actor, in workspace.Settings) (got workspace.Workspace, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				got, err = workspace.Edit(t.Context(), tx, by, in)
				return err
			})
			return got, err
		}
		wish := workspace.Settings{Name: "École Brenval", OrganizationNoun: "organization", Country: "fr", Locale: "en", TimeZone: "Indian/Reunion", Brand: " #1F5F8B", Version: 1}

		t.Run("an admin changes the settings, of their own workspace alone", func(t *testing.T) {
			got, err := edit(by(actor.StaffAdmin), wish)
			if err != nil || got.Name != "École Brenval" || got.OrganizationNoun != locale.Organization || got.Brand != "#1f5f8b" || got.PhoneRequired || got.Version != 2 {
				t.Errorf("%+v %v", got, err)
			}
			view(t, db, func(tx *sqldb.Tx) error {
				if stored, err := workspace.Get(t.Context(), tx, w.ID); err != nil || stored != got {
					t.Errorf("%+v %v", stored, err)
				}
				if stored, err := workspace.Get(t.Context(), tx, other.ID); err != nil || stored != other {
					t.Errorf("%+v %v", stored, err)
				}
				return nil
			})
			if lines := history(t, db, w.ID); len(lines) != 2 || lines[1] != "workspace.edited name,organization_noun,locale,time_zone,brand,phone_required,offers" {
				t.Errorf("%q", lines)
			}
		})
		t.Run("the same form sent again has one effect", func(t *testing.T) {
			if got, err := edit(by(actor.StaffAdmin), wish); err != nil || got.Version != 2 || len(history(t, db, w.ID)) != 2 {
				t.Errorf("%+v %v", got, err)
			}
		})
		t.Run("a form of an older version changes nothing and comes back with what there is", func(t *testing.T) {
			in := wish
			in.Name = "Other"
			got, err := edit(by(actor.StaffAdmin), in)
			if keys(err) != "conflict fault.version" || got.Name != "École Brenval" || got.Version != 2 {
				t.Errorf("%+v %v", got, err)
			}
		})
		t.Run("officers and strangers change nothing", func(t *testing.T) {
			for _, by := range []actor.Actor{by(actor.StaffOfficer), by(0), {}} {
				if _, err := edit(by, wish); !fault.Is(err, fault.Forbidden) {
					t.Errorf("%+v: %v", by, err)
				}
			}
			if _, err := edit(actor.OfProgram(999), wish); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("wrong values are refused together", func(t *testing.T) {
			_, err := edit(by(actor.StaffAdmin), workspace.Settings{Brand: "red", Country: "F"})
			if got := keys(err); got != "invalid name=fault.required organization_noun=fault.choice country=workspace.country locale=fault.choice time_zone=fault.choice brand=workspace.brand" {
				t.Error(got)
			}
			for _, brand := range []string{"#12345", "#1234567", "#12345g", "#12345é", "123456", "#1f5f8b;}", "#\x00"} {
				in := wish
				in.Brand = brand
				if _, err := edit(by(actor.StaffAdmin), in); keys(err) != "invalid brand=workspace.brand" {
					t.Errorf("%q: %v", brand, err)
				}
			}
		})
	})
}

func TestStaff(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := add(t, db, workspace.New{Slug: "brenval", Name: "Brenval", Kind: "school"})
		o := add(t, db, workspace.New{Slug: "orvane", Name: "Éole", Kind: "vendor"})
		zoe, eve := person(t, db, "zoe@brenval.example", "Zoé Roy"), person(t, db, "eve@brenval.example", "Ève Roy")
		join := func(by actor.Actor, l id.Login, role string) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error { return workspace.AddStaff(t.Context(), tx, by, l, role) })
		}
		if err := errors.Join(join(actor.OfProgram(w.ID), zoe.ID, "admin"), join(actor.OfProgram(w.ID), eve.ID, "officer"), join(actor.OfProgram(o.ID), eve.ID, "admin")); err != nil {
			t.Fatal(err)
		}
		admin := actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: zoe.ID, Role: actor.StaffAdmin}

		t.Run("the team is listed by name, for admins", func(t *testing.T) {
			view(t, db, func(tx *sqldb.Tx) error {
				team, err := workspace.Team(t.Context(), tx, admin)
				if err != nil || len(team) != 2 || team[0].Name != "Ève Roy" || team[0].Role != actor.StaffOfficer || team[1].Email != zoe.Email || team[1].Since.IsZero() {
					t.Errorf("%+v %v", team, err)
				}
				_, err = workspace.Team(t.Context(), tx, actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: eve.ID, Role: actor.StaffOfficer})
				if !fault.Is(err, fault.Forbidden) {
					t.Error(err)
				}
				return nil
			})
		})
		t.Run("a role holds in its own workspace alone", func(t *testing.T) {
			view(t, db, func(tx *sqldb.Tx) error {
				for _, c := range []struct {
					workspace id.Workspace
					login     id.Login
					want      actor.Role
				}{{w.ID, zoe.ID, actor.StaffAdmin}, {w.ID, eve.ID, actor.StaffOfficer}, {o.ID, eve.ID, actor.StaffAdmin}, {o.ID, zoe.ID, 0}, {w.ID, id.NewLogin(), 0}, {0, eve.ID, 0}} {
					role, err := workspace.StaffRole(t.Context(), tx, c.workspace, c.login)
					if role != c.want || (c.want == 0) != fault.Is(err, fault.NotFound) {
						t.Errorf("%+v: %v %v", c, role, err)
					}
				}
				return nil
			})
		})
		t.Run("taking in again changes nothing, in another role it is refused", func(t *testing.T) {
			before := history(t, db, w.ID)
			if err := join(admin, eve.ID, "officer"); err != nil {
				t.Error(err)
			}
			if got := keys(join(admin, eve.ID, "admin")); got != "conflict role=workspace.staff_already" {
				t.Error(got)
			}
			if after := history(t, db, w.ID); !slices.Equal(before, after) || before[len(before)-1] != "staff.added role" {
				t.Errorf("%q", after)
			}
		})
		t.Run("unknown roles, unknown people and callers without the right are refused", func(t *testing.T) {
			for _, c := range []struct {
				by   actor.Actor
				l    id.Login
				role string
				want string
			}{
				{admin, eve.ID, "owner", "invalid role=fault.choice"},
				{admin, id.NewLogin(), "admin", "not_found fault.not_found"},
				{actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: eve.ID, Role: actor.StaffOfficer}, eve.ID, "admin", "forbidden fault.forbidden"},
				{actor.Actor{}, eve.ID, "admin", "forbidden fault.forbidden"},
			} {
				if got := keys(join(c.by, c.l, c.role)); got != c.want {
					t.Errorf("%q, want %q", got, c.want)
				}
			}
		})
	})
}
