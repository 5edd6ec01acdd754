package surface

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/access/audience"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// troupe are the people of an organisation, and an admin of another; all may come in.
type troupe struct {
	in                                         *installation
	asker, watcher, other, admin, second, away contact.Contact
}

func (in *installation) troupe() *troupe {
	in.t.Helper()
	at := in.organization(in.school).ID
	one := func(role contact.Role) contact.Contact { return in.leader(in.school, at, role) }
	c := &troupe{in: in, asker: one(contact.User), watcher: one(contact.User), other: one(contact.User), admin: one(contact.Admin), second: one(contact.Admin)}
	c.away = in.leader(in.school, in.organization(in.school).ID, contact.Admin)
	return c
}

func (c *troupe) people() map[string]contact.Contact {
	return map[string]contact.Contact{"asker": c.asker, "watcher": c.watcher, "other": c.other, "admin": c.admin, "second": c.second, "away": c.away}
}

func (c *troupe) as(who contact.Contact) actor.Actor {
	return actor.Actor{Kind: actor.Contact, Workspace: c.in.school.ID, Login: who.Login, Contact: who.ID, Organization: who.Organization, Role: actor.RoleOfContact(string(who.Role), true)}
}

// asked is a request of the asker's, watched by the watcher too, brought through those states.
func (c *troupe) asked(states ...request.State) (r request.Request) {
	c.in.t.Helper()
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if r, err = request.Create(ctx, tx, c.as(c.asker), request.Input{Kind: "technical", Subject: "Écran noir", Text: "Depuis ce matin."}); err != nil {
			return err
		}
		if err := request.Watch(ctx, tx, c.in.school.by, r.ID, c.watcher.ID); err != nil {
			return err
		}
		for _, s := range states {
			if err := request.Move(ctx, tx, c.in.school.by, r.ID, s); err != nil {
				return err
			}
		}
		return nil
	})
	c.in.forget()
	return r
}

