package public_test

import (
	"cmp"
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	mailbox "github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/workspace"
)

// invited is a contact to whom credentials were sent.
type invited struct {
	contact id.Contact
	by      actor.Actor
	address string
	path    string // of the link
	code    string
}

func (h *house) inviter() *access.Inviter {
	own := login.Links(h.secret, login.DefaultLimits())
	return access.NewInviter(invitation.NewMaker(h.secret, invitation.LimitsOf(config.Default().Invitations)), own)
}

// invite makes a contact with that address at an organisation of the workspace, and invites it.
func (h *house) invite(slug, address string) (i invited) {
	h.t.Helper()
	i.address = address
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.GetBySlug(ctx, tx, slug)
		if fault.Is(err, fault.NotFound) {
			w, err = workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "Orvane Santé", Kind: "vendor"})
		}
		if err != nil {
			return err
		}
		i.by = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffAdmin}
		o, err := organization.Create(ctx, tx, i.by, organization.Input{Name: "Ateliers Corvenne"})
		if err != nil {
			return err
		}
		c, err := contact.Create(ctx, tx, i.by, o.ID, contact.Input{
			Civility: "ms", FamilyName: "Garnier", GivenName: "Hélène", Phone: "02 61 91 40 10", Email: address, Source: contact.Form,
		})
		i.contact = c.ID
		return err
	})
	h.send(&i)
	return i
}

// send sends credentials, and reads the letter.
func (h *house) send(i *invited) {
	h.t.Helper()
	v := h.inviter()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := v.SendCredentials(ctx, tx, i.by, i.contact, access.Sending{SwitchOn: true}); err != nil {
			return err
		}
		list, err := mail.About(ctx, tx, i.by, i.contact, 1)
		if err != nil {
			return err
		}
		f, err := v.Kinds()[0].Facts(ctx, tx, list[0])
		i.path, i.code = f.URL, f.Code
		return err
	})
}

// now is the contact as it is kept.
func (h *house) contact(i invited) (c contact.Contact) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Get(ctx, tx, i.by, i.contact)
		return err
	})
	return c
}

// reads fails unless the page has that status and holds all words, as they are read.
func (b *browser) reads(status int, words ...string) *browser {
	b.house.t.Helper()
	b.want(status)
	text := html.UnescapeString(b.body)
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.house.t.Errorf("no %q in\n%s", w, text)
		}
	}
	return b
}

