package history_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestJournal(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		org := h.Organization(h.School, "Verrerie du Loc’h", "35600000000048")
		ines := h.Contact(h.School, org.ID, "Oliveira", "Inês")
		gone := h.Contact(h.School, org.ID, "Petit", "Solène")
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := access.Authorize(ctx, tx, h.School.Officer.Actor, ines.ID); err != nil {
				return err
			}
			_, err := contact.Edit(ctx, tx, h.School.Officer.Actor, gone.ID, contact.Input{
				Civility: "ms", Mobile: "06 39 98 99 99", Phone: "02 61 91 40 10", Email: "s.petit@loch.example", Version: 1,
			})
			return err
		})
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			return contact.Delete(ctx, tx, h.School.Admin.Actor, gone.ID, ines.ID)
		})
		admin, officer := h.As(h.School.Admin), h.As(h.School.Officer)

		t.Run("each line says who did what, with the values before and after", func(t *testing.T) {
			h.TB = t
			admin.Get("/brenval/office/journal").Want(http.StatusOK,
				"Rachel Moreau a autorisé l’accès de Mme OLIVEIRA Inês ( Verrerie du Loc’h )",
				"Vous avez ajouté Mme OLIVEIRA Inês", "Vous avez ajouté Verrerie du Loc’h", "SIRET 356 000 000 00048", "Portable 06 39 98 12 34", "Rôle Utilisateur").
				WantMarkup(`href="/brenval/office/organizations/` + org.ID.String() + `/contacts?open=` + ines.ID.String())
			officer.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez autorisé l’accès de Mme OLIVEIRA Inês", "Nadia Kessler a ajouté Mme OLIVEIRA Inês")
		})

		t.Run("who is gone is called by the number, and their values are gone too", func(t *testing.T) {
			h.TB = t
			admin.Get("/brenval/office/journal").Want(http.StatusOK,
				"Vous avez supprimé un contact (C-000002)", "Contact supprimé (C-000002)", "Valeurs effacées avec le contact").
				WantNot("Solène", "s.petit@loch.example", "99 99")
		})

		t.Run("it can be asked by kind and by person", func(t *testing.T) {
			h.TB = t
			admin.Get("/brenval/office/journal?kind=contact.authorized").Want(http.StatusOK, "Rachel Moreau a autorisé").WantNot("avez ajouté")
			admin.Get("/brenval/office/journal?person="+h.School.Officer.Login.String()).Want(http.StatusOK, "Rachel Moreau a autorisé").WantNot("avez ajouté")
			admin.Get("/brenval/office/journal?kind=contact.authorized&person="+h.School.Admin.Login.String()).Want(http.StatusOK, "Aucune ligne ne correspond")
		})

		t.Run("a filter that means nothing is none", func(t *testing.T) {
			h.TB = t
			for _, q := range []string{"kind=x", "kind=%00%ff", "person=x", "person=" + strings.Repeat("9", 5000), "after=x", "after=%ff", "after=" + id.NewContact().String(), "page=-1&size=%2B&after="} {
				admin.Get("/brenval/office/journal?"+q).Want(http.StatusOK, "Vous avez ajouté Mme OLIVEIRA Inês")
			}
		})

		t.Run("a contact and an organisation have their own history", func(t *testing.T) {
			h.TB = t
			admin.Get("/brenval/office/contacts/"+ines.ID.String()+"/journal").Want(http.StatusOK, "a autorisé l’accès de Mme OLIVEIRA Inês").WantNot("Vous avez ajouté Verrerie", "C-000002")
			admin.Get("/brenval/office/organizations/"+org.ID.String()+"/journal").Want(http.StatusOK, "a autorisé l’accès de Mme OLIVEIRA Inês .", "supprimé un contact (C-000002)")
		})

		t.Run("a contact’s and an organisation’s history are asked by kind and person, and taken along so", func(t *testing.T) {
			h.TB = t
			for page, whose := range map[string]string{"/contacts/" + ines.ID.String(): "contact=" + ines.ID.String(), "/organizations/" + org.ID.String(): "organization=" + org.ID.String()} {
				at := "/brenval/office" + page + "/journal"
				admin.Get(at).Want(http.StatusOK, "Filtrer", "Toute l’équipe", "Contact ajouté", "Exporter en JSON").WantNot("Fichier importé", "Tout afficher")
				admin.WantMarkup(`action="`+at+`"`, `href="/brenval/office/journal/export?`+whose+`"`)
				admin.Get(at+"?kind=contact.authorized").Want(http.StatusOK, "Rachel Moreau a autorisé", "Tout afficher").WantNot("avez ajouté")
				admin.WantMarkup(`value="contact.authorized" selected`)
				if file := regexp.MustCompile(`/journal/export\?[^"]*`).FindString(admin.Body); !strings.Contains(file, whose) || !strings.Contains(file, "kind=contact.authorized") {
					t.Errorf("the file of %s", file)
				}
				admin.Get(at+"?person="+h.School.Officer.Login.String()).Want(http.StatusOK, "Rachel Moreau a autorisé").WantNot("avez ajouté")
				admin.Get(at+"?kind=contact.authorized&person="+h.School.Admin.Login.String()).Want(http.StatusOK, "Aucune ligne ne correspond")
				admin.Get(at+"?kind=x&person=x&after=%ff").Want(http.StatusOK, "Vous avez ajouté Mme OLIVEIRA Inês")
			}
		})

		t.Run("a page goes on where the one before ended", func(t *testing.T) {
			h.TB = t
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				for i := range 30 {
					_, err := organization.Create(ctx, tx, h.School.Admin.Actor, organization.Input{Name: "Atelier " + strconv.Itoa(i)})
					if err != nil {
						return err
					}
				}
				return nil
			})
			first := admin.Get("/brenval/office/journal?kind=organization.created").Want(http.StatusOK, "Atelier 29", "Atelier 6", "Plus anciennes").WantNot("Atelier 5")
			older := regexp.MustCompile(`href="([^"]*after=[^"]*)"`).FindStringSubmatch(first.Body)
			if older == nil {
				t.Fatal(first.Body)
			}
			admin.Fetch("history", strings.ReplaceAll(older[1], "&amp;", "&")).Want(http.StatusOK, "Atelier 5", "Verrerie du Loc’h", "Les plus récentes").WantNot("Atelier 6", "Plus anciennes", "Filtrer")
		})

		t.Run("nobody sees another workspace’s", func(t *testing.T) {
			h.TB = t
			other := h.As(h.Vendor.Admin)
			other.Get("/brenval/office/journal").Want(http.StatusNotFound)
			other.Get("/orvane/office/journal").Want(http.StatusOK).WantNot("OLIVEIRA", "Verrerie")
			other.Get("/orvane/office/journal?person="+h.School.Admin.Login.String()).Want(http.StatusOK, "Aucune ligne").WantNot("Nadia Kessler a")
			other.Get("/orvane/office/contacts/" + ines.ID.String() + "/journal").Want(http.StatusNotFound)
			other.Post("/orvane/office/contacts/"+ines.ID.String()+"/comments", url.Values{"comment": {"x"}}).Want(http.StatusNotFound)
		})
	})
}

