package contacts_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/office/officetest"
)

func TestName(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		open := c.Page("/contacts?open=" + c.First.ID.String())
		named := func(family, given, person string) url.Values {
			return url.Values{"family_name": {family}, "given_name": {given}, "person": {person}, "version": {b.Get(officetest.Act(c.First, "/name")).Field("version")}}
		}

		t.Run("the pencil opens the identity dialog, which is a page of its own without a script (figure 2)", func(t *testing.T) {
			b.Get(officetest.Act(c.First, "/name")).Want(http.StatusOK, "Modifier le nom et le prénom", "Nom actuel : Mme LE GALL Maëlle", "La même personne, son nom change",
				"Une autre personne", "Un compte utilisateur est unique par nom, prénom et SIRET.", "Tableau de bord", "Annuler")
			b.Fetch("c-000001-dialog", officetest.Act(c.First, "/name")).Want(http.StatusOK, "Une autre personne").WantNot("Tableau de bord").WantMarkup("<dialog", "data-open")
		})
		t.Run("another spelling, another name, and another person", func(t *testing.T) {
			b.Post(officetest.Act(c.First, "/name"), named("LE-GALL", "Maelle", "same")).WantTo(open + "#c-000001")
			b.Get(open).Want(http.StatusOK, "Nom enregistré : Mme LE-GALL Maelle.")
			b.Post(officetest.Act(c.First, "/name"), named("Le Goff", "Maëlle", "another")).WantTo(open + "#c-000001")
			if got := h.Stored(c.First.ID); got.FamilyName.String() != "Le Goff" {
				t.Errorf("%+v", got)
			}
		})
		t.Run("all faults at once, beside their fields", func(t *testing.T) {
			b.Post(officetest.Act(c.First, "/name"), named("", "…", "same")).Want(http.StatusUnprocessableEntity, "2 champs sont à corriger").WantMarkup(`value="…"`, `id="name-given_name-error"`)
		})
		t.Run("somebody else renamed meanwhile: both names are seen", func(t *testing.T) {
			mine := named("Le Guen", "Maëlle", "same")
			b.Post(officetest.Act(c.First, "/name"), named("Le Bihan", "Maëlle", "same")).WantTo(open + "#c-000001")
			b.Post(officetest.Act(c.First, "/name"), mine).Want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations entre-temps.", "Enregistré entre-temps : Le Bihan").WantMarkup(`value="Le Guen"`)
			if got := h.Stored(c.First.ID).FamilyName.String(); got != "Le Bihan" {
				t.Errorf("overwritten: %s", got)
			}
		})
		t.Run("an account of that name refuses, says the way out, and is counted for the person", func(t *testing.T) {
			taken := named("Roussel Carre", "ETIENNE", "same")
			b.PostPart("c-000001", officetest.Act(c.First, "/name"), taken).Want(http.StatusUnprocessableEntity,
				"Un compte utilisateur disposant de ces informations existe déjà. Créez un contact sous ce nom, puis supprimez celui-ci.")
			b.WantMarkup(`<div id="c-000001-dialog">`, "<dialog", "data-open").WantNot("Tableau de bord", "Coordonnées") // what is typed in the sheet stays
			for range 9 {
				b.Post(officetest.Act(c.First, "/name"), taken).Want(http.StatusUnprocessableEntity)
			}
			b.Post(officetest.Act(c.First, "/name"), taken).Want(http.StatusTooManyRequests, "Trop de tentatives en peu de temps.").WantMarkup(`value="Roussel Carre"`)
			other := h.As(h.School.Admin)
			other.Post(officetest.Act(c.First, "/name"), taken).Want(http.StatusUnprocessableEntity)
			h.Clock.Pass(officetest.Past)
			b = h.As(h.School.Officer)
			b.Post(officetest.Act(c.First, "/name"), named("Le Gall", "Maëlle", "same")).WantTo(open + "#c-000001")
		})
	})
}

func TestAuthorization(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		open := c.Page("/contacts?open=" + c.Landing.ID.String())
		t.Run("« Autoriser l'accès » asks first, since it is final, and is there only while NON (figures 4 and 7)", func(t *testing.T) {
			b.Get(open).Want(http.StatusOK, "Est autorisé à accéder aux données de votre école NON", "Autoriser l'accès", "Dépôt d’offre")
			b.Get(officetest.Act(c.Landing, "/authorization")).Want(http.StatusOK, "Autoriser l’accès de M. ROUSSEL-CARRÉ Étienne ?", "Cette décision est définitive.",
				"Ce contact a été créé par le formulaire public.", "Autoriser définitivement")
			b.Post(officetest.Act(c.Landing, "/authorization"), nil).WantTo(open + "#c-000002")
			b.Get(open).Want(http.StatusOK, "Accès autorisé : M. ROUSSEL-CARRÉ Étienne.", "Est autorisé à accéder aux données de votre école OUI").WantNot("Autoriser l'accès")
		})
		t.Run("a second press changes nothing", func(t *testing.T) {
			before := h.Stored(c.Landing.ID)
			b.Post(officetest.Act(c.Landing, "/authorization"), nil).WantTo(open + "#c-000002")
			if after := h.Stored(c.Landing.ID); after.AuthorizedAt != before.AuthorizedAt || after.Version != before.Version {
				t.Errorf("%+v", after)
			}
		})
	})
}

