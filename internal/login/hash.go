package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"github.com/entregent/entregent/internal/password"
)

// Hashing says what hashing a password costs (argon2id). The configuration's default is OWASP's choice: 19 MiB and
// some 20 ms of one processor a password.
type Hashing struct {
	Passes     uint32
	Memory     uint32 // KiB, for each password at work
	Threads    uint8
	Concurrent int // passwords at work at once; others wait, so that memory stays bounded
}

// Hash is a password as stored, in PHC form: $argon2id$v=19$m=…,t=…,p=…$salt$tag. Desk.Hash makes it.
type Hash struct{ phc string }

// Format keeps it out of logs.
func (Hash) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(hash)") }

// hasher hashes as many passwords at once as it is allowed.
type hasher struct {
	cost  Hashing
	turns chan struct{}
	left  atomic.Int64 // KiB that finished passwords have left in the heap
}

const (
	saltSize = 16
	tagSize  = 32
)

func newHasher(cost Hashing) *hasher {
	return &hasher{cost: cost, turns: make(chan struct{}, cost.Concurrent)}
}

// dummy is a hash of no password that costs what the stored one does, or today's cost if there is none: what unknown
// addresses are held against, so that they take as long as somebody's, also while old costs are stored.
func (h *hasher) dummy(like Hash) Hash {
	cost, _, _, err := like.parts()
	if err != nil {
		cost = h.cost
	}
	return encode(cost, make([]byte, saltSize), make([]byte, tagSize))
}

// hash waits for its turn, or for the end of ctx.
func (h *hasher) hash(ctx context.Context, typed string) (Hash, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails
	tag, err := h.work(ctx, typed, salt, h.cost)
	if err != nil {
		return Hash{}, err
	}
	return encode(h.cost, salt, tag), nil
}

func encode(c Hashing, salt, tag []byte) Hash {
	b := base64.RawStdEncoding
	return Hash{fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads, b.EncodeToString(salt), b.EncodeToString(tag))}
}

// matches waits for its turn, or for the end of ctx. Stale reports that the hash was made at another cost than
// today's and should be made anew while the password is at hand.
func (h *hasher) matches(ctx context.Context, stored Hash, typed string) (ok, stale bool, err error) {
	cost, salt, want, err := stored.parts()
	if err != nil {
		return false, false, err
	}
	tag, err := h.work(ctx, typed, salt, cost)
	if err != nil {
		return false, false, err
	}
	today := h.cost
	today.Concurrent = 0
	return subtle.ConstantTimeCompare(tag, want) == 1, cost != today, nil
}

func (h *hasher) work(ctx context.Context, typed string, salt []byte, cost Hashing) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.turns }()
	defer h.tidy(cost)
	return argon2.IDKey([]byte(password.Normal(typed)), salt, cost.Passes, cost.Memory, cost.Threads, tagSize), nil
}

// mostLeft is how much finished passwords may leave in the heap, in KiB, before it is collected.
const mostLeft = 16 << 10

// tidy has the heap collected once passwords have left much behind, before the next one begins: else a crowd that signs
// in has the heap grow to several times what is in use at once. It costs a fraction of what a password does.
func (h *hasher) tidy(cost Hashing) {
	if h.left.Add(int64(cost.Memory)) >= mostLeft {
		h.left.Store(0)
		runtime.GC()
	}
}

// parts reads the PHC form. Costs that this program would never choose are an error, not an hour of work.
func (h Hash) parts() (cost Hashing, salt, tag []byte, err error) {
	fail := func() (Hashing, []byte, []byte, error) {
		return Hashing{}, nil, nil, fmt.Errorf("login: a stored password is no argon2id hash")
	}
	fields := strings.Split(h.phc, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return fail()
	}
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &cost.Memory, &cost.Passes, &cost.Threads); err != nil {
		return fail()
	}
	if cost.Passes == 0 || cost.Passes > 1000 || cost.Threads == 0 || cost.Memory > 4<<20 {
		return fail()
	}
	salt, err = base64.RawStdEncoding.DecodeString(fields[4])
	if err != nil {
		return fail()
	}
	tag, err = base64.RawStdEncoding.DecodeString(fields[5])
	if err != nil || len(tag) != tagSize {
		return fail()
	}
	return cost, salt, tag, nil
}
