package access_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
)

var rewrite = flag.Bool("rewrite", false, "write the golden table anew")

// scene is an act about to be done: by whom, to whom as they are kept.
type scene struct {
	*cast
	by actor.Actor
	c  contact.Contact
}

type matrixAct struct {
	name string
	do   func(ctx context.Context, tx *sqldb.Tx, s scene) error
}

// matrixActs are what can be done to one contact, as the faces do it.
var matrixActs = []struct {
	says string
	acts []matrixAct
}{
	{"What is kept of a contact", []matrixAct{
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
		{"primary", func(ctx context.Context, tx *sqldb.Tx, s scene) error {
			return contact.NamePrimary(ctx, tx, s.by, s.c.ID)
		}},
		{"delete", func(ctx context.Context, tx *sqldb.Tx, s scene) error {
			return access.Delete(ctx, tx, s.by, s.c.ID, s.heir)
		}},
	}},
	{"Its way in", []matrixAct{
		{"on", editing(func(in *contact.Input) { in.Login = "on" })},
		{"off", editing(func(in *contact.Input) { in.Login = "off" })},
		{"send", func(ctx context.Context, tx *sqldb.Tx, s scene) error {
			_, err := s.h.inviter.SendCredentials(ctx, tx, s.by, s.c.ID, access.Sending{SwitchOn: true})
			return err
		}},
		{"address", editing(func(in *contact.Input) { address := "nouvelle@corvenne.example"; in.LoginEmail = &address })},
		{"authorize", func(ctx context.Context, tx *sqldb.Tx, s scene) error {
			_, err := access.Authorize(ctx, tx, s.by, s.c.ID)
			return err
		}},
		{"revoke", func(ctx context.Context, tx *sqldb.Tx, s scene) error {
			_, err := s.h.inviter.Revoke(ctx, tx, s.by, s.c.ID, id.UUID{})
			return err
		}},
	}},
	{"Its role; it is offered the role by the super_admin who calls, or else by another, and transferred from it to another", []matrixAct{
		{"user", editing(func(in *contact.Input) { in.Role = "user" })},
		{"admin", editing(func(in *contact.Input) { in.Role = "admin" })},
		{"super", editing(func(in *contact.Input) { in.Role = "super_admin" })},
		{"offer", func(ctx context.Context, tx *sqldb.Tx, s scene) error {
			_, err := s.handovers.Offer(ctx, tx, s.by, s.c.ID)
			return err
		}},
		{"accept", offered((*handover.Desk).Accept)},
		{"refuse", offered((*handover.Desk).Refuse)},
		{"withdraw", offered((*handover.Desk).Withdraw)},
		{"transfer", func(ctx context.Context, tx *sqldb.Tx, s scene) error {
			return s.handovers.Transfer(ctx, tx, s.by, s.c.ID, handover.Transfer{To: s.taker, Reason: "Départ", SwitchOff: true})
		}},
	}},
	{"Adding somebody to its organisation", []matrixAct{
		{"contact", adding("off", "")}, {"user", adding("on", "user")}, {"admin", adding("on", "admin")}, {"super", adding("on", "super_admin")},
	}},
}

func editing(fn func(in *contact.Input)) func(context.Context, *sqldb.Tx, scene) error {
	return func(ctx context.Context, tx *sqldb.Tx, s scene) error {
		in := contact.Input{
			Civility: string(s.c.Civility), JobTitle: s.c.JobTitle, Mobile: s.c.Mobile.String(), Phone: s.c.Phone.String(), Email: s.c.Email.String(),
			Locale: s.c.Locale, TimeZone: s.c.TimeZone, Version: s.c.Version,
		}
		fn(&in)
		_, _, err := s.h.inviter.Edit(ctx, tx, s.by, s.c.ID, in)
		return err
	}
}

func renaming(to func(c contact.Contact) contact.NewName) func(context.Context, *sqldb.Tx, scene) error {
	return func(ctx context.Context, tx *sqldb.Tx, s scene) error {
		_, err := contact.Rename(ctx, tx, s.by, s.c.ID, to(s.c))
		return err
	}
}

