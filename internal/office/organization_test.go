package office_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

const list = "/brenval/office/organizations"

func TestOrganizations(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.corvenne()
		archived := h.organization(h.school, "Brasserie Armen", "")
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := contact.Archive(ctx, tx, h.school.admin.Actor, archived.ID)
			return err
		})
		for i := range 13 {
			h.organization(h.school, fmt.Sprintf("Zinguerie %c", 'A'+i), "")
		}
		h.organization(h.vendor, "Cabinet des Lices", "")
		b := h.as(h.school.officer)

		for query, found := range map[string]bool{
			"": true, "?q=ateliers": true, "?q=CORVENNE": true, "?q=812+457+398+00020": true, "?q=81245739800020": true, "?q=8124": true, "?q=quimper": true,
			"?state=archived": false, "?state=without_primary": false, "?q=rien+de+tel": false, "?sort=city": true, "?sort=recent&page=2&size=12": true, "?page=9": false,
		} {
			t.Run("search, order, filter and pages "+query, func(t *testing.T) {
				b.get(list+query).want(http.StatusOK, "Entreprises", "Ajouter une entreprise", "Rechercher une entreprise")
				if _, main, _ := strings.Cut(b.body, "<main"); strings.Contains(main, "Ateliers Corvenne") != found {
					t.Errorf("found %v: %s", !found, b.text())
				}
				if strings.Contains(b.body, "Lices") {
					t.Error("another workspace's")
				}
			})
		}
		t.Run("the filters show the others", func(t *testing.T) {
			b.get(list+"?state=archived").want(http.StatusOK, "Brasserie Armen Archivé")
			b.get(list+"?state=without_primary").want(http.StatusOK, "Zinguerie A", "1 à 13, sur 13")
			b.get(list+"?q=rien+de+tel").want(http.StatusOK, "Aucune entreprise ne correspond.", "Voir toutes les entreprises")
			b.get(list).want(http.StatusOK, "812 457 398 00020", "N-000002", "Mme LE GALL Maëlle", "1 à 14, sur 14")
		})
		t.Run("a script gets the list alone, and the address keeps everything", func(t *testing.T) {
			b.fetch("list", list+"?q=zing&size=12").want(http.StatusOK, "Zinguerie A").wantNot("Tableau de bord")
			b.wantMarkup("?page=2&amp;q=zing&amp;size=12", "q=zing&amp;size=12&amp;sort=city")
		})

	})
}

func TestNewOrganization(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.as(h.school.officer)
		form := url.Values{"name": {"Ateliers Corvenne"}, "siret": {"812 457 398 00021"}, "phone": {"12"}, "website": {"javascript:alert(1)"}, "city": {"Quimper"}}

		t.Run("all faults come at once, what was typed is kept", func(t *testing.T) {
			b.post(list, form).want(http.StatusUnprocessableEntity, "3 champs sont à corriger", "Ce SIRET n’est pas valide", "Cette adresse de site n’est pas valable.")
			b.wantMarkup(`value="812 457 398 00021"`, `value="Quimper"`)
		})
		t.Run("it is added once, however often the form is sent", func(t *testing.T) {
			form = url.Values{"name": {"Ateliers Corvenne"}, "siret": {"812 457 398 00020"}, "submission": {b.get(list + "/new").field("submission")}}
			b.post(list, form)
			first := b.to
			b.post(list, form).wantTo(first)
			b.get(first).want(http.StatusOK, "Entreprise ajoutée : Ateliers Corvenne.", "SIRET 812 457 398 00020")
			b.get(list).want(http.StatusOK, "1 à 1, sur 1")
		})
		t.Run("a number that another one bears is refused with a link to it", func(t *testing.T) {
			form.Set("submission", b.get(list+"/new").field("submission"))
			b.post(list, form).want(http.StatusUnprocessableEntity, "Ce SIRET est déjà celui de l’entreprise « Ateliers Corvenne ».", "Voir")
		})
		t.Run("without numbers it gets one", func(t *testing.T) {
			b.post(list, url.Values{"name": {"Brasserie Armen"}})
			b.get(b.to).want(http.StatusOK, "Numéro client N-000001")
		})
		for typed, says := range map[string]string{
			"812 457 398 00020": "Ce SIRET est déjà celui de l’entreprise « Ateliers Corvenne ». Voir", "73282932000074": "SIRET valable : 732 829 320 00074",
			"8124573980002": "Un SIRET compte 14 chiffres ; vous en avez saisi 13.", "81245739800O20": "Peut-être 812 457 398 00020 ?", "": "", "  ": "",
		} {
			t.Run("while typing: "+typed, func(t *testing.T) {
				b.fetch("siret-check", list+"/siret?siret="+url.QueryEscape(typed)).want(http.StatusOK, says)
				if says == "" && strings.TrimSpace(b.body) != "" {
					t.Errorf("%q", b.body)
				}
			})
		}
	})
}

