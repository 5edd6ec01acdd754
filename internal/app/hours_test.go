package app

import (
	"testing"
	"time"
)

func TestOfficeHours(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 11, 20, 9, 42, 0, 0, time.UTC),  // a Friday morning
		time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC),  // a Sunday night
		time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC),   // a Monday before work
		time.Date(2026, 11, 23, 8, 0, 30, 0, time.UTC),  // just after 9 in Paris
		time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC),   // the clocks change
		time.Date(2026, 11, 20, 22, 30, 0, 0, time.UTC), // a Friday night
	} {
		h := newOfficeHours(now)
		t.Run("a story told at "+now.Format(time.RFC3339)+" stays in order, at work and in the past", func(t *testing.T) {
			before := time.Time{}
			for ago := founded; ago >= 0; ago -= 7*time.Hour + 13*time.Minute {
				at := h.when(ago)
				if at.Before(before) || at.After(now) {
					t.Fatalf("%v ago is %v, after %v", ago, at, before)
				}
				if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || at.Hour() < 9 || at.Hour() > 18 {
					t.Fatalf("%v ago is %v", ago, at)
				}
				before = at
			}
		})
	}
}
