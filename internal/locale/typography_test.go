package locale

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	noBreak       = '\u00a0'
	narrowNoBreak = '\u202f'
	labelsFile    = "testdata/manual_labels.txt"
)

func TestTypography(t *testing.T) {
	labels := manualLabels(t)
	t.Run("French texts have ’, « », no-break blanks before high marks, e-mail, and a calm tone", func(t *testing.T) {
		for _, e := range entries(t, French) {
			for _, form := range slices.Sorted(maps.Keys(e.forms)) {
				if slices.Contains(labels, e.forms[form]) {
					continue
				}
				for _, fault := range typographicFaults(withoutLabels(e.forms[form], labels)) {
					t.Errorf("%s: %s: %s in %q (labels of the manuals: %s)", e.file, e.key, fault, e.forms[form], labelsFile)
				}
			}
		}
	})
	t.Run("the rules find what they are for and nothing else", func(t *testing.T) {
		for text, faults := range map[string]int{
			"L’adresse\u00a0: voir https://entregent.example/?open=1;x": 0,
			"Mot de passe oublié\u202f? Oui\u00a0; «\u00a0non\u00a0»":   0,
			"À 17:20 (ou plus\u202f?), soit 10\u202f%.":                 0,
			"L'adresse":                   1,
			"Adresse: x":                  1,
			"Adresse : x":                 1,
			"{{.Name}}: x":                1,
			"oublié ?":                    1,
			"oublié?":                     1,
			"un\u202f; deux; trois":       1,
			"10%":                         1,
			"«oui»":                       2,
			"« oui\u00a0»":                1,
			`le "mot"`:                    1,
			"et...":                       1,
			"deux  blancs":                1,
			"Bravo\u202f!":                1,
			"Veuillez patienter":          1,
			"Votre email":                 1,
			"Vos Emails":                  1,
			"Votre e-mail, jean@email.fr": 0,
			"Pressez «\u00a0Autoriser l'accès\u00a0».":   0,
			"Pressez Autoriser l'accès.":                 1,
			"Le champ «\u00a0Email de connexion\u00a0».": 0,
		} {
			if found := typographicFaults(withoutLabels(text, labels)); len(found) != faults {
				t.Errorf("%q: %d faults, want %d: %v", text, len(found), faults, found)
			}
		}
	})
}

// manualLabels reads the list of wordings that stay as the manuals have them.
func manualLabels(t *testing.T) []string {
	t.Helper()
	var labels []string
	for line := range strings.Lines(string(mustRead(t, labelsFile))) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			labels = append(labels, line)
		}
	}
	return labels
}

// withoutLabels takes quoted labels out of a sentence.
func withoutLabels(text string, labels []string) string {
	for _, label := range labels {
		text = strings.ReplaceAll(text, "«\u00a0"+label+"\u00a0»", "«\u00a0…\u00a0»")
	}
	return text
}

var typographicRules = []struct {
	name  string
	found *regexp.Regexp
}{
	{"straight apostrophe (’)", regexp.MustCompile(`'`)},
	{"straight quotation mark («\u00a0»)", regexp.MustCompile(`"[^"]*"?`)},
	{"three dots (…)", regexp.MustCompile(`\.\.\.`)},
	{"two blanks", regexp.MustCompile(`  +`)},
	{"no U+00A0 after «", regexp.MustCompile(`«([^\x{a0}]|$)`)},
	{"no U+00A0 before »", regexp.MustCompile(`(^|[^\x{a0}])»`)},
	{"exclamation mark", regexp.MustCompile(`!`)},
	{"«\u00a0veuillez\u00a0»", regexp.MustCompile(`(?i)\bveuillez\b`)},
	{"email without hyphen", regexp.MustCompile(`(?i)(^|[^@.\w-])emails?\b`)},
}

func typographicFaults(text string) []string {
	var faults []string
	for _, rule := range typographicRules {
		for range rule.found.FindAllString(text, -1) {
			faults = append(faults, rule.name)
		}
	}
	runes := append([]rune(text), '\n')
	before := ' '
	for i, r := range runes[:len(runes)-1] {
		if mark := faultBefore(before, r, runes[i+1]); mark != "" {
			faults = append(faults, mark)
		}
		before = r
	}
	return faults
}

// faultBefore judges the blank before a high mark. A mark within an address or an hour (17:20) has none.
func faultBefore(before, mark, after rune) string {
	within := before != ' ' && !strings.ContainsRune(" \n\u00a0\u202f).,»", after)
	switch {
	case within:
	case mark == ':' && before != noBreak:
		return "no U+00A0 before :"
	case strings.ContainsRune(";?%", mark) && before != noBreak && before != narrowNoBreak && before != '(':
		return "no U+202F before " + string(mark)
	}
	return ""
}
