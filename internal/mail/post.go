package mail

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail/prose"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Options say what a Post stands on; Log, Parallel and Attempts have a zero value that works.
type Options struct {
	BaseURL   *url.URL      // every link begins with it, whatever a request said
	From      email.Address // who every letter is from
	Transport Transport     // how letters leave; nil = they wait
	Parallel  int           // letters sent at once on this node [1]
	Attempts  int           // tries before a letter counts as refused [the runner's]
	Log       *slog.Logger  // [slog.Default]

	// Colleague reads whom a sample goes to: a member of the workspace's staff. It gives To, Name, P and From.
	Colleague func(ctx context.Context, tx *sqldb.Tx, l Letter) (Facts, error)
}

// Transport hands letters to whoever delivers them. It is safe for concurrent use.
type Transport interface {
	// Send returns nil once the letter was taken over. A *Failure says why not, and whether for good.
	Send(ctx context.Context, m Message) error
	// Close ends what is kept open between letters.
	Close()
}

// Post knows all kinds of letters, writes them and sends them. Make it with NewPost and Add the kinds before it is
// used; after that it is safe for concurrent use.
type Post struct {
	o     Options
	kinds map[string]Kind
	order []string // as added

	mu    sync.Mutex
	taken map[id.Letter]bool // by the mail server, while the database could not note it
}

// NewPost makes a Post that knows no kind yet.
func NewPost(o Options) *Post {
	o.Parallel = max(o.Parallel, 1)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Post{o: o, kinds: make(map[string]Kind), taken: make(map[id.Letter]bool)}
}

// Add makes kinds known. One that is known already, has no Facts, or whose texts are missing or cannot be read in some
// language is a defect and panics.
func (p *Post) Add(kinds ...Kind) {
	for _, k := range kinds {
		if _, twice := p.kinds[k.Name]; twice || k.Facts == nil {
			panic("mail: kind " + k.Name + " is known already, or has no facts")
		}
		k.names = k.dictionary()
		for _, printer := range printers() {
			if err := k.check(printer); err != nil {
				panic(fmt.Sprintf("mail: kind %s (%s): %v", k.Name, printer.Language(), err))
			}
		}
		p.kinds[k.Name] = k
		p.order = append(p.order, k.Name)
	}
}

// Waits reports that no letter is sent, for want of a mail server.
func (p *Post) Waits() bool { return p.o.Transport == nil }

// Readable reports that letters stay in the Outbox, so that staff admins may read them.
func (p *Post) Readable(ctx context.Context, tx *sqldb.Tx) (bool, error) {
	o, ok := p.o.Transport.(Outbox)
	if !ok || o.Alone == nil {
		return ok, nil
	}
	return o.Alone(ctx, tx)
}

// Close ends what the transport keeps open.
func (p *Post) Close() {
	if p.o.Transport != nil {
		p.o.Transport.Close()
	}
}

// printers are one for each language and pair of nouns.
func printers() (list []*locale.Printer) {
	for _, language := range locale.Languages() {
		for _, organization := range []locale.OrganizationNoun{locale.Company, locale.Practice, locale.Organization} {
			for _, host := range []locale.HostNoun{locale.School, locale.Vendor} {
				list = append(list, locale.For(language, organization, host, nil))
			}
		}
	}
	return list
}

// check looks at what the catalogue has for the kind.
func (k Kind) check(p *locale.Printer) error {
	keys := []string{"mail.kind." + k.Name, "mail." + k.Name + ".subject", "mail." + k.Name + ".body"}
	for _, v := range k.Variables {
		keys = append(keys, "mail.variable."+v)
		if k.Own {
			keys = append(keys, "mail.sample."+v)
		}
	}
	for _, key := range keys {
		if !p.Has(key) {
			return fmt.Errorf("the catalogue has no %s", key)
		}
	}
	_, _, err := k.standard(p)
	return err
}

// standard is Entregent's own wording of the kind.
func (k Kind) standard(p *locale.Printer) (subject, body prose.Text, err error) {
	return k.read(p.Text("mail."+k.Name+".subject"), p.Text("mail."+k.Name+".body"))
}

// read parses both parts of a letter's text.
func (k Kind) read(subject, body string) (s, b prose.Text, err error) {
	if s, err = k.names.Parse(subject, MaxSubject); err != nil {
		return s, b, err
	}
	b, err = k.names.Parse(body, MaxBody)
	return s, b, err
}

// dictionary has every name of the kind's variables: each language's, with any noun, and the code's.
func (k Kind) dictionary() prose.Dictionary {
	d := make(prose.Dictionary)
	for _, v := range k.Variables {
		d[name.Fold(v)] = v
		for _, p := range printers() {
			d[name.Fold(p.Text("mail.variable."+v))] = v
		}
	}
	return d
}

// kind finds a kind by its name.
func (p *Post) kind(name string) (Kind, error) {
	k, ok := p.kinds[name]
	if !ok {
		return k, fmt.Errorf("mail: no kind %q", name)
	}
	return k, nil
}

// host is the base URL's name without its port, as the right half of a Message-ID.
func (p *Post) host() string {
	host := cmp.Or(p.o.BaseURL.Hostname(), "localhost")
	if strings.Contains(host, ":") { // IPv6
		return "[" + host + "]"
	}
	return host
}
