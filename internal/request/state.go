package request

import (
	"slices"

	"github.com/entregent/entregent/internal/actor"
)

// State is how far a request is.
type State string

// The states, in the order in which they are listed.
const (
	New             State = "new"
	InProgress      State = "in_progress"
	WaitingCustomer State = "waiting_customer"
	Resolved        State = "resolved"
	Closed          State = "closed"
	Withdrawn       State = "withdrawn"
)

// States lists them all.
func States() []State {
	return []State{New, InProgress, WaitingCustomer, Resolved, Closed, Withdrawn}
}

// Label is the key of the state's name, as the caller reads it: who is waited for is told so.
func (s State) Label(by actor.Actor) string {
	if s == WaitingCustomer && by.Kind != actor.Contact {
		return "request.state.waiting_customer.staff"
	}
	return "request.state." + string(s)
}

// who may take a step.
type who uint8

const (
	theTeam   who = 1 << iota // the host's staff
	theirWord                 // a comment of the organisation's people, whoever of them may see the request
	theOwner                  // whom the request is for, who made it, and the organisation's admins
	theClock                  // the job, when time has passed
)

// steps is how a request goes on: from where, to where, by whom. What is not in it does not happen.
var steps = []struct {
	from, to State
	by       who
}{
	{New, InProgress, theTeam},
	{New, WaitingCustomer, theTeam},
	{New, Resolved, theTeam},
	{New, Withdrawn, theOwner},

	{InProgress, WaitingCustomer, theTeam},
	{InProgress, Resolved, theTeam},
	{InProgress, Withdrawn, theOwner},

	{WaitingCustomer, InProgress, theTeam | theirWord},
	{WaitingCustomer, Resolved, theTeam},
	{WaitingCustomer, Closed, theClock},
	{WaitingCustomer, Withdrawn, theOwner},

	{Resolved, InProgress, theTeam | theirWord | theOwner},
	{Resolved, Closed, theTeam | theClock},

	{Closed, InProgress, theTeam | theOwner},
	{Withdrawn, InProgress, theTeam | theOwner},
}

// leads reports whether somebody may take the step.
func leads(from, to State, by who) bool {
	for _, s := range steps {
		if s.from == from && s.to == to {
			return s.by&by != 0
		}
	}
	return false
}

// Open reports whether something is still to be done about it; an organisation that has such a request is not deleted.
func (s State) Open() bool { return slices.Contains(openStates, s) }

// openStates are those.
var openStates = []State{New, InProgress, WaitingCustomer}

// OpenList is Open as a list of SQL.
const OpenList = `('new', 'in_progress', 'waiting_customer')`

// Over reports whether nothing is said about it any more: it is reopened first.
func (s State) Over() bool { return s == Closed || s == Withdrawn }

// ours reports whether the customer waits for the host.
func (s State) ours() bool { return s == New || s == InProgress }

// Next lists the states into which the caller may bring the request, in their order.
func (r Request) Next(by actor.Actor) (list []State) {
	for _, to := range States() {
		if leads(r.State, to, r.roleOf(by)) {
			list = append(list, to)
		}
	}
	return list
}

// MayWithdraw reports whether the caller may take the request back now.
func (r Request) MayWithdraw(by actor.Actor) bool { return leads(r.State, Withdrawn, r.roleOf(by)) }

// MayReopen reports whether the caller may reopen the request now.
func (r Request) MayReopen(by actor.Actor) bool {
	return !r.State.Open() && leads(r.State, InProgress, r.roleOf(by))
}

// roleOf is what the caller is to the request, apart from comments.
func (r Request) roleOf(by actor.Actor) who {
	switch {
	case by.Kind == actor.Program:
		return theClock | theTeam
	case (by.Kind == actor.Staff || by.Kind == actor.API) && by.May(actor.HandleRequests):
		return theTeam
	case by.Kind == actor.Contact && by.Organization == r.Organization && (by.May(actor.SeeColleaguesRequests) || by.May(actor.SeeOwnRequests) && r.isOf(by)):
		return theOwner
	}
	return 0
}

// isOf reports whether the request is for the caller, or was made by them for somebody else. Who has only the contact of the
// person whom it was for has not the request.
func (r Request) isOf(by actor.Actor) bool {
	return r.own || r.For.ID != by.Contact.UUID && r.Author.Kind == actor.Contact && r.Author.ID == by.Contact.UUID
}
