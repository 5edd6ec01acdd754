package locale

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/entregent/entregent/internal/fault"
)

// printerOf makes a printer of a small catalogue of its own.
func printerOf(t *testing.T, content string, o OrganizationNoun, h HostNoun) *Printer {
	t.Helper()
	c, err := load(fstest.MapFS{
		"text/x.fr.json":      {Data: []byte(content)},
		"text/locale.fr.json": {Data: mustRead(t, "text/locale.fr.json")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &Printer{c[tableKey{French, o, h}], paris}
}

// holes collects what printing reports while f runs; tests that use it do not run in parallel.
func holes(t *testing.T, f func()) []Defect {
	t.Helper()
	var found []Defect
	OnDefect(func(d Defect) { found = append(found, d) })
	defer OnDefect(nil)
	f()
	return found
}

const sampleCatalogue = `{
	"plain": "Bonjour",
	"added": "{{.Name}} est ajouté à {{ .Place }}.",
	"found": {"one": "{{.N}} contact de {{.Name}}", "many": "{{.N}} de contacts de {{.Name}}", "other": "{{.N}} contacts de {{.Name}}"},
	"noun@company": "l’entreprise", "noun@practice": "le cabinet", "noun@organization": "l’organisation",
	"host@school": "votre école", "host@vendor": "votre société",
	"some": "général", "some@practice": "cabinet seul",
	"both": "général", "both@vendor": "société", "both@practice@vendor": "cabinets de la société"
}`

func TestText(t *testing.T) {
	p := printerOf(t, sampleCatalogue, Practice, Vendor)
	t.Run("a message without variables is its text", func(t *testing.T) {
		wantText(t, p.Text("plain"), "Bonjour")
	})
	t.Run("values are put in as they are, superfluous ones are left out", func(t *testing.T) {
		wantText(t, p.Text("added", "Place", "<b>", "Other", 1, "Name", "{{.Place}}"), "{{.Place}} est ajouté à <b>.")
	})
	t.Run("values print as the language writes their kind", func(t *testing.T) {
		at := time.Date(2026, 11, 21, 16, 20, 0, 0, time.UTC)
		for want, value := range map[string]any{
			"1\u202f234":                     1234,
			"-9\u202f876\u202f543":           int64(-9876543),
			"21/11/2026 à 17\u00a0h\u00a020": at,
			"15 minutes":                     15 * time.Minute,
			"a et b":                         []string{"a", "b"},
			"Bonjour":                        fault.M("plain"),
			"company":                        Company,
			"true":                           true,
			"X est ajouté à 3.":              fault.M("added", "Name", "X", "Place", 3),
			"<nil>":                          nil,
		} {
			wantText(t, p.Text("added", "Name", value, "Place", ""), want+" est ajouté à .")
		}
	})
	t.Run("the most precise variant for the nouns is taken, the plain key last", func(t *testing.T) {
		for _, row := range []struct {
			o                      OrganizationNoun
			h                      HostNoun
			noun, host, some, both string
		}{
			{Company, School, "l’entreprise", "votre école", "général", "général"},
			{Company, Vendor, "l’entreprise", "votre société", "général", "société"},
			{Practice, School, "le cabinet", "votre école", "cabinet seul", "général"},
			{Practice, Vendor, "le cabinet", "votre société", "cabinet seul", "cabinets de la société"},
			{Organization, Vendor, "l’organisation", "votre société", "général", "société"},
		} {
			p := printerOf(t, sampleCatalogue, row.o, row.h)
			wantText(t, p.Text("noun"), row.noun)
			wantText(t, p.Text("host"), row.host)
			wantText(t, p.Text("some"), row.some)
			wantText(t, p.Text("both"), row.both)
		}
	})
}

func TestCount(t *testing.T) {
	p := printerOf(t, sampleCatalogue, Company, School)
	t.Run("French has one form for 0 and 1, one for whole millions, one for the rest", func(t *testing.T) {
		for n, want := range map[int]string{
			0: "0 contact de X", 1: "1 contact de X", 2: "2 contacts de X", -1: "-1 contact de X", 48: "48 contacts de X",
			1000:      "1\u202f000 contacts de X",
			1_000_000: "1\u202f000\u202f000 de contacts de X",
			1_000_001: "1\u202f000\u202f001 contacts de X",
		} {
			wantText(t, p.Count("found", n, "Name", "X"), want)
		}
	})
	t.Run("English counts 0 as many and 1 as one", func(t *testing.T) {
		p := For(English, Company, School, nil)
		wantText(t, p.Count("locale.duration.days", 0), "0 days")
		wantText(t, p.Count("locale.duration.days", 1), "1 day")
		wantText(t, p.Count("locale.duration.days", 1_000_000), "1,000,000 days")
	})
	t.Run("a message without forms may be counted, a plural one read by its value N", func(t *testing.T) {
		wantText(t, p.Count("plain", 2), "Bonjour")
		wantText(t, p.Text("found", "N", 2, "Name", "X"), "2 contacts de X")
		wantText(t, p.Message(fault.M("found", "N", 1, "Name", "X")), "1 contact de X")
	})
}

func TestMessage(t *testing.T) {
	t.Run("a fault's sentence comes in the printer's language", func(t *testing.T) {
		m := fault.M("fault.too_long", "Max", 10_000)
		wantText(t, For(French, Company, School, nil).Message(m), "Ce texte est trop long\u00a0: 10\u202f000 caractères au plus.")
		wantText(t, For(English, Company, School, nil).Message(m), "This text is too long: 10,000 characters at most.")
	})
	t.Run("the wait of a throttle is told in words", func(t *testing.T) {
		m := fault.New(fault.TooMany, "fault.too_many", "Wait", 14*time.Minute+37*time.Second).Message
		wantText(t, For(French, Company, School, nil).Message(m),
			"Trop de tentatives en peu de temps. Réessayez dans 14 minutes et 37 secondes.")
	})
}

func TestDefect(t *testing.T) {
	p := printerOf(t, sampleCatalogue, Company, School)
	t.Run("a missing key prints as itself between brackets and is reported", func(t *testing.T) {
		before := Defects()
		found := holes(t, func() {
			wantText(t, p.Text("absent.key", "Name", "X"), "⟦absent.key⟧")
			wantText(t, p.Count("absent.key", 3), "⟦absent.key⟧")
			wantText(t, p.Message(fault.M("absent.key")), "⟦absent.key⟧")
		})
		if len(found) != 3 || found[0] != (Defect{French, "absent.key", ""}) || Defects() != before+3 {
			t.Errorf("reported %v, counted %d", found, Defects()-before)
		}
	})
	t.Run("a missing or odd value prints its variable's name and is reported", func(t *testing.T) {
		found := holes(t, func() {
			wantText(t, p.Text("added", "Name", "X"), "X est ajouté à ⟦Place⟧.")
			wantText(t, p.Text("added", 1, 2, "Name"), "⟦Name⟧ est ajouté à ⟦Place⟧.")
			wantText(t, p.Text("found", "Name", "X"), "⟦N⟧ contacts de X")
		})
		if len(found) != 5 || found[0] != (Defect{French, "added", "Place"}) {
			t.Errorf("reported %v", found)
		}
	})
	t.Run("a value whose own printing panics does not stop the page", func(t *testing.T) {
		if got := p.Text("added", "Name", (*time.Location)(nil), "Place", panicking{}); !strings.Contains(got, "est ajouté") {
			t.Error(got)
		}
	})
	t.Run("Has knows plain keys, not their variants", func(t *testing.T) {
		for key, want := range map[string]bool{"plain": true, "noun": true, "noun@company": false, "absent": false, "": false} {
			if p.Has(key) != want {
				t.Errorf("Has(%q) = %v", key, !want)
			}
		}
	})
}

type panicking struct{}

func (panicking) String() string { panic("no") }

func TestLoad(t *testing.T) {
	t.Run("a broken catalogue is refused, naming file and key", func(t *testing.T) {
		for content, wants := range map[string]string{
			`{"a.b": `:             "text/x.fr.json",
			`{"a.b": "{{if .X}}"}`: "a.b",
			`{"a.b": "{{.X"}`:      "a.b",
			`{"a.b": "{{X}}"}`:     "a.b",
			`{"a.b": {"one": "1", "other": "{{.N.X}}"}}`: "a.b",
		} {
			_, err := load(fstest.MapFS{"text/x.fr.json": {Data: []byte(content)}})
			if err == nil || !strings.Contains(err.Error(), wants) {
				t.Errorf("%s: %v", content, err)
			}
		}
	})
	t.Run("a file of another language is refused", func(t *testing.T) {
		if _, err := load(fstest.MapFS{"text/x.de.json": {Data: []byte(`{"a":"b"}`)}}); err == nil {
			t.Error("accepted")
		}
	})
}

func TestFor(t *testing.T) {
	t.Run("unknown language and nouns fall back to French, company and school, a nil zone to Paris", func(t *testing.T) {
		p := For("de", "club", "church", nil)
		if p.tableKey != (tableKey{French, Company, School}) || p.Language() != French || p.Zone().String() != "Europe/Paris" {
			t.Errorf("%v in %v", p.tableKey, p.Zone())
		}
	})
	t.Run("With changes the zone and nothing else", func(t *testing.T) {
		p := For(English, Practice, Vendor, nil)
		q := p.With(time.UTC)
		if q.tableKey != p.tableKey || q.Zone() != time.UTC || p.Zone() != paris || q.With(nil).Zone() != paris {
			t.Error(q, p)
		}
	})
	t.Run("one printer serves many goroutines", func(t *testing.T) {
		p := For(French, Company, School, nil)
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				for n := range 200 {
					p.Count("locale.ago.minutes", n*i)
					p.ZoneLabel("Asia/Tokyo", time.Unix(int64(n), 0))
				}
			})
		}
		wg.Wait()
	})
}

