package sample

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/siret"
)

var kinds = []Kind{School, Vendor}

func TestSizes(t *testing.T) {
	t.Run("all contacts are shared out, each to one organisation, at least one to each if there are enough", func(t *testing.T) {
		for _, c := range [][2]int{{0, 0}, {1, 0}, {1, 1}, {1, 10}, {3, 2}, {3, 10}, {10, 10}, {60, 400}, {1000, 10000}, {100000, 1000000}, {7, 200000}} {
			s := New(1, School, c[0], c[1])
			if s.Organizations() != c[0] || s.Contacts() != c[1] {
				t.Errorf("%v: %d organisations, %d contacts", c, s.Organizations(), s.Contacts())
			}
			next := 0
			for i := range c[0] {
				first, n := s.Members(i)
				if first != next || n < 0 || n == 0 && c[1] >= c[0] {
					t.Fatalf("%v: organisation %d has %d contacts from %d on, %d expected", c, i, n, first, next)
				}
				next = first + n
			}
			if next != c[1] {
				t.Errorf("%v: %d contacts shared out", c, next)
			}
		}
	})
	t.Run("most organisations are small, some have fifty people, one eight hundred", func(t *testing.T) {
		s := New(1, School, 2000, 20000)
		count := map[string]int{}
		for i := range s.Organizations() {
			switch _, n := s.Members(i); {
			case n <= 5:
				count["small"]++
			case n >= 40 && n <= 80:
				count["fifty"]++
			case n >= 800:
				count["big"]++
			}
		}
		if count["small"] < 1200 || count["fifty"] < 60 || count["big"] != 1 {
			t.Error(count)
		}
	})
	t.Run("contacts without an organisation are refused", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("taken")
			}
		}()
		New(1, School, 0, 5)
	})
}

func TestDeterminism(t *testing.T) {
	t.Run("what an index gives depends on seed, kind and index alone", func(t *testing.T) {
		a, b := New(7, Vendor, 100, 900), New(7, Vendor, 100, 900)
		for j := a.Contacts() - 1; j >= 0; j-- {
			b.Contact(j)
		}
		for _, j := range []int{0, 899, 450, 3} {
			if a.Contact(j) != b.Contact(j) || a.Row(j) != b.Row(j) {
				t.Errorf("contact %d differs", j)
			}
		}
		if New(8, Vendor, 100, 900).Contact(3) == a.Contact(3) || New(7, School, 100, 900).Organization(3) == a.Organization(3) {
			t.Error("another seed or kind gives the same")
		}
	})
	t.Run("the data are the same for ever: benchmarks of other days are compared", func(t *testing.T) {
		for kind, want := range map[Kind]string{School: "78a77b078f06089c", Vendor: "5cd7f9f73c2ba92d"} {
			h := fnv.New64a()
			s := New(1, kind, 50, 500)
			for i := range s.Organizations() {
				fmt.Fprintln(h, s.Organization(i))
			}
			for j := range s.Contacts() {
				fmt.Fprintln(h, s.Contact(j))
			}
			if got := fmt.Sprintf("%016x", h.Sum64()); got != want {
				t.Errorf("%s: %s; if that is meant, write it here", kind, got)
			}
		}
	})
}

func TestOrganizations(t *testing.T) {
	for _, kind := range kinds {
		s := New(3, kind, 5000, 0)
		seen := map[string]int{}
		for i := range s.Organizations() {
			o := s.Organization(i)
			if err := parsed(o); err != nil {
				t.Fatalf("%s %d: %v: %+v", kind, i, err, o)
			}
			if (o.SIRET.IsZero() && o.CustomerNumber == "") || (kind == School && o.SIRET.IsZero()) || (kind == Vendor && o.CustomerNumber == "") {
				t.Fatalf("%s %d has no identifier of its own: %+v", kind, i, o)
			}
			for _, key := range []string{o.SIRET.Plain(), o.CustomerNumber} {
				if other, ok := seen[key]; ok && key != "" {
					t.Fatalf("%s: %d and %d are both %s", kind, other, i, key)
				}
				seen[key] = i
			}
		}
	}
	t.Run("SIRETs stay unlike far out, and within 100,000,000", func(t *testing.T) {
		s, seen := New(3, School, 1, 1), map[siret.SIRET]bool{}
		for i := range 300_000 {
			n := s.siret(i * 331)
			if seen[n] {
				t.Fatalf("%s twice", n)
			}
			seen[n] = true
		}
	})
}

func parsed(o Organization) error {
	for _, line := range []string{o.Name, o.Address, o.City, o.Postcode, o.Website} {
		if clean, err := name.Line(line, 255); err != nil || clean != line || line == "" && o.Website != "" {
			return fmt.Errorf("line %q: %w", line, err)
		}
	}
	number, err := siret.Parse(o.SIRET.Plain())
	line, err2 := phone.Parse(o.Phone.String(), "")
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if number != o.SIRET || line != o.Phone || len(o.Postcode) != 5 {
		return errors.New("a value is not as parsed")
	}
	return nil
}

