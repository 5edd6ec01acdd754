package web

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/web/ui"
)

// PrimaryBadge singles out whom the host asks first.
func PrimaryBadge(p *locale.Printer) templ.Component {
	return ui.Badge(ui.Accent, "star", p.Text("contact.primary"))
}

// GapsBadge says that a contact lacks what every form asks for (product.md §1, « à compléter »).
func GapsBadge(p *locale.Printer) templ.Component {
	return ui.Badge(ui.Warn, "pencil", p.Text("contact.incomplete"))
}

// RoleBadge is what a contact may be in the portal: neutral, whatever the role, so that a red brand never looks
// like danger.
func RoleBadge(p *locale.Printer, role contact.Role) templ.Component {
	switch role {
	case contact.SuperAdmin:
		return ui.Badge(ui.Plain, "shield-star", p.Text("contact.role.super_admin"))
	case contact.Admin:
		return ui.Badge(ui.Plain, "shield", p.Text("contact.role.admin"))
	}
	return ui.Badge(ui.Plain, "user", p.Text("contact.role.user"))
}

// StateBadge is how far a contact's way in is (product.md §2).
func StateBadge(p *locale.Printer, s contact.State) templ.Component {
	switch s {
	case contact.Active:
		return ui.Badge(ui.OK, "ok", p.Text("contact.state.active"))
	case contact.Invited:
		return ui.Badge(ui.Info, "mail", p.Text("contact.state.invited"))
	case contact.Disabled:
		return ui.Badge(ui.Plain, "pause", p.Text("contact.state.disabled"))
	}
	return ui.Badge(ui.Plain, "none", p.Text("contact.state.without_login"))
}

// InvitationBadge is StateBadge, with what the invitation of somebody who is invited came to, if to nothing.
func InvitationBadge(p *locale.Printer, s contact.State, d invitation.Delivery) templ.Component {
	if s == contact.Invited && d == invitation.Refused {
		return ui.Badge(ui.Danger, "alert", p.Text("contact.invitation.refused"))
	}
	if s == contact.Invited && d == invitation.Expired {
		return ui.Badge(ui.Warn, "clock", p.Text("contact.invitation.expired"))
	}
	return StateBadge(p, s)
}

// AuthorizedBadge says whether a contact may see the host's data, in a list.
func AuthorizedBadge(p *locale.Printer, authorized bool) templ.Component {
	if authorized {
		return ui.Badge(ui.OK, "unlock", p.Text("contact.authorized.yes"))
	}
	return ui.Badge(ui.Warn, "lock", p.Text("contact.authorized.no"))
}
