package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/dispatch"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

const dispatchesURL = "/brenval/office/dispatches"

// selected is the address at which credentials are sent to the ticked contacts of a list.
func selected(contacts ...contact.Contact) string {
	q := url.Values{"selected": {"1"}, "q": {""}}
	for _, c := range contacts {
		q.Add("contact", c.ID.String())
	}
	return "?" + q.Encode()
}

// confirming is the form of the page that is shown, as it was sent, with the ticked contacts.
func (b *browser) confirming(contacts ...contact.Contact) url.Values {
	form := url.Values{"submission": {b.field("submission")}, "told": {b.field("told")}}
	for _, c := range contacts {
		form.Add("contact", c.ID.String())
	}
	return form
}

// several are contacts of one organisation: one without an address, one who was switched off, two with the same address.
func (h *house) several(c corvenne) (silent, off, same contact.Contact) {
	h.Helper()
	silent, off, same = h.contact(h.school, c.ID, "Abgrall", "Loïc"), h.contact(h.school, c.ID, "Kerjean", "Maud"), h.contact(h.school, c.ID, "Zunino", "Ange")
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE contact SET email = NULL WHERE id = $1`, silent.ID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE contact SET login_email = 'maud@corvenne.example', login_disabled_by = 'staff' WHERE id = $1`, off.ID)
		return err
	})
	return silent, off, same
}

