package request

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Move brings the request into another state; where it is there already, that is confirmed. A step that the table of
// states does not have is a fault.Conflict. Permission: HandleRequests.
func Move(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, to State) error {
	if err := by.Need(actor.HandleRequests); err != nil {
		return err
	}
	return step(ctx, tx, by, request, to)
}

// Withdraw takes the request back, by whom it is for, who made it, or an admin; withdrawn already, it is confirmed.
// Who may see it but not that: fault.Forbidden. Permission: as with Get.
func Withdraw(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request) error {
	if err := by.Need(actor.SeeOwnRequests); err != nil {
		return err
	}
	return step(ctx, tx, by, request, Withdrawn)
}

// Reopen takes up again what was resolved, closed or withdrawn, by those who may withdraw and by staff. What is open is
// left as it is. Permission: as with Withdraw; of staff HandleRequests.
func Reopen(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request) error {
	if err := maySpeak(by); err != nil {
		return err
	}
	return step(ctx, tx, by, request, InProgress)
}

func step(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, to State) error {
	r, err := hold(ctx, tx, by, request)
	if err != nil {
		return err
	}
	role := r.roleOf(by)
	if role == 0 {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	already := r.State == to || by.Kind == actor.Contact && to == InProgress && r.State.Open()
	if already {
		return r.save(ctx, tx, by)
	}
	if !leads(r.State, to, role) {
		return fault.New(fault.Conflict, "request.no_step")
	}
	return r.advance(ctx, tx, by, to)
}

// advance turns a held request into another state by itself: who watches it is told, and it is saved.
func (r *Request) advance(ctx context.Context, tx *sqldb.Tx, by actor.Actor, to State) error {
	if err := r.turn(ctx, tx, by, to, ""); err != nil {
		return err
	}
	r.ActivityAt = tx.Now()
	if err := tell(ctx, tx, by, *r, notice.Event{Kind: notice.RequestState, Detail: string(to)}); err != nil {
		return err
	}
	return r.save(ctx, tx, by)
}

// turn brings a held request into another state, with an entry and a line in the history; the caller saves it.
func (r *Request) turn(ctx context.Context, tx *sqldb.Tx, by actor.Actor, to State, source Source) error {
	from := r.State
	if _, err := r.add(ctx, tx, by, Entry{Kind: Change, Before: from, After: to, Source: source}); err != nil {
		return err
	}
	if !to.ours() {
		r.WaitsSince = 0
	} else if !from.ours() {
		r.WaitsSince = tx.Now()
	}
	r.State, r.StateAt, r.RemindedAt = to, tx.Now(), 0
	return journal.Record(ctx, tx, by, r.line("request.moved", journal.Change{Field: "request_state", Before: string(from), After: string(to)}))
}

// Assign gives the request to somebody of the team, or to nobody (zero). Permission: HandleRequests.
func Assign(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, to id.Login) error {
	if err := by.Need(actor.HandleRequests); err != nil {
		return err
	}
	if !to.IsZero() {
		if err := member(ctx, tx, by, to); err != nil {
			return err
		}
	}
	r, err := hold(ctx, tx, by, request)
	if err != nil {
		return err
	}
	if r.Assignee.ID == to.UUID {
		return r.save(ctx, tx, by)
	}
	r.Assignee = Person{}
	if !to.IsZero() {
		r.Assignee = Person{Kind: actor.Staff, ID: to.UUID}
	}
	if _, err := r.add(ctx, tx, by, Entry{Kind: Assignment, About: r.Assignee}); err != nil {
		return err
	}
	return r.save(ctx, tx, by, r.line("request.assigned"))
}

// Sort puts the request among those of another kind. Permission: HandleRequests.
func Sort(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, kind Kind) error {
	if err := by.Need(actor.HandleRequests); err != nil {
		return err
	}
	if kind != Technical && kind != Administrative {
		return fault.OnField(fault.Invalid, "kind", fault.M("fault.choice"))
	}
	r, err := hold(ctx, tx, by, request)
	if err != nil || r.Kind == kind {
		return err
	}
	before := r.Kind
	r.Kind = kind
	if _, err := r.add(ctx, tx, by, Entry{Kind: Sorting, From: before, To: kind}); err != nil {
		return err
	}
	return r.save(ctx, tx, by, r.line("request.sorted", journal.Change{Field: "request_kind", Before: string(before), After: string(kind)}))
}

// Relate makes the request another contact's, of the same organisation or another: whom it was for does not follow it any
// more, nor does anybody of the organisation that it leaves. To another organisation it goes only where elsewhere says that it may,
// for its people then read the whole thread: else a fault.Conflict on elsewhere. To an archived one nothing goes:
// fault.Conflict. Permission: HandleRequests.
func Relate(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, to id.Contact, elsewhere bool) error {
	if err := by.Need(actor.HandleRequests); err != nil {
		return err
	}
	row, err := Input{For: to}.whom(ctx, tx, by)
	if err != nil {
		return err
	}
	org, err := organization.Hold(ctx, tx, by, row.Organization)
	if err == nil && org.Archived() {
		err = fault.OnField(fault.Conflict, "contact", fault.M("request.organization_archived", "Name", org.Name))
	}
	if err != nil {
		return err
	}
	r, err := hold(ctx, tx, by, request)
	if err != nil {
		return err
	}
	if p, err := partyOf(ctx, tx, by, r, to); err != nil || r.For.ID == to.UUID && p.own {
		return err
	}
	if r.Organization != org.ID && !elsewhere {
		return leaving(ctx, tx, by, r, org)
	}
	before := r
	r.forSince = tx.Now()
	r.For, r.Organization = Person{Kind: actor.Contact, ID: to.UUID, Number: row.Number}, row.Organization
	if err := r.moveParties(ctx, tx, by, before); err != nil {
		return err
	}
	if err := tell(ctx, tx, by, r, notice.Event{Kind: notice.RequestWatching}, to); err != nil {
		return err
	}
	if _, err := r.add(ctx, tx, by, Entry{Kind: Relation, About: r.For}); err != nil {
		return err
	}
	return r.save(ctx, tx, by, r.line("request.related", journal.Change{Field: "request_contact", Before: contact.Label(before.For.Number), After: contact.Label(row.Number)}))
}

// leaving is the refusal of a request that would go to another organisation without anybody having said so.
func leaving(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r Request, to organization.Organization) error {
	names, err := organization.Names(ctx, tx, by, []id.Organization{r.Organization})
	if err != nil {
		return err
	}
	return fault.OnField(fault.Conflict, "elsewhere", fault.M("request.elsewhere", "Now", names[r.Organization], "Then", to.Name))
}

func (r *Request) moveParties(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before Request) error {
	leaving, args := ` AND contact_id = $3`, []any{by.Workspace, r.ID, before.For.ID}
	if r.Organization != before.Organization {
		leaving, args = ``, args[:2]
		if _, err := tx.Exec(ctx, `UPDATE request_word SET organization_id = $3 WHERE workspace_id = $1 AND number = $2`, by.Workspace, r.Number, r.Organization); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM request_party WHERE workspace_id = $1 AND request_id = $2`+leaving, args...); err != nil {
		return err
	}
	return writeParty(ctx, tx, by, *r, id.Contact{UUID: r.For.ID}, party{own: true, watching: true})
}
