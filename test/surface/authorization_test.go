package surface

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// authorizations are who is authorised, since when and by whom, of all workspaces.
func (in *installation) authorizations() map[id.Contact]string {
	in.t.Helper()
	found := map[id.Contact]string{}
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (struct{}, error) {
			var c id.Contact
			var at sqldb.Time
			var by id.Login
			err := row.Scan(&c, &at, &by)
			found[c] = fmt.Sprint(at, " ", by)
			return struct{}{}, err
		}, `SELECT id, authorized_at, authorized_by FROM contact WHERE authorized_at IS NOT NULL`)
		return err
	})
	return found
}

// there tells whether the contact has not been deleted.
func (in *installation) there(of id.Contact) (found bool) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM contact WHERE id = $1`, of)
		found = n > 0
		return err
	})
	return found
}

// undo does something, and fails when somebody who is still there has lost their authorisation, or it became another.
func (in *installation) undo(t *testing.T, what string, try func()) {
	t.Helper()
	before := in.authorizations()
	try()
	after := in.authorizations()
	for c, was := range before {
		if after[c] != was && in.there(c) {
			t.Errorf("%s: %s was %q, is %q", what, c, was, after[c])
		}
	}
}

func (in *installation) authorize(h host, of id.Contact) {
	in.t.Helper()
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := access.Authorize(ctx, tx, h.by, of)
		return err
	})
}

// denials are what a form might say of it that has no such field.
var denials = url.Values{
	"authorized": {"no"}, "authorized_at": {""}, "authorized_by": {""}, "authorization": {"0"}, "autorise": {"NON"}, "Autorisé": {"NON"},
	"gates": {"closed"}, "_method": {"DELETE"}, "undo": {"1"},
}

// « Autoriser l'accès » is final: no page, form, file, command, restoration or race takes it back.
func TestAuthorizationIsNeverUndone(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		t.Run("by any form of any page, whatever it says besides", func(t *testing.T) {
			for _, route := range in.site.Routes() {
				if method, _, _ := strings.Cut(route.Pattern, " "); method != http.MethodPost {
					continue
				}
				s := in.stage(route, in.school, in.entitled(route))
				for _, of := range in.everybodyOf(s) {
					in.authorize(in.school, of)
				}
				form, ok := s.right()
				if !ok {
					t.Fatalf("no test knows a right form for %s", route.Pattern)
				}
				maps.Copy(form, denials)
				b := in.as(s.who)
				in.undo(t, route.Pattern, func() {
					b.send(s.path, form).sound(t, route.Pattern)
					b.send(s.path, form).sound(t, route.Pattern)
					b.do(http.MethodDelete, s.path, "", "")
				})
			}
		})
		t.Run("by a name: the same person's, or another's", func(t *testing.T) {
			for _, person := range []string{"same", "another"} {
				_, c := in.visitor(in.school, contact.User, nil)
				_, letters := in.next()
				in.undo(t, person, func() {
					form := url.Values{"family_name": {"Morvan " + letters}, "given_name": {"Yann"}, "person": {person}, "version": {fmt.Sprint(in.get(in.school, c.ID).Version)}}
					if a := in.as(in.school.admin).post("/brenval/office/contacts/"+c.ID.String()+"/name", form); a.status != http.StatusSeeOther {
						t.Error(a.text())
					}
				})
			}
		})
		t.Run("by a form that was opened before it, or is sent once more after it", func(t *testing.T) {
			c, b := in.contact(in.school), in.as(in.school.admin)
			s := in.stage(in.route("POST /{workspace}/office/contacts/{contact}"), in.school, in.school.admin)
			form, _ := s.right()
			form.Set("version", fmt.Sprint(c.Version))
			in.authorize(in.school, c.ID)
			in.undo(t, "an old form", func() {
				b.post("/brenval/office/contacts/"+c.ID.String(), form)
				delete(b.cookies, sessionCookie)
				kept := b.post("/brenval/office/contacts/"+c.ID.String(), form).hidden("kept")
				b.post("/sign-in", url.Values{"email": {in.school.admin}, "password": {password}, "kept": {kept}})
			})
		})
		t.Run("by the organisation's archive and restoration", func(t *testing.T) {
			_, c := in.visitor(in.school, contact.SuperAdmin, nil)
			b := in.as(in.school.admin)
			in.undo(t, "archive", func() {
				for _, act := range []string{"archive", "restoration", "archive", "restoration"} {
					if a := b.post("/brenval/office/organizations/"+c.Organization.String()+"/"+act, denials); a.status != http.StatusSeeOther {
						t.Error(a.text())
					}
				}
			})
		})
		t.Run("by an import on the command line, which changes and renames", func(t *testing.T) {
			_, c := in.visitor(in.school, contact.User, nil)
			c = in.get(in.school, c.ID)
			rows := "Identifiant personnel;SIRET;Civilité;Nom;Prénom;Téléphone;Fonction;Email;Autorisé;Est autorisé;authorized_at;authorized\n"
			for _, family := range []string{c.FamilyName.String(), "Le Goff " + c.FamilyName.String()} {
				rows += strings.Join([]string{c.Label(), in.siretOf(in.school, c.Organization), "Mme", family, c.GivenName.String(), "01 99 00 77 88", "Gérante", c.Email.String(), "NON", "NON", "", "no"}, ";") + "\n"
			}
			command := app.Over(in.config, in.secret, in.db, in.files, slog.New(slog.DiscardHandler))
			in.undo(t, "import", func() {
				for range 2 {
					report, err := command.Import(t.Context(), app.Import{
						Noun: "contacts", Workspace: in.school.Slug, ImportOptions: app.ImportOptions{Update: true, Rename: true, CreateOrganizations: true, AcceptCorrections: true},
					}, strings.NewReader(rows), int64(len(rows)), func(x app.RefusedLine) error {
						t.Logf("%+v", x)
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
					t.Logf("%+v", report)
				}
			})
			if after := in.get(in.school, c.ID); after.JobTitle != "Gérante" {
				t.Errorf("the import changed nothing: %+v", after)
			}
		})
		t.Run("by a race of everything that changes the contact with the authorisation", func(t *testing.T) {
			c, b := in.contact(in.school), in.as(in.school.admin)
			path := "/brenval/office/contacts/" + c.ID.String()
			form := url.Values{
				"civility": {"ms"}, "phone": {"01 99 00 00 03"}, "email": {c.Email.String()}, "role": {"user"}, "login_enabled": {"1"}, "version": {fmt.Sprint(c.Version)},
			}
			maps.Copy(form, denials)
			together(b, often(16, 64), func(b *browser, i int) answer {
				switch i % 4 {
				case 0:
					return b.post(path+"/authorization", nil)
				case 1:
					return b.post("/brenval/office/organizations/"+c.Organization.String()+"/"+[]string{"archive", "restoration"}[i/4%2], nil)
				case 2:
					_, letters := in.next()
					return b.post(path+"/name", url.Values{"family_name": {"Riou " + letters}, "given_name": {"Enora"}, "person": {"another"}, "version": {fmt.Sprint(c.Version)}})
				}
				return b.post(path, form)
			})
			if got := in.get(in.school, c.ID); got.AuthorizedAt.IsZero() {
				t.Errorf("%+v", got)
			}
			if n := in.lines("contact.authorized", c.ID.UUID); n != 1 {
				t.Errorf("%d lines in the history", n)
			}
		})
	})
}

// everybodyOf are the contacts that the scene is about: the one of its path, or all of its organisation's, which gets one
// if it has none.
func (in *installation) everybodyOf(s *scene) []id.Contact {
	in.t.Helper()
	if s.contact.ID != (id.Contact{}) {
		return []id.Contact{s.contact.ID}
	}
	var of id.Organization
	if err := of.UnmarshalText([]byte(s.ids["organization"])); err != nil || of.IsZero() {
		return nil
	}
	return []id.Contact{in.person(s.host, of).ID}
}

func (in *installation) siretOf(h host, of id.Organization) (number string) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		o, err := organization.Get(ctx, tx, h.by, of)
		number = o.SIRET.Plain()
		return err
	})
	return number
}
