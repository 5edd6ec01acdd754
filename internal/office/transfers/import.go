package transfers

import (
	"io"
	"net/http"
	"slices"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// transfers is « Importer / Exporter »: a file to bring in, files to take out, and what was brought in lately.
type transfers struct {
	r      *web.Request
	form   *ui.Form
	past   []transfer.Transfer
	people map[id.Login]string
	limit  int64 // bytes of a file
}

// nouns are what a file may hold, as the form offers them.
var nouns = []transfer.Noun{transfer.Contacts, transfer.Organizations}

// importOptions are the checkboxes of an import, with what they set.
var importOptions = []struct {
	name     string
	contacts bool // it concerns contacts alone
	set      func(*transfer.Options) *bool
}{
	{"create_organizations", true, func(o *transfer.Options) *bool { return &o.CreateOrganizations }},
	{"update", false, func(o *transfer.Options) *bool { return &o.Update }},
	{"accept_corrections", true, func(o *transfer.Options) *bool { return &o.AcceptCorrections }},
	{"rename", true, func(o *transfer.Options) *bool { return &o.Rename }},
}

// optionsOf reads the ticked boxes.
func optionsOf(form *ui.Form) (o transfer.Options) {
	for _, option := range importOptions {
		*option.set(&o) = form.Bool(option.name)
	}
	return o
}

func (o Options) showTransfers(r *web.Request) error {
	form := r.NewForm("").Set("noun", string(transfer.Contacts))
	if noun, ok := transfer.ParseNoun(r.Query("noun")); ok {
		form.Set("noun", string(noun))
	}
	return o.transfersPage(r, http.StatusOK, form)
}

func (o Options) transfersPage(r *web.Request, status int, form *ui.Form) error {
	v := transfers{r: r, form: form, limit: o.Transfers.Bytes}
	form.Labels = map[string]string{"noun": r.P.Text("office.transfer.noun"), "file": r.P.Text("office.transfer.file")}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.past, err = transfer.Find(r.Context(), tx, r.By); err != nil {
			return err
		}
		starters := make([]id.Login, len(v.past))
		for i, t := range v.past {
			starters[i] = t.StartedBy
		}
		v.people, err = login.Names(r.Context(), tx, starters)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(status, v.page())
}

// receive takes a file in. It is looked at by a job; the page of the import shows how far that is.
func (o Options) receive(r *web.Request) error {
	var kept transfer.Transfer
	form, err := r.ReadUpload("", "file", func(before *ui.Form, name string, content io.Reader) (err error) {
		if err = r.Ready(); err != nil {
			return err
		}
		noun, _ := transfer.ParseNoun(before.Value("noun")) // none is refused below
		kept, err = transfer.Receive(r.Context(), r.Site().DB, r.By, o.Transfers,
			transfer.Upload{Noun: noun, Name: name, Options: optionsOf(before)}, content)
		return err
	})
	if form == nil {
		return err
	}
	if err == nil {
		err = r.Ready()
	}
	if err == nil && kept.ID.IsZero() {
		err = fault.OnField(fault.Invalid, "file", fault.M("fault.required"))
	}
	if form.Fail(err) {
		return o.transfersPage(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(r.Office("/import/" + kept.ID.String()))
}

// template answers with the file to fill in.
func downloadTemplate(r *web.Request) error {
	noun, known := transfer.ParseNoun(r.Query("noun"))
	format, readable := list.ParseFormat(r.Query("format"))
	if !known || !readable || format == list.JSONL {
		return fault.Missing()
	}
	name := r.P.Text("office.transfer.template.name."+string(noun)) + "." + string(format)
	return r.Download(name, format.MediaType(), func(w io.Writer) error { return transfer.Template(w, noun, format, r.P) })
}

// imported is the page of one import: its dry run, its progress, what became of it.
type imported struct {
	r        *web.Request
	transfer transfer.Transfer
	by       string
	refused  []transfer.Refusal
	next     int // the row after which the next refused ones are; 0 = none
	form     *ui.Form
}

// refusedSize is how many refused rows a page shows; the file to download has them all.
const refusedSize = 50

// importPart is the id of the part of the page that follows the work.
const importPart = "import"

func showImport(r *web.Request) error {
	of, err := r.Transfer("transfer")
	if err != nil {
		return err
	}
	v := imported{r: r}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.transfer, err = transfer.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		names, err := login.Names(r.Context(), tx, []id.Login{v.transfer.StartedBy})
		if err != nil {
			return err
		}
		v.by = names[v.transfer.StartedBy]
		return v.readRefused(tx)
	})
	if err != nil {
		return err
	}
	v.form = r.NewForm("").Set("noun", string(v.transfer.Noun))
	o := v.transfer.Options
	for _, option := range importOptions {
		v.form.SetBool(option.name, *option.set(&o))
	}
	if r.Fragment() == importPart {
		return r.Render(http.StatusOK, v.part())
	}
	return r.Render(http.StatusOK, v.page())
}

func (v *imported) readRefused(tx *sqldb.Tx) error {
	if v.transfer.State.Active() {
		return nil
	}
	after := v.r.QueryInt("after", 1, 1<<40, 0)
	list, err := transfer.Refusals(v.r.Context(), tx, v.r.By, v.transfer, after, refusedSize+1)
	if len(list) > refusedSize {
		list = list[:refusedSize]
		v.next = list[refusedSize-1].Row
	}
	v.refused = list
	return err
}

// onImport does something to the import of the address and leads back to its page.
func onImport(r *web.Request, act func(tx *sqldb.Tx, of id.Transfer, form *ui.Form) error) error {
	of, err := r.Transfer("transfer")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error { return act(tx, of, form) })
	if err != nil && !fault.Is(err, fault.Conflict) { // it has gone on meanwhile: its page says how far
		return err
	}
	return r.SeeOther(r.Office("/import/" + of.String()))
}

