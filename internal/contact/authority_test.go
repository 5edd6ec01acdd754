package contact_test

import (
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
)

// TestAuthority is the table of product.md §5 as it was read there: for each act, who may do it to a user (u), to an admin
// (a), to a super_admin (s) and to themselves (o).
func TestAuthority(t *testing.T) {
	names := []string{"EditDetails", "EditEmail", "Respell", "Replace", "SwitchOn", "SwitchOff", "Invite", "SetLoginEmail", "ChangeLogin", "Promote", "Demote", "NameAsPrimary", "Remove"}
	callers := []struct {
		name string
		is   actor.Role
		may  [13]string // in the order of names
	}{
		{"officer", actor.StaffOfficer, [13]string{"uas", "uas", "uas", "ua", "uas", "ua", "uas", "ua", "ua", "u", "a", "uas", "ua"}},
		{"staff admin", actor.StaffAdmin, [13]string{"uas", "uas", "uas", "ua", "uas", "ua", "uas", "uas", "uas", "u", "a", "uas", "ua"}},
		{"program", actor.ProgramRole, [13]string{"uas", "uas", "uas", "ua", "uas", "ua", "uas", "uas", "uas", "u", "a", "uas", "ua"}},
		{"guest", actor.PortalGuest, [13]string{}},
		{"user", actor.PortalUser, [13]string{0: "o", 1: "o"}},
		{"admin", actor.PortalAdmin, [13]string{"uao", "uao", "uao", "ua", "ua", "ua", "ua", "ua", "ua", "u", "", "uaso", "ua"}},
		{"super_admin", actor.PortalSuperAdmin, [13]string{"uao", "uao", "uao", "ua", "ua", "ua", "ua", "ua", "ua", "u", "a", "uaso", "ua"}},
	}
	if len(contact.Acts()) != len(names) {
		t.Fatalf("%d acts, %d are told of here", len(contact.Acts()), len(names))
	}
	for _, c := range callers {
		by := actor.Actor{Kind: actor.Staff, Workspace: 1, Role: c.is}
		if c.is >= actor.PortalGuest {
			by = actor.Actor{Kind: actor.Contact, Workspace: 1, Contact: id.NewContact(), Organization: id.NewOrganization(), Role: c.is}
		}
		for i, act := range contact.Acts() {
			var may string
			for _, to := range []struct {
				letter string
				row    contact.Row
			}{
				{"u", contact.Row{ID: id.NewContact(), Role: contact.User}}, {"a", contact.Row{ID: id.NewContact(), Role: contact.Admin}},
				{"s", contact.Row{ID: id.NewContact(), Role: contact.SuperAdmin}}, {"o", contact.Row{ID: by.Contact, Role: contact.Admin}},
			} {
				if to.letter == "o" && by.Kind != actor.Contact {
					continue
				}
				err := to.row.Allow(by, act)
				if err == nil {
					may += to.letter
				} else if f := fault.As(err); f == nil || f.Message.Key == "" {
					t.Errorf("%s, %s of %s: refused without a reason: %v", c.name, names[i], to.letter, err)
				}
			}
			if may != c.may[i] {
				t.Errorf("%s, %s: may for %q, want %q", c.name, names[i], may, c.may[i])
			}
		}
	}
}

// TestReasons has a sentence in each language for whatever is refused.
func TestReasons(t *testing.T) {
	said := map[string]bool{}
	for _, role := range []actor.Role{actor.StaffOfficer, actor.PortalUser, actor.PortalAdmin, actor.PortalSuperAdmin} {
		by := actor.Actor{Kind: actor.Contact, Workspace: 1, Contact: id.NewContact(), Organization: id.NewOrganization(), Role: role}
		if role == actor.StaffOfficer {
			by = actor.Actor{Kind: actor.Staff, Workspace: 1, Role: role}
		}
		for _, act := range contact.Acts() {
			for _, r := range []contact.Row{{Role: contact.User}, {Role: contact.Admin}, {Role: contact.SuperAdmin}, {ID: by.Contact, Role: contact.Admin}} {
				if f := fault.As(r.Allow(by, act)); f != nil {
					said[f.Message.Key] = true
				}
			}
		}
	}
	for key := range said {
		for _, language := range []locale.Language{locale.French, locale.English} {
			if !locale.For(language, locale.Practice, locale.Vendor, nil).Has(key) {
				t.Errorf("%s: %s is not in the catalogue", language, key)
			}
		}
	}
}
