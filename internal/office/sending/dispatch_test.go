package sending_test

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
	"github.com/entregent/entregent/internal/office/officetest"
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
func confirming(b *officetest.Browser, contacts ...contact.Contact) url.Values {
	form := url.Values{"submission": {b.Field("submission")}, "told": {b.Field("told")}}
	for _, c := range contacts {
		form.Add("contact", c.ID.String())
	}
	return form
}

// several are contacts of one organisation: one without an address, one who was switched off, two with the same address.
func several(h *officetest.House, c officetest.Corvenne) (silent, off, same contact.Contact) {
	h.Helper()
	silent, off, same = h.Contact(h.School, c.ID, "Abgrall", "Loïc"), h.Contact(h.School, c.ID, "Kerjean", "Maud"), h.Contact(h.School, c.ID, "Zunino", "Ange")
	h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE contact SET email = NULL WHERE id = $1`, silent.ID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE contact SET login_email = 'maud@corvenne.example', login_disabled_by = 'staff' WHERE id = $1`, off.ID)
		return err
	})
	return silent, off, same
}

func TestDispatch(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		silent, off, same := several(h, c)
		b := h.As(h.School.Officer)
		everybody := []contact.Contact{silent, off, c.First, c.Landing, same}

		t.Run("before anything is sent it is said who gets what, and who gets nothing and why", func(t *testing.T) {
			h.TB = t
			b.Get(dispatchesURL+"/new"+selected(everybody...)).Want(http.StatusOK, "Renvoyer les identifiants à 5 contacts ?", "recevront une invitation 2", "désactivé 1", "sans adresse e-mail 1",
				"dont l’adresse sert déjà à une autre personne 1", "Activer aussi la connexion de ceux qui sont désactivés", "Mme LE GALL Maëlle C-000001 Ateliers Corvenne Invitation", "Mme KERJEAN Maud C-000004 Ateliers Corvenne Désactivé")
			if n := b.Count(` checked aria-label="Sélectionner `); n != 5 {
				t.Errorf("%d boxes are ticked", n)
			}
			if n := invitations(h); n != 0 {
				t.Errorf("%d invitations", n)
			}
		})

		t.Run("nobody is sent anything without a contact that is ticked", func(t *testing.T) {
			h.TB = t
			b.Get(dispatchesURL+"/new?selected=1").Want(http.StatusUnprocessableEntity, "Sélectionnez au moins un contact.")
			page := b.Get(dispatchesURL + "/new" + selected(c.First))
			page.Post(dispatchesURL+selected(c.First), confirming(page)).Want(http.StatusUnprocessableEntity, "Sélectionnez au moins un contact.", "Renvoyer les identifiants à 1 contact ?")
		})

		t.Run("confirmed, one form starts one sending, and its page says what became of each", func(t *testing.T) {
			h.TB = t
			form := confirming(b.Get(dispatchesURL+"/new"+selected(everybody...)), everybody...)
			first := b.Post(dispatchesURL+selected(everybody...), form).To
			b.Post(dispatchesURL+selected(everybody...), form).WantTo(first)
			b.Get(first).Want(http.StatusOK, "Envoi à 5 contacts", "Envoi en cours", "0 %, 0 contacts traités sur 5", "Arrêter l’envoi").WantMarkup(`data-refresh="2"`, `<noscript><p><a href="">Actualiser</a>`)
			h.Deliver()
			b.Get(first).Want(http.StatusOK, "Terminé", "avec un envoi 2", "sans envoi 3", "e-mails acceptés par la messagerie 2",
				"Mme ABGRALL Loïc C-000003 Ateliers Corvenne Sans adresse Complétez son adresse", "Mme KERJEAN Maud C-000004 Ateliers Corvenne Désactivé Sa connexion est désactivée",
				"Mme LE GALL Maëlle C-000001 Ateliers Corvenne Invitation Envoyé", "Mme ZUNINO Ange C-000005 Ateliers Corvenne Adresse prise Son adresse sert déjà")
			if strings.Contains(b.Body, "data-refresh") {
				t.Error("it goes on asking")
			}
			if n := invitations(h); n != 2 {
				t.Errorf("%d invitations", n)
			}
			b.Get(first+"?result=unsent").Want(http.StatusOK, "ABGRALL", "ZUNINO").WantNot("LE GALL")
			b.Get(first+"?result=no_address").Want(http.StatusOK, "ABGRALL").WantNot("ZUNINO", "LE GALL")
			b.Fetch("dispatch", first+"?result=undelivered").Want(http.StatusOK, "Aucun contact dans ce cas.").WantNot("Tableau de bord")
			b.Get(first+"?result=x&after=x").Want(http.StatusOK, "LE GALL")
			b.Get(dispatchesURL).Want(http.StatusOK, "Envoi à 5 contacts", "Terminé", "Avec envoi : 2, sans : 3, non traités : 0", "Rachel Moreau")
			b.Get("/brenval/office/journal?kind=dispatch.started").Want(http.StatusOK, "Vous avez lancé un envoi groupé d’identifiants (contacts : 5).")
		})

		t.Run("those whom somebody switched off are switched on where the box is ticked, and who is left out is", func(t *testing.T) {
			h.TB = t
			page := b.Get(c.Page("/contacts")).WantMarkup(`href="/brenval/office/dispatches/new?organization=` + c.ID.String())
			list := "?organization=" + c.ID.String()
			form := confirming(page.Get(dispatchesURL+"/new"+list).Want(http.StatusOK, "à 5 contacts ?"), off, c.Landing)
			form.Set("switch_on", "1")
			at := b.Post(dispatchesURL+list, form).To
			h.Deliver()
			b.Get(at).Want(http.StatusOK, "Envoi à 2 contacts", "connexions activées", "avec un envoi 2", "KERJEAN", "ROUSSEL").WantNot("LE GALL")
			if !h.Stored(off.ID).LoginEnabled {
				t.Error("it is off")
			}
		})

		t.Run("a contact that was deleted is said to be gone", func(t *testing.T) {
			h.TB = t
			form := confirming(b.Get(dispatchesURL+"/new"+selected(same, c.Landing)), same, c.Landing)
			at := b.Post(dispatchesURL+selected(same, c.Landing), form).To
			b.Post(officetest.Act(same, "/deletion"), url.Values{}).Want(http.StatusSeeOther)
			h.Deliver()
			b.Get(at).Want(http.StatusOK, "Contact supprimé Supprimé Ce contact n’existait plus", "sans envoi 1").WantNot("C-000005")
		})

		t.Run("it can be stopped", func(t *testing.T) {
			h.TB = t
			form := confirming(b.Get(dispatchesURL+"/new"+selected(c.First)), c.First)
			at := b.Post(dispatchesURL+selected(c.First), form).To
			for range 2 {
				b.Post(at+"/cancel", nil).WantTo(at)
			}
			h.Deliver()
			b.Get(at).Want(http.StatusOK, "Arrêté", "Cet envoi a été arrêté. 1 contact n’a rien reçu")
			b.Get("/brenval/office/journal?kind=dispatch.cancelled").Want(http.StatusOK, "Vous avez arrêté un envoi groupé d’identifiants (contacts traités : 0).")
		})

		t.Run("who sends no more is told so", func(t *testing.T) {
			h.TB = t
			form := confirming(b.Get(dispatchesURL+"/new"+selected(c.First)), c.First)
			at := b.Post(dispatchesURL+selected(c.First), form).To
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM staff WHERE workspace_id = $1 AND login_id = $2`, h.School.ID, h.School.Officer.Login)
				return err
			})
			h.Deliver()
			h.As(h.School.Admin).Get(at).Want(http.StatusOK, "Échec", "La personne qui a lancé cet envoi n’a plus le droit d’envoyer des identifiants.")
		})

		t.Run("another workspace's does not exist", func(t *testing.T) {
			h.TB = t
			var d dispatch.Dispatch
			h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				d, err = dispatch.Start(ctx, tx, h.School.Admin.Actor, dispatch.New{Contacts: []id.Contact{c.First.ID}})
				return err
			})
			stranger := h.As(h.Vendor.Admin)
			stranger.Get("/orvane/office/dispatches/" + d.ID.String()).Want(http.StatusNotFound)
			stranger.Post("/orvane/office/dispatches/"+d.ID.String()+"/cancel", nil).Want(http.StatusNotFound)
			stranger.Get("/orvane/office/dispatches/new"+selected(c.First)).Want(http.StatusUnprocessableEntity, "Sélectionnez au moins un contact.")
			stranger.Get("/orvane/office/dispatches").Want(http.StatusOK, "Aucun envoi groupé n’est gardé.")
		})
	})
}

// invitations counts those that were ever made.
func invitations(h *officetest.House) (n int) {
	h.Helper()
	h.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM invitation WHERE workspace_id = $1`, h.School.ID)
		return err
	})
	return n
}

