package invoice_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// scene is a workspace with two organisations, somebody of its staff and the admin of the first organisation.
type scene struct {
	testing.TB
	db           *sqldb.DB
	clock        *sqldbtest.Clock
	store        *file.Store
	staff, admin actor.Actor
	org, other   id.Organization
}

func newScene(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *scene {
	t.Helper()
	store, err := file.Open(t.TempDir(), file.Settings{Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := &scene{TB: t, db: db, clock: clock, store: store}
	s.staff = s.host("brenval")
	s.org, s.other = s.organization(s.staff, "Ateliers Corvenne"), s.organization(s.staff, "Ébénisterie Garnier")
	s.admin = s.joined(s.org, contact.Admin)
	return s
}

// host makes a workspace and gives one of its staff.
func (s *scene) host(slug string) (by actor.Actor) {
	s.Helper()
	s.update(func(tx *sqldb.Tx) error {
		w, err := workspace.Add(s.Context(), tx, workspace.New{Slug: slug, Name: "École Brenval", Kind: "school"})
		by = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Role: actor.StaffOfficer}
		return err
	})
	return by
}

func (s *scene) organization(by actor.Actor, name string) id.Organization {
	s.Helper()
	var o organization.Organization
	s.update(func(tx *sqldb.Tx) (err error) {
		o, err = organization.Create(s.Context(), tx, by, organization.Input{Name: name})
		return err
	})
	return o.ID
}

// joined adds a contact that may come in, and gives it as it does.
func (s *scene) joined(org id.Organization, role contact.Role) (by actor.Actor) {
	s.Helper()
	desk := login.NewDesk(s.db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	hash, err := desk.Hash(s.Context(), "lanterne violette du quai")
	if err != nil {
		s.Fatal(err)
	}
	s.update(func(tx *sqldb.Tx) error {
		const address = "nora@corvenne.example"
		l, err := login.Create(s.Context(), tx, actor.OfProgram(0), login.New{Email: address, Name: "Nora Corvenne"}, hash)
		if err != nil {
			return err
		}
		c, err := contact.Create(s.Context(), tx, s.staff, org, contact.Input{
			Civility: "ms", FamilyName: "Corvenne", GivenName: "Nora", Phone: "02 61 91 40 10", Email: address, Source: contact.Form,
		})
		if err != nil {
			return err
		}
		by = actor.Actor{Kind: actor.Contact, Workspace: s.staff.Workspace, Login: l.ID, Contact: c.ID, Organization: org, Role: actor.RoleOfContact(string(role), true)}
		return contact.Imagine(s.Context(), tx, actor.OfProgram(s.staff.Workspace), c.ID, contact.Past{
			Role: role, LoginEmail: c.Email, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: l.ID, AuthorizedAt: tx.Now(),
		})
	})
	return by
}

// of is somebody of an organisation in that role.
func (s *scene) of(org id.Organization, role actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Contact, Workspace: s.staff.Workspace, Contact: id.NewContact(), Organization: org, Role: role}
}

func (s *scene) update(fn func(*sqldb.Tx) error) {
	s.Helper()
	if err := s.db.Update(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) view(fn func(*sqldb.Tx) error) {
	s.Helper()
	if err := s.db.View(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

// pdf is a fresh file of an invoice.
func (s *scene) pdf(lines ...string) file.Received {
	s.Helper()
	return s.received("facture.pdf", sample.PDF(append([]string{"Facture"}, lines...)...))
}

func (s *scene) received(name string, content []byte) file.Received {
	s.Helper()
	r, err := s.store.Receive(s.Context(), bytes.NewReader(content), name)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// whole is an input without faults.
func whole(number string) invoice.Input {
	return invoice.Input{Number: number, Kind: "invoice", IssuedOn: "01/10/2026", DueOn: "31/10/2026", Reference: "CMD-7", NetAmount: "1 000,00", AmountDue: "1 200,00", Currency: "EUR"}
}

func (s *scene) create(by actor.Actor, of id.Organization, in invoice.Input, pdf file.Received) (i invoice.Invoice, err error) {
	err = s.db.Update(s.Context(), func(tx *sqldb.Tx) (err error) {
		i, err = invoice.Create(s.Context(), tx, by, of, in, pdf)
		return err
	})
	return i, err
}

// must files an invoice of the first organisation.
func (s *scene) must(in invoice.Input) invoice.Invoice { return s.mustOf(s.org, in) }

func (s *scene) mustOf(of id.Organization, in invoice.Input) invoice.Invoice {
	s.Helper()
	i, err := s.create(s.staff, of, in, s.pdf(in.Number))
	if err != nil {
		s.Fatal(err)
	}
	return i
}

func (s *scene) edit(by actor.Actor, of id.Invoice, in invoice.Input) (i invoice.Invoice, err error) {
	err = s.db.Update(s.Context(), func(tx *sqldb.Tx) (err error) {
		i, err = invoice.Edit(s.Context(), tx, by, of, in)
		return err
	})
	return i, err
}

func (s *scene) get(by actor.Actor, of id.Invoice) (i invoice.Invoice, err error) {
	err = s.db.View(s.Context(), func(tx *sqldb.Tx) (err error) {
		i, err = invoice.Get(s.Context(), tx, by, of)
		return err
	})
	return i, err
}

func (s *scene) find(by actor.Actor, f invoice.Filter) (numbers []string, part paging.Part[invoice.Listed]) {
	s.Helper()
	s.view(func(tx *sqldb.Tx) (err error) {
		part, err = invoice.Find(s.Context(), tx, by, f)
		return err
	})
	for _, l := range part.Items {
		numbers = append(numbers, l.Number)
	}
	return numbers, part
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
