package file

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
)

// Settings bound what is taken; zero fields take the defaults in brackets.
type Settings struct {
	Bytes     int64            // largest file [25 MiB]
	PerOwner  int              // files that one request, comment or invoice has at most [10]
	Daily     int64            // bytes that one login may send to a workspace in 24 hours [1 GiB]
	Kept      time.Duration    // how long a file waits for its form [24 h]
	KeptForms int              // forms full of files that wait for one login in a workspace at once [10]
	Abandoned time.Duration    // how old bytes without an owner are when nobody can still be about to take them [1 h]
	Clock     func() time.Time // by which the age of bytes without an owner counts [time.Now]
}

func (s Settings) withDefaults() Settings {
	s.Bytes = cmp.Or(s.Bytes, 25<<20)
	s.PerOwner = cmp.Or(s.PerOwner, 10)
	s.Daily = cmp.Or(s.Daily, 1<<30)
	s.Kept = cmp.Or(s.Kept, 24*time.Hour)
	s.KeptForms = cmp.Or(s.KeptForms, 10)
	s.Abandoned = cmp.Or(s.Abandoned, time.Hour)
	if s.Clock == nil {
		s.Clock = time.Now
	}
	return s
}

// Store takes bytes in and gives them out. It is safe for concurrent use; several processes, on several machines, may
// share its folder.
type Store struct {
	disk     disk
	settings Settings
}

// Open opens the folder, and makes it for its owner alone when there is none.
func Open(dir string, s Settings) (*Store, error) {
	d, err := openDisk(dir)
	return &Store{d, s.withDefaults()}, err
}

// Close lets go of the folder.
func (s *Store) Close() error { return s.disk.root.Close() }

// Largest is how many bytes a file may have.
func (s *Store) Largest() int64 { return s.settings.Bytes }

// PerOwner is how many files one owner may have.
func (s *Store) PerOwner() int { return s.settings.PerOwner }

func (s *Store) bounds() bounds {
	return bounds{s.settings.PerOwner, s.settings.KeptForms, s.settings.Daily}
}

var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// Receive takes a file in, a piece at a time: when it returns nil the bytes are on the disk. What the file is, its content
// says; name, as its sender's machine calls it, is cleaned. An empty file, and one that is too large, is a
// fault.Invalid on «files». What r or ctx ended early, and what the disk did not take (IsFull), leaves nothing behind.
func (s *Store) Receive(ctx context.Context, r io.Reader, name string) (Received, error) {
	in := Received{ID: id.NewFile(), bounds: s.bounds()}
	err := s.disk.create(in.ID.String(), s.settings.Clock(), func(f *os.File) error {
		if err := in.write(ctx, f, r, s.settings.Bytes); err != nil {
			return err
		}
		t, err := examine(f, in.Size)
		in.Name = cleanName(name, t)
		t = t.named(in.Name)
		in.Kind, in.MediaType, in.Encrypted = t.kind, t.media, t.encrypted
		return err
	})
	if err != nil {
		return Received{}, s.told(err, name)
	}
	return in, nil
}

// Refusals of a file by itself, whatever form it came with.
var (
	errEmpty    = errors.New("file: empty")
	errTooLarge = errors.New("file: too large")
)

// write copies from, counting and hashing.
func (r *Received) write(ctx context.Context, f *os.File, from io.Reader, most int64) (err error) {
	buffer := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buffer)
	sum := sha256.New()
	for err == nil {
		var n int
		if err = ctx.Err(); err != nil {
			return err
		}
		n, err = from.Read(buffer[:])
		if r.Size += int64(n); r.Size > most {
			return errTooLarge
		}
		sum.Write(buffer[:n]) // never fails
		if _, err := f.Write(buffer[:n]); err != nil {
			return err
		}
	}
	if r.Digest = sum.Sum(nil); err == io.EOF && r.Size == 0 {
		return errEmpty
	}
	return ignore(err, io.EOF)
}

// told puts what is wrong with the file itself into words.
func (s *Store) told(err error, name string) error {
	name = cleanName(name, content{})
	switch {
	case errors.Is(err, errEmpty):
		return fault.OnField(fault.Invalid, Field, fault.M("file.empty", "Name", name))
	case errors.Is(err, errTooLarge):
		return fault.OnField(fault.Invalid, Field, fault.M("file.too_large", "Name", name, "Max", megabytes(s.settings.Bytes)))
	}
	return err
}

// Drop takes away what was received and is not wanted after all. What has an owner, or is kept, goes by its row: Remove,
// Release.
func (s *Store) Drop(r Received) error {
	if r.kept {
		return nil
	}
	return s.disk.remove(r.ID.String())
}

// Read opens a file's bytes; the caller closes them. When they are not there (a backup without its files was put back) it
// is a fault.NotFound.
func (s *Store) Read(f File) (io.ReadSeekCloser, error) {
	content, err := s.disk.open(f.ID.String())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "file.lost")
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}

// Reread opens the bytes of a file that was received, for a caller that wants to look at them before it takes them.
func (s *Store) Reread(r Received) (io.ReadSeekCloser, error) { return s.Read(File{ID: r.ID}) }
