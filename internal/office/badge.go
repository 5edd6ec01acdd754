package office

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// invitationBadge is web.InvitationBadge, with the letter that is about to leave; without a mail server letters wait.
func invitationBadge(r *web.Request, s contact.State, d invitation.Delivery, waits bool) templ.Component {
	if s == contact.Invited && d == invitation.Queued {
		return deliveryBadge(r, d, waits)
	}
	return web.InvitationBadge(r.P, s, d)
}

// deliveryBadge is how far a letter with credentials has come; without a mail server letters wait.
func deliveryBadge(r *web.Request, d invitation.Delivery, waits bool) templ.Component {
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

// yesNo answers a question of the sheet: OUI or NON.
func yesNo(r *web.Request, yes bool, whenYes, whenNo string, toneNo ui.Tone) templ.Component {
	if yes {
		return ui.Badge(ui.OK, whenYes, r.P.Text("office.yes"))
	}
	return ui.Badge(toneNo, whenNo, r.P.Text("office.no"))
}
