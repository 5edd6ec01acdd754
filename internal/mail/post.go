package mail

import (
	"net/url"

	"github.com/entregent/entregent/internal/email"
)

// Options say what a Post stands on.
type Options struct {
	BaseURL *url.URL      // every link begins with it
	From    email.Address // who every letter is from
}

// Post knows all kinds of letters. Make it with NewPost and Add the kinds before it is used; after that it is safe for
// concurrent use.
type Post struct {
	o     Options
	kinds map[string]Kind
	order []string // as added
}

// NewPost makes a Post that knows no kind yet.
func NewPost(o Options) *Post { return &Post{o: o, kinds: make(map[string]Kind)} }

// Add makes kinds known. One that is known already, or that has no Facts, is a defect and panics.
func (p *Post) Add(kinds ...Kind) {
	for _, k := range kinds {
		if _, twice := p.kinds[k.Name]; twice || k.Facts == nil {
			panic("mail: kind " + k.Name + " is known already, or has no facts")
		}
		p.kinds[k.Name] = k
		p.order = append(p.order, k.Name)
	}
}
