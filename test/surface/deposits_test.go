package surface

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// deposits is the desk that takes offers from strangers.
func (in *installation) deposits() *deposit.Desk {
	return deposit.NewDesk(in.db, in.secret, deposit.LimitsOf(in.config.Deposits))
}

// opened opens the host's public form, to frames of one site; a vendor works with offers from then on.
func (in *installation) opened(h host) {
	in.t.Helper()
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		by := actor.OfProgram(h.ID)
		w, err := workspace.Get(ctx, tx, h.ID)
		if err == nil && !w.Offers {
			_, err = workspace.Edit(ctx, tx, by, workspace.Settings{
				Name: w.Name, OrganizationNoun: string(w.OrganizationNoun), Country: w.Country, Locale: string(w.Locale), TimeZone: w.TimeZone,
				Brand: w.Brand, PhoneRequired: w.PhoneRequired, Offers: true, Version: w.Version,
			})
		}
		if err != nil {
			return err
		}
		f, err := deposit.FormOf(ctx, tx, by)
		if err != nil || f.Enabled {
			return err
		}
		_, err = deposit.EditForm(ctx, tx, by, deposit.FormInput{Enabled: true, Confirmed: true, Months: "24", Origins: "https://www.ecole.example", Version: f.Version})
		return err
	})
}

// anOffer is what a stranger types into the host's form.
func (in *installation) anOffer(h host) pairs {
	in.opened(h)
	n, letters := in.next()
	form := id.NewJob().UUID
	return pairs{
		{"submission", form.String()}, {"stamp", in.deposits().Stamp(h.ID, form, sqldb.At(in.clock.Now().Add(-time.Minute)))},
		{"siret", siret(n)}, {"name", "Forges " + letters}, {"address", "3 quai du Port"}, {"postcode", "29200"}, {"city", "Brenval"},
		{"civility", "ms"}, {"family_name", "Le Guen " + letters}, {"given_name", "Anaïs"}, {"job_title", "Responsable RH"}, {"mobile", "06 39 98 12 34"},
		{"phone", "01 99 00 00 02"}, {"email", letters + "@forges.example"},
		{"title", "Technicienne de maintenance"}, {"contract", "apprenticeship"}, {"posts", "1"}, {"starts_on", "2027-09-01"}, {"ends_on", "2028-08-31"},
		{"duration", "12 mois"}, {"rhythm", "3 semaines sur 4"}, {"place", "Brenval"}, {"description", "Entretien des machines."}, {"profile", "Bac pro."}, {"consent", "1"},
	}
}

// submitted is a deposit that waits for its depositor, and the secret of its letter's link.
func (in *installation) submitted(h host) (token string) {
	in.t.Helper()
	v := url.Values{}
	for _, pair := range in.anOffer(h) {
		v.Set(pair[0], pair[1])
	}
	pdf, err := in.files.Receive(context.Background(), strings.NewReader(aPDF), "fiche.pdf")
	if err != nil {
		in.t.Fatal(err)
	}
	err = in.deposits().Submit(in.t.Context(), h.ID, deposit.Submission{
		Input: deposit.Input{
			Name: v.Get("name"), SIRET: v.Get("siret"), Address: v.Get("address"), Postcode: v.Get("postcode"), City: v.Get("city"),
			Civility: v.Get("civility"), FamilyName: v.Get("family_name"), GivenName: v.Get("given_name"), Phone: v.Get("phone"), Email: v.Get("email"),
			Title: v.Get("title"), Contract: v.Get("contract"), Description: v.Get("description"),
		},
		Consent: true, Stamp: v.Get("stamp"), Form: id.Read(v.Get("submission")), Language: locale.French, Files: []file.Received{pdf},
	})
	if err != nil {
		in.t.Fatal(err)
	}
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		part, err := mail.Find(ctx, tx, h.by, mail.Filter{Ask: paging.Ask{Size: 12}})
		if err != nil {
			return err
		}
		for _, k := range in.deposits().Kinds() {
			for _, l := range part.Items {
				if k.Name != l.Kind || token != "" {
					continue
				}
				f, err := k.Facts(ctx, tx, l)
				if err != nil {
					return err
				}
				token = f.URL[strings.LastIndexByte(f.URL, '/')+1:]
			}
		}
		return nil
	})
	return token
}

// deposited is one that waits for staff.
func (in *installation) deposited(h host) (made deposit.Matched) {
	in.t.Helper()
	if err := in.deposits().Confirm(in.t.Context(), h.ID, in.submitted(h), nil); err != nil {
		in.t.Fatal(err)
	}
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		last := paging.Ask{Size: 12}
		for page := 1; ; page++ {
			last.Page = page
			part, err := deposit.Find(ctx, tx, h.by, last)
			if err != nil || len(part.Items) == 0 {
				return err
			}
			made = part.Items[len(part.Items)-1]
		}
	})
	return made
}

