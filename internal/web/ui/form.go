package ui

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/password"
)

// Form is what a form shows: the values typed or stored, and what is wrong with them. Its methods that are
// templ components draw the fields with their wiring; a field is named as in the table («family_name»).
//
// A handler gets one from Request.NewForm (empty), fills it with Set, or from Request.ReadForm (posted).
type Form struct {
	P      *locale.Printer
	ID     string            // of the form; stands before the fields' own, so that several forms fit on a page
	Values url.Values        // by field name
	Labels map[string]string // by field name; Summary names the fields by them
	Error  *fault.Error      // nil while nothing is wrong
	Kept   bool              // the values waited for their author to sign in again; nothing was stored
	Files  []KeptFile        // what came along with it and is kept for the next time

	fresh bool // the values are those stored, whose version SetVersion noted
}

// Set puts a stored value into the field, for a form that is shown the first time.
func (f *Form) Set(name, value string) *Form {
	if f.Values == nil {
		f.Values = url.Values{}
	}
	f.Values.Set(name, value)
	return f
}

// SetBool ticks the checkbox, or does not.
func (f *Form) SetBool(name string, on bool) *Form {
	if on {
		return f.Set(name, "1")
	}
	f.Values.Del(name)
	return f
}

// SetVersion notes which version of what is stored the person sees; Version reads it back.
func (f *Form) SetVersion(v int64) *Form {
	f.fresh = f.Error == nil
	return f.Set("version", strconv.FormatInt(v, 10))
}

// Version is the version that the person saw; none is an old one.
func (f *Form) Version() int64 {
	version, _ := strconv.ParseInt(f.Value("version"), 10, 64)
	return version
}

// Submission is the form's own number, by which a repeated post is known; none is zero.
func (f *Form) Submission() id.UUID { return id.Read(f.Value("submission")) }

// AcceptBox takes over a stored answer that was accepted for a checkbox, which is not sent while it is off.
func (f *Form) AcceptBox(name string) {
	if value, ok := strings.CutPrefix(f.Value("accept"), name+"="); ok {
		f.SetBool(name, value != "")
	}
}

// Value is what the field holds, as typed; "" when it was not sent.
func (f *Form) Value(name string) string { return f.Values.Get(name) }

// Bool reports whether the checkbox was ticked.
func (f *Form) Bool(name string) bool { return f.Value(name) != "" }

// Has reports whether the field was sent at all.
func (f *Form) Has(name string) bool { return f.Values.Has(name) }

// Fail reports whether err is a refusal that the form itself shows: wrong or conflicting values, or a form that
// was kept for its author. The handler then renders the form again with 422, everything typed kept. Any other error (nil too) is
// false and goes the usual way.
func (f *Form) Fail(err error) bool {
	e := fault.As(err)
	if e == nil || e.Kind != fault.Invalid && e.Kind != fault.Conflict {
		return false
	}
	f.Error = e
	return true
}

// Refused is Fail for a form whose tries are counted: it shows a fault.TooMany as well.
func (f *Form) Refused(err error) bool {
	if fault.Is(err, fault.TooMany) {
		f.Error = fault.As(err)
		return true
	}
	return f.Fail(err)
}

// storedKey says what somebody else has stored in a field meanwhile.
const storedKey = "web.stored"

// Compare marks a field that somebody else has changed meanwhile to another value than the one typed, after a fault.Conflict
// «fault.version»: shown is how the stored value reads. The page then shows both, and one press takes the stored one. What the form's
// author alone has changed is not marked.
func (f *Form) Compare(name, stored, shown string) {
	if f.Error == nil {
		return
	}
	theirs := f.rebase(name, stored)
	if !theirs || f.Value(name) == stored {
		return
	}
	m := fault.M(storedKey, "Value", shown)
	m.Proposal = stored
	f.Error.Fields = append(f.Error.Fields, fault.Field{Name: name, Message: m})
}

// CompareBool is Compare for a checkbox; key begins the texts of the two answers: key + "on", key + "off".
func (f *Form) CompareBool(name string, stored bool, key string) {
	if f.Bool(name) == stored {
		return
	}
	var box Form
	answer := "off"
	if stored {
		answer = "on"
	}
	f.Compare(name, box.SetBool(name, stored).Value(name), f.P.Text(key+answer))
}

// FieldError is what is wrong with the field; false when nothing is.
func (f *Form) FieldError(name string) (fault.Message, bool) {
	if f.Error != nil {
		for _, x := range f.Error.Fields {
			if x.Name == name {
				return x.Message, true
			}
		}
	}
	return fault.Message{}, false
}

// FieldID is the id of the field's control, for labels and links.
func (f *Form) FieldID(name string) string {
	if f.ID == "" {
		return name
	}
	return f.ID + "-" + name
}

