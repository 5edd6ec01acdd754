package directory

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
)

// Way is how far a contact's way in is, as the portal's list shows it: a contact.State, or what an open invitation came to.
type Way string

// The ways. Whoever is refused or expired is invited too.
const (
	WithoutLogin Way = "without_login"
	Invited      Way = "invited"
	Expired      Way = "expired"
	Unreached    Way = "refused" // the mail server did not take the invitation
	Active       Way = "active"
	Disabled     Way = "disabled"
)

// Ways lists them in the order of a filter.
func Ways() []Way { return []Way{WithoutLogin, Invited, Unreached, Expired, Active, Disabled} }

// CountColleagues counts those of the caller's own organisation whom Colleagues would list, up to ColleaguesCap. Permission:
// SeeColleagues.
func CountColleagues(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (n int, more bool, err error) {
	if err := by.Need(actor.SeeColleagues); err != nil {
		return 0, false, err
	}
	t, unseen, err := f.colleagues(ctx, tx, by)
	if err != nil {
		return 0, false, err
	}
	return t.countColleagues(ctx, tx, by, unseen)
}

// way is the condition that a contact's way in is so far, in words that no index of the whole workspace answers: the organisation's own are walked, who are few; for
// whoever may not know, it says nothing.
func (t *tiers) way(by actor.Actor, w Way, now sqldb.Time) string {
	if !by.May(actor.SeeColleaguesAccess) {
		return ""
	}
	switch w {
	case WithoutLogin:
		return ` AND login_enabled = 0 AND COALESCE(joined_at, credentials_sent_at) IS NULL`
	case Invited:
		return ` AND joined_at IS NULL AND login_enabled <> 0`
	case Active:
		return ` AND joined_at IS NOT NULL AND login_enabled <> 0`
	case Disabled:
		return ` AND login_enabled = 0 AND COALESCE(joined_at, credentials_sent_at) IS NOT NULL`
	case Unreached:
		return t.cameTo(`l.state = 'refused'`, now)
	case Expired:
		return t.cameTo(`l.state IS DISTINCT FROM 'refused' AND i.expires_at <= `+t.arg(now), now)
	}
	return ""
}

// cameTo is the condition that a contact is invited, and its open invitation came to that: invitation.DeliveryOf in SQL (COALESCE keeps planners to the index of who is
// invited). Reading
// the tables of rooms above is the price of a filter that is one with the others.
func (t *tiers) cameTo(that string, now sqldb.Time) string {
	return ` AND id IN (SELECT c.id FROM contact c CROSS JOIN invitation i LEFT JOIN letter l ON l.id = i.letter_id
		WHERE c.workspace_id = $1 AND c.organization_id = $2 AND c.joined_at IS NULL AND c.login_enabled <> 0 AND c.login_id IS NULL AND c.archived = 0
			AND i.workspace_id = $1 AND i.contact_id = c.id AND i.ended_at IS NULL AND i.epoch = c.login_epoch AND i.email = COALESCE(c.login_email, '')
			AND (i.opened_at IS NULL OR i.expires_at <= ` + t.arg(now) + `) AND ` + that + `)`
}
