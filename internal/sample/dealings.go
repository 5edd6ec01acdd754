package sample

import "time"

// Dealings are what the organisations of a Source have to do with their host: support requests with their threads, and
// invoices. Both are in the order of time, the oldest first, the organisations among each other; organisations with more
// people have more of both, and the one with most people very many. They are safe for concurrent use.
type Dealings struct {
	source             *Source
	requests, invoices shares  // of the organisations
	comments           []int32 // of each request, how many there are before its own; one more at the end
	long               int     // the request with the longest thread
}

// How much of both the one organisation has, if there is enough, and how much is said about one request.
const (
	mostRequests = 2000
	mostInvoices = 4000
	mostComments = 100
)

// Dealings prepares that many requests, with that many comments behind the texts that they begin with, and that many invoices.
// It panics on a negative number, on dealings of nobody, and on comments without a request.
func (s *Source) Dealings(requests, comments, invoices int) *Dealings {
	switch {
	case requests < 0 || comments < 0 || invoices < 0, requests+invoices > 0 && s.Contacts() == 0, comments > 0 && requests == 0:
		panic("sample: dealings need people, and comments requests")
	}
	big := s.biggest()
	d := &Dealings{source: s, requests: s.shares(requests, big, mostRequests), invoices: s.shares(invoices, big, mostInvoices)}
	for d.long = requests / 2; d.long < requests-1 && d.requests.owner(d.long) != big; {
		d.long++
	}
	d.comments = portions(requests, comments, d.long, min(mostComments, comments/5), d.talk)
	return d
}

// Requests is how many there are.
func (d *Dealings) Requests() int { return d.requests.all() }

// Invoices is how many there are.
func (d *Dealings) Invoices() int { return d.invoices.all() }

// talks are how much is said about requests, each as frequent as it stands here.
var talks = [...]int{0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20, 30, 60}

func (d *Dealings) talk(request int) int {
	r := d.source.stream(aRequest, request)
	return talks[r.below(len(talks))]
}

// biggest is the organisation with most people.
func (s *Source) biggest() (organization int) {
	most := 0
	for i := range s.Organizations() {
		if _, n := s.Members(i); n > most {
			organization, most = i, n
		}
	}
	return organization
}

// shares are things in the order of time, and whose they are.
type shares struct {
	starts []int32 // of each organisation, how many those before it have; one more at the end
	stride int     // shares no factor with their number: steps of it visit each once
}

func (s *Source) shares(total, big, most int) shares {
	members := func(i int) int { _, n := s.Members(i); return n }
	stride := 61_803_401
	for total > 0 && divisor(stride, total) > 1 {
		stride++
	}
	return shares{portions(s.Organizations(), total, big, min(most, total/20), members), stride}
}

func (s shares) all() int { return int(s.starts[len(s.starts)-1]) }

// owner is the organisation of one.
func (s shares) owner(i int) int { return holder(s.starts, i*s.stride%s.all()) }

func divisor(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// portions shares a total out by weight, after one has got a bonus: where each portion starts, and at the end where the last ends.
func portions(n, total, big, bonus int, weight func(int) int) []int32 {
	starts := make([]int32, n+1)
	all, sum := int64(0), int64(0)
	for i := range n {
		all += int64(weight(i))
	}
	if all == 0 {
		bonus = total
	}
	for i := range n {
		starts[i] = int32(int64(total-bonus) * sum / max(1, all))
		if i > big {
			starts[i] += int32(bonus)
		}
		sum += int64(weight(i))
	}
	starts[n] = int32(total)
	return starts
}

// ago is how long ago the one of an index happened, of so many over that time; never now.
func ago(i, n int, over time.Duration) time.Duration {
	return (over/time.Second*time.Duration(n-i)/time.Duration(n) + 1) * time.Second
}
