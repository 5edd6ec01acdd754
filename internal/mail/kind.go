package mail

import (
	"context"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail/prose"
	"github.com/entregent/entregent/internal/sqldb"
)

// Kind is a sort of letter. Rooms make theirs, package app hands them to the Post.
type Kind struct {
	Name      string   // "invitation": small letters and underscores; it is kept with each letter and never changes
	Own       bool     // a workspace may word it itself: letters about its own contacts; never sign-in, password, address or security
	Variables []string // that its text may hold, by their names in the code: "given_name"
	Coded     bool     // its letters show a code; only samples ask

	// Facts read, when the letter is sent and in a transaction that only reads, whom it goes to and what it says.
	// ErrWithdrawn, or a fault.NotFound, withdraws the letter.
	Facts func(ctx context.Context, tx *sqldb.Tx, l Letter) (Facts, error)

	// Accepted is called in the transaction that records that the mail server took the letter; nil = nothing to do.
	Accepted func(ctx context.Context, tx *sqldb.Tx, l Letter) error

	// Refused is called once, in a transaction of its own, after a letter was refused for good or given up; nil = nothing to do.
	Refused func(ctx context.Context, tx *sqldb.Tx, l Letter) error

	names prose.Dictionary // of the Variables; Post.Add makes it
}

// KindName is what staff call the letters of a kind; one that this version does not know has its own name.
func KindName(p *locale.Printer, kind string) string {
	if key := "mail.kind." + kind; p.Has(key) {
		return p.Text(key)
	}
	return kind
}

// TextName names a wording: what staff call the kind, and the wording's language.
func TextName(p *locale.Printer, kind string, language locale.Language) string {
	return p.Text("mail.text.name", "Kind", KindName(p, kind), "Language", language.Name())
}

// Facts are what one letter says and to whom.
type Facts struct {
	To      email.Address
	Name    string            // of whom it goes to
	P       *locale.Printer   // in their language and time zone, with the nouns of the workspace
	From    string            // who writes: the workspace's name; "" = Entregent
	Values  map[string]string // of the Kind's Variables; what is missing is empty
	Items   []string          // a list below the text
	Author  string            // who, of the person's own organisation, had it sent: mail.(kind).author says so below the text; "" = nobody
	URL     string            // where the button leads: a path below the base URL, "/activate/…"; "" = no button
	Code    string            // shown below the button; "" = none
	CodeURL string            // the path of the page where the code is typed; "" = not said
	Until   sqldb.Time        // until when link and code hold; zero = not said
	ReplyTo email.Address     // where an answer goes; the letter then says that it may be answered, above its first line; zero = not said
	Other   string            // the path of one more page, which mail.(kind).other introduces; "" = none
}

// Message is a letter as it goes out.
type Message struct {
	ID       string // of the Message-ID, without < >; the same at every try
	From, To email.Address
	ReplyTo  email.Address // zero = not said
	FromName string
	ToName   string
	Language locale.Language
	Date     sqldb.Time
	Subject  string
	Text     string
	HTML     string
}
