package surface

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// « Historique des accès » tells an organisation's admins who did what with its contacts, and nothing of the host's own.
func TestPortalHistory(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, own := in.visitor(in.school, contact.Admin, nil)
		user := in.newLogin(in.school, "simple@visitors.example", "Paul Petit")
		in.join(in.school, user, in.person(in.school, own.Organization), contact.User, nil)
		colleague, foreign, hidden := in.person(in.school, own.Organization), in.contact(in.school), in.depositor(in.school, own.Organization)
		in.update(func(ctx context.Context, tx *sqldb.Tx) error {
			if err := journal.AddComment(ctx, tx, in.school.by, colleague.Subject(), own.Organization, "À surveiller de près", id.UUID{}); err != nil {
				return err
			}
			_, err := access.Authorize(ctx, tx, in.school.by, colleague.ID)
			return err
		})
		admin, home := in.as(who), portalOf(in.school, own)
		admin.get(home)
		page := home + "/history"

		t.Run("it tells what happened, the host's people by the host's name, and what the person did as their own", func(t *testing.T) {
			a := admin.get(page)
			a.sound(t, page)
			for _, text := range []string{in.school.Name + " a ajouté", in.school.Name + " a autorisé l’accès de", colleague.FamilyName.String(), "Vous avez ouvert une session"} {
				if !strings.Contains(a.words(), text) {
					t.Errorf("%q is not in %s", text, a.text())
				}
			}
		})
		t.Run("neither comments, nor who of the staff it was, nor whom the portal does not show, nor anybody else's", func(t *testing.T) {
			for _, path := range []string{page, page + "/export", home + "/contacts/" + colleague.ID.String() + "/history"} {
				a := admin.get(path)
				if a.status != http.StatusOK || !a.shows(colleague.FamilyName.String()) {
					t.Errorf("%s: %d %s", path, a.status, a.text())
				}
				for _, secret := range []string{"surveiller", "comment", in.school.by.Login.String(), hidden.ID.String(), hidden.Label(), hidden.FamilyName.String(), foreign.ID.String(), foreign.Label()} {
					if strings.Contains(a.body, secret) {
						t.Errorf("%s tells %q", path, secret)
					}
				}
			}
		})
		t.Run("of what is another's it finds as little as of what never was", func(t *testing.T) {
			unknown, far := id.NewContact().String(), in.contact(in.vendor)
			for _, c := range []contact.Contact{foreign, hidden, far} {
				one, nothing := admin.get(home+"/contacts/"+c.ID.String()+"/history"), admin.get(home+"/contacts/"+unknown+"/history")
				if diff := differ(one, nothing, c.ID.String(), unknown); one.status != http.StatusNotFound || diff != "" {
					t.Errorf("%d %s", one.status, diff)
				}
				number := c.Label()
				if c.ID == far.ID { // its number may be one of ours
					number = c.FamilyName.String()
				}
				for _, q := range []string{"?person=" + c.ID.String(), "?q=" + url.QueryEscape(number), "?after=" + c.ID.String() + "&q=" + url.QueryEscape(c.FamilyName.String())} {
					if a := admin.get(page + q); a.status != http.StatusOK || !a.shows("Aucune ligne ne correspond") || strings.Contains(a.body, ">"+c.FamilyName.String()) {
						t.Errorf("%s: %d %s", q, a.status, a.text())
					}
				}
			}
		})
		t.Run("a user sees no such tab, and may not ask for it", func(t *testing.T) {
			b := in.as("simple@visitors.example")
			for _, path := range []string{home + "/contacts", home + "/contacts/" + colleague.ID.String()} {
				if a := b.get(path); a.status != http.StatusOK || a.shows("Historique") {
					t.Errorf("%s: %d %s", path, a.status, a.text())
				}
			}
			for _, path := range []string{page, page + "/export", home + "/contacts/" + colleague.ID.String() + "/history", home + "/contacts/" + id.NewContact().String() + "/history"} {
				if a := b.get(path); a.status != http.StatusForbidden {
					t.Errorf("%s: %d", path, a.status)
				}
			}
		})
		t.Run("the file has the lines that the filter finds, and its cells are no formulas; the history says who took it along", func(t *testing.T) {
			in.update(func(ctx context.Context, tx *sqldb.Tx) error {
				now, err := contact.Get(ctx, tx, in.school.by, colleague.ID)
				if err != nil {
					return err
				}
				_, err = contact.Edit(ctx, tx, in.school.by, colleague.ID, contact.Input{
					Civility: "mr", JobTitle: "=1+1", Phone: now.Phone.String(), Email: now.Email.String(), Version: now.Version,
				})
				return err
			})
			all, one := admin.get(page+"/export"), admin.get(page+"/export?kind=change&q="+colleague.Label())
			if lines := strings.Count(one.body, "\r\n"); lines != 3 || strings.Contains(one.body, ";=") || !one.shows("=1+1") {
				t.Errorf("%d lines: %s", lines, one.body)
			}
			if all.status != http.StatusOK || strings.Count(all.body, "\r\n") < 5 || !strings.HasPrefix(all.header.Get("Content-Type"), "text/csv") {
				t.Error(all.body)
			}
			if a := admin.get(page + "?kind=export"); strings.Count(a.words(), "Vous avez exporté l’historique des accès") < 2 {
				t.Error(a.text())
			}
		})
		t.Run("who is deleted remains as a number", func(t *testing.T) {
			in.update(func(ctx context.Context, tx *sqldb.Tx) error {
				return contact.Delete(ctx, tx, in.school.by, colleague.ID, id.Contact{})
			})
			a := admin.get(page + "?q=" + colleague.Label())
			if !a.shows("Contact supprimé ("+colleague.Label()+")") || a.shows(colleague.FamilyName.String()) || a.shows(colleague.Email.String()) || a.shows("=1+1") {
				t.Error(a.text())
			}
		})
		t.Run("wild addresses show the history, or none of it", func(t *testing.T) {
			for _, q := range []string{"after=x", "kind=commented", "kind=%00", "from=2026-13-99", "from=0001-01-01&to=9999-12-31", "to=-1", "person=%FF", "q=%25", "q=" + strings.Repeat("a+", 2000), "view=did", "person=host&kind=sign_in"} {
				a := admin.get(page + "?" + q)
				a.sound(t, q)
				if a.status != http.StatusOK {
					t.Errorf("%q: %d", q, a.status)
				}
			}
		})
	})
}

