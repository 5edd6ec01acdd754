package office_test

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
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestJournal(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		org := h.organization(h.school, "Verrerie du Loc’h", "35600000000048")
		ines := h.contact(h.school, org.ID, "Oliveira", "Inês")
		gone := h.contact(h.school, org.ID, "Petit", "Solène")
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := access.Authorize(ctx, tx, h.school.officer.Actor, ines.ID); err != nil {
				return err
			}
			_, err := contact.Edit(ctx, tx, h.school.officer.Actor, gone.ID, contact.Input{
				Civility: "ms", Mobile: "06 39 98 99 99", Phone: "02 61 91 40 10", Email: "s.petit@loch.example", Version: 1,
			})
			return err
		})
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			return contact.Delete(ctx, tx, h.school.admin.Actor, gone.ID, ines.ID)
		})
		admin, officer := h.as(h.school.admin), h.as(h.school.officer)

		t.Run("each line says who did what, with the values before and after", func(t *testing.T) {
			h.TB = t
			admin.get("/brenval/office/journal").want(http.StatusOK,
				"Rachel Moreau a autorisé l’accès de Mme OLIVEIRA Inês ( Verrerie du Loc’h )",
				"Vous avez ajouté Mme OLIVEIRA Inês", "Vous avez ajouté Verrerie du Loc’h", "SIRET 356 000 000 00048", "Portable 06 39 98 12 34", "Rôle Utilisateur").
				wantMarkup(`href="/brenval/office/organizations/` + org.ID.String() + `/contacts?open=` + ines.ID.String())
			officer.get("/brenval/office/journal").want(http.StatusOK, "Vous avez autorisé l’accès de Mme OLIVEIRA Inês", "Nadia Kessler a ajouté Mme OLIVEIRA Inês")
		})

		t.Run("who is gone is called by the number, and their values are gone too", func(t *testing.T) {
			h.TB = t
			admin.get("/brenval/office/journal").want(http.StatusOK,
				"Vous avez supprimé un contact (C-000002)", "Contact supprimé (C-000002)", "Valeurs effacées avec le contact").
				wantNot("Solène", "s.petit@loch.example", "99 99")
		})

		t.Run("it can be asked by kind and by person", func(t *testing.T) {
			h.TB = t
			admin.get("/brenval/office/journal?kind=contact.authorized").want(http.StatusOK, "Rachel Moreau a autorisé").wantNot("avez ajouté")
			admin.get("/brenval/office/journal?person="+h.school.officer.Login.String()).want(http.StatusOK, "Rachel Moreau a autorisé").wantNot("avez ajouté")
			admin.get("/brenval/office/journal?kind=contact.authorized&person="+h.school.admin.Login.String()).want(http.StatusOK, "Aucune ligne ne correspond")
		})

		t.Run("a filter that means nothing is none", func(t *testing.T) {
			h.TB = t
			for _, q := range []string{"kind=x", "kind=%00%ff", "person=x", "person=" + strings.Repeat("9", 5000), "after=x", "after=%ff", "after=" + id.NewContact().String(), "page=-1&size=%2B&after="} {
				admin.get("/brenval/office/journal?"+q).want(http.StatusOK, "Vous avez ajouté Mme OLIVEIRA Inês")
			}
		})

		t.Run("a contact and an organisation have their own history", func(t *testing.T) {
			h.TB = t
			admin.get("/brenval/office/contacts/"+ines.ID.String()+"/journal").want(http.StatusOK, "a autorisé l’accès de Mme OLIVEIRA Inês").wantNot("Vous avez ajouté Verrerie", "C-000002")
			admin.get("/brenval/office/organizations/"+org.ID.String()+"/journal").want(http.StatusOK, "a autorisé l’accès de Mme OLIVEIRA Inês .", "supprimé un contact (C-000002)")
		})

		t.Run("a contact’s and an organisation’s history are asked by kind and person, and taken along so", func(t *testing.T) {
			h.TB = t
			for page, whose := range map[string]string{"/contacts/" + ines.ID.String(): "contact=" + ines.ID.String(), "/organizations/" + org.ID.String(): "organization=" + org.ID.String()} {
				at := "/brenval/office" + page + "/journal"
				admin.get(at).want(http.StatusOK, "Filtrer", "Toute l’équipe", "Contact ajouté", "Exporter en JSON").wantNot("Fichier importé", "Tout afficher")
				admin.wantMarkup(`action="`+at+`"`, `href="/brenval/office/journal/export?`+whose+`"`)
				admin.get(at+"?kind=contact.authorized").want(http.StatusOK, "Rachel Moreau a autorisé", "Tout afficher").wantNot("avez ajouté")
				admin.wantMarkup(`value="contact.authorized" selected`)
				if file := regexp.MustCompile(`/journal/export\?[^"]*`).FindString(admin.body); !strings.Contains(file, whose) || !strings.Contains(file, "kind=contact.authorized") {
					t.Errorf("the file of %s", file)
				}
				admin.get(at+"?person="+h.school.officer.Login.String()).want(http.StatusOK, "Rachel Moreau a autorisé").wantNot("avez ajouté")
				admin.get(at+"?kind=contact.authorized&person="+h.school.admin.Login.String()).want(http.StatusOK, "Aucune ligne ne correspond")
				admin.get(at+"?kind=x&person=x&after=%ff").want(http.StatusOK, "Vous avez ajouté Mme OLIVEIRA Inês")
			}
		})

		t.Run("a page goes on where the one before ended", func(t *testing.T) {
			h.TB = t
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				for i := range 30 {
					_, err := organization.Create(ctx, tx, h.school.admin.Actor, organization.Input{Name: "Atelier " + strconv.Itoa(i)})
					if err != nil {
						return err
					}
				}
				return nil
			})
			first := admin.get("/brenval/office/journal?kind=organization.created").want(http.StatusOK, "Atelier 29", "Atelier 6", "Plus anciennes").wantNot("Atelier 5")
			older := regexp.MustCompile(`href="([^"]*after=[^"]*)"`).FindStringSubmatch(first.body)
			if older == nil {
				t.Fatal(first.body)
			}
			admin.fetch("history", strings.ReplaceAll(older[1], "&amp;", "&")).want(http.StatusOK, "Atelier 5", "Verrerie du Loc’h", "Les plus récentes").wantNot("Atelier 6", "Plus anciennes", "Filtrer")
		})

		t.Run("nobody sees another workspace’s", func(t *testing.T) {
			h.TB = t
			other := h.as(h.vendor.admin)
			other.get("/brenval/office/journal").want(http.StatusNotFound)
			other.get("/orvane/office/journal").want(http.StatusOK).wantNot("OLIVEIRA", "Verrerie")
			other.get("/orvane/office/journal?person="+h.school.admin.Login.String()).want(http.StatusOK, "Aucune ligne").wantNot("Nadia Kessler a")
			other.get("/orvane/office/contacts/" + ines.ID.String() + "/journal").want(http.StatusNotFound)
			other.post("/orvane/office/contacts/"+ines.ID.String()+"/comments", url.Values{"comment": {"x"}}).want(http.StatusNotFound)
		})
	})
}

