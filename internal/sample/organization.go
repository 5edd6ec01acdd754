package sample

import (
	"fmt"
	"strconv"

	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/siret"
)

// Organization is what is known of a company or a practice. Every value is one that its type would parse.
type Organization struct {
	Name           string
	SIRET          siret.SIRET // companies have one, a third of the practices too; unlike any other of the kind's
	CustomerNumber string      // practices have one, «EG-004711»; unlike any other of the kind's
	Address        string
	Postcode       string
	City           string
	Phone          phone.Number
	Website        string // of most
	Archived       bool   // of few
}

// Organization makes the organisation of an index from 0 on; the number given to New is no limit.
func (s *Source) Organization(i int) Organization {
	w, r := words(), s.stream(anOrganization, i)
	full, domain := s.called(&r, w)
	at := w.cities[r.below(len(w.cities))]
	o := Organization{
		Name:     full,
		Address:  address(&r, w),
		Postcode: at.postcode,
		City:     at.name,
		Phone:    landline(&r, at.zone),
		Archived: r.percent(1) && i > 0,
	}
	if r.percent(80) {
		o.Website = "https://www." + domain + "/"
	}
	if s.kind == Vendor {
		o.CustomerNumber = fmt.Sprintf("EG-%06d", i+1)
	}
	if s.kind != Vendor || r.percent(33) {
		o.SIRET = s.siret(i)
	}
	return o
}

// home is what a contact needs of its organisation: the domain and the zone of telephone numbers.
func (s *Source) home(organization int) (domain string, zone int) {
	w, r := words(), s.stream(anOrganization, organization)
	_, domain = s.called(&r, w)
	return domain, w.cities[r.below(len(w.cities))].zone
}

// called makes a name and the domain that goes with it.
func (s *Source) called(r *stream, w *lists) (full, domain string) {
	family := w.families[r.below(len(w.families))]
	first, second := family, word{}
	form := r.below(10)
	switch {
	case s.kind == Vendor && form < 4:
		first, second = pick(r, w.practices), pick(r, w.places)
	case s.kind == Vendor && form < 7:
		first = word{text: "Cabinet du Dr", slug: "dr"}
		second = family
	case s.kind == Vendor:
		first, second = pick(r, w.practices), family
	case form < 4:
		first, second = pick(r, w.trades), family
	case form < 7:
		second = pick(r, w.endings)
	case form < 9:
		first, second = pick(r, w.brands), pick(r, w.endings)
	default:
		first = pick(r, w.brands)
	}
	if second.text == "" {
		return first.text, first.slug + ".example"
	}
	return first.text + " " + second.text, first.slug + "-" + second.slug + ".example"
}

func pick(r *stream, list []word) word { return list[r.below(len(list))] }

func address(r *stream, w *lists) string {
	number := strconv.Itoa(1 + r.below(180))
	if r.percent(8) {
		number += " bis"
	}
	return number + " " + w.streets[r.below(len(w.streets))]
}

// The heads of the numbers of fiction, by zone; 10,000 numbers follow each.
var landlines = [...]string{1: "+3319900", "+3326191", "+3335301", "+3346571", "+3353649"}

const mobiles = "+3363998"

func landline(r *stream, zone int) phone.Number { return number(landlines[zone], r) }

func number(head string, r *stream) (n phone.Number) {
	b := append(make([]byte, 0, 12), head...)
	rest := r.below(10000)
	b = append(b, byte('0'+rest/1000), byte('0'+rest/100%10), byte('0'+rest/10%10), byte('0'+rest%10))
	must(n.Scan(string(b)))
	return n
}

// laPoste's numbers follow a rule of their own, so no company here bears its first eight digits.
const laPoste = 35600000

// siret gives every index below 99,999,998 a number of its own: the stride shares no factor with that count.
func (s *Source) siret(i int) (number siret.SIRET) {
	const count, stride = 99_999_998, 61_803_401
	offset := mix(s.seed) % count
	head := 1 + (uint64(i)%count*stride+offset)%count
	if head >= laPoste {
		head++
	}
	siren := checked(fmt.Sprintf("%08d", head))
	must(number.Scan(checked(fmt.Sprintf("%s%04d", siren, 1+mix(head)%30))))
	return number
}

// checked adds Luhn's check digit.
func checked(digits string) string {
	total := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		total += d
	}
	return digits + string(rune('0'+(10-total%10)%10))
}

// must stands where a value of this package's own making is put into a type without parsing it again; the
// tests parse them all.
func must(err error) {
	if err != nil {
		panic("sample: " + err.Error())
	}
}
