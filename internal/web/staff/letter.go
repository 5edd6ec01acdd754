package staff

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// Sent is a way in that was sent to somebody, as the back office tells of it.
type Sent struct {
	R          *web.Request
	Post       *mail.Post
	Invitation invitation.Invitation // zero for who has joined
	Letter     mail.Letter
	Delivery   invitation.Delivery
}

// Badge is how far the letter has come.
func (s Sent) Badge() templ.Component { return DeliveryBadge(s.R, s.Delivery, s.Post.Waits()) }

// Why says what keeps the letter, or kept it, from its reader: the mail server's words.
func (s Sent) Why() string {
	if s.Delivery == invitation.Queued && s.Post.Waits() {
		return s.R.P.Text("office.mail.none")
	}
	if s.Letter.State == mail.Queued || s.Letter.State == mail.Refused {
		return s.Letter.Why(s.R.P)
	}
	return ""
}

// Left says how long there is to accept what was sent; "" when it did not arrive, or nothing can be accepted.
func (s Sent) Left() string {
	now := sqldb.At(s.R.Now)
	if s.Delivery == invitation.Refused || s.Invitation.ID.IsZero() || !s.Invitation.Live(now) {
		return ""
	}
	return s.R.P.Text("office.credentials.left", "Left", s.Invitation.ExpiresAt.Sub(now))
}

// InvitationBadge is web.InvitationBadge, with the letter that is about to leave; without a mail server letters wait.
func InvitationBadge(r *web.Request, s contact.State, d invitation.Delivery, waits bool) templ.Component {
	if s == contact.Invited && d == invitation.Queued {
		return DeliveryBadge(r, d, waits)
	}
	return web.InvitationBadge(r.P, s, d)
}

// DeliveryBadge is how far a letter with credentials has come; without a mail server letters wait.
func DeliveryBadge(r *web.Request, d invitation.Delivery, waits bool) templ.Component {
	tone, icon, key := ui.Info, "mail", "office.delivery."+string(d)
	switch d {
	case invitation.Queued:
		icon = "clock"
		if waits {
			tone, icon, key = ui.Warn, "pause", "office.delivery.waits"
		}
	case invitation.Refused:
		tone, icon = ui.Danger, "alert"
	case invitation.Opened:
		icon = "eye"
	case invitation.Accepted:
		tone, icon = ui.OK, "ok"
	case invitation.Expired:
		tone, icon = ui.Warn, "clock"
	case invitation.NotMine:
		tone, icon = ui.Warn, "close"
	case invitation.Void:
		tone, icon = ui.Plain, "none"
	}
	return ui.Badge(tone, icon, r.P.Text(key))
}

// DeliveriesOf reads what became of the invitations of those among the contacts who are invited.
func DeliveriesOf(r *web.Request, tx *sqldb.Tx, rows []contact.Row) (map[id.Contact]invitation.Delivery, error) {
	var invited []id.Contact
	for _, c := range rows {
		if c.State() == contact.Invited {
			invited = append(invited, c.ID)
		}
	}
	return access.Deliveries(r.Context(), tx, r.By, invited)
}