func TestGeneralInformation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		admin, officer := h.as(h.school.admin), h.as(h.school.officer)
		form := func(b *browser) url.Values {
			return url.Values{"name": {"Ateliers Corvenne"}, "city": {"Quimper"}, "version": {b.get(c.page("")).field("version")}}
		}
		t.Run("facts and form stand on one page, with what each may do", func(t *testing.T) {
			officer.get(c.page("")).want(http.StatusOK, "Coordonnées", "SIRET 812 457 398 00020", "Contact principal Mme LE GALL Maëlle", "Modifié le 20/11/2026 par Nadia Kessler", "Modifier l’entreprise")
			officer.wantNot("Corriger le SIRET", "Archiver", "Supprimer")
			admin.get(c.page("")).want(http.StatusOK, "Corriger le SIRET", "Archiver l’entreprise", "Supprimer l’entreprise")
		})
		t.Run("it is saved, also when sent twice", func(t *testing.T) {
			f := form(officer)
			f.Set("address", "3 rue de la Gare")
			f.Set("website", "corvenne.example")
			for range 2 {
				officer.post(c.page(""), f).wantTo(c.page(""))
			}
			officer.get(c.page("")).want(http.StatusOK, "Informations enregistrées : Ateliers Corvenne.").wantMarkup(`value="3 rue de la Gare"`, `value="https://corvenne.example"`)
		})
		t.Run("two people edit: the second sees both values", func(t *testing.T) {
			mine, theirs := form(officer), form(admin)
			theirs.Set("city", "Brest")
			theirs.Set("phone", "02 61 91 40 00")
			admin.post(c.page(""), theirs).wantTo(c.page(""))
			mine.Set("city", "Lorient")
			officer.post(c.page(""), mine).want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations entre-temps.", "Enregistré entre-temps : Brest", "Enregistré entre-temps : 02 61 91 40 00")
			officer.wantMarkup(`value="Lorient"`)
			mine.Set("version", officer.field("version"))
			mine.Set("phone", "")
			mine.Set("accept", "phone=02 61 91 40 00")
			officer.post(c.page(""), mine).wantTo(c.page(""))
			officer.get(c.page("")).want(http.StatusOK, "Lorient").wantMarkup("02\u00a061\u00a091\u00a040\u00a000")
		})
		t.Run("where there is no primary contact, one press names one", func(t *testing.T) {
			o := h.organization(h.school, "Cérénis", "")
			p := h.contact(h.school, o.ID, "Diallo", "Awa")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				return organization.SetPrimary(ctx, tx, h.school.admin.Actor, o.ID, id.Contact{})
			})
			officer.get(list+"/"+o.ID.String()).want(http.StatusOK, "Aucun contact principal n’est désigné.", "Désigner Mme DIALLO Awa").wantMarkup(`action="` + act(p, "/primary") + `"`)
		})
		t.Run("the first five who may become it are offered, also behind a page of those who may not", func(t *testing.T) {
			o := h.organization(h.school, "Fonderie Landerne", "")
			add := func(family string, source contact.Source) {
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := contact.Create(ctx, tx, h.school.admin.Actor, o.ID, contact.Input{
						Civility: "mr", FamilyName: family, GivenName: "Yann", Phone: "02 61 91 40 12", Email: "yann@landerne.example", Source: source,
					})
					return err
				})
			}
			for i := range 13 {
				add("Abgrall "+string(rune('A'+i)), contact.Landing)
			}
			offered := func(n int) *browser {
				t.Helper()
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					return organization.SetPrimary(ctx, tx, h.school.admin.Actor, o.ID, id.Contact{})
				})
				b := officer.get(list + "/" + o.ID.String()).want(http.StatusOK)
				if got := b.count(`/primary"`); got != n {
					t.Errorf("%d offered, want %d", got, n)
				}
				return b
			}
			offered(0)
			add("Zimmer", contact.Form)
			offered(1).want(http.StatusOK, "Désigner M. ZIMMER Yann")
			for i := range 7 {
				add("Aballain "+string(rune('A'+i)), contact.Form)
			}
			offered(5).want(http.StatusOK, "Désigner M. ABALLAIN A Yann").wantNot("ABGRALL", "ZIMMER", "ABALLAIN F")
		})
		t.Run("the history shows what was done to the organisation and its contacts, and takes a comment", func(t *testing.T) {
			officer.get(c.page("/journal")).want(http.StatusOK, "Nadia Kessler a ajouté Ateliers Corvenne", "Vous avez modifié Ateliers Corvenne", "Mme LE GALL Maëlle")
			officer.post(c.page("/comments"), url.Values{"comment": {""}}).want(http.StatusUnprocessableEntity)
			officer.post(c.page("/comments"), url.Values{"comment": {"Rappeler en mars."}}).wantTo(c.page("/journal"))
			officer.get(c.page("/journal")).want(http.StatusOK, "Rappeler en mars.")
		})
	})
}