// adding is by an organisation's own people to their own, and by staff to that of the contact.
func adding(on, role string) func(context.Context, *sqldb.Tx, scene) error {
	return func(ctx context.Context, tx *sqldb.Tx, s scene) error {
		in, of := colleague("Arrivante", "Inès", "ines@corvenne.example"), s.c.Organization
		in.Login, in.Role, in.Source = on, role, contact.Form
		if s.by.Kind == actor.Contact {
			of, in.Source = s.by.Organization, contact.Portal
		}
		_, err := s.h.inviter.Enroll(ctx, tx, s.by, of, in)
		return err
	}
}

// errNoOffer tells that the contact cannot be offered the role at all.
var errNoOffer = errors.New("cannot be offered the role")

// offered is what becomes of an offer to the contact.
func offered(act func(*handover.Desk, context.Context, *sqldb.Tx, actor.Actor, id.Handover) (handover.Offer, error)) func(context.Context, *sqldb.Tx, scene) error {
	return func(ctx context.Context, tx *sqldb.Tx, s scene) error {
		o, err := s.handovers.Offer(ctx, tx, s.giver, s.c.ID)
		if fault.As(err) != nil {
			return errNoOffer
		}
		if err == nil {
			_, err = act(s.handovers, ctx, tx, s.by, o.ID)
		}
		return err
	}
}

// cast are the callers of the matrix, and to whom they do it.
type cast struct {
	h         *town
	handovers *handover.Desk
	callers   []caller
	targets   []target
	heir      id.Contact  // follows the primary contact
	giver     actor.Actor // the super_admin among the callers, who offers the role
	taker     id.Contact  // an admin to whom it is transferred
}

type caller struct {
	name string
	by   actor.Actor
}

type target struct {
	name string
	id   id.Contact
}

// imagine gives a contact a past.
func (x *cast) imagine(of id.Contact, p contact.Past) id.Contact {
	x.h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		return contact.Imagine(ctx, tx, actor.OfProgram(x.h.school.officer.Workspace), of, p)
	})
	return of
}

// kept is a new contact with that past.
func (x *cast) kept(family string, p contact.Past) id.Contact {
	if p.Role == "" {
		p.Role = contact.User
	}
	c := x.h.contact(x.h.school, family, "Paul", strings.ToLower(family)+"@corvenne.example")
	if p.LoginEnabled {
		p.LoginEmail = c.Email
	}
	return x.imagine(c.ID, p)
}

// joined is a contact that has joined, but for what is changed of it.
func (x *cast) joined(family string, role contact.Role, change func(p *contact.Past)) id.Contact {
	by := x.h.one(x.h.school, role, family)
	c := x.h.now(x.h.school, by.Contact)
	p := contact.Past{Role: role, LoginEmail: c.LoginEmail, LoginEnabled: true, CredentialsSentAt: c.CredentialsSentAt, JoinedAt: c.JoinedAt, Login: c.Login, AuthorizedAt: c.AuthorizedAt}
	change(&p)
	return x.imagine(c.ID, p)
}

// invited is a contact to whom credentials went out; whether they arrived, the address says.
func (x *cast) invited(family, address string) id.Contact {
	c := x.h.contact(x.h.school, family, "Paul", address)
	return x.h.send(x.h.school, c.ID).ID
}

// refusing is an address that the mail server of the matrix does not take.
const refusing = "absent@corvenne.example"

