package access

import (
	"context"
	"errors"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// find reads the invitation of a link, live or not; fault.NotFound «access.invitation.over».
func (v *Inviter) find(ctx context.Context, tx *sqldb.Tx, token string) (Invitation, error) {
	i, err := sqldb.One(ctx, tx, scanInvitation, selectInvitation+` WHERE i.link_digest = $1`, v.links.Digest(purpose, token))
	if fault.Is(err, fault.NotFound) {
		return i, over()
	}
	return i, err
}

// findLive is find for one that can be redeemed now.
func (v *Inviter) findLive(ctx context.Context, tx *sqldb.Tx, token string) (Invitation, error) {
	i, err := v.find(ctx, tx, token)
	if err == nil && !i.Live(tx.Now()) {
		return Invitation{}, over()
	}
	return i, err
}

// Look reads what the page of a link shows, and changes nothing. A link that is used, void, expired or never was is the
// same fault.NotFound «access.invitation.over».
func (v *Inviter) Look(ctx context.Context, tx *sqldb.Tx, token string) (Invited, error) {
	i, err := v.findLive(ctx, tx, token)
	if err != nil {
		return Invited{}, err
	}
	return i.invited(ctx, tx)
}

// Opened notes, once, that the page of a live invitation was looked at. It uses nothing up.
func (v *Inviter) Opened(ctx context.Context, tx *sqldb.Tx, i Invitation) error {
	_, err := tx.Exec(ctx, `UPDATE invitation SET opened_at = $1 WHERE workspace_id = $2 AND id = $3 AND opened_at IS NULL`, tx.Now(), i.Workspace, i.ID)
	return err
}

// Code is what somebody copied from a letter.
type Code struct {
	Email, Code string // as typed
	Address     string // as in login.Credentials
}

// Unlock gives the link's secret of the invitation that address and code belong to. Whatever is wrong with them, the address
// known or not, is the same fault.Invalid «access.code.wrong» after the same work; the wrong ones are counted, by address
// and by client, and void the code in the end, never the link. Too many are a fault.TooMany.
func (v *Inviter) Unlock(ctx context.Context, in Code) (token string, err error) {
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
	err = v.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		token, err = v.tryCode(ctx, tx, typed, in)
		return err
	})
	if err == nil && token == "" {
		err = fault.New(fault.Invalid, "access.code.wrong")
	}
	return token, err
}

// tryCode gives "" for what is wrong: the counts of it must be kept.
func (v *Inviter) tryCode(ctx context.Context, tx *sqldb.Tx, typed string, in Code) (string, error) {
	guess := login.Guess{Act: "code", Whom: typed, Address: in.Address}
	if err := v.desk.CountGuess(ctx, tx, guess); err != nil {
		return "", err
	}
	address, err := email.Parse(typed)
	if err != nil { // as much work for what is no address
		address = email.Address{}
	}
	list, err := sqldb.List(ctx, tx, scanInvitation, selectInvitation+` WHERE i.email = $1 AND i.code_digest = $2 AND i.ended_at IS NULL`,
		address.String(), v.codeDigest(in.Code, address))
	if err != nil {
		return "", err
	}
	for _, i := range list {
		if i.Live(tx.Now()) && i.WrongCodes < v.limits.WrongCodes {
			return v.token(i.ID), v.desk.ForgiveGuess(ctx, tx, guess)
		}
	}
	_, err = tx.Exec(ctx, `UPDATE invitation SET wrong_codes = wrong_codes + 1 WHERE email = $1 AND ended_at IS NULL`, address.String())
	return "", err
}

// codeDigest is bound to the address, so that a code is looked for among that address's alone.
func (v *Inviter) codeDigest(code string, address email.Address) []byte {
	return v.links.Digest(purpose, code, address.String())
}

// Activation is what somebody accepts an invitation with.
type Activation struct {
	Token    string   // of the link
	Password string   // the one of the address's login, or for a new login the one that is chosen
	Login    id.Login // who is signed in in this browser; zero = nobody
	Browser  string   // as in login.Credentials
	Address  string   // as in login.Credentials
}

// Activated is what came of it.
type Activated struct {
	Host  workspace.Workspace
	Entry login.Entry // to be signed in with; zero when the person was
}

// Activate redeems the invitation « Activer mon accès »: the contact has then joined, with the login of the invitation's
// address, new or not. Of many at once with one link one succeeds. Faults: fault.NotFound «access.invitation.over»;
// fault.Conflict «access.signed_in_otherwise», «access.joined_here» (the login is another contact of the organisation),
// «access.login_exists» (the address has got a login meanwhile); fault.Invalid on password, judged or wrong;
// fault.TooMany as with login.Desk.SignIn.
func (v *Inviter) Activate(ctx context.Context, in Activation) (Activated, error) {
	var x Invited
	err := v.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		x, err = v.Look(ctx, tx, in.Token)
		return err
	})
	if err != nil {
		return Activated{}, err
	}
	done := Activated{Host: x.Host}
	switch {
	case in.Login.IsZero() && x.Login.IsZero():
		done.Entry, err = v.withNew(ctx, x, in)
	case in.Login.IsZero():
		done.Entry, err = v.withPassword(ctx, x, in)
	case in.Login == x.Login:
		err = v.with(ctx, in.Token, x.Login)
	default:
		err = fault.New(fault.Conflict, "access.signed_in_otherwise")
	}
	return done, err
}