func TestComments(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		org := h.Organization(h.School, "Brasserie Armen", "")
		loic := h.Contact(h.School, org.ID, "Tanguy", "Loïc")
		officer := h.As(h.School.Officer)
		for page, post := range map[string]string{
			"/journal": "/journal/comments",
			"/contacts/" + loic.ID.String() + "/journal":     "/contacts/" + loic.ID.String() + "/comments",
			"/organizations/" + org.ID.String() + "/journal": "/organizations/" + org.ID.String() + "/comments",
		} {
			t.Run("a comment sent twice stands once"+strings.Split(page, "/")[1], func(t *testing.T) {
				h.TB = t
				words := "Rappeler " + id.Secret()
				form := url.Values{"comment": {words + " <b>14 h</b>\r\nou vendredi"}, "submission": {officer.Get("/brenval/office" + page).Field("submission")}}
				for range 2 {
					officer.Post("/brenval/office"+post, form).WantTo("/brenval/office" + page)
				}
				officer.Get("/brenval/office"+page).Want(http.StatusOK, "Commentaire ajouté", "Rachel Moreau").WantMarkup(words + " &lt;b&gt;14 h&lt;/b&gt;\nou vendredi")
				if n := officer.Count(words); n != 1 {
					t.Errorf("it stands %d times", n)
				}
			})
			t.Run("one that cannot be kept comes back as typed", func(t *testing.T) {
				h.TB = t
				officer.Post("/brenval/office"+post, url.Values{"comment": {"  "}}).Want(http.StatusUnprocessableEntity, "1 champ est à corriger", "Ce champ est obligatoire")
				officer.Post("/brenval/office"+post, url.Values{"comment": {strings.Repeat("é", 2001)}}).Want(http.StatusUnprocessableEntity, "la limite est de 2 000", strings.Repeat("é", 2001))
				officer.Post("/brenval/office"+post, url.Values{"comment": {"a\x00\xff"}}).Want(http.StatusUnprocessableEntity)
			})
		}
	})
}