func TestContacts(t *testing.T) {
	for _, kind := range kinds {
		s := New(4, kind, 900, 9000)
		kinds := map[string]int{}
		for i := range s.Organizations() {
			first, n := s.Members(i)
			names, logins, supers := map[string]bool{}, map[email.Address]bool{}, 0
			for j := first; j < first+n; j++ {
				c := s.Contact(j)
				if err := check(c); err != nil || c.Organization != i || c.Primary != (j == first) {
					t.Fatalf("%s %d: %v: %+v", kind, j, err, c)
				}
				key := name.AccountKey(c.Family, c.Given, "x")
				if names[key] || logins[c.LoginEmail] {
					t.Fatalf("%s %d: %s or %s twice in organisation %d", kind, j, key, c.LoginEmail, i)
				}
				names[key] = true
				if !c.LoginEmail.IsZero() {
					logins[c.LoginEmail] = true
				}
				if c.Role == "super_admin" {
					supers++
				}
				tell(kinds, c)
			}
			if supers > 1 {
				t.Fatalf("%s: organisation %d has %d super_admins", kind, i, supers)
			}
		}
		t.Run("contacts of every kind are among those of a "+string(kind), func(t *testing.T) {
			want := strings.Fields(`mr ms form landing import portal api user admin super_admin without-mobile mobile without-email
				without-phone without-civility without-title en zone never-sent invited joined disabled-by-staff disabled-by-portal
				authorized-unsent landing-unauthorized landing-authorized accents`)
			if kind == Vendor {
				want = append(want, "dr", "shared-email")
			}
			for _, k := range want {
				if kinds[k] == 0 && !(kind == Vendor && strings.HasPrefix(k, "landing")) {
					t.Errorf("no %s: %v", k, kinds)
				}
			}
		})
	}
}

// check parses every value anew and holds the times against each other.
func check(c Contact) error {
	family, err := name.ParsePart(c.Family.String())
	given, err2 := name.ParsePart(c.Given.String())
	mobile, err3 := phone.Parse(c.Mobile.Display("FR"), "FR")
	fixed, err4 := phone.Parse(c.Phone.String(), "")
	address, err5 := email.Parse(c.Email.String())
	login, err6 := email.Parse(c.LoginEmail.String())
	civility, err7 := name.ParseCivility(string(c.Civility), true)
	if err := errors.Join(err, err2, err3, err4, err5, err6, err7); err != nil {
		return err
	}
	if family != c.Family || given != c.Given || mobile != c.Mobile || fixed != c.Phone || address != c.Email || login != c.LoginEmail || civility != c.Civility {
		return errors.New("a value is not as parsed")
	}
	sent := c.CredentialsSent > 0
	switch {
	case c.Created < c.CredentialsSent || sent && c.CredentialsSent < c.Joined || c.Joined < c.LastSignIn || c.Authorized > c.Created,
		(c.Joined > 0) != (c.LastSignIn > 0), c.Joined > 0 && !sent, sent == c.LoginEmail.IsZero():
		return errors.New("the times contradict each other")
	case c.Enabled && !sent, c.Enabled == (c.DisabledBy != "") && sent, !sent && c.DisabledBy != "":
		return errors.New("switched on without credentials, or off by nobody")
	case c.Role == "super_admin" && !(c.Enabled && c.Joined > 0), c.Role == "admin" && c.Joined == 0, c.Primary && c.Source == "landing":
		return errors.New("a role or place that this contact cannot have")
	case c.Source != "landing" && sent && c.Authorized == 0, c.Source != "import" && (c.Email.IsZero() || c.Civility == ""):
		return errors.New("incomplete or unauthorised without reason")
	case c.Created%time.Second != 0 || c.Joined%time.Second != 0 || c.Authorized%time.Second != 0:
		return errors.New("a time is not in whole seconds")
	}
	return nil
}

// tell notes what kind of contact it is.
func tell(kinds map[string]int, c Contact) {
	for k, is := range map[string]bool{
		string(c.Civility): true, c.Source: true, c.Role: true, c.Locale: true, "disabled-by-" + c.DisabledBy: true,
		"without-mobile": c.Mobile.IsZero(), "mobile": !c.Mobile.IsZero(), "without-email": c.Email.IsZero(), "without-phone": c.Phone.IsZero(),
		"without-civility": c.Civility == "", "without-title": c.JobTitle == "", "zone": c.TimeZone != "",
		"never-sent": c.CredentialsSent == 0, "invited": c.CredentialsSent > 0 && c.Joined == 0, "joined": c.Joined > 0,
		"authorized-unsent":    c.Authorized > 0 && c.CredentialsSent == 0,
		"landing-unauthorized": c.Source == "landing" && c.Authorized == 0,
		"landing-authorized":   c.Source == "landing" && c.Authorized > 0,
		"shared-email":         strings.HasPrefix(c.Email.String(), "secretariat@"),
		"accents":              name.Fold(c.Family.String()) != strings.ToLower(c.Family.String()),
	} {
		if is {
			kinds[k]++
		}
	}
}