func TestIdentity(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		admin := h.as(h.school.admin)
		form := func(siret, reason string) url.Values {
			return url.Values{"siret": {siret}, "reason": {reason}, "version": {admin.get(c.page("/identity")).field("version")}}
		}
		t.Run("a SIRET is corrected with a reason, and the contacts follow", func(t *testing.T) {
			admin.get(c.page("/identity")).want(http.StatusOK, "Corriger le SIRET", "Le SIRET identifie l’entreprise et ses contacts.", "Motif")
			admin.post(c.page("/identity"), form("732 829 320 00074", "")).want(http.StatusUnprocessableEntity, "Motif : Ce champ est obligatoire.")
			admin.post(c.page("/identity"), form("732 829 320 00075", "faute")).want(http.StatusUnprocessableEntity, "Ce SIRET n’est pas valide")
			f := form("732 829 320 00074", "Faute de frappe")
			for range 2 {
				admin.post(c.page("/identity"), f).wantTo(c.page(""))
			}
			admin.get(c.page("")).want(http.StatusOK, "Numéros enregistrés.", "732 829 320 00074")
		})
		t.Run("a missing one is entered without a reason", func(t *testing.T) {
			o := h.organization(h.school, "Brasserie Armen", "")
			path := list + "/" + o.ID.String() + "/identity"
			admin.get(path).want(http.StatusOK, "Saisir le SIRET").wantMarkup(`value="N-000001"`)
			admin.post(path, url.Values{"siret": {"81245739800020"}, "customer_number": {"N-000001"}, "version": {admin.field("version")}}).wantTo(list + "/" + o.ID.String())
		})
		t.Run("it is refused when an account of one of the contacts exists there, with the name", func(t *testing.T) {
			twin := h.organization(h.vendor, "Corvenne ailleurs", "35600000000048")
			h.contact(h.vendor, twin.ID, "Le Gall", "Maëlle")
			admin.post(c.page("/identity"), form("356 000 000 00048", "Fusion")).want(http.StatusUnprocessableEntity, "Un compte utilisateur existe déjà sous ce SIRET pour Le Gall Maëlle.")
		})
		t.Run("a changed one in the meantime is shown", func(t *testing.T) {
			f := form("35600000000048", "x")
			f.Set("version", "1")
			admin.post(c.page("/identity"), f).want(http.StatusUnprocessableEntity, "Enregistré entre-temps : 732 829 320 00074")
		})
	})
}

