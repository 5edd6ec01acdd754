package surface

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// together asks n times at once, each in a window of its own, and gives the answers in their order.
func together(b *browser, n int, ask func(b *browser, i int) answer) []answer {
	answers := make([]answer, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		window := b.again()
		all.Go(func() {
			<-start
			answers[i] = ask(window, i)
		})
	}
	close(start)
	all.Wait()
	return answers
}

func statuses(answers []answer) (list []int) {
	for _, a := range answers {
		list = append(list, a.status)
	}
	slices.Sort(list)
	return list
}

// lines are what the history holds of a kind, at the school.
func (in *installation) lines(kind string, about id.UUID) (n int) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		page, err := journal.Find(ctx, tx, in.school.by, journal.Filter{Kind: kind, Subject: about, Size: 100})
		n = len(page.Lines)
		return err
	})
	return n
}

// Every form that makes something carries a number of its own: sent twice, or eight times at once, it makes one.
func TestRepeatedForms(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		posts(t, in, func(t *testing.T, scene func() (*scene, *browser)) {
			s, _ := scene()
			form, _ := s.right()
			if !form.Has("submission") {
				return
			}
			for range often(2, 12) {
				s, b := scene()
				form, _ = s.right()
				before := in.dumpOf(shaped)
				first := b.again().send(s.path, form)
				once := before.shape(in.dumpOf(shaped))
				if first.status != doneAs(s) {
					t.Fatalf("status %d: %s", first.status, first.text())
				}
				for _, a := range together(b, 8, func(b *browser, _ int) answer { return b.send(s.path, form) }) {
					if a.status != first.status || a.location() != first.location() {
						t.Errorf("again: %d to %q, first %d to %q", a.status, a.location(), first.status, first.location())
					}
				}
				if again := before.shape(in.dumpOf(shaped)); again != once {
					t.Errorf("once\n%s\nnine times\n%s", once, again)
				}

				s, b = scene()
				form, _ = s.right()
				before = in.dumpOf(shaped)
				for _, a := range together(b, 8, func(b *browser, _ int) answer { return b.send(s.path, form) }) {
					if a.status != doneAs(s) {
						t.Errorf("at once: %d: %s", a.status, a.text())
					}
				}
				if atOnce := before.shape(in.dumpOf(shaped)); atOnce != once {
					t.Errorf("once\n%s\neight at once\n%s", once, atOnce)
				}
			}
		})
	})
}

// doneAs is the status of a form that was taken: a page follows, but for a secret, which no page shows again.
func doneAs(s *scene) int {
	switch s.route.Pattern {
	case "POST /{workspace}/office/settings/tokens", "POST /{workspace}/office/settings/webhooks", "POST /{workspace}/office/settings/webhooks/{webhook}/secret":
		return http.StatusOK
	}
	return http.StatusSeeOther
}