// newCast fills the school's organisation with one contact of every sort.
func newCast(h *town) *cast {
	x := &cast{h: h, handovers: handover.NewDesk(config.Default().Handover)}
	primary := h.contact(h.school, "Principal", "Paul", "principal@corvenne.example").ID // the first
	x.heir = h.contact(h.school, "Suivant", "Paul", "suivant@corvenne.example").ID
	expired := x.invited("Ancien", "ancien@corvenne.example")
	h.clock.Pass(8 * 24 * time.Hour)
	x.call()
	active := func(*contact.Past) {}
	off := func(by string) func(p *contact.Past) {
		return func(p *contact.Past) { p.LoginEnabled, p.LoginDisabledBy = false, by }
	}
	unauthorised := func(p *contact.Past) { p.AuthorizedAt = 0 }
	now := sqldb.Time(h.clock.Now().UnixMicro())
	convened := func(role contact.Role) contact.Past {
		return contact.Past{Role: role, LoginEnabled: true, CredentialsSentAt: now, AuthorizedAt: now}
	}
	x.targets = []target{
		{"user, without login", x.kept("Neuf", contact.Past{})}, {"user, invited", x.kept("Convie", convened(contact.User))},
		{"user, invitation expired", expired}, {"user, invitation refused", x.invited("Absent", refusing)},
		{"user, not authorised", x.joined("Attente", contact.User, unauthorised)}, {"user, active", x.joined("Actif", contact.User, active)},
		{"user, off by staff", x.joined("Coupe", contact.User, off("staff"))}, {"user, off by portal", x.joined("Eteint", contact.User, off("portal"))},
		{"user, primary", primary},
		{"admin, without login", x.kept("Chef", contact.Past{Role: contact.Admin})}, {"admin, invited", x.kept("Cheffe", convened(contact.Admin))},
		{"admin, not authorised", x.joined("Novice", contact.Admin, unauthorised)}, {"admin, active", x.joined("Adjoint", contact.Admin, active)},
		{"admin, off by staff", x.joined("Suspendu", contact.Admin, off("staff"))}, {"admin, off by portal", x.joined("Pause", contact.Admin, off("portal"))},
		{"super_admin, invited", x.kept("Futur", convened(contact.SuperAdmin))}, {"super_admin, active", x.joined("Patron", contact.SuperAdmin, active)},
		{"unseen", h.contactFrom(h.school, "Depot", "Paul", "depot@corvenne.example", contact.Landing).ID}, {"nobody", id.NewContact()},
	}
	x.taker = x.joined("Repreneur", contact.Admin, active)
	return x
}

// call makes the callers.
func (x *cast) call() {
	h := x.h
	guest := h.one(h.school, contact.Admin, "Invite")
	guest.Role = actor.PortalGuest
	x.imagine(guest.Contact, contact.Past{Role: contact.Admin, LoginEnabled: true, JoinedAt: h.now(h.school, guest.Contact).JoinedAt, Login: guest.Login})
	x.giver = h.one(h.school, contact.SuperAdmin, "Superbe")
	beside := h.elsewhere(h.school, "voisin@voisin.example")
	neighbour := x.giver
	neighbour.Contact, neighbour.Organization = beside.ID, beside.Organization
	x.callers = []caller{
		{"guest", guest}, {"user", h.one(h.school, contact.User, "Usage")}, {"admin", h.one(h.school, contact.Admin, "Admine")},
		{"super_admin", x.giver}, {"officer", h.school.officer}, {"staff admin", h.school.admin},
		{"other organisation", neighbour}, {"other workspace", h.one(h.vendor, contact.SuperAdmin, "Lointain")}, {"other staff", h.vendor.admin},
	}
}

