package contacts_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// tokenOf is the secret of the link in the last letter to the contact, written again.
func tokenOf(h *officetest.House, of id.Contact) (token string) {
	h.Helper()
	h.View(func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := mail.About(ctx, tx, h.School.Admin.Actor, of, 1)
		if err != nil {
			return err
		}
		m, err := h.Letters.Compose(ctx, tx, list[0])
		_, token, _ = strings.Cut(m.Text, officetest.Base+"/activate/")
		token, _, _ = strings.Cut(token, "\n")
		return err
	})
	return token
}

// joins has the invited contact accept.
func joins(h *officetest.House, of id.Contact) {
	h.Helper()
	if _, err := h.Door.Activate(h.Context(), invitation.Activation{Token: tokenOf(h, of), Password: officetest.Password}); err != nil {
		h.Fatal(err)
	}
}

func TestCredentials(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		open := c.Page("/contacts?open=" + c.First.ID.String())

		t.Run("« Renvoyer les identifiants » sends at once, says so and follows the letter by itself", func(t *testing.T) {
			h.TB = t
			form := url.Values{"submission": {b.Get(open).Field("submission")}}
			b.Post(officetest.Act(c.First, "/credentials"), form).WantTo(open + "#c-000001")
			b.Get(open).Want(http.StatusOK, "Identifiants en cours d’envoi : Mme LE GALL Maëlle.", "A déjà reçu ses identifiants NON", "Dernier envoi Envoi en cours", "Encore 7 jours pour l’accepter.").
				WantMarkup(`<li id="c-000001" data-refresh="3" data-from="`+open+`">`, `value="contact@corvenne.example"`, `<noscript><a href="`)
			b.Get(c.Page("/contacts")).Want(http.StatusOK, "Envoi en cours").WantMarkup(`<li id="c-000001" data-refresh="10" data-from="` + c.Page("/contacts") + `">`)
			b.Post(officetest.Act(c.First, "/credentials"), form).WantTo(open + "#c-000001") // the same form again
			h.Deliver()
			page := b.Fetch("c-000001", open).Want(http.StatusOK, "A déjà reçu ses identifiants OUI", "Est autorisé à accéder aux données de votre école OUI", "Dernier envoi Envoyé", "Invité")
			if strings.Contains(page.Body, "data-refresh") {
				t.Error("it goes on asking")
			}
			if got := h.Stored(c.First.ID); got.LoginEmail != got.Email || !got.LoginEnabled {
				t.Errorf("%+v", got)
			}
			b.Get(c.Page("/journal")).Want(http.StatusOK, "Vous avez envoyé ses identifiants à Mme LE GALL Maëlle", "Mme LE GALL Maëlle a reçu ses identifiants", "Le programme a autorisé l’accès de Mme LE GALL Maëlle")
		})

		t.Run("the sheet shows whether the page was opened, accepted, declined, expired", func(t *testing.T) {
			h.TB = t
			token := tokenOf(h, c.First.ID)
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				x, err := h.Door.Look(ctx, tx, token)
				if err != nil {
					return err
				}
				return h.Door.Opened(ctx, tx, x.Invitation)
			})
			b.Get(open).Want(http.StatusOK, "Dernier envoi Page ouverte Parfois par un antivirus. Encore 7 jours pour l’accepter.")
			h.Clock.Pass(8 * 24 * time.Hour)
			b = h.As(h.School.Officer)
			b.Get(open).Want(http.StatusOK, "Dernier envoi Expiré", "Invitation expirée").WantNot("pour l’accepter")
			b.Post(officetest.Act(c.First, "/credentials"), nil).WantTo(open + "#c-000001")
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error { return h.Door.Decline(ctx, tx, tokenOf(h, c.First.ID)) })
			b.Get(open).Want(http.StatusOK, "Décliné : « Cette invitation n'est pas pour moi »", "Cette personne a répondu que l’invitation n’est pas pour elle.")
			b.Get(c.Page("/journal")).Want(http.StatusOK, "L’invitation envoyée à Mme LE GALL Maëlle a été déclinée")
			b.Get("/brenval/office/contacts?credentials=unused").Want(http.StatusOK, "1 contact", "LE GALL")
			b.Get("/brenval/office").Want(http.StatusOK, "1 contact aux identifiants refusés ou jamais utilisés")
			b.Post(officetest.Act(c.First, "/credentials"), nil).WantTo(open + "#c-000001")
			b.Get("/brenval/office/contacts?credentials=unused").Want(http.StatusOK, "0 contact").WantNot("Roussel", "LE GALL Maëlle Tutrice")
			joins(h, c.First.ID)
			b.Get(open).Want(http.StatusOK, "Dernier envoi Accepté", "Actif", "Changer de connexion")
			if i := strings.Index(b.Body, `name="login_email"`); i < 0 || !strings.Contains(b.Body[i:i+250], " readonly") {
				t.Errorf("%.300s", b.Body[max(i, 0):])
			}
		})

		t.Run("to somebody who was switched off it asks first", func(t *testing.T) {
			h.TB = t
			form := details()
			form.Del("login_enabled")
			form.Set("email", "contact@corvenne.example")
			form.Set("version", b.Get(open).Field("version"))
			b.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			b.Get(open).WantMarkup(`<a class="button" href="` + officetest.Act(c.First, "/credentials"))
			b.Get(officetest.Act(c.First, "/credentials")).Want(http.StatusOK, "Envoyer ses identifiants à Mme LE GALL Maëlle ?", "La connexion de ce contact est désactivée. L’envoi l’active.", "à l’adresse de sa connexion")
			b.Post(officetest.Act(c.First, "/credentials"), nil).Want(http.StatusUnprocessableEntity, "La connexion de ce contact est désactivée. Envoyer ses identifiants l’active")
			b.Post(officetest.Act(c.First, "/credentials"), url.Values{"switch_on": {"1"}}).WantTo(open + "#c-000001")
			if !h.Stored(c.First.ID).LoginEnabled {
				t.Error("it is off")
			}
			b.Get(c.Page("/journal")).Want(http.StatusOK, "Vous avez rappelé ses identifiants à Mme LE GALL Maëlle")
		})

		t.Run("what stands in the way is said in the dialog", func(t *testing.T) {
			h.TB = t
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET email = NULL WHERE id = $1`, c.Landing.ID)
				return err
			})
			b.PostPart("c-000002", officetest.Act(c.Landing, "/credentials"), nil).Want(http.StatusUnprocessableEntity, "Ce contact n’a ni e-mail de connexion ni e-mail professionnel").
				WantMarkup(`<div id="c-000002-dialog">`, "<dialog")
		})
	})
}

func TestChangeOfLogin(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		open, change := c.Page("/contacts?open="+c.First.ID.String()), officetest.Act(c.First, "/login")
		b.Post(officetest.Act(c.First, "/credentials"), nil).WantTo(open + "#c-000001")
		h.Deliver()
		joins(h, c.First.ID)
		t.Run("« Changer de connexion » says beforehand what happens, and asks for the password unless it was just typed", func(t *testing.T) {
			h.TB = t
			b.Get(change).Want(http.StatusOK, "Changer la connexion de Mme LE GALL Maëlle", "L’ancienne adresse en est informée", "Nouvel e-mail de connexion").WantNot("Mot de passe")
			h.Clock.Pass(time.Hour)
			b.Get(change).Want(http.StatusOK, "Mot de passe", "Demandé avant de changer la connexion de quelqu’un.")
			b.Post(change, url.Values{"login_email": {"maelle@corvenne.example"}}).Want(http.StatusUnprocessableEntity, "Mot de passe")
			b.Post(change, url.Values{"login_email": {"maelle@corvenne.example"}, "password": {"not it at all"}}).Want(http.StatusUnprocessableEntity, "Mot de passe").WantMarkup(`value="maelle@corvenne.example"`)
			if h.Stored(c.First.ID).Login.IsZero() {
				t.Fatal("it is changed")
			}
		})
		t.Run("with it, the contact is invited anew and the history says so", func(t *testing.T) {
			h.TB = t
			b.Post(change, url.Values{"login_email": {"maelle@corvenne.example"}, "password": {officetest.Password}}).WantTo(open + "#c-000001")
			b.Get(open).Want(http.StatusOK, "Connexion changée : Mme LE GALL Maëlle.", "Identifiants en cours d’envoi", "Envoi en cours").WantMarkup(`value="maelle@corvenne.example"`)
			b.Get(c.Page("/journal")).Want(http.StatusOK, "Vous avez changé la connexion de Mme LE GALL Maëlle")
			if got := h.Stored(c.First.ID); !got.Login.IsZero() || !got.JoinedAt.IsZero() {
				t.Errorf("%+v", got)
			}
			b.Post(change, url.Values{"login_email": {"other@corvenne.example"}}).Want(http.StatusUnprocessableEntity, "Ce contact n’a pas encore activé son accès")
		})
		t.Run("saving another login e-mail sends credentials there", func(t *testing.T) {
			h.TB = t
			form := details()
			form.Set("login_email", "m.legall@corvenne.example")
			form.Set("version", b.Get(open).Field("version"))
			b.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
			b.Get(open).Want(http.StatusOK, "Contact enregistré", "Identifiants en cours d’envoi")
			form.Set("login_email", "Légall@corvenne.example")
			form.Set("version", b.Get(open).Field("version"))
			b.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "Peut-être legall@corvenne.example ?")
		})
		t.Run("where the credentials of a super_admin go is said by admins alone, with their password", func(t *testing.T) {
			h.TB = t
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET role = 'super_admin' WHERE id = $1`, c.First.ID)
				return err
			})
			form := details()
			form.Set("role", "super_admin")
			form.Set("login_email", "takeover@corvenne.example")
			form.Set("version", b.Get(open).Field("version"))
			b.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "Seul un administrateur de l’équipe peut changer l’e-mail de connexion d’un Super-Admin.")
			admin := h.As(h.School.Admin)
			h.Clock.Pass(time.Hour)
			admin.Post(officetest.Act(c.First, ""), form).Want(http.StatusUnprocessableEntity, "Mot de passe")
			if got := h.Stored(c.First.ID).LoginEmail.String(); got != "m.legall@corvenne.example" {
				t.Error(got)
			}
			form.Set("password", officetest.Password)
			admin.Post(officetest.Act(c.First, ""), form).WantTo(open + "#c-000001")
		})
	})
}