func TestActivationPage(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		i := h.invite("brenval", "helene@corvenne.example")
		t.Run("it says who invites, for which organisation and until when, in the host's name", func(t *testing.T) {
			b := h.browser().get(i.path).reads(http.StatusOK, "Bienvenue, Hélène", "École Brenval vous ouvre son espace, pour Ateliers Corvenne.", "vendredi 27 novembre 2026", "Mot de passe",
				"Activer mon accès", "Cette invitation n'est pas pour moi", `value="helene@corvenne.example"`, `autocomplete="new-password"`, `data-weigh="`+i.path+`/strength"`)
			if b.last.Header().Get("Cache-Control") != "no-store" || b.last.Header().Get("Referrer-Policy") != "no-referrer" {
				t.Error(b.last.Header())
			}
		})
		t.Run("GET, HEAD and prefetch use nothing up; a GET that is no prefetch is noted, once", func(t *testing.T) {
			j := h.invite("brenval", "noted@corvenne.example")
			opened := func() (at sqldb.Time) {
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					last, err := invitation.Last(ctx, tx, j.by, j.contact)
					at = last.OpenedAt
					return err
				})
				return at
			}
			b := h.browser()
			b.header.Set("Sec-Purpose", "prefetch;prerender")
			b.get(j.path).want(http.StatusOK)
			b.header.Del("Sec-Purpose")
			b.do("HEAD", j.path, nil).want(http.StatusOK)
			if !opened().IsZero() {
				t.Error("a prefetch or HEAD was noted")
			}
			b.get(j.path).want(http.StatusOK)
			first := opened()
			clock.Pass(time.Minute)
			b.get(j.path).want(http.StatusOK)
			if first.IsZero() || opened() != first {
				t.Error("not noted once")
			}
		})
		t.Run("a password that is guessed is refused with the reason, and its worth is said while it is typed", func(t *testing.T) {
			b := h.browser()
			b.post(i.path, url.Values{"password": {"court"}}).reads(http.StatusUnprocessableEntity, "12 caractères", "Activer mon accès")
			b.post(i.path, url.Values{"password": {"helenegarnier"}}).reads(http.StatusUnprocessableEntity, `id="password-error"`)
			b.post(i.path+"/strength", url.Values{"password": {"ateliers corvenne"}}).reads(http.StatusOK, "<meter")
			if strings.Contains(b.body, "ateliers corvenne") {
				t.Error("the password comes back")
			}
		})
		t.Run("a good one activates, signs in and leads into the portal; the link then opens nothing", func(t *testing.T) {
			b := h.browser()
			b.post(i.path, url.Values{"password": {fresh}}).wantTo("/brenval/portal")
			b.get("/profile").reads(http.StatusOK, "Hélène Garnier", "helene@corvenne.example", "Votre accès est activé : bienvenue chez École Brenval.")
			if c := h.contact(i); c.Login.IsZero() || c.JoinedAt.IsZero() {
				t.Errorf("%+v", c)
			}
			h.browser().get(i.path).reads(http.StatusNotFound, "Ce lien n’ouvre plus rien", "Demander un nouveau lien", "Se connecter")
			h.browser().post(i.path, url.Values{"password": {fresh}}).reads(http.StatusNotFound, "Demander un nouveau lien")
		})
		t.Run("a password of 128 characters of any script is taken as it is typed, and signs in", func(t *testing.T) {
			long := h.invite("brenval", "long@corvenne.example")
			chosen := "  漢字 œuvre 🦉 Ωμέγα тихо e\u0301te\u0301  "
			for n := 0; len([]rune(chosen)) < 128; n++ {
				chosen += string(rune('一' + 37*n*n%9000))
			}
			h.browser().post(long.path, url.Values{"password": {chosen}}).wantTo("/brenval/portal")
			for typed, want := range map[string]int{chosen: http.StatusSeeOther, strings.TrimSpace(chosen): http.StatusUnprocessableEntity, chosen[:len(chosen)-3]: http.StatusUnprocessableEntity} {
				h.browser().post("/sign-in", url.Values{"email": {long.address}, "password": {typed}}).want(want)
			}
		})
		t.Run("no record of the log holds a token, a code, an address or a password", func(t *testing.T) {
			token := strings.TrimPrefix(i.path, "/activate/")
			for _, secret := range []string{token, i.code, strings.ReplaceAll(i.code, "-", ""), i.address, fresh} {
				if strings.Contains(h.log.String(), secret) {
					t.Errorf("%q stands in it", secret)
				}
			}
			if !strings.Contains(h.log.String(), "/activate/{token}") {
				t.Error("the route's pattern does not")
			}
		})
		t.Run("the page speaks the contact's language, unless this browser chose another", func(t *testing.T) {
			j := h.invite("brenval", "english@corvenne.example")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET locale = 'en' WHERE id = $1`, j.contact)
				return err
			})
			b := h.browser().get(j.path).reads(http.StatusOK, "Welcome, Hélène", "Activate my access")
			b.post("/language", url.Values{"language": {"fr"}, "next": {b.hidden("next")}}).wantTo(j.path)
			b.get(j.path).reads(http.StatusOK, "Bienvenue, Hélène")
		})
	})
}

func TestActivationWithALogin(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		i := h.invite("orvane", email) // who works for the other workspace
		t.Run("whoever has a login types its password to accept; a wrong one accepts nothing", func(t *testing.T) {
			b := h.browser().get(i.path).reads(http.StatusOK, "Vous avez déjà une connexion avec cette adresse", `autocomplete="current-password"`, "Mot de passe oublié")
			b.post(i.path, url.Values{"password": {"not it at all, sorry"}}).reads(http.StatusUnprocessableEntity, `id="password-error"`)
			if !h.contact(i).Login.IsZero() || b.cookies["__Host-session"] != "" {
				t.Error("it is accepted")
			}
		})
		t.Run("too many wrong ones wait", func(t *testing.T) {
			b := h.browser()
			for range 12 {
				b.post(i.path, url.Values{"password": {"not it at all, sorry"}})
			}
			if b.want(http.StatusTooManyRequests); b.last.Header().Get("Retry-After") == "" {
				t.Error("it is not said how long")
			}
			clock.Pass(time.Hour)
		})
		t.Run("somebody else who is signed in is told so, and shown the way out, by which they come back", func(t *testing.T) {
			h.person("somebody@else.example", "Somebody Else")
			b := h.browser()
			b.post("/sign-in", url.Values{"email": {"somebody@else.example"}, "password": {password}}).want(http.StatusSeeOther)
			b.get(i.path).reads(http.StatusOK, "Somebody Else", "somebody@else.example", "mais cette invitation est pour "+email, "Se déconnecter et continuer")
			if strings.Contains(b.body, `name="password"`) {
				t.Error("it asks for a password")
			}
			b.post(i.path, url.Values{"password": {password}}).reads(http.StatusUnprocessableEntity, "n’est pas celle de l’adresse invitée", "Se déconnecter et continuer")
			b.post(i.path+"/sign-out", url.Values{}).wantTo(i.path)
			b.get(i.path).reads(http.StatusOK, "Vous avez déjà une connexion avec cette adresse")
		})
		t.Run("a link that opens nothing signs nobody out", func(t *testing.T) {
			b := h.browser().signIn()
			b.post("/activate/"+strings.Repeat("A", 27)+"/sign-out", url.Values{}).reads(http.StatusNotFound)
			b.get(i.path).reads(http.StatusOK, "Votre session est ouverte avec "+email)
		})
		t.Run("who is signed in with the address accepts with one press", func(t *testing.T) {
			b := h.browser().signIn()
			b.get(i.path).reads(http.StatusOK, "Votre session est ouverte avec "+email, "Activer mon accès")
			b.post(i.path, url.Values{}).wantTo("/orvane/portal")
			if c := h.contact(i); c.Login.IsZero() {
				t.Errorf("%+v", c)
			}
		})
		t.Run("who has joined another contact of the organisation is told so, and offered no press that does not help", func(t *testing.T) {
			second := i
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				first, err := contact.Get(ctx, tx, i.by, i.contact)
				if err != nil {
					return err
				}
				joined := first
				joined.LoginEmail, err = mailbox.Parse("former@corvenne.example") // that the login had when it joined
				if err != nil {
					return err
				}
				if err := joined.SaveLogin(ctx, tx, i.by, first, "contact.edited"); err != nil {
					return err
				}
				c, err := contact.Create(ctx, tx, i.by, first.Organization, contact.Input{
					Civility: "mr", FamilyName: "Armen", GivenName: "Yann", Phone: "02 61 91 40 11", Email: email, Source: contact.Form,
				})
				second.contact = c.ID
				return err
			})
			h.send(&second)
			b := h.browser().signIn()
			b.get(second.path).reads(http.StatusOK, "Activer mon accès")
			b.post(second.path, url.Values{}).reads(http.StatusUnprocessableEntity, "Hélène Garnier", "est pas pour moi")
			if strings.Contains(b.body, "une seule pression") {
				t.Error(b.body)
			}
		})
	})
}

func TestActivationCode(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		i := h.invite("brenval", "helene@corvenne.example")
		type0 := func(b *browser, address, code string) *browser {
			return b.post("/activate", url.Values{"email": {address}, "code": {code}})
		}
		t.Run("address and code lead to the link's page", func(t *testing.T) {
			b := h.browser().get("/activate").reads(http.StatusOK, "Adresse e-mail", "Code d'activation")
			type0(b, i.address, strings.ToUpper(i.code)).wantTo(i.path)
		})
		t.Run("nobody keeps its pages, nor is told that somebody comes from them", func(t *testing.T) {
			b := h.browser()
			for _, path := range []string{"/activate", "/activate?asked=1", "/activate?declined=1"} {
				wantSecrecy(t, path, b.get(path).reads(http.StatusOK))
			}
			wantSecrecy(t, "refused", type0(b, i.address, "0000-0000").reads(http.StatusUnprocessableEntity))
			wantSecrecy(t, "taken", type0(b, i.address, i.code))
		})
		t.Run("wrong codes get one answer, for known and unknown addresses, byte by byte but for what was typed", func(t *testing.T) {
			var answers []string
			for _, address := range []string{i.address, "nobody@corvenne.example", email} {
				b := type0(h.browser(), address, "0000-0000").reads(http.StatusUnprocessableEntity, "ne vont pas ensemble")
				answers = append(answers, strings.ReplaceAll(b.body, address, "…"))
			}
			if answers[0] != answers[1] || answers[0] != answers[2] {
				t.Error("they differ")
			}
		})
		t.Run("guessing is slowed down, known or not", func(t *testing.T) {
			for _, address := range []string{i.address, "nobody@corvenne.example"} {
				b := h.browser()
				for range 12 {
					type0(b, address, "0000-0000")
				}
				b.want(http.StatusTooManyRequests)
			}
		})
	})
}

func TestActivationLinkThatIsOver(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		letters := func() (n int) {
			h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				n, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM letter`)
				return err
			})
			return n
		}
		expired, replaced, declined := h.invite("brenval", "old@corvenne.example"), h.invite("brenval", "replaced@corvenne.example"), h.invite("brenval", "declined@corvenne.example")
		again := replaced
		h.send(&again)
		t.Run("« Cette invitation n'est pas pour moi » ends it with a word of thanks", func(t *testing.T) {
			b := h.browser()
			b.post(declined.path+"/refusal", url.Values{}).wantTo("/activate?declined=1")
			b.get("/activate?declined=1").reads(http.StatusOK, "C’est noté.")
			h.browser().get(declined.path).want(http.StatusNotFound)
			b.post(declined.path+"/refusal", url.Values{}).wantTo("/activate?declined=1")
		})
		clock.Pass(6 * 24 * time.Hour)
		live := h.invite("brenval", "live@corvenne.example")
		clock.Pass(2 * 24 * time.Hour)
		unknown := invited{path: "/activate/" + strings.Repeat("A", 27)}
		t.Run("an expired, a replaced, a declined and an unknown link have one and the same page", func(t *testing.T) {
			var pages []string
			for _, i := range []invited{expired, replaced, declined, unknown} {
				b := h.browser().get(i.path).reads(http.StatusNotFound, "Demander un nouveau lien")
				pages = append(pages, strings.ReplaceAll(b.body, i.path, "…"))
			}
			for _, p := range pages[1:] {
				if p != pages[0] {
					t.Error("they differ")
				}
			}
		})
		t.Run("one button asks for a fresh link: only the expired one brings a letter, the answer is the same", func(t *testing.T) {
			for i, want := range map[*invited]int{&expired: 1, &replaced: 0, &declined: 0, &live: 0, &unknown: 0} {
				before := letters()
				b := h.browser()
				b.post(i.path+"/renewal", url.Values{}).wantTo("/activate?asked=1")
				b.get("/activate?asked=1").reads(http.StatusOK, "Si cette invitation peut être renouvelée")
				if got := letters() - before; got != want {
					t.Errorf("%s: %d letters, want %d", i.address, got, want)
				}
			}
		})
	})
}

