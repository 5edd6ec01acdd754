package sample

import (
	"strings"

	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/phone"
)

// Columns are the header of the host's template for contacts (manual 1, « Créer un contact », after the SIRET).
var Columns = [...]string{"SIRET", "Civilité", "Nom", "Prénom", "Portable", "Téléphone", "Fonction", "Email"}

// Row is a contact as somebody types it into the template.
type Row struct {
	SIRET, Civility, Family, Given, Mobile, Phone, JobTitle, Email string
}

// Cells are its values in the order of Columns.
func (r Row) Cells() []string {
	return []string{r.SIRET, r.Civility, r.Family, r.Given, r.Mobile, r.Phone, r.JobTitle, r.Email}
}

// Row writes a contact as files hold it: SIRET and numbers in groups or not, civilities in many words, some
// names in capitals. It is right throughout; of a practice without a SIRET that cell is empty.
func (s *Source) Row(j int) Row {
	c, r := s.Contact(j), s.stream(aRow, j)
	row := Row{
		Civility: civility(c.Civility, &r),
		Family:   c.Family.String(),
		Given:    c.Given.String(),
		Mobile:   typed(c.Mobile, &r),
		Phone:    typed(c.Phone, &r),
		JobTitle: c.JobTitle,
		Email:    c.Email.String(),
	}
	row.SIRET = s.Organization(c.Organization).SIRET.Plain()
	if r.percent(50) {
		row.SIRET = s.Organization(c.Organization).SIRET.Grouped()
	}
	if r.percent(30) {
		row.Family = strings.ToUpper(row.Family)
	}
	return row
}

var civilities = map[name.Civility][]string{
	name.Mr: {"M.", "M", "Mr", "Monsieur", "monsieur"},
	name.Ms: {"Mme", "Madame", "MME", "Mlle", "madame"},
	name.Dr: {"Dr", "Docteur", "dr"},
}

func civility(c name.Civility, r *stream) string {
	forms := civilities[c]
	if len(forms) == 0 {
		return ""
	}
	return forms[r.below(len(forms))]
}

// typed writes a French number in one of the ways of people.
func typed(n phone.Number, r *stream) string {
	if n.IsZero() {
		return ""
	}
	national := strings.ReplaceAll(n.Display("FR"), "\u00A0", " ")
	switch r.below(5) {
	case 0:
		return strings.ReplaceAll(national, " ", "")
	case 1:
		return strings.ReplaceAll(national, " ", ".")
	case 2:
		return "+33 (0)" + national[1:]
	case 3:
		return "00" + n.String()[1:]
	}
	return national
}

// Malformed is a row with one thing wrong in it.
type Malformed struct {
	Row
	Column string // of Columns
	Key    string // of the message that the value's type refuses it with
}

// Flaws is how many kinds of fault Malformed knows.
func Flaws() int { return len(flaws) }

// Malformed writes a contact's row with the fault j mod Flaws(); the rest of the row is right.
func (s *Source) Malformed(j int) Malformed {
	c := s.Contact(j)
	m := Malformed{Row: s.Row(j)}
	m.SIRET = s.siret(c.Organization).Plain()
	f := flaws[j%len(flaws)]
	m.Column, m.Key = f.column, f.key
	if f.key == "name.civility" && s.kind == Vendor {
		m.Key = "name.civility_or_doctor"
	}
	f.spoil(&m.Row)
	return m
}

type flaw struct {
	column, key string
	spoil       func(*Row)
}

var flaws = []flaw{
	{"SIRET", "siret.checksum", func(r *Row) { r.SIRET = r.SIRET[:13] + string('0'+(r.SIRET[13]-'0'+1)%10) }},
	{"SIRET", "siret.length", func(r *Row) { r.SIRET = r.SIRET[:11] }},
	{"SIRET", "siret.characters", func(r *Row) { r.SIRET = "FR" + r.SIRET[2:] }},
	{"SIRET", "siret.rounded", func(r *Row) { r.SIRET = r.SIRET[:1] + "," + r.SIRET[1:6] + "E+13" }},
	{"Civilité", "name.civility", func(r *Row) { r.Civility = "Maître" }},
	{"Nom", "name.required", func(r *Row) { r.Family = " " }},
	{"Nom", "name.control", func(r *Row) { r.Family = "Du\x07pont" }},
	{"Nom", "name.invisible", func(r *Row) { r.Family = "Du\u200Bpont" }},
	{"Nom", "name.invisible", func(r *Row) { r.Family = "\u202Etnopud" }},
	{"Nom", "name.broken", func(r *Row) { r.Family = "Lef\xe8vre" }},
	{"Nom", "name.too_long", func(r *Row) { r.Family = strings.Repeat("é", 10_000) }},
	{"Prénom", "name.no_letter", func(r *Row) { r.Given = "1234" }},
	{"Prénom", "name.too_long", func(r *Row) { r.Given = strings.Repeat("x", 101) }},
	{"Portable", "phone.extension", func(r *Row) { r.Mobile = "06 39 98 00 01 poste 12" }},
	{"Portable", "phone.several", func(r *Row) { r.Mobile = "06 39 98 00 01 / 01 99 00 12 34" }},
	{"Téléphone", "phone.french_length", func(r *Row) { r.Phone = "01 99 00 12 3" }},
	{"Téléphone", "phone.characters", func(r *Row) { r.Phone = "voir standard" }},
	{"Téléphone", "phone.invalid", func(r *Row) { r.Phone = "07 00 00 00 00" }},
	{"Fonction", "name.too_long", func(r *Row) { r.JobTitle = strings.Repeat("Responsable ", 25) }},
	{"Fonction", "name.invisible", func(r *Row) { r.JobTitle = "Gérant\u2066e" }},
	{"Email", "email.capitals", func(r *Row) { r.Email = "Jean.Dupont@exemple.example" }},
	{"Email", "email.capitals_accents", func(r *Row) { r.Email = "Hélène@exemple.example" }},
	{"Email", "email.blanks", func(r *Row) { r.Email = " jean@exemple.example " }},
	{"Email", "email.symbol", func(r *Row) { r.Email = "jean€@exemple.example" }},
	{"Email", "email.no_at", func(r *Row) { r.Email = "jean.exemple.example" }},
	{"Email", "email.dot_doubled", func(r *Row) { r.Email = "jean..dupont@exemple.example" }},
	{"Email", "email.domain_without_dot", func(r *Row) { r.Email = "jean@exemple" }},
	{"Email", "email.domain_accents", func(r *Row) { r.Email = "jean@école.example" }},
	{"Email", "email.too_long", func(r *Row) { r.Email = strings.Repeat("a", 10_000) + "@exemple.example" }},
}