// proposals reports whether a field offers a value that one press accepts.
func (f *Form) proposals() bool {
	if f.Error != nil {
		for _, x := range f.Error.Fields {
			if x.Proposal != "" {
				return true
			}
		}
	}
	return false
}

// described lists the ids of what explains the field: the error first, then hint and «optional».
func (f *Form) described(name string, optional bool, hint string) string {
	var ids []string
	if _, wrong := f.FieldError(name); wrong {
		ids = append(ids, f.FieldID(name)+"-error")
	}
	if hint != "" {
		ids = append(ids, f.FieldID(name)+"-hint")
	}
	if optional {
		ids = append(ids, f.FieldID(name)+"-opt")
	}
	return strings.Join(ids, " ")
}

// Width is how much of a row a field takes where there is room; the zero value is half of it.
type Width string

// The widths.
const (
	Half      Width = ""
	Full      Width = "full"
	Third     Width = "third"
	TwoThirds Width = "two-thirds"
)

func (w Width) class() string {
	if w == Half {
		return "field"
	}
	return "field " + string(w)
}

// Input describes a field of one line.
type Input struct {
	Name         string // as in the table
	Label        string
	Type         string // of the input; "" = text
	Hint         string
	Autocomplete string // "" = off
	InputMode    string // "numeric", …
	Placeholder  string
	Width        Width
	Optional     bool // shown as optional; else the field is required
	ReadOnly     bool
	Autofocus    bool
	Check        string // an address that is asked while typing: its answer (a fragment) is shown under the field
	Weigh        string // the same for a new password, which is posted there as «password»: its answer is Strength
	Max          int    // of characters, for the browser; 0 = the room alone decides
}

// typeOf is the input's type. Browsers empty a field for a day when its value is none that they write themselves, so that
// a day which was typed otherwise, or is none, comes back in a field for text, where it can be seen and mended.
func (f *Form) typeOf(in Input) string {
	if in.Type == "date" && f.Value(in.Name) != "" {
		if _, err := time.Parse(time.DateOnly, f.Value(in.Name)); err != nil {
			return "text"
		}
	}
	return orElse(in.Type, "text")
}

// Option is one answer of a Select or Choices.
type Option struct {
	Value string
	Text  string
	Hint  string // under the answer, in Choices only
}

// Select describes a field with few answers.
type Select struct {
	Name, Label, Hint string
	Options           []Option
	Width             Width
	Optional          bool
	Blank             bool // an empty answer stands first
	Autofocus         bool
}

// Textarea describes a field of several lines.
type Textarea struct {
	Name, Label, Hint string
	Width             Width
	Rows              int // 0 = 5
	Optional          bool
	Max               int // of characters, for the browser
}

// Checkbox describes a yes or no.
type Checkbox struct {
	Name, Label, Hint string
	Value             string // sent when ticked; "" = "1"
	Disabled          bool
}

// Choices describes a question of which all answers are seen at once.
type Choices struct {
	Name, Label, Hint string
	Options           []Option
	Width             Width
	Boxed             bool
}

// wiring is what ties a control to its explanations.
func (f *Form) wiring(name string, optional bool, hint string) templ.Attributes {
	a := templ.Attributes{}
	if d := f.described(name, optional, hint); d != "" {
		a["aria-describedby"] = d
	}
	if _, wrong := f.FieldError(name); wrong {
		a["aria-invalid"] = "true"
	}
	if !optional {
		a["required"] = true
	}
	return a
}

// wiringOf is that of a field of one line; nobody is required to fill in what is only read.
func (f *Form) wiringOf(in Input) templ.Attributes {
	a := f.wiring(in.Name, in.Optional, in.Hint)
	if in.ReadOnly {
		delete(a, "required")
	}
	return a
}

// labelled is what is wrong with a field, for the summary, where its label is not beside it.
func (f *Form) labelled(x fault.Field) string {
	if f.Labels[x.Name] == "" {
		return f.P.Message(x.Message)
	}
	return f.P.Text("web.field_fault", "Label", f.Labels[x.Name], "Fault", f.P.Message(x.Message))
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func rows(n int) string {
	if n == 0 {
		n = 5
	}
	return strconv.Itoa(n)
}

func bits(b float64) string { return strconv.FormatFloat(b, 'f', 0, 64) }

// shown is the part of the bar that is full: never up to the mark for what is refused.
func shown(s password.Strength) string {
	if s.Refusal.Key != "" {
		return bits(min(s.Bits, password.Enough-1))
	}
	return bits(min(s.Bits, password.Strong))
}

func verdict(p *locale.Printer, s password.Strength) string {
	switch {
	case s.Refusal.Key != "":
		return p.Message(s.Refusal)
	case s.Bits < password.Strong:
		return p.Text("web.strength.enough")
	}
	return p.Text("web.strength.strong")
}
