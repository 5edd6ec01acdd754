package transfer

import (
	"strings"
	"unicode"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// column is one that files may have. Its header is the catalogue's «transfer.column.» + field in any language.
type column struct {
	field    string // the glossary's word
	template bool   // it stands in the template
	ignored  bool   // our own export writes it, an import passes it over
	also     string // other headers that are understood, folded and without blanks, parted by blanks
}

// columns of the files, in the order in which they are written.
var columns = map[Noun][]column{
	Contacts: {
		{field: "siret", template: true, also: "siretnumber numerosiret nsiret nosiret siretentreprise siretdelentreprise siretducabinet"},
		{field: "civility", template: true, also: "civilite civ salutation"},
		{field: "family_name", template: true, also: "nom nomdefamille lastname surname familyname nomducontact"},
		{field: "given_name", template: true, also: "prenom firstname forename givenname prenomducontact"},
		{field: "mobile", template: true, also: "portable telephoneportable telportable telephonemobile telmobile mobilephone mobilenumber cell cellphone gsm"},
		{field: "phone", template: true, also: "telephone tel telephonefixe telfixe fixe phonenumber telephoneprofessionnel landline"},
		{field: "job_title", template: true, also: "fonction poste jobtitle position function"},
		{field: "email", template: true, also: "courriel mail emailaddress adresseemail adressemail adressedecourriel emailprofessionnel adresseelectronique"},
		{field: "number", also: "identifiantpersonnel identifiant contactnumber personalid personalidentifier personalnumber"},
		{field: "customer_number", also: "numeroclient numerodeclient nclient noclient codeclient customernumber customerno clientnumber"},
		{field: "organization", also: "entreprise nomdelentreprise cabinet nomducabinet organisation nomdelorganisation raisonsociale company companyname practice practicename organization organizationname organisationname"},
		{field: "role", ignored: true},
		{field: "primary", ignored: true},
		{field: "state", ignored: true},
		{field: "authorized_at", ignored: true},
		{field: "credentials_sent_at", ignored: true},
		{field: "last_sign_in_at", ignored: true},
		{field: "login_email", ignored: true},
		{field: "source", ignored: true},
		{field: "created_at", ignored: true},
		{field: "updated_at", ignored: true},
		{field: "reason", ignored: true},
	},
	Organizations: {
		{field: "siret", template: true, also: "siretnumber numerosiret nsiret nosiret"},
		{field: "customer_number", template: true, also: "numeroclient numerodeclient nclient noclient codeclient customernumber customerno clientnumber"},
		{field: "name", template: true, also: "nom entreprise nomdelentreprise cabinet nomducabinet organisation nomdelorganisation raisonsociale denomination company companyname practice practicename organization organizationname organisationname"},
		{field: "address", template: true, also: "adresse rue street streetaddress adressepostale voie"},
		{field: "postcode", template: true, also: "codepostal cp postalcode zip zipcode"},
		{field: "city", template: true, also: "ville commune localite town"},
		{field: "phone", template: true, also: "telephone tel telephonefixe phonenumber standard"},
		{field: "website", template: true, also: "siteweb siteinternet site web url adressedusite"},
		{field: "archived_at", ignored: true},
		{field: "created_at", ignored: true},
		{field: "updated_at", ignored: true},
		{field: "reason", ignored: true},
	},
}

// headerKey is the form in which headers are compared: accents, case, blanks and signs apart.
func headerKey(s string) string {
	if len(s) > 500 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name.Fold(s))
}

// headers holds every understood header of a noun, by its key.
var headers = func() map[Noun]map[string]column {
	all := make(map[Noun]map[string]column)
	for noun, list := range columns {
		all[noun] = make(map[string]column)
		for _, c := range list {
			all[noun][headerKey(c.field)] = c
			for _, key := range strings.Fields(c.also) {
				all[noun][key] = c
			}
		}
	}
	return all
}()

// written is the header of a column in the printer's language; what organisations are called is the workspace's.
func (c column) written(p *locale.Printer) string { return p.Text("transfer.column." + c.field) }

// understood finds the column of a header: by its own names, or as the catalogue writes it in any language.
func understood(noun Noun, header string) (column, bool) {
	key := headerKey(header)
	if c, ok := headers[noun][key]; ok || key == "" {
		return c, ok
	}
	for _, language := range locale.Languages() {
		p := locale.For(language, locale.Company, locale.School, nil)
		for _, c := range columns[noun] {
			if headerKey(c.written(p)) == key {
				return c, true
			}
		}
	}
	return column{}, false
}

// layout says where a file has its columns.
type layout struct {
	header  []string
	at      map[string]int // field → index
	unknown []string       // headers that mean nothing here
}

// readLayout understands a header. What stops an import of the whole file is a fault.Invalid.
func readLayout(noun Noun, header []string) (layout, error) {
	l := layout{header: header, at: make(map[string]int)}
	for i, h := range header {
		c, ok := understood(noun, h)
		switch first, twice := l.at[c.field]; {
		case !ok && h == "":
			l.unknown = append(l.unknown, sheet.Letters(i))
		case !ok:
			l.unknown = append(l.unknown, h)
		case c.ignored:
		case twice:
			return l, fault.New(fault.Invalid, "transfer.header_twice", "Column", header[first], "Other", h)
		default:
			l.at[c.field] = i
		}
	}
	return l, l.check(noun)
}

func (l layout) check(noun Noun) error {
	if len(l.at) == 0 {
		return fault.New(fault.Invalid, "transfer.header_unknown."+string(noun))
	}
	has := func(fields ...string) bool {
		for _, f := range fields {
			if _, ok := l.at[f]; ok {
				return true
			}
		}
		return false
	}
	if noun == Contacts && has("family_name") && has("given_name") && has("siret", "customer_number", "number") ||
		noun == Organizations && has("name") && has("siret", "customer_number") {
		return nil
	}
	return fault.New(fault.Invalid, "transfer.header_incomplete."+string(noun))
}

// cell is the text of a field in a row, apostrophes of ours taken off; "" where the file has no such column.
func (l layout) cell(row sheet.Row, field string) string {
	i, ok := l.at[field]
	if !ok || i >= len(row.Cells) {
		return ""
	}
	return sheet.Unescape(strings.TrimSpace(row.Cells[i]))
}

// name is what the file calls a field; where it has no such column, the field itself.
func (l layout) name(field string) string {
	if i, ok := l.at[field]; ok {
		return l.header[i]
	}
	return field
}
