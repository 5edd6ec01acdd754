package offer

import (
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/sqldb"
)

// Text is what a form or a program says of an offer, as text.
type Text = terms.Text

// Input is an offer as text, and how it came.
type Input struct {
	Text

	Source     Source     // Create: "" = Office for staff, Portal for an organisation's own people
	Depositor  id.Contact // Create by staff or the program: the contact who sent it in, who is attached as its recruiter; zero = nobody
	Submission id.UUID    // Create: the form's own number, so that a repeated POST makes nothing twice; zero = none
	Version    int64      // Edit: the version that the person saw
}

// How long the texts may be, in characters, and how many posts one offer may have.
const (
	MaxTitle       = terms.MaxTitle
	MaxLine        = terms.MaxLine // duration, rhythm, place
	MaxDescription = terms.MaxDescription
	MaxProfile     = terms.MaxProfile
	MaxPosts       = terms.MaxPosts
)

// Contract is what an offer offers; Contracts are all, in the order of a form.
type Contract = terms.Contract

// Contracts, see Contract.
func Contracts() []Contract { return terms.Contracts() }

// Parse turns the text into values, or gives every fault at once, in the order of the form.
func (in Input) Parse() (Offer, error) {
	said, err := in.Text.Parse()
	return Offer{Terms: said}, err
}

// take has the offer say what the other says.
func (o *Offer) take(said terms.Terms) {
	o.Terms, o.Year = said, o.CreatedAt.Time().UTC().Year()
	if !o.StartsOn.IsZero() {
		o.Year = o.StartsOn.Year()
	}
}

// wordRows are the words by which a search finds the offer.
func (o Offer) wordRows(workspace id.Workspace) (rows [][]any) {
	for _, w := range o.Words() {
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
