package deposit

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/deposit/origin"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Form is how a workspace's public form works.
type Form struct {
	Enabled   bool
	Confirmed bool   // a deposit waits until its depositor has confirmed it by mail
	ConsentFR string // what a depositor agrees to; "" = our own words
	ConsentEN string
	Months    int      // how long a deposit is kept
	Origins   []string // whose pages may hold the form in a frame
	Version   int64
}

// FormInput is what a form says of it, as text.
type FormInput struct {
	Enabled, Confirmed   bool
	ConsentFR, ConsentEN string
	Months               string
	Origins              string // one a line
	Version              int64
}

// MaxConsent is the length of a text to agree to, in characters, MaxMonths the longest time, and maxOrigins how many sites there are.
const (
	MaxConsent = 1000
	MaxMonths  = 60
	maxOrigins = 20
)

// standard is the form of a workspace that has not said anything.
func standard() Form { return Form{Confirmed: true, Months: 24} }

// Consent is what a depositor agrees to, in the page's language.
func (f Form) Consent(p *locale.Printer, host workspace.Workspace) string {
	text := f.ConsentFR
	if p.Language() == locale.English {
		text = f.ConsentEN
	}
	if text != "" {
		return text
	}
	return p.Count("deposit.consent.standard", f.Months, "Host", host.Name)
}

const formColumns = `enabled, confirmed, consent_fr, consent_en, months, origins, version`

func scanForm(row sqldb.Scanner) (f Form, err error) {
	var origins string
	err = row.Scan(&f.Enabled, &f.Confirmed, &f.ConsentFR, &f.ConsentEN, &f.Months, &origins, &f.Version)
	f.Origins = strings.Fields(origins)
	return f, err
}

// readForm reads a workspace and its form, open or not.
func readForm(ctx context.Context, tx *sqldb.Tx, in id.Workspace) (workspace.Workspace, Form, error) {
	host, err := workspace.Get(ctx, tx, in)
	if err != nil {
		return host, Form{}, err
	}
	f, err := sqldb.One(ctx, tx, scanForm, `SELECT `+formColumns+` FROM deposit_form WHERE workspace_id = $1`, in)
	if fault.Is(err, fault.NotFound) {
		return host, standard(), nil
	}
	return host, f, err
}

// openForm is readForm; a fault.NotFound where there is none, or the workspace works with no offers.
func openForm(ctx context.Context, tx *sqldb.Tx, in id.Workspace) (workspace.Workspace, Form, error) {
	host, f, err := readForm(ctx, tx, in)
	if err == nil && (!f.Enabled || !host.Offers) {
		err = fault.Missing()
	}
	return host, f, err
}

// Open reads the workspace of that slug and its form, for the public page: nobody is asked who they are. A workspace that is not
// there, and one without a form, are the same fault.NotFound.
func Open(ctx context.Context, tx *sqldb.Tx, slug string) (workspace.Workspace, Form, error) {
	host, err := workspace.GetBySlug(ctx, tx, slug)
	if err != nil {
		return host, Form{}, fault.Missing()
	}
	return openForm(ctx, tx, host.ID)
}

// FormOf reads the form of the caller's workspace, open or not. Permission: EditOfferForm.
func FormOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (Form, error) {
	if err := by.Need(actor.EditOfferForm); err != nil {
		return Form{}, err
	}
	_, f, err := readForm(ctx, tx, by.Workspace)
	return f, err
}

// EditForm changes it. A version that is no longer the current one is a fault.Conflict «fault.version» that comes with the current
// form, and nothing is overwritten; but what is there already as wanted is confirmed. Permission: EditOfferForm.
func EditForm(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in FormInput) (Form, error) {
	if err := by.Need(actor.EditOfferForm); err != nil {
		return Form{}, err
	}
	if err := tx.Lock(ctx, "workspace", "id = $1", by.Workspace); err != nil {
		return Form{}, err
	}
	_, before, err := readForm(ctx, tx, by.Workspace)
	if err != nil {
		return before, err
	}
	after, err := in.parse()
	if err != nil {
		return before, err
	}
	differing := formChanges(before, after)
	if len(differing) > 0 && before.Version != in.Version {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	after.Version = before.Version
	if len(differing) > 0 {
		after.Version++
	}
	_, err = tx.Exec(ctx, `INSERT INTO deposit_form (workspace_id, `+formColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (workspace_id) DO UPDATE SET enabled = excluded.enabled, confirmed = excluded.confirmed, consent_fr = excluded.consent_fr,
			consent_en = excluded.consent_en, months = excluded.months, origins = excluded.origins, version = excluded.version`,
		by.Workspace, after.Enabled, after.Confirmed, after.ConsentFR, after.ConsentEN, after.Months, strings.Join(after.Origins, " "), after.Version)
	if err != nil || len(differing) == 0 {
		return after, err
	}
	return after, journal.Record(ctx, tx, by, journal.Entry{
		Kind: "deposit_form.edited", Subject: journal.Subject{Kind: "workspace", ID: by.Workspace.UUID()}, Changes: differing,
	})
}

func (in FormInput) parse() (f Form, err error) {
	var faults fault.Fields
	f.Enabled, f.Confirmed = in.Enabled, in.Confirmed
	f.ConsentFR = consent(&faults, "consent_fr", in.ConsentFR)
	f.ConsentEN = consent(&faults, "consent_en", in.ConsentEN)
	f.Months, err = strconv.Atoi(strings.TrimSpace(in.Months))
	if err != nil || f.Months < 1 || f.Months > MaxMonths {
		faults.Add("months", fault.M("deposit.months", "Max", MaxMonths))
	}
	for _, typed := range strings.Fields(in.Origins) {
		site, ok := origin.Parse(typed)
		if !ok {
			faults.Add("origins", fault.M("deposit.origin"))
			break
		}
		if !slices.Contains(f.Origins, site) {
			f.Origins = append(f.Origins, site)
		}
	}
	if len(f.Origins) > maxOrigins {
		faults.Add("origins", fault.M("deposit.origins", "Max", maxOrigins))
	}
	return f, faults.Err()
}

func consent(faults *fault.Fields, field, typed string) string {
	if strings.TrimSpace(typed) == "" {
		return ""
	}
	text, err := name.Text(typed, MaxConsent)
	faults.Add(field, err)
	return text
}

// formChanges lists what differs, in the order of the form.
func formChanges(a, b Form) (list journal.Changes) {
	list.Add("form_enabled", onOff(a.Enabled), onOff(b.Enabled))
	list.Add("form_confirmed", onOff(a.Confirmed), onOff(b.Confirmed))
	list.Add("consent_fr", a.ConsentFR, b.ConsentFR)
	list.Add("consent_en", a.ConsentEN, b.ConsentEN)
	list.Add("months", strconv.Itoa(a.Months), strconv.Itoa(b.Months))
	list.Add("origins", strings.Join(a.Origins, " "), strings.Join(b.Origins, " "))
	return list
}

func onOff(b bool) string {
	if b {
		return "true"
	}
	return ""
}