// TestFormerHistory: what somebody did, and what was done with them, is not told of whoever took the contact over.
func TestFormerHistory(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, own := in.visitor(in.school, contact.Admin, nil)
		nora := in.join(in.school, in.newLogin(in.school, "nora@visitors.example", "Nora Prigent"), in.person(in.school, own.Organization), contact.Admin, nil)
		in.as("nora@visitors.example")
		in.clock.Pass(time.Minute)
		in.update(func(ctx context.Context, tx *sqldb.Tx) error {
			now, err := contact.Get(ctx, tx, in.school.by, nora.ID)
			if err == nil {
				_, err = contact.Rename(ctx, tx, in.school.by, nora.ID, contact.NewName{FamilyName: "Tanguy", GivenName: "Léa", Another: true, Version: now.Version})
			}
			return err
		})
		in.clock.Pass(time.Minute)
		in.join(in.school, in.newLogin(in.school, "lea@visitors.example", "Léa Tanguy"), nora, contact.Admin, nil)
		lea := in.as("lea@visitors.example")

		home, office := portalOf(in.school, own), "/"+in.school.Slug+"/office"
		former := "Ancien contact (" + nora.Label() + ")"
		t.Run("her acts and what was done with her are a former contact's, to staff and to the organisation's admins", func(t *testing.T) {
			for path, b := range map[string]*browser{
				home + "/history": in.as(who), office + "/journal": in.as(in.school.admin),
				office + "/organizations/" + own.Organization.String() + "/journal": in.as(in.school.officer),
			} {
				a := b.get(path)
				text := strings.ReplaceAll(a.words(), "TANGUY", "Tanguy")
				for _, want := range []string{former + " a ouvert une session", "à la place d’une autre personne", "Tanguy Léa a ouvert une session"} {
					if !strings.Contains(text, want) {
						t.Errorf("%s lacks %q: %s", path, want, a.text())
					}
				}
				if strings.Count(text, "Tanguy Léa a ouvert une session") != 1 || strings.Contains(text, "avez ajouté Mme Tanguy") || strings.Contains(text, "a ajouté Mme Tanguy") {
					t.Errorf("%s: %s", path, text)
				}
			}
		})
		t.Run("so they are in the file", func(t *testing.T) {
			a := in.as(who).get(home + "/history/export")
			if !strings.Contains(a.body, "Session ouverte;"+former+";"+former+";") || !strings.Contains(a.body, "Tanguy Léa;"+nora.Label()+";") {
				t.Error(a.body)
			}
		})
		t.Run("who took the contact over is not told that they did it", func(t *testing.T) {
			a := lea.get(home + "/history")
			if strings.Count(a.words(), "Vous avez ouvert une session") != 1 || !strings.Contains(a.words(), former+" a ouvert une session") {
				t.Error(a.text())
			}
		})
	})
}