func TestComments(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		org := h.organization(h.school, "Brasserie Armen", "")
		loic := h.contact(h.school, org.ID, "Tanguy", "Loïc")
		officer := h.as(h.school.officer)
		for page, post := range map[string]string{
			"/journal": "/journal/comments",
			"/contacts/" + loic.ID.String() + "/journal":     "/contacts/" + loic.ID.String() + "/comments",
			"/organizations/" + org.ID.String() + "/journal": "/organizations/" + org.ID.String() + "/comments",
		} {
			t.Run("a comment sent twice stands once"+strings.Split(page, "/")[1], func(t *testing.T) {
				h.TB = t
				words := "Rappeler " + id.Secret()
				form := url.Values{"comment": {words + " <b>14 h</b>\r\nou vendredi"}, "submission": {officer.get("/brenval/office" + page).field("submission")}}
				for range 2 {
					officer.post("/brenval/office"+post, form).wantTo("/brenval/office" + page)
				}
				officer.get("/brenval/office"+page).want(http.StatusOK, "Commentaire ajouté", "Rachel Moreau").wantMarkup(words + " &lt;b&gt;14 h&lt;/b&gt;\nou vendredi")
				if n := officer.count(words); n != 1 {
					t.Errorf("it stands %d times", n)
				}
			})
			t.Run("one that cannot be kept comes back as typed", func(t *testing.T) {
				h.TB = t
				officer.post("/brenval/office"+post, url.Values{"comment": {"  "}}).want(http.StatusUnprocessableEntity, "1 champ est à corriger", "Ce champ est obligatoire")
				officer.post("/brenval/office"+post, url.Values{"comment": {strings.Repeat("é", 2001)}}).want(http.StatusUnprocessableEntity, "la limite est de 2 000", strings.Repeat("é", 2001))
				officer.post("/brenval/office"+post, url.Values{"comment": {"a\x00\xff"}}).want(http.StatusUnprocessableEntity)
			})
		}
	})
}

