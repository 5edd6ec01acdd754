package secret

import (
	"encoding/base64"
	"fmt"
	"io"

	"github.com/entregent/entregent/internal/id"
)

// Links makes what one-time links and codes are made of. Both are derived from the identifier of what they open, so
// that a letter written again holds the same; the database keeps their digests alone, from which nobody gets back.
// Make it with Secret.Links; the zero value panics.
type Links struct{ links, digests Key }

// Links are those of the installation; a purpose («invitation», «password») keeps them apart.
func (s *Secret) Links() Links { return Links{s.Key("links"), s.Key("link digests")} }

// tokenBytes of a token (160 bits) and codeBytes of a code (40 bits).
const (
	tokenBytes = 20
	codeBytes  = 5
)

// Token is the secret part of the link: 27 URL-safe characters.
func (l Links) Token(purpose string, of id.UUID) string {
	return base64.RawURLEncoding.EncodeToString(l.links.sum("token", purpose, of.String())[:tokenBytes])
}

// Code is for people to copy from a letter, «k7qd-2m9x»: 8 characters without those that look alike. It is short
// enough to be guessed at, so whoever takes it counts the wrong tries.
func (l Links) Code(purpose string, of id.UUID) string {
	w := words.EncodeToString(l.links.sum("code", purpose, of.String())[:codeBytes])
	return w[:4] + "-" + w[4:]
}

// Digest is what the table keeps of a token or a code, and what somebody's typed one is looked up by: 32 bytes. A code
// may be typed in any case, with or without its hyphen or with blanks, as IsWord takes words. Of binds the digest
// to more than its purpose: the code of an invitation to its address.
func (l Links) Digest(purpose, tokenOrCode string, of ...string) []byte {
	use, said := "code digest", bare(tokenOrCode)
	if isToken(tokenOrCode) {
		use, said = "token digest", tokenOrCode
	}
	return l.digests.sum(use, append([]string{purpose, said}, of...)...)
}

// isToken tells a token's form from whatever somebody typed as a code.
func isToken(s string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == tokenBytes
}

// Format keeps the keys out of logs, whatever the verb.
func (Links) Format(f fmt.State, _ rune) { io.WriteString(f, "(links)") }
