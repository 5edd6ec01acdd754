package notice

import (
	"context"
	"slices"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Notice is what somebody was told.
type Notice struct {
	ID      id.Notice
	Kind    Kind
	Detail  string
	Subject journal.Subject // without its number
	At      sqldb.Time
	ReadAt  sqldb.Time
	Sight   // as the reader sees it now
}

// Text is the notice in one sentence.
func (n Notice) Text(p *locale.Printer) string {
	key := "notice." + string(n.Kind)
	if own := key + "." + n.Detail; n.Detail != "" && p.Has(own) {
		key = own
	}
	return p.Text(key, "Subject", n.Label)
}

const columns = `id, kind, detail, subject_kind, subject_id, created_at, read_at`

func scan(row sqldb.Scanner) (n Notice, err error) {
	return n, row.Scan(&n.ID, &n.Kind, &n.Detail, &n.Subject.Kind, &n.Subject.ID, &n.At, &n.ReadAt)
}

// visible are those of the notices that the caller may see now, with their sights.
func (d *Desk) visible(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Notice) ([]Notice, error) {
	sights, err := d.see(ctx, tx, by, list)
	if err != nil {
		return nil, err
	}
	seen := make([]Notice, 0, len(list))
	for _, n := range list {
		sight, ok := sights[n.Subject.ID]
		if ok && !slices.Contains(sight.Past, n.Kind) && (!n.Kind.Leading() || leads(by)) {
			n.Sight = sight
			seen = append(seen, n)
		}
	}
	return seen, nil
}

// MostListed is how many notices a bell shows, the latest first.
const MostListed = sqldb.Many

// Find lists what the caller's bell has, the latest first, of the last MostListed; what they may not see any more is neither shown nor
// counted. Permission: SeeOwnNotices.
func (d *Desk) Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ask paging.Ask) (part paging.Part[Notice], err error) {
	if err := by.Need(actor.SeeOwnNotices); err != nil {
		return part, err
	}
	part.Ask = ask.Clean(paging.Sizes[1])
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM notice WHERE workspace_id = $1
		AND id IN (SELECT id FROM notice WHERE workspace_id = $1 AND contact_id = $2 AND bell = 1 ORDER BY id DESC LIMIT `+strconv.Itoa(MostListed)+`) ORDER BY id DESC`,
		by.Workspace, by.Contact)
	if err != nil {
		return part, err
	}
	if list, err = d.visible(ctx, tx, by, list); err != nil {
		return part, err
	}
	part.Total = len(list)
	from := min(part.Offset(), len(list))
	part.Items = list[from:min(from+part.Size, len(list))]
	return part, nil
}

// Newest is the latest that the caller's bell has; zero when it is empty. Permission: SeeOwnNotices.
func Newest(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (id.Notice, error) {
	if err := by.Need(actor.SeeOwnNotices); err != nil {
		return id.Notice{}, err
	}
	list, err := sqldb.List(ctx, tx, sqldb.Value[id.Notice], `SELECT id FROM notice WHERE workspace_id = $1 AND contact_id = $2 AND bell = 1 ORDER BY id DESC LIMIT 1`, by.Workspace, by.Contact)
	if err != nil || len(list) == 0 {
		return id.Notice{}, err
	}
	return list[0], nil
}

// MostCounted is how far Unread counts.
const MostCounted = 99

// Unread counts what the caller has not read yet and may see; more tells that there is more than MostCounted. Permission:
// SeeOwnNotices.
func (d *Desk) Unread(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (n int, more bool, err error) {
	if err := by.Need(actor.SeeOwnNotices); err != nil {
		return 0, false, err
	}
	behind, args := ``, []any{by.Workspace, by.Contact}
	for n <= MostCounted { // what they may not see is passed over, however much there is
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM notice WHERE workspace_id = $1
			AND id IN (SELECT id FROM notice WHERE workspace_id = $1 AND contact_id = $2 AND bell = 1 AND read_at IS NULL`+behind+`
				ORDER BY id DESC LIMIT `+strconv.Itoa(MostCounted+1)+`) ORDER BY id DESC`, args...) // SQLite plans a statement anew for each bound limit
		if err != nil || len(list) == 0 {
			return min(n, MostCounted), false, err
		}
		seen, err := d.visible(ctx, tx, by, list)
		if n += len(seen); err != nil || len(list) <= MostCounted {
			return min(n, MostCounted), n > MostCounted, err
		}
		behind, args = ` AND id < $3`, []any{by.Workspace, by.Contact, list[len(list)-1].ID}
	}
	return MostCounted, true, nil
}

// Open marks one of the caller's notices as read and gives it with its sight; another's, one that is gone, and one whose
// subject they may not see any more is a fault.NotFound. Permission: SeeOwnNotices.
func (d *Desk) Open(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Notice) (Notice, error) {
	if err := by.Need(actor.SeeOwnNotices); err != nil {
		return Notice{}, err
	}
	n, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM notice WHERE workspace_id = $1 AND id = $2 AND contact_id = $3 AND bell = 1`, by.Workspace, of, by.Contact)
	if err != nil {
		return n, err
	}
	seen, err := d.visible(ctx, tx, by, []Notice{n})
	if err != nil {
		return n, err
	}
	if len(seen) == 0 {
		return n, fault.Missing()
	}
	tx.Notify(topic)
	_, err = tx.Exec(ctx, `UPDATE notice SET read_at = COALESCE(read_at, $1), changed_at = $1 WHERE workspace_id = $2 AND id = $3 AND contact_id = $4`,
		tx.Now(), by.Workspace, of, by.Contact)
	return seen[0], err
}

// ReadAll marks all that the caller's bell has as read, up to the notice that they have seen last (zero = all): what came
// since stays unread. Permission: SeeOwnNotices.
func ReadAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, upTo id.Notice) error {
	if err := by.Need(actor.SeeOwnNotices); err != nil {
		return err
	}
	clause, args := "", []any{tx.Now(), by.Workspace, by.Contact}
	if !upTo.IsZero() {
		clause, args = " AND id <= $4", append(args, upTo)
	}
	tx.Notify(topic)
	_, err := tx.Exec(ctx, `UPDATE notice SET read_at = $1, changed_at = $1 WHERE workspace_id = $2 AND read_at IS NULL
		AND id IN (SELECT id FROM notice WHERE workspace_id = $2 AND contact_id = $3 AND bell = 1 AND read_at IS NULL`+clause+`)`, args...)
	return err
}

// Remove takes one of the caller's notices out of the bell for good, and out of a letter that is not written yet; another's, or one that
// is gone, is a fault.NotFound. Permission: SeeOwnNotices.
func Remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Notice) error {
	if err := by.Need(actor.SeeOwnNotices); err != nil {
		return err
	}
	tx.Notify(topic)
	n, err := tx.Exec(ctx, `DELETE FROM notice WHERE workspace_id = $1 AND id = $2 AND contact_id = $3 AND bell = 1`, by.Workspace, of, by.Contact)
	if err == nil && n == 0 {
		err = fault.Missing()
	}
	return err
}