func TestJournalExport(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		org := h.organization(h.school, "Brasserie Armen", "")
		person := h.contact(h.school, org.ID, "Tanguy", "Loïc")
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range 600 {
				if _, err := organization.Create(ctx, tx, h.school.officer.Actor, organization.Input{Name: "Atelier " + strconv.Itoa(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		read := func(b *browser) (lines []map[string]any) {
			t.Helper()
			for s := bufio.NewScanner(strings.NewReader(b.body)); s.Scan(); {
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
			b := h.as(h.school.admin).get("/brenval/office/journal/export").want(http.StatusOK)
			lines := read(b)
			if len(lines) != 607 { // with those of the workspace and its two members
				t.Errorf("%d lines", len(lines))
			}
			seen := map[any]bool{}
			for _, l := range lines {
				seen[l["id"]] = true
			}
			if len(seen) != len(lines) || !strings.Contains(b.header.Get("Content-Disposition"), "brenval-journal-2026-11-20.jsonl") {
				t.Error(len(seen), b.header)
			}
			if actor := lines[0]["actor"].(map[string]any); actor["name"] != "Rachel Moreau" || lines[0]["kind"] != "organization.created" || lines[0]["changes"] == nil {
				t.Error(lines[0])
			}
		})
		t.Run("the filter holds for the file too", func(t *testing.T) {
			h.TB = t
			lines := read(h.as(h.school.admin).get("/brenval/office/journal/export?kind=contact.created").want(http.StatusOK))
			if len(lines) != 1 || lines[0]["subject"].(map[string]any)["number"] != "C-000001" {
				t.Error(lines)
			}
		})
		t.Run("that it was taken along stands in the history", func(t *testing.T) {
			h.TB = t
			admin := h.as(h.school.admin)
			admin.get("/brenval/office/journal/export?kind=workspace.created").want(http.StatusOK)
			admin.get("/brenval/office/journal?kind=journal.exported").want(http.StatusOK, "Vous avez exporté l’historique de École Brenval", "Lignes 607", "Lignes 1")
			h.as(h.school.officer).get("/brenval/office/journal?kind=journal.exported").want(http.StatusOK, "Nadia Kessler a exporté l’historique de École Brenval")
		})
		t.Run("an organisation’s and a contact’s are taken along alone, and their history says so", func(t *testing.T) {
			h.TB = t
			admin := h.as(h.school.admin)
			const export = "/brenval/office/journal/export"
			if lines := read(admin.get(export + "?contact=" + person.ID.String()).want(http.StatusOK)); len(lines) != 1 || lines[0]["kind"] != "contact.created" {
				t.Error(lines)
			}
			admin.get("/brenval/office/contacts/"+person.ID.String()+"/journal").want(http.StatusOK, "Vous avez exporté l’historique de Mme TANGUY Loïc", "Lignes 1")
			lines := read(admin.get(export + "?kind=organization.created&organization=" + org.ID.String()).want(http.StatusOK))
			if len(lines) != 1 || lines[0]["organization"] != org.ID.String() {
				t.Error(lines)
			}
			admin.get("/brenval/office/organizations/"+org.ID.String()+"/journal").want(http.StatusOK,
				"Vous avez exporté l’historique de Brasserie Armen", "Vous avez exporté l’historique de Mme TANGUY Loïc")
			for _, q := range []string{"?contact=", "?contact=x", "?contact=" + org.ID.String(), "?organization=%00", "?organization=" + h.organization(h.vendor, "Cabinet des Lices", "").ID.String()} {
				admin.get(export + q).want(http.StatusNotFound)
			}
		})
		t.Run("an officer may not", func(t *testing.T) {
			h.TB = t
			officer := h.as(h.school.officer)
			officer.get("/brenval/office/journal/export").want(http.StatusForbidden)
			for _, page := range []string{"", "/organizations/" + org.ID.String(), "/contacts/" + person.ID.String()} {
				officer.get("/brenval/office"+page+"/journal").want(http.StatusOK, "Filtrer").wantNot("Exporter en JSON")
			}
		})
	})
}