func TestNames(t *testing.T) {
	w := words()
	t.Run("no two words of a list fold to the same", func(t *testing.T) {
		for _, list := range [][]word{w.families, append(w.women[:len(w.women):len(w.women)], w.men...)} {
			seen := map[string]string{}
			for _, word := range list {
				if other, ok := seen[word.part.Key()]; ok || strings.ReplaceAll(word.part.Key(), " ", "-") != word.slug {
					t.Errorf("%q (%s): %q", word.text, word.slug, other)
				}
				seen[word.part.Key()] = word.text
			}
		}
	})
	t.Run("no double name folds to another's, single or double", func(t *testing.T) {
		seen := make(map[string]string, len(w.families)*len(w.families))
		for _, a := range w.families {
			seen[a.slug] = a.text
		}
		for _, a := range w.families {
			for _, b := range w.families {
				key, text := a.slug+"-"+b.slug, a.text+"-"+b.text
				if other, ok := seen[key]; ok && other != text && a.slug != b.slug {
					t.Fatalf("%s and %s", other, text)
				}
				seen[key] = text
			}
		}
	})
	t.Run("an organisation of more people than there are pairs of names still has no two alike", func(t *testing.T) {
		n := len(w.families)*(len(w.women)+len(w.men)) + 20_000
		s, seen := New(1, School, 1, n), make(map[string]bool, n)
		for j := range n {
			p := s.person(w, 0, j)
			a := p.address("x.example")
			if seen[a] {
				t.Fatalf("%s twice", a)
			}
			seen[a] = true
			if len(a)-len("@x.example") > email.MaxLocal {
				t.Errorf("%s is too long", a)
			}
		}
	})
}

func TestRows(t *testing.T) {
	for _, kind := range kinds {
		s := New(5, kind, 200, 2000)
		t.Run("every row of a "+string(kind)+" is read back as the contact it was written from", func(t *testing.T) {
			for j := range s.Contacts() {
				row, c := s.Row(j), s.Contact(j)
				if len(row.Cells()) != len(Columns) {
					t.Fatal(row.Cells())
				}
				if errs := refusals(row, kind); len(errs) > 0 {
					t.Fatalf("%+v: %v", row, errs)
				}
				family, _ := name.ParsePart(row.Family)
				mobile, _ := phone.Parse(row.Mobile, "FR")
				number, _ := siret.Parse(row.SIRET)
				if family.Key() != c.Family.Key() || mobile != c.Mobile || number != s.Organization(c.Organization).SIRET {
					t.Fatalf("%+v\n%+v", row, c)
				}
			}
		})
		t.Run("every malformed row of a "+string(kind)+" is refused for its one reason", func(t *testing.T) {
			for j := range 3 * Flaws() {
				m := s.Malformed(j)
				errs := refusals(m.Row, kind)
				if len(errs) != 1 || errs[m.Column] != m.Key {
					t.Errorf("%d: %v; want %s: %s", j, errs, m.Column, m.Key)
				}
			}
		})
	}
}

// refusals reads a row as an import would and says which columns are refused why.
func refusals(row Row, kind Kind) map[string]string {
	all := map[string]string{}
	note := func(column string, err error) {
		var m fault.Message
		if errors.As(err, &m) {
			all[column] = m.Key
		}
	}
	_, err := siret.Parse(row.SIRET)
	note("SIRET", err)
	_, err = name.ParseCivility(row.Civility, kind == Vendor)
	note("Civilité", err)
	_, err = name.ParsePart(row.Family)
	note("Nom", err)
	_, err = name.ParsePart(row.Given)
	note("Prénom", err)
	_, err = phone.Parse(row.Mobile, "FR")
	note("Portable", err)
	_, err = phone.Parse(row.Phone, "FR")
	note("Téléphone", err)
	_, err = name.Line(row.JobTitle, 255)
	note("Fonction", err)
	_, err = email.Parse(row.Email)
	note("Email", err)
	return all
}

func BenchmarkContact(b *testing.B) {
	s := New(1, School, 100_000, 1_000_000)
	b.ReportAllocs()
	j := 0
	for b.Loop() {
		s.Contact(j)
		j = (j + 1) % s.Contacts()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
}

func BenchmarkOrganization(b *testing.B) {
	s := New(1, Vendor, 100_000, 1_000_000)
	j := 0
	for b.Loop() {
		s.Organization(j)
		j = (j + 1) % s.Organizations()
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(1, School, 100_000, 1_000_000)
	}
}