// TestCredentialsThatDoNotLeave: without a mail server they wait, and with one that refuses staff read its words.
func TestCredentialsThatDoNotLeave(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := officetest.NewOver(t, db, clock, nil)
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		b.Post(officetest.Act(c.First, "/credentials"), nil)
		b.Get(c.Page("/contacts?open="+c.First.ID.String())).Want(http.StatusOK, "Identifiants en attente d’un serveur de messagerie", "Dernier envoi En file Aucun serveur de messagerie n’est configuré").WantNot("Envoi en cours")
	})
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		server := mailtest.Start(t, mailtest.Options{Rcpt: func(string) error { return mailtest.Refuse(550, "no such user here") }})
		h := officetest.NewOver(t, db, clock, mail.NewSMTP(mail.Server{Host: server.Host, Port: server.Port, Encryption: mail.NoTLS, Answer: 10 * time.Second}))
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		b.Post(officetest.Act(c.First, "/credentials"), nil)
		h.Deliver()
		open := c.Page("/contacts?open=" + c.First.ID.String())
		b.Get(open).Want(http.StatusOK, "Dernier envoi Refusé 550 no such user here", "Invitation refusée", "A déjà reçu ses identifiants NON")
		for _, filter := range []string{"refused", "unused"} {
			b.Get("/brenval/office/contacts?credentials="+filter).Want(http.StatusOK, "1 contact", "LE GALL", "Invitation refusée")
		}
		b.Get("/brenval/office").Want(http.StatusOK, "1 contact aux identifiants refusés ou jamais utilisés")
		if got := h.Stored(c.First.ID); got.State() != contact.Invited {
			t.Errorf("%+v", got)
		}
	})
}

