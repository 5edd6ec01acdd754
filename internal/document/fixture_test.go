package document_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// scene is a workspace with two organisations and somebody of its staff.
type scene struct {
	testing.TB
	db         *sqldb.DB
	store      *file.Store
	staff      actor.Actor
	org, other id.Organization
}

func newScene(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *scene {
	t.Helper()
	store, err := file.Open(t.TempDir(), file.Settings{Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := &scene{TB: t, db: db, store: store}
	s.staff = s.host("brenval", "school")
	s.org, s.other = s.organization(s.staff, "Ateliers Corvenne"), s.organization(s.staff, "Ébénisterie Garnier")
	return s
}

// host makes a workspace and gives one of its staff.
func (s *scene) host(slug, kind string) (by actor.Actor) {
	s.Helper()
	s.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "École Brenval", Kind: kind})
		by = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Role: actor.StaffAdmin}
		return err
	})
	return by
}

func (s *scene) organization(by actor.Actor, name string) (made id.Organization) {
	s.Helper()
	s.update(func(ctx context.Context, tx *sqldb.Tx) error {
		o, err := organization.Create(ctx, tx, by, organization.Input{Name: name})
		made = o.ID
		return err
	})
	return made
}

// of is somebody of an organisation in that role.
func (s *scene) of(org id.Organization, role actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Contact, Workspace: s.staff.Workspace, Contact: id.NewContact(), Organization: org, Role: role}
}

func (s *scene) update(fn func(context.Context, *sqldb.Tx) error) {
	s.Helper()
	if err := s.try(fn); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) try(fn func(context.Context, *sqldb.Tx) error) error {
	return s.db.Update(s.Context(), func(tx *sqldb.Tx) error { return fn(s.Context(), tx) })
}

func (s *scene) view(fn func(context.Context, *sqldb.Tx) error) {
	s.Helper()
	if err := s.db.View(s.Context(), func(tx *sqldb.Tx) error { return fn(s.Context(), tx) }); err != nil {
		s.Fatal(err)
	}
}

// paper is a fresh file that says so.
func (s *scene) paper(name string, lines ...string) file.Received {
	return s.received(name, sample.PDF(append([]string{name}, lines...)...))
}

func (s *scene) received(name string, content []byte) file.Received {
	s.Helper()
	r, err := s.store.Receive(context.Background(), bytes.NewReader(content), name)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// whole is an input without faults.
func whole(v document.Visibility) document.Input {
	return document.Input{Kind: "agreement", DatedOn: "20/11/2026", Visibility: string(v)}
}

func (s *scene) create(by actor.Actor, of id.Organization, in document.Input, files ...file.Received) (list []document.Document, err error) {
	err = s.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		list, err = document.Create(ctx, tx, by, of, in, files)
		return err
	})
	return list, err
}

// must files a document of the first organisation.
func (s *scene) must(name string, v document.Visibility) document.Document {
	s.Helper()
	return s.mustOf(s.staff, s.org, name, whole(v))
}

func (s *scene) mustOf(by actor.Actor, of id.Organization, name string, in document.Input) document.Document {
	s.Helper()
	list, err := s.create(by, of, in, s.paper(name))
	if err != nil {
		s.Fatal(err)
	}
	return list[0]
}

func (s *scene) edit(of id.Document, in document.Input) (d document.Document, err error) {
	err = s.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		d, err = document.Edit(ctx, tx, s.staff, of, in)
		return err
	})
	return d, err
}

func (s *scene) addVersion(by actor.Actor, of id.Document, in document.Input, files ...file.Received) (d document.Document, err error) {
	err = s.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		d, err = document.AddVersion(ctx, tx, by, of, in, files)
		return err
	})
	return d, err
}

func (s *scene) get(by actor.Actor, of id.Document) (d document.Document, err error) {
	err = s.db.View(s.Context(), func(tx *sqldb.Tx) (err error) {
		d, err = document.Get(s.Context(), tx, by, of)
		return err
	})
	return d, err
}

func (s *scene) versions(by actor.Actor, of id.Document) (list []document.Version, err error) {
	err = s.db.View(s.Context(), func(tx *sqldb.Tx) (err error) {
		_, list, err = document.Versions(s.Context(), tx, by, of)
		return err
	})
	return list, err
}

func (s *scene) find(by actor.Actor, f document.Filter) (titles []string, part paging.Part[document.Listed]) {
	s.Helper()
	if by.Kind != actor.Contact {
		f.Organization = s.org
	}
	s.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		part, err = document.Find(ctx, tx, by, f)
		return err
	})
	for _, l := range part.Items {
		titles = append(titles, l.Title)
	}
	return titles, part
}

// rows counts those of a table.
func (s *scene) rows(where string) (n int64) {
	s.Helper()
	s.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM `+where)
		return err
	})
	return n
}

// faults are the messages of a refusal by field, "" the refusal's own.
func faults(err error) map[string]string {
	f := fault.As(err)
	if f == nil {
		return map[string]string{"": fmt.Sprint(err)}
	}
	m := map[string]string{"": f.Message.Key}
	for _, x := range f.Fields {
		m[x.Name] = x.Key
	}
	return m
}