// Forms that act rather than make: done twice at once, the history tells of one.
func TestRepeatedActs(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		for _, c := range []struct{ pattern, kind string }{
			{"POST /{workspace}/office/contacts/{contact}/authorization", "contact.authorized"},
			{"POST /{workspace}/office/contacts/{contact}/primary", "contact.primary"},
			{"POST /{workspace}/office/contacts/{contact}/deletion", "contact.deleted"},
			{"POST /{workspace}/office/contacts/{contact}", "contact.edited"},
			{"POST /{workspace}/office/contacts/{contact}/name", "contact.replaced"},
			{"POST /{workspace}/office/organizations/{organization}", "organization.edited"},
			{"POST /{workspace}/office/organizations/{organization}/identity", "organization.reidentified"},
			{"POST /{workspace}/office/organizations/{organization}/archive", "organization.archived"},
			{"POST /{workspace}/office/organizations/{organization}/deletion", "organization.deleted"},
			{"POST /{workspace}/office/settings", "workspace.edited"},
		} {
			t.Run(c.pattern, func(t *testing.T) {
				for range often(3, 40) {
					s := in.stage(in.route(c.pattern), in.school, in.somebody(in.school, "admin"))
					form, _ := s.right()
					about := id.UUID{}
					for noun, identifier := range s.ids {
						if slices.Contains(nouns, noun) {
							parsed, err := id.Parse[struct{}](identifier)
							if err != nil {
								t.Fatal(err)
							}
							about = parsed.UUID
						}
					}
					if about.IsZero() {
						about = in.school.ID.UUID()
					}
					was := in.lines(c.kind, about)
					answers := together(in.as(s.who), 4, func(b *browser, _ int) answer { return b.send(s.path, form) })
					if n := in.lines(c.kind, about) - was; n != 1 {
						t.Errorf("%d lines in the history, answers %v", n, statuses(answers))
					}
					for _, a := range answers {
						gone := strings.HasSuffix(c.kind, "deleted") && a.status == http.StatusNotFound
						if a.status != http.StatusSeeOther && !gone {
							t.Errorf("status %d: %s", a.status, a.text())
						}
					}
				}
			})
		}
	})
}

// Two who save other things at once: one is stored, the other sees both values, and loses neither.
func TestTwoSaves(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.as(in.school.admin)
		race := func(t *testing.T, path string, form func(value string) url.Values, stored func() string) {
			t.Helper()
			values := []string{"Le premier", "La seconde"}
			answers := together(b, 2, func(b *browser, i int) answer { return b.post(path, form(values[i])) })
			if got := statuses(answers); !slices.Equal(got, []int{303, 422}) {
				t.Fatalf("statuses %v: %s", got, answers[0].text())
			}
			for i, a := range answers {
				if a.status == http.StatusSeeOther && stored() != values[i] {
					t.Errorf("%q was saved, %q is stored", values[i], stored())
				}
				if a.status == http.StatusUnprocessableEntity && (!a.shows(values[0]) || !a.shows(values[1])) {
					t.Errorf("the second does not see both values: %s", a.text())
				}
			}
		}
		for range often(5, 60) {
			t.Run("the sheet of a contact", func(t *testing.T) {
				c := in.contact(in.school)
				race(t, "/brenval/office/contacts/"+c.ID.String(), func(value string) url.Values {
					return url.Values{"civility": {"ms"}, "phone": {"01 99 00 12 34"}, "email": {c.Email.String()}, "job_title": {value}, "role": {"user"}, "version": {"1"}}
				}, func() string { return in.get(in.school, c.ID).JobTitle })
			})
			t.Run("the name of a contact", func(t *testing.T) {
				c := in.contact(in.school)
				race(t, "/brenval/office/contacts/"+c.ID.String()+"/name", func(value string) url.Values {
					return url.Values{"family_name": {c.FamilyName.String()}, "given_name": {value}, "person": {"same"}, "version": {"1"}}
				}, func() string { return in.get(in.school, c.ID).GivenName.String() })
			})
			t.Run("an organisation", func(t *testing.T) {
				o := in.organization(in.school)
				race(t, "/brenval/office/organizations/"+o.ID.String(), func(value string) url.Values {
					return url.Values{"name": {o.Name}, "city": {value}, "version": {"1"}}
				}, func() (city string) {
					for _, r := range in.dump()["organization"] {
						if strings.Contains(r.text(), fmt.Sprintf("name=%q", o.Name)) {
							city = r.value("city")
						}
					}
					return city
				})
			})
		}
		t.Run("what the other changed is taken over only when one says so", func(t *testing.T) {
			c := in.contact(in.school)
			path := "/brenval/office/contacts/" + c.ID.String()
			form := func(title, version string) url.Values {
				return url.Values{"civility": {"ms"}, "phone": {"01 99 00 12 34"}, "email": {c.Email.String()}, "job_title": {title}, "role": {"user"}, "version": {version}}
			}
			b.post(path, form("Le premier", "1"))
			conflict := b.post(path, form("La seconde", "1"))
			if got := in.get(in.school, c.ID).JobTitle; got != "Le premier" || conflict.status != http.StatusUnprocessableEntity {
				t.Errorf("status %d, stored %q", conflict.status, got)
			}
			if again := b.post(path, form("La seconde", "2")); again.status != http.StatusSeeOther || in.get(in.school, c.ID).JobTitle != "La seconde" {
				t.Errorf("status %d: %s", again.status, again.text())
			}
		})
	})
}