func startImport(r *web.Request) error {
	return onImport(r, func(tx *sqldb.Tx, of id.Transfer, _ *ui.Form) error { return transfer.Start(r.Context(), tx, r.By, of) })
}

func cancelImport(r *web.Request) error {
	return onImport(r, func(tx *sqldb.Tx, of id.Transfer, _ *ui.Form) error {
		return transfer.Cancel(r.Context(), tx, r.By, of)
	})
}

// checkImport has the dry run done again, with other boxes ticked or the corrections accepted.
func checkImport(r *web.Request) error {
	return onImport(r, func(tx *sqldb.Tx, of id.Transfer, form *ui.Form) error {
		return transfer.Check(r.Context(), tx, r.By, of, optionsOf(form))
	})
}

// downloadRefused answers with the refused rows and why they were.
func downloadRefused(r *web.Request) error {
	of, err := r.Transfer("transfer")
	if err != nil {
		return err
	}
	var t transfer.Transfer
	err = r.View(func(tx *sqldb.Tx) (err error) {
		t, err = transfer.Get(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	name := r.P.Text("office.transfer.refused.name." + string(t.Noun))
	return r.Download(name+".csv", list.CSV.MediaType(), func(w io.Writer) error {
		return transfer.WriteRefused(r.Context(), r.Site().DB, r.By, of, w, r.P)
	})
}

// title is what the page of the import is called: its file.
func (v imported) title() string { return v.transfer.FileName }

// said is a state in words, for a badge.
func stateBadgeOf(r *web.Request, s transfer.State) (tone ui.Tone, icon, text string) {
	text = r.P.Text("office.transfer.state." + string(s))
	switch s {
	case transfer.Done:
		return ui.OK, "ok", text
	case transfer.Checked:
		return ui.Accent, "eye", text
	case transfer.Failed:
		return ui.Danger, "alert", text
	case transfer.Cancelled:
		return ui.Plain, "none", text
	}
	return ui.Info, "clock", text
}

// proposals reports whether one of the refused rows shown would be taken with a correction.
func (v imported) proposals() bool {
	return !v.transfer.Options.AcceptCorrections && slices.ContainsFunc(v.refused, func(x transfer.Refusal) bool {
		return slices.ContainsFunc(x.Faults, func(f transfer.Fault) bool { return f.Message.Proposal != "" })
	})
}

// useful reports whether the import would do anything.
func (v imported) useful() bool { return v.transfer.Counts.New+v.transfer.Counts.Changed > 0 }

// refresh is how many seconds after which the page asks again; 0 = it does not.
func (v imported) refresh() int {
	if v.transfer.State.Active() {
		return 2
	}
	return 0
}

func (v imported) url(below string) string {
	return v.r.Office("/import/" + v.transfer.ID.String() + below)
}

// ticked are the boxes that were ticked for the last dry run.
func (v imported) ticked() (names []string) {
	for _, option := range importOptions {
		if v.form.Bool(option.name) {
			names = append(names, option.name)
		}
	}
	return names
}

// columns are the names of those that were passed over, as a sentence lists them.
func (v imported) columns() string {
	list := make([]string, len(v.transfer.UnknownColumns))
	for i, name := range v.transfer.UnknownColumns {
		list[i] = v.r.P.Text("office.transfer.quoted", "Name", name)
	}
	return v.r.P.List(list)
}

// counts are what became, or would become, of the rows.
func (v imported) counts() []ui.Figure {
	c, when := v.transfer.Counts, "done"
	if v.transfer.State == transfer.Checked {
		when = "planned"
	}
	list := []ui.Figure{
		{N: c.New, What: v.r.P.Count("office.transfer.new."+when, c.New)},
		{N: c.Changed, What: v.r.P.Count("office.transfer.changed."+when, c.Changed)},
		{N: c.Unchanged, What: v.r.P.Count("office.transfer.unchanged", c.Unchanged)},
		{N: c.Refused, What: v.r.P.Count("office.transfer.refused.rows", c.Refused), Warn: c.Refused > 0},
	}
	if c.Organizations > 0 {
		list = append(list, ui.Figure{N: c.Organizations, What: v.r.P.Count("office.transfer.organizations."+when, c.Organizations)})
	}
	return list
}

// rowsInWords is a short account of an import, for the list.
func rowsInWords(r *web.Request, t transfer.Transfer) string {
	if t.State.Active() {
		return r.P.Text("office.transfer.percent", "Percent", t.Percent(), "Rows", t.Counts.Rows())
	}
	if t.State == transfer.Checked {
		return r.P.Text("office.transfer.plan", "New", t.Counts.New, "Changed", t.Counts.Changed, "Refused", t.Counts.Refused)
	}
	return r.P.Text("office.transfer.account", "New", t.Counts.New, "Changed", t.Counts.Changed, "Refused", t.Counts.Refused)
}

// nounOptions are what a file may hold, in words.
func nounOptions(r *web.Request) []ui.Option {
	list := make([]ui.Option, len(nouns))
	for i, noun := range nouns {
		list[i] = ui.Option{Value: string(noun), Text: r.P.Text("office.transfer.noun." + string(noun))}
	}
	return list
}
