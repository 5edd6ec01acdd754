package main

import (
	"context"
	"encoding/binary"
	"sync"
	"syscall"
	"time"
)

// held is how long a sub-command keeps others waiting at a time.
type held struct {
	write time.Duration // the longest that it held the write lock, or a transaction that writes
	read  time.Duration // the longest that it kept a snapshot, so that the log could not be copied back
}

// holding watches a sub-command; what it returns ends that and tells. Of one that reads it is asked how long it reads.
func (b *bare) holding(ctx context.Context, p *product, reads bool) func() (held, error) {
	ctx, stop := context.WithCancel(ctx)
	var h held
	var err error
	var wait sync.WaitGroup
	wait.Go(func() {
		if b.database != 0 || p.dsn != "" {
			err = b.watchTransactions(ctx, &h)
		} else {
			err = b.watchLocks(ctx, p.sqlite()+"-shm", reads, &h)
		}
	})
	return func() (held, error) {
		stop()
		wait.Wait()
		return h, err
	}
}

// glance is how often it is looked, and what the answers are exact to.
const glance = 2 * time.Millisecond

// watchTransactions asks PostgreSQL how old the oldest transaction of others is.
func (b *bare) watchTransactions(ctx context.Context, h *held) error {
	c, err := b.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	for ctx.Err() == nil {
		var write, read float64
		err := c.QueryRowContext(ctx, `SELECT COALESCE(max(extract(epoch FROM clock_timestamp() - xact_start)) FILTER (WHERE backend_xid IS NOT NULL), 0),
				COALESCE(max(extract(epoch FROM clock_timestamp() - xact_start)) FILTER (WHERE backend_xid IS NULL), 0)
			FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`).Scan(&write, &read)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		h.write, h.read = max(h.write, time.Duration(write*float64(time.Second))), max(h.read, time.Duration(read*float64(time.Second)))
		time.Sleep(5 * glance)
	}
	return nil
}

// Where SQLite's index of the log has what, and what it locks there (walformat.html, «WAL-Index File Format»).
const (
	frameAt   = 16  // of the last commit
	copiedAt  = 96  // how many frames are in the file already
	marksAt   = 100 // for each of five kinds of readers, the frame that they see
	writeLock = 120
	readLocks = 123
	slots     = 5
)

// watchLocks reads the locks and the index beside the file. SQLite's writer holds the lock from BEGIN IMMEDIATE to
// COMMIT; a reader pins the frame that it sees. Beside readers goes a small write of ours, often, so that the age of what is
// pinned shows.
func (b *bare) watchLocks(ctx context.Context, index string, reads bool, h *held) error {
	if reads {
		stop, err := b.scribble(ctx)
		if err != nil {
			return err
		}
		defer stop()
	}
	// It stays open: to close it would let go of all locks that this process has on the file, its own connections' too.
	fd, err := syscall.Open(index, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	var w lockWatch
	head := make([]byte, 136)
	for ; ctx.Err() == nil; time.Sleep(glance) {
		if _, err := syscall.Pread(fd, head, 0); err != nil {
			return err
		}
		if err := w.see(uintptr(fd), head, h); err != nil {
			return err
		}
	}
	return nil
}

// lockWatch is what was seen before.
type lockWatch struct {
	frame   uint32
	since   time.Time // the write lock is held for the same commit
	writing bool
	commits []commitSeen // in the order of their frames; a log that begins anew begins this anew
	first   [slots]time.Time
}

type commitSeen struct {
	frame uint32
	at    time.Time
}

func (w *lockWatch) see(fd uintptr, head []byte, h *held) error {
	now, frame := time.Now(), binary.NativeEndian.Uint32(head[frameAt:])
	if frame < w.frame {
		w.commits = nil
	}
	if frame != w.frame || len(w.commits) == 0 {
		w.commits = append(w.commits, commitSeen{frame, now})
	}
	writing, err := others(fd, writeLock)
	if err != nil {
		return err
	}
	switch {
	case !writing:
		w.writing = false
	case !w.writing || frame != w.frame: // another transaction
		w.writing, w.since = true, now
	default:
		h.write = max(h.write, now.Sub(w.since)+glance)
	}
	w.frame = frame
	for slot := range slots {
		reading, err := others(fd, readLocks+int64(slot))
		if err != nil {
			return err
		}
		if !reading {
			w.first[slot] = time.Time{}
			continue
		}
		if w.first[slot].IsZero() {
			w.first[slot] = now
		}
		h.read = max(h.read, now.Sub(w.pinned(head, slot)))
	}
	return nil
}

// pinned is since when readers of that kind see what they see: since the commit behind theirs, or since we saw them.
func (w *lockWatch) pinned(head []byte, slot int) time.Time {
	mark := binary.NativeEndian.Uint32(head[marksAt+4*slot:])
	if slot == 0 {
		mark = binary.NativeEndian.Uint32(head[copiedAt:])
	}
	since := time.Now()
	for _, c := range w.commits {
		if c.frame > mark {
			since = c.at
			break
		}
	}
	if since.Before(w.first[slot]) {
		since = w.first[slot]
	}
	return since
}

// others reports whether another process holds that lock.
func others(fd uintptr, at int64) (bool, error) {
	l := syscall.Flock_t{Type: syscall.F_WRLCK, Start: at, Len: 1}
	err := syscall.FcntlFlock(fd, syscall.F_GETLK, &l)
	return l.Type != syscall.F_UNLCK, err
}

// scribble writes a row over and over; what it returns ends that. Fifty writes a second cost a tenth of a processor.
func (b *bare) scribble(ctx context.Context) (stop func(), err error) {
	c, err := b.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				_, _ = c.ExecContext(context.WithoutCancel(ctx), `UPDATE workspace SET name = name WHERE id = $1`, b.workspace) // busy: the next time
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		wait.Wait()
		c.Close()
	}, nil
}
