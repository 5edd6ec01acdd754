package locale

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// entry is one key of one file, as it is written there.
type entry struct {
	file, key string
	forms     map[string]string // a plain text is the form other
}

func (e entry) plural() bool { return len(e.forms) > 1 }

func (e entry) base() string {
	base, _, _ := strings.Cut(e.key, "@")
	return base
}

// variables names what stands between braces in any of the forms, sorted.
func (e entry) variables() []string {
	var names []string
	for _, text := range e.forms {
		for _, m := range variable.FindAllStringSubmatch(text, -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var variable = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)

// entries reads all files of a language without go-i18n, so that nothing is dropped silently: a key written
// twice comes twice, and whatever is neither a text nor an object of plural forms fails the test.
func entries(t *testing.T, language Language) []entry {
	t.Helper()
	names, err := fs.Glob(files, "text/*."+string(language)+".json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var all []entry
	for _, name := range names {
		d := json.NewDecoder(bytes.NewReader(mustRead(t, name)))
		if token, err := d.Token(); token != json.Delim('{') {
			t.Fatalf("%s is no object: %v", name, err)
		}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			e := entry{name, key.(string), nil}
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				t.Fatalf("%s: %s: %v", name, e.key, err)
			}
			if e.forms, err = readForms(raw); err != nil {
				t.Fatalf("%s: %s: %v", name, e.key, err)
			}
			all = append(all, e)
		}
	}
	return all
}

func readForms(raw json.RawMessage) (map[string]string, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return map[string]string{"other": text}, nil
	}
	var forms map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		return nil, err
	}
	for name := range forms {
		if !slices.Contains(formNames[:], name) {
			return nil, fmt.Errorf("%q is no plural form", name)
		}
	}
	if len(forms) < 2 {
		return nil, fmt.Errorf("a message with one form is written as a plain text")
	}
	return forms, nil
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
