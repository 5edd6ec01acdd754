package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
)

func TestName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)
		open := c.page("/contacts?open=" + c.first.ID.String())
		named := func(family, given, person string) url.Values {
			return url.Values{"family_name": {family}, "given_name": {given}, "person": {person}, "version": {b.get(act(c.first, "/name")).field("version")}}
		}

		t.Run("the pencil opens the identity dialog, which is a page of its own without a script (figure 2)", func(t *testing.T) {
			b.get(act(c.first, "/name")).want(http.StatusOK, "Modifier le nom et le prénom", "Nom actuel : Mme LE GALL Maëlle", "La même personne, son nom change",
				"Une autre personne", "Un compte utilisateur est unique par nom, prénom et SIRET.", "Tableau de bord", "Annuler")
			b.fetch("c-000001-dialog", act(c.first, "/name")).want(http.StatusOK, "Une autre personne").wantNot("Tableau de bord").wantMarkup("<dialog", "data-open")
		})
		t.Run("another spelling, another name, and another person", func(t *testing.T) {
			b.post(act(c.first, "/name"), named("LE-GALL", "Maelle", "same")).wantTo(open + "#c-000001")
			b.get(open).want(http.StatusOK, "Nom enregistré : Mme LE-GALL Maelle.")
			b.post(act(c.first, "/name"), named("Le Goff", "Maëlle", "another")).wantTo(open + "#c-000001")
			if got := h.stored(c.first.ID); got.FamilyName.String() != "Le Goff" {
				t.Errorf("%+v", got)
			}
		})
		t.Run("all faults at once, beside their fields", func(t *testing.T) {
			b.post(act(c.first, "/name"), named("", "…", "same")).want(http.StatusUnprocessableEntity, "2 champs sont à corriger").wantMarkup(`value="…"`, `id="name-given_name-error"`)
		})
		t.Run("somebody else renamed meanwhile: both names are seen", func(t *testing.T) {
			mine := named("Le Guen", "Maëlle", "same")
			b.post(act(c.first, "/name"), named("Le Bihan", "Maëlle", "same")).wantTo(open + "#c-000001")
			b.post(act(c.first, "/name"), mine).want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations entre-temps.", "Enregistré entre-temps : Le Bihan").wantMarkup(`value="Le Guen"`)
			if got := h.stored(c.first.ID).FamilyName.String(); got != "Le Bihan" {
				t.Errorf("overwritten: %s", got)
			}
		})
		t.Run("an account of that name refuses, says the way out, and is counted for the person", func(t *testing.T) {
			taken := named("Roussel Carre", "ETIENNE", "same")
			b.postPart("c-000001", act(c.first, "/name"), taken).want(http.StatusUnprocessableEntity,
				"Un compte utilisateur disposant de ces informations existe déjà. Créez un contact sous ce nom, puis supprimez celui-ci.")
			b.wantMarkup(`<div id="c-000001-dialog">`, "<dialog", "data-open").wantNot("Tableau de bord", "Coordonnées") // what is typed in the sheet stays
			for range 9 {
				b.post(act(c.first, "/name"), taken).want(http.StatusUnprocessableEntity)
			}
			b.post(act(c.first, "/name"), taken).want(http.StatusTooManyRequests, "Trop de tentatives en peu de temps.").wantMarkup(`value="Roussel Carre"`)
			other := h.as(h.school.admin)
			other.post(act(c.first, "/name"), taken).want(http.StatusUnprocessableEntity)
			h.clock.Pass(past)
			b = h.as(h.school.officer)
			b.post(act(c.first, "/name"), named("Le Gall", "Maëlle", "same")).wantTo(open + "#c-000001")
		})
	})
}

func TestAuthorization(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)
		open := c.page("/contacts?open=" + c.landing.ID.String())
		t.Run("« Autoriser l'accès » asks first, since it is final, and is there only while NON (figures 4 and 7)", func(t *testing.T) {
			b.get(open).want(http.StatusOK, "Est autorisé à accéder aux données de votre école NON", "Autoriser l'accès", "Dépôt d’offre")
			b.get(act(c.landing, "/authorization")).want(http.StatusOK, "Autoriser l’accès de M. ROUSSEL-CARRÉ Étienne ?", "Cette décision est définitive.",
				"Ce contact a été créé par le formulaire public.", "Autoriser définitivement")
			b.post(act(c.landing, "/authorization"), nil).wantTo(open + "#c-000002")
			b.get(open).want(http.StatusOK, "Accès autorisé : M. ROUSSEL-CARRÉ Étienne.", "Est autorisé à accéder aux données de votre école OUI").wantNot("Autoriser l'accès")
		})
		t.Run("a second press changes nothing", func(t *testing.T) {
			before := h.stored(c.landing.ID)
			b.post(act(c.landing, "/authorization"), nil).wantTo(open + "#c-000002")
			if after := h.stored(c.landing.ID); after.AuthorizedAt != before.AuthorizedAt || after.Version != before.Version {
				t.Errorf("%+v", after)
			}
		})
	})
}

