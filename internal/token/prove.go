package token

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Prefix is what every secret begins with, so that people and programs that look for leaked secrets know one.
const Prefix = "ent_"

// A secret is the prefix, the token's identifier and 256 random bits, in small letters and digits.
const (
	idLength     = 26
	randomLength = 52
)

var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

func newSecret(of id.Token) string {
	var random [32]byte
	rand.Read(random[:]) // never fails
	return Prefix + letters.EncodeToString(of.UUID[:]) + letters.EncodeToString(random[:])
}

// digest needs no salt and no slowness: nobody guesses 256 random bits.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// named is the token that a secret says it is of; zero for what has not a secret's form.
func named(secret string) (of id.Token) {
	rest, ok := strings.CutPrefix(secret, Prefix)
	if !ok || len(rest) != idLength+randomLength {
		return id.Token{}
	}
	b, err := letters.DecodeString(rest[:idLength])
	if err == nil {
		copy(of.UUID[:], b)
	}
	return of
}

// Prove finds whom a secret lets in: another program as an actor in the token's workspace, with the token. A secret that is
// malformed, of no token, revoked or expired is one and the same fault.Unauthenticated, after the same work.
func Prove(ctx context.Context, tx *sqldb.Tx, secret string) (actor.Actor, Token, error) {
	type proof struct {
		Token
		workspace id.Workspace
		digest    []byte
	}
	found, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (p proof, err error) {
		var rights string
		err = row.Scan(&p.workspace, &p.digest, &p.ID, &p.Name, &rights, &p.CreatedAt, &p.CreatedBy, &p.ExpiresAt, &p.UsedAt, &p.RevokedAt, &p.submission)
		p.Rights = kept(rights)
		return p, err
	}, `SELECT workspace_id, digest, `+columns+` FROM token WHERE id = $1`, named(secret))
	if err != nil {
		return actor.Actor{}, Token{}, err
	}
	p := proof{digest: make([]byte, sha256.Size)}
	if len(found) == 1 {
		p = found[0]
	}
	fits := subtle.ConstantTimeCompare(p.digest, digest(secret)) == 1
	if !fits || len(found) != 1 || !p.Live(tx.Now()) {
		return actor.Actor{}, Token{}, fault.New(fault.Unauthenticated, "token.refused")
	}
	return actor.OfToken(p.workspace, p.ID, p.Rights), p.Token, nil
}

// usedEvery is how exactly the last use is kept.
const usedEvery = time.Minute

// UseIsKept reports whether the token's last use is kept as exactly as it is; else the face calls Used, in a transaction
// of its own.
func (t Token) UseIsKept(now sqldb.Time) bool {
	return !t.UsedAt.IsZero() && now.Sub(t.UsedAt) < usedEvery
}

// Used keeps that the caller's token is used now, at most once a minute however many say so.
func Used(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	_, err := tx.Exec(ctx, `UPDATE token SET used_at = $3 WHERE workspace_id = $1 AND id = $2 AND (used_at IS NULL OR used_at <= $4)`,
		by.Workspace, by.Token, tx.Now(), tx.Now().Add(-usedEvery))
	return err
}
