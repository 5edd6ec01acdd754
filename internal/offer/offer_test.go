package offer_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestCreate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		t.Run("what staff add is kept as it was typed, and active at once", func(t *testing.T) {
			o := s.must(s.staff, whole(" Assistant  comptable "))
			kept, err := s.get(s.staff, o)
			if err != nil || o.State != offer.Active || o.Title != "Assistant comptable" || o.StartsOn != "2027-09-01" || o.Posts != 2 || o.Year != 2027 || o.Source != offer.Office || o.Contract.Kind() != terms.WorkStudy {
				t.Errorf("%v %+v", err, o)
			}
			if kept.Author.Name = ""; kept != o {
				t.Errorf("%+v\n%+v", kept, o)
			}
			if parts := s.contacts(s.staff, o); len(parts) != 0 {
				t.Errorf("%+v", parts)
			}
		})
		t.Run("what somebody of the portal deposits waits, and they are its recruiter", func(t *testing.T) {
			o := s.must(s.user, whole("Déposée"))
			if parts := s.contacts(s.mate, o); o.State != offer.Pending || o.Source != offer.Portal || len(parts) != 1 || parts[0].ID != s.user.Contact || parts[0].Part != offer.Recruiter {
				t.Errorf("%+v %+v", o, parts)
			}
			if seen, err := s.get(s.mate, o); err != nil || seen.Author.Name == "" || seen.Author.Number == 0 {
				t.Errorf("%v %+v", err, seen.Author)
			}
		})
		t.Run("what comes by the public form waits too, under the contact who sent it", func(t *testing.T) {
			in := whole("Du formulaire public")
			in.Source, in.Depositor = offer.Landing, s.guest.Contact
			o, err := s.create(actor.OfProgram(s.staff.Workspace), s.org, in)
			if err != nil || o.State != offer.Pending || !o.Deposited(s.guest) {
				t.Errorf("%v %+v", err, o)
			}
			in.Depositor = s.stranger.Contact
			if _, err := s.create(actor.OfProgram(s.staff.Workspace), s.org, in); faults(err)["contact"] != "offer.contact_unknown" {
				t.Error(err)
			}
		})
		t.Run("every fault is told at once", func(t *testing.T) {
			in := offer.Input{Text: offer.Text{Title: "–", Contract: "slavery", StartsOn: "2027-02-30", EndsOn: "x", Posts: "0", Duration: strings.Repeat("x", 201), Rhythm: "\u202e", Place: strings.Repeat("x", 201), Profile: strings.Repeat("x", 5001)}}
			want := map[string]string{"": "fault.fields", "title": "fault.required", "contract": "fault.choice", "starts_on": "day.invalid", "ends_on": "day.invalid", "posts": "offer.posts",
				"duration": "name.too_long", "rhythm": "name.invisible", "place": "name.too_long", "description": "fault.required", "profile": "fault.too_long"}
			if _, err := s.create(s.staff, s.org, in); !maps.Equal(want, faults(err)) {
				t.Error(faults(err))
			}
			in = whole("X")
			in.EndsOn = "31/08/2027"
			if _, err := s.create(s.staff, s.org, in); faults(err)["ends_on"] != "offer.ends_before_start" {
				t.Error(err)
			}
		})
		t.Run("the same form sent twice makes one offer, and nobody else takes it over", func(t *testing.T) {
			in := whole("Une fois")
			in.Submission = id.NewJob().UUID
			if first, again := s.must(s.user, in), s.must(s.user, in); first.ID != again.ID {
				t.Error("two")
			}
			if _, err := s.create(s.mate, s.org, in); faults(err)[""] != "offer.submission_taken" {
				t.Error(err)
			}
		})
		t.Run("another organisation does not exist, a guest deposits nothing, nor anybody where the workspace has no offers", func(t *testing.T) {
			if _, err := s.create(s.user, s.other, whole("X")); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if _, err := s.create(s.guest, s.org, whole("X")); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
			s.update(func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE workspace SET offers = 0`)
				return err
			})
			if _, err := s.create(s.user, s.org, whole("X")); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	})
}

func TestEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		t.Run("staff edit any, and what was changed meanwhile is not overwritten", func(t *testing.T) {
			o := s.must(s.staff, whole("Avant"))
			in := whole("Après")
			in.Version, in.StartsOn, in.Posts = o.Version, "", ""
			after, err := s.edit(s.staff, o, in)
			if err != nil || after.Title != "Après" || after.Version != 2 || after.Year != 2026 || after.Posts != 1 || after.State != offer.Active {
				t.Errorf("%v %+v", err, after)
			}
			if again, err := s.edit(s.staff, o, in); err != nil || again.Version != 2 {
				t.Error("the same once more", again.Version, err)
			}
			in.Title = "Autre"
			if current, err := s.edit(s.staff, o, in); faults(err)[""] != "fault.version" || current.Title != "Après" {
				t.Error(err, current.Title)
			}
		})
		t.Run("who deposited it edits and withdraws it while it waits, nobody else of the organisation does", func(t *testing.T) {
			o := s.must(s.user, whole("La mienne"))
			in := whole("La mienne, corrigée")
			in.Version = o.Version
			if _, err := s.edit(s.mate, o, in); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
			if _, err := s.edit(s.stranger, o, in); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if after, err := s.edit(s.user, o, in); err != nil || after.Title != "La mienne, corrigée" {
				t.Error(err)
			}
			if err := s.withdraw(s.mate, o); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
			if err := s.withdraw(s.user, o); err != nil {
				t.Error(err)
			}
			if _, err := s.get(s.staff, o); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("once it was accepted it is the host's", func(t *testing.T) {
			o := s.must(s.user, whole("Acceptée"))
			s.does(offer.Accept, s.staff, o)
			if _, err := s.edit(s.user, o, whole("X")); faults(err)[""] != "offer.no_longer_pending" {
				t.Error(err)
			}
			if err := s.withdraw(s.user, o); faults(err)[""] != "offer.no_longer_pending" {
				t.Error(err)
			}
		})
	})
}

func (s *scene) withdraw(by actor.Actor, o offer.Offer) error {
	return s.db.Update(s.Context(), func(tx *sqldb.Tx) error { return offer.Withdraw(s.Context(), tx, by, o.ID) })
}

func TestStates(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		acts := map[string]func(of offer.Offer) (offer.Offer, error){
			"accept":     func(o offer.Offer) (offer.Offer, error) { return s.does(offer.Accept, s.staff, o) },
			"reject":     func(o offer.Offer) (offer.Offer, error) { return s.does(reject("Doublon"), s.staff, o) },
			"activate":   func(o offer.Offer) (offer.Offer, error) { return s.does(offer.Activate, s.staff, o) },
			"deactivate": func(o offer.Offer) (offer.Offer, error) { return s.does(offer.Deactivate, s.staff, o) },
		}
		reach := map[offer.State][]string{offer.Pending: {}, offer.Active: {"accept"}, offer.Inactive: {"accept", "deactivate"}, offer.Rejected: {"reject"}}
		table := map[offer.State]map[string]offer.State{ // "" = refused
			offer.Pending:  {"accept": offer.Active, "reject": offer.Rejected, "activate": "", "deactivate": ""},
			offer.Active:   {"accept": offer.Active, "reject": "", "activate": offer.Active, "deactivate": offer.Inactive},
			offer.Inactive: {"accept": offer.Inactive, "reject": "", "activate": offer.Active, "deactivate": offer.Inactive},
			offer.Rejected: {"accept": offer.Active, "reject": offer.Rejected, "activate": "", "deactivate": ""},
		}
		for from, steps := range table {
			for act, to := range steps {
				t.Run("from "+string(from)+" "+act+" leads where the table says", func(t *testing.T) {
					o := s.must(s.user, whole(string(from)+" "+act))
					for _, step := range reach[from] {
						o, _ = acts[step](o)
					}
					after, err := acts[act](o)
					if refused := fault.Is(err, fault.Conflict); refused != (to == "") || to != "" && after.State != to {
						t.Errorf("%s, %v", after.State, err)
					}
				})
			}
		}
		t.Run("the reason is kept until it is accepted after all", func(t *testing.T) {
			o := s.must(s.user, whole("Refusée"))
			o, err := s.does(reject("  Déjà déposée "), s.staff, o)
			if err != nil || o.Reason != "Déjà déposée" {
				t.Error(err, o.Reason)
			}
			if seen, err := s.get(s.user, o); err != nil || seen.Reason != "Déjà déposée" {
				t.Error(err, seen.Reason)
			}
			if o, err = s.does(offer.Accept, s.staff, o); err != nil || o.Reason != "" {
				t.Error(err, o.Reason)
			}
		})
		t.Run("nobody of the portal changes a state", func(t *testing.T) {
			o := s.must(s.user, whole("X"))
			if _, err := s.does(offer.Accept, s.user, o); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	})
}

func TestDelete(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		t.Run("with an offer go its file, its words and its values in the history", func(t *testing.T) {
			o := s.must(s.staff, whole("Zingueur"))
			s.update(func(tx *sqldb.Tx) error {
				_, err := offer.SetFile(t.Context(), tx, s.staff, o.ID, s.received("fiche.txt", "Poste"))
				return err
			})
			s.update(func(tx *sqldb.Tx) error {
				n, err := offer.Delete(t.Context(), tx, s.staff, o.ID, o.ID, id.NewOffer())
				if n != 1 {
					t.Errorf("%d", n)
				}
				return err
			})
			s.gone(t, o)
		})
		t.Run("with the organisation go its offers", func(t *testing.T) {
			o := s.must(s.user, whole("Couvreur"))
			s.update(func(tx *sqldb.Tx) error { return offer.DeleteOrganization(t.Context(), tx, s.staff, s.org) })
			s.gone(t, o)
			s.view(func(tx *sqldb.Tx) error {
				n, err := sqldb.Total(t.Context(), tx, s.staff.Workspace, "offers")
				if n != 0 {
					t.Errorf("%d are counted", n)
				}
				return err
			})
		})
	})
}

// gone fails when anything of the offer is left.
func (s *scene) gone(t *testing.T, o offer.Offer) {
	t.Helper()
	s.view(func(tx *sqldb.Tx) error {
		for _, table := range []string{"offer", "offer_word", "offer_contact"} {
			if n, err := sqldb.One(t.Context(), tx, sqldb.Value[int], `SELECT COUNT(*) FROM `+table+` WHERE number = $1`, o.Number); n != 0 || err != nil {
				t.Errorf("%d rows of %s, %v", n, table, err)
			}
		}
		files, err := file.Of(t.Context(), tx, s.staff, o.Owner())
		if len(files) != 0 || err != nil {
			t.Error("the file is left", err)
		}
		part, err := journal.Find(t.Context(), tx, s.staff, journal.Filter{Subject: o.ID.UUID})
		for _, l := range part.Lines {
			if len(l.Changes) > 0 || l.Comment != "" {
				t.Errorf("%+v", l)
			}
		}
		return err
	})
}

func TestFile(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		o := s.must(s.user, whole("Avec fichier"))
		set := func(by actor.Actor, r file.Received) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := offer.SetFile(t.Context(), tx, by, o.ID, r)
				return err
			})
		}
		held := func(by actor.Actor) (f file.File, err error) {
			err = db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
				f, _, err = offer.File(t.Context(), tx, by, o.ID)
				return err
			})
			return f, err
		}
		t.Run("an offer has one file, the last that was given", func(t *testing.T) {
			if _, err := held(s.user); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			for _, name := range []string{"premier.txt", "second.txt"} {
				if err := set(s.user, s.received(name, name)); err != nil {
					t.Fatal(err)
				}
			}
			if f, err := held(s.mate); err != nil || f.Name != "second.txt" {
				t.Error(err, f.Name)
			}
			if _, err := held(s.stranger); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("who did not deposit it changes no file, and nobody but staff once it was accepted", func(t *testing.T) {
			if err := set(s.mate, s.received("x.txt", "x")); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
			s.does(offer.Accept, s.staff, o)
			if err := set(s.user, s.received("x.txt", "x")); !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
			if _, err := s.does(offer.RemoveFile, s.staff, o); err != nil {
				t.Error(err)
			}
			if _, err := held(s.staff); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	})
}

func TestContacts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		t.Run("a contact of the organisation has any part, another's none", func(t *testing.T) {
			o := s.must(s.staff, whole("Tuteurs"))
			for _, part := range offer.Parts() {
				if _, err := s.attach(s.staff, o, offer.Attachment{Contact: s.mate.Contact, Part: string(part)}); err != nil {
					t.Error(err)
				}
			}
			if list := s.contacts(s.staff, o); len(list) != 4 || list[0].Part != offer.Recruiter || list[1].Apprentices != 2 || list[2].Apprentices != 0 {
				t.Errorf("%+v", list)
			}
			_, err := s.attach(s.staff, o, offer.Attachment{Contact: s.stranger.Contact, Part: "owner"})
			if got := faults(err); got["contact"] != "offer.contact_unknown" || got["part"] != "fault.choice" {
				t.Error(got)
			}
			s.update(func(tx *sqldb.Tx) error {
				return offer.Detach(t.Context(), tx, s.staff, o.ID, s.mate.Contact, offer.Tutor)
			})
			if list := s.contacts(s.staff, o); len(list) != 3 {
				t.Errorf("%+v", list)
			}
		})
		t.Run("a deleted contact leaves the offer without contact, and is known by number where they deposited it", func(t *testing.T) {
			leaver := s.joined(s.org, contact.Form, true)
			o := s.must(leaver, whole("Sans contact"))
			s.update(func(tx *sqldb.Tx) error {
				return contact.Delete(t.Context(), tx, s.staff, leaver.Contact, id.Contact{})
			})
			kept, err := s.get(s.staff, o)
			if err != nil || kept.Author.Name != "" || kept.Author.Number == 0 || len(s.contacts(s.staff, o)) != 0 {
				t.Errorf("%v %+v", err, kept.Author)
			}
		})
		t.Run("the portal does not show who came by the public form and was not accepted", func(t *testing.T) {
			o := s.must(s.staff, whole("Inconnu"))
			s.attach(s.staff, o, offer.Attachment{Contact: s.guest.Contact, Part: "tutor"})
			if n, m := len(s.contacts(s.staff, o)), len(s.contacts(s.user, o)); n != 1 || m != 0 {
				t.Error(n, m)
			}
		})
		t.Run("the offers of a contact are those that it is attached to", func(t *testing.T) {
			someone := s.person(s.org, contact.Form)
			first, second := s.must(s.staff, whole("Une")), s.must(s.staff, whole("Deux"))
			for _, o := range []offer.Offer{first, second} {
				s.attach(s.staff, o, offer.Attachment{Contact: someone.ID, Part: "billing"})
			}
			s.attach(s.staff, second, offer.Attachment{Contact: someone.ID, Part: "tutor"})
			s.view(func(tx *sqldb.Tx) error {
				list, n, err := offer.ByContact(t.Context(), tx, s.staff, someone.ID, 1)
				if n != 2 || len(list) != 1 || list[0].Title != "Deux" {
					t.Errorf("%d %+v", n, list)
				}
				return err
			})
		})
	})
}

// TestLoad is the rule about maîtres d'apprentissage as docs/offers.md has it.
func TestLoad(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		tutor := s.person(s.org, contact.Form).ID
		posts := func(n, contract string) offer.Offer {
			in := whole("Apprenti")
			in.Posts, in.Contract = n, contract
			return s.must(s.staff, in)
		}
		as := func(o offer.Offer, apprentices, repeating string) offer.Load {
			t.Helper()
			l, err := s.attach(s.staff, o, offer.Attachment{Contact: tutor, Part: "tutor", Apprentices: apprentices, Repeating: repeating})
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		two := posts("2", "apprenticeship")
		t.Run("two apprentices are within the rule, and a third who repeats", func(t *testing.T) {
			if l := as(two, "", ""); l != (offer.Load{Apprentices: 2}) || l.Exceeds() {
				t.Errorf("%+v", l)
			}
			if l := as(posts("1", "apprenticeship"), "1", "1"); l != (offer.Load{Apprentices: 3, Repeating: 1}) || l.Exceeds() {
				t.Errorf("%+v", l)
			}
		})
		t.Run("other contracts do not count, nor the tutor of another part", func(t *testing.T) {
			if l := as(posts("5", "professionalization"), "", ""); l.Apprentices != 3 {
				t.Errorf("%+v", l)
			}
			o := posts("5", "apprenticeship")
			if l, err := s.attach(s.staff, o, offer.Attachment{Contact: tutor, Part: "signatory"}); err != nil || l.Apprentices != 0 {
				t.Errorf("%+v %v", l, err)
			}
		})
		t.Run("one more exceeds it, which warns and refuses nothing", func(t *testing.T) {
			more := posts("1", "apprenticeship")
			if l := as(more, "", ""); l != (offer.Load{Apprentices: 4, Repeating: 1}) || !l.Exceeds() {
				t.Errorf("%+v", l)
			}
			if l := as(more, "1", "1"); l.Repeating != 2 || !l.Exceeds() {
				t.Errorf("two who repeat: %+v", l)
			}
			if l := as(more, "0", ""); l.Exceeds() {
				t.Errorf("said anew: %+v", l)
			}
		})
		t.Run("what is inactive or has ended counts no more, but on its own page", func(t *testing.T) {
			s.does(offer.Deactivate, s.staff, two)
			s.view(func(tx *sqldb.Tx) error {
				elsewhere, err := offer.Loads(t.Context(), tx, s.staff, offer.Offer{}, tutor)
				here, _ := offer.Loads(t.Context(), tx, s.staff, two, tutor)
				if elsewhere[tutor].Apprentices != 1 || here[tutor].Apprentices != 3 {
					t.Errorf("%+v %+v", elsewhere, here)
				}
				return err
			})
		})
		t.Run("more repeating than accompanied, or more than there can be, is refused", func(t *testing.T) {
			_, err := s.attach(s.staff, two, offer.Attachment{Contact: tutor, Part: "tutor", Apprentices: "1", Repeating: "2"})
			if faults(err)["repeating"] != "offer.people" {
				t.Error(err)
			}
			if _, err := s.attach(s.staff, two, offer.Attachment{Contact: tutor, Part: "tutor", Apprentices: "-1"}); faults(err)["apprentices"] != "offer.people" {
				t.Error(err)
			}
		})
	})
}

func TestWhoSeesWhat(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		s.must(s.staff, whole("École"))
		s.must(s.user, whole("Déposée"))
		landed := whole("Du public")
		landed.Source, landed.Depositor = offer.Landing, s.guest.Contact
		o := s.must(actor.OfProgram(s.staff.Workspace), landed)
		elsewhere := s.host("orvane", "school")
		for name, c := range map[string]struct {
			by     actor.Actor
			filter offer.Filter
			want   string
		}{
			"staff see all": {s.staff, offer.Filter{}, "Du public Déposée École"},
			"people see their organisation's, but what is unknown": {s.user, offer.Filter{}, "Déposée École"},
			"and what they deposited themselves":                   {s.user, offer.Filter{Own: true}, "Déposée"},
			"a colleague deposited nothing":                        {s.mate, offer.Filter{Own: true}, ""},
			"a guest sees only what they deposited":                {s.guest, offer.Filter{}, "Du public"},
			"another organisation's sees nothing":                  {s.stranger, offer.Filter{Organization: s.org}, ""},
			"another workspace's staff see nothing":                {elsewhere, offer.Filter{}, ""},
		} {
			t.Run(name, func(t *testing.T) {
				titles, part := s.find(c.by, c.filter)
				if got := strings.Join(titles, " "); got != c.want || part.Total != len(titles) {
					t.Errorf("%q, %d", got, part.Total)
				}
			})
		}
		t.Run("what was accepted everybody of the organisation sees", func(t *testing.T) {
			if _, err := s.get(s.user, o); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			s.does(offer.Accept, s.staff, o)
			if _, err := s.get(s.user, o); err != nil {
				t.Error(err)
			}
			if titles, _ := s.find(s.user, offer.Filter{}); !slices.Contains(titles, "Du public") {
				t.Error(titles)
			}
		})
	})
}
