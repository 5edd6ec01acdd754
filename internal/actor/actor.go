// Package actor says who is calling and what they may do. policy.go is the one table of permissions:
// menus, routes and verbs read it.
//
// It knows no session and no password; a face makes an Actor from a session on each request, a job or the
// command line makes one by Program.
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
	Program Kind = "program" // a job of this program, or its command line
)

// Actor is the caller of a verb, in one workspace. The zero value may do nothing.
type Actor struct {
	Kind      Kind
	Workspace id.Workspace
	Login     id.Login // who, when Kind is Staff
	Role      Role
}

// OfProgram is the caller that stands for this program itself in a workspace: the command line and the jobs.
// It may do everything that staff admins may.
func OfProgram(workspace id.Workspace) Actor {
	return Actor{Kind: Program, Workspace: workspace, Role: ProgramRole}
}

// May reports whether the policy grants the permission to the caller's role.
func (a Actor) May(p Permission) bool {
	return a.Workspace != 0 && a.Role != 0 && policy[p].roles&a.Role != 0
}

// Need is nil when the caller may, else a fault.Forbidden. It is the first line of every verb.
func (a Actor) Need(p Permission) error {
	if a.May(p) {
		return nil
	}
	return fault.New(fault.Forbidden, "fault.forbidden")
}
