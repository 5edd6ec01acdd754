// Package terms holds what an offer says: title, contract, days, posts, place, description, as text and as values.
//
// It parses, so that a form, the public page and a program meet the same rule, and compares. Whose the offer is and what becomes of
// it is package offer's, above; nothing is stored here.
package terms

import (
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
)

// Terms are what an offer says.
type Terms struct {
	Title       string
	Contract    Contract
	StartsOn    day.Day // none = as soon as possible
	EndsOn      day.Day // none = open
	Duration    string
	Rhythm      string
	Posts       int64
	Place       string
	Description string
	Profile     string
}

// Text is what a form or a program says of them.
type Text struct {
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
}

// How long the texts may be, in characters, and how many posts one offer may have.
const (
	MaxTitle       = 200
	MaxLine        = 200 // duration, rhythm, place
	MaxDescription = 10_000
	MaxProfile     = 5_000
	MaxPosts       = 999
)

// Columns are their columns; Fields are where they are scanned to, Values what is stored.
const Columns = `contract, title, starts_on, ends_on, duration, rhythm, posts, place, description, profile`

// Fields, see Columns.
func (t *Terms) Fields() []any {
	return []any{(*string)(&t.Contract), &t.Title, (*string)(&t.StartsOn), (*string)(&t.EndsOn), &t.Duration, &t.Rhythm, &t.Posts, &t.Place, &t.Description, &t.Profile}
}

// Values, see Columns.
func (t Terms) Values() []any {
	return []any{string(t.Contract), t.Title, string(t.StartsOn), string(t.EndsOn), t.Duration, t.Rhythm, t.Posts, t.Place, t.Description, t.Profile}
}

// Parse turns the text into values, or gives every fault at once, in the order of the form.
func (in Text) Parse() (t Terms, err error) {
	var faults fault.Fields
	t.Title, err = name.Line(in.Title, MaxTitle)
	if err == nil && len(name.Words(t.Title)) == 0 {
		err = fault.M("fault.required")
	}
	faults.Add("title", err)
	switch t.Contract = Contract(in.Contract); {
	case in.Contract == "":
		faults.Add("contract", fault.M("fault.required"))
	case !slices.Contains(Contracts(), t.Contract):
		faults.Add("contract", fault.M("fault.choice"))
	}
	t.StartsOn = someDay(&faults, "starts_on", in.StartsOn)
	t.EndsOn = someDay(&faults, "ends_on", in.EndsOn)
	if !t.StartsOn.IsZero() && !t.EndsOn.IsZero() && t.EndsOn < t.StartsOn {
		faults.Add("ends_on", fault.M("offer.ends_before_start"))
	}
	t.Duration = line(&faults, "duration", in.Duration)
	t.Rhythm = line(&faults, "rhythm", in.Rhythm)
	t.Posts = posts(&faults, in.Posts)
	t.Place = line(&faults, "place", in.Place)
	t.Description, err = name.Text(in.Description, MaxDescription)
	faults.Add("description", err)
	if strings.TrimSpace(in.Profile) != "" {
		t.Profile, err = name.Text(in.Profile, MaxProfile)
		faults.Add("profile", err)
	}
	return t, faults.Err()
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

// Changes lists what differs, in the order of the form.
func Changes(a, b Terms) (list journal.Changes) {
	list.Add("title", a.Title, b.Title)
	list.Add("contract", string(a.Contract), string(b.Contract))
	list.Add("starts_on", string(a.StartsOn), string(b.StartsOn))
	list.Add("ends_on", string(a.EndsOn), string(b.EndsOn))
	list.Add("duration", a.Duration, b.Duration)
	list.Add("rhythm", a.Rhythm, b.Rhythm)
	list.Add("posts", count(a.Posts), count(b.Posts))
	list.Add("place", a.Place, b.Place)
	list.Add("description", a.Description, b.Description)
	list.Add("profile", a.Profile, b.Profile)
	return list
}

// count is a number as the history keeps it, "" for none.
func count(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// Words are the words by which a search finds the offer, folded.
func (t Terms) Words() []string { return name.Words(t.Title + " " + t.Place) }
