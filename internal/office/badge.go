package office

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// personName is how the back office names a contact, as markup: civility, FAMILY NAME in bold, given name.
func personName(r *web.Request, c contact.Row) string {
	name := "<b>" + templ.EscapeString(capitals(c)) + "</b> " + templ.EscapeString(c.GivenName.String())
	if key := c.Civility.Label(); key != "" {
		name = templ.EscapeString(r.P.Text(key)) + "\u00a0" + name
	}
	return name
}

// primaryBadge singles out whom the host asks first.
func primaryBadge(r *web.Request) templ.Component {
	return ui.Badge(ui.Accent, "star", r.P.Text("office.primary"))
}

// roleBadge is what a contact may be in the portal: neutral, whatever the role, so that a red brand never looks
// like danger.
func roleBadge(r *web.Request, role contact.Role) templ.Component {
	switch role {
	case contact.SuperAdmin:
		return ui.Badge(ui.Plain, "shield-star", r.P.Text("office.role.super_admin"))
	case contact.Admin:
		return ui.Badge(ui.Plain, "shield", r.P.Text("office.role.admin"))
	}
	return ui.Badge(ui.Plain, "user", r.P.Text("office.role.user"))
}

// stateBadge is how far a contact's way in is (product.md §2).
func stateBadge(r *web.Request, s contact.State) templ.Component {
	switch s {
	case contact.Active:
		return ui.Badge(ui.OK, "ok", r.P.Text("office.state.active"))
	case contact.Invited:
		return ui.Badge(ui.Info, "mail", r.P.Text("office.state.invited"))
	case contact.Disabled:
		return ui.Badge(ui.Plain, "pause", r.P.Text("office.state.disabled"))
	}
	return ui.Badge(ui.Plain, "none", r.P.Text("office.state.without_login"))
}

// invitationBadge is stateBadge, with what became of the invitation of somebody who is invited; without a mail server
// letters wait.
func invitationBadge(r *web.Request, s contact.State, d invitation.Delivery, waits bool) templ.Component {
	if s == contact.Invited {
		switch d {
		case invitation.Queued:
			if waits {
				return ui.Badge(ui.Warn, "pause", r.P.Text("office.delivery.waits"))
			}
			return ui.Badge(ui.Info, "clock", r.P.Text("office.delivery.queued"))
		case invitation.Refused:
			return ui.Badge(ui.Danger, "alert", r.P.Text("office.invitation.refused"))
		case invitation.Expired:
			return ui.Badge(ui.Warn, "clock", r.P.Text("office.invitation.expired"))
		}
	}
	return stateBadge(r, s)
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

// authorizedBadge says whether the contact may see the host's data, in a list.
func authorizedBadge(r *web.Request, c contact.Row) templ.Component {
	if c.AuthorizedAt.IsZero() {
		return ui.Badge(ui.Warn, "lock", r.P.Text("office.authorized.no"))
	}
	return ui.Badge(ui.OK, "unlock", r.P.Text("office.authorized.yes"))
}

// yesNo answers a question of the sheet: OUI or NON.
func yesNo(r *web.Request, yes bool, whenYes, whenNo string, toneNo ui.Tone) templ.Component {
	if yes {
		return ui.Badge(ui.OK, whenYes, r.P.Text("office.yes"))
	}
	return ui.Badge(toneNo, whenNo, r.P.Text("office.no"))
}

// capitals are a contact's family name as the back office writes it.
func capitals(c contact.Row) string { return strings.ToUpper(c.FamilyName.String()) }