func TestJournalExport(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		org := h.Organization(h.School, "Brasserie Armen", "")
		person := h.Contact(h.School, org.ID, "Tanguy", "Loïc")
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range 600 {
				if _, err := organization.Create(ctx, tx, h.School.Officer.Actor, organization.Input{Name: "Atelier " + strconv.Itoa(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		read := func(b *officetest.Browser) (lines []map[string]any) {
			t.Helper()
			for s := bufio.NewScanner(strings.NewReader(b.Body)); s.Scan(); {
				var line map[string]any
				if err := json.Unmarshal(s.Bytes(), &line); err != nil {
					t.Fatalf("%v: %s", err, s.Bytes())
				}
				lines = append(lines, line)
			}
			return lines
		}
		t.Run("an admin takes every line along, newest first", func(t *testing.T) {
			h.TB = t
			b := h.As(h.School.Admin).Get("/brenval/office/journal/export").Want(http.StatusOK)
			lines := read(b)
			if len(lines) != 607 { // with those of the workspace and its two members
				t.Errorf("%d lines", len(lines))
			}
			seen := map[any]bool{}
			for _, l := range lines {
				seen[l["id"]] = true
			}
			if len(seen) != len(lines) || !strings.Contains(b.Header.Get("Content-Disposition"), "brenval-journal-2026-11-20.jsonl") {
				t.Error(len(seen), b.Header)
			}
			if actor := lines[0]["actor"].(map[string]any); actor["name"] != "Rachel Moreau" || lines[0]["kind"] != "organization.created" || lines[0]["changes"] == nil {
				t.Error(lines[0])
			}
		})
		t.Run("the filter holds for the file too", func(t *testing.T) {
			h.TB = t
			lines := read(h.As(h.School.Admin).Get("/brenval/office/journal/export?kind=contact.created").Want(http.StatusOK))
			if len(lines) != 1 || lines[0]["subject"].(map[string]any)["number"] != "C-000001" {
				t.Error(lines)
			}
		})
		t.Run("that it was taken along stands in the history", func(t *testing.T) {
			h.TB = t
			admin := h.As(h.School.Admin)
			admin.Get("/brenval/office/journal/export?kind=workspace.created").Want(http.StatusOK)
			admin.Get("/brenval/office/journal?kind=journal.exported").Want(http.StatusOK, "Vous avez exporté l’historique de École Brenval", "Lignes 607", "Lignes 1")
			h.As(h.School.Officer).Get("/brenval/office/journal?kind=journal.exported").Want(http.StatusOK, "Nadia Kessler a exporté l’historique de École Brenval")
		})
		t.Run("an organisation’s and a contact’s are taken along alone, and their history says so", func(t *testing.T) {
			h.TB = t
			admin := h.As(h.School.Admin)
			const export = "/brenval/office/journal/export"
			if lines := read(admin.Get(export + "?contact=" + person.ID.String()).Want(http.StatusOK)); len(lines) != 1 || lines[0]["kind"] != "contact.created" {
				t.Error(lines)
			}
			admin.Get("/brenval/office/contacts/"+person.ID.String()+"/journal").Want(http.StatusOK, "Vous avez exporté l’historique de Mme TANGUY Loïc", "Lignes 1")
			lines := read(admin.Get(export + "?kind=organization.created&organization=" + org.ID.String()).Want(http.StatusOK))
			if len(lines) != 1 || lines[0]["organization"] != org.ID.String() {
				t.Error(lines)
			}
			admin.Get("/brenval/office/organizations/"+org.ID.String()+"/journal").Want(http.StatusOK,
				"Vous avez exporté l’historique de Brasserie Armen", "Vous avez exporté l’historique de Mme TANGUY Loïc")
			for _, q := range []string{"?contact=", "?contact=x", "?contact=" + org.ID.String(), "?organization=%00", "?organization=" + h.Organization(h.Vendor, "Cabinet des Lices", "").ID.String()} {
				admin.Get(export + q).Want(http.StatusNotFound)
			}
		})
		t.Run("an officer may not", func(t *testing.T) {
			h.TB = t
			officer := h.As(h.School.Officer)
			officer.Get("/brenval/office/journal/export").Want(http.StatusForbidden)
			for _, page := range []string{"", "/organizations/" + org.ID.String(), "/contacts/" + person.ID.String()} {
				officer.Get("/brenval/office"+page+"/journal").Want(http.StatusOK, "Filtrer").WantNot("Exporter en JSON")
			}
		})
	})
}