// Where a list finds more than a page of the confirmation names, all that it finds are sent to, if it is still the same list.
func TestDispatchToMany(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		of := h.Organization(h.School, "Ateliers Corvenne", "812 457 398 00020")
		add := func(from, to int) {
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				for n := from; n < to; n++ {
					word := strings.Map(func(r rune) rune { return 'a' + r - '0' }, strconv.Itoa(n))
					_, err := contact.Create(ctx, tx, h.School.Admin.Actor, of.ID, contact.Input{
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
		b := h.As(h.School.Officer)
		const list = "?source=import"
		form := confirming(b.Get(dispatchesURL+"/new"+list).Want(http.StatusOK, "à 120 contacts ?", "recevront une invitation 120").WantNot("DUB"))
		t.Run("a list that has changed meanwhile is shown again", func(t *testing.T) {
			h.TB = t
			add(120, 121)
			form = confirming(b.Post(dispatchesURL+list, form).Want(http.StatusUnprocessableEntity, "La liste a changé entre-temps.", "à 121 contacts ?"))
		})
		t.Run("all are sent to, and the rows come in pages", func(t *testing.T) {
			h.TB = t
			at := b.Post(dispatchesURL+list, form).To
			h.Deliver()
			b.Get(at).Want(http.StatusOK, "avec un envoi 121", "Suivante").WantNot("Première")
			b.Get(at+"?after=100").Want(http.StatusOK, "Première").WantNot("Suivante")
			b.Post(dispatchesURL+list, form).WantTo(at)
		})
	})
}

func TestDispatchWithoutMailServer(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := officetest.NewOver(t, db, clock, nil)
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		t.Run("letters wait, and the pages say why", func(t *testing.T) {
			form := confirming(b.Get(dispatchesURL+"/new"+selected(c.First)).Want(http.StatusOK, "Aucun serveur de messagerie n’est configuré"), c.First)
			at := b.Post(dispatchesURL+selected(c.First), form).To
			h.Deliver()
			b.Get(at).Want(http.StatusOK, "Aucun serveur de messagerie n’est configuré", "e-mail en file 1", "Invitation En file")
			if strings.Contains(b.Body, "data-refresh") {
				t.Error("it goes on asking")
			}
		})
	})
}

func TestDispatchRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		server := mailtest.Start(t, mailtest.Options{Rcpt: func(string) error { return mailtest.Refuse(550, "no such user here") }})
		h := officetest.NewOver(t, db, clock, mail.NewSMTP(mail.Server{Host: server.Host, Port: server.Port, Encryption: mail.NoTLS}))
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		t.Run("letters that the mail server refused are found among the rows", func(t *testing.T) {
			form := confirming(b.Get(dispatchesURL+"/new"+selected(c.First)), c.First)
			at := b.Post(dispatchesURL+selected(c.First), form).To
			h.Deliver()
			b.Get(at+"?result=undelivered").Want(http.StatusOK, "e-mail refusé par la messagerie 1", "Refusés par la messagerie (1)", "Invitation Refusé")
		})
	})
}
