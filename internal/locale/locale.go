// Package locale speaks to persons: it holds the catalogue of messages (text/*.json, French and English) and
// prints dates, durations, numbers and lists as each language writes them.
//
// A message is named by its key and read through a Printer, which is made for one language, one pair of nouns
// and one time zone. Texts come out plain: whoever puts them into HTML escapes them. The package knows no
// business and no HTTP; it never reads a clock.
//
// # Catalogue files
//
// text/noun.fr.json and text/noun.en.json are flat objects, key → text. A text may hold variables, written
// {{.Name}}, and nothing else between braces. A message that counts is an object of plural forms: one, many
// (French: 1 000 000 de contacts), other; the number stands in it as {{.N}}.
//
// A key may have variants for what organisations are called, key@company, key@practice, key@organization, or
// for what the host is, key@school, key@vendor, or for both, key@company@school. Callers name the plain key;
// the most precise variant that exists is taken, the plain key last. Each variant is a whole sentence.
package locale

import (
	"golang.org/x/text/language"
)

// Language is a language that the whole catalogue exists in, named by its two-letter code.
type Language string

// The languages, French first.
const (
	French  Language = "fr"
	English Language = "en"
)

// Languages gives all languages in the order in which a form offers them.
func Languages() []Language { return []Language{French, English} }

// ParseLanguage reads a language's code; false for anything but the codes of Languages.
func ParseLanguage(s string) (Language, bool) {
	l := Language(s)
	return l, l == French || l == English
}

// Name is what the language calls itself.
func (l Language) Name() string {
	if l == English {
		return "English"
	}
	return "Français"
}

// OrganizationNoun is what a workspace calls the organisations it works with.
type OrganizationNoun string

// The nouns for organisations: entreprise, cabinet, organisation.
const (
	Company      OrganizationNoun = "company"
	Practice     OrganizationNoun = "practice"
	Organization OrganizationNoun = "organization"
)

// HostNoun is what a workspace calls itself.
type HostNoun string

// The nouns for hosts: école, société.
const (
	School HostNoun = "school"
	Vendor HostNoun = "vendor"
)

var (
	organizationNouns = [...]OrganizationNoun{Company, Practice, Organization}
	hostNouns         = [...]HostNoun{School, Vendor}
)

// longestAcceptLanguage bounds the work done for a header that anybody may send.
const longestAcceptLanguage = 500

var matcher = language.NewMatcher([]language.Tag{language.French, language.English})

// Match chooses the language for a stranger from the Accept-Language header of a request. French is the
// answer to no header, to a broken one and to languages that the catalogue does not have.
func Match(acceptLanguage string) Language {
	if acceptLanguage == "" || len(acceptLanguage) > longestAcceptLanguage {
		return French
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return French
	}
	if _, i, confidence := matcher.Match(tags...); confidence > language.No {
		return Languages()[i]
	}
	return French
}
