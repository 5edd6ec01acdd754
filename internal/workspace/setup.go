package workspace

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/password"
	"github.com/entregent/entregent/internal/sqldb"
)

// Setup is what an empty installation is told: its first workspace, and who administers it.
type Setup struct {
	New
	AdminEmail, AdminName, Password string
}

// Check reports every fault of every field at once, the password's among them, as far as they can be seen
// without the database. Fields: slug, name, kind, country, locale, time_zone, admin_email, admin_name, password.
func (in Setup) Check() error {
	_, faults := in.New.parse()
	if admin := fault.As(in.admin().Check()); admin != nil {
		for _, f := range admin.Fields {
			if f.Name == "email" || f.Name == "name" { // the others are the workspace's, and named already
				faults.Add("admin_"+f.Name, f.Message)
			}
		}
	}
	faults.Add("password", password.Judge(in.Password, in.About()...))
	return faults.Err()
}

// About is what the password must not be made of.
func (in Setup) About() []string { return []string{in.AdminEmail, in.AdminName, in.Slug, in.Name} }

func (in Setup) admin() login.New {
	return login.New{Email: in.AdminEmail, Name: in.AdminName, Locale: in.Locale, TimeZone: in.TimeZone}
}

// SetUp makes the first workspace, its first login and its first staff admin at once. Of two at the same time
// one is a fault.Conflict «workspace.set_up», as is any on an installation that has a workspace. The caller has
// made sure that whoever asks commands the machine (the command line, or the one-time word), and has hashed the
// password with login.Desk.Hash, outside of the transaction.
func SetUp(ctx context.Context, tx *sqldb.Tx, in Setup, chosen login.Hash) (Workspace, login.Login, error) {
	fail := func(err error) (Workspace, login.Login, error) { return Workspace{}, login.Login{}, err }
	if err := tx.Lock(ctx, "installation", "id = 1"); err != nil {
		return fail(err)
	}
	if empty, err := IsEmpty(ctx, tx); err != nil {
		return fail(err)
	} else if !empty {
		return fail(fault.New(fault.Conflict, "workspace.set_up"))
	}
	if err := in.Check(); err != nil {
		return fail(err)
	}
	w, _ := in.New.parse()
	w, err := add(ctx, tx, w)
	if err != nil {
		return fail(err)
	}
	by := actor.OfProgram(w.ID)
	admin, err := login.Create(ctx, tx, by, in.admin(), chosen)
	if err != nil {
		return fail(err)
	}
	return w, admin, AddStaff(ctx, tx, by, admin.ID, "admin")
}
