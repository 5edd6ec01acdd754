package api

import (
	"strconv"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// OfferContact is a contact with its part in an offer. One contact may have several parts, each an entry.
type OfferContact struct {
	Contact     string `json:"contact_id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	Part        string `json:"part" enum:"recruiter,tutor,signatory,billing" example:"tutor"`
	Apprentices int64  `json:"apprentices" doc:"That a tutor of an apprenticeship accompanies on this offer." example:"2"`
	Repeating   int64  `json:"repeating" doc:"Of them, those who take their last year again." example:"0"`
}

func showPart(a offer.Attached) OfferContact {
	return OfferContact{a.ID.String(), string(a.Part), a.Apprentices, a.Repeating}
}

// OfferContacts are all that are attached.
type OfferContacts struct {
	Items []OfferContact `json:"items" nullable:"false"`
}

func listOfferContacts(r *Request, tx *sqldb.Tx, in *OfferPath) (out OfferContacts, err error) {
	if _, err := offer.Get(r, tx, r.By, in.id()); err != nil {
		return out, err
	}
	found, err := offer.Contacts(r, tx, r.By, in.id())
	out.Items = make([]OfferContact, len(found[in.id()]))
	for i, a := range found[in.id()] {
		out.Items[i] = showPart(a)
	}
	return out, err
}

// PartPath names a contact's part in an offer.
type PartPath struct {
	OfferPath
	Contact string `path:"contact" format:"uuid" doc:"The contact's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	Part    string `path:"part" enum:"recruiter,tutor,signatory,billing" doc:"The part." example:"tutor"`
}

func (p PartPath) contact() id.Contact { return id.Contact{UUID: id.Read(p.Contact)} }

// Accompanying is how many apprentices a tutor accompanies on an offer; nothing for other parts.
type Accompanying struct {
	Apprentices *int64 `json:"apprentices,omitempty" nullable:"false" minimum:"0" doc:"As many as the offer has posts if nothing is said." example:"2"`
	Repeating   *int64 `json:"repeating,omitempty" nullable:"false" minimum:"0" doc:"None if nothing is said." example:"0"`
}

// AttachedContact is a part with all that its tutor accompanies at once.
type AttachedContact struct {
	OfferContact
	Load Load `json:"load" doc:"What a tutor accompanies on all offers together."`
}

// Load is how many apprentices somebody accompanies at once.
type Load struct {
	Apprentices int64 `json:"apprentices" example:"2"`
	Repeating   int64 `json:"repeating" example:"0"`
	Exceeds     bool  `json:"exceeds" doc:"More than 2, and one who takes the last year again: a warning, for the rule has exceptions." example:"false"`
}

type attachContactInput struct {
	PartPath
	Body Accompanying
}

func attachContact(r *Request, tx *sqldb.Tx, in *attachContactInput) (out AttachedContact, err error) {
	if _, err := contact.Get(r, tx, r.By, in.contact()); err != nil {
		return out, err
	}
	load, err := offer.Attach(r, tx, r.By, in.OfferPath.id(), offer.Attachment{
		Contact: in.contact(), Part: in.Part, Apprentices: number(in.Body.Apprentices), Repeating: number(in.Body.Repeating),
	})
	if err != nil {
		return out, err
	}
	found, err := offer.Contacts(r, tx, r.By, in.OfferPath.id())
	for _, a := range found[in.OfferPath.id()] {
		if a.ID == in.contact() && string(a.Part) == in.Part {
			out.OfferContact = showPart(a)
		}
	}
	out.Load = Load{load.Apprentices, load.Repeating, load.Exceeds()}
	return out, err
}

// number is one that may be left out, as people type it.
func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func detachContact(r *Request, tx *sqldb.Tx, in *PartPath) (nothing, error) {
	if _, err := contact.Get(r, tx, r.By, in.contact()); err != nil {
		return nothing{}, err
	}
	return nothing{}, offer.Detach(r, tx, r.By, in.OfferPath.id(), in.contact(), offer.Part(in.Part))
}

func offerFile(r *Request, tx *sqldb.Tx, in *OfferPath) (file.File, error) {
	f, _, err := offer.File(r, tx, r.By, in.id())
	return f, err
}

func setOfferFile(r *Request, tx *sqldb.Tx, in *OfferPath, form *form) (Offer, error) {
	if _, err := offer.Get(r, tx, r.By, in.id()); err != nil {
		return Offer{}, err
	}
	refusal, err := request.MayAttach(r, tx, r.By, form.files, form.harmless())
	if err != nil {
		return Offer{}, err
	}
	var faults fault.Fields
	faults.Add("no_health_data", refusal)
	if err := faults.Err(); err != nil {
		return Offer{}, err
	}
	o, err := offer.SetFile(r, tx, r.By, in.id(), form.file())
	return showOffer(o), err
}

func removeOfferFile(r *Request, tx *sqldb.Tx, in *OfferPath) (nothing, error) {
	_, err := offer.RemoveFile(r, tx, r.By, in.id())
	return nothing{}, err
}

// RequestFilePath names a file of a support request.
type RequestFilePath struct {
	RequestPath
	File string `path:"file" format:"uuid" doc:"The file's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d98"`
}

func requestFile(r *Request, tx *sqldb.Tx, in *RequestFilePath) (file.File, error) {
	return request.File(r, tx, r.By, in.RequestPath.id(), fileID(in.File))
}

// NewFiles is the form that files of a support request come in, with what is said along.
type NewFiles struct {
	Text     string `json:"text" doc:"At most 10,000 characters." example:"Here is the form that you asked for."`
	Kind     string `json:"kind,omitempty" enum:"comment,note" doc:"A note is for staff alone; comment if nothing is said."`
	State    string `json:"state,omitempty" enum:"in_progress,waiting_customer,resolved,closed" doc:"Of a comment: the state that the request has after it."`
	NoHealth bool   `json:"no_health_data,omitempty" doc:"The word that the files hold no health data: a vendor takes none without it."`
}

func addFiles(r *Request, tx *sqldb.Tx, in *RequestPath, form *form) (Entry, error) {
	f, said := form.Fields, request.Remark{Source: request.API, Files: form.files, NoHealthData: form.harmless()}
	said.Text, said.Then = f["text"], f["state"]
	speak := request.Say
	if f["kind"] == string(request.Note) {
		speak = request.Jot
	}
	switch {
	case len(form.files) == 0:
		return Entry{}, onField(filesField, "fault.required")
	case f["kind"] == string(request.Note) && f["state"] != "":
		return Entry{}, onField("state", "api.unfit")
	}
	e, err := speak(r, tx, r.By, in.id(), said)
	if err != nil {
		return Entry{}, renamed(err, "then", "state")
	}
	files, err := request.Files(r, tx, r.By, []request.Entry{e})
	return showEntry(e, files[e.ID]), err
}
