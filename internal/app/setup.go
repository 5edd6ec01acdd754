package app

import (
	"context"
	"runtime"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/access/audience"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// NewWorkspace is a workspace to be made, and who administers it. AdminName and Password stay empty for somebody
// who has a login already.
type NewWorkspace struct {
	Slug, Name, Kind, Language      string
	AdminEmail, AdminName, Password string
}

func (in NewWorkspace) setup() workspace.Setup {
	return workspace.Setup{
		New:        workspace.New{Slug: in.Slug, Name: in.Name, Kind: in.Kind, Locale: in.Language},
		AdminEmail: in.AdminEmail, AdminName: in.AdminName, Password: in.Password,
	}
}

// Setup makes the first workspace and its first admin. What is wrong is a fault, every field at once; so is an
// installation that has a workspace, and the second of two set-ups at the same time.
func (b *Base) Setup(ctx context.Context, in NewWorkspace) error {
	s := in.setup()
	password, err := b.hash(ctx, s)
	if err != nil {
		return err
	}
	return b.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, _, err := workspace.SetUp(ctx, tx, s, password)
		return err
	})
}

// hash judges the whole form before it spends time on the password.
func (b *Base) hash(ctx context.Context, s workspace.Setup) (login.Hash, error) {
	if err := s.Check(); err != nil {
		return login.Hash{}, err
	}
	return b.desk().Hash(ctx, s.Password, s.About()...)
}

// AddWorkspace makes a further workspace. Its admin is whoever has a login with that address, else somebody new.
// Faults as with Setup.
func (b *Base) AddWorkspace(ctx context.Context, in NewWorkspace) error {
	known, err := b.KnowsLogin(ctx, in.AdminEmail)
	if err != nil {
		return err
	}
	s := in.setup()
	var password login.Hash
	if !known {
		if password, err = b.hash(ctx, s); err != nil {
			return err
		}
	}
	return b.db.Update(ctx, func(tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, s.New)
		if err != nil {
			return err
		}
		by := actor.OfProgram(w.ID)
		admin, err := findLogin(ctx, tx, in.AdminEmail)
		if fault.Is(err, fault.NotFound) {
			admin, err = login.Create(ctx, tx, by, login.New{Email: in.AdminEmail, Name: in.AdminName, Locale: in.Language}, password)
		}
		if err != nil {
			return err
		}
		return workspace.AddStaff(ctx, tx, by, admin.ID, "admin")
	})
}

// KnowsLogin reports whether the address signs in to this installation. It is for whoever commands the machine.
func (b *Base) KnowsLogin(ctx context.Context, address string) (known bool, err error) {
	err = b.db.View(ctx, func(tx *sqldb.Tx) error {
		_, err := findLogin(ctx, tx, address)
		known = err == nil
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return known, err
}

// findLogin finds who signs in by an address as typed; none, or no address at all, is a fault.NotFound.
func findLogin(ctx context.Context, tx *sqldb.Tx, typed string) (login.Login, error) {
	address, err := email.Parse(typed)
	if err != nil {
		return login.Login{}, fault.Missing()
	}
	return login.FindByEmail(ctx, tx, address)
}

// Workspaces lists those of the installation, by slug.
func (b *Base) Workspaces(ctx context.Context) (list []workspace.Workspace, err error) {
	err = b.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = workspace.List(ctx, tx)
		return err
	})
	return list, err
}

// desk is where passwords are hashed and looked at, at the configured cost.
func (b *Base) desk() *login.Desk {
	p := b.config.Passwords
	d := login.NewDesk(b.db, b.secret, b.limits(), login.Hashing{Passes: p.Passes, Memory: p.Memory, Threads: p.Threads, Concurrent: atOnce(p.Concurrent, runtime.GOMAXPROCS(0))})
	d.OnSignIn(access.SignedIn)
	d.OnMove(access.Moved)
	d.OnAlarm(audience.Alarmed)
	return d
}

// atOnce is how many passwords are hashed at once: one processor is left to the pages, where there are several. Hashing keeps
// its processor for milliseconds, and a page on PostgreSQL would wait for that at each of its statements.
func atOnce(configured, processors int) int { return min(configured, max(1, processors-1)) }

func (b *Base) limits() login.Limits { return login.LimitsOf(b.config.SignIn) }