func TestPrimary(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)
		second := h.contact(h.school, c.ID, "Diallo", "Awa")
		t.Run("the sheet's box names the primary contact; the one who is it cannot be unticked", func(t *testing.T) {
			b.get(c.page("/contacts?open=" + c.first.ID.String())).wantMarkup(`name="primary" value="1" checked disabled`)
			form := details()
			form.Set("version", b.get(c.page("/contacts?open="+second.ID.String())).field("version"))
			form.Set("primary", "1")
			b.post(act(second, ""), form).wantTo(c.page("/contacts?open=" + second.ID.String() + "#c-000003"))
			b.get(c.page("")).want(http.StatusOK, "Contact principal Mme DIALLO Awa")
		})
		t.Run("one press does too, also twice", func(t *testing.T) {
			for range 2 {
				b.post(act(c.first, "/primary"), nil).wantTo(c.page("/contacts?open=" + c.first.ID.String() + "#c-000001"))
			}
			b.get(c.page("")).want(http.StatusOK, "Contact principal Mme LE GALL Maëlle")
		})
		t.Run("a contact of the public form is not before it is authorised", func(t *testing.T) {
			b.post(act(c.landing, "/primary"), nil).want(http.StatusConflict, "Autorisez son accès avant d’en faire le contact principal.")
		})
	})
}

func TestDeletion(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)
		second := h.contact(h.school, c.ID, "Diallo", "Awa")
		t.Run("« Supprimer » says that it is final, what goes and what stays (figure 8)", func(t *testing.T) {
			b.get(act(c.landing, "/deletion")).want(http.StatusOK, "Supprimer M. ROUSSEL-CARRÉ Étienne ?", "Toute suppression est définitive.", "Partent :", "Restent :",
				"Contact supprimé (C-000002)", "Supprimer définitivement").wantNot("Nouveau contact principal")
			b.post(act(c.landing, "/deletion"), nil).wantTo(c.page("/contacts"))
			b.get(c.page("/contacts")).want(http.StatusOK, "Contact supprimé : M. ROUSSEL-CARRÉ Étienne.", "2 contacts").wantNot("etienne.roussel")
		})
		t.Run("deleting it again finds nothing", func(t *testing.T) {
			b.post(act(c.landing, "/deletion"), nil).want(http.StatusNotFound)
			b.get(act(c.landing, "")).want(http.StatusNotFound)
		})
		t.Run("who follows is asked of a primary contact’s deletion alone", func(t *testing.T) {
			for _, below := range []string{"/name", "/authorization"} {
				b.get(act(c.first, below)).want(http.StatusOK).wantNot("Nouveau contact principal", "DIALLO")
			}
			b.get(act(second, "/deletion")).want(http.StatusOK).wantNot("Nouveau contact principal")
		})
		t.Run("the primary contact goes only when somebody follows", func(t *testing.T) {
			b.get(act(c.first, "/deletion")).want(http.StatusOK, "Nouveau contact principal", "Mme DIALLO Awa")
			b.postPart("organization", act(c.first, "/deletion"), nil).want(http.StatusUnprocessableEntity, "Choisissez qui devient le contact principal.").wantMarkup(`<div id="c-000001-dialog">`, "data-open")
			b.post(act(c.first, "/deletion"), url.Values{"successor": {id.NewContact().String()}}).want(http.StatusUnprocessableEntity)
			b.post(act(c.first, "/deletion"), url.Values{"successor": {second.ID.String()}}).wantTo(c.page("/contacts"))
			b.get(c.page("")).want(http.StatusOK, "Contact principal Mme DIALLO Awa")
		})
		t.Run("the last one goes without a successor", func(t *testing.T) {
			b.post(act(second, "/deletion"), nil).wantTo(c.page("/contacts"))
			b.get(c.page("")).want(http.StatusOK, "Le premier contact ajouté devient le contact principal.")
		})
	})
}

