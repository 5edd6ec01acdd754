package told

import (
	"slices"

	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/web/ui"
)

// kinds are the acts that the rooms write into the history, by the group under which the filter lists them. Each
// has its sentences in told.*.json: told.line.(kind), told.own.(kind) when the
// reader did it, and told.kind.(kind) as an entry of the filter.
var kinds = []struct {
	group string
	icon  string
	acts  []act
}{
	{"contact", "user", []act{
		{"contact.created", "plus"}, {"contact.enrolled", "plus"}, {"contact.edited", "pencil"}, {"contact.renamed", "pencil"}, {"contact.respelled", "pencil"},
		{"contact.replaced", "swap"}, {"contact.authorized", "unlock"}, {"contact.invited", "send"}, {"contact.reminded", "send"},
		{"contact.credentials_sent", "mail"}, {"contact.asked_again", "mail"}, {"contact.joined", "check"}, {"contact.declined", "close"}, {"contact.login_changed", "swap"}, {"contact.revoked", "lock"},
		{"contact.signed_in", "user"},
		{"contact.primary", "star"}, {"contact.deleted", "trash"}, {"contact.discarded", "trash"},
		{"contact.super_admin_offered", "shield"}, {"contact.super_admin_withdrawn", "close"}, {"contact.super_admin_refused", "close"}, {"contact.super_admin_lapsed", "clock"},
		{"contact.super_admin_accepted", "shield"}, {"contact.super_admin_handed_over", "shield"}, {"contact.super_admin_transferred", "shield"}, {"contact.super_admin_taken", "shield"},
		{"contact.preferences_changed", "bell"},
		{"contact.commented", "talk"},
	}},
	{"organization", "building", []act{
		{"organization.created", "plus"}, {"organization.edited", "building"}, {"organization.reidentified", "building"}, {"organization.delegated", "shield"},
		{"organization.archived", "none"}, {"organization.restored", "building"}, {"organization.deleted", "trash"}, {"organization.history_exported", "doc"},
		{"organization.commented", "talk"},
	}},
	{"request", "talk", []act{
		{"request.created", "plus"}, {"request.commented", "talk"}, {"request.answered_elsewhere", "mail"}, {"request.noted", "pencil"}, {"request.moved", "swap"}, {"request.assigned", "user"},
		{"request.sorted", "pencil"}, {"request.related", "swap"}, {"request.watched", "users"}, {"request.unwatched", "users"}, {"request.reminded", "clock"},
		{"canned_answer.created", "plus"}, {"canned_answer.edited", "pencil"}, {"canned_answer.removed", "trash"},
	}},
	{"invoice", "receipt", []act{
		{"invoice.filed", "plus"}, {"invoice.edited", "pencil"}, {"invoice.paid", "check"}, {"invoice.unpaid", "clock"}, {"invoice.replaced", "swap"}, {"invoice.deleted", "trash"},
	}},
	{"offer", "doc", []act{
		{"offer.created", "plus"}, {"offer.deposited", "plus"}, {"offer.edited", "pencil"}, {"offer.accepted", "check"}, {"offer.rejected", "close"}, {"offer.activated", "check"}, {"offer.deactivated", "none"},
		{"offer.attached", "users"}, {"offer.detached", "users"}, {"offer.file_set", "doc"}, {"offer.file_removed", "trash"}, {"offer.withdrawn", "close"}, {"offer.deleted", "trash"},
	}},
	{"document", "doc", []act{{"document.added", "plus"}, {"document.edited", "pencil"}, {"document.versioned", "swap"}, {"document.deleted", "trash"}}},
	{"deposit", "building", []act{
		{"deposit.confirmed", "plus"}, {"deposit.accepted", "check"}, {"deposit.attached", "swap"}, {"deposit.refused", "close"}, {"deposit.spam", "none"}, {"deposit.expired", "clock"},
		{"deposit_form.edited", "sliders"},
	}},
	{"dispatch", "send", []act{{"dispatch.started", "send"}, {"dispatch.cancelled", "close"}}},
	{"transfer", "swap", []act{{"transfer.imported", "swap"}, {"transfer.cancelled", "close"}, {"transfer.exported", "doc"}}},
	{"journal", "clock", []act{{"journal.exported", "doc"}}},
	{"letter_text", "mail", []act{{"letter_text.edited", "pencil"}, {"letter_text.removed", "trash"}}},
	{"token", "lock", []act{{"token.created", "unlock"}, {"token.revoked", "lock"}}},
	{"webhook", "send", []act{
		{"webhook.created", "plus"}, {"webhook.edited", "pencil"}, {"webhook.renewed", "lock"}, {"webhook.enabled", "check"}, {"webhook.disabled", "pause"},
		{"webhook.stopped", "alert"}, {"webhook.replayed", "swap"}, {"webhook.deleted", "trash"},
	}},
	{"workspace", "sliders", []act{
		{"workspace.created", "home"}, {"workspace.edited", "sliders"}, {"workspace.commented", "talk"}, {"staff.added", "users"},
		{"staff.invited", "send"}, {"staff.invited_again", "send"}, {"staff.asked_again", "mail"}, {"staff.withdrawn", "close"}, {"staff.declined", "close"},
		{"staff.joined", "users"}, {"staff.role_changed", "shield"}, {"staff.removed", "trash"}, {"staff.left", "users"},
		{"login.created", "user"}, {"login.edited", "user"}, {"login.password_changed", "lock"}, {"login.address_changed", "mail"},
	}},
}

type act struct{ kind, icon string }

// icons finds an act's picture.
var icons = func() map[string]string {
	m := map[string]string{}
	for _, group := range kinds {
		for _, a := range group.acts {
			m[a.kind] = a.icon
		}
	}
	return m
}()

// Known reports whether there is such an act.
func Known(kind string) bool { return icons[kind] != "" }

// Kinds are all acts, by their groups.
func Kinds() (list []string) {
	for _, group := range kinds {
		for _, a := range group.acts {
			list = append(list, a.kind)
		}
	}
	return list
}

// Group is a group of acts as a filter offers them.
type Group struct {
	Label string
	Kinds []ui.Option
}

// Groups are the acts of the groups of those names («contact», «organization», …), for a filter; no name = all.
func Groups(p *locale.Printer, names []string) (list []Group) {
	for _, k := range kinds {
		if len(names) > 0 && !slices.Contains(names, k.group) {
			continue
		}
		g := Group{Label: p.Text("told.group." + k.group)}
		for _, a := range k.acts {
			g.Kinds = append(g.Kinds, ui.Option{Value: a.kind, Text: p.Text("told.kind." + a.kind)})
		}
		list = append(list, g)
	}
	return list
}