// withNew makes the login.
func (v *Inviter) withNew(ctx context.Context, x Invited, in Activation) (e login.Entry, err error) {
	hash, err := v.desk.Hash(ctx, in.Password, x.about()...)
	if m := (fault.Message{}); errors.As(err, &m) {
		return e, fault.OnField(fault.Invalid, "password", m)
	} else if err != nil {
		return e, err
	}
	p := x.Printer()
	fresh := login.New{Email: x.Email.String(), Name: atMost(fullName(x.Person), login.MaxName), Locale: string(p.Language()), TimeZone: p.Zone().String()}
	err = v.db.Update(ctx, func(tx *sqldb.Tx) error {
		h, err := v.holdLive(ctx, tx, in.Token)
		if err != nil {
			return err
		}
		// Outside of any workspace: nobody's history tells whether a login was new.
		l, err := login.Create(ctx, tx, actor.Actor{Kind: actor.Program}, fresh, hash)
		if fault.Is(err, fault.Conflict) {
			return fault.New(fault.Conflict, "access.login_exists")
		}
		if err != nil {
			return err
		}
		if err := h.join(ctx, tx, l); err != nil {
			return err
		}
		e, err = v.desk.Enter(ctx, tx, l, in.Browser)
		return err
	})
	return e, err
}

// withPassword signs in to accept.
func (v *Inviter) withPassword(ctx context.Context, x Invited, in Activation) (login.Entry, error) {
	e, err := v.desk.SignIn(ctx, login.Credentials{Email: x.Email.String(), Password: in.Password, Browser: in.Browser, Address: in.Address})
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) == 0 {
		return e, fault.OnField(fault.Invalid, "password", fault.M("login.password.wrong"))
	}
	if err != nil {
		return e, err
	}
	return e, v.with(ctx, in.Token, e.Login.ID)
}

// with joins as a login that has proved itself.
func (v *Inviter) with(ctx context.Context, token string, of id.Login) error {
	return v.db.Update(ctx, func(tx *sqldb.Tx) error {
		h, err := v.holdLive(ctx, tx, token)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "login", "id = $1", of); err != nil {
			return err
		}
		l, err := login.Get(ctx, tx, of)
		if err != nil {
			return err
		}
		return h.join(ctx, tx, l)
	})
}

// holdLive holds the contact of a link that can be redeemed.
func (v *Inviter) holdLive(ctx context.Context, tx *sqldb.Tx, token string) (held, error) {
	i, err := v.findLive(ctx, tx, token)
	if err != nil {
		return held{}, err
	}
	h, err := i.hold(ctx, tx)
	if fault.Is(err, fault.NotFound) || err == nil && !h.Live(tx.Now()) {
		return h, over()
	}
	return h, err
}

// join binds the login to the contact: the one place where that is done (product.md §3). The caller holds both.
func (h held) join(ctx context.Context, tx *sqldb.Tx, l login.Login) error {
	if l.Email != h.Email { // it got another address meanwhile
		return fault.New(fault.Conflict, "access.signed_in_otherwise")
	}
	by := actor.OfProgram(h.Workspace)
	other, err := contact.WithLogin(ctx, tx, by, h.person.Organization, l.ID)
	if err == nil {
		return fault.New(fault.Conflict, "access.joined_here", "Name", fullName(other))
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := h.end(ctx, tx, Used); err != nil {
		return err
	}
	if err := received(ctx, tx, &h.person, h.Invitation); err != nil {
		return err
	}
	c := h.person
	c.Login, c.JoinedAt, c.LastSignInAt = l.ID, tx.Now(), tx.Now()
	return c.SaveLogin(ctx, tx, by, h.person, "contact.joined")
}

// Decline is « Cette invitation n'est pas pour moi »: it ends the invitation and tells the staff by the history and the
// contact's sheet. A link that opens nothing gets the same answer.
func (v *Inviter) Decline(ctx context.Context, tx *sqldb.Tx, token string) error {
	h, err := v.holdLive(ctx, tx, token)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := h.end(ctx, tx, Declined); err != nil {
		return err
	}
	return journal.Record(ctx, tx, actor.OfProgram(h.Workspace), journal.Entry{
		Kind: "contact.declined", Subject: h.person.Subject(), Organization: h.person.Organization,
	})
}

// AskFresh is « Demander un nouveau lien »: in place of an invitation that only died of age a new one goes out, to the
// stored address and nowhere else. Any other link gets the same answer and nothing happens, so that each link can
// ask once. Too many wishes, with one link or from one client, are a fault.TooMany.
func (v *Inviter) AskFresh(ctx context.Context, tx *sqldb.Tx, token, address string) error {
	if err := v.desk.CountGuess(ctx, tx, login.Guess{Act: "fresh", Whom: token, Address: address}); err != nil {
		return err
	}
	i, err := v.find(ctx, tx, token)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	h, err := i.hold(ctx, tx)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || !h.Stands || h.Ended != "" || tx.Now() < h.ExpiresAt {
		return err
	}
	by := actor.OfProgram(h.Workspace)
	if err := v.invite(ctx, tx, by, h.person, h.CreatedBy, id.UUID{}); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: "contact.asked_again", Subject: h.person.Subject(), Organization: h.person.Organization})
}

// atMost cuts a text after so many characters.
func atMost(text string, most int) string {
	runes := []rune(text)
	return strings.TrimSpace(string(runes[:min(len(runes), most)]))
}