// forget has nobody told of what was done to make ready.
func (in *installation) forget() {
	in.t.Helper()
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM notice_event`)
		return err
	})
}

func (c *troupe) on(r request.Request, act func(ctx context.Context, tx *sqldb.Tx, r id.Request) error) id.UUID {
	c.in.t.Helper()
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) error { return act(ctx, tx, r.ID) })
	return r.ID.UUID
}

func (c *troupe) received(name, content string) file.Received {
	c.in.t.Helper()
	f, err := c.in.files.Receive(c.in.t.Context(), strings.NewReader(content), name)
	if err != nil {
		c.in.t.Fatal(err)
	}
	return f
}

// made asks for a request by somebody for the asker.
func (c *troupe) made(by actor.Actor, in request.Input) id.UUID {
	c.in.t.Helper()
	in.Kind, in.Subject, in.Text = "technical", "Clavier", "Une touche ne répond plus."
	var r request.Request
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		r, err = request.Create(ctx, tx, by, in)
		return err
	})
	return r.ID.UUID
}

func (c *troupe) said(by actor.Actor, in request.Remark) id.UUID {
	return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
		_, err := request.Say(ctx, tx, by, r, in)
		return err
	})
}

// waited passes the time and has the reminders sent and the requests closed that it is time for.
func (c *troupe) waited(r request.Request, days int) id.UUID {
	c.in.clock.Pass(time.Duration(days)*24*time.Hour + time.Hour)
	return c.on(r, func(ctx context.Context, tx *sqldb.Tx, _ id.Request) error {
		_, err := request.Sweep(ctx, tx, request.PatienceOf(c.in.config.Requests), 1000)
		return err
	})
}

func (c *troupe) billed(change func(*invoice.Input)) (i invoice.Invoice) {
	c.in.t.Helper()
	_, number := c.in.next()
	in := invoice.Input{Number: number, Kind: "invoice", IssuedOn: "2026-01-05", DueOn: "2099-01-05", NetAmount: "100", AmountDue: "120"}
	if change != nil {
		change(&in)
	}
	pdf := c.received("facture.pdf", aPDF)
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		i, err = invoice.Create(ctx, tx, c.in.school.by, c.asker.Organization, in, pdf)
		return err
	})
	return i
}

func (c *troupe) inviter() *access.Inviter {
	return access.NewInviter(invitation.NewMaker(c.in.secret, invitation.LimitsOf(c.in.config.Invitations)), login.Links(c.in.secret, login.DefaultLimits()))
}

// edited saves the form of a contact.
func (c *troupe) edited(by actor.Actor, who contact.Contact, change func(*contact.Input)) id.UUID {
	c.in.t.Helper()
	now := c.in.get(c.in.school, who.ID)
	in := contact.Input{Civility: string(now.Civility), Phone: now.Phone.String(), Email: now.Email.String(), Version: now.Version}
	change(&in)
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, _, err := c.inviter().Edit(ctx, tx, by, who.ID, in)
		return err
	})
	return who.ID.UUID
}

func (c *troupe) alarmed(what login.Alarm) id.UUID {
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) error { return audience.Alarmed(ctx, tx, c.asker.Login, what) })
	return c.asker.ID.UUID
}

func (c *troupe) added(by actor.Actor) id.UUID {
	c.in.t.Helper()
	var made contact.Contact
	_, family := c.in.next()
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		made, err = access.Add(ctx, tx, by, c.asker.Organization, contact.Input{Civility: "ms", FamilyName: family, GivenName: "Inès", Phone: "01 99 00 12 34", Email: family + "@corvenne.example", Source: contact.Form})
		return err
	})
	return made.ID.UUID
}

// refused invites somebody, and the mail server will not have the letter.
func (c *troupe) refused() id.UUID {
	c.in.t.Helper()
	whom := c.in.person(c.in.school, c.asker.Organization)
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := c.inviter().SendCredentials(ctx, tx, c.in.school.by, whom.ID, access.Sending{})
		return err
	})
	c.in.forget()
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		of, err := sqldb.One(ctx, tx, sqldb.Value[id.UUID], `SELECT subject_id FROM letter WHERE workspace_id = $1 AND contact_id = $2 AND kind = 'invitation'`, c.in.school.ID, whom.ID)
		if err != nil {
			return err
		}
		for _, k := range c.inviter().Kinds() {
			if k.Name == access.LetterInvitation {
				err = k.Refused(ctx, tx, mail.Letter{Workspace: c.in.school.ID, Contact: whom.ID, Subject: of})
			}
		}
		return err
	})
	return whom.ID.UUID
}

func (c *troupe) filed(visibility document.Visibility, again bool) id.UUID {
	c.in.t.Helper()
	of := c.in.document(c.in.school, c.asker.Organization, visibility)
	if again {
		c.in.forget()
		files := []file.Received{c.received("convention.pdf", aPDF+"\n")}
		c.in.update(func(ctx context.Context, tx *sqldb.Tx) error {
			d, err := document.Get(ctx, tx, c.in.school.by, of)
			if err == nil {
				_, err = document.AddVersion(ctx, tx, c.in.school.by, of, document.Input{Revision: d.Revision}, files)
			}
			return err
		})
	}
	return of.UUID
}

// judged is an offer of the asker's that staff accept or reject.
func (c *troupe) judged(reason string) id.UUID {
	c.in.t.Helper()
	var o offer.Offer
	c.in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = offer.Create(ctx, tx, c.as(c.asker), c.asker.Organization, offer.Input{Text: offer.Text{Title: "Soudeur", Contract: "apprenticeship", Description: "À l’atelier.", Posts: "1"}})
		if err != nil {
			return err
		}
		if reason != "" {
			_, err = offer.Reject(ctx, tx, c.in.school.by, o.ID, reason)
			return err
		}
		_, err = offer.Accept(ctx, tx, c.in.school.by, o.ID)
		return err
	})
	return o.ID.UUID
}

// hearing is who hears of an act: the kind and the detail; «bell» after it where another letter says the same.
type hearing map[string]string

// both are those who watch the request of the troupe.
func both(what string) hearing { return hearing{"asker": what, "watcher": what} }

// acts are all that is done, and who is told what of it. Whoever is not named is told nothing.
var acts = []struct {
	what string
	do   func(c *troupe) id.UUID // gives what it is about
	want hearing
}{
	{"a request is made for oneself", func(c *troupe) id.UUID { return c.made(c.as(c.asker), request.Input{}) }, nil},
	{"a request is made by staff for somebody", func(c *troupe) id.UUID { return c.made(c.in.school.by, request.Input{For: c.asker.ID}) }, hearing{"asker": "request_watching"}},
	{"a request is made by an admin for somebody", func(c *troupe) id.UUID { return c.made(c.as(c.admin), request.Input{For: c.asker.ID}) }, hearing{"asker": "request_watching"}},
	{"staff answer", func(c *troupe) id.UUID { return c.said(c.in.school.by, request.Remark{Text: "Nous regardons."}) }, both("request_comment in_progress")},
	{"staff answer and wait", func(c *troupe) id.UUID {
		return c.said(c.in.school.by, request.Remark{Text: "Quel modèle ?", Then: "waiting_customer"})
	}, both("request_comment waiting_customer")},
	{"the customer comments", func(c *troupe) id.UUID { return c.said(c.as(c.asker), request.Remark{Text: "Toujours rien."}) }, hearing{"watcher": "request_comment"}},
	{"a file is added", func(c *troupe) id.UUID {
		return c.said(c.as(c.watcher), request.Remark{Text: "Voici.", Files: []file.Received{c.received("note.txt", "des mots")}})
	}, hearing{"asker": "request_comment"}},
	{"staff note for themselves", func(c *troupe) id.UUID {
		return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			_, err := request.Jot(ctx, tx, c.in.school.by, r, request.Remark{Text: "Entre nous."})
			return err
		})
	}, nil},
	{"it is given to somebody of the team", func(c *troupe) id.UUID {
		return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return request.Assign(ctx, tx, c.in.school.by, r, c.in.school.by.Login)
		})
	}, nil},
	{"its kind is corrected", func(c *troupe) id.UUID {
		return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return request.Sort(ctx, tx, c.in.school.by, r, request.Administrative)
		})
	}, nil},
	{"it becomes another's", func(c *troupe) id.UUID {
		return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return request.Relate(ctx, tx, c.in.school.by, r, c.other.ID, false)
		})
	}, hearing{"other": "request_watching"}},
	{"staff bring it into another state", func(c *troupe) id.UUID {
		return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return request.Move(ctx, tx, c.in.school.by, r, request.InProgress)
		})
	}, both("request_state in_progress")},
	{"it is withdrawn", func(c *troupe) id.UUID {
		return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return request.Withdraw(ctx, tx, c.as(c.asker), r)
		})
	}, hearing{"watcher": "request_state withdrawn"}},
	{"it is reopened", func(c *troupe) id.UUID {
		return c.on(c.asked(request.InProgress, request.Resolved), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return request.Reopen(ctx, tx, c.as(c.asker), r)
		})
	}, hearing{"watcher": "request_state in_progress"}},
	{"it is closed", func(c *troupe) id.UUID {
		return c.on(c.asked(request.InProgress, request.Resolved), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return request.Move(ctx, tx, c.in.school.by, r, request.Closed)
		})
	}, both("request_state closed")},
	{"the customer is reminded", func(c *troupe) id.UUID { return c.waited(c.asked(request.InProgress, request.WaitingCustomer), 5) }, both("request_state reminder")},
	{"it is closed by itself", func(c *troupe) id.UUID {
		r := c.asked(request.InProgress, request.WaitingCustomer)
		c.waited(r, 5)
		c.in.forget()
		return c.waited(r, 10)
	}, both("request_state closed")},
	{"an admin has a colleague watch", func(c *troupe) id.UUID {
		return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return request.Watch(ctx, tx, c.as(c.admin), r, c.other.ID)
		})
	}, hearing{"other": "request_watching"}},
	{"somebody watches, and watches no more", func(c *troupe) id.UUID {
		return c.on(c.asked(), func(ctx context.Context, tx *sqldb.Tx, r id.Request) error {
			return cmp.Or(request.Watch(ctx, tx, c.as(c.admin), r, c.admin.ID), request.Unwatch(ctx, tx, c.as(c.admin), r, c.admin.ID))
		})
	}, nil},
	{"an invoice is filed", func(c *troupe) id.UUID { return c.billed(nil).ID.UUID }, hearing{"admin": "invoice_new invoice", "second": "invoice_new invoice"}},
	{"a credit note is filed", func(c *troupe) id.UUID {
		return c.billed(func(in *invoice.Input) { in.Kind, in.DueOn = "credit_note", "" }).ID.UUID
	}, hearing{"admin": "invoice_new credit_note", "second": "invoice_new credit_note"}},
	{"an invoice is filed that is paid", func(c *troupe) id.UUID { return c.billed(func(in *invoice.Input) { in.State = "paid" }).ID.UUID }, nil},
	{"an invoice is paid", func(c *troupe) id.UUID {
		i := c.billed(nil)
		c.in.forget()
		c.in.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := invoice.SetState(ctx, tx, c.in.school.by, invoice.Paid, i.ID)
			return err
		})
		return i.ID.UUID
	}, nil},
	{"an invoice is overdue", func(c *troupe) id.UUID {
		i := c.billed(func(in *invoice.Input) { in.DueOn = "2026-01-06" })
		c.in.forget()
		c.in.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := invoice.Sweep(ctx, tx, 1000)
			return err
		})
		return i.ID.UUID
	}, hearing{"admin": "invoice_overdue invoice", "second": "invoice_overdue invoice"}},
	{"an admin gives a role", func(c *troupe) id.UUID {
		return c.edited(c.as(c.admin), c.other, func(in *contact.Input) { in.Role = string(contact.Admin) })
	}, hearing{"other": "own_role admin", "second": "role_changed admin"}},
	{"staff take a role", func(c *troupe) id.UUID {
		return c.edited(c.in.school.by, c.second, func(in *contact.Input) { in.Role = string(contact.User) })
	}, hearing{"second": "own_role user", "admin": "role_changed user"}},
	{"a login is switched off", func(c *troupe) id.UUID {
		return c.edited(c.as(c.admin), c.other, func(in *contact.Input) { in.Login = "off" })
	}, nil},
	{"an invitation is refused by the mail server", (*troupe).refused, hearing{"admin": "invitation_refused", "second": "invitation_refused"}},
	{"an admin adds a contact", func(c *troupe) id.UUID { return c.added(c.as(c.admin)) }, hearing{"second": "contact_added"}},
	{"staff add a contact", func(c *troupe) id.UUID { return c.added(c.in.school.by) }, hearing{"admin": "contact_added", "second": "contact_added"}},
	{"somebody signs in from another browser", func(c *troupe) id.UUID { return c.alarmed(login.NewBrowser) }, hearing{"asker": "signed_in"}},
	{"a password is changed", func(c *troupe) id.UUID { return c.alarmed(login.NewPassword) }, hearing{"asker": "password_changed | bell"}},
	{"an address is changed", func(c *troupe) id.UUID { return c.alarmed(login.NewAddress) }, hearing{"asker": "address_changed | bell"}},
	{"a document is filed for admins", func(c *troupe) id.UUID { return c.filed(document.ForAdmins, false) }, hearing{"admin": "document_added", "second": "document_added"}},
	{"a document is filed for all", func(c *troupe) id.UUID { return c.filed(document.ForAll, false) },
		hearing{"asker": "document_added", "watcher": "document_added", "other": "document_added", "admin": "document_added", "second": "document_added"}},
	{"a document is filed for staff", func(c *troupe) id.UUID { return c.filed(document.ForStaff, false) }, nil},
	{"a document has a new version", func(c *troupe) id.UUID { return c.filed(document.ForAdmins, true) }, hearing{"admin": "document_added version", "second": "document_added version"}},
	{"an offer is accepted", func(c *troupe) id.UUID { return c.judged("") }, hearing{"asker": "offer_state active"}},
	{"an offer is rejected", func(c *troupe) id.UUID { return c.judged("Complet.") }, hearing{"asker": "offer_state rejected"}},
}

// preferences are how everybody of the troupe wants to hear of all that may be switched off.
var preferences = []struct {
	what              string
	bell, mail, daily bool
}{{"both", true, true, false}, {"no bell", false, true, false}, {"no letters", true, false, false}, {"neither", false, false, false}, {"a letter a day", true, true, true}}

func TestActsAndNotices(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		desk := notice.NewDesk(notice.Options{People: audience.People, Leaders: audience.Leaders, Retention: 90 * 24 * time.Hour})
		desk.Add(audience.Sources()...)
		desk.Add(request.Told(), invoice.Told(), offer.Told(), document.Told())
		teller := job.New(in.db, job.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		desk.Register(teller, notice.Clockwork{Digest: 365 * 24 * time.Hour, Sweep: 365 * 24 * time.Hour})
		for _, p := range preferences {
			for _, a := range acts {
				c := in.troupe()
				in.update(func(ctx context.Context, tx *sqldb.Tx) error { return c.prefer(ctx, tx, p.bell, p.mail, p.daily) })
				in.forget()
				about := a.do(c)
				if _, err := teller.RunDue(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, want := c.heard(about), hearing{}
				for who, what := range a.want {
					if said := expected(what, p.bell, p.mail, p.daily); said != "" {
						want[who] = said
					}
				}
				if !maps.Equal(got, want) {
					t.Errorf("%s, with %s: %v, want %v", a.what, p.what, got, want)
				}
			}
		}
	})
}

// expected is what somebody has of an event: of their own security whatever they chose, and at once.
func expected(what string, bell, mail, daily bool) string {
	what, bellOnly := strings.CutSuffix(what, " | bell")
	if kind, _, _ := strings.Cut(what, " "); notice.Kind(kind).Security() {
		bell, mail, daily = true, true, false
	}
	mail = mail && !bellOnly
	if !bell && !mail {
		return ""
	}
	for _, x := range []struct {
		is   bool
		text string
	}{{bell, " bell"}, {mail && !daily, " mail"}, {mail && daily, " daily"}} {
		if x.is {
			what += x.text
		}
	}
	return what
}

func (c *troupe) prefer(ctx context.Context, tx *sqldb.Tx, bell, mail, daily bool) error {
	var off []string
	for _, k := range notice.Switches(true) {
		off = append(off, string(k))
	}
	words := map[bool]string{false: strings.Join(off, " ")}
	for _, who := range c.people() {
		if _, err := tx.Exec(ctx, `INSERT INTO preference (workspace_id, contact_id, bell_off, mail_off, daily, hour, updated_at) VALUES ($1, $2, $3, $4, $5, 8, 0)`,
			c.in.school.ID, who.ID, words[bell], words[mail], daily); err != nil {
			return err
		}
	}
	return nil
}

// heard is what everybody of the troupe was told of it, in the bell and by letter.
func (c *troupe) heard(about id.UUID) hearing {
	c.in.t.Helper()
	got := hearing{}
	for name, who := range c.people() {
		var list []string
		c.in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			list, err = sqldb.List(ctx, tx, func(row sqldb.Scanner) (string, error) {
				var kind, detail string
				var bell, digest bool
				var letters int
				err := row.Scan(&kind, &detail, &bell, &digest, &letters)
				words := []string{kind, detail, map[bool]string{true: "bell"}[bell], map[int]string{0: "", 1: "mail"}[letters], map[bool]string{true: "daily"}[digest]}
				return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "), err
			}, `SELECT n.kind, n.detail, n.bell, n.digest, (SELECT count(*) FROM letter l WHERE l.workspace_id = n.workspace_id AND l.contact_id = n.contact_id AND l.subject_id = n.id AND l.kind = 'notice')
				FROM notice n WHERE n.workspace_id = $1 AND n.contact_id = $2 AND n.subject_id = $3 ORDER BY n.id`, c.in.school.ID, who.ID, about)
			return err
		})
		if len(list) > 0 {
			got[name] = strings.Join(list, ", ")
		}
	}
	return got
}

// TestEveryNoticeHasItsAct: no kind of notice is without an act that tells of it.
func TestEveryNoticeHasItsAct(t *testing.T) {
	shown := map[string]bool{}
	for _, a := range acts {
		for _, what := range a.want {
			kind, _, _ := strings.Cut(what, " ")
			shown[kind] = true
		}
	}
	for _, k := range slices.Concat(notice.Switches(true), notice.Always()) {
		if !shown[string(k)] {
			t.Errorf("no act of the table tells of %s", k)
		}
	}
}