func TestArchiveAndDeletion(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		admin := h.as(h.school.admin)
		t.Run("archiving says whom it shuts out, hides, and is undone", func(t *testing.T) {
			admin.get(c.page("/archive")).want(http.StatusOK, "Archiver Ateliers Corvenne ?", "ses contacts (2) ne peuvent plus entrer dans le portail")
			for range 2 {
				admin.post(c.page("/archive"), nil).wantTo(c.page(""))
			}
			admin.get(c.page("/contacts?open="+c.first.ID.String())).want(http.StatusOK, "Cette entreprise est archivée.", "Restaurer", "L’entreprise est archivée. Restaurez-la pour rouvrir les accès.")
			admin.get(list).want(http.StatusOK, "Aucune entreprise")
			admin.post(c.page("/restoration"), nil).wantTo(c.page(""))
			admin.get(c.page("")).want(http.StatusOK, "Entreprise restaurée : Ateliers Corvenne.").wantNot("est archivée")
		})
		t.Run("deleting asks for the password once it was typed long ago", func(t *testing.T) {
			admin.get(c.page("/deletion")).want(http.StatusOK, "Supprimer Ateliers Corvenne ?", "Toute suppression est définitive.", "ses contacts (2)", "archivez plutôt").wantNot("Mot de passe")
			h.clock.Pass(past)
			admin.get(c.page("/deletion")).want(http.StatusOK, "Mot de passe", "Demandé avant un acte définitif.")
			admin.post(c.page("/deletion"), url.Values{"password": {"faux"}}).want(http.StatusUnprocessableEntity)
			admin.post(c.page("/deletion"), nil).want(http.StatusUnprocessableEntity)
			admin.get(c.page("")).want(http.StatusOK)
			admin.post(c.page("/deletion"), url.Values{"password": {password}}).wantTo(list)
			admin.get(list).want(http.StatusOK, "Entreprise supprimée : Ateliers Corvenne.")
			admin.get(c.page("")).want(http.StatusNotFound)
			admin.get(act(c.first, "")).want(http.StatusNotFound)
		})
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		officer := h.as(h.school.officer)
		t.Run("an officer does not correct, archive or delete an organisation", func(t *testing.T) {
			for _, path := range []string{"/identity", "/archive", "/deletion"} {
				officer.get(c.page(path)).want(http.StatusForbidden)
				officer.post(c.page(path), url.Values{"siret": {"73282932000074"}, "reason": {"x"}, "version": {"1"}}).want(http.StatusForbidden)
			}
			officer.post(c.page("/restoration"), nil).want(http.StatusForbidden)
		})
		t.Run("what another workspace owns, and what nobody does, is not there", func(t *testing.T) {
			stranger := h.as(h.vendor.admin)
			unknown := contact.Contact{}
			unknown.ID = id.NewContact()
			for _, ids := range []struct{ org, contact string }{{c.ID.String(), c.first.ID.String()}, {id.NewOrganization().String(), id.NewContact().String()}, {"x", "x"}} {
				for _, path := range []string{"", "/contacts", "/contacts/new", "/contacts/similar?family_name=le+gall", "/identity", "/archive", "/deletion", "/journal"} {
					if ids.org != "x" || path != "/contacts/similar?family_name=le+gall" {
						got := stranger.get("/orvane/office/organizations/" + ids.org + path)
						if got.status != http.StatusNotFound && strings.TrimSpace(got.body) != "" {
							t.Errorf("%s%s: %d %s", ids.org, path, got.status, got.text())
						}
					}
				}
				for _, path := range []string{"", "/contacts", "/identity", "/archive", "/restoration", "/deletion", "/comments"} {
					stranger.post("/orvane/office/organizations/"+ids.org+path, url.Values{"comment": {"x"}, "siret": {"73282932000074"}, "reason": {"x"}, "version": {"1"}, "name": {"x"},
						"civility": {"ms"}, "family_name": {"A"}, "given_name": {"B"}, "email": {"a@b.example"}}).want(http.StatusNotFound)
				}
				for _, path := range []string{"", "/name", "/authorization", "/deletion"} {
					stranger.get("/orvane/office/contacts/" + ids.contact + path).want(http.StatusNotFound)
				}
				for _, path := range []string{"", "/name", "/authorization", "/deletion", "/primary"} {
					stranger.post("/orvane/office/contacts/"+ids.contact+path, url.Values{"family_name": {"A"}, "given_name": {"B"}, "civility": {"ms"}, "version": {"1"}}).want(http.StatusNotFound)
				}
			}
			stranger.get(c.page("")).want(http.StatusNotFound) // the school's own address
			if got := h.stored(c.first.ID); got.Version != c.first.Version {
				t.Error("something was changed")
			}
		})
	})
}
