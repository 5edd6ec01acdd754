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
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

const list = "/brenval/office/organizations"

func TestOrganizations(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		h.Corvenne()
		archived := h.Organization(h.School, "Brasserie Armen", "")
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := contact.Archive(ctx, tx, h.School.Admin.Actor, archived.ID)
			return err
		})
		for i := range 13 {
			h.Organization(h.School, fmt.Sprintf("Zinguerie %c", 'A'+i), "")
		}
		h.Organization(h.Vendor, "Cabinet des Lices", "")
		b := h.As(h.School.Officer)

		for query, found := range map[string]bool{
			"": true, "?q=ateliers": true, "?q=CORVENNE": true, "?q=812+457+398+00020": true, "?q=81245739800020": true, "?q=8124": true, "?q=quimper": true,
			"?state=archived": false, "?state=without_primary": false, "?q=rien+de+tel": false, "?sort=city": true, "?sort=recent&page=2&size=12": true, "?page=9": false,
		} {
			t.Run("search, order, filter and pages "+query, func(t *testing.T) {
				b.Get(list+query).Want(http.StatusOK, "Entreprises", "Ajouter une entreprise", "Rechercher une entreprise")
				if _, main, _ := strings.Cut(b.Body, "<main"); strings.Contains(main, "Ateliers Corvenne") != found {
					t.Errorf("found %v: %s", !found, b.Text())
				}
				if strings.Contains(b.Body, "Lices") {
					t.Error("another workspace's")
				}
			})
		}
		t.Run("the filters show the others", func(t *testing.T) {
			b.Get(list+"?state=archived").Want(http.StatusOK, "Brasserie Armen Archivé")
			b.Get(list+"?state=without_primary").Want(http.StatusOK, "Zinguerie A", "1 à 13, sur 13")
			b.Get(list+"?q=rien+de+tel").Want(http.StatusOK, "Aucune entreprise ne correspond.", "Voir toutes les entreprises")
			b.Get(list).Want(http.StatusOK, "812 457 398 00020", "N-000002", "Mme LE GALL Maëlle", "1 à 14, sur 14")
		})
		t.Run("a script gets the list alone, and the address keeps everything", func(t *testing.T) {
			b.Fetch("list", list+"?q=zing&size=12").Want(http.StatusOK, "Zinguerie A").WantNot("Tableau de bord")
			b.WantMarkup("?page=2&amp;q=zing&amp;size=12", "q=zing&amp;size=12&amp;sort=city")
		})

	})
}

func TestNewOrganization(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		b := h.As(h.School.Officer)
		form := url.Values{"name": {"Ateliers Corvenne"}, "siret": {"812 457 398 00021"}, "phone": {"12"}, "website": {"javascript:alert(1)"}, "city": {"Quimper"}}

		t.Run("all faults come at once, what was typed is kept", func(t *testing.T) {
			b.Post(list, form).Want(http.StatusUnprocessableEntity, "3 champs sont à corriger", "Ce SIRET n’est pas valide", "Cette adresse de site n’est pas valable.")
			b.WantMarkup(`value="812 457 398 00021"`, `value="Quimper"`)
		})
		t.Run("it is added once, however often the form is sent", func(t *testing.T) {
			form = url.Values{"name": {"Ateliers Corvenne"}, "siret": {"812 457 398 00020"}, "submission": {b.Get(list + "/new").Field("submission")}}
			b.Post(list, form)
			first := b.To
			b.Post(list, form).WantTo(first)
			b.Get(first).Want(http.StatusOK, "Entreprise ajoutée : Ateliers Corvenne.", "SIRET 812 457 398 00020")
			b.Get(list).Want(http.StatusOK, "1 à 1, sur 1")
		})
		t.Run("a number that another one bears is refused with a link to it", func(t *testing.T) {
			form.Set("submission", b.Get(list+"/new").Field("submission"))
			b.Post(list, form).Want(http.StatusUnprocessableEntity, "Ce SIRET est déjà celui de l’entreprise « Ateliers Corvenne ».", "Voir")
		})
		t.Run("without numbers it gets one", func(t *testing.T) {
			b.Post(list, url.Values{"name": {"Brasserie Armen"}})
			b.Get(b.To).Want(http.StatusOK, "Numéro client N-000001")
		})
		for typed, says := range map[string]string{
			"812 457 398 00020": "Ce SIRET est déjà celui de l’entreprise « Ateliers Corvenne ». Voir", "73282932000074": "SIRET valable : 732 829 320 00074",
			"8124573980002": "Un SIRET compte 14 chiffres ; vous en avez saisi 13.", "81245739800O20": "Peut-être 812 457 398 00020 ?", "": "", "  ": "",
		} {
			t.Run("while typing: "+typed, func(t *testing.T) {
				b.Fetch("siret-check", list+"/siret?siret="+url.QueryEscape(typed)).Want(http.StatusOK, says)
				if says == "" && strings.TrimSpace(b.Body) != "" {
					t.Errorf("%q", b.Body)
				}
			})
		}
	})
}

