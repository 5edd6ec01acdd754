package job

import (
	"math"
	"testing"
	"time"
)

func TestDelay(t *testing.T) {
	t.Run("a retry waits n⁴ times the first, and no longer than the configuration says", func(t *testing.T) {
		r := &Runner{o: Options{Retry: time.Second, LongestRetry: time.Minute}.withDefaults()}
		for n, want := range map[int]time.Duration{1: time.Second, 2: 16 * time.Second, 3: time.Minute, 1000: time.Minute, math.MaxInt: time.Minute} {
			if got := r.delay(n); got != want {
				t.Errorf("%d: %v, want %v", n, got, want)
			}
		}
	})
	t.Run("a day if it says nothing", func(t *testing.T) {
		r := &Runner{o: Options{}.withDefaults()}
		if got := r.delay(100); got != 24*time.Hour {
			t.Error(got)
		}
	})
}