// TestFrames: no page may stand in a frame, but the public form of a host in those of the sites that it names.
func TestFrames(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		in.opened(in.school)
		nobody := in.browser()
		ancestors := func(path string) string {
			policy := nobody.get(path).header.Get("Content-Security-Policy")
			_, rest, _ := strings.Cut(policy, "frame-ancestors ")
			rest, _, _ = strings.Cut(rest, ";")
			return rest
		}
		t.Run("the form made for frames names the host's sites, and nothing else of its policy changes", func(t *testing.T) {
			for _, path := range []string{"/brenval/offers/new?embed=1", "/brenval/offers/received?embed=1", "/brenval/offers/new?embed=1&language=en"} {
				if got := ancestors(path); got != "https://www.ecole.example" {
					t.Errorf("%s: %q", path, got)
				}
				if policy := nobody.get(path).header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'; script-src 'self'") {
					t.Error(policy)
				}
			}
		})
		t.Run("every other page stays out of every frame", func(t *testing.T) {
			for _, path := range []string{
				"/brenval/offers/new", "/brenval/offers/new?embed=0", "/brenval/offers/received", "/sign-in?embed=1", "/help?embed=1", "/brenval/offers/confirmation/x?embed=1",
				"/orvane/offers/new?embed=1", "/nowhere/offers/new?embed=1", "/brenval/office?embed=1", "/brenval/offers/new/siret?siret=1&embed=2",
			} {
				if got := ancestors(path); got != "'none'" {
					t.Errorf("%s: %q", path, got)
				}
			}
			staff := in.as(in.school.admin)
			for _, path := range []string{"/brenval/office/deposits?embed=1", "/brenval/office/settings/form?embed=1"} {
				if policy := staff.get(path).header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
					t.Errorf("%s: %s", path, policy)
				}
			}
		})
		t.Run("a form that is closed has no page, like one of a host that is not there", func(t *testing.T) {
			for _, path := range []string{"/orvane/offers/new", "/orvane/offers/received", "/nowhere/offers/new"} {
				if a := nobody.get(path); a.status != http.StatusNotFound {
					t.Errorf("%s: %d", path, a.status)
				}
			}
		})
	})
}

// TestDepositsSayNothing: the answer to a stranger is the same whatever the host has of whom they name, and the form sets nothing that it
// does not ask for.
func TestDepositsSayNothing(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		known := in.contact(in.school)
		in.opened(in.school)
		send := func(change func(url.Values)) answer {
			form := url.Values{}
			for _, pair := range in.anOffer(in.school) {
				form.Set(pair[0], pair[1])
			}
			change(form)
			return in.browser().send("/brenval/offers/new", form)
		}
		t.Run("known or unknown, one answer", func(t *testing.T) {
			var org string
			in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				org, err = sqldb.One(ctx, tx, sqldb.Value[string], `SELECT siret FROM organization WHERE workspace_id = $1 AND id = $2`, in.school.ID, known.Organization)
				return err
			})
			stranger := send(func(url.Values) {})
			victim := send(func(f url.Values) {
				f.Set("siret", org)
				f.Set("family_name", known.FamilyName.String())
				f.Set("given_name", known.GivenName.String())
				f.Set("email", "pirate@ailleurs.example")
			})
			trapped := send(func(f url.Values) { f.Set("website", "https://robot.example") })
			for what, a := range map[string]answer{"stranger": stranger, "victim": victim, "trapped": trapped} {
				if a.status != http.StatusSeeOther || a.header.Get("Location") != "/brenval/offers/received" || a.body != stranger.body {
					t.Errorf("%s: %d %s", what, a.status, a.header.Get("Location"))
				}
			}
		})
		t.Run("what the form does not ask for is not taken", func(t *testing.T) {
			before := in.deposited(in.school)
			a := send(func(f url.Values) {
				for name, value := range map[string]string{
					"state": "accepted", "organization": before.Organization.String(), "organization_id": before.Organization.String(), "contact": known.ID.String(),
					"source": "form", "role": "super_admin", "login_enabled": "1", "login_email": "pirate@ailleurs.example", "primary": "1", "authorized": "1",
					"authorized_at": "1", "workspace": "orvane", "confirmed": "1", "made_contact": "0", "depositor": known.ID.String(), "customer_number": "X-1",
				} {
					f.Set(name, value)
				}
			})
			if a.status != http.StatusSeeOther {
				t.Fatalf("%d %s", a.status, a.text())
			}
			in.view(func(ctx context.Context, tx *sqldb.Tx) error {
				n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM deposit WHERE state = 'unconfirmed' AND organization_id IS NULL AND contact_id IS NULL`)
				if err != nil || n < 3 {
					t.Errorf("%d wait: %v", n, err)
				}
				k, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM contact WHERE source = 'landing' AND (authorized_at IS NOT NULL OR login_enabled = 1 OR role <> 'user' OR login_email IS NOT NULL)`)
				if k != 0 {
					t.Errorf("%d contacts got more than a contact of the form", k)
				}
				return err
			})
		})
		t.Run("files without end, each with a form of another number, do not fill the disk", func(t *testing.T) {
			kept := func() (n int64) {
				in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
					n, err = sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM file WHERE owner_kind = 'kept'`)
					return err
				})
				return n
			}
			in.config.Deposits.PerAddress = 3
			defer func() { in.config.Deposits.PerAddress = settings().Deposits.PerAddress }()
			in.site = in.node(in.db)
			before, most := kept(), int64(3)
			var last answer
			for n := range most + 5 {
				last = in.browser().send("/brenval/offers/new", url.Values{"submission": {id.NewJob().String()}, "title": {fmt.Sprintf("Offre %d", n)}, file.Field: {aPDF}})
			}
			if n := kept() - before; n > most {
				t.Errorf("%d files are kept", n)
			}
			if last.status != http.StatusTooManyRequests || !last.shows(fmt.Sprintf("Offre %d", most+4)) {
				t.Errorf("%d", last.status)
			}
		})
		t.Run("too many from one address get the form back with everything, and when to come again", func(t *testing.T) {
			in.config.Deposits.PerAddress = 2
			defer func() { in.config.Deposits.PerAddress = settings().Deposits.PerAddress }()
			in.site = in.node(in.db)
			var last answer
			for n := range 4 {
				last = send(func(f url.Values) { f.Set("title", fmt.Sprintf("Offre %d", n)) })
			}
			if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" || !last.shows("Offre 3") {
				t.Errorf("%d %q", last.status, last.header.Get("Retry-After"))
			}
		})
	})
}
