package office_test

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
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// token is the secret of the link in the last letter to the contact, written again.
func (h *house) token(of id.Contact) (token string) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := mail.About(ctx, tx, h.school.admin.Actor, of, 1)
		if err != nil {
			return err
		}
		m, err := h.post.Compose(ctx, tx, list[0])
		_, token, _ = strings.Cut(m.Text, base+"/activate/")
		token, _, _ = strings.Cut(token, "\n")
		return err
	})
	return token
}

// joins has the invited contact accept.
func (h *house) joins(of id.Contact) {
	h.Helper()
	if _, err := h.door.Activate(h.Context(), invitation.Activation{Token: h.token(of), Password: password}); err != nil {
		h.Fatal(err)
	}
}

func TestCredentials(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)
		open := c.page("/contacts?open=" + c.first.ID.String())

		t.Run("« Renvoyer les identifiants » sends at once, says so and follows the letter by itself", func(t *testing.T) {
			h.TB = t
			form := url.Values{"submission": {b.get(open).field("submission")}}
			b.post(act(c.first, "/credentials"), form).wantTo(open + "#c-000001")
			b.get(open).want(http.StatusOK, "Identifiants en cours d’envoi : Mme LE GALL Maëlle.", "A déjà reçu ses identifiants NON", "Dernier envoi Envoi en cours", "Encore 7 jours pour l’accepter.").
				wantMarkup(`<li id="c-000001" data-refresh="3" data-from="`+open+`">`, `value="contact@corvenne.example"`, `<noscript><a href="`)
			b.get(c.page("/contacts")).want(http.StatusOK, "Envoi en cours").wantMarkup(`<li id="c-000001" data-refresh="10" data-from="` + c.page("/contacts") + `">`)
			b.post(act(c.first, "/credentials"), form).wantTo(open + "#c-000001") // the same form again
			h.deliver()
			page := b.fetch("c-000001", open).want(http.StatusOK, "A déjà reçu ses identifiants OUI", "Est autorisé à accéder aux données de votre école OUI", "Dernier envoi Envoyé", "Invité")
			if strings.Contains(page.body, "data-refresh") {
				t.Error("it goes on asking")
			}
			if got := h.stored(c.first.ID); got.LoginEmail != got.Email || !got.LoginEnabled {
				t.Errorf("%+v", got)
			}
			b.get(c.page("/journal")).want(http.StatusOK, "Vous avez envoyé ses identifiants à Mme LE GALL Maëlle", "Mme LE GALL Maëlle a reçu ses identifiants", "Le programme a autorisé l’accès de Mme LE GALL Maëlle")
		})

		t.Run("the sheet shows whether the page was opened, accepted, declined, expired", func(t *testing.T) {
			h.TB = t
			token := h.token(c.first.ID)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				x, err := h.door.Look(ctx, tx, token)
				if err != nil {
					return err
				}
				return h.door.Opened(ctx, tx, x.Invitation)
			})
			b.get(open).want(http.StatusOK, "Dernier envoi Page ouverte Parfois par un antivirus. Encore 7 jours pour l’accepter.")
			h.clock.Pass(8 * 24 * time.Hour)
			b = h.as(h.school.officer)
			b.get(open).want(http.StatusOK, "Dernier envoi Expiré", "Invitation expirée").wantNot("pour l’accepter")
			b.post(act(c.first, "/credentials"), nil).wantTo(open + "#c-000001")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { return h.door.Decline(ctx, tx, h.token(c.first.ID)) })
			b.get(open).want(http.StatusOK, "Décliné : « Cette invitation n'est pas pour moi »")
			b.get(c.page("/journal")).want(http.StatusOK, "L’invitation envoyée à Mme LE GALL Maëlle a été déclinée")
			b.get("/brenval/office/contacts?credentials=unused").want(http.StatusOK, "1 contact", "LE GALL")
			b.get("/brenval/office").want(http.StatusOK, "1 contact aux identifiants refusés ou jamais utilisés")
			b.post(act(c.first, "/credentials"), nil).wantTo(open + "#c-000001")
			b.get("/brenval/office/contacts?credentials=unused").want(http.StatusOK, "0 contact").wantNot("Roussel", "LE GALL Maëlle Tutrice")
			h.joins(c.first.ID)
			b.get(open).want(http.StatusOK, "Dernier envoi Accepté", "Actif", "Changer de connexion")
			if i := strings.Index(b.body, `name="login_email"`); i < 0 || !strings.Contains(b.body[i:i+250], " readonly") {
				t.Errorf("%.300s", b.body[max(i, 0):])
			}
		})

		t.Run("to somebody who was switched off it asks first", func(t *testing.T) {
			h.TB = t
			form := details()
			form.Del("login_enabled")
			form.Set("email", "contact@corvenne.example")
			form.Set("version", b.get(open).field("version"))
			b.post(act(c.first, ""), form).wantTo(open + "#c-000001")
			b.get(open).wantMarkup(`<a class="button" href="` + act(c.first, "/credentials"))
			b.get(act(c.first, "/credentials")).want(http.StatusOK, "Envoyer ses identifiants à Mme LE GALL Maëlle ?", "La connexion de ce contact est désactivée. L’envoi l’active.", "à l’adresse de sa connexion")
			b.post(act(c.first, "/credentials"), nil).want(http.StatusUnprocessableEntity, "La connexion de ce contact est désactivée. Envoyer ses identifiants l’active")
			b.post(act(c.first, "/credentials"), url.Values{"switch_on": {"1"}}).wantTo(open + "#c-000001")
			if !h.stored(c.first.ID).LoginEnabled {
				t.Error("it is off")
			}
			b.get(c.page("/journal")).want(http.StatusOK, "Vous avez rappelé ses identifiants à Mme LE GALL Maëlle")
		})

		t.Run("what stands in the way is said in the dialog", func(t *testing.T) {
			h.TB = t
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET email = NULL WHERE id = $1`, c.landing.ID)
				return err
			})
			b.postPart("c-000002", act(c.landing, "/credentials"), nil).want(http.StatusUnprocessableEntity, "Ce contact n’a ni e-mail de connexion ni e-mail professionnel").
				wantMarkup(`<div id="c-000002-dialog">`, "<dialog")
		})
	})
}

func TestChangeOfLogin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)
		open, change := c.page("/contacts?open="+c.first.ID.String()), act(c.first, "/login")
		b.post(act(c.first, "/credentials"), nil).wantTo(open + "#c-000001")
		h.deliver()
		h.joins(c.first.ID)
		t.Run("« Changer de connexion » says beforehand what happens, and asks for the password unless it was just typed", func(t *testing.T) {
			h.TB = t
			b.get(change).want(http.StatusOK, "Changer la connexion de Mme LE GALL Maëlle", "L’ancienne adresse en est informée", "Nouvel e-mail de connexion").wantNot("Mot de passe")
			h.clock.Pass(time.Hour)
			b.get(change).want(http.StatusOK, "Mot de passe", "Demandé avant de changer la connexion de quelqu’un.")
			b.post(change, url.Values{"login_email": {"maelle@corvenne.example"}}).want(http.StatusUnprocessableEntity, "Mot de passe")
			b.post(change, url.Values{"login_email": {"maelle@corvenne.example"}, "password": {"not it at all"}}).want(http.StatusUnprocessableEntity, "Mot de passe").wantMarkup(`value="maelle@corvenne.example"`)
			if h.stored(c.first.ID).Login.IsZero() {
				t.Fatal("it is changed")
			}
		})
		t.Run("with it, the contact is invited anew and the history says so", func(t *testing.T) {
			h.TB = t
			b.post(change, url.Values{"login_email": {"maelle@corvenne.example"}, "password": {password}}).wantTo(open + "#c-000001")
			b.get(open).want(http.StatusOK, "Connexion changée : Mme LE GALL Maëlle.", "Identifiants en cours d’envoi", "Envoi en cours").wantMarkup(`value="maelle@corvenne.example"`)
			b.get(c.page("/journal")).want(http.StatusOK, "Vous avez changé la connexion de Mme LE GALL Maëlle")
			if got := h.stored(c.first.ID); !got.Login.IsZero() || !got.JoinedAt.IsZero() {
				t.Errorf("%+v", got)
			}
			b.post(change, url.Values{"login_email": {"other@corvenne.example"}}).want(http.StatusUnprocessableEntity, "Ce contact n’a pas encore activé son accès")
		})
		t.Run("saving another login e-mail sends credentials there", func(t *testing.T) {
			h.TB = t
			form := details()
			form.Set("login_email", "m.legall@corvenne.example")
			form.Set("version", b.get(open).field("version"))
			b.post(act(c.first, ""), form).wantTo(open + "#c-000001")
			b.get(open).want(http.StatusOK, "Contact enregistré", "Identifiants en cours d’envoi")
			form.Set("login_email", "Légall@corvenne.example")
			form.Set("version", b.get(open).field("version"))
			b.post(act(c.first, ""), form).want(http.StatusUnprocessableEntity, "Peut-être legall@corvenne.example ?")
		})
		t.Run("where the credentials of a super_admin go is said by admins alone, with their password", func(t *testing.T) {
			h.TB = t
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET role = 'super_admin' WHERE id = $1`, c.first.ID)
				return err
			})
			form := details()
			form.Set("role", "super_admin")
			form.Set("login_email", "takeover@corvenne.example")
			form.Set("version", b.get(open).field("version"))
			b.post(act(c.first, ""), form).want(http.StatusUnprocessableEntity, "Seul un administrateur de l’équipe peut changer l’e-mail de connexion d’un Super-Admin.")
			admin := h.as(h.school.admin)
			h.clock.Pass(time.Hour)
			admin.post(act(c.first, ""), form).want(http.StatusUnprocessableEntity, "Mot de passe")
			if got := h.stored(c.first.ID).LoginEmail.String(); got != "m.legall@corvenne.example" {
				t.Error(got)
			}
			form.Set("password", password)
			admin.post(act(c.first, ""), form).wantTo(open + "#c-000001")
		})
	})
}

