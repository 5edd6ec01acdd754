// Package fault is the vocabulary of failure: the few kinds of refusal that a person or a program may be
// told of, each with a message key and its arguments.
//
// It holds no text (the catalogue in package locale does) and no HTTP (package web maps kinds to statuses).
// An error that is not a fault is a defect or an accident: its text goes to the log, never to a person.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of refusal it is; one table in package web gives each its HTTP status.
type Kind uint8

// The kinds. There are no others: a new situation is a new message, not a new kind.
const (
	Invalid         Kind = iota + 1 // what was sent is wrong; Fields says where
	NotFound                        // it does not exist, or not for this caller
	Conflict                        // it is right in itself, but something else stands against it
	Forbidden                       // the caller may see it but not do this
	Unauthenticated                 // nobody is signed in
	TooMany                         // too often or too much; try later
)

var kindNames = [...]string{Invalid: "invalid", NotFound: "not_found", Conflict: "conflict", Forbidden: "forbidden", Unauthenticated: "unauthenticated", TooMany: "too_many"}

func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", k)
}

// Message is a sentence not yet in any language: a key of the catalogue and the values to put into it.
// As an error it is the answer of the small values' Parse functions. It never holds what somebody typed,
// except in Args and Proposal, which are for the person who typed it and not for the log.
type Message struct {
	Key      string
	Args     map[string]any // names of the catalogue's variables → values
	Proposal string         // a value that would be accepted, "" if there is none
	Link     string         // an address in this installation that helps further, "" if there is none
}

// M makes a message; args alternate name and value.
func M(key string, args ...any) Message {
	m := Message{Key: key}
	if len(args) > 0 {
		m.Args = make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			m.Args[args[i].(string)] = args[i+1]
		}
	}
	return m
}

// Error gives the key alone, so that a message in a log line carries no personal data.
func (m Message) Error() string { return m.Key }

// Field is what is wrong with one field of a form, named as in the API and the table («family_name»).
type Field struct {
	Name string
	Message
}

// Error is a refusal.
type Error struct {
	Kind    Kind
	Message Message
	Fields  []Field // with Invalid and Conflict: every fault of every field, in the order of the form
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	b.WriteString(": ")
	b.WriteString(e.Message.Key)
	for _, f := range e.Fields {
		b.WriteString(" ")
		b.WriteString(f.Name)
		b.WriteString("=")
		b.WriteString(f.Key)
	}
	return b.String()
}

// New makes a refusal of the given kind; args alternate name and value.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Message: M(key, args...)}
}

// Of makes a refusal of a message already at hand.
func Of(kind Kind, m Message) *Error { return &Error{Kind: kind, Message: m} }

// Missing is the answer for whatever does not exist for this caller, whoever owns it.
func Missing() *Error { return New(NotFound, "fault.not_found") }

// OnField makes a refusal that belongs to one field.
func OnField(kind Kind, name string, m Message) *Error {
	return &Error{Kind: kind, Message: M("fault.fields"), Fields: []Field{{Name: name, Message: m}}}
}

// As finds the refusal in err, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is reports whether err is a refusal of that kind.
func Is(err error, kind Kind) bool {
	e := As(err)
	return e != nil && e.Kind == kind
}

// Fields gathers all faults of one form, so that a person sees them at once.
// The zero value is ready for use.
type Fields struct{ list []Field }

// Add notes what is wrong with a field. A nil err adds nothing. An error that is not a Message is a
// defect of the caller and panics.
func (f *Fields) Add(name string, err error) {
	if err == nil {
		return
	}
	var m Message
	if !errors.As(err, &m) {
		panic(fmt.Sprintf("fault: field %s: %T is not a fault.Message", name, err))
	}
	f.list = append(f.list, Field{Name: name, Message: m})
}

// Has reports whether the field has a fault already.
func (f *Fields) Has(name string) bool {
	for _, x := range f.list {
		if x.Name == name {
			return true
		}
	}
	return false
}

// Proposal is the value that the field's fault proposes, "" if there is none.
func (f *Fields) Proposal(name string) string {
	for _, x := range f.list {
		if x.Name == name && x.Proposal != "" {
			return x.Proposal
		}
	}
	return ""
}

// Withdraw takes back what the field's faults propose.
func (f *Fields) Withdraw(name string) {
	for i := range f.list {
		if f.list[i].Name == name {
			f.list[i].Proposal = ""
		}
	}
}

// Err is nil when nothing was added, else one Invalid refusal with every field.
func (f *Fields) Err() error {
	if len(f.list) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Message: M("fault.fields"), Fields: f.list}
}
