package actor

import "strings"

// Right is one line of what a token may be given: a noun and what is done with it, «contacts:read». The API's documentation
// names rights so, and a token keeps them as these texts.
type Right string

// The rights.
const (
	OrganizationsRead   Right = "organizations:read"
	OrganizationsWrite  Right = "organizations:write"
	OrganizationsDelete Right = "organizations:delete"
	ContactsRead        Right = "contacts:read"
	ContactsWrite       Right = "contacts:write"
	ContactsSuperAdmin  Right = "contacts:super_admin"
	OffersRead          Right = "offers:read"
	OffersWrite         Right = "offers:write"
	DocumentsRead       Right = "documents:read"
	DocumentsWrite      Right = "documents:write"
	RequestsRead        Right = "requests:read"
	RequestsWrite       Right = "requests:write"
	InvoicesRead        Right = "invoices:read"
	InvoicesWrite       Right = "invoices:write"
	JournalRead         Right = "journal:read"
	JournalWrite        Right = "journal:write"
	ExportRight         Right = "export"
)

// Rights is a set of them. The zero value is none.
type Rights uint64

// ReadRights is the set of those texts; the first that is no right is told, else unknown is "".
func ReadRights(list []string) (set Rights, unknown string) {
	for _, text := range list {
		bit := Right(text).bit()
		if bit == 0 {
			return 0, text
		}
		set |= bit
	}
	return set, ""
}

// Has reports whether the right is in the set.
func (r Rights) Has(right Right) bool { return r&right.bit() != 0 }

// Names lists the set in the order of the table.
func (r Rights) Names() (list []string) {
	for i, row := range rights {
		if r&(1<<i) != 0 {
			list = append(list, string(row.Right))
		}
	}
	return list
}

// Noun is what the right is about: «contacts» of contacts:read; of one that is about no noun, itself.
func (r Right) Noun() string {
	noun, _, _ := strings.Cut(string(r), ":")
	return noun
}

// AllRights lists them in the order of the table.
func AllRights() []Right {
	list := make([]Right, len(rights))
	for i, row := range rights {
		list[i] = row.Right
	}
	return list
}

// IsForAdmins reports whether the right covers what in the back office only admins may.
func (r Right) IsForAdmins() bool {
	for _, row := range rights {
		if row.Right == r {
			return row.admin
		}
	}
	return false
}

func (r Right) bit() Rights {
	for i, row := range rights {
		if row.Right == r {
			return 1 << i
		}
	}
	return 0
}

// cover reports whether one of the rights covers the permission.
func (r Rights) cover(p Permission) bool { return int(p) < len(covering) && covering[p]&r != 0 }

// covering is the table of rights read the other way.
var covering = func() (of [last + 1]Rights) {
	for i, row := range rights {
		for _, p := range row.covers {
			of[p] |= 1 << i
		}
	}
	return of
}()