func TestDispatch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		silent, off, same := h.several(c)
		b := h.as(h.school.officer)
		everybody := []contact.Contact{silent, off, c.first, c.landing, same}

		t.Run("before anything is sent it is said who gets what, and who gets nothing and why", func(t *testing.T) {
			h.TB = t
			b.get(dispatchesURL+"/new"+selected(everybody...)).want(http.StatusOK, "Renvoyer les identifiants à 5 contacts ?", "recevront une invitation 2", "désactivé 1", "sans adresse e-mail 1",
				"dont l’adresse sert déjà à une autre personne 1", "Activer aussi la connexion de ceux qui sont désactivés", "Mme LE GALL Maëlle C-000001 Ateliers Corvenne Invitation", "Mme KERJEAN Maud C-000004 Ateliers Corvenne Désactivé")
			if n := b.count(` checked aria-label="Sélectionner `); n != 5 {
				t.Errorf("%d boxes are ticked", n)
			}
			if n := h.invitations(); n != 0 {
				t.Errorf("%d invitations", n)
			}
		})

		t.Run("nobody is sent anything without a contact that is ticked", func(t *testing.T) {
			h.TB = t
			b.get(dispatchesURL+"/new?selected=1").want(http.StatusUnprocessableEntity, "Sélectionnez au moins un contact.")
			page := b.get(dispatchesURL + "/new" + selected(c.first))
			page.post(dispatchesURL+selected(c.first), page.confirming()).want(http.StatusUnprocessableEntity, "Sélectionnez au moins un contact.", "Renvoyer les identifiants à 1 contact ?")
		})

		t.Run("confirmed, one form starts one sending, and its page says what became of each", func(t *testing.T) {
			h.TB = t
			form := b.get(dispatchesURL + "/new" + selected(everybody...)).confirming(everybody...)
			first := b.post(dispatchesURL+selected(everybody...), form).to
			b.post(dispatchesURL+selected(everybody...), form).wantTo(first)
			b.get(first).want(http.StatusOK, "Envoi à 5 contacts", "Envoi en cours", "0 %, 0 contacts traités sur 5", "Arrêter l’envoi").wantMarkup(`data-refresh="2"`, `<noscript><meta http-equiv="refresh" content="2"`)
			h.deliver()
			b.get(first).want(http.StatusOK, "Terminé", "avec un envoi 2", "sans envoi 3", "e-mails acceptés par la messagerie 2",
				"Mme ABGRALL Loïc C-000003 Ateliers Corvenne Sans adresse Complétez son adresse", "Mme KERJEAN Maud C-000004 Ateliers Corvenne Désactivé Sa connexion est désactivée",
				"Mme LE GALL Maëlle C-000001 Ateliers Corvenne Invitation Envoyé", "Mme ZUNINO Ange C-000005 Ateliers Corvenne Adresse prise Son adresse sert déjà")
			if strings.Contains(b.body, "data-refresh") {
				t.Error("it goes on asking")
			}
			if n := h.invitations(); n != 2 {
				t.Errorf("%d invitations", n)
			}
			b.get(first+"?result=unsent").want(http.StatusOK, "ABGRALL", "ZUNINO").wantNot("LE GALL")
			b.get(first+"?result=no_address").want(http.StatusOK, "ABGRALL").wantNot("ZUNINO", "LE GALL")
			b.fetch("dispatch", first+"?result=undelivered").want(http.StatusOK, "Aucun contact dans ce cas.").wantNot("Tableau de bord")
			b.get(first+"?result=x&after=x").want(http.StatusOK, "LE GALL")
			b.get(dispatchesURL).want(http.StatusOK, "Envoi à 5 contacts", "Terminé", "Avec envoi : 2, sans : 3, non traités : 0", "Rachel Moreau")
			b.get("/brenval/office/journal?kind=dispatch.started").want(http.StatusOK, "Vous avez lancé un envoi groupé d’identifiants (contacts : 5).")
		})

		t.Run("those whom somebody switched off are switched on where the box is ticked, and who is left out is", func(t *testing.T) {
			h.TB = t
			page := b.get(c.page("/contacts")).wantMarkup(`href="/brenval/office/dispatches/new?organization=` + c.ID.String())
			list := "?organization=" + c.ID.String()
			form := page.get(dispatchesURL+"/new"+list).want(http.StatusOK, "à 5 contacts ?").confirming(off, c.landing)
			form.Set("switch_on", "1")
			at := b.post(dispatchesURL+list, form).to
			h.deliver()
			b.get(at).want(http.StatusOK, "Envoi à 2 contacts", "connexions activées", "avec un envoi 2", "KERJEAN", "ROUSSEL").wantNot("LE GALL")
			if !h.stored(off.ID).LoginEnabled {
				t.Error("it is off")
			}
		})

		t.Run("a contact that was deleted is said to be gone", func(t *testing.T) {
			h.TB = t
			form := b.get(dispatchesURL+"/new"+selected(same, c.landing)).confirming(same, c.landing)
			at := b.post(dispatchesURL+selected(same, c.landing), form).to
			b.post(act(same, "/deletion"), url.Values{}).want(http.StatusSeeOther)
			h.deliver()
			b.get(at).want(http.StatusOK, "Contact supprimé Supprimé Ce contact n’existait plus", "sans envoi 1").wantNot("C-000005")
		})

		t.Run("it can be stopped", func(t *testing.T) {
			h.TB = t
			form := b.get(dispatchesURL + "/new" + selected(c.first)).confirming(c.first)
			at := b.post(dispatchesURL+selected(c.first), form).to
			for range 2 {
				b.post(at+"/cancel", nil).wantTo(at)
			}
			h.deliver()
			b.get(at).want(http.StatusOK, "Arrêté", "Cet envoi a été arrêté. 1 contact n’a rien reçu")
			b.get("/brenval/office/journal?kind=dispatch.cancelled").want(http.StatusOK, "Vous avez arrêté un envoi groupé d’identifiants (contacts traités : 0).")
		})

		t.Run("who sends no more is told so", func(t *testing.T) {
			h.TB = t
			form := b.get(dispatchesURL + "/new" + selected(c.first)).confirming(c.first)
			at := b.post(dispatchesURL+selected(c.first), form).to
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM staff WHERE workspace_id = $1 AND login_id = $2`, h.school.ID, h.school.officer.Login)
				return err
			})
			h.deliver()
			h.as(h.school.admin).get(at).want(http.StatusOK, "Échec", "La personne qui a lancé cet envoi n’a plus le droit d’envoyer des identifiants.")
		})

		t.Run("another workspace's does not exist", func(t *testing.T) {
			h.TB = t
			var d dispatch.Dispatch
			h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				d, err = dispatch.Start(ctx, tx, h.school.admin.Actor, dispatch.New{Contacts: []id.Contact{c.first.ID}})
				return err
			})
			stranger := h.as(h.vendor.admin)
			stranger.get("/orvane/office/dispatches/" + d.ID.String()).want(http.StatusNotFound)
			stranger.post("/orvane/office/dispatches/"+d.ID.String()+"/cancel", nil).want(http.StatusNotFound)
			stranger.get("/orvane/office/dispatches/new"+selected(c.first)).want(http.StatusUnprocessableEntity, "Sélectionnez au moins un contact.")
			stranger.get("/orvane/office/dispatches").want(http.StatusOK, "Aucun envoi groupé n’est gardé.")
		})
	})
}

// invitations counts those that were ever made.
func (h *house) invitations() (n int) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM invitation WHERE workspace_id = $1`, h.school.ID)
		return err
	})
	return n
}

