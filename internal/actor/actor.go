// Package actor says who is calling and what they may do. policy.go is the one table of permissions:
// menus, routes and verbs read it.
//
// It knows no session, no password and no token's secret; a face makes an Actor from a session on each request, room token makes
// one of a token, a job or the command line makes one by OfProgram.
package actor

import (
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
)

// Kind says which sort of caller it is, as the history keeps it.
type Kind string

// The kinds of caller.
const (
	Staff   Kind = "staff"   // a person who works for the workspace
	Contact Kind = "contact" // a person of an organisation, through one contact of theirs
	Program Kind = "program" // a job of this program, or its command line
	API     Kind = "token"   // another program, by a token of the workspace
)

// Actor is the caller of a verb, in one workspace. The zero value may do nothing.
//
// A verb that a Contact may call confines itself to the caller's own Organization and Contact: whatever else there is
// does not exist for them.
type Actor struct {
	Kind         Kind
	Workspace    id.Workspace
	Login        id.Login        // who, when Kind is Staff or Contact
	Contact      id.Contact      // through whom the person came in, when Kind is Contact
	Organization id.Organization // that contact's, when Kind is Contact
	Role         Role
	Token        id.Token // by which the program came in, when Kind is API
	Rights       Rights   // of that token
}

// OfProgram is the caller that stands for this program itself in a workspace: the command line and the jobs.
// It may do everything that staff admins may.
func OfProgram(workspace id.Workspace) Actor {
	return Actor{Kind: Program, Workspace: workspace, Role: ProgramRole}
}

// OfToken is another program that came in by a token: what an officer may as far as the rights cover it, and what only admins
// may where a right is for that alone.
func OfToken(workspace id.Workspace, token id.Token, rights Rights) Actor {
	return Actor{Kind: API, Workspace: workspace, Role: StaffOfficer, Token: token, Rights: rights}
}

// May reports whether the policy grants the permission to the caller's role, and the token's rights cover it. A role of the
// portal that is nobody's in no organisation may do nothing.
func (a Actor) May(p Permission) bool {
	if a.Kind == API {
		return a.Workspace != 0 && a.Role == StaffOfficer && !a.Token.IsZero() && a.Rights.cover(p)
	}
	if a.Role&portal != 0 && (a.Kind != Contact || a.Contact.IsZero() || a.Organization.IsZero()) {
		return false
	}
	return a.Workspace != 0 && policy[p].roles&a.Role != 0
}

// Who is the caller as the history keeps them: the contact, the login of a member of staff, the token of another program; zero
// for this one.
func (a Actor) Who() id.UUID {
	switch a.Kind {
	case Contact:
		return a.Contact.UUID
	case API:
		return a.Token.UUID
	}
	return a.Login.UUID
}

// Sort is the kind of the caller where other programs are told from this one by Who alone.
func (a Actor) Sort() Kind {
	if a.Kind == API {
		return Program
	}
	return a.Kind
}

// Need is nil when the caller may, else a fault.Forbidden. It is the first line of every verb.
func (a Actor) Need(p Permission) error {
	if a.May(p) {
		return nil
	}
	return fault.New(fault.Forbidden, "fault.forbidden")
}
