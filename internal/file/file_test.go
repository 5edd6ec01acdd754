package file_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestFiles(t *testing.T) {
	each(t, file.Settings{Bytes: 100_000, PerOwner: 2}, func(c *cabinet) {
		t := c.T
		content := random(70_000)
		in := c.receive("dossier.dat", string(content))
		f, err := c.attach(c.by, c.ofWhatever, in)
		c.must(err)

		t.Run("what was received is read back as it was, and described", func(t *testing.T) {
			sum := sha256.Sum256(content)
			got, err := c.get(c.by, f.ID)
			c.must(err)
			if !reflect.DeepEqual(got, f) || got.Name != "dossier.dat" || got.Size != 70_000 || !bytes.Equal(got.Digest, sum[:]) || got.Kind != file.Other || got.Login != c.by.Login {
				t.Errorf("%+v, %+v", got, f)
			}
			if !bytes.Equal(c.read(got), content) {
				t.Error("other bytes")
			}
		})
		t.Run("its bytes are for the program's owner alone, under the identifier", func(*testing.T) {
			c.wantMode(c.onDisk(f.ID), 0o600)
			c.wantMode(filepath.Dir(c.onDisk(f.ID)), 0o700)
			c.wantMode(c.dir, 0o700)
		})
		t.Run("an owner's files come in their order, duplicates of a name too, and no other's", func(t *testing.T) {
			second := c.receive("dossier.dat", "\x00more")
			_, err := c.attach(c.by, c.ofWhatever, second)
			c.must(err)
			another := file.Owner{Kind: "invoice", ID: c.ofWhatever.ID}
			if got := c.of(c.by, c.ofWhatever, another); !reflect.DeepEqual(got, []string{"dossier.dat", "dossier.dat"}) {
				t.Error(got)
			}
			if got := c.of(c.by, another); len(got) != 0 {
				t.Error(got)
			}
		})
		t.Run("an owner has no more files than it may", func(t *testing.T) {
			third := c.receive("x.dat", "\x00more")
			_, err := c.attach(c.by, c.ofWhatever, third)
			wantFault(t, err, fault.Invalid, "file.too_many")
			c.must(c.store.Drop(third))
		})
		t.Run("attack: another workspace's file does not exist, nor do its owner's", func(t *testing.T) {
			if _, err := c.get(c.foe, f.ID); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if got := c.of(c.foe, c.ofWhatever); len(got) != 0 {
				t.Error(got)
			}
			c.must(c.update(func(tx *sqldb.Tx) error { return file.Remove(t.Context(), tx, c.foe, c.ofWhatever) }))
			if got := c.of(c.by, c.ofWhatever); len(got) != 2 {
				t.Error(got)
			}
		})
		t.Run("what is undone has left no row, and its bytes go when they are an hour old", func(t *testing.T) {
			in, undone, before := c.receive("x.dat", "\x00"), errors.New("undone"), c.blobs()
			err := c.update(func(tx *sqldb.Tx) error {
				_, err := file.Attach(t.Context(), tx, c.by, file.Owner{Kind: "request", ID: id.NewJob().UUID}, in)
				return errors.Join(err, undone)
			})
			if !errors.Is(err, undone) {
				t.Fatal(err)
			}
			c.clock.Pass(59 * time.Minute)
			c.sweep()
			if n := c.blobs(); n != before {
				t.Errorf("%d blobs too early", n)
			}
			c.clock.Pass(2 * time.Minute)
			c.sweep()
			if n := c.blobs(); n != before-1 {
				t.Errorf("%d blobs, want %d", n, before-1)
			}
			if !bytes.Equal(c.read(f), content) {
				t.Error("a file with an owner was swept")
			}
		})
		t.Run("Remove takes the rows at once and the bytes after it", func(t *testing.T) {
			c.must(c.update(func(tx *sqldb.Tx) error { return file.Remove(t.Context(), tx, c.by, c.ofWhatever) }))
			if got := c.of(c.by, c.ofWhatever); len(got) != 0 {
				t.Error(got)
			}
			c.sweep()
			if n := c.blobs(); n != 0 {
				t.Errorf("%d blobs", n)
			}
			if _, err := c.store.Read(f); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	})
}

func TestKept(t *testing.T) {
	each(t, file.Settings{PerOwner: 3, Kept: time.Hour}, func(c *cabinet) {
		t := c.T
		in, err := c.keep(c.by, c.receive("a.txt", "text"))
		c.must(err)

		t.Run("a kept file waits for the login that sent it, and for nobody else", func(t *testing.T) {
			if got := c.kept(c.by, in.ID, id.NewFile()); len(got) != 1 || !reflect.DeepEqual(got[0], in) {
				t.Errorf("%+v, want %+v", got, in)
			}
			if got := append(c.kept(c.colleague, in.ID), c.kept(c.foe, in.ID)...); len(got) != 0 {
				t.Errorf("%+v", got)
			}
			if _, err := c.get(c.by, in.ID); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			_, err := c.attach(c.colleague, c.ofWhatever, in)
			wantFault(t, err, fault.Conflict, "file.gone")
		})
		t.Run("it goes to its owner, once; sent twice it stays there", func(t *testing.T) {
			for range 2 {
				f, err := c.attach(c.by, c.ofWhatever, in)
				c.must(err)
				if got, err := c.get(c.by, in.ID); err != nil || got.Owner != c.ofWhatever || f.ID != got.ID {
					t.Error(got, err)
				}
			}
			_, err := c.attach(c.by, file.Owner{Kind: "request", ID: id.NewJob().UUID}, in)
			wantFault(t, err, fault.Conflict, "file.gone")
			if got := c.kept(c.by, in.ID); len(got) != 0 {
				t.Error(got)
			}
		})
		t.Run("one that nobody wants any more is released by its sender alone", func(t *testing.T) {
			in, err := c.keep(c.by, c.receive("b.txt", "text"))
			c.must(err)
			for i, who := range []actor.Actor{c.colleague, c.by} {
				c.must(c.update(func(tx *sqldb.Tx) error { return file.Release(t.Context(), tx, who, []id.File{in.ID}) }))
				c.sweep()
				if n := c.blobs(); n != 2-i {
					t.Errorf("%d blobs after %d", n, i)
				}
			}
		})
		t.Run("one whose form never came is swept when its time is over", func(t *testing.T) {
			in, err := c.keep(c.by, c.receive("c.txt", "text"))
			c.must(err)
			c.clock.Pass(59 * time.Minute)
			c.sweep()
			if got := c.kept(c.by, in.ID); len(got) != 1 {
				t.Error("too early")
			}
			c.clock.Pass(2 * time.Minute)
			c.sweep()
			if got := c.kept(c.by, in.ID); len(got) != 0 || c.blobs() != 1 {
				t.Error(got, c.blobs())
			}
			_, err = c.attach(c.by, file.Owner{Kind: "request", ID: id.NewJob().UUID}, in)
			wantFault(t, err, fault.Conflict, "file.gone")
		})
	})
}

// broken ends as a connection does.
type broken struct{ r io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestRefusedFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	store := open(t, dir, file.Settings{Bytes: 1 << 20})
	t.Run("attack: a file of 0 bytes is refused", func(t *testing.T) {
		_, err := store.Receive(t.Context(), strings.NewReader(""), "../vide.pdf")
		wantFault(t, err, fault.Invalid, "file.empty")
		if name := fault.As(err).Fields[0].Args["Name"]; name != "vide.pdf" {
			t.Error(name)
		}
	})
	t.Run("attack: a file larger than it may be is refused as soon as that shows", func(t *testing.T) {
		endless := &counted{r: zeroes{}}
		_, err := store.Receive(t.Context(), endless, "x")
		wantFault(t, err, fault.Invalid, "file.too_large")
		if endless.n > 1<<20+128<<10 {
			t.Errorf("%d bytes were read", endless.n)
		}
	})
	t.Run("a file that breaks off on its way is an error, and so is one whose sender left", func(t *testing.T) {
		if _, err := store.Receive(t.Context(), broken{strings.NewReader("half")}, "x"); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := store.Receive(ctx, strings.NewReader("half"), "x"); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Run("nothing of them is left", func(t *testing.T) {
		if n := blobs(t, dir); n != 0 {
			t.Errorf("%d files", n)
		}
	})
	t.Run("a file of exactly the largest size is taken, and dropped without a trace", func(t *testing.T) {
		in, err := store.Receive(t.Context(), io.LimitReader(zeroes{}, 1<<20), "x")
		if err != nil || in.Size != 1<<20 {
			t.Fatal(in, err)
		}
		if err := errors.Join(store.Drop(in), store.Drop(in)); err != nil || blobs(t, dir) != 0 {
			t.Error(err, blobs(t, dir))
		}
	})
	t.Run("what a killed program had half received is swept an hour later", func(t *testing.T) {
		each(t, file.Settings{}, func(c *cabinet) {
			half := filepath.Join(c.dir, "incoming", id.NewFile().String()+".part")
			c.must(os.WriteFile(half, []byte("half"), 0o600))
			now := c.clock.Now()
			c.must(os.Chtimes(half, now, now))
			c.sweep()
			if c.blobs() != 1 {
				c.Error("too early")
			}
			c.clock.Pass(61 * time.Minute)
			c.sweep()
			if c.blobs() != 0 {
				c.Error("it is still there")
			}
		})
	})
}

// zeroes has no end.
type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestDailyBytes(t *testing.T) {
	each(t, file.Settings{Daily: 1000}, func(c *cabinet) {
		t := c.T
		t.Run("attack: two at once beyond the limit: one of them is refused", func(t *testing.T) {
			answers := make(chan error, 2)
			for range 2 {
				in := c.receive("x", "\x00"+strings.Repeat("x", 699))
				go func() { _, err := c.keep(c.by, in); answers <- err }()
			}
			a, b := <-answers, <-answers
			if a == nil {
				a, b = b, a
			}
			wantFault(t, a, fault.Invalid, "file.too_many_bytes")
			c.must(b)
		})
		t.Run("others may still send, and so may the same login a day later", func(t *testing.T) {
			_, err := c.keep(c.colleague, c.receive("x", strings.Repeat("x", 700)))
			c.must(err)
			c.clock.Pass(25 * time.Hour)
			_, err = c.keep(c.by, c.receive("x", strings.Repeat("x", 700)))
			c.must(err)
		})
	})
}
