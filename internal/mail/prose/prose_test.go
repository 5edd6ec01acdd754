package prose

import (
	"reflect"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/fault"
)

var words = Dictionary{"prenom": "given_name", "first name": "given_name", "given_name": "given_name", "nom": "family_name", "family_name": "family_name"}

const most = 10_000

func TestText(t *testing.T) {
	t.Run("blank lines part paragraphs, stars make emphasis, variables are known by their names in every language", func(t *testing.T) {
		got, err := words.Parse("  Bonjour {Prénom} *{ nom }*,\r\nla suite\n \n\n*Deux* 2 * 3\n", most)
		want := Text{[][]run{
			{{text: "Bonjour "}, {variable: "given_name"}, {text: " "}, {variable: "family_name", strong: true}, {text: ","}, {newline: true}, {text: "la suite"}},
			{{text: "Deux", strong: true}, {text: " 2 * 3"}},
		}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		if text := got.String(); text != "Bonjour {given_name} *{family_name}*,\nla suite\n\n*Deux* 2 * 3" {
			t.Errorf("%q", text)
		}
		shown := got.Written(func(v string) string { return map[string]string{"given_name": "prénom", "family_name": "nom"}[v] })
		if shown != "Bonjour {prénom} *{nom}*,\nla suite\n\n*Deux* 2 * 3" {
			t.Errorf("%q", shown)
		}
	})
	t.Run("a star that begins or ends no word is a star", func(t *testing.T) {
		for source, want := range map[string]string{
			"*a*": "<a>", "*a": "*a", "a*": "a*", "a*b*c": "a*b*c", "* a *": "* a *", "**a*": "*<a>", "*a b*, c": "<a b>, c", "**": "**", "*a **": "*a **",
			"(*a*)": "(<a>)", "*a\nb*": "<a\nb>", "*{nom}*": "<{family_name}>", "*{nom}*x": "*{family_name}*x",
		} {
			got, err := words.Parse(source, most)
			var b strings.Builder
			strong := false
			for _, p := range got.paragraphs {
				for _, r := range append(p, run{}) {
					if r.strong != strong {
						b.WriteString(map[bool]string{true: "<", false: ">"}[r.strong])
						strong = r.strong
					}
					b.WriteString(r.text + map[bool]string{true: "\n"}[r.newline])
					if r.variable != "" {
						b.WriteString("{" + r.variable + "}")
					}
				}
			}
			if err != nil || b.String() != want {
				t.Errorf("%q: %q, want %q (%v)", source, b.String(), want, err)
			}
		}
	})
	t.Run("variables that do not exist are refused together, by their names", func(t *testing.T) {
		_, err := words.Parse("{nom} {code}\n\n{lien} {code} {}", most)
		m, _ := err.(fault.Message)
		if m.Key != "mail.template.unknown" || !reflect.DeepEqual(m.Args["Names"], []string{"{code}", "{lien}", "{}"}) {
			t.Errorf("%+v", m)
		}
	})
	t.Run("an address may hold no variable, and nothing hidden or broken gets in", func(t *testing.T) {
		for source, want := range map[string]string{
			"https://example.org/{nom}":     "mail.template.address",
			"https://{nom}/":                "mail.template.address",
			"https://a.example/?q=*{nom}*":  "mail.template.address",
			"*https*:*//evil*.com/{nom}":    "mail.template.address", // the stars are not seen
			"*evil*.com/?a={nom}":           "mail.template.address",
			"10.1.2.3/{nom}":                "mail.template.address",
			"evil。com/{nom}":                "mail.template.address",
			"voir www.{nom}":                "mail.template.address",
			"{nom}.example":                 "mail.template.address",
			"example.org/{nom}":             "mail.template.address",
			"{nom}@example.org":             "mail.template.address",
			"mailto:{nom}":                  "mail.template.address",
			"HTTPS://EXAMPLE.ORG/{nom}":     "mail.template.address",
			"https://a.example?\u00a0{nom}": "",
			"https://a.example {nom}":       "",
			"https://a.example/page":        "",
			"M. {nom}. Bonjour {prénom}.":   "",
			"{prénom}/{nom}":                "",
			"{nom":                          "mail.template.brace",
			"nom}":                          "mail.template.brace",
			"{{nom}}":                       "mail.template.brace",
			"{no\nm}":                       "mail.template.brace",
			"a\x00b":                        "mail.template.invisible",
			"a\u202eb":                      "mail.template.invisible",
			"\u200b":                        "mail.template.invisible",
			"a\xff":                         "name.broken",
			strings.Repeat("é", most+1):     "name.too_long",
		} {
			_, err := words.Parse(source, most)
			m, _ := err.(fault.Message)
			if m.Key != want {
				t.Errorf("%q: %v, want %q", source, err, want)
			}
		}
	})
	t.Run("a name that looks like a link is none in the letter; an address stays whole", func(t *testing.T) {
		for value, want := range map[string]string{
			"https://evil.example/x": "https\u200b:\u200b/\u200b/evil\u200b.example\u200b/x",
			"Booking.com":            "Booking\u200b.com",
			"St. Pierre":             "St. Pierre",
			"a@b.example":            "a@b.example",
			"Cliquez a@b.example":    "Cliquez a\u200b@b\u200b.example",
			"a\r\nBcc: b\u2028":      "a  Bcc: b",
			"\xff":                   "\ufffd",
		} {
			if got := Harmless(value); got != want {
				t.Errorf("%q: %q, want %q", value, got, want)
			}
		}
		if n := len(Harmless(strings.Repeat("a", 1000))); n != longestValue {
			t.Error(n)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"Bonjour *{prénom}* {nom},\n\nx", "*a**b*", "**{nom}**", "{", "}", "*\n*", "a*{nom}*", "* *a* *", "https://{nom}", "\t{ Nom }\r\n\r\n", "\u00a0*\u00a0*", "*a*\n*b*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		got, err := words.Parse(source, most)
		if err != nil {
			if m, ok := err.(fault.Message); !ok || !reflect.DeepEqual(got, Text{}) || m.Key == "" {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		again, err := words.Parse(got.String(), 2*most+20*len(source))
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%q: %q\n%+v\n%+v, %v", source, got.String(), got, again, err)
		}
		for _, p := range got.Fill(map[string]string{"given_name": "*x*", "family_name": "{nom}\nhttps://evil.example"}) {
			for _, s := range p {
				if strings.ContainsAny(s.Text, "\r\n") {
					t.Errorf("%q", s.Text)
				}
			}
		}
	})
}