func TestDeletionWhileOthersWork(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.as(in.school.admin)
		for range often(8, 100) {
			c := in.contact(in.school)
			at := "/brenval/office/contacts/" + c.ID.String()
			edit := url.Values{"civility": {"ms"}, "phone": {"01 99 00 12 34"}, "email": {c.Email.String()}, "job_title": {"Tutrice"}, "role": {"user"}, "version": {"1"}}
			rename := url.Values{"family_name": {"Autre"}, "given_name": {"Nom"}, "person": {"same"}, "version": {"1"}}
			acts := []func(b *browser) answer{
				func(b *browser) answer { return b.post(at+"/deletion", nil) },
				func(b *browser) answer { return b.post(at, edit) },
				func(b *browser) answer { return b.post(at+"/name", rename) },
				func(b *browser) answer { return b.post(at+"/authorization", nil) },
				func(b *browser) answer { return b.post(at+"/comments", url.Values{"comment": {"Un mot."}}) },
				func(b *browser) answer { return b.get(at + "/journal") },
				func(b *browser) answer { return b.post(at+"/primary", nil) },
			}
			answers := together(b, len(acts), func(b *browser, i int) answer { return acts[i](b) })
			for i, a := range answers {
				a.sound(t, fmt.Sprint("act ", i))
				if !slices.Contains([]int{200, 303, 404, 422}, a.status) {
					t.Errorf("act %d: status %d: %s", i, a.status, a.text())
				}
			}
			if answers[0].status == http.StatusUnprocessableEntity { // it had just become the primary one: who follows?
				answers[0] = b.post(at+"/deletion", url.Values{"successor": {in.other(in.school, c.Row)}})
			}
			if answers[0].status != http.StatusSeeOther {
				t.Fatalf("deletion: %d: %s", answers[0].status, answers[0].text())
			}
			if a := b.get(at); a.status != http.StatusNotFound {
				t.Errorf("it is still there: %d", a.status)
			}
			for _, table := range []string{"contact", "journal_value"} {
				for _, r := range in.dump()[table] {
					if strings.Contains(r.text(), c.Email.String()) {
						t.Errorf("%s keeps %.300s", table, r.text())
					}
				}
			}
			for _, r := range in.dump()["organization"] {
				if strings.Contains(r.text(), c.ID.String()) {
					t.Errorf("the primary contact is gone: %.300s", r.text())
				}
			}
		}
	})
}

// The key of a person is unique, whoever comes at once: one is made, the others are led to it.
func TestManyCreateOnePerson(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.as(in.school.admin)
		for range often(5, 60) {
			o := in.organization(in.school)
			_, letters := in.next()
			names := []string{"Le Goff " + letters, "LE-GOFF " + letters, "le goff  " + strings.ToUpper(letters), "Lé Gôff " + letters}
			path := "/brenval/office/organizations/" + o.ID.String() + "/contacts"
			answers := together(b, 16, func(b *browser, i int) answer {
				return b.post(path, url.Values{
					"civility": {"mr"}, "family_name": {names[i%4]}, "given_name": {"Yann"}, "phone": {"01 99 00 12 34"}, "email": {"yann@legoff.example"}, "submission": {id.NewJob().String()},
				})
			})
			made := 0
			for _, a := range answers {
				switch {
				case a.status == http.StatusSeeOther:
					made++
				case a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "contacts?open="):
					t.Errorf("status %d, no link to the contact: %s", a.status, a.text())
				}
			}
			in.view(func(ctx context.Context, tx *sqldb.Tx) error {
				n, _, err := directory.Count(ctx, tx, in.school.by, directory.Filter{Organization: o.ID})
				if n != 1 || made != 1 {
					t.Errorf("%d contacts, %d told so", n, made)
				}
				return err
			})
			accounts := 0
			for _, r := range in.dump()["account"] {
				if strings.HasPrefix(r.value("key"), o.SIRET.Plain()) {
					accounts++
				}
			}
			if accounts != 1 {
				t.Errorf("%d accounts", accounts)
			}
		}
	})
}

