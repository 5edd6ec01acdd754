package quota

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/id"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func TestQuota(t *testing.T) {
	one, other := id.NewToken().UUID, id.NewToken().UUID
	t.Run("so many pass in a window, and each answer says how many are left and until when", func(t *testing.T) {
		q := New(2, time.Minute)
		for i, want := range []Left{{true, 2, 1, time.Minute}, {true, 2, 0, 50 * time.Second}, {false, 2, 0, 40 * time.Second}, {false, 2, 0, 30 * time.Second}} {
			if got := q.Take(one, start.Add(time.Duration(i)*10*time.Second)); got != want {
				t.Errorf("%d: %+v", i, got)
			}
		}
		if got := q.Take(one, start.Add(time.Minute)); got != (Left{true, 2, 1, time.Minute}) {
			t.Errorf("the next window: %+v", got)
		}
	})
	t.Run("each caller has the whole limit", func(t *testing.T) {
		q := New(1, time.Minute)
		if !q.Take(one, start).OK || !q.Take(other, start).OK || q.Take(one, start).OK {
			t.Error("shared")
		}
	})
	t.Run("a clock that is put back locks nobody out", func(t *testing.T) {
		q := New(1, time.Minute)
		q.Take(one, start)
		if got := q.Take(one, start.Add(-time.Hour)); !got.OK || got.Reset != time.Minute {
			t.Errorf("%+v", got)
		}
	})
	t.Run("callers whose windows have ended are forgotten", func(t *testing.T) {
		q := New(1, time.Minute)
		for range 1000 {
			q.Take(id.NewToken().UUID, start)
		}
		q.Take(one, start.Add(time.Minute))
		if len(q.counts) != 1 {
			t.Errorf("%d counts", len(q.counts))
		}
	})
	t.Run("no limit counts nothing", func(t *testing.T) {
		q := New(0, time.Minute)
		if !q.Take(one, start).OK || !q.Unlimited() || len(q.counts) != 0 {
			t.Error("counted")
		}
	})
	t.Run("many at once are counted each", func(t *testing.T) {
		q := New(100, time.Minute)
		var passed atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 50 {
					if q.Take(one, start).OK {
						passed.Add(1)
					}
				}
			})
		}
		all.Wait()
		if passed.Load() != 100 {
			t.Errorf("%d passed", passed.Load())
		}
	})
}