func TestAllocations(t *testing.T) {
	p := For(French, Company, School, nil)
	name, place := strings.Repeat("n", 20), strings.Repeat("p", 20)
	at := time.Date(2026, 11, 21, 16, 20, 0, 0, time.UTC)
	for _, row := range []struct {
		rule string
		most float64
		act  func()
	}{
		{"a plain text allocates nothing", 0, func() { p.Text("fault.required") }},
		{"a printer is one allocation", 1, func() { For(French, Practice, Vendor, nil) }},
		{"two variables are the two values and the text", 3, func() { p.Text("locale.list", "First", name, "Last", place) }},
		{"a count is its text", 1, func() { p.Count("locale.ago.minutes", 18) }},
		{"a date is its text", 1, func() { p.Date(at) }},
	} {
		t.Run(row.rule, func(t *testing.T) {
			if got := testing.AllocsPerRun(100, row.act); got > row.most {
				t.Errorf("%v allocations, want at most %v", got, row.most)
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	p := For(French, Practice, Vendor, nil)
	name, place := strings.Repeat("n", 20), strings.Repeat("p", 20)
	at := time.Date(2026, 11, 21, 16, 20, 0, 0, time.UTC)
	for rule, act := range map[string]func(){
		"plain":     func() { p.Text("fault.required") },
		"two":       func() { p.Text("locale.list", "First", name, "Last", place) },
		"count":     func() { p.Count("locale.ago.minutes", 18) },
		"count big": func() { p.Count("locale.ago.minutes", 18000) },
		"date":      func() { p.Date(at) },
		"date time": func() { p.DateTime(at) },
		"ago":       func() { p.Ago(at, at.AddDate(0, 0, 3)) },
		"for":       func() { For(French, Practice, Vendor, nil) },
		"match":     func() { Match("fr-FR,fr;q=0.9,en;q=0.8") },
	} {
		b.Run(rule, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				act()
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := load(files); err != nil {
			b.Fatal(err)
		}
	}
}

func wantText(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
