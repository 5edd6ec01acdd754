package inbound

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"strings"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/secret"
)

// Place is what a reply address stands for: one contact's part in one request, both by their numbers, while one person signs in
// as that contact. Whoever comes after them has other addresses, and theirs open nothing any more.
type Place struct {
	Workspace id.Workspace
	Request   int64
	Contact   int64
	Person    uint32 // PersonOf their login
}

// PersonOf is what an address knows of a login: its last 24 bits, which are random.
func PersonOf(l id.Login) uint32 {
	return uint32(l.UUID[13])<<16 | uint32(l.UUID[14])<<8 | uint32(l.UUID[15])
}

// Addresses writes and reads the addresses that letters are answered at: reply+(56 letters and digits)@domain.
//
// An address tells nothing to whoever reads it, and nobody makes one: it is a Place in cipher under its own
// signature (160 bits; HMAC-SHA256 with keys of the secret file). The same place has the same address for ever. Mail
// systems may change its case.
type Addresses struct {
	domain     string
	sign, mask secret.Key
}

// NewAddresses are those at the domain; "" = there are none.
func NewAddresses(s *secret.Secret, domain string) Addresses {
	return Addresses{domain, s.Key("reply addresses"), s.Key("reply addresses' cipher")}
}

// The parts of an address. Numbers beyond what their bytes hold have none.
const (
	before         = "reply+"
	signatureBytes = 20
	workspaceBytes = 3
	requestBytes   = 5
	contactBytes   = 4
	personBytes    = 3
	placeBytes     = workspaceBytes + requestBytes + contactBytes + personBytes
	tokenLetters   = (signatureBytes + placeBytes) * 8 / 5 // 56: local parts have 64 at most
)

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Of is the address of a place; the zero address when replies are not taken.
func (a Addresses) Of(p Place) email.Address {
	if a.domain == "" || p.Workspace <= 0 || p.Request <= 0 || p.Contact <= 0 || p.Workspace >= 1<<(8*workspaceBytes) || p.Request >= 1<<(8*requestBytes) || p.Contact >= 1<<(8*contactBytes) || p.Person >= 1<<(8*personBytes) {
		return email.Address{}
	}
	plain := p.bytes()
	signature := a.signature(plain)
	address, _ := email.Parse(before + letters.EncodeToString(append(signature, a.cipher(signature, plain)...)) + "@" + a.domain)
	return address
}

// Read finds the place of an address as it came over the wire. Every address costs the same work; false for whatever Of
// has not written.
func (a Addresses) Read(address string) (Place, bool) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	token, ours := strings.CutPrefix(local, before)
	ours = ours && a.domain != "" && domain == a.domain && len(token) == tokenLetters
	raw := make([]byte, signatureBytes+placeBytes)
	if ours {
		n, err := letters.Decode(raw, []byte(token))
		ours = err == nil && n == len(raw)
	}
	signature, plain := raw[:signatureBytes], a.cipher(raw[:signatureBytes], raw[signatureBytes:])
	if !hmac.Equal(signature, a.signature(plain)) || !ours {
		return Place{}, false
	}
	return placeOf(plain), true
}

func (a Addresses) signature(plain []byte) []byte {
	return a.sign.Sum("reply", string(plain))[:signatureBytes:signatureBytes]
}

// cipher hides a place behind its signature, or brings it out again.
func (a Addresses) cipher(signature, text []byte) []byte {
	out := make([]byte, len(text))
	subtle.XORBytes(out, text, a.mask.Sum("reply", string(signature)))
	return out
}

func (p Place) bytes() []byte {
	b := make([]byte, 0, placeBytes)
	put := func(n int64, size int) {
		var wide [8]byte
		binary.BigEndian.PutUint64(wide[:], uint64(n))
		b = append(b, wide[8-size:]...)
	}
	put(int64(p.Workspace), workspaceBytes)
	put(p.Request, requestBytes)
	put(p.Contact, contactBytes)
	put(int64(p.Person), personBytes)
	return b
}

func placeOf(b []byte) Place {
	take := func(size int) int64 {
		var wide [8]byte
		copy(wide[8-size:], b[:size])
		b = b[size:]
		return int64(binary.BigEndian.Uint64(wide[:]))
	}
	return Place{id.Workspace(take(workspaceBytes)), take(requestBytes), take(contactBytes), uint32(take(personBytes))}
}
