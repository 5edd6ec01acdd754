package access_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

var rewrite = flag.Bool("rewrite", false, "write the golden table anew")

// matrixActs are what can be done to one contact, as the faces do it.
var matrixActs = []struct {
	name string
	do   func(ctx context.Context, tx *sqldb.Tx, h *town, by actor.Actor, c contact.Contact, heir id.Contact) error
}{
	{"details", editing(func(in *contact.Input) { in.JobTitle = "Tutrice" })},
	{"email", editing(func(in *contact.Input) { in.Email = "autre@corvenne.example" })},
	{"respell", renaming(func(c contact.Contact) contact.NewName {
		return contact.NewName{FamilyName: strings.ToUpper(c.FamilyName.String()), GivenName: c.GivenName.String(), Version: c.Version}
	})},
	{"rename", renaming(func(c contact.Contact) contact.NewName {
		return contact.NewName{FamilyName: "Nouveau", GivenName: "Nom", Version: c.Version}
	})},
	{"replace", renaming(func(c contact.Contact) contact.NewName {
		return contact.NewName{FamilyName: "Autre", GivenName: "Personne", Another: true, Version: c.Version}
	})},
	{"on", editing(func(in *contact.Input) { in.Login = "on" })},
	{"off", editing(func(in *contact.Input) { in.Login = "off" })},
	{"send", func(ctx context.Context, tx *sqldb.Tx, h *town, by actor.Actor, c contact.Contact, _ id.Contact) error {
		_, err := h.inviter.SendCredentials(ctx, tx, by, c.ID, access.Sending{SwitchOn: true})
		return err
	}},
	{"address", editing(func(in *contact.Input) { address := "nouvelle@corvenne.example"; in.LoginEmail = &address })},
	{"user", editing(func(in *contact.Input) { in.Role = "user" })},
	{"admin", editing(func(in *contact.Input) { in.Role = "admin" })},
	{"super", editing(func(in *contact.Input) { in.Role = "super_admin" })},
	{"primary", func(ctx context.Context, tx *sqldb.Tx, _ *town, by actor.Actor, c contact.Contact, _ id.Contact) error {
		return contact.NamePrimary(ctx, tx, by, c.ID)
	}},
	{"delete", func(ctx context.Context, tx *sqldb.Tx, _ *town, by actor.Actor, c contact.Contact, heir id.Contact) error {
		return access.Delete(ctx, tx, by, c.ID, heir)
	}},
}

func editing(fn func(in *contact.Input)) func(context.Context, *sqldb.Tx, *town, actor.Actor, contact.Contact, id.Contact) error {
	return func(ctx context.Context, tx *sqldb.Tx, h *town, by actor.Actor, c contact.Contact, _ id.Contact) error {
		in := contact.Input{
			Civility: string(c.Civility), JobTitle: c.JobTitle, Mobile: c.Mobile.String(), Phone: c.Phone.String(), Email: c.Email.String(),
			Locale: c.Locale, TimeZone: c.TimeZone, Version: c.Version,
		}
		fn(&in)
		_, _, err := h.inviter.Edit(ctx, tx, by, c.ID, in)
		return err
	}
}

func renaming(to func(c contact.Contact) contact.NewName) func(context.Context, *sqldb.Tx, *town, actor.Actor, contact.Contact, id.Contact) error {
	return func(ctx context.Context, tx *sqldb.Tx, _ *town, by actor.Actor, c contact.Contact, _ id.Contact) error {
		_, err := contact.Rename(ctx, tx, by, c.ID, to(c))
		return err
	}
}

// cast are the callers of the matrix, and to whom they do it.
type cast struct {
	callers []caller
	targets []target
	heir    id.Contact
}

type caller struct {
	name string
	by   actor.Actor
}

type target struct {
	name string
	id   id.Contact
}

