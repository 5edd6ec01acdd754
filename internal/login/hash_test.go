package login

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestHashingLeavesNothingBehind(t *testing.T) {
	t.Run("however many passwords are hashed one after the other, the heap grows by the memory of one or two", func(t *testing.T) {
		defer debug.SetGCPercent(debug.SetGCPercent(-1)) // nobody else collects
		h := newHasher(Hashing{Passes: 1, Memory: 19 << 10, Threads: 1, Concurrent: 1})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for range 8 {
			if _, err := h.hash(t.Context(), "hibou corniche velours"); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2*19<<20 {
			t.Errorf("it grew by %d MiB", grown>>20)
		}
	})
}
