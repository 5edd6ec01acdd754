// Package sample makes up organisations, their people, and what these ask their host for and are billed: for demonstrations,
// tests and benchmarks, from ten contacts to a million.
//
// Everything is a function of the seed, the kind and the index, on every machine and for ever, so that any range can
// be made in any order and none need be kept. Names are French as they really are (accents, hyphens, particles,
// ligatures, from many languages), SIRETs hold their check digits, telephone numbers lie in the ranges that Arcep keeps for
// works of fiction, domains end in .example. A SIRET may by chance be somebody's; nothing else is.
// It knows no database and no room: whoever fills one translates.
package sample

import "sort"

// Kind is what sort of host the data are for; its words are the workspace's.
type Kind string

// The kinds.
const (
	School Kind = "school" // companies, all with a SIRET
	Vendor Kind = "vendor" // medical practices with customer numbers, some with a SIRET; doctors among the people
)

// Source makes the data of one host. It is safe for concurrent use.
type Source struct {
	seed   uint64
	kind   Kind
	starts []int32 // of each organisation, the index of its first contact; one more at the end
}

// New prepares that many organisations with that many contacts in all. Most organisations have few people, some
// fifty, one eight hundred where the total allows it; each has one at least if there are enough.
// It panics on a negative number, or on contacts without an organisation.
func New(seed uint64, kind Kind, organizations, contacts int) *Source {
	if organizations < 0 || contacts < 0 || contacts > 0 && organizations == 0 {
		panic("sample: contacts need organisations")
	}
	s := &Source{seed: mix(seed), kind: kind}
	for _, letter := range []byte(kind) {
		s.seed = mix(s.seed + uint64(letter))
	}
	s.starts = s.spread(organizations, contacts)
	return s
}

// Organizations is how many there are.
func (s *Source) Organizations() int { return len(s.starts) - 1 }

// Contacts is how many there are.
func (s *Source) Contacts() int { return int(s.starts[len(s.starts)-1]) }

// Members gives the contacts of an organisation: n of them, from index first on.
func (s *Source) Members(organization int) (first, n int) {
	first = int(s.starts[organization])
	return first, int(s.starts[organization+1]) - first
}

// employer finds the organisation of a contact, and its place there.
func (s *Source) employer(contact int) (organization, place int) {
	organization = holder(s.starts, contact)
	return organization, contact - int(s.starts[organization])
}

// holder finds whose portion holds the one of that index.
func holder(starts []int32, index int) int {
	return sort.Search(len(starts)-1, func(i int) bool { return int(starts[i+1]) > index })
}

// mostPeople is how many people the one big organisation has.
const mostPeople = 800

// sizes are how many people organisations have, each as frequent as it stands here.
var sizes = [...]int{1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 8, 12, 20, 30, 50}

// spread shares the contacts out in the proportions of sizes.
func (s *Source) spread(organizations, contacts int) []int32 {
	starts := make([]int32, organizations+1)
	if contacts < organizations {
		for i := range starts {
			starts[i] = int32(contacts * i / max(1, organizations))
		}
		return starts
	}
	var weight int64 // of what organisations have beyond their first
	for i := range organizations {
		weight += int64(s.size(i) - 1)
	}
	extras := contacts - organizations
	big, bonus := organizations/3, min(mostPeople-1, extras/5)
	if organizations == 1 || weight == 0 {
		bonus = extras
	}
	var sum int64
	for i := range organizations {
		starts[i] = int32(i) + int32(int64(extras-bonus)*sum/max(1, weight))
		if i > big {
			starts[i] += int32(bonus)
		}
		sum += int64(s.size(i) - 1)
	}
	starts[organizations] = int32(contacts)
	return starts
}

func (s *Source) size(organization int) int {
	r := s.stream(aSize, organization)
	return sizes[r.below(len(sizes))]
}

// What a stream of numbers is for; the data of one thing do not change when another draws more.
const (
	aSize = iota + 1
	anOrganization
	aContact
	aName
	aRow
	aRequest
	anInvoice
)

// stream starts the numbers of one thing.
func (s *Source) stream(what, index int) stream {
	return stream(mix(s.seed + uint64(what)<<56 + uint64(index)))
}

// stream is SplitMix64: the same numbers in every version of Go.
type stream uint64

func (r *stream) next() uint64 {
	*r += 0x9E3779B97F4A7C15
	return mix(uint64(*r))
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// below draws a number from 0 to n-1.
func (r *stream) below(n int) int { return int(r.next() >> 33 % uint64(n)) }

// percent is true so many times in a hundred.
func (r *stream) percent(n int) bool { return r.below(100) < n }