// newCast fills the school's organisation with one contact of every sort.
func newCast(h *town) cast {
	as := func(of id.Contact, p contact.Past) id.Contact {
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			return contact.Imagine(ctx, tx, actor.OfProgram(h.school.officer.Workspace), of, p)
		})
		return of
	}
	kept := func(family string, p contact.Past) id.Contact {
		if p.Role == "" {
			p.Role = contact.User
		}
		return as(h.contact(h.school, family, "Paul", strings.ToLower(family)+"@corvenne.example").ID, p)
	}
	joined := func(family string, role contact.Role, change func(p *contact.Past)) id.Contact {
		by := h.one(h.school, role, family)
		c := h.now(h.school, by.Contact)
		p := contact.Past{Role: role, LoginEmail: c.LoginEmail, LoginEnabled: true, CredentialsSentAt: c.CredentialsSentAt, JoinedAt: c.JoinedAt, Login: c.Login, AuthorizedAt: c.AuthorizedAt}
		change(&p)
		return as(c.ID, p)
	}
	active := func(*contact.Past) {}
	primary := h.contact(h.school, "Principal", "Paul", "principal@corvenne.example").ID // the first
	x := cast{heir: h.contact(h.school, "Suivant", "Paul", "suivant@corvenne.example").ID}
	guest := h.one(h.school, contact.Admin, "Invite")
	guest.Role = actor.PortalGuest
	as(guest.Contact, contact.Past{Role: contact.Admin, LoginEnabled: true, JoinedAt: h.now(h.school, guest.Contact).JoinedAt, Login: guest.Login})
	x.callers = []caller{
		{"guest", guest}, {"user", h.one(h.school, contact.User, "Usage")}, {"admin", h.one(h.school, contact.Admin, "Admine")},
		{"super_admin", h.one(h.school, contact.SuperAdmin, "Superbe")}, {"officer", h.school.officer}, {"staff admin", h.school.admin},
	}
	beside := h.elsewhere(h.school, "voisin@voisin.example")
	neighbour := x.callers[3].by
	neighbour.Contact, neighbour.Organization = beside.ID, beside.Organization
	x.callers = append(x.callers, caller{"other organisation", neighbour}, caller{"other workspace", h.one(h.vendor, contact.SuperAdmin, "Lointain")}, caller{"other staff", h.vendor.admin})
	now := sqldb.Time(h.clock.Now().UnixMicro())
	x.targets = []target{
		{"user, without login", kept("Neuf", contact.Past{})},
		{"user, invited", kept("Convie", contact.Past{LoginEnabled: true, LoginEmail: h.now(h.school, x.heir).Email, CredentialsSentAt: now, AuthorizedAt: now})},
		{"user, active", joined("Actif", contact.User, active)},
		{"user, off by staff", joined("Coupe", contact.User, func(p *contact.Past) { p.LoginEnabled, p.LoginDisabledBy = false, "staff" })},
		{"user, off by portal", joined("Eteint", contact.User, func(p *contact.Past) { p.LoginEnabled, p.LoginDisabledBy = false, "portal" })},
		{"user, primary", primary},
		{"admin, without login", kept("Chef", contact.Past{Role: contact.Admin})},
		{"admin, active", joined("Adjoint", contact.Admin, active)},
		{"super_admin, active", joined("Patron", contact.SuperAdmin, active)},
		{"unseen", h.contactFrom(h.school, "Depot", "Paul", "depot@corvenne.example", contact.Landing).ID},
		{"nobody", id.NewContact()},
	}
	return x
}

// TestMatrix is who may do what to whom, complete: every caller, target, state and act. Testdata/matrix.txt says what came of each, on both
// engines; every act was taken back, and a refused one leaves nothing behind.
func TestMatrix(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		x := newCast(h)
		var b strings.Builder
		fmt.Fprintf(&b, "%-20s%-22s", "caller", "target")
		for _, a := range matrixActs {
			fmt.Fprintf(&b, "%-11s", a.name)
		}
		b.WriteString("\n")
		before := h.fingerprint()
		for _, c := range x.callers {
			targets := x.targets
			if c.by.Kind == actor.Contact {
				targets = append([]target{{"oneself", c.by.Contact}}, targets...)
			}
			for _, to := range targets {
				fmt.Fprintf(&b, "%-20s%-22s", c.name, to.name)
				for _, a := range matrixActs {
					fmt.Fprintf(&b, "%-11s", outcome(h, c.by, to.id, x.heir, a.do))
				}
				b.WriteString("\n")
			}
		}
		if after := h.fingerprint(); after != before {
			t.Errorf("something stayed:\n%s\n%s", before, after)
		}
		got := trimmed(b.String())
		if *rewrite {
			if err := os.WriteFile("testdata/matrix.txt", []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile("testdata/matrix.txt")
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(got, "\n") {
			if lines := strings.Split(string(want), "\n"); i >= len(lines) || lines[i] != line {
				t.Errorf("line %d:\n%s", i+1, line)
			}
		}
	})
}

// fingerprint changes when anything does that an act on a contact writes.
func (h *town) fingerprint() (text string) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		for _, query := range []string{
			`SELECT SUM(version * 31 + login_epoch * 17 + number + login_enabled) FROM contact WHERE workspace_id > 0`, `SELECT COUNT(*) FROM contact WHERE workspace_id > 0`,
			`SELECT COUNT(*) FROM journal_line WHERE workspace_id > 0`, `SELECT COUNT(*) FROM letter`, `SELECT COUNT(*) FROM invitation WHERE workspace_id > 0 AND ended_at IS NULL`,
			`SELECT COUNT(*) FROM account`, `SELECT COUNT(*) FROM login`, `SELECT COUNT(*) FROM job`,
		} {
			n, err := sqldb.One(ctx, tx, sqldb.Value[int64], query)
			if err != nil {
				return err
			}
			text += fmt.Sprint(n, " ")
		}
		return nil
	})
	return text
}

func trimmed(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// outcome tries an act and takes it back: "yes", or the kind of its refusal.
func outcome(h *town, by actor.Actor, of, heir id.Contact, do func(context.Context, *sqldb.Tx, *town, actor.Actor, contact.Contact, id.Contact) error) string {
	h.Helper()
	c := contact.Contact{Row: contact.Row{ID: of}}
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		known, err := contact.Get(ctx, tx, h.school.officer, of)
		if fault.Is(err, fault.NotFound) {
			known, err = contact.Get(ctx, tx, h.vendor.officer, of)
		}
		if err == nil {
			c = known
		}
		return nil
	})
	err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		if err := do(ctx, tx, h, by, c, heir); err != nil {
			return err
		}
		return errTakenBack
	})
	switch f := fault.As(err); {
	case err == errTakenBack:
		return "yes"
	case f == nil:
		h.Fatalf("%v", err)
	case f.Kind == fault.NotFound:
		return "–"
	default:
		return f.Kind.String()
	}
	return ""
}

var errTakenBack = fmt.Errorf("taken back")
