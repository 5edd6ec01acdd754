package notice

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// Person is a contact as they come in now, and as they are written to.
type Person struct {
	Contact      id.Contact
	Number       int64       // the contact's
	By           actor.Actor // as the portal would let them in; may do nothing where a gate is shut, but names its organisation
	Open         bool        // all three gates are open
	Leads        bool        // it is an admin of its organisation, whatever the gates say
	Subject      journal.Subject
	To           email.Address
	Name         string // of the login
	GivenName    string
	P            *locale.Printer // in the person's language and time zone, with the nouns of the workspace
	Workspace    string          // its name
	Slug         string
	Organization string // its name
}

// Sight is a subject as somebody sees it.
type Sight struct {
	Label string // what the person calls it: « D-000123 – Imprimante »
	Path  string // its page, below the portal of the organisation: "/requests/…"

	Answers int64 // the subject's number, where a letter about it may be answered by mail; 0 = it may not
	Outside bool  // Path is not below a portal: "/profile"

	Past []Kind // what was told about the subject and holds no more: it is told no more
}

// Source tells of the subjects of one kind. The room that has them makes it, package app hands it to Desk.Add.
type Source struct {
	Kind string // journal.Subject's

	// See reads those of the subjects that the caller, a contact, may see now; what is missing in the answer is not told. It
	// is the verb's own rule, by few statements: of many subjects for one reader, of one subject for one after the other.
	See func(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.UUID) (map[id.UUID]Sight, error)
}

// Options say what a Desk stands on.
type Options struct {
	// People reads contacts of a workspace as they come in now; who is gone is left out.
	People func(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, of []id.Contact) (map[id.Contact]Person, error)
	// Leaders lists the admins of an organisation whose gates are open.
	Leaders func(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, of id.Organization) ([]id.Contact, error)

	// ReplyTo is where somebody's answer to a letter about a subject goes, which is named by its number; nil, and the zero address: a
	// letter is not answered.
	ReplyTo func(to Person, subject int64) email.Address

	Retention time.Duration // how long a notice is kept
}

// Desk works off what was told, and reads it. Make it with NewDesk and Add the sources before it is used; after that it is
// safe for concurrent use.
type Desk struct {
	o       Options
	sources map[string]Source
}

// NewDesk makes a desk that knows no subject yet.
func NewDesk(o Options) *Desk { return &Desk{o: o, sources: make(map[string]Source)} }

// Add makes subjects known. A kind that is known already is a defect and panics. What is told of a kind that nobody has added
// is told to nobody.
func (d *Desk) Add(sources ...Source) {
	for _, s := range sources {
		if _, twice := d.sources[s.Kind]; twice || s.See == nil {
			panic("notice: source " + s.Kind + " is known already, or sees nothing")
		}
		d.sources[s.Kind] = s
	}
}

// see reads what the caller may see now of the notices' subjects.
func (d *Desk) see(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Notice) (map[id.UUID]Sight, error) {
	wanted := make(map[string][]id.UUID)
	for _, n := range list {
		if !n.Kind.Leading() || leads(by) {
			wanted[n.Subject.Kind] = append(wanted[n.Subject.Kind], n.Subject.ID)
		}
	}
	all := make(map[id.UUID]Sight, len(list))
	for kind, ids := range wanted {
		s, ok := d.sources[kind]
		if !ok {
			continue
		}
		seen, err := s.See(ctx, tx, by, ids)
		if err != nil {
			return nil, err
		}
		for subject, sight := range seen {
			all[subject] = sight
		}
	}
	return all, nil
}

// leads reports whether the caller is one of an organisation's admins.
func leads(by actor.Actor) bool { return by.May(actor.SeeColleaguesAccess) }
