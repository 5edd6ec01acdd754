package access_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/delegation"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// one is somebody of the host's organisation who comes in with that role.
func (h *town) one(x host, role contact.Role, family string) actor.Actor {
	h.Helper()
	c := h.contact(x, family, "Anne", strings.ToLower(family)+"@"+x.slug+".example")
	l := h.join(x, c)
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE contact SET role = $1 WHERE workspace_id = $2 AND id = $3`, string(role), x.officer.Workspace, c.ID)
		return err
	})
	var by actor.Actor
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		places, err := access.Places(ctx, tx, l.ID)
		for _, p := range places {
			if p.Contact == c.ID {
				by = p.Actor(l.ID)
			}
		}
		return err
	})
	return by
}

func colleague(family, given, address string) contact.Input {
	return contact.Input{
		Civility: "ms", FamilyName: family, GivenName: given, Phone: "02 61 91 40 10", Email: address, Login: "on", Role: "user", Submission: id.NewJob().UUID,
	}
}

func (h *town) enroll(by actor.Actor, in contact.Input) (done access.Outcome, err error) {
	h.Helper()
	err = h.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		done, err = h.inviter.Enroll(ctx, tx, by, by.Organization, in)
		return err
	})
	return done, err
}

func (h *town) foresee(by actor.Actor, in contact.Input) (c contact.Contact, err error) {
	h.Helper()
	err = h.db.View(h.Context(), func(tx *sqldb.Tx) (err error) {
		c, err = h.inviter.Foresee(h.Context(), tx, by, by.Organization, in)
		return err
	})
	return c, err
}

func TestEnroll(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		boss := h.one(h.school, contact.Admin, "Petit")
		t.Run("with a login the contact has its role, is invited at once by the professional address, and the letter says who asked for it", func(t *testing.T) {
			in := colleague("Kervella", "Maëlle", "maelle@corvenne.example")
			in.Role = "admin"
			foreseen, err := h.foresee(boss, in)
			if err != nil || !foreseen.LoginEnabled || foreseen.LoginEmail.String() != "maelle@corvenne.example" || foreseen.Role != contact.Admin {
				t.Errorf("%v %+v", err, foreseen)
			}
			done, err := h.enroll(boss, in)
			if err != nil {
				t.Fatal(err)
			}
			h.deliver()
			c := h.now(h.school, done.Contact.ID)
			if c.State() != contact.Invited || c.Role != contact.Admin || c.Source != contact.Portal || c.LoginEmail != c.Email || c.Organization != boss.Organization || c.AuthorizedAt.IsZero() || c.UpdatedBy != boss.Contact.UUID {
				t.Errorf("%+v", c)
			}
			letter := h.letter("maelle@corvenne.example")
			if !strings.Contains(letter.Text, "à la demande de Anne Petit") || !strings.Contains(letter.Text, "École Brenval") {
				t.Error(letter.Text)
			}
			if _, err := h.activate(h.token("maelle@corvenne.example")); err != nil {
				t.Error(err)
			}
			if c = h.now(h.school, c.ID); c.State() != contact.Active {
				t.Errorf("%+v", c)
			}
			told := 0
			for _, kind := range []string{"contact.created", "contact.edited", "contact.invited"} {
				told += h.lines(h.school, c.ID, kind)
			}
			if h.lines(h.school, c.ID, "contact.enrolled") != 1 || told > 0 {
				t.Error("the history tells of one act in several lines")
			}
		})
		t.Run("whom the host’s staff invite reads nothing of a colleague", func(t *testing.T) {
			c := h.contact(h.school, "Prigent", "Loïc", "loic@corvenne.example")
			h.send(h.school, c.ID)
			if l := h.letter("loic@corvenne.example"); strings.Contains(l.Text, "collègues") {
				t.Error(l.Text)
			}
		})
		t.Run("without a login nothing is sent, and role and login e-mail are left out", func(t *testing.T) {
			in := colleague("Abgrall", "Ewen", "ewen@corvenne.example")
			other := "ewen.ailleurs@corvenne.example"
			in.Login, in.Role, in.LoginEmail = "off", "admin", &other
			letters := len(h.server.Letters())
			done, err := h.enroll(boss, in)
			h.deliver()
			c := h.now(h.school, done.Contact.ID)
			if err != nil || !done.Letter.IsZero() || c.State() != contact.WithoutLogin || c.Role != contact.User || !c.LoginEmail.IsZero() || len(h.server.Letters()) != letters {
				t.Errorf("%v %+v", err, c)
			}
		})
		t.Run("what else the input says of source and authorisation has no effect, and no other role is given", func(t *testing.T) {
			in := colleague("Salaün", "Yuna", "yuna@corvenne.example")
			in.Source, in.Primary = contact.Import, true
			done, err := h.enroll(boss, in)
			if c := done.Contact; err != nil || c.Source != contact.Portal || !c.AuthorizedAt.IsZero() {
				t.Errorf("%v %+v", err, c)
			}
			in = colleague("Salaün", "Nolwenn", "nolwenn@corvenne.example")
			in.Role = "super_admin"
			_, err = h.enroll(boss, in)
			isRefused(t, err, fault.Invalid, "role", "contact.super_admin_handed_over")
			in.Role = "owner"
			_, err = h.enroll(boss, in)
			isRefused(t, err, fault.Invalid, "role", "fault.choice")
			in.Login = "maybe"
			_, err = h.enroll(boss, in)
			isRefused(t, err, fault.Invalid, "login_enabled", "fault.choice")
		})
		t.Run("every fault stands beside its field at once", func(t *testing.T) {
			taken := "petit@brenval.example"
			_, err := h.enroll(boss, contact.Input{Login: "on", Role: "x", Phone: "12", LoginEmail: &taken})
			f := fault.As(err)
			if f == nil || len(f.Fields) != 7 {
				t.Fatalf("%+v", f)
			}
			again := contact.Input{Login: "on", Role: "x", Phone: "12", LoginEmail: &taken}
			if _, err := h.foresee(boss, again); len(fault.As(err).Fields) != 7 {
				t.Errorf("the summary says something else: %v", err)
			}
		})
		t.Run("an address with which somebody of the organisation signs in is refused, typed or proposed", func(t *testing.T) {
			_, err := h.enroll(boss, colleague("Tanguy", "Enora", "petit@brenval.example"))
			isRefused(t, err, fault.Invalid, "login_email", "contact.login_email_taken")
			other := "PETIT@brenval.example"
			in := colleague("Tanguy", "Enora", "enora@corvenne.example")
			in.LoginEmail = &other
			_, err = h.enroll(boss, in)
			if f := fault.As(err); f == nil || f.Fields[0].Name != "login_email" || f.Fields[0].Proposal != "" {
				t.Errorf("%+v", f)
			}
			in.LoginEmail = nil
			in.Email = "petit@brenval.example"
			in.Login = "off"
			if _, err := h.enroll(boss, in); err != nil {
				t.Errorf("a professional address may be shared: %v", err)
			}
		})
		t.Run("the same form again makes nothing and sends nothing", func(t *testing.T) {
			in := colleague("Cadiou", "Soizic", "soizic@corvenne.example")
			first, err := h.enroll(boss, in)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := h.foresee(boss, in); err != nil || c.FamilyName.String() != "Cadiou" {
				t.Errorf("back to the summary: %v %+v", err, c)
			}
			in.Role = "admin"
			again, err := h.enroll(boss, in)
			if err != nil || again.Contact.ID != first.Contact.ID || again.Contact.Role != contact.User || !again.Letter.IsZero() || h.lines(h.school, first.Contact.ID, "contact.enrolled") != 1 {
				t.Errorf("%v %+v", err, again)
			}
			in.Submission = id.NewJob().UUID
			_, err = h.enroll(boss, in)
			isRefused(t, err, fault.Conflict, "family_name", "contact.exists")
			if link := fault.As(err).Fields[0].Link; link != "/brenval/portal/"+boss.Organization.String()+"/contacts/"+first.Contact.ID.String() {
				t.Error(link)
			}
			_, err = h.foresee(boss, in)
			isRefused(t, err, fault.Conflict, "family_name", "contact.exists")
		})
		t.Run("whom the portal does not show is not told of", func(t *testing.T) {
			hidden := h.contactFrom(h.school, "Le Bihan", "Tristan", "tristan@corvenne.example", contact.Landing)
			h.send(h.school, hidden.ID)
			in := colleague("LE BIHAN", "tristan", "autre@corvenne.example")
			ours := id.NewJob().UUID
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET submission = $1 WHERE workspace_id = $2 AND id = $3`, ours, h.school.officer.Workspace, hidden.ID)
				return err
			})
			for _, submission := range []id.UUID{{}, ours, id.NewJob().UUID} {
				in.Submission = submission
				for _, err := range []error{second(h.enroll(boss, in)), second(h.foresee(boss, in))} {
					isRefused(t, err, fault.Conflict, "family_name", "contact.exists_unseen")
					if f := fault.As(err); f.Fields[0].Link != "" || f.Fields[0].Args["Name"] != nil {
						t.Errorf("%+v", f)
					}
				}
			}
			_, err := h.enroll(boss, colleague("Bodénès", "Ronan", "tristan@corvenne.example"))
			isRefused(t, err, fault.Invalid, "login_email", "contact.login_email_unavailable")
			if f := fault.As(err); len(f.Fields[0].Args) != 0 {
				t.Errorf("%+v", f)
			}
		})
		t.Run("a proposal tells nothing of other organisations’ people", func(t *testing.T) {
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				o, err := organization.Create(ctx, tx, h.school.officer, organization.Input{Name: "Forges du Port", City: "Brest"})
				if err == nil {
					_, err = contact.Create(ctx, tx, h.school.officer, o.ID, contact.Input{Civility: "mr", FamilyName: "Hervé", GivenName: "Paul", Phone: "02 61 91 40 10", Email: "paul@forges.example", Source: contact.Form})
				}
				return err
			})
			_, err := h.foresee(boss, colleague("Hamon", "Gaëlle", "Paul@forges.example"))
			if f := fault.As(err); f == nil || f.Fields[0].Proposal != "paul@forges.example" {
				t.Errorf("%+v", f)
			}
		})
		t.Run("what another host knows of the person changes nothing", func(t *testing.T) {
			h.contact(h.vendor, "Riou", "Maxime", "maxime@corvenne.example")
			done, err := h.enroll(boss, colleague("Riou", "Maxime", "maxime@corvenne.example"))
			if err != nil || done.Letter.IsZero() {
				t.Errorf("%v", err)
			}
		})
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhoEnrolls(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		boss, head := h.one(h.school, contact.Admin, "Petit"), h.one(h.school, contact.SuperAdmin, "Garnier")
		user, elsewhere := h.one(h.school, contact.User, "Oliveira"), h.one(h.vendor, contact.Admin, "Nguyen")
		guest := boss
		guest.Role = actor.PortalGuest
		n := 0
		in := func() contact.Input {
			n++
			return colleague("Moreau", "Paul "+strings.Repeat("i", n), strings.Repeat("p", n)+"@corvenne.example")
		}
		t.Run("admins and super_admins may, within their organisation", func(t *testing.T) {
			for _, by := range []actor.Actor{boss, head} {
				if _, err := h.enroll(by, in()); err != nil {
					t.Error(err)
				}
			}
		})
		t.Run("nobody else may, and nobody elsewhere", func(t *testing.T) {
			for _, c := range []struct {
				by   actor.Actor
				of   id.Organization
				want fault.Kind
			}{
				{user, user.Organization, fault.Forbidden}, {guest, guest.Organization, fault.Forbidden}, {actor.Actor{}, boss.Organization, fault.Forbidden},
				{boss, h.vendor.organization, fault.NotFound}, {boss, id.NewOrganization(), fault.NotFound}, {elsewhere, h.school.organization, fault.NotFound},
			} {
				for _, login := range []string{"on", "off"} {
					x := in()
					x.Login = login
					err := h.try(func(ctx context.Context, tx *sqldb.Tx) error { return second(h.inviter.Enroll(ctx, tx, c.by, c.of, x)) })
					foreseen := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
						return second(h.inviter.Foresee(ctx, tx, c.by, c.of, x))
					})
					if !fault.Is(err, c.want) || !fault.Is(foreseen, c.want) {
						t.Errorf("%v in %v: %v, %v", c.by, c.of, err, foreseen)
					}
				}
			}
		})
		t.Run("an admin demoted or switched off a moment ago adds nobody", func(t *testing.T) {
			for _, change := range []string{`role = 'user'`, `role = 'admin', login_enabled = 0`} {
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE contact SET `+change+` WHERE workspace_id = $1 AND id = $2`, h.school.officer.Workspace, boss.Contact)
					return err
				})
				if _, err := h.enroll(boss, in()); !fault.Is(err, fault.Forbidden) {
					t.Errorf("%s: %v", change, err)
				}
			}
		})
		t.Run("many who add the same person, or give the same address, make one", func(t *testing.T) {
			for range 5 {
				same, address := in(), in().Email
				var done sync.WaitGroup
				errs := make([]error, 16)
				for i := range errs {
					x := same
					x.Submission = id.NewJob().UUID
					if i%2 == 1 {
						x = in()
						x.LoginEmail = &address
					} else {
						x.LoginEmail = &address
					}
					done.Go(func() { _, errs[i] = h.enroll(head, x) })
				}
				done.Wait()
				made := 0
				for _, err := range errs {
					if err == nil {
						made++
					} else if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				}
				if made != 1 {
					t.Errorf("%d were made", made)
				}
			}
		})
	})
}

// TestEnrollWithin is what the host keeps for itself.
func TestEnrollWithin(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		boss := h.one(h.school, contact.Admin, "Petit")
		bind := func(in delegation.Input) {
			t.Helper()
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				e, err := delegation.Get(ctx, tx, h.school.admin, boss.Organization)
				if err == nil {
					in.Version = e.Version
					_, err = delegation.Set(ctx, tx, h.school.admin, boss.Organization, in)
				}
				return err
			})
		}
		refused := func(in contact.Input) (list []string) {
			t.Helper()
			_, err := h.enroll(boss, in)
			_, foreseen := h.foresee(boss, in)
			f := fault.As(err)
			if f == nil || foreseen == nil || foreseen.Error() != err.Error() {
				t.Fatalf("%v, foreseen %v", err, foreseen)
			}
			for _, x := range f.Fields {
				list = append(list, x.Name+" "+x.Key)
			}
			return list
		}
		in := colleague("Kervella", "Maëlle", "maelle@corvenne.example")
		in.Role = "admin"
		t.Run("no logins, no admins, other domains: beside their fields, together with the form’s own faults", func(t *testing.T) {
			bind(delegation.Input{AddContacts: true})
			bad := in
			bad.Phone = "12"
			if got := strings.Join(refused(bad), ", "); got != "phone phone.too_short, role delegation.admin_by_host, login_enabled delegation.logins_by_host, login_email delegation.logins_by_host" {
				t.Error(got)
			}
			bind(delegation.Input{AddContacts: true, GiveLogins: true, GiveAdmin: true, LoginDomains: "ailleurs.example"})
			if got := strings.Join(refused(in), ", "); got != "login_email delegation.domain" {
				t.Error(got)
			}
		})
		t.Run("no contacts at all", func(t *testing.T) {
			bind(delegation.Input{GiveLogins: true})
			if _, err := h.enroll(boss, in); !fault.Is(err, fault.Forbidden) || fault.As(err).Message.Key != "delegation.contacts_by_host" {
				t.Error(err)
			}
			if _, err := h.foresee(boss, in); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
		t.Run("the last login may be given once; the same form again is still the same", func(t *testing.T) {
			bind(delegation.Input{AddContacts: true, GiveLogins: true, GiveAdmin: true, MaxLogins: "2", Approval: true})
			first, err := h.enroll(boss, in)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := h.enroll(boss, in); err != nil || again.Contact.ID != first.Contact.ID {
				t.Errorf("%v", err)
			}
			if got := strings.Join(refused(colleague("Riou", "Maxime", "maxime@corvenne.example")), ", "); got != "login_enabled delegation.max_logins" {
				t.Error(got)
			}
			h.deliver()
			if c := h.now(h.school, first.Contact.ID); c.CredentialsSentAt.IsZero() || !c.AuthorizedAt.IsZero() {
				t.Errorf("the host approves: %+v", c)
			}
		})
	})
}
