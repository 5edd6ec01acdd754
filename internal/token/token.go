// Package token lets other programs in: a workspace's admins make tokens, say what each may, and shut them out at once.
//
// A token's secret is shown once, to whoever made it; the database keeps its digest alone. Rights and what they cover stand in
// actor/policy.go. The package knows no HTTP: a face reads the secret off a request, asks Prove for an actor.Actor and calls Used.
package token

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Token is one token as kept.
type Token struct {
	ID        id.Token
	Name      string
	Rights    actor.Rights
	CreatedAt sqldb.Time
	CreatedBy id.Login
	ExpiresAt sqldb.Time // zero = never
	UsedAt    sqldb.Time // to the minute; zero = never
	RevokedAt sqldb.Time // zero = not

	submission id.UUID
}

// Max is how many live ones a workspace may have, MaxName how long a name may be, in characters.
const (
	Max     = 100
	MaxName = 60
)

// Input is a token as text. Rights are those of actor.AllRights. ExpiresOn is the last day on which it opens, in the
// workspace's time zone; "" = no end. Submission is the form's own number, zero = none.
type Input struct {
	Name       string
	Rights     []string
	ExpiresOn  string
	Submission id.UUID
}

// Live reports whether the token opens anything at that moment.
func (t Token) Live(now sqldb.Time) bool { return t.RevokedAt.IsZero() && !t.Expired(now) }

// Expired reports whether its last day is over.
func (t Token) Expired(now sqldb.Time) bool { return !t.ExpiresAt.IsZero() && t.ExpiresAt <= now }

const columns = `id, name, rights, created_at, created_by, expires_at, used_at, revoked_at, submission`

func scan(row sqldb.Scanner) (t Token, err error) {
	var rights string
	err = row.Scan(&t.ID, &t.Name, &rights, &t.CreatedAt, &t.CreatedBy, &t.ExpiresAt, &t.UsedAt, &t.RevokedAt, &t.submission)
	t.Rights = kept(rights)
	return t, err
}

// kept reads rights as a row keeps them; one that this program no longer knows is none.
func kept(names string) (set actor.Rights) {
	for _, one := range strings.Fields(names) {
		r, _ := actor.ReadRights([]string{one})
		set |= r
	}
	return set
}

// Find lists the workspace's tokens: those that live by name, then those that are over, the latest first; of these at most 100.
// Permission: EditTokens.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Token, error) {
	if err := by.Need(actor.EditTokens); err != nil {
		return nil, err
	}
	live, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM token WHERE workspace_id = $1 AND revoked_at IS NULL ORDER BY name_key`, by.Workspace)
	if err != nil {
		return nil, err
	}
	over, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM token WHERE workspace_id = $1 AND revoked_at IS NOT NULL ORDER BY revoked_at DESC, id LIMIT 100`, by.Workspace)
	return append(live, over...), err
}

// Get reads one, also one that is over; fault.NotFound. Permission: EditTokens.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, token id.Token) (Token, error) {
	if err := by.Need(actor.EditTokens); err != nil {
		return Token{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM token WHERE workspace_id = $1 AND id = $2`, by.Workspace, token)
}

// Names tells what tokens of the workspace are called, also those that are over.
func Names(ctx context.Context, tx *sqldb.Tx, of id.Workspace, tokens []id.Token) (map[id.Token]string, error) {
	names := make(map[id.Token]string)
	for chunk := range slices.Chunk(distinct(tokens), sqldb.Many) {
		in, args := sqldb.In(tx, []any{of}, chunk)
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM token WHERE workspace_id = $1 AND id `+in, args...)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			names[t.ID] = t.Name
		}
	}
	return names, nil
}

func distinct(tokens []id.Token) []id.Token {
	list := slices.Clone(tokens)
	slices.SortFunc(list, func(a, b id.Token) int { return slices.Compare(a.UUID[:], b.UUID[:]) })
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(t id.Token) bool { return t.IsZero() })
}

