// Package secret holds the installation's one secret, a file that only its owner reads, and the keys derived
// from it, one a purpose: counters' names, signed cookies, the word that opens the set-up page, the history's seals.
//
// Whoever has the file can forge these; it opens no password and no data. Nodes of one installation share it.
// Nothing of it is ever printed: every value formats as its name.
package secret

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// size of the secret and of the keys derived from it, in bytes.
const size = 32

// longest file that is read; a secret that somebody else's program made may be longer than ours.
const longest = 4096

// Secret is what the file holds. Make it with Open or New.
type Secret struct{ bytes []byte }

// Open reads the file, and makes it when there is none, for its owner alone (0600). Processes that start at
// once end with the same secret. A file that others than its owner and group may touch is refused, as is one
// that holds less than 256 bits.
func Open(path string) (*Secret, error) {
	s, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("make the secret file: %w", err)
		}
		s, err = read(path)
	}
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	return s, nil
}

// New makes a secret that is in no file: for tests and one-off commands.
func New() *Secret {
	b := make([]byte, size)
	rand.Read(b) // never fails
	return &Secret{b}
}

func read(path string) (*Secret, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", path)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("%s is open to everybody: chmod 600 it", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return nil, err
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) < size {
		return nil, fmt.Errorf("%s does not hold %d bytes in URL-safe base64", path, size)
	}
	return &Secret{b}, nil
}

// create writes a fresh secret under a name of its own and then links it to the path, which either fails
// because another process was first, or makes the whole file appear at once.
func create(path string) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".secret-*") // 0600, O_EXCL
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.RawURLEncoding.EncodeToString(New().bytes) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the new name outlive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Key derives the key of a purpose; the same label gives the same key on every node, other labels give keys
// that tell nothing of each other.
func (s *Secret) Key(label string) Key {
	b, err := hkdf.Key(sha256.New, s.bytes, nil, "entregent "+label, size)
	if err != nil {
		panic(err) // only for impossible lengths
	}
	return Key{b}
}

// Format keeps the secret out of logs, whatever the verb.
func (*Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "(secret)") }
