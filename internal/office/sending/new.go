package sending

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/dispatch"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// intended is « Renvoyer les identifiants » for several contacts, before anything is sent: the ticked ones of a list, or all
// that its search and filters find. The address says whom.
type intended struct {
	r             *web.Request
	form          *ui.Form
	contacts      []id.Contact
	prospects     []dispatch.Prospect
	counts        dispatch.Counts
	people        map[id.Contact]contact.Row // where each is named
	organizations map[id.Organization]string
	waits         bool // letters do, for want of a mail server
}

// mostNamed contacts are named one by one, each with a box.
const mostNamed = 100

// named reports whether each contact has a box of its own.
func (v *intended) named() bool { return len(v.contacts) <= mostNamed }

func (o Options) askDispatch(r *web.Request) error {
	return o.intendedPage(r, http.StatusOK, r.NewForm(""))
}

func (o Options) intendedPage(r *web.Request, status int, form *ui.Form) error {
	v := intended{r: r, form: form, waits: o.Post.Waits()}
	err := r.View(v.read)
	if err != nil {
		return err
	}
	return r.Render(status, v.page())
}

func (v *intended) read(tx *sqldb.Tx) (err error) {
	if v.contacts, err = chosenContacts(v.r, tx); err != nil {
		return err
	}
	if n := len(v.contacts); n == 0 || n > dispatch.Most {
		return v.unusable()
	}
	if v.prospects, err = dispatch.Foresee(v.r.Context(), tx, v.r.By, v.contacts); err != nil {
		return err
	}
	v.counts = dispatch.Count(v.prospects)
	if !v.named() {
		return nil
	}
	if v.people, err = contact.Rows(v.r.Context(), tx, v.r.By, v.contacts); err != nil {
		return err
	}
	places := make([]id.Organization, 0, len(v.people))
	for _, c := range v.people {
		places = append(places, c.Organization)
	}
	v.organizations, err = organization.Names(v.r.Context(), tx, v.r.By, places)
	return err
}

// unusable says why nothing can be sent to nobody, or to that many, with the way back.
func (v *intended) unusable() error {
	e := fault.New(fault.Invalid, "dispatch.none")
	if len(v.contacts) > 0 {
		e = fault.New(fault.Invalid, "dispatch.too_many", "Max", dispatch.Most)
	}
	e.Message.Link = v.r.Office("/contacts")
	return e
}

// chosenContacts are those that the address names, as far as they exist, or finds; one more than can be sent to at most.
func chosenContacts(r *web.Request, tx *sqldb.Tx) ([]id.Contact, error) {
	if r.Query("selected") == "" {
		f := staff.ContactFilter(r)
		f.Organization.UUID = r.QueryID("organization")
		return directory.IDs(r.Context(), tx, r.By, f, dispatch.Most+1)
	}
	list := staff.Ticked(r)
	known, err := contact.Rows(r.Context(), tx, r.By, list)
	return slices.DeleteFunc(list, func(c id.Contact) bool { _, ok := known[c]; return !ok }), err
}

// startDispatch begins, unless this very form has begun already.
func (o Options) startDispatch(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	in := dispatch.New{SwitchOn: form.Bool("switch_on"), Submission: form.Submission()}
	d, err := startedBefore(r, form, &in)
	if fault.Is(err, fault.NotFound) {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			d, err = dispatch.Start(r.Context(), tx, r.By, in)
			return err
		})
	}
	if form.Fail(err) {
		return o.intendedPage(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(r.Office("/dispatches/" + d.ID.String()))
}

// startedBefore finds the dispatch that the form has started. If there is none that is a fault.NotFound, and in has the
// contacts: those whose boxes are ticked, or where they have none all, if they still are those of which the form told.
func startedBefore(r *web.Request, form *ui.Form, in *dispatch.New) (d dispatch.Dispatch, err error) {
	err = r.View(func(tx *sqldb.Tx) error {
		d, err = dispatch.Started(r.Context(), tx, r.By, in.Submission)
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		missing := err
		if in.Contacts, err = chosenContacts(r, tx); err != nil {
			return err
		}
		if told := form.Value("told"); told != "" && told != digest(in.Contacts) {
			form.Values.Del("told")
			return fault.New(fault.Conflict, "office.dispatch.changed")
		} else if told == "" {
			in.Contacts = slices.DeleteFunc(in.Contacts, func(c id.Contact) bool { return !slices.Contains(form.Values["contact"], c.String()) })
		}
		return missing
	})
	return d, err
}

// digest tells one list of contacts from another.
func digest(contacts []id.Contact) string {
	h := sha256.New()
	for _, c := range contacts {
		h.Write(c.UUID[:])
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func (v intended) title() string {
	return v.r.P.Count("office.dispatch.ask", len(v.contacts))
}

// ticked reports whether the contact's box is: all are at first.
func (v intended) ticked(c id.Contact) bool {
	return v.form.Error == nil || slices.Contains(v.form.Values["contact"], c.String())
}

// possible reports whether anybody can be sent anything.
func (v intended) possible() bool { return v.counts.Sent()+v.counts[dispatch.SwitchedOff] > 0 }

// foreseen are the figures of what would become of the contacts.
func (v intended) foreseen() (list []ui.Figure) {
	for _, result := range dispatch.Results() {
		if n := v.counts[result]; n > 0 {
			list = append(list, ui.Figure{N: n, What: v.r.P.Count("office.dispatch.foreseen."+string(result), n), Warn: !result.Sent()})
		}
	}
	return list
}

func (v intended) action() string {
	return v.r.Office("/dispatches") + carryAll(v.r)
}

// carryAll is the whole query of this address.
func carryAll(r *web.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return "?" + r.URL.Query().Encode()
}

// back is where « Annuler » leads: to the list, or the organisation, that the contacts were chosen in.
func (v intended) back() string {
	if of := (id.Organization{UUID: v.r.QueryID("organization")}); !of.IsZero() {
		return v.r.Office("/organizations/" + of.String() + "/contacts")
	}
	return v.r.Office("/contacts") + v.r.Carry(staff.FilterNames)
}

// crumbs of the pages about bulk sendings.
func dispatchCrumbs(r *web.Request, more ...ui.Link) []ui.Link {
	return append([]ui.Link{
		{Text: r.P.Text("office.nav.contacts"), URL: r.Office("/contacts")}, {Text: r.P.Text("office.dispatch.past"), URL: r.Office("/dispatches")},
	}, more...)
}
