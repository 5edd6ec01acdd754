package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

//go:embed text/*.json
var files embed.FS

// catalogue has one table for each language and pair of nouns, so that a look-up is one access to a map.
type catalogue map[tableKey]*table

type tableKey struct {
	language     Language
	organization OrganizationNoun
	host         HostNoun
}

// table answers plain keys for one language and one pair of nouns. It is never changed once built.
type table struct {
	tableKey
	messages map[string]*message
	forms    *forms
	customs  *customs
}

// message is one text, compiled. A text without variables and forms is the whole answer; else one of the
// patterns is printed.
type message struct {
	text    string
	pattern pattern
	plural  *[formCount]pattern
}

// shared is built at the first call and holds for the life of the process. It panics on a broken catalogue,
// which is a defect of the binary that the tests of this package find.
var shared = sync.OnceValue(func() catalogue {
	c, err := load(files)
	if err != nil {
		panic(err)
	}
	return c
})

// load reads text/*.json of files; go-i18n parses them and knows the languages' plural rules.
func load(files fs.FS) (catalogue, error) {
	all, err := readMessages(files)
	if err != nil {
		return nil, err
	}
	c := catalogue{}
	for _, language := range Languages() {
		forms, err := newForms(language)
		if err != nil {
			return nil, err
		}
		for _, organization := range organizationNouns {
			for _, host := range hostNouns {
				key := tableKey{language, organization, host}
				c[key] = &table{key, choose(all[language], organization, host), forms, customsOf[language]}
			}
		}
	}
	return c, nil
}

// readMessages compiles all texts as they stand in the files, variants under their full keys.
func readMessages(files fs.FS) (map[Language]map[string]*message, error) {
	all := map[Language]map[string]*message{}
	for _, language := range Languages() {
		all[language] = map[string]*message{}
	}
	names, err := fs.Glob(files, "text/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		file, err := i18n.ParseMessageFileBytes(content, name, nil)
		if err != nil {
			return nil, fmt.Errorf("locale: %s: %w", name, err)
		}
		language, ok := ParseLanguage(file.Tag.String())
		if !ok {
			return nil, fmt.Errorf("locale: %s: the name must end in .fr.json or .en.json", name)
		}
		for _, m := range file.Messages {
			if all[language][m.ID], err = compileMessage(m); err != nil {
				return nil, fmt.Errorf("locale: %s: %s: %w", name, m.ID, err)
			}
		}
	}
	return all, nil
}

func compileMessage(m *i18n.Message) (*message, error) {
	sources := [formCount]string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other}
	var patterns [formCount]pattern
	counts := false
	for f, source := range sources {
		var err error
		if patterns[f], err = compile(source); err != nil {
			return nil, err
		}
		counts = counts || form(f) != other && source != ""
	}
	switch {
	case counts:
		return &message{plural: &patterns}, nil
	case patterns[other].constant():
		return &message{text: m.Other}, nil
	}
	return &message{pattern: patterns[other]}, nil
}

// choose finds for each plain key the most precise variant. A key of which no variant fits is left out.
func choose(all map[string]*message, organization OrganizationNoun, host HostNoun) map[string]*message {
	o, h := "@"+string(organization), "@"+string(host)
	chosen := maps.Clone(all)
	for _, variant := range [...]string{h, o, o + h} { // the later, the more precise
		for key, m := range all {
			if base, found := strings.CutSuffix(key, variant); found && !strings.Contains(base, "@") {
				chosen[base] = m
			}
		}
	}
	maps.DeleteFunc(chosen, func(key string, _ *message) bool { return strings.Contains(key, "@") })
	return chosen
}
