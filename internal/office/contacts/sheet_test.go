package contacts_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
)

// details are what the sheet of the first contact sends, all but the version.
func details() url.Values {
	return url.Values{
		"civility": {"ms"}, "email": {"maelle.legall@corvenne.example"}, "job_title": {"Directrice"}, "mobile": {"06 39 98 21 40"},
		"phone": {"02 61 91 40 10"}, "role": {"admin"}, "locale": {"en"}, "time_zone": {"Indian/Reunion"}, "login_enabled": {"1"},
	}
}

func TestSheet(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		admin, officer := h.As(h.School.Admin), h.As(h.School.Officer)
		open := c.Page("/contacts?open=" + c.First.ID.String())

		t.Run("it holds what the manual's figure holds", func(t *testing.T) {
			officer.Get(open).Want(http.StatusOK, "Civilité", "Nom", "Prénom", "Email", "Portable", "Téléphone", "Fonction", // 1
				"Est autorisé à accéder aux données de votre école NON", "A déjà reçu ses identifiants NON", "Date de la dernière connexion", // 4, 5, 6
				"Autoriser l'accès", "Supprimer", "Sauvegarder", "Renvoyer les identifiants", // 7 to 10
				"Rôle dans le portail", "Langue", "Fuseau horaire", "Connexion activée", "Contact principal de l’entreprise",
				"Identifiant personnel C-000001", "Source Formulaire", "Modifié le 20/11/2026 par Nadia Kessler", "Historique de ce contact",
				"Ce contact peut-il se connecter ? Non, pas pour l’instant. Sa connexion n’a pas encore été activée.", "Cette personne n’a pas encore activé son accès.",
				"Ce contact n’est pas autorisé à voir les données de votre école. « Autoriser l'accès » lève ce dernier point.")
			officer.WantMarkup(`aria-label="Modifier le nom et le prénom"`, `value="LE GALL" readonly`, `value="Maëlle" readonly`)
		})

		t.Run("« Sauvegarder » saves every field", func(t *testing.T) {
			form := details()
			form.Set("version", officer.Get(open).Field("version"))
			officer.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			officer.Get(open).Want(http.StatusOK, "Contact enregistré : Mme LE GALL Maëlle.", "Invité", "Admin")
			got := h.Stored(c.First.ID)
			if got.Email.String() != "maelle.legall@corvenne.example" || got.JobTitle != "Directrice" || got.Mobile.String() != "+33639982140" ||
				got.Role != contact.Admin || got.Locale != "en" || got.TimeZone != "Indian/Reunion" || !got.LoginEnabled {
				t.Errorf("%+v", got)
			}
		})

		t.Run("the same form sent twice has one effect and no refusal", func(t *testing.T) {
			form := details()
			form.Set("job_title", "Gérante")
			form.Set("version", officer.Get(open).Field("version"))
			officer.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			once := h.Stored(c.First.ID)
			officer.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			if twice := h.Stored(c.First.ID); twice.Version != once.Version {
				t.Errorf("version %d, then %d", once.Version, twice.Version)
			}
		})

		t.Run("all faults come at once beside their fields, what was typed is kept, and an e-mail is proposed", func(t *testing.T) {
			form := details()
			form.Set("version", officer.Get(open).Field("version"))
			form.Set("email", "Maëlle@corvenne.example")
			form.Set("mobile", "06 39 98 21 40 poste 12")
			form.Set("phone", "")
			officer.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "3 champs sont à corriger", "Peut-être maelle@corvenne.example ?")
			officer.WantMarkup(`value="Maëlle@corvenne.example"`, `value="06 39 98 21 40 poste 12"`, `aria-invalid="true"`, `id="c-000001-phone-error"`, `<title>Erreur`)
			form.Set("accept", "email=maelle@corvenne.example")
			form.Set("mobile", "")
			form.Set("phone", "02 61 91 40 10")
			officer.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			if got := h.Stored(c.First.ID).Email.String(); got != "maelle@corvenne.example" {
				t.Error(got)
			}
		})

		t.Run("a script gets the row with the faults, then the row as saved with the toast", func(t *testing.T) {
			form := details()
			form.Set("version", officer.Get(open).Field("version"))
			form.Set("email", "")
			officer.PostPart("c-000001", officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "1 champ est à corriger").WantNot("ROUSSEL", "Tableau de bord")
			form.Set("email", "maelle@corvenne.example")
			officer.PostPart("c-000001", officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			officer.Fetch("c-000001", officer.To).Want(http.StatusOK, "Contact enregistré").WantMarkup(`class="toast"`)
		})

		t.Run("two people edit: the second sees both values, chooses, and nothing is overwritten silently", func(t *testing.T) {
			form := details()
			form.Set("version", officer.Get(open).Field("version"))
			theirs := url.Values{}
			for k, v := range form {
				theirs[k] = v
			}
			theirs.Set("job_title", "Présidente")
			theirs.Set("phone", "02 61 91 40 99")
			theirs.Del("login_enabled")
			admin.Post(officetest.Act(c.First, ""), theirs).WantTo(open + "#c-000001")
			form.Set("job_title", "Associée")
			officer.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations entre-temps.",
				"Enregistré entre-temps : Présidente", "Enregistré entre-temps : 02 61 91 40 99", "Enregistré entre-temps : Désactivée")
			officer.WantMarkup(`value="Associée"`, `value="job_title=Présidente"`)
			if got := h.Stored(c.First.ID); got.JobTitle != "Présidente" {
				t.Errorf("overwritten: %s", got.JobTitle)
			}
			form.Set("version", officer.Field("version"))
			form.Set("accept", "login_enabled=") // the stored one, in one press
			officer.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			if got := h.Stored(c.First.ID); got.JobTitle != "Associée" || got.LoginEnabled || got.Phone.String() != "+33261914010" {
				t.Errorf("%+v", got)
			}
		})

		t.Run("only an admin of the team names a super_admin, whose login must be on", func(t *testing.T) {
			form := details()
			form.Set("role", "super_admin")
			form.Set("version", officer.Get(open).WantNot("Super-Admin").Field("version"))
			officer.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "Seul un administrateur de l’équipe peut nommer un Super-Admin.")
			admin.Get(open).Want(http.StatusOK, "Super-Admin")
			form.Del("login_enabled")
			admin.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "Un Super-Admin doit pouvoir se connecter.")
			form.Set("login_enabled", "1")
			admin.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			form.Set("role", "user")
			form.Set("version", admin.Get(open).Want(http.StatusOK, "Ce rôle ne se retire pas, il se transfère.").Field("version"))
			admin.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "Le rôle de Super-Admin ne se retire pas.")
			officer.Get(officetest.Act(c.First, "/deletion")).Want(http.StatusOK, "Ce contact est Super-Admin.").WantNot("Supprimer définitivement")
			officer.Post(officetest.Act(c.First, "/deletion"), nil).Want(http.StatusUnprocessableEntity, "Ce contact est Super-Admin.")
		})

		t.Run("naming a super_admin asks for the password once it was typed long ago, and keeps what was typed", func(t *testing.T) {
			other := h.Contact(h.School, c.ID, "Nicolas", "Gwenaëlle")
			at := c.Page("/contacts?open=" + other.ID.String())
			late := h.As(h.School.Admin)
			h.Clock.Pass(16 * time.Minute)
			form := details()
			form.Set("email", "gwenaelle.nicolas@corvenne.example") // their own: a super_admin signs in with it
			form.Set("version", late.Get(at).Want(http.StatusOK).WantNot("Mot de passe").Field("version"))
			form.Set("job_title", "Gérante")
			late.Post(officetest.Act(other, ""), form).WantTo(at + "#c-000003") // any other role is given as before
			form.Set("version", late.Get(at).Field("version"))
			form.Set("role", "super_admin")
			form.Set("job_title", "Présidente")
			form.Set("phone", "12")
			late.Post(officetest.Act(other, ""), form).Want(http.StatusUnprocessableEntity, "1 champ est à corriger", "Mot de passe").WantNot("Nommer un Super-Admin")
			form.Set("phone", "02 61 91 40 10")
			refused := func(password, why string) {
				t.Helper()
				form.Set("password", password)
				late.PostPart("c-000003", officetest.Act(other, ""), form).Want(http.StatusUnprocessableEntity, why)
				late.WantMarkup(`value="Présidente"`, `value="super_admin" selected`, `id="c-000003-password"`)
				if got := h.Stored(other.ID); got.Role != contact.Admin || got.JobTitle != "Gérante" {
					t.Errorf("%+v", got)
				}
			}
			refused("", "Mot de passe : Nommer un Super-Admin demande votre mot de passe.")
			refused("faux faux faux", "Ce n’est pas votre mot de passe")
			form.Set("password", officetest.Password)
			late.Post(officetest.Act(other, ""), form).WantTo(at + "#c-000003")
			if got := h.Stored(other.ID); got.Role != contact.SuperAdmin || got.JobTitle != "Présidente" {
				t.Errorf("%+v", got)
			}
			h.Clock.Pass(16 * time.Minute)
			form.Del("password")
			form.Set("job_title", "Directrice")
			form.Set("version", late.Get(at).Field("version"))
			late.Post(officetest.Act(other, ""), form).WantTo(at + "#c-000003") // who is one stays one without it
		})

		t.Run("who has no address is not offered credentials, but told to have one", func(t *testing.T) {
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET email = NULL WHERE workspace_id = $1 AND id = $2`, h.School.ID, c.Landing.ID)
				return err
			})
			officer.Get(c.Page("/contacts?open="+c.Landing.ID.String())).Want(http.StatusOK, "Sa connexion n’a pas encore été activée. « Connexion activée » l’active.",
				"n’a pas d’adresse e-mail où recevoir ses identifiants. Saisissez-en une.").WantNot("Elle le fait avec les identifiants")
		})

		t.Run("the gates are told in words as they open", func(t *testing.T) {
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET joined_at = $1, last_sign_in_at = $1 WHERE workspace_id = $2 AND id = $3`, tx.Now(), h.School.ID, c.First.ID)
				return err
			})
			officer.Get(open).Want(http.StatusOK, "Oui, mais il ne voit que son profil et ce qu’il a déposé.", "Date de la dernière connexion 20/11/2026", "Actif")
			officer.Post(officetest.Act(c.First, "/authorization"), nil)
			officer.Get(open).Want(http.StatusOK, "Oui, et il voit les données de votre école.")
		})

		t.Run("a password that was asked for is told until one is chosen", func(t *testing.T) {
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET role = 'super_admin', login_id = $1 WHERE workspace_id = $2 AND id = $3`, h.School.Officer.Login, h.School.ID, c.First.ID)
				return err
			})
			h.Clock.Pass(time.Minute)
			admin = h.As(h.School.Admin)
			admin.Get(open).WantNot("nouveau mot de passe lui est demandé et")
			admin.Post(officetest.Act(c.First, "/revocation"), url.Values{"password": {officetest.Password}}).WantTo(open + "#c-000001")
			admin.Get(open).Want(http.StatusOK, "Ce contact peut-il se connecter ? Oui, une fois choisi le nouveau mot de passe qui lui est demandé.",
				"Un nouveau mot de passe lui est demandé et n’est pas encore choisi.")
		})

		t.Run("sessions are ended of a super_admin alone", func(t *testing.T) {
			page := admin.Get(officetest.Act(c.Landing, "/revocation"))
			page.Want(http.StatusConflict, "Cela ne vaut que pour un Super-Admin.")
			admin.Get(c.Page("/contacts?open=" + c.Landing.ID.String())).Want(http.StatusOK).WantNot("Fermer les sessions")
		})
	})
}

func TestVendorSheet(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		o := h.Organization(h.Vendor, "Cabinet des Lices", "")
		var c contact.Contact
		h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			c, err = contact.Create(ctx, tx, h.Vendor.Admin.Actor, o.ID, contact.Input{
				Civility: "dr", FamilyName: "Armel", GivenName: "Rozenn", Email: "rozenn@lices.example", Source: contact.Form,
			})
			return err
		})
		t.Run("a vendor's words are its own: société, cabinet, Dr, and no phone is asked for", func(t *testing.T) {
			b := h.As(h.Vendor.Officer)
			b.Get("/orvane/office/organizations/"+o.ID.String()+"/contacts?open="+c.ID.String()).Want(http.StatusOK, "Dr ARMEL Rozenn",
				"Est autorisé à accéder aux données de votre société", "Contact principal du cabinet", "Cabinets", "Numéro client N-000001")
			form := url.Values{"civility": {"dr"}, "email": {"rozenn@lices.example"}, "role": {"user"}, "version": {b.Field("version")}}
			if b.Post("/orvane/office/contacts/"+c.ID.String(), form); b.Status != http.StatusSeeOther {
				t.Error(b.Text())
			}
			b.Get("/orvane/office/organizations/new").Want(http.StatusOK, "Ajouter un cabinet")
		})
	})
}

func TestHostileInput(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		long := strings.Repeat("é", 10_000)
		evil := `"><script>alert(1)</script>`
		t.Run("10,000 characters, markup and control characters are refused beside their fields and shown as text", func(t *testing.T) {
			for _, bad := range []string{long, evil, "a\u202eb", "a\u200bb", "a\x1bb"} {
				form := url.Values{"civility": {bad}, "family_name": {bad}, "given_name": {bad}, "mobile": {bad}, "phone": {bad}, "job_title": {bad}, "email": {bad}, "submission": {bad}}
				b.Post(c.Page("/contacts"), form).Want(http.StatusUnprocessableEntity)
				form = url.Values{"civility": {bad}, "mobile": {bad}, "phone": {bad}, "job_title": {bad}, "email": {bad}, "role": {bad}, "locale": {bad}, "time_zone": {bad}, "version": {bad}}
				b.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity)
				b.Post(officetest.Act(c.First, "/name"), url.Values{"family_name": {bad}, "given_name": {bad}, "person": {bad}, "version": {bad}})
				if b.Status != http.StatusUnprocessableEntity && bad != evil { // a name may hold <>
					t.Errorf("a name of %.10q: %d", bad, b.Status)
				}
				b.Post(c.Page(""), url.Values{"name": {bad}, "phone": {bad}, "website": {bad}, "version": {bad}}).Want(http.StatusUnprocessableEntity)
				b.Post("/brenval/office/organizations", url.Values{"name": {bad}, "siret": {bad}, "phone": {bad}}).Want(http.StatusUnprocessableEntity)
				if strings.Contains(b.Body, "<script>alert") {
					t.Fatalf("markup came through: %s", b.Body)
				}
				b.Get("/brenval/office/organizations?q=" + url.QueryEscape(bad) + "&sort=" + url.QueryEscape(bad)).Want(http.StatusOK)
				b.Get("/brenval/office/organizations/siret?siret=" + url.QueryEscape(bad)).Want(http.StatusOK)
				b.Get(c.Page("/contacts/similar?family_name=" + url.QueryEscape(bad) + "&given_name=" + url.QueryEscape(bad))).Want(http.StatusOK)
				if strings.Contains(b.Body, "<script>alert") {
					t.Fatalf("markup came through: %s", b.Body)
				}
			}
		})
		t.Run("a name that is markup appears as text wherever it stands", func(t *testing.T) {
			o := h.Organization(h.School, "<b>Corvenne</b><script>alert(1)</script>", "")
			p := h.Contact(h.School, o.ID, "<script>alert(1)</script>", `"onfocus="x`)
			for _, path := range []string{
				"/brenval/office/organizations", "/brenval/office/organizations/" + o.ID.String(), "/brenval/office/organizations/" + o.ID.String() + "/journal",
				"/brenval/office/organizations/" + o.ID.String() + "/contacts?open=" + p.ID.String(), officetest.Act(p, "/name"), officetest.Act(p, "/deletion"), officetest.Act(p, "/authorization"),
			} {
				if b.Get(path); strings.Contains(strings.ToLower(b.Body), "<script>alert") || strings.Contains(b.Body, `"onfocus="x`) {
					t.Errorf("%s: markup came through", path)
				}
			}
		})
		t.Run("broken UTF-8 is refused, shown mended, and nothing is stored", func(t *testing.T) {
			b.Post(officetest.Act(c.First, ""), url.Values{"civility": {"ms"}, "job_title": {"Chef d\xe9quipe"}, "email": {"a@b.example"}, "phone": {"0261914010"}, "version": {"1"}}).
				Want(http.StatusUnprocessableEntity, "L’encodage de ce texte est illisible.")
			b.Post(c.Page("/contacts"), url.Values{"family_name": {"L\xffe"}}).Want(http.StatusUnprocessableEntity, "L’encodage de ce texte est illisible.")
			b.Post(officetest.Act(c.First, "/deletion"), url.Values{"successor": {"\xff"}}).Want(http.StatusUnprocessableEntity)
			b.Post(officetest.Act(c.First, "/authorization"), url.Values{"x": {"\xff"}}).Want(http.StatusUnprocessableEntity)
			if got := h.Stored(c.First.ID); got.JobTitle != "Tutrice" || !got.AuthorizedAt.IsZero() {
				t.Errorf("%+v", got)
			}
		})
		t.Run("fields that the form does not have are ignored", func(t *testing.T) {
			form := details()
			form.Set("version", "1")
			for name, value := range map[string]string{"family_name": "Autre", "authorized_at": "1", "joined_at": "1", "source": "api", "number": "7", "login_id": "x", "workspace_id": "2"} {
				form.Set(name, value)
			}
			b.Post(officetest.Act(c.First, ""), form).WantTo(c.Page("/contacts?open=" + c.First.ID.String() + "#c-000001"))
			got := h.Stored(c.First.ID)
			if got.FamilyName.String() != "Le Gall" || !got.AuthorizedAt.IsZero() || !got.JoinedAt.IsZero() || got.Source != contact.Form || got.Number != 1 {
				t.Errorf("%+v", got)
			}
		})
		t.Run("a body over the limit is refused", func(t *testing.T) {
			b.Post(officetest.Act(c.First, ""), url.Values{"job_title": {strings.Repeat("x", 2<<20)}}).Want(http.StatusRequestEntityTooLarge)
		})
	})
}
