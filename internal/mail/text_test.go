package mail

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestTexts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock, mailtest.Options{}, nil)
		host(t, db, 1)
		host(t, db, 2)
		english := locale.For(locale.English, locale.Company, locale.School, nil)
		by := admin(1)
		save := func(p *locale.Printer, in TextInput) (text Text, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				text, err = s.post.SaveText(t.Context(), tx, by, "trial", p, in)
				return err
			})
			return text, err
		}
		read := func(w id.Workspace, p *locale.Printer) Text {
			return look(t, db, func(ctx context.Context, tx *sqldb.Tx) (Text, error) {
				return s.post.Text(ctx, tx, admin(w), "trial", p)
			})
		}
		sent := func(l Letter) Message {
			return look(t, db, func(ctx context.Context, tx *sqldb.Tx) (Message, error) { return s.post.Compose(ctx, tx, l) })
		}
		mine := Letter{ID: id.NewLetter(), Kind: "trial", Workspace: 1, Contact: id.NewContact()}
		t.Run("a workspace begins with Entregent's text, in the words of the language", func(t *testing.T) {
			fr, en := read(1, french), read(1, english)
			if fr.Own || fr.Version != 0 || !strings.Contains(fr.Body, "{nom complet}") || !strings.Contains(en.Body, "{full name}") || !strings.Contains(fr.Subject, "{espace}") {
				t.Errorf("%+v\n%+v", fr, en)
			}
			if kinds := s.post.Kinds(); len(kinds) != 1 || kinds[0].Name != "trial" {
				t.Error(kinds)
			}
		})
		var first Text
		t.Run("its own is kept whether it is in use or not, and used only when it is", func(t *testing.T) {
			var err error
			first, err = save(french, TextInput{Subject: " Bonjour\n{Full Name} ", Body: "*Salut* {nom complet}.\r\n\r\nÀ vous."})
			if err != nil || !first.Own || first.Subject != "Bonjour {nom complet}" || first.Body != "*Salut* {nom complet}.\n\nÀ vous." || first.Version == 0 {
				t.Fatalf("%+v, %v", first, err)
			}
			if m := sent(mine); strings.Contains(m.Subject, "Bonjour") {
				t.Error(m.Subject)
			}
			if first, err = save(french, TextInput{Enabled: true, Subject: first.Subject, Body: first.Body, Version: first.Version}); err != nil {
				t.Fatal(err)
			}
			m := sent(mine)
			if m.Subject != "Bonjour Camille Garnier" || !strings.HasPrefix(m.Text, "Salut Camille Garnier.\n\nÀ vous.\n\n--\n") || !strings.Contains(m.HTML, "<strong>Salut</strong>") {
				t.Errorf("%q\n%s", m.Subject, m.Text)
			}
			foreign := mine
			foreign.Workspace = 2
			if m := sent(foreign); strings.Contains(m.Subject, "Bonjour") || read(2, french).Own {
				t.Error("another workspace uses it")
			}
			if read(1, english).Own {
				t.Error("the other language has it too")
			}
		})
		t.Run("the same again is confirmed, whatever version was seen; something else needs the current one", func(t *testing.T) {
			same, err := save(french, TextInput{Enabled: true, Subject: first.Subject, Body: first.Body})
			if err != nil || same != first {
				t.Errorf("%+v, %v", same, err)
			}
			now, err := save(french, TextInput{Enabled: true, Subject: "autre", Body: "autre", Version: first.Version - 1})
			if !fault.Is(err, fault.Conflict) || now != first || read(1, french) != first {
				t.Errorf("%+v, %v", now, err)
			}
		})
		t.Run("everything that is wrong comes back by field, and nothing is kept", func(t *testing.T) {
			_, err := save(english, TextInput{Enabled: true, Subject: " ", Body: "{full name} {code}"})
			f := fault.As(err)
			if f == nil || len(f.Fields) != 2 || f.Fields[0].Name != "subject" || f.Fields[0].Key != "fault.required" || f.Fields[1].Key != "mail.template.unknown" {
				t.Error(err)
			}
			_, err = save(english, TextInput{Subject: "https://example.org/{workspace}", Body: "\n"})
			f = fault.As(err)
			if f == nil || len(f.Fields) != 2 || f.Fields[0].Key != "mail.template.address" || f.Fields[1].Key != "fault.required" || read(1, english).Own {
				t.Error(err)
			}
		})
		t.Run("a preview shows what is being typed with invented facts", func(t *testing.T) {
			c, err := s.post.Preview(by, "trial", french, "École Brenval", sqldb.At(clock.Now()), TextInput{Subject: "S {espace}", Body: "*B* {nom complet}"})
			if err != nil || c.Subject != "S École Brenval" || len(c.Paragraphs) != 1 || !c.Paragraphs[0][0].Strong || c.Paragraphs[0][1].Text != " " || c.Paragraphs[0][2].Text != "Camille Garnier" || c.Link != base.String()+"/" || c.Code == "" {
				t.Errorf("%+v, %v", c, err)
			}
			if _, err = s.post.Preview(by, "trial", french, "", 0, TextInput{}); !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		})
		t.Run("a sample goes to whoever asks for it, from the text that was saved, even when it is not in use", func(t *testing.T) {
			text, err := save(english, TextInput{Subject: "Hi", Body: "Hi {full name}"})
			if err != nil {
				t.Fatal(err)
			}
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := s.post.Sample(ctx, tx, by, "trial", locale.English)
				return err
			})
			s.runAll(t)
			taken := s.server.Letters()
			if len(taken) != 1 || taken[0].To[0] != "nadia@example.org" || s.taken.Load() != 0 {
				t.Fatalf("%d letters, told %d", len(taken), s.taken.Load())
			}
			if r := taken[0].Read(t); r.Subject(t) != "Sample: Hi" || !strings.HasPrefix(r.Text, "Hi Camille Garnier\n") {
				t.Errorf("%q\n%s", r.Subject(t), r.Text)
			}
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				return s.post.DropText(ctx, tx, by, "trial", english, text.Version)
			})
		})
		t.Run("back to Entregent's own: confirmed when repeated, refused for a version that is not the current one", func(t *testing.T) {
			drop := func(version int64) error {
				return db.Update(t.Context(), func(tx *sqldb.Tx) error {
					return s.post.DropText(t.Context(), tx, by, "trial", french, version)
				})
			}
			if err := drop(first.Version - 1); !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
			if err := errors.Join(drop(first.Version), drop(first.Version)); err != nil || read(1, french).Own {
				t.Error(err)
			}
			anew, err := save(french, TextInput{Enabled: true, Subject: "a", Body: "b"})
			if err != nil || anew.Version <= first.Version {
				t.Error(anew, err)
			}
			if _, err := save(french, TextInput{Enabled: true, Subject: "a", Body: "c", Version: first.Version}); !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
		t.Run("a text that this version cannot read any more gives way to ours and can still be mended", func(t *testing.T) {
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE letter_text SET body = '{of_old}'`)
				return err
			})
			if m := sent(mine); !strings.Contains(m.Text, "Si vous lisez ce message") {
				t.Error(m.Text)
			}
			if text := read(1, french); text.Body != "{of_old}" || !text.Own {
				t.Errorf("%+v", text)
			}
		})
		t.Run("only kinds about contacts are worded, only by admins", func(t *testing.T) {
			officer := actor.Actor{Kind: actor.Staff, Workspace: 1, Role: actor.StaffOfficer}
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := s.post.SaveText(t.Context(), tx, officer, "trial", french, TextInput{Subject: "a", Body: "b"})
				_, err2 := s.post.Text(t.Context(), tx, officer, "trial", french)
				_, err3 := s.post.Sample(t.Context(), tx, officer, "trial", locale.French)
				_, err4 := s.post.Preview(officer, "trial", french, "", 0, TextInput{})
				for _, err := range []error{err, err2, err3, err4, s.post.DropText(t.Context(), tx, officer, "trial", french, 0)} {
					if !fault.Is(err, fault.Forbidden) {
						t.Error(err)
					}
				}
				_, err = s.post.SaveText(t.Context(), tx, by, "password", french, TextInput{Subject: "a", Body: "b"})
				return err
			})
			if !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("the history tells what was changed in which text", func(t *testing.T) {
			n := look(t, db, func(ctx context.Context, tx *sqldb.Tx) (string, error) {
				list, err := sqldb.List(ctx, tx, sqldb.Value[string], `SELECT kind || ' ' || subject_number || ' ' || fields FROM journal_line WHERE workspace_id = 1 ORDER BY id`)
				return strings.Join(list, "; "), err
			})
			want := "letter_text.edited trial.fr subject,body; letter_text.edited trial.fr enabled; letter_text.edited trial.en subject,body; letter_text.removed trial.en subject,body; " +
				"letter_text.removed trial.fr enabled,subject,body; letter_text.edited trial.fr enabled,subject,body"
			if n != want {
				t.Errorf("%s\nwant %s", n, want)
			}
		})
	})
}

func TestSweep(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		t.Run("letters that ended long ago go; what waits stays", func(t *testing.T) {
			old, waiting := queue(t, db, New{Kind: "x"}), queue(t, db, New{Kind: "x"})
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return end(ctx, tx, old, Sent) })
			clock.Pass(48 * time.Hour)
			young := queue(t, db, New{Kind: "x"})
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return end(ctx, tx, young, Refused) })
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				n, err := Sweep(ctx, tx, tx.Now().Add(-24*time.Hour), 10)
				if n != 1 {
					t.Error(n)
				}
				return err
			})
			counts := look(t, db, Counts)
			if len(counts) != 2 || counts[0] != (Count{Queued, 1}) || counts[1] != (Count{Refused, 1}) {
				t.Error(counts)
			}
			if l := look(t, db, func(ctx context.Context, tx *sqldb.Tx) (Letter, error) { return get(ctx, tx, waiting) }); l.State != Queued {
				t.Error(l)
			}
		})
	})
}