func TestGeneralInformation(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		admin, officer := h.As(h.School.Admin), h.As(h.School.Officer)
		form := func(b *officetest.Browser) url.Values {
			return url.Values{"name": {"Ateliers Corvenne"}, "city": {"Quimper"}, "version": {b.Get(c.Page("")).Field("version")}}
		}
		t.Run("facts and form stand on one page, with what each may do", func(t *testing.T) {
			officer.Get(c.Page("")).Want(http.StatusOK, "Coordonnées", "SIRET 812 457 398 00020", "Contact principal Mme LE GALL Maëlle", "Modifié le 20/11/2026 par Nadia Kessler", "Modifier l’entreprise")
			officer.WantNot("Corriger le SIRET", "Archiver", "Supprimer")
			admin.Get(c.Page("")).Want(http.StatusOK, "Corriger le SIRET", "Archiver l’entreprise", "Supprimer l’entreprise")
		})
		t.Run("it is saved, also when sent twice", func(t *testing.T) {
			f := form(officer)
			f.Set("address", "3 rue de la Gare")
			f.Set("website", "corvenne.example")
			for range 2 {
				officer.Post(c.Page(""), f).WantTo(c.Page(""))
			}
			officer.Get(c.Page("")).Want(http.StatusOK, "Informations enregistrées : Ateliers Corvenne.").WantMarkup(`value="3 rue de la Gare"`, `value="https://corvenne.example"`)
		})
		t.Run("two people edit: the second sees both values", func(t *testing.T) {
			mine, theirs := form(officer), form(admin)
			theirs.Set("city", "Brest")
			theirs.Set("phone", "02 61 91 40 00")
			admin.Post(c.Page(""), theirs).WantTo(c.Page(""))
			mine.Set("city", "Lorient")
			officer.Post(c.Page(""), mine).Want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations entre-temps.", "Enregistré entre-temps : Brest", "Enregistré entre-temps : 02 61 91 40 00")
			officer.WantMarkup(`value="Lorient"`)
			mine.Set("version", officer.Field("version"))
			mine.Set("phone", "")
			mine.Set("accept", "phone=02 61 91 40 00")
			officer.Post(c.Page(""), mine).WantTo(c.Page(""))
			officer.Get(c.Page("")).Want(http.StatusOK, "Lorient").WantMarkup("02\u00a061\u00a091\u00a040\u00a000")
		})
		t.Run("where there is no primary contact, one press names one", func(t *testing.T) {
			o := h.Organization(h.School, "Cérénis", "")
			p := h.Contact(h.School, o.ID, "Diallo", "Awa")
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				return organization.SetPrimary(ctx, tx, h.School.Admin.Actor, o.ID, id.Contact{})
			})
			officer.Get(list+"/"+o.ID.String()).Want(http.StatusOK, "Aucun contact principal n’est désigné.", "Désigner Mme DIALLO Awa").WantMarkup(`action="` + officetest.Act(p, "/primary") + `"`)
		})
		t.Run("the first five who may become it are offered, also behind a page of those who may not", func(t *testing.T) {
			o := h.Organization(h.School, "Fonderie Landerne", "")
			add := func(family string, source contact.Source) {
				h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := contact.Create(ctx, tx, h.School.Admin.Actor, o.ID, contact.Input{
						Civility: "mr", FamilyName: family, GivenName: "Yann", Phone: "02 61 91 40 12", Email: "yann@landerne.example", Source: source,
					})
					return err
				})
			}
			for i := range 13 {
				add("Abgrall "+string(rune('A'+i)), contact.Landing)
			}
			offered := func(n int) *officetest.Browser {
				t.Helper()
				h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
					return organization.SetPrimary(ctx, tx, h.School.Admin.Actor, o.ID, id.Contact{})
				})
				b := officer.Get(list + "/" + o.ID.String()).Want(http.StatusOK)
				if got := b.Count(`/primary"`); got != n {
					t.Errorf("%d offered, want %d", got, n)
				}
				return b
			}
			offered(0)
			add("Zimmer", contact.Form)
			offered(1).Want(http.StatusOK, "Désigner M. ZIMMER Yann")
			for i := range 7 {
				add("Aballain "+string(rune('A'+i)), contact.Form)
			}
			offered(5).Want(http.StatusOK, "Désigner M. ABALLAIN A Yann").WantNot("ABGRALL", "ZIMMER", "ABALLAIN F")
		})
		t.Run("the history shows what was done to the organisation and its contacts, and takes a comment", func(t *testing.T) {
			officer.Get(c.Page("/journal")).Want(http.StatusOK, "Nadia Kessler a ajouté Ateliers Corvenne", "Vous avez modifié Ateliers Corvenne", "Mme LE GALL Maëlle")
			officer.Post(c.Page("/comments"), url.Values{"comment": {""}}).Want(http.StatusUnprocessableEntity)
			officer.Post(c.Page("/comments"), url.Values{"comment": {"Rappeler en mars."}}).WantTo(c.Page("/journal"))
			officer.Get(c.Page("/journal")).Want(http.StatusOK, "Rappeler en mars.")
		})
	})
}

