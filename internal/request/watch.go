package request

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/request/people"
	"github.com/entregent/entregent/internal/sqldb"
)

// party is what a contact has to do with a request.
type party struct{ own, watching bool }

// partyOf reads it; nothing is none of both.
func partyOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r Request, who id.Contact) (p party, err error) {
	p, err = sqldb.One(ctx, tx, func(row sqldb.Scanner) (p party, err error) { return p, row.Scan(&p.own, &p.watching) },
		`SELECT own, watching FROM request_party WHERE workspace_id = $1 AND contact_id = $2 AND number = $3`, by.Workspace, who, r.Number)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return p, err
}

func writeParty(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r Request, who id.Contact, p party) error {
	if !p.own && !p.watching {
		_, err := tx.Exec(ctx, `DELETE FROM request_party WHERE workspace_id = $1 AND contact_id = $2 AND number = $3`, by.Workspace, who, r.Number)
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO `+partiesInto+` VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (workspace_id, contact_id, number) DO UPDATE SET own = excluded.own, watching = excluded.watching`, by.Workspace, who, r.Number, r.ID, p.own, p.watching)
	return err
}

// Watch has a contact watch the request: themselves, or by an admin or staff a colleague of the request's organisation who
// may come in, and who may see it from then on. Doing it again changes nothing. Whom nobody may add is a fault on
// contact. Permission: as with Get; for another AskForColleagues, of staff HandleRequests.
func Watch(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, who id.Contact) error {
	return setWatching(ctx, tx, by, request, who, true)
}

// Unwatch ends it, by whoever watches, or who may have them watch. A user may then see the request no more, unless it is for them.
// Permission: as with Watch.
func Unwatch(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, who id.Contact) error {
	return setWatching(ctx, tx, by, request, who, false)
}

func setWatching(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, who id.Contact, on bool) error {
	if err := mayHaveWatch(by, who); err != nil {
		return err
	}
	r, err := hold(ctx, tx, by, request)
	if err != nil {
		return err
	}
	p, err := partyOf(ctx, tx, by, r, who)
	if err != nil {
		return err
	}
	if p.watching == on {
		return r.save(ctx, tx, by)
	}
	about := Person{Kind: actor.Contact, ID: who.UUID}
	if on {
		row, err := follower(ctx, tx, by, r.Organization, who)
		if err != nil {
			return err
		}
		about.Number = row.Number
	} else if about.Number, err = numberOf(ctx, tx, by, who); err != nil {
		return err
	}
	p.watching = on
	if err := writeParty(ctx, tx, by, r, who, p); err != nil {
		return err
	}
	kind := "request.unwatched"
	if on {
		kind = "request.watched"
	}
	if _, err := r.add(ctx, tx, by, Entry{Kind: Watcher, About: about, Watching: on}); err != nil {
		return err
	}
	if on {
		if err := tell(ctx, tx, by, r, notice.Event{Kind: notice.RequestWatching}, who); err != nil {
			return err
		}
	}
	return r.save(ctx, tx, by, r.line(kind))
}

func mayHaveWatch(by actor.Actor, who id.Contact) error {
	switch {
	case by.Kind != actor.Contact:
		return by.Need(actor.HandleRequests)
	case who != by.Contact:
		return by.Need(actor.AskForColleagues)
	}
	return by.Need(actor.SeeOwnRequests)
}

func numberOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, who id.Contact) (int64, error) {
	rows, err := contact.Rows(ctx, tx, actor.OfProgram(by.Workspace), []id.Contact{who})
	return rows[who].Number, err
}

// WatchersCap is how many watchers a page lists.
const WatchersCap = 200

// Watchers lists who watches the request, the first 200 as they were added. Permission: as with Get.
func Watchers(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request) ([]Person, error) {
	if _, err := Read(ctx, tx, by, request); err != nil {
		return nil, err
	}
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (p Person, err error) {
		p.Kind = actor.Contact
		return p, row.Scan(&p.ID)
	}, `SELECT contact_id FROM request_party WHERE workspace_id = $1 AND request_id = $2 AND watching = 1 ORDER BY contact_id LIMIT $3`, by.Workspace, request, WatchersCap)
	if err != nil {
		return nil, err
	}
	crowd := people.Gather(by)
	for i := range list {
		crowd.Add(tx.Now(), &list[i])
	}
	return list, crowd.Name(ctx, tx)
}