func TestPrimary(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		second := h.Contact(h.School, c.ID, "Diallo", "Awa")
		t.Run("the sheet's box names the primary contact; the one who is it cannot be unticked", func(t *testing.T) {
			b.Get(c.Page("/contacts?open=" + c.First.ID.String())).WantMarkup(`name="primary" value="1" checked disabled`)
			form := details()
			form.Set("version", b.Get(c.Page("/contacts?open="+second.ID.String())).Field("version"))
			form.Set("primary", "1")
			b.Post(officetest.Act(second, ""), form).WantTo(c.Page("/contacts?open=" + second.ID.String() + "#c-000003"))
			b.Get(c.Page("")).Want(http.StatusOK, "Contact principal Mme DIALLO Awa")
		})
		t.Run("one press does too, also twice", func(t *testing.T) {
			for range 2 {
				b.Post(officetest.Act(c.First, "/primary"), nil).WantTo(c.Page("/contacts?open=" + c.First.ID.String() + "#c-000001"))
			}
			b.Get(c.Page("")).Want(http.StatusOK, "Contact principal Mme LE GALL Maëlle")
		})
		t.Run("a contact of the public form is not before it is authorised", func(t *testing.T) {
			b.Post(officetest.Act(c.Landing, "/primary"), nil).Want(http.StatusConflict, "Autorisez son accès avant d’en faire le contact principal.")
		})
	})
}

func TestDeletion(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		second := h.Contact(h.School, c.ID, "Diallo", "Awa")
		t.Run("« Supprimer » says that it is final, what goes and what stays (figure 8)", func(t *testing.T) {
			b.Get(officetest.Act(c.Landing, "/deletion")).Want(http.StatusOK, "Supprimer M. ROUSSEL-CARRÉ Étienne ?", "Toute suppression est définitive.", "Partent :", "Restent :",
				"Contact supprimé (C-000002)", "Supprimer définitivement").WantNot("Nouveau contact principal")
			b.Post(officetest.Act(c.Landing, "/deletion"), nil).WantTo(c.Page("/contacts"))
			b.Get(c.Page("/contacts")).Want(http.StatusOK, "Contact supprimé : M. ROUSSEL-CARRÉ Étienne.", "2 contacts").WantNot("etienne.roussel")
		})
		t.Run("deleting it again finds nothing", func(t *testing.T) {
			b.Post(officetest.Act(c.Landing, "/deletion"), nil).Want(http.StatusNotFound)
			b.Get(officetest.Act(c.Landing, "")).Want(http.StatusNotFound)
		})
		t.Run("who follows is asked of a primary contact’s deletion alone", func(t *testing.T) {
			for _, below := range []string{"/name", "/authorization"} {
				b.Get(officetest.Act(c.First, below)).Want(http.StatusOK).WantNot("Nouveau contact principal", "DIALLO")
			}
			b.Get(officetest.Act(second, "/deletion")).Want(http.StatusOK).WantNot("Nouveau contact principal")
		})
		t.Run("the primary contact goes only when somebody follows", func(t *testing.T) {
			b.Get(officetest.Act(c.First, "/deletion")).Want(http.StatusOK, "Nouveau contact principal", "Mme DIALLO Awa")
			b.PostPart("organization", officetest.Act(c.First, "/deletion"), nil).Want(http.StatusUnprocessableEntity, "Choisissez qui devient le contact principal.").WantMarkup(`<div id="c-000001-dialog">`, "data-open")
			b.Post(officetest.Act(c.First, "/deletion"), url.Values{"successor": {id.NewContact().String()}}).Want(http.StatusUnprocessableEntity)
			b.Post(officetest.Act(c.First, "/deletion"), url.Values{"successor": {second.ID.String()}}).WantTo(c.Page("/contacts"))
			b.Get(c.Page("")).Want(http.StatusOK, "Contact principal Mme DIALLO Awa")
		})
		t.Run("the last one goes without a successor", func(t *testing.T) {
			b.Post(officetest.Act(second, "/deletion"), nil).WantTo(c.Page("/contacts"))
			b.Get(c.Page("")).Want(http.StatusOK, "Le premier contact ajouté devient le contact principal.")
		})
	})
}

