package office

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// sent is a way in that was sent to somebody, as the back office tells of it.
type sent struct {
	r          *web.Request
	post       *mail.Post
	invitation invitation.Invitation // zero for who has joined
	letter     mail.Letter
	delivery   invitation.Delivery
}

// badge is how far the letter has come.
func (s sent) badge() templ.Component { return deliveryBadge(s.r, s.delivery, s.post.Waits()) }

// why says what keeps the letter, or kept it, from its reader: the mail server's words.
func (s sent) why() string {
	if s.delivery == invitation.Queued && s.post.Waits() {
		return s.r.P.Text("office.mail.none")
	}
	if s.letter.State == mail.Queued || s.letter.State == mail.Refused {
		return s.letter.Why(s.r.P)
	}
	return ""
}

// left says how long there is to accept what was sent; "" when it did not arrive, or nothing can be accepted.
func (s sent) left() string {
	now := sqldb.At(s.r.Now)
	if s.delivery == invitation.Refused || s.invitation.ID.IsZero() || !s.invitation.Live(now) {
		return ""
	}
	return s.r.P.Text("office.credentials.left", "Left", s.invitation.ExpiresAt.Sub(now))
}