// TestMatrix is who may do what to whom, complete: every caller, target, state and act. Testdata/matrix.txt says what came of each, on both
// engines; every act was taken back, and a refused one leaves nothing behind.
func TestMatrix(t *testing.T) {
	o := mailtest.Options{Rcpt: func(to string) error {
		if to == refusing {
			return mailtest.Refuse(550, "no such user here")
		}
		return nil
	}}
	eachWith(t, o, func(t *testing.T, h *town) {
		x := newCast(h)
		before := h.fingerprint()
		got := x.table()
		if after := h.fingerprint(); after != before {
			t.Errorf("something stayed:\n%s\n%s", before, after)
		}
		if *rewrite {
			if err := os.WriteFile("testdata/matrix.txt", []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile("testdata/matrix.txt")
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(string(kept), "\n")
		for i, line := range strings.Split(got, "\n") {
			if i >= len(want) || want[i] != line {
				t.Errorf("line %d:\n%s", i+1, line)
			}
		}
	})
}

// table is the whole matrix: those to whom the same may be done stand on one line.
func (x *cast) table() string {
	var b strings.Builder
	b.WriteString("yes = done; forbidden, conflict, invalid = refused so; – = there is nobody such; . = nobody can be offered the role so\nto whom:")
	for _, to := range x.targets {
		fmt.Fprintf(&b, "\n  %s", to.name)
	}
	b.WriteString("\n")
	for _, group := range matrixActs {
		fmt.Fprintf(&b, "\n%s\n\n%-20s", group.says, "caller")
		for _, a := range group.acts {
			fmt.Fprintf(&b, "%-11s", a.name)
		}
		b.WriteString("to whom\n")
		for _, c := range x.callers {
			targets := x.targets
			if c.by.Kind == actor.Contact {
				targets = append([]target{{"oneself", c.by.Contact}}, targets...)
			}
			x.rows(&b, c, targets, group.acts)
		}
	}
	return b.String()
}

// rows are what comes of one caller's acts; what comes of them for most stands last.
func (x *cast) rows(b *strings.Builder, c caller, targets []target, acts []matrixAct) {
	var rows []string
	whom := map[string][]string{}
	for _, to := range targets {
		row := x.row(c, to, acts)
		if whom[row] == nil {
			rows = append(rows, row)
		}
		whom[row] = append(whom[row], to.name)
	}
	usual := ""
	for _, row := range rows {
		if 2*len(whom[row]) > len(targets) {
			usual = row + "everybody else\n"
			continue
		}
		fmt.Fprintf(b, "%s%s\n", row, strings.Join(whom[row], "; "))
	}
	b.WriteString(usual)
}

func (x *cast) row(c caller, to target, acts []matrixAct) string {
	row := fmt.Sprintf("%-20s", c.name)
	for _, a := range acts {
		row += fmt.Sprintf("%-11s", x.outcome(c.by, to.id, a))
	}
	return row
}

// fingerprint changes when anything does that an act on a contact writes.
func (h *town) fingerprint() (text string) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		for _, query := range []string{
			`SELECT SUM(version * 31 + login_epoch * 17 + number + login_enabled) FROM contact WHERE workspace_id > 0`, `SELECT COUNT(*) FROM contact WHERE workspace_id > 0`,
			`SELECT COUNT(*) FROM journal_line WHERE workspace_id > 0`, `SELECT COUNT(*) FROM handover WHERE workspace_id > 0`, `SELECT COUNT(*) FROM session`, `SELECT COUNT(*) FROM letter`, `SELECT COUNT(*) FROM invitation WHERE workspace_id > 0 AND ended_at IS NULL`,
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

// outcome tries an act and takes it back: "yes", or the kind of its refusal.
func (x *cast) outcome(by actor.Actor, of id.Contact, a matrixAct) string {
	h := x.h
	h.Helper()
	s := scene{x, by, contact.Contact{Row: contact.Row{ID: of}}}
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		known, err := contact.Get(ctx, tx, h.school.officer, of)
		if fault.Is(err, fault.NotFound) {
			known, err = contact.Get(ctx, tx, h.vendor.officer, of)
		}
		if err == nil {
			s.c = known
		}
		return nil
	})
	err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		if err := a.do(ctx, tx, s); err != nil {
			return err
		}
		return errTakenBack
	})
	switch f := fault.As(err); {
	case err == errTakenBack:
		return "yes"
	case err == errNoOffer:
		return "."
	case f == nil:
		h.Fatalf("%s: %v", a.name, err)
	case f.Kind == fault.NotFound:
		return "–"
	default:
		return f.Kind.String()
	}
	return ""
}

var errTakenBack = errors.New("taken back")
