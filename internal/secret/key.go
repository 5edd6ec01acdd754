package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Key signs and names things for one purpose (HMAC-SHA256). Make it with Secret.Key; the zero value panics.
type Key struct{ bytes []byte }

// Name turns what must not be stored into a name that it cannot be guessed from: 43 URL-safe characters. The
// parts are told apart: Name("ab", "c") is not Name("a", "bc").
func (k Key) Name(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString(k.sum("name", parts...))
}

// Sum is the bare HMAC of the parts, told apart as with Name: 32 bytes, for what is compared and never shown.
func (k Key) Sum(parts ...string) []byte { return k.sum("sum", parts...) }

// Sign makes of any text a value for a cookie or an address that Read gives back and nobody else can make.
// The text can be read by whoever has the value.
func (k Key) Sign(text string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + base64.RawURLEncoding.EncodeToString(k.sum("sign", text))
}

// Read gives back what Sign was given; false for anything that this key did not sign.
func (k Key) Read(signed string) (text string, ok bool) {
	head, tail, _ := strings.Cut(signed, ".")
	b, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return "", false
	}
	sum, err := base64.RawURLEncoding.DecodeString(tail)
	if err != nil || !hmac.Equal(sum, k.sum("sign", string(b))) {
		return "", false
	}
	return string(b), true
}

// words are written without the letters and digits that look alike.
var words = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// wordBytes of a word, 80 bits: 16 characters.
const wordBytes = 10

// Word is a word for people to copy from one screen to another, «k7qd-2m9x-…», always the same for the parts.
func (k Key) Word(parts ...string) string {
	w := words.EncodeToString(k.sum("word", parts...)[:wordBytes])
	return w[:4] + "-" + w[4:8] + "-" + w[8:12] + "-" + w[12:]
}

// IsWord reports whether somebody typed Word, whatever the case, with or without its hyphens or with blanks.
func (k Key) IsWord(typed string, parts ...string) bool {
	return hmac.Equal([]byte(bare(typed)), []byte(bare(k.Word(parts...))))
}

func bare(word string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', ' ', '\t', '\r', '\n', '\u00a0':
			return -1
		case 'o':
			return '0'
		case 'i', 'l':
			return '1'
		}
		return r
	}, strings.ToLower(word))
}

func (k Key) sum(use string, parts ...string) []byte {
	if len(k.bytes) == 0 {
		panic("secret: the zero Key signs nothing")
	}
	h := hmac.New(sha256.New, k.bytes)
	var n [8]byte
	for _, p := range append([]string{use}, parts...) {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// Format keeps the key out of logs, whatever the verb.
func (Key) Format(f fmt.State, _ rune) { io.WriteString(f, "(key)") }
