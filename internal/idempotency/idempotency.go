// Package idempotency keeps what a program's POST was answered under the Idempotency-Key that it sent, for a day, in the
// transaction of the act: whoever repeats the request, after a time-out or a fail-over, is told the same and nothing is done twice.
//
// Begin before the act, Keep behind it, both in the transaction of the act; an act that fails is undone with its key, so that the
// repeated request is tried anew. Answers are sealed with the key that the program sent, of which the database holds the digest
// alone: who reads the database does not read them. The package knows no HTTP and no noun.
package idempotency

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Lifetime is how long an answer is kept.
const Lifetime = 24 * time.Hour

// MaxKey is the longest key, in characters of ASCII.
const MaxKey = 255

// Answer is what the act was answered.
type Answer struct {
	Status int               `json:"-"`
	Header map[string]string `json:"header"`
	Body   []byte            `json:"body"`
}

// Digest is what tells requests under one key apart: method, path with its query, and body.
func Digest(method, path string, body []byte) []byte {
	h := sha256.New()
	h.Write([]byte(method + " " + path + "\n"))
	h.Write(body)
	return h.Sum(nil)
}

// Begin claims the key for the request with this digest, and returns nil when the act is to be done. What the same request
// was answered before is returned instead, confirmed by a write; then nothing may be done. Of two at once the second waits for
// the first. A key that is no printable ASCII, or too long, is a fault.Invalid; one of another request a fault.Conflict
// «idempotency.reused». The caller is a program with a token: each token has keys of its own; else a fault.Forbidden.
func Begin(ctx context.Context, tx *sqldb.Tx, by actor.Actor, key string, digest []byte) (*Answer, error) {
	if by.Kind != actor.API || by.Token.IsZero() {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if !fit(key) {
		return nil, fault.New(fault.Invalid, "idempotency.key", "Max", MaxKey)
	}
	n, err := tx.Exec(ctx, `INSERT INTO idempotency (workspace_id, token_id, key, request, status, answer, created_at) VALUES ($1, $2, $3, $4, 0, $5, $6)
		ON CONFLICT (workspace_id, token_id, key) DO UPDATE SET request = excluded.request, status = 0, answer = excluded.answer, created_at = excluded.created_at
		WHERE idempotency.created_at <= $7`,
		by.Workspace, by.Token, name(key), digest, []byte{}, tx.Now(), tx.Now().Add(-Lifetime))
	if err != nil || n > 0 {
		return nil, err
	}
	return again(ctx, tx, by, key, digest)
}

// fit reports whether the key is one: printable ASCII.
func fit(key string) bool {
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return false
		}
	}
	return key != "" && len(key) <= MaxKey
}

// again is the answer that is kept, for the same request.
func again(ctx context.Context, tx *sqldb.Tx, by actor.Actor, key string, digest []byte) (*Answer, error) {
	type kept struct {
		request, sealed []byte
		status          int
	}
	k, err := sqldb.One(ctx, tx, func(row sqldb.Scanner) (k kept, err error) { return k, row.Scan(&k.request, &k.status, &k.sealed) },
		`SELECT request, status, answer FROM idempotency WHERE workspace_id = $1 AND token_id = $2 AND key = $3`, by.Workspace, by.Token, name(key))
	if err != nil {
		return nil, err
	}
	if k.status == 0 || subtle.ConstantTimeCompare(k.request, digest) != 1 {
		return nil, fault.New(fault.Conflict, "idempotency.reused")
	}
	answer, err := open(key, k.sealed)
	if err != nil {
		return nil, err
	}
	answer.Status = k.status
	_, err = tx.Exec(ctx, `UPDATE idempotency SET status = status WHERE workspace_id = $1 AND token_id = $2 AND key = $3`, by.Workspace, by.Token, name(key))
	return answer, err
}

// Keep writes what the act is answered, into the transaction that began with the key. A key that was not begun is a fault.NotFound.
func Keep(ctx context.Context, tx *sqldb.Tx, by actor.Actor, key string, status int, header map[string]string, body []byte) error {
	sealed, err := seal(key, Answer{Header: header, Body: body})
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE idempotency SET status = $4, answer = $5 WHERE workspace_id = $1 AND token_id = $2 AND key = $3 AND status = 0`,
		by.Workspace, by.Token, name(key), status, sealed)
	if err == nil && n == 0 {
		err = fault.Missing()
	}
	return err
}

// Sweep removes up to size answers that are past their time, of all workspaces, and reports how many.
func Sweep(ctx context.Context, tx *sqldb.Tx, size int) (int64, error) {
	type row struct {
		workspace id.Workspace
		token     id.Token
		key       []byte
	}
	old, err := sqldb.List(ctx, tx, func(s sqldb.Scanner) (r row, err error) { return r, s.Scan(&r.workspace, &r.token, &r.key) },
		`SELECT workspace_id, token_id, key FROM idempotency WHERE created_at <= $1 ORDER BY created_at LIMIT $2`, tx.Now().Add(-Lifetime), size)
	if err != nil {
		return 0, err
	}
	rows := make([][]any, len(old))
	for i, r := range old {
		rows[i] = []any{r.workspace, r.token, r.key, tx.Now().Add(-Lifetime)}
	}
	_, err = tx.ExecEach(ctx, `DELETE FROM idempotency WHERE workspace_id = $1 AND token_id = $2 AND key = $3 AND created_at <= $4`, rows)
	return int64(len(old)), err
}

// name is what the table knows a key by.
func name(key string) []byte {
	sum := sha256.Sum256([]byte("entregent idempotency " + key))
	return sum[:]
}

// cover is the cipher that the key gives.
func cover(key string) cipher.AEAD {
	secret, err := hkdf.Key(sha256.New, []byte(key), nil, "entregent idempotent answer", 32)
	if err != nil {
		panic(err) // only for impossible lengths
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		panic(err) // only for impossible lengths
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return gcm
}

func seal(key string, a Answer) ([]byte, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return cover(key).Seal(nil, nil, text, nil), nil
}

func open(key string, sealed []byte) (*Answer, error) {
	text, err := cover(key).Open(nil, nil, sealed, nil)
	if err != nil {
		return nil, err
	}
	var a Answer
	return &a, json.Unmarshal(text, &a)
}