func TestAddition(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)
		form := func() url.Values {
			return url.Values{
				"civility": {"mr"}, "family_name": {"Kervella"}, "given_name": {"Yann"}, "mobile": {""}, "phone": {"02 61 91 40 30"},
				"job_title": {""}, "email": {"yann.kervella@corvenne.example"}, "submission": {b.get(c.page("/contacts/new")).field("submission")},
			}
		}
		t.Run("the dialog has the manual's seven fields, and is a page of its own without a script", func(t *testing.T) {
			b.get(c.page("/contacts/new")).want(http.StatusOK, "Ajouter un contact", "Civilité", "M.", "Mme", "Nom", "Prénom", "Portable optionnel", "Téléphone", "Fonction optionnel", "Email",
				"Chez Ateliers Corvenne.", "Ajouter", "Tableau de bord").wantNot("Dr")
			b.fetch("dialog", c.page("/contacts/new")).want(http.StatusOK, "Civilité").wantNot("Tableau de bord").wantMarkup(`<div id="dialog">`, "<dialog", "data-open")
		})
		t.Run("all faults come at once, what was typed is kept, an e-mail is proposed", func(t *testing.T) {
			bad := url.Values{"given_name": {"Yann"}, "mobile": {"12"}, "email": {"Yann Kervella@Corvenne.example"}}
			b.post(c.page("/contacts"), bad).want(http.StatusUnprocessableEntity, "5 champs sont à corriger", "Civilité : Ce champ est obligatoire.", "Nom : Ce champ est obligatoire.")
			b.wantMarkup(`value="Yann Kervella@Corvenne.example"`, `id="add-phone-error"`, `name="given_name" type="text" value="Yann"`)
			b.postPart("organization", c.page("/contacts"), bad).want(http.StatusUnprocessableEntity).wantNot("Tableau de bord", "LE GALL").wantMarkup(`<div id="dialog">`, "data-open", `id="add-phone-error"`)
			if n := h.people(c.ID); n != 2 {
				t.Errorf("%d contacts", n)
			}
		})
		t.Run("it is added once, however often the form is sent, with a toast", func(t *testing.T) {
			f := form()
			for range 3 {
				b.post(c.page("/contacts"), f).wantTo(c.page("/contacts#c-000003"))
			}
			b.get(c.page("/contacts")).want(http.StatusOK, "Contact ajouté : M. KERVELLA Yann.", "3 contacts")
		})
		t.Run("a proposal's button takes its value along", func(t *testing.T) {
			f := form()
			f.Set("family_name", "Garnier")
			f.Set("email", "Hélène@corvenne.example")
			f.Set("accept", "email=helene@corvenne.example")
			b.post(c.page("/contacts"), f)
			if b.status != http.StatusSeeOther {
				t.Error(b.text())
			}
		})
		t.Run("the same name is refused with a link to the one there is", func(t *testing.T) {
			f := form()
			f.Set("family_name", "LE-GALL")
			f.Set("given_name", "maelle")
			b.post(c.page("/contacts"), f).want(http.StatusUnprocessableEntity, "Ce contact existe déjà : Le Gall Maëlle.").wantMarkup(`href="` + c.page("/contacts?open="+c.first.ID.String()) + `"`)
		})
		t.Run("while typing, the same and similar names are told", func(t *testing.T) {
			similar := func(family, given string) *browser {
				return b.fetch("names-check", c.page("/contacts/similar?"+url.Values{"family_name": {family}, "given_name": {given}}.Encode())).want(http.StatusOK)
			}
			similar("le gall", "Maelle").want(http.StatusOK, "Ce contact existe déjà.", "Mme LE GALL Maëlle")
			similar("Le Gal", "Maelle").want(http.StatusOK, "Des noms proches existent déjà :", "Mme LE GALL Maëlle")
			if similar("Zabel", "Zoé"); strings.TrimSpace(b.body) != "" {
				t.Errorf("%q", b.body)
			}
		})
		t.Run("an archived organisation takes nobody", func(t *testing.T) {
			h.as(h.school.admin).post(c.page("/archive"), nil).wantTo(c.page(""))
			f := form()
			f.Set("family_name", "Nouveau")
			b.post(c.page("/contacts"), f).want(http.StatusUnprocessableEntity, "Cette entreprise est archivée.")
		})
	})
}

func TestSessionEnds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)
		t.Run("what was typed when the session ended is shown again after signing in, and nothing is stored", func(t *testing.T) {
			form := details()
			form.Set("version", b.get(c.page("/contacts?open="+c.first.ID.String())).field("version"))
			form.Set("job_title", "Directrice générale")
			h.clock.Pass(24 * time.Hour)
			b.post(act(c.first, ""), form).want(http.StatusOK, "Se connecter")
			b.post("/sign-in", url.Values{"email": {h.school.officer.address}, "password": {password}, "kept": {b.field("kept")}})
			b.want(http.StatusOK, "Votre saisie a été gardée.").wantMarkup(`value="Directrice générale"`)
			if got := h.stored(c.first.ID); got.JobTitle != "Tutrice" || got.State() != contact.WithoutLogin {
				t.Errorf("%+v", got)
			}
		})
	})
}