func TestIdentity(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		admin := h.As(h.School.Admin)
		form := func(siret, reason string) url.Values {
			return url.Values{"siret": {siret}, "reason": {reason}, "version": {admin.Get(c.Page("/identity")).Field("version")}}
		}
		t.Run("a SIRET is corrected with a reason, and the contacts follow", func(t *testing.T) {
			admin.Get(c.Page("/identity")).Want(http.StatusOK, "Corriger le SIRET", "Le SIRET identifie l’entreprise et ses contacts.", "Motif")
			admin.Post(c.Page("/identity"), form("732 829 320 00074", "")).Want(http.StatusUnprocessableEntity, "Motif : Ce champ est obligatoire.")
			admin.Post(c.Page("/identity"), form("732 829 320 00075", "faute")).Want(http.StatusUnprocessableEntity, "Ce SIRET n’est pas valide")
			f := form("732 829 320 00074", "Faute de frappe")
			for range 2 {
				admin.Post(c.Page("/identity"), f).WantTo(c.Page(""))
			}
			admin.Get(c.Page("")).Want(http.StatusOK, "Numéros enregistrés.", "732 829 320 00074")
		})
		t.Run("a missing one is entered without a reason", func(t *testing.T) {
			o := h.Organization(h.School, "Brasserie Armen", "")
			path := list + "/" + o.ID.String() + "/identity"
			admin.Get(path).Want(http.StatusOK, "Saisir le SIRET").WantMarkup(`value="N-000001"`)
			admin.Post(path, url.Values{"siret": {"81245739800020"}, "customer_number": {"N-000001"}, "version": {admin.Field("version")}}).WantTo(list + "/" + o.ID.String())
		})
		t.Run("it is refused when an account of one of the contacts exists there, with the name", func(t *testing.T) {
			twin := h.Organization(h.Vendor, "Corvenne ailleurs", "35600000000048")
			h.Contact(h.Vendor, twin.ID, "Le Gall", "Maëlle")
			admin.Post(c.Page("/identity"), form("356 000 000 00048", "Fusion")).Want(http.StatusUnprocessableEntity, "Un compte utilisateur existe déjà sous ce SIRET pour Le Gall Maëlle.")
		})
		t.Run("a changed one in the meantime is shown", func(t *testing.T) {
			f := form("35600000000048", "x")
			f.Set("version", "1")
			admin.Post(c.Page("/identity"), f).Want(http.StatusUnprocessableEntity, "Enregistré entre-temps : 732 829 320 00074")
		})
	})
}