// TestCredentialsThatDoNotLeave: without a mail server they wait, and with one that refuses staff read its words.
func TestCredentialsThatDoNotLeave(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouseOver(t, db, clock, nil)
		c := h.corvenne()
		b := h.as(h.school.officer)
		b.post(act(c.first, "/credentials"), nil)
		b.get(c.page("/contacts?open="+c.first.ID.String())).want(http.StatusOK, "Identifiants mis en file, faute de serveur de messagerie", "Dernier envoi En file Aucun serveur de messagerie n’est configuré").wantNot("Envoi en cours")
	})
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		server := mailtest.Start(t, mailtest.Options{Rcpt: func(string) error { return mailtest.Refuse(550, "no such user here") }})
		h := newHouseOver(t, db, clock, mail.NewSMTP(mail.Server{Host: server.Host, Port: server.Port, Encryption: mail.NoTLS, Answer: 10 * time.Second}))
		c := h.corvenne()
		b := h.as(h.school.officer)
		b.post(act(c.first, "/credentials"), nil)
		h.deliver()
		open := c.page("/contacts?open=" + c.first.ID.String())
		b.get(open).want(http.StatusOK, "Dernier envoi Refusé 550 no such user here", "Invitation refusée", "A déjà reçu ses identifiants NON")
		for _, filter := range []string{"refused", "unused"} {
			b.get("/brenval/office/contacts?credentials="+filter).want(http.StatusOK, "1 contact", "LE GALL", "Invitation refusée")
		}
		b.get("/brenval/office").want(http.StatusOK, "1 contact aux identifiants refusés ou jamais utilisés")
		if got := h.stored(c.first.ID); got.State() != contact.Invited {
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
		h := newHouseOver(t, db, clock, mail.NewSMTP(mail.Server{Host: server.Host, Port: server.Port, Encryption: mail.NoTLS, Answer: 10 * time.Second}))
		of := h.organization(h.school, "Ateliers Corvenne", "812 457 398 00020").ID
		people := map[string]contact.Contact{}
		invite := func(names ...string) {
			for _, n := range names {
				h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
					people[n], err = contact.Create(ctx, tx, h.school.admin.Actor, of, contact.Input{
						Civility: "ms", FamilyName: n, GivenName: "Anne", Phone: "02 61 91 40 10", Email: strings.ToLower(n) + "@corvenne.example", Source: contact.Form,
					})
					return err
				})
				h.as(h.school.officer).post(act(people[n], "/credentials"), nil)
			}
			h.deliver()
		}
		invite("Expired", "Renewed", "Switched")
		clock.Pass(8 * 24 * time.Hour)
		invite("Refused", "Declined", "Pending", "Joined")
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			return h.door.Decline(ctx, tx, h.token(people["Declined"].ID))
		})
		h.joins(people["Joined"].ID)
		b := h.as(h.school.officer)
		b.post(act(people["Renewed"], "/credentials"), nil)
		h.deliver()
		off := h.stored(people["Switched"].ID)
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := contact.Edit(ctx, tx, h.school.admin.Actor, off.ID, contact.Input{
				Civility: "ms", Phone: "02 61 91 40 10", Email: off.Email.String(), Login: "off", Version: off.Version,
			})
			return err
		})
		lists := func(query string, wanted ...string) {
			t.Helper()
			b.get("/brenval/office/contacts?"+query).want(http.StatusOK, strconv.Itoa(len(wanted))+" contact")
			for n := range people {
				if got := strings.Contains(b.body, "<b>"+strings.ToUpper(n)+"</b>"); got != slices.Contains(wanted, n) {
					t.Errorf("%s: %s is listed: %t", query, n, got)
				}
			}
		}
		lists("credentials=refused", "Refused")
		lists("credentials=unused", "Refused", "Declined", "Expired")
		b.get("/brenval/office").want(http.StatusOK, "3 contacts aux identifiants refusés ou jamais utilisés").
			wantMarkup(`href="/brenval/office/contacts?credentials=unused"`)
	})
}