// Create makes a token and gives its secret, which is told never again. The same form posted once more gives the same
// token another secret as long as nobody has used it, for the answer may have been lost; afterwards it is a fault.Conflict
// «token.made». A name that a live one bears is a fault.Conflict on name. Permission: EditTokens.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in Input) (Token, string, error) {
	if err := by.Need(actor.EditTokens); err != nil {
		return Token{}, "", err
	}
	if err := tx.Lock(ctx, "workspace", "id = $1", by.Workspace); err != nil {
		return Token{}, "", err
	}
	all, err := Find(ctx, tx, by)
	if err != nil {
		return Token{}, "", err
	}
	for _, before := range all {
		if !in.Submission.IsZero() && before.submission == in.Submission {
			return before.again(ctx, tx, by)
		}
	}
	t, err := in.parse(ctx, tx, by, all)
	if err != nil {
		return Token{}, "", err
	}
	secret := newSecret(t.ID)
	err = tx.InsertAll(ctx, `token (workspace_id, name_key, digest, `+columns+`)`, [][]any{{by.Workspace, name.Fold(t.Name), digest(secret),
		t.ID, t.Name, strings.Join(t.Rights.Names(), " "), t.CreatedAt, t.CreatedBy, t.ExpiresAt, t.UsedAt, t.RevokedAt, t.submission}})
	if err != nil {
		return Token{}, "", err
	}
	return t, secret, t.record(ctx, tx, by, "token.created",
		journal.Change{Field: "rights", After: strings.Join(t.Rights.Names(), ", ")}, journal.Change{Field: "expires_on", After: in.ExpiresOn})
}

// again gives the token another secret.
func (t Token) again(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (Token, string, error) {
	if !t.UsedAt.IsZero() || !t.RevokedAt.IsZero() {
		return Token{}, "", fault.New(fault.Conflict, "token.made")
	}
	secret := newSecret(t.ID)
	n, err := tx.Exec(ctx, `UPDATE token SET digest = $3 WHERE workspace_id = $1 AND id = $2 AND used_at IS NULL`, by.Workspace, t.ID, digest(secret))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "token.made")
	}
	return t, secret, err
}

func (in Input) parse(ctx context.Context, tx *sqldb.Tx, by actor.Actor, all []Token) (t Token, err error) {
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err != nil {
		return t, err
	}
	var faults fault.Fields
	t = Token{ID: id.NewToken(), CreatedAt: tx.Now(), CreatedBy: by.Login, submission: in.Submission}
	if t.Name, err = name.Line(in.Name, MaxName); err == nil && name.Fold(t.Name) == "" {
		err = fault.M("fault.required")
	}
	faults.Add("name", err)
	t.Rights, err = parseRights(in.Rights)
	faults.Add("rights", err)
	t.ExpiresAt, err = parseEnd(in.ExpiresOn, host.Zone(), tx.Now())
	faults.Add("expires_on", err)
	if err := faults.Err(); err != nil {
		return t, err
	}
	live := 0
	for _, other := range all {
		if !other.RevokedAt.IsZero() {
			continue
		}
		if live++; name.Fold(other.Name) == name.Fold(t.Name) {
			return t, fault.OnField(fault.Conflict, "name", fault.M("token.name_taken"))
		}
	}
	if live >= Max {
		return t, fault.New(fault.Conflict, "token.full", "Max", Max)
	}
	return t, nil
}

func parseRights(list []string) (actor.Rights, error) {
	set, unknown := actor.ReadRights(list)
	switch {
	case unknown != "":
		return 0, fault.M("fault.choice")
	case set == 0:
		return 0, fault.M("token.no_rights")
	}
	return set, nil
}

// parseEnd is the moment at which the day is over.
func parseEnd(text string, zone *time.Location, now sqldb.Time) (sqldb.Time, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	last, err := day.Parse(text)
	if err != nil {
		return 0, err
	}
	if last < day.Of(now.Time().In(zone)) {
		return 0, fault.M("token.past")
	}
	end, err := time.ParseInLocation(time.DateOnly, string(last.Add(1)), zone)
	return sqldb.At(end), err
}

// Revoke shuts whoever has the token out, from the next request on; one that is revoked stays so. fault.NotFound.
// Permission: EditTokens.
func Revoke(ctx context.Context, tx *sqldb.Tx, by actor.Actor, token id.Token) error {
	t, err := Get(ctx, tx, by, token)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE token SET revoked_at = $3, revoked_by = $4 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL`,
		by.Workspace, token, tx.Now(), by.Login)
	if err != nil || n > 0 {
		if err == nil {
			err = t.record(ctx, tx, by, "token.revoked")
		}
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE token SET revoked_at = revoked_at WHERE workspace_id = $1 AND id = $2`, by.Workspace, token)
	return err
}

func (t Token) record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, changes ...journal.Change) error {
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: journal.Subject{Kind: "token", ID: t.ID.UUID, Number: t.Name}, Changes: changes})
}