// TestActivationOfStaff: an invitation into a team is accepted on the same pages.
func TestActivationOfStaff(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock).furnish()
		t.Run("the page says who invites, to what, and leads into the back office", func(t *testing.T) {
			path, _ := h.welcome("anne@brenval.example")
			b := h.browser().get(path).reads(http.StatusOK, "Bienvenue, Anne Le Goff", "École Brenval vous invite dans son équipe, avec le rôle «\u00a0Gestionnaire\u00a0».", "Activer mon accès")
			b.post(path, url.Values{"password": {"anne-le-goff"}}).reads(http.StatusUnprocessableEntity, "1 champ est à corriger")
			b.post(path, url.Values{"password": {password}}).wantTo("/brenval/office")
			b.get(path).want(http.StatusNotFound)
		})
		t.Run("somebody with a login accepts with its password; by the code too", func(t *testing.T) {
			h.person("lea@else.example", "Léa Fournier")
			path, code := h.welcome("lea@else.example")
			b := h.browser()
			b.post("/activate", url.Values{"email": {"lea@else.example"}, "code": {code}}).wantTo(path)
			b.get(path).reads(http.StatusOK, "Vous avez déjà une connexion avec cette adresse")
			b.post(path, url.Values{"password": {"not it at all, sorry"}}).want(http.StatusUnprocessableEntity)
			b.post(path, url.Values{"password": {password}}).wantTo("/brenval/office")
		})
		t.Run("one that is not for the reader is over; one that has expired is asked for again", func(t *testing.T) {
			path, _ := h.welcome("pol@brenval.example")
			h.browser().post(path+"/refusal", url.Values{}).wantTo("/activate?declined=1")
			h.browser().get(path).want(http.StatusNotFound)
			path, _ = h.welcome("pol@brenval.example")
			clock.Pass(8 * 24 * time.Hour)
			b := h.browser()
			b.get(path).reads(http.StatusNotFound, "Demander un nouveau lien")
			b.post(path+"/renewal", url.Values{}).wantTo("/activate?asked=1")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				list, err := invitation.Team(ctx, tx, actor.OfProgram(1))
				if len(list) != 1 || !list[0].Live(tx.Now()) {
					t.Errorf("%+v", list)
				}
				return err
			})
		})
	})
}

// welcome invites the address into the first workspace's team, as an officer, and gives the link's path and the code.
func (h *house) welcome(address string) (path, code string) {
	h.t.Helper()
	v := team.NewInviter(invitation.NewMaker(h.secret, invitation.LimitsOf(config.Default().Invitations)))
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		members, err := workspace.Team(ctx, tx, actor.OfProgram(1))
		if err != nil {
			return err
		}
		by := actor.Actor{Kind: actor.Staff, Workspace: 1, Role: actor.StaffAdmin}
		for _, m := range members {
			if m.Email.String() == email {
				by.Login = m.Login
			}
		}
		name := map[string]string{"anne@brenval.example": "Anne Le Goff"}[address]
		if err := v.Invite(ctx, tx, by, team.New{Name: cmp.Or(name, "Léa Fournier"), Email: address, Role: "officer", Locale: "fr"}); err != nil {
			return err
		}
		list, err := invitation.Team(ctx, tx, by)
		if err != nil {
			return err
		}
		f, err := v.Kinds()[0].Facts(ctx, tx, mail.Letter{Workspace: 1, Subject: list[0].ID.UUID})
		path, code = f.URL, f.Code
		return err
	})
	return path, code
}
