package api

import (
	"time"

	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// Party is somebody as a request keeps them.
type Party struct {
	Kind string `json:"kind" enum:"contact,staff,program,token," doc:"Empty for nobody." example:"contact"`
	ID   string `json:"id" doc:"The contact or the login; empty for nobody." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	Name string `json:"name" doc:"Empty once they are gone." example:"Marie Durand"`
}

func party(p request.Person) Party {
	if p.IsZero() {
		return Party{}
	}
	return Party{string(p.Kind), p.ID.String(), p.Name}
}

// SupportRequest is a support request as programs see it.
type SupportRequest struct {
	ID           string     `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d94"`
	Number       string     `json:"number" example:"D-000042"`
	Organization string     `json:"organization_id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	For          Party      `json:"for" doc:"The contact that it is for."`
	Author       Party      `json:"author"`
	Assignee     Party      `json:"assignee"`
	Source       string     `json:"source" enum:"portal,office,mail,api" example:"portal"`
	Kind         string     `json:"kind" enum:"technical,administrative" example:"technical"`
	Subject      string     `json:"subject" example:"I cannot sign in"`
	State        string     `json:"state" enum:"new,in_progress,waiting_customer,resolved,closed,withdrawn" example:"new"`
	StateAt      *time.Time `json:"state_at,omitempty" doc:"Since when it is in that state."`
	WaitsSince   *time.Time `json:"waits_since,omitempty" doc:"When the customer last heard from the host, while they wait for it; absent while they do not."`
	ActivityAt   *time.Time `json:"activity_at,omitempty" doc:"When something was last said or done that the customer may see."`
	CreatedAt    time.Time  `json:"created_at" example:"2026-03-02T09:30:00Z"`
}

func (s SupportRequest) location() string { return "/requests/" + s.ID }

func showRequest(q request.Request) SupportRequest {
	return SupportRequest{
		ID: q.ID.String(), Number: q.Label(), Organization: q.Organization.String(), For: party(q.For), Author: party(q.Author), Assignee: party(q.Assignee),
		Source: string(q.Source), Kind: string(q.Kind), Subject: q.Subject, State: string(q.State), StateAt: moment(q.StateAt), WaitsSince: moment(q.WaitsSince),
		ActivityAt: moment(q.ActivityAt), CreatedAt: q.CreatedAt.Time().UTC(),
	}
}

// SupportRequests is a page of the list.
type SupportRequests struct {
	Items []SupportRequest `json:"items" nullable:"false"`
	Next  string           `json:"next" doc:"The cursor of the next page; empty at the end."`
}

type listRequestsInput struct {
	Paged
	Query        string `query:"q" maxLength:"200" doc:"A number, or words of the subject by their beginnings." example:"sign in"`
	Organization string `query:"organization" format:"uuid" doc:"Only this organization's." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Contact      string `query:"contact" format:"uuid" doc:"Only what is for this contact." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	State        string `query:"state" enum:"open,new,in_progress,waiting_customer,resolved,closed,withdrawn" doc:"Open is what something is still to be done about."`
	Kind         string `query:"kind" enum:"technical,administrative"`
	Unassigned   bool   `query:"unassigned" doc:"Only what is assigned to nobody."`
	Sort         string `query:"sort" enum:"recent,oldest,activity,queue" default:"recent" doc:"The order; queue is what waits for the host, what waits longest first."`
}

func listRequests(r *Request, tx *sqldb.Tx, in *listRequestsInput) (out SupportRequests, err error) {
	var after behind
	if err := readCursor(in.Cursor, &after); err != nil {
		return out, err
	}
	part, err := docket.Find(r, tx, r.By, docket.Filter{
		Query: in.Query, Organization: id.Organization{UUID: id.Read(in.Organization)}, Contact: id.Contact{UUID: id.Read(in.Contact)}, State: request.State(in.State),
		Kind: request.Kind(in.Kind), Unassigned: in.Unassigned, Sort: docket.Order(in.Sort), After: id.Request{UUID: after.ID}, Ask: paging.Ask{Page: after.Page, Most: in.Limit},
	})
	out.Items = make([]SupportRequest, len(part.Items))
	for n, q := range part.Items {
		out.Items[n] = showRequest(q.Request)
	}
	out.Next = cursor(next(part, func(q request.Listed) id.UUID { return q.ID.UUID }))
	return out, err
}

// RequestPath names a support request.
type RequestPath struct {
	Request string `path:"request" format:"uuid" doc:"The request's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d94"`
}

func (p RequestPath) id() id.Request { return id.Request{UUID: id.Read(p.Request)} }

func getRequest(r *Request, tx *sqldb.Tx, in *RequestPath) (SupportRequest, error) {
	q, err := request.Get(r, tx, r.By, in.id())
	return showRequest(q), err
}

// asked is what an act on a request answers with: the request as it is then.
func asked(r *Request, tx *sqldb.Tx, in RequestPath, err error) (SupportRequest, error) {
	if err != nil {
		return SupportRequest{}, err
	}
	return getRequest(r, tx, &in)
}

// NewRequest is what a support request is made from.
type NewRequest struct {
	Contact string `json:"contact_id" format:"uuid" doc:"For whom it is." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	Kind    string `json:"kind" enum:"technical,administrative" example:"technical"`
	Subject string `json:"subject" maxLength:"1000" example:"I cannot sign in"`
	Text    string `json:"text" maxLength:"100000" example:"The link says that it has expired."`
}

type createRequestInput struct{ Body NewRequest }

func createRequest(r *Request, tx *sqldb.Tx, in *createRequestInput) (SupportRequest, error) {
	q, err := request.Create(r, tx, r.By, request.Input{
		For: id.Contact{UUID: id.Read(in.Body.Contact)}, Kind: in.Body.Kind, Subject: in.Body.Subject, Text: in.Body.Text, Source: request.API,
	})
	return asked(r, tx, RequestPath{q.ID.String()}, renamed(err, "contact", "contact_id"))
}

// Entry is one thing that was said or done about a request.
type Entry struct {
	ID       string    `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d95"`
	Place    int64     `json:"place" doc:"In the thread, from 1." example:"1"`
	Kind     string    `json:"kind" enum:"comment,note,state,assignment,watcher,reminder,kind,contact" doc:"A note and an assignment are for staff alone." example:"comment"`
	Author   Party     `json:"author"`
	At       time.Time `json:"at" example:"2026-03-02T09:30:00Z"`
	Text     string    `json:"text" doc:"Of a comment or a note." example:"The link says that it has expired."`
	Before   string    `json:"before" doc:"Of a change: the state or the kind before." example:""`
	After    string    `json:"after" doc:"Of a change: the state or the kind after." example:""`
	About    Party     `json:"about" doc:"Of an assignment: to whom; of a watcher: who; of another contact: whose it is since."`
	Watching bool      `json:"watching" doc:"Of a watcher: whether they watch since, or no more."`
	Files    []File    `json:"files" nullable:"false" doc:"What came with a comment or a note."`
}

// Entries is a part of a thread, in its order.
type Entries struct {
	Items    []Entry `json:"items" nullable:"false"`
	Previous int64   `json:"previous" doc:"Before, to read those before these; 0 at the beginning." example:"0"`
}

type readThreadInput struct {
	RequestPath
	Before int64 `query:"before" minimum:"0" doc:"Only entries before this place; the last 50 if nothing is said."`
}

func readThread(r *Request, tx *sqldb.Tx, in *readThreadInput) (out Entries, err error) {
	if _, err := request.Get(r, tx, r.By, in.id()); err != nil {
		return out, err
	}
	list, more, err := request.Thread(r, tx, r.By, in.id(), in.Before)
	if err != nil {
		return out, err
	}
	files, err := request.Files(r, tx, r.By, list)
	out.Items = make([]Entry, len(list))
	for i, e := range list {
		out.Items[i] = showEntry(e, files[e.ID])
	}
	if more && len(list) > 0 {
		out.Previous = list[0].N
	}
	return out, err
}

func showEntry(e request.Entry, files []file.File) Entry {
	return Entry{e.ID.String(), e.N, string(e.Kind), party(e.Author), e.At.Time().UTC(), e.Text, string(e.Before) + string(e.From), string(e.After) + string(e.To), party(e.About), e.Watching, showFiles(files)}
}

// Remark is an answer to a request.
type Remark struct {
	Text  string `json:"text" maxLength:"100000" example:"We have sent you a new link."`
	State string `json:"state,omitempty" enum:"in_progress,waiting_customer,resolved,closed" doc:"The state that the request has after it; a new one is taken up if nothing is said." example:"waiting_customer"`
}

type answerRequestInput struct {
	RequestPath
	Body Remark
}

func answerRequest(r *Request, tx *sqldb.Tx, in *answerRequestInput) (SupportRequest, error) {
	_, err := request.Say(r, tx, r.By, in.id(), request.Remark{Text: in.Body.Text, Then: in.Body.State, Source: request.API})
	return asked(r, tx, in.RequestPath, renamed(err, "then", "state"))
}

// Note is an internal note.
type Note struct {
	Text string `json:"text" maxLength:"100000" example:"Called the customer."`
}

type noteRequestInput struct {
	RequestPath
	Body Note
}

func noteRequest(r *Request, tx *sqldb.Tx, in *noteRequestInput) (SupportRequest, error) {
	_, err := request.Jot(r, tx, r.By, in.id(), request.Remark{Text: in.Body.Text, Source: request.API})
	return asked(r, tx, in.RequestPath, err)
}

// RequestState is how far a request is.
type RequestState struct {
	State string `json:"state" enum:"new,in_progress,waiting_customer,resolved,closed,withdrawn" example:"resolved"`
}

type moveRequestInput struct {
	RequestPath
	Body RequestState
}

func moveRequest(r *Request, tx *sqldb.Tx, in *moveRequestInput) (SupportRequest, error) {
	return asked(r, tx, in.RequestPath, request.Move(r, tx, r.By, in.id(), request.State(in.Body.State)))
}

// Assignment says who of the team takes care of a request.
type Assignment struct {
	Member string `json:"member_id" maxLength:"36" doc:"A login of the team; empty = nobody." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d96"`
}

type assignRequestInput struct {
	RequestPath
	Body Assignment
}

func assignRequest(r *Request, tx *sqldb.Tx, in *assignRequestInput) (SupportRequest, error) {
	to := id.Login{UUID: id.Read(in.Body.Member)}
	if in.Body.Member != "" && to.IsZero() {
		return SupportRequest{}, onField("member_id", "api.not_id")
	}
	return asked(r, tx, in.RequestPath, renamed(request.Assign(r, tx, r.By, in.id(), to), "assignee", "member_id"))
}

// RequestKind is which sort of request it is.
type RequestKind struct {
	Kind string `json:"kind" enum:"technical,administrative" example:"technical"`
}

type sortRequestInput struct {
	RequestPath
	Body RequestKind
}

func sortRequest(r *Request, tx *sqldb.Tx, in *sortRequestInput) (SupportRequest, error) {
	return asked(r, tx, in.RequestPath, request.Sort(r, tx, r.By, in.id(), request.Kind(in.Body.Kind)))
}

// RequestContact is for whom a request is.
type RequestContact struct {
	Contact   string `json:"contact_id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	Elsewhere bool   `json:"elsewhere,omitempty" doc:"Whether it may go to another organization, whose people then read the whole thread, and those of the one that it leaves no more; else such a contact is refused with the code request.elsewhere." example:"true"`
}

type relateRequestInput struct {
	RequestPath
	Body RequestContact
}

func relateRequest(r *Request, tx *sqldb.Tx, in *relateRequestInput) (SupportRequest, error) {
	err := request.Relate(r, tx, r.By, in.id(), id.Contact{UUID: id.Read(in.Body.Contact)}, in.Body.Elsewhere)
	return asked(r, tx, in.RequestPath, renamed(err, "contact", "contact_id"))
}
