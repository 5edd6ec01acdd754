package sample

import "github.com/entregent/entregent/internal/name"

// person is somebody's name with what its address is made of.
type person struct {
	family, given          name.Part
	familySlug, secondSlug string // the second of a double name, or ""
	givenSlug              string
	woman                  bool
}

// strides are primes larger than the number of pairs of names, so that steps of one visit each pair once.
var strides = [...]uint64{1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081, 1_000_099, 1_000_117, 1_000_121}

// person names the one at that place of an organisation. Places walk over all pairs of a family and a given name, each
// organisation from its own start by its own stride, so that nobody there is called like another; an eighth
// bear a double family name. Past the last pair the walk starts anew with double names alone.
func (s *Source) person(w *lists, organization, place int) person {
	start := s.stream(aName, organization)
	pairs := uint64(len(w.families) * (len(w.women) + len(w.men)))
	from, stride := start.next(), strides[start.below(len(strides))]
	pair := int((from%pairs + uint64(place)%pairs*stride) % pairs)
	family, given := pair%len(w.families), pair/len(w.families)

	p := person{woman: given < len(w.women)}
	first := w.families[family]
	p.family, p.familySlug = first.part, first.slug
	if p.woman {
		p.given, p.givenSlug = w.women[given].part, w.women[given].slug
	} else {
		man := w.men[given-len(w.women)]
		p.given, p.givenSlug = man.part, man.slug
	}
	if second := s.second(w, organization, place, pairs); second != 0 {
		other := w.families[(family+second)%len(w.families)]
		must(p.family.Scan(first.text + "-" + other.text))
		p.secondSlug = other.slug
	}
	return p
}

// second says how far down the list the second family name stands, 0 for a single name.
func (s *Source) second(w *lists, organization, place int, pairs uint64) int {
	if round := uint64(place) / pairs; round > 0 {
		return int(round)
	}
	_, members := s.Members(organization)
	draw := mix(s.seed ^ uint64(organization)<<32 ^ uint64(place))
	if uint64(members) > pairs || draw%8 != 0 {
		return 0
	}
	return 1 + int(draw>>8%uint64(len(w.families)-1))
}

// address is the person's at that domain, unlike any colleague's.
func (p person) address(domain string) string {
	b := make([]byte, 0, 64)
	b = append(append(append(b, p.givenSlug...), '.'), p.familySlug...)
	if p.secondSlug != "" {
		b = append(append(b, '-'), p.secondSlug...)
	}
	return string(append(append(b, '@'), domain...))
}
