package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Act is what somebody does to a contact. Whether they may depends on what the contact is in its organisation, and on
// whether it is their own (product.md §5): authority below says it, and Row.Allow reads it for menus, forms and verbs.
type Act uint8

// The acts.
const (
	EditDetails   Act = iota + 1 // civility, function, phones, language, time zone
	EditEmail                    // the professional address
	Respell                      // another name for the same person
	Replace                      // another person in the contact's place
	SwitchOn                     // the login
	SwitchOff                    // the login
	Invite                       // send credentials
	SetLoginEmail                // say where credentials go, of a contact that has not joined
	ChangeLogin                  // take it from its login and invite another address, of a contact that has joined
	Promote                      // make a user an admin
	Demote                       // make an admin a user
	NameAsPrimary                // of its organisation
	Remove                       // delete it
	lastAct       = Remove
)

// nobody may do it, whatever they are.
const nobody actor.Permission = 0

// authority is what the act needs when it is done to a user, to an admin, to a super_admin, and by an organisation's own
// people to themselves. Staff are nobody's contact. Promote is only ever done to users, Demote to admins.
var authority = [lastAct + 1]struct{ user, admin, superAdmin, oneself actor.Permission }{
	EditDetails:   {actor.EditContacts, actor.EditContacts, actor.EditSuperAdmins, actor.EditOwnDetails},
	EditEmail:     {actor.EditContacts, actor.EditContacts, actor.EditSuperAdmins, actor.EditOwnDetails},
	Respell:       {actor.EditContacts, actor.EditContacts, actor.EditSuperAdmins, actor.EditContacts},
	Replace:       {actor.EditContacts, actor.EditContacts, nobody, nobody},
	SwitchOn:      {actor.EditContacts, actor.EditContacts, actor.EditSuperAdmins, nobody},
	SwitchOff:     {actor.EditContacts, actor.EditContacts, nobody, nobody},
	Invite:        {actor.SendCredentials, actor.SendCredentials, actor.EditSuperAdmins, nobody},
	SetLoginEmail: {actor.EditContacts, actor.EditContacts, actor.NameSuperAdmin, nobody},
	ChangeLogin:   {actor.SendCredentials, actor.SendCredentials, actor.NameSuperAdmin, nobody},
	Promote:       {actor.EditContacts, nobody, nobody, nobody},
	Demote:        {nobody, actor.DemoteAdmins, nobody, nobody},
	NameAsPrimary: {actor.EditContacts, actor.EditContacts, actor.EditContacts, actor.EditContacts},
	Remove:        {actor.EditContacts, actor.EditContacts, nobody, nobody},
}

// Acts lists them all, for the tests and the documentation.
func Acts() []Act {
	list := make([]Act, 0, lastAct)
	for a := EditDetails; a <= lastAct; a++ {
		list = append(list, a)
	}
	return list
}

// Allow is nil when the caller may do it to the contact; else a fault.Forbidden, or a fault.Conflict where nobody may, that
// says why: for the person, beside what is not offered. It says nothing of the contact's organisation: Hold confines.
func (r Row) Allow(by actor.Actor, act Act) error {
	own := by.Kind == actor.Contact && r.ID == by.Contact
	needed := authority[act].user
	switch {
	case own:
		needed = authority[act].oneself
	case r.Role == SuperAdmin:
		needed = authority[act].superAdmin
	case r.Role == Admin:
		needed = authority[act].admin
	}
	if by.May(needed) {
		return nil
	}
	return fault.New(refusal(needed), r.reason(own, act, by))
}

func refusal(needed actor.Permission) fault.Kind {
	if needed == nobody {
		return fault.Conflict
	}
	return fault.Forbidden
}

// reason says why the caller may not, as a key of the catalogue.
func (r Row) reason(own bool, act Act, by actor.Actor) string {
	switch {
	case own && by.May(actor.EditContacts):
		return "contact.oneself." + act.group()
	case r.Role == SuperAdmin && !own:
		return r.reasonOfSuperAdmin(act, by)
	case act == Demote:
		return "contact.demote_by_super_admin"
	}
	return "fault.forbidden"
}

func (r Row) reasonOfSuperAdmin(act Act, by actor.Actor) string {
	switch act {
	case SwitchOff:
		return "contact.super_admin_keeps_login"
	case Promote, Demote:
		return "contact.super_admin_keeps_role"
	case Replace, Remove:
		return "contact.super_admin_stays"
	}
	if by.Kind == actor.Contact {
		return "contact.super_admin_by_oneself"
	}
	return "contact.login_email_by_admins"
}

// group is what the acts have in common that nobody does to themselves.
func (a Act) group() string {
	switch a {
	case Promote, Demote:
		return "role"
	case Remove, Replace:
		return "deletion"
	}
	return "login"
}

// Still is nil while the caller is what they came in as; else a fault.Forbidden. Somebody of the organisation may have lost
// their role or their login since their request began; who holds the organisation asks here, so that an admin who
// was demoted a moment ago promotes nobody. Staff and programs always are.
func Still(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if by.Kind != actor.Contact {
		return nil
	}
	known, err := reach(ctx, tx, by, []id.Contact{by.Contact})
	if err != nil {
		return err
	}
	c := known[by.Contact] // zero for one that is gone
	comesIn := c.Login == by.Login && !c.JoinedAt.IsZero() && c.LoginEnabled
	if !comesIn || actor.RoleOfContact(string(c.Role), !c.AuthorizedAt.IsZero()) != by.Role {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}
