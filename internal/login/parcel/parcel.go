// Package parcel carries a session between the two halves of package login that scs stands between: the codec, which knows
// values, and the store, which knows the table. It packs by hand, since each request of a person reads one. It is nothing
// that is kept: both halves are of one process.
package parcel

import (
	"encoding/binary"
	"encoding/json"
	"errors"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Parcel is a session on its way; login.Session says what its parts mean.
type Parcel struct {
	ID         id.Session
	Login, Was id.Login

	ConfirmedAt, Proof, Ends sqldb.Time

	Token string            // hashed, 255 bytes at most
	Data  map[string]string // what faces put beside the session
}

const fixed = 3*16 + 3*8 // bytes before the token's length

// Pack writes the parcel down for Unpack.
func (p Parcel) Pack() ([]byte, error) {
	b := make([]byte, 0, fixed+1+len(p.Token))
	for _, part := range []id.UUID{p.ID.UUID, p.Login.UUID, p.Was.UUID} {
		b = append(b, part[:]...)
	}
	for _, at := range []sqldb.Time{p.ConfirmedAt, p.Proof, p.Ends} {
		b = binary.BigEndian.AppendUint64(b, uint64(at))
	}
	b = append(append(b, byte(len(p.Token))), p.Token...)
	if len(p.Data) == 0 {
		return b, nil
	}
	data, err := json.Marshal(p.Data)
	return append(b, data...), err
}

var errTorn = errors.New("login: a session that was not packed here")

// Unpack reads what Pack has written; anything else is an error.
func Unpack(b []byte) (p Parcel, err error) {
	if len(b) <= fixed || len(b) <= fixed+int(b[fixed]) {
		return p, errTorn
	}
	for i, part := range []*id.UUID{&p.ID.UUID, &p.Login.UUID, &p.Was.UUID} {
		copy(part[:], b[16*i:])
	}
	for i, at := range []*sqldb.Time{&p.ConfirmedAt, &p.Proof, &p.Ends} {
		*at = sqldb.Time(binary.BigEndian.Uint64(b[3*16+8*i:]))
	}
	end := fixed + 1 + int(b[fixed])
	p.Token = string(b[fixed+1 : end])
	if len(b) > end {
		err = json.Unmarshal(b[end:], &p.Data)
	}
	return p, err
}
