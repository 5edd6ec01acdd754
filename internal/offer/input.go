package offer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Input is what a form or a program says of an offer, as text.
type Input struct {
	Title       string
	Contract    string // one of Contracts
	StartsOn    string // may be left out, as all that follow but for Description
	EndsOn      string
	Duration    string
	Rhythm      string
	Posts       string // "" = one
	Place       string
	Description string
	Profile     string

	Source     Source     // Create: "" = Office for staff, Portal for an organisation's own people
	Depositor  id.Contact // Create by staff or the program: the contact who sent it in, who is attached as its recruiter; zero = nobody
	Submission id.UUID    // Create: the form's own number, so that a repeated POST makes nothing twice; zero = none
	Version    int64      // Edit: the version that the person saw
}

// How long the texts may be, in characters, and how many posts one offer may have.
const (
	MaxTitle       = 200
	MaxLine        = 200 // duration, rhythm, place
	MaxDescription = 10_000
	MaxProfile     = 5_000
	MaxPosts       = 999
)

// Parse turns the text into values, or gives every fault at once, in the order of the form.
func (in Input) Parse() (o Offer, err error) {
	var faults fault.Fields
	o.Title, err = name.Line(in.Title, MaxTitle)
	if err == nil && len(name.Words(o.Title)) == 0 {
		err = fault.M("fault.required")
	}
	faults.Add("title", err)
	switch o.Contract = Contract(in.Contract); {
	case in.Contract == "":
		faults.Add("contract", fault.M("fault.required"))
	case !slices.Contains(Contracts(), o.Contract):
		faults.Add("contract", fault.M("fault.choice"))
	}
	o.StartsOn = someDay(&faults, "starts_on", in.StartsOn)
	o.EndsOn = someDay(&faults, "ends_on", in.EndsOn)
	if !o.StartsOn.IsZero() && !o.EndsOn.IsZero() && o.EndsOn < o.StartsOn {
		faults.Add("ends_on", fault.M("offer.ends_before_start"))
	}
	o.Duration = line(&faults, "duration", in.Duration)
	o.Rhythm = line(&faults, "rhythm", in.Rhythm)
	o.Posts = posts(&faults, in.Posts)
	o.Place = line(&faults, "place", in.Place)
	o.Description, err = name.Text(in.Description, MaxDescription)
	faults.Add("description", err)
	if strings.TrimSpace(in.Profile) != "" {
		o.Profile, err = name.Text(in.Profile, MaxProfile)
		faults.Add("profile", err)
	}
	return o, faults.Err()
}

func someDay(faults *fault.Fields, field, typed string) day.Day {
	if strings.TrimSpace(typed) == "" {
		return ""
	}
	d, err := day.Parse(typed)
	faults.Add(field, err)
	return d
}

func line(faults *fault.Fields, field, typed string) string {
	text, err := name.Line(typed, MaxLine)
	faults.Add(field, err)
	return text
}

// posts reads how many are wanted; one where nothing is said.
func posts(faults *fault.Fields, typed string) int64 {
	if typed = strings.TrimSpace(typed); typed == "" {
		return 1
	}
	n, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || n < 1 || n > MaxPosts {
		faults.Add("posts", fault.M("offer.posts", "Max", MaxPosts))
	}
	return n
}

// take has the offer say what the other says, and keeps what the form does not ask for.
func (o *Offer) take(said Offer) {
	o.Title, o.Contract, o.StartsOn, o.EndsOn, o.Duration, o.Rhythm = said.Title, said.Contract, said.StartsOn, said.EndsOn, said.Duration, said.Rhythm
	o.Posts, o.Place, o.Description, o.Profile = said.Posts, said.Place, said.Description, said.Profile
	o.Year = o.CreatedAt.Time().UTC().Year()
	if !o.StartsOn.IsZero() {
		o.Year = o.StartsOn.Year()
	}
}

// changes lists what differs, in the order of the form.
func changes(a, b Offer) (list []journal.Change) {
	add := func(field, before, after string) {
		if before != after {
			list = append(list, journal.Change{Field: field, Before: before, After: after})
		}
	}
	add("title", a.Title, b.Title)
	add("contract", string(a.Contract), string(b.Contract))
	add("starts_on", string(a.StartsOn), string(b.StartsOn))
	add("ends_on", string(a.EndsOn), string(b.EndsOn))
	add("duration", a.Duration, b.Duration)
	add("rhythm", a.Rhythm, b.Rhythm)
	add("posts", count(a.Posts), count(b.Posts))
	add("place", a.Place, b.Place)
	add("description", a.Description, b.Description)
	add("profile", a.Profile, b.Profile)
	return list
}

// count is a number as the history keeps it, "" for none.
func count(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// wordRows are the words by which a search finds the offer.
func (o Offer) wordRows(workspace id.Workspace) (rows [][]any) {
	for _, w := range name.Words(o.Title + " " + o.Place) {
		rows = append(rows, []any{workspace, o.Number, w, o.Organization})
	}
	return rows
}

const (
	offersInto = `offer (workspace_id, ` + columns + `)`
	wordsInto  = `offer_word (workspace_id, number, word, organization_id)`
	partsInto  = `offer_contact (workspace_id, offer_id, contact_id, part, number, apprentices, repeating)`
)

// created stamps a new offer.
func (o *Offer) created(at sqldb.Time) {
	o.Version, o.CreatedAt, o.UpdatedAt, o.StateAt = 1, at, at, at
}
