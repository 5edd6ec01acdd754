package invitation

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Room is a room above that invites: access to contacts, team to the staff.
type Room interface {
	// Invites says which kind is its own.
	Invites() Kind
	// Describe adds to an invitation what its page says: Person, Called, Organization and P.
	Describe(ctx context.Context, tx *sqldb.Tx, x *Invited) error
	// Hold holds what the invitation is to until the transaction ends. What is gone is a fault.NotFound.
	Hold(ctx context.Context, tx *sqldb.Tx, i Invitation) (Place, error)
}

// Place is what somebody is invited to, held. Its verbs are called with an invitation that was read after that.
type Place interface {
	// Join lets the login in: the invitation is live, of the login's address, and Finish has ended it as Used.
	Join(ctx context.Context, tx *sqldb.Tx, i Invitation, l login.Login) error
	// Declined tells the staff.
	Declined(ctx context.Context, tx *sqldb.Tx, i Invitation) error
	// Again makes another invitation to the same, to the stored address, and tells the staff who asked.
	Again(ctx context.Context, tx *sqldb.Tx, i Invitation) error
}

// Door is where people come with what stood in their letter. It is safe for concurrent use.
type Door struct {
	db    *sqldb.DB
	desk  *login.Desk
	maker Maker
	rooms map[Kind]Room
}

// NewDoor makes the door to those rooms; people sign in at the desk.
func NewDoor(db *sqldb.DB, desk *login.Desk, maker Maker, rooms ...Room) *Door {
	d := &Door{db, desk, maker, make(map[Kind]Room, len(rooms))}
	for _, r := range rooms {
		d.rooms[r.Invites()] = r
	}
	return d
}

// Invited is an invitation as its page shows it: who invites whom to what.
type Invited struct {
	Invitation
	Host         workspace.Workspace
	Person       string          // whole name of who is invited
	Called       string          // how the page greets them
	Organization string          // with Contact: its name
	P            *locale.Printer // speaks to them: in their language and time zone, with the host's nouns
	Login        id.Login        // that the address has already; zero = none. It is told to nobody but who has the link or the code
}

// about is what the password of a new login must not be made of.
func (x Invited) about() []string {
	return []string{x.Person, x.Email.String(), x.Organization, x.Host.Name}
}

// find reads the invitation of a link, live or not; fault.NotFound «invitation.over».
func (d *Door) find(ctx context.Context, tx *sqldb.Tx, token string) (Invitation, error) {
	i, err := sqldb.One(ctx, tx, scan, selectAll+` WHERE i.link_digest = $1`, d.maker.linkDigest(token))
	if fault.Is(err, fault.NotFound) {
		return i, over()
	}
	return i, err
}

// findLive is find for one that can be redeemed now.
func (d *Door) findLive(ctx context.Context, tx *sqldb.Tx, token string) (Invitation, error) {
	i, err := d.find(ctx, tx, token)
	if err == nil && !i.Live(tx.Now()) {
		return Invitation{}, over()
	}
	return i, err
}

// hold holds what the invitation is to, and reads the invitation as it is then. What is gone is a fault.NotFound.
func (d *Door) hold(ctx context.Context, tx *sqldb.Tx, i Invitation) (Place, Invitation, error) {
	p, err := d.rooms[i.Kind].Hold(ctx, tx, i)
	if err != nil {
		return nil, i, err
	}
	i, err = Get(ctx, tx, i.Workspace, i.ID)
	return p, i, err
}

// holdLive is hold for the invitation of a link that can be redeemed.
func (d *Door) holdLive(ctx context.Context, tx *sqldb.Tx, token string) (Place, Invitation, error) {
	i, err := d.findLive(ctx, tx, token)
	if err != nil {
		return nil, i, err
	}
	p, i, err := d.hold(ctx, tx, i)
	if fault.Is(err, fault.NotFound) || err == nil && !i.Live(tx.Now()) {
		return nil, i, over()
	}
	return p, i, err
}

// Look reads what the page of a link shows, and changes nothing. A link that is used, void, expired or never was is the
// same fault.NotFound «invitation.over».
func (d *Door) Look(ctx context.Context, tx *sqldb.Tx, token string) (x Invited, err error) {
	if x.Invitation, err = d.findLive(ctx, tx, token); err != nil {
		return x, err
	}
	if x.Host, err = workspace.Get(ctx, tx, x.Workspace); err != nil {
		return x, err
	}
	if err := d.rooms[x.Kind].Describe(ctx, tx, &x); err != nil {
		return x, err
	}
	l, err := login.FindByEmail(ctx, tx, x.Email)
	if fault.Is(err, fault.NotFound) {
		return x, nil
	}
	x.Login = l.ID
	return x, err
}

// Opened notes, once, that the page of a live invitation was looked at. It uses nothing up.
func (d *Door) Opened(ctx context.Context, tx *sqldb.Tx, i Invitation) error {
	_, err := tx.Exec(ctx, `UPDATE invitation SET opened_at = $1 WHERE workspace_id = $2 AND id = $3 AND opened_at IS NULL`, tx.Now(), i.Workspace, i.ID)
	return err
}

// Code is what somebody copied from a letter.
type Code struct {
	Email, Code string // as typed
	Address     string // as in login.Credentials
}

// Unlock gives the link's secret of the invitation that address and code belong to. Whatever is wrong with them, the address
// known or not, is the same fault.Invalid «invitation.code.wrong» after the same work; the wrong ones are counted, by address
// and by client, and void the code in the end, never the link. Too many are a fault.TooMany.
func (d *Door) Unlock(ctx context.Context, in Code) (token string, err error) {
	var faults fault.Fields
	if strings.TrimSpace(in.Email) == "" {
		faults.Add("email", fault.M("fault.required"))
	}
	if strings.TrimSpace(in.Code) == "" {
		faults.Add("code", fault.M("fault.required"))
	}
	if err := faults.Err(); err != nil {
		return "", err
	}
	typed := strings.ToLower(strings.TrimSpace(in.Email))
	err = d.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		token, err = d.tryCode(ctx, tx, typed, in)
		return err
	})
	if err == nil && token == "" {
		err = fault.New(fault.Invalid, "invitation.code.wrong")
	}
	return token, err
}

// tryCode gives "" for what is wrong: the counts of it must be kept.
func (d *Door) tryCode(ctx context.Context, tx *sqldb.Tx, typed string, in Code) (string, error) {
	guess := login.Guess{Act: "code", Whom: typed, Address: in.Address}
	if err := d.desk.CountGuess(ctx, tx, guess); err != nil {
		return "", err
	}
	address, err := email.Parse(typed)
	if err != nil { // as much work for what is no address
		address = email.Address{}
	}
	list, err := sqldb.List(ctx, tx, scan, selectAll+` WHERE i.email = $1 AND i.code_digest = $2 AND i.ended_at IS NULL`,
		address.String(), d.maker.codeDigest(in.Code, address))
	if err != nil {
		return "", err
	}
	for _, i := range list {
		if i.Live(tx.Now()) && i.WrongCodes < d.maker.limits.WrongCodes {
			return d.maker.token(i.ID), d.desk.ForgiveGuess(ctx, tx, guess)
		}
	}
	_, err = tx.Exec(ctx, `UPDATE invitation SET wrong_codes = wrong_codes + 1 WHERE email = $1 AND ended_at IS NULL`, address.String())
	return "", err
}