// TestCredentialsThatCameToNothing: the dashboard's figure and the filters of the list mean the same contacts, and the figure
// leads to them.
func TestCredentialsThatCameToNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		server := mailtest.Start(t, mailtest.Options{Rcpt: func(to string) error {
			if strings.HasPrefix(to, "refused") {
				return mailtest.Refuse(550, "no such user here")
			}
			return nil
		}})
		h := officetest.NewOver(t, db, clock, mail.NewSMTP(mail.Server{Host: server.Host, Port: server.Port, Encryption: mail.NoTLS, Answer: 10 * time.Second}))
		of := h.Organization(h.School, "Ateliers Corvenne", "812 457 398 00020").ID
		people := map[string]contact.Contact{}
		invite := func(names ...string) {
			for _, n := range names {
				h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
					people[n], err = contact.Create(ctx, tx, h.School.Admin.Actor, of, contact.Input{
						Civility: "ms", FamilyName: n, GivenName: "Anne", Phone: "02 61 91 40 10", Email: strings.ToLower(n) + "@corvenne.example", Source: contact.Form,
					})
					return err
				})
				h.As(h.School.Officer).Post(officetest.Act(people[n], "/credentials"), nil)
			}
			h.Deliver()
		}
		invite("Expired", "Renewed", "Switched")
		clock.Pass(8 * 24 * time.Hour)
		invite("Refused", "Declined", "Pending", "Joined")
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			return h.Door.Decline(ctx, tx, tokenOf(h, people["Declined"].ID))
		})
		joins(h, people["Joined"].ID)
		b := h.As(h.School.Officer)
		b.Post(officetest.Act(people["Renewed"], "/credentials"), nil)
		h.Deliver()
		off := h.Stored(people["Switched"].ID)
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := contact.Edit(ctx, tx, h.School.Admin.Actor, off.ID, contact.Input{
				Civility: "ms", Phone: "02 61 91 40 10", Email: off.Email.String(), Login: "off", Version: off.Version,
			})
			return err
		})
		lists := func(query string, wanted ...string) {
			t.Helper()
			b.Get("/brenval/office/contacts?"+query).Want(http.StatusOK, strconv.Itoa(len(wanted))+" contact")
			for n := range people {
				if got := strings.Contains(b.Body, "<b>"+strings.ToUpper(n)+"</b>"); got != slices.Contains(wanted, n) {
					t.Errorf("%s: %s is listed: %t", query, n, got)
				}
			}
		}
		lists("credentials=refused", "Refused")
		lists("credentials=unused", "Refused", "Declined", "Expired")
		b.Get("/brenval/office").Want(http.StatusOK, "3 contacts aux identifiants refusés ou jamais utilisés").
			WantMarkup(`href="/brenval/office/contacts?credentials=unused"`)
	})
}
