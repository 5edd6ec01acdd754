package notice

import (
	"slices"
	"strings"
)

// Kind is what an event is, as kept: it never changes.
type Kind string

// The kinds. What is Leading is told to an organisation's admins alone, whoever is named.
const (
	RequestState      Kind = "request_state"      // a request has another state; the detail is the state, or "reminder"
	RequestComment    Kind = "request_comment"    // somebody has written in a request; the detail is the state that this brought it into, if another
	RequestWatching   Kind = "request_watching"   // one was added to those who watch a request
	InvoiceNew        Kind = "invoice_new"        // the host has filed an invoice
	InvoiceOverdue    Kind = "invoice_overdue"    // an invoice is past its due date
	OfferState        Kind = "offer_state"        // the host has accepted or rejected an offer that one deposited; the detail is the state
	DocumentAdded     Kind = "document_added"     // the host has filed a document; the detail is "several", or "version" of one that was there
	ContactAdded      Kind = "contact_added"      // a colleague was added
	RoleChanged       Kind = "role_changed"       // a colleague has another role; the detail is the role
	InvitationRefused Kind = "invitation_refused" // the mail server refused a colleague's invitation
	SignedIn          Kind = "signed_in"          // somebody signed in with one's login from a browser that never did
	PasswordChanged   Kind = "password_changed"   // one's login has another password
	AddressChanged    Kind = "address_changed"    // one's login has another address
	OwnRole           Kind = "own_role"           // one has another role oneself; the detail is the role
)

// OwnLogin is the kind of subject of what concerns somebody's own security; its identifier is the contact's.
const OwnLogin = "own_login"

// order is that of the settings page.
var order = []Kind{
	RequestState, RequestComment, RequestWatching, InvoiceNew, InvoiceOverdue, OfferState, DocumentAdded,
	ContactAdded, RoleChanged, InvitationRefused, SignedIn, PasswordChanged, AddressChanged, OwnRole,
}

var kinds = map[Kind]struct {
	leading  bool // to admins alone
	security bool // always told, and to whoever did it too
}{
	RequestState: {}, RequestComment: {}, RequestWatching: {},
	InvoiceNew: {leading: true}, InvoiceOverdue: {leading: true}, DocumentAdded: {},
	OfferState: {}, ContactAdded: {leading: true}, RoleChanged: {leading: true}, InvitationRefused: {leading: true},
	SignedIn: {security: true}, PasswordChanged: {security: true}, AddressChanged: {security: true}, OwnRole: {security: true},
}

// Leading reports whether admins alone are told of it.
func (k Kind) Leading() bool { return kinds[k].leading }

// Security reports whether it is about one's own security: it cannot be switched off.
func (k Kind) Security() bool { return kinds[k].security }

// Switches lists the kinds that somebody may switch off, in the order of the settings page; of a leader more than of others.
func Switches(leader bool) []Kind {
	return slices.DeleteFunc(slices.Clone(order), func(k Kind) bool { return k.Security() || k.Leading() && !leader })
}

// Always lists the kinds that nobody can switch off.
func Always() []Kind {
	return slices.DeleteFunc(slices.Clone(order), func(k Kind) bool { return !k.Security() })
}

// readKinds reads kinds as they stand in a row of preference.
func readKinds(text string) map[Kind]bool {
	set := make(map[Kind]bool)
	for word := range strings.FieldsSeq(text) {
		set[Kind(word)] = true
	}
	return set
}

// writeKinds is a set as a row has it, in the order of the settings page.
func writeKinds(set map[Kind]bool) string {
	var words []string
	for _, k := range order {
		if set[k] {
			words = append(words, string(k))
		}
	}
	return strings.Join(words, " ")
}