// Creates and renames of one key at once, from two workspaces: one account, and each workspace at most one contact of it.
func TestOneKeyFromTwoWorkspaces(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		hosts := []host{in.school, in.vendor}
		for range often(4, 60) {
			in.patient()
			both := []*browser{in.as(in.school.admin), in.as(in.vendor.admin)} // many hours have passed
			n, letters := in.next()
			shared := siret(n)
			path := make([]string, 2)
			other := make([]contact.Contact, 2)
			for i, h := range hosts {
				in.update(func(ctx context.Context, tx *sqldb.Tx) error {
					return knownAt(ctx, tx, h.by, shared, "Quemeneur "+letters)
				})
				in.view(func(ctx context.Context, tx *sqldb.Tx) error {
					list, err := directory.Find(ctx, tx, h.by, directory.Filter{Query: "Quemeneur " + letters})
					if err == nil {
						other[i].Row = list.Items[0].Row
						path[i] = "/" + h.Slug + "/office/organizations/" + other[i].Organization.String() + "/contacts"
					}
					return err
				})
			}
			wanted := "Morvan " + letters
			answers := make([]answer, 16)
			start := make(chan struct{})
			var all sync.WaitGroup
			for i := range answers {
				h, b := i%2, both[i%2].again()
				all.Go(func() {
					<-start
					if i%4 < 2 {
						answers[i] = b.post(path[h], url.Values{"civility": {"ms"}, "family_name": {wanted}, "given_name": {"Rozenn"}, "phone": {"01 99 00 12 34"}, "email": {"rozenn@morvan.example"}})
					} else {
						answers[i] = b.post("/"+hosts[h].Slug+"/office/contacts/"+other[h].ID.String()+"/name", url.Values{"family_name": {wanted}, "given_name": {"Rozenn"}, "person": {"same"}, "version": {"1"}})
					}
				})
			}
			close(start)
			all.Wait()
			for _, a := range answers {
				a.sound(t, "one of sixteen")
				if !slices.Contains([]int{303, 422, 429}, a.status) {
					t.Errorf("status %d: %s", a.status, a.text())
				}
			}
			d := in.dump()
			accounts, used := map[string]string{}, map[string]int{}
			for _, r := range d["account"] {
				if strings.HasPrefix(r.value("key"), shared) {
					if accounts[r.value("key")] != "" {
						t.Errorf("two accounts of %s", r.value("key"))
					}
					accounts[r.value("key")] = r.value("id")
				}
			}
			for _, r := range d["contact"] {
				used[r.value("account_id")+" "+r.value("workspace_id")]++
				used[r.value("account_id")]++
			}
			for key, account := range accounts {
				if used[account] == 0 {
					t.Errorf("nobody uses the account %s", key)
				}
				for _, h := range hosts {
					if n := used[account+" "+fmt.Sprint(int64(h.ID))]; n > 1 {
						t.Errorf("%d contacts of %s at %s", n, key, h.Slug)
					}
				}
			}
			if accounts[shared+"-morvan "+letters+"-rozenn"] == "" {
				t.Errorf("nobody got the name: %v, %v", accounts, statuses(answers))
			}
		}
	})
}