func TestArchiveAndDeletion(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		admin := h.As(h.School.Admin)
		t.Run("archiving says whom it shuts out, hides, and is undone", func(t *testing.T) {
			admin.Get(c.Page("/archive")).Want(http.StatusOK, "Archiver Ateliers Corvenne ?", "ses contacts (2) ne peuvent plus entrer dans le portail")
			for range 2 {
				admin.Post(c.Page("/archive"), nil).WantTo(c.Page(""))
			}
			admin.Get(c.Page("/contacts?open="+c.First.ID.String())).Want(http.StatusOK, "Cette entreprise est archivée.", "Restaurer", "L’entreprise est archivée. Restaurez-la pour rouvrir les accès.")
			admin.Get(list).Want(http.StatusOK, "Aucune entreprise")
			admin.Post(c.Page("/restoration"), nil).WantTo(c.Page(""))
			admin.Get(c.Page("")).Want(http.StatusOK, "Entreprise restaurée : Ateliers Corvenne.").WantNot("est archivée")
		})
		t.Run("deleting asks for the password once it was typed long ago", func(t *testing.T) {
			admin.Get(c.Page("/deletion")).Want(http.StatusOK, "Supprimer Ateliers Corvenne ?", "Toute suppression est définitive.", "ses contacts (2)", "archivez plutôt").WantNot("Mot de passe")
			h.Clock.Pass(officetest.Past)
			admin.Get(c.Page("/deletion")).Want(http.StatusOK, "Mot de passe", "Demandé avant un acte définitif.")
			admin.Post(c.Page("/deletion"), url.Values{"password": {"faux"}}).Want(http.StatusUnprocessableEntity)
			admin.Post(c.Page("/deletion"), nil).Want(http.StatusUnprocessableEntity)
			admin.Get(c.Page("")).Want(http.StatusOK)
			admin.Post(c.Page("/deletion"), url.Values{"password": {officetest.Password}}).WantTo(list)
			admin.Get(list).Want(http.StatusOK, "Entreprise supprimée : Ateliers Corvenne.")
			admin.Get(c.Page("")).Want(http.StatusNotFound)
			admin.Get(officetest.Act(c.First, "")).Want(http.StatusNotFound)
		})
	})
}

func TestWhoMay(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		officer := h.As(h.School.Officer)
		t.Run("an officer does not correct, archive or delete an organisation", func(t *testing.T) {
			for _, path := range []string{"/identity", "/archive", "/deletion"} {
				officer.Get(c.Page(path)).Want(http.StatusForbidden)
				officer.Post(c.Page(path), url.Values{"siret": {"73282932000074"}, "reason": {"x"}, "version": {"1"}}).Want(http.StatusForbidden)
			}
			officer.Post(c.Page("/restoration"), nil).Want(http.StatusForbidden)
		})
		t.Run("what another workspace owns, and what nobody does, is not there", func(t *testing.T) {
			stranger := h.As(h.Vendor.Admin)
			unknown := contact.Contact{}
			unknown.ID = id.NewContact()
			for _, ids := range []struct{ org, contact string }{{c.ID.String(), c.First.ID.String()}, {id.NewOrganization().String(), id.NewContact().String()}, {"x", "x"}} {
				for _, path := range []string{"", "/contacts", "/contacts/new", "/contacts/similar?family_name=le+gall", "/identity", "/archive", "/deletion", "/journal"} {
					if ids.org != "x" || path != "/contacts/similar?family_name=le+gall" {
						got := stranger.Get("/orvane/office/organizations/" + ids.org + path)
						if got.Status != http.StatusNotFound && strings.TrimSpace(got.Body) != "" {
							t.Errorf("%s%s: %d %s", ids.org, path, got.Status, got.Text())
						}
					}
				}
				for _, path := range []string{"", "/contacts", "/identity", "/archive", "/restoration", "/deletion", "/comments"} {
					stranger.Post("/orvane/office/organizations/"+ids.org+path, url.Values{"comment": {"x"}, "siret": {"73282932000074"}, "reason": {"x"}, "version": {"1"}, "name": {"x"},
						"civility": {"ms"}, "family_name": {"A"}, "given_name": {"B"}, "email": {"a@b.example"}}).Want(http.StatusNotFound)
				}
				for _, path := range []string{"", "/name", "/authorization", "/deletion"} {
					stranger.Get("/orvane/office/contacts/" + ids.contact + path).Want(http.StatusNotFound)
				}
				for _, path := range []string{"", "/name", "/authorization", "/deletion", "/primary"} {
					stranger.Post("/orvane/office/contacts/"+ids.contact+path, url.Values{"family_name": {"A"}, "given_name": {"B"}, "civility": {"ms"}, "version": {"1"}}).Want(http.StatusNotFound)
				}
			}
			stranger.Get(c.Page("")).Want(http.StatusNotFound) // the school's own address
			if got := h.Stored(c.First.ID); got.Version != c.First.Version {
				t.Error("something was changed")
			}
		})
	})
}