// Where a list finds more than a page of the confirmation names, all that it finds are sent to, if it is still the same list.
func TestDispatchToMany(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		of := h.organization(h.school, "Ateliers Corvenne", "812 457 398 00020")
		add := func(from, to int) {
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				for n := from; n < to; n++ {
					word := strings.Map(func(r rune) rune { return 'a' + r - '0' }, strconv.Itoa(n))
					_, err := contact.Create(ctx, tx, h.school.admin.Actor, of.ID, contact.Input{
						Civility: "mr", FamilyName: "Du" + word, GivenName: "Zoé", Phone: "02 61 91 40 12", Email: word + "@corvenne.example", Source: contact.Import,
					})
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
		add(0, 120)
		b := h.as(h.school.officer)
		const list = "?source=import"
		form := b.get(dispatchesURL+"/new"+list).want(http.StatusOK, "à 120 contacts ?", "recevront une invitation 120").wantNot("DUB").confirming()
		t.Run("a list that has changed meanwhile is shown again", func(t *testing.T) {
			h.TB = t
			add(120, 121)
			form = b.post(dispatchesURL+list, form).want(http.StatusUnprocessableEntity, "La liste a changé entre-temps.", "à 121 contacts ?").confirming()
		})
		t.Run("all are sent to, and the rows come in pages", func(t *testing.T) {
			h.TB = t
			at := b.post(dispatchesURL+list, form).to
			h.deliver()
			b.get(at).want(http.StatusOK, "avec un envoi 121", "Suivante").wantNot("Première")
			b.get(at+"?after=100").want(http.StatusOK, "Première").wantNot("Suivante")
			b.post(dispatchesURL+list, form).wantTo(at)
		})
	})
}

func TestDispatchWithoutMailServer(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouseOver(t, db, clock, nil)
		c := h.corvenne()
		b := h.as(h.school.officer)
		t.Run("letters wait, and the pages say why", func(t *testing.T) {
			form := b.get(dispatchesURL+"/new"+selected(c.first)).want(http.StatusOK, "Aucun serveur de messagerie n’est configuré").confirming(c.first)
			at := b.post(dispatchesURL+selected(c.first), form).to
			h.deliver()
			b.get(at).want(http.StatusOK, "Aucun serveur de messagerie n’est configuré", "e-mail en file 1", "Invitation En file")
			if strings.Contains(b.body, "data-refresh") {
				t.Error("it goes on asking")
			}
		})
	})
}

func TestDispatchRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		server := mailtest.Start(t, mailtest.Options{Rcpt: func(string) error { return mailtest.Refuse(550, "no such user here") }})
		h := newHouseOver(t, db, clock, mail.NewSMTP(mail.Server{Host: server.Host, Port: server.Port, Encryption: mail.NoTLS}))
		c := h.corvenne()
		b := h.as(h.school.officer)
		t.Run("letters that the mail server refused are found among the rows", func(t *testing.T) {
			form := b.get(dispatchesURL + "/new" + selected(c.first)).confirming(c.first)
			at := b.post(dispatchesURL+selected(c.first), form).to
			h.deliver()
			b.get(at+"?result=undelivered").want(http.StatusOK, "e-mail refusé par la messagerie 1", "Refusés par la messagerie (1)", "Invitation Refusé")
		})
	})
}
