// Package support is what the faces share of support requests: how a state, a kind and a person are told to either side, the
// filters by them, what a form about a request brings, and its files.
//
// It has no page and no route of its own, and changes nothing; those are the faces'.
package support

import (
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/takeout"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// Part is the id of the element that follows search, filters, order and paging.
const Part = "list"

// State is a state in words, as the reader says it.
func State(r *web.Request, s request.State) string { return r.P.Text(s.Label(r.By)) }

// Badge is how far a request is. What waits for the reader stands out.
func Badge(r *web.Request, s request.State) templ.Component {
	ours, theirs := request.New, request.WaitingCustomer
	if !isStaff(r) {
		ours, theirs = theirs, ours
	}
	tone, icon := ui.Plain, "none"
	switch s {
	case ours:
		tone, icon = ui.Warn, "alert"
	case theirs:
		icon = "clock"
	case request.InProgress:
		tone, icon = ui.Info, "talk"
	case request.Resolved:
		tone, icon = ui.OK, "ok"
	case request.Closed:
		icon = "check"
	}
	return ui.Badge(tone, icon, State(r, s))
}

// Subject is a subject as a page shows it: no line ends between a guillemet and what it encloses, however that was typed.
func Subject(q request.Request) string { return guillemets.Replace(q.Subject) }

var guillemets = strings.NewReplacer("« ", "«\u00a0", " »", "\u00a0»")

// Kind is a kind in words.
func Kind(p *locale.Printer, k request.Kind) string { return p.Text("request.kind." + string(k)) }

// Kinds are the answers to what kind a request is.
func Kinds(p *locale.Printer) (options []ui.Option) {
	for _, k := range kinds {
		options = append(options, ui.Option{Value: string(k), Text: Kind(p, k), Hint: p.Text("support.kind." + string(k))})
	}
	return options
}

var kinds = []request.Kind{request.Technical, request.Administrative}

// States are the answers of the filter by state, those that are open first.
func States(r *web.Request) []ui.Option {
	options := []ui.Option{{Value: string(docket.OpenOnes), Text: State(r, docket.OpenOnes)}}
	for _, s := range request.States() {
		options = append(options, ui.Option{Value: string(s), Text: State(r, s)})
	}
	return options
}

// AskedState reads the filter by state; what means nothing is "".
func AskedState(text string) request.State {
	if s := request.State(text); s == docket.OpenOnes || slices.Contains(request.States(), s) {
		return s
	}
	return ""
}

// AskedKind reads the filter by kind, see AskedState.
func AskedKind(text string) request.Kind {
	if k := request.Kind(text); slices.Contains(kinds, k) {
		return k
	}
	return ""
}

// Search is what a list of requests can be searched for; kept names what else of the address stays.
func Search(r *web.Request, action, query string, kept ...string) ui.Search {
	return ui.Search{Action: action, Label: r.P.Text("support.search"), Placeholder: r.P.Text("support.search.hint"), Value: query, Keep: r.Pick(kept...), Swap: Part}
}

// Filters are those of a list, by state and kind, and more.
func Filters(r *web.Request, f docket.Filter, open bool, more ...ui.Question) ui.Filters {
	p := r.P
	return ui.Filters{Label: p.Text("support.filters"), Open: open, Questions: append([]ui.Question{
		{Name: "state", Label: p.Text("request.field.state"), Any: p.Text("support.state.any"), Chosen: string(f.State), Options: States(r)},
		{Name: "kind", Label: p.Text("request.field.kind"), Any: p.Text("support.kind.any"), Chosen: string(f.Kind), Options: Kinds(p)},
	}, more...)}
}

// For is the filter by whom requests are for: who is chosen, if anybody is, and others.
func For(r *web.Request, c contact.Row, others ...request.Person) ui.Question {
	q := ui.Question{Name: "contact", Label: r.P.Text("request.field.contact"), Any: r.P.Text("support.contact.any"), Chosen: c.ID.String()}
	if !c.ID.IsZero() {
		q.Options = append(q.Options, ui.Option{Value: c.ID.String(), Text: web.Name(r.P, c)})
	}
	for _, p := range others {
		if p.ID != c.ID.UUID {
			q.Options = append(q.Options, ui.Option{Value: p.ID.String(), Text: Name(r, p)})
		}
	}
	return q
}

// Count is how many requests a list has, with their noun.
func Count(p *locale.Printer, part paging.Part[request.Listed]) string {
	if part.More {
		return p.Text("support.more", "N", part.Total)
	}
	return p.Count("support.count", part.Total)
}

// Exports offer what a list at an address finds, asked for by q.
func Exports(r *web.Request, at string, q url.Values) (links []ui.Link) {
	for _, format := range []list.Format{list.CSV, list.XLSX} {
		q.Set("format", string(format))
		links = append(links, ui.Link{Text: r.P.Text("support.export." + string(format)), URL: at + "/export?" + q.Encode(), Icon: "doc"})
	}
	return links
}

// Export takes along what a filter finds, in the format that the address asks for, by the face's way out.
func Export(r *web.Request, exit takeout.Exit, f docket.Filter) error {
	format, ok := list.ParseFormat(r.Query("format"))
	if !ok || format == list.JSONL {
		return fault.Missing()
	}
	return exit.Whole(r, func() error {
		name := r.P.Text("support.export.name", "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + "." + string(format)
		return r.Download(name, format.MediaType(), func(w io.Writer) error {
			_, err := transfer.ExportRequests(r.Context(), r.Site().DB, r.By, f, format, w, r.P)
			return err
		})
	})
}

// Name is what somebody of a request is called: a contact that is gone, or is somebody else by now, by its number. Customers see the host behind a member
// of its team, and the host alone where that has left.
func Name(r *web.Request, p request.Person) string {
	switch {
	case p.Former:
		return r.P.Text("support.former", "Number", contact.Label(p.Number))
	case p.Kind == actor.Contact && p.ID == r.By.Contact.UUID:
		return r.P.Text("support.you")
	case p.Name != "" && p.Kind == actor.Staff && !isStaff(r):
		return r.P.Text("support.of_host", "Name", p.Name, "Workspace", r.Workspace.Name)
	case p.Name != "" && p.Kind == actor.Program:
		return r.P.Text("told.other_program", "Name", p.Name)
	case p.Name != "":
		return p.Name
	case p.Kind == actor.Contact:
		return r.P.Text("told.deleted.contact", "Number", contact.Label(p.Number))
	case !isStaff(r):
		return r.Workspace.Name
	case p.Kind == actor.Program:
		return r.P.Text("support.program")
	}
	return r.P.Text("support.staff_gone")
}

func isStaff(r *web.Request) bool { return r.By.Kind == actor.Staff }

// NoHealthData is the field by which somebody says that files hold none.
const NoHealthData = "no_health_data"

// Labels are what a form with Files calls its fields, with more of its own, which alternate name and label.
func Labels(r *web.Request, more ...string) map[string]string {
	labels := map[string]string{file.Field: r.P.Text("support.files"), NoHealthData: r.P.Text("support.no_health_data.short")}
	for i := 0; i+1 < len(more); i += 2 {
		labels[more[i]] = more[i+1]
	}
	return labels
}

// Uploads reads a form that has Files (web.Request.Uploads). A vendor takes none of their bytes without the word that they
// hold no health data, which stands before them.
func Uploads(r *web.Request, formID string) (*ui.Form, []file.Received, error) {
	return r.Uploads(formID, func(before *ui.Form) error {
		if r.Workspace.Kind != workspace.Vendor || before.Bool(NoHealthData) {
			return nil
		}
		return fault.OnField(fault.Invalid, NoHealthData, request.HealthData())
	})
}

// Input is what a form says of a new request.
func Input(form *ui.Form, files []file.Received, whom id.Contact) request.Input {
	return request.Input{
		For: whom, Kind: form.Value("kind"), Subject: form.Value("subject"), Text: form.Value("text"),
		Submission: form.Submission(), Files: files, NoHealthData: form.Bool(NoHealthData),
	}
}

// Remark is what a form says in a thread.
func Remark(form *ui.Form, files []file.Received) request.Remark {
	return request.Remark{Text: form.Value("text"), Then: form.Value("then"), Submission: form.Submission(), Files: files, NoHealthData: form.Bool(NoHealthData)}
}

// ServeFile answers with a file of the request that the address names, if the reader may see that.
func ServeFile(r *web.Request) error {
	of, err := r.SupportRequest("request")
	if err != nil {
		return err
	}
	wanted, err := r.File("file")
	if err != nil {
		return err
	}
	var f file.File
	err = r.View(func(tx *sqldb.Tx) (err error) {
		f, err = request.File(r.Context(), tx, r.By, of, wanted)
		return err
	})
	if err != nil {
		return err
	}
	return r.ServeFile(f)
}