func TestAddition(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		form := func() url.Values {
			return url.Values{
				"civility": {"mr"}, "family_name": {"Kervella"}, "given_name": {"Yann"}, "mobile": {""}, "phone": {"02 61 91 40 30"},
				"job_title": {""}, "email": {"yann.kervella@corvenne.example"}, "submission": {b.Get(c.Page("/contacts/new")).Field("submission")},
			}
		}
		t.Run("the dialog has the manual's seven fields, and is a page of its own without a script", func(t *testing.T) {
			b.Get(c.Page("/contacts/new")).Want(http.StatusOK, "Ajouter un contact", "Civilité", "M.", "Mme", "Nom", "Prénom", "Portable optionnel", "Téléphone", "Fonction optionnel", "Email",
				"Chez Ateliers Corvenne.", "Ajouter", "Tableau de bord").WantNot("Dr")
			b.Fetch("dialog", c.Page("/contacts/new")).Want(http.StatusOK, "Civilité").WantNot("Tableau de bord").WantMarkup(`<div id="dialog">`, "<dialog", "data-open")
		})
		t.Run("all faults come at once, what was typed is kept, an e-mail is proposed", func(t *testing.T) {
			bad := url.Values{"given_name": {"Yann"}, "mobile": {"12"}, "email": {"Yann Kervella@Corvenne.example"}}
			b.Post(c.Page("/contacts"), bad).Want(http.StatusUnprocessableEntity, "5 champs sont à corriger", "Civilité : Ce champ est obligatoire.", "Nom : Ce champ est obligatoire.")
			b.WantMarkup(`value="Yann Kervella@Corvenne.example"`, `id="add-phone-error"`, `name="given_name" type="text" value="Yann"`)
			b.PostPart("organization", c.Page("/contacts"), bad).Want(http.StatusUnprocessableEntity).WantNot("Tableau de bord", "LE GALL").WantMarkup(`<div id="dialog">`, "data-open", `id="add-phone-error"`)
			if n := h.People(c.ID); n != 2 {
				t.Errorf("%d contacts", n)
			}
		})
		t.Run("it is added once, however often the form is sent, with a toast", func(t *testing.T) {
			f := form()
			for range 3 {
				b.Post(c.Page("/contacts"), f).WantTo(c.Page("/contacts#c-000003"))
			}
			b.Get(c.Page("/contacts")).Want(http.StatusOK, "Contact ajouté : M. KERVELLA Yann.", "3 contacts")
		})
		t.Run("a proposal's button takes its value along", func(t *testing.T) {
			f := form()
			f.Set("family_name", "Garnier")
			f.Set("email", "Hélène@corvenne.example")
			f.Set("accept", "email=helene@corvenne.example")
			b.Post(c.Page("/contacts"), f)
			if b.Status != http.StatusSeeOther {
				t.Error(b.Text())
			}
		})
		t.Run("the same name is refused with a link to the one there is", func(t *testing.T) {
			f := form()
			f.Set("family_name", "LE-GALL")
			f.Set("given_name", "maelle")
			b.Post(c.Page("/contacts"), f).Want(http.StatusUnprocessableEntity, "Ce contact existe déjà : Le Gall Maëlle.").WantMarkup(`href="` + c.Page("/contacts?open="+c.First.ID.String()) + `"`)
		})
		t.Run("while typing, the same and similar names are told", func(t *testing.T) {
			similar := func(family, given string) *officetest.Browser {
				return b.Fetch("names-check", c.Page("/contacts/similar?"+url.Values{"family_name": {family}, "given_name": {given}}.Encode())).Want(http.StatusOK)
			}
			similar("le gall", "Maelle").Want(http.StatusOK, "Ce contact existe déjà.", "Mme LE GALL Maëlle")
			similar("Le Gal", "Maelle").Want(http.StatusOK, "Des noms proches existent déjà :", "Mme LE GALL Maëlle")
			if similar("Zabel", "Zoé"); strings.TrimSpace(b.Body) != "" {
				t.Errorf("%q", b.Body)
			}
		})
		t.Run("an archived organisation takes nobody", func(t *testing.T) {
			h.As(h.School.Admin).Post(c.Page("/archive"), nil).WantTo(c.Page(""))
			f := form()
			f.Set("family_name", "Nouveau")
			b.Post(c.Page("/contacts"), f).Want(http.StatusUnprocessableEntity, "Cette entreprise est archivée.")
		})
	})
}

func TestSessionEnds(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		t.Run("what was typed when the session ended is shown again after signing in, and nothing is stored", func(t *testing.T) {
			form := details()
			form.Set("version", b.Get(c.Page("/contacts?open="+c.First.ID.String())).Field("version"))
			form.Set("job_title", "Directrice générale")
			h.Clock.Pass(24 * time.Hour)
			b.Post(officetest.Act(c.First, ""), form).Want(http.StatusOK, "Se connecter")
			b.Post("/sign-in", url.Values{"email": {h.School.Officer.Address}, "password": {officetest.Password}, "kept": {b.Field("kept")}})
			b.Want(http.StatusOK, "Votre saisie a été gardée.").WantMarkup(`value="Directrice générale"`)
			if got := h.Stored(c.First.ID); got.JobTitle != "Tutrice" || got.State() != contact.WithoutLogin {
				t.Errorf("%+v", got)
			}
		})
	})
}
