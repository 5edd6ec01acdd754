package login_test

import (
	"testing"
	"time"
)

func TestTry(t *testing.T) {
	each(t, func(h house) {
		by := self(h.person("tries@brenval.example"))
		try := func(h house) time.Duration {
			h.Helper()
			err := h.desk.Try(h.Context(), by, "rename")
			if err != nil && wait(err) == 0 {
				h.Fatal(err)
			}
			return wait(err)
		}
		undo := func(h house) {
			h.Helper()
			if err := h.desk.Undo(h.Context(), by, "rename"); err != nil {
				h.Fatal(err)
			}
		}
		h.rule("who is never refused is never counted", func(h house) {
			for range 30 {
				if try(h) != 0 {
					h.Fatal("counted")
				}
				undo(h)
			}
		})
		h.rule("after ten refusals one waits, longer each time, and what was not refused does not shorten it", func(h house) {
			for range 10 {
				try(h)
			}
			if got := try(h); got != 30*time.Second {
				h.Error(got)
			}
			h.clock.Pass(30 * time.Second)
			try(h)
			undo(h)
			try(h)
			if got := try(h); got != time.Minute {
				h.Error(got)
			}
		})
		h.rule("another person and another act have counts of their own", func(h house) {
			other := self(h.person("other@brenval.example"))
			if err := h.desk.Try(h.Context(), other, "rename"); err != nil {
				h.Error(err)
			}
			if err := h.desk.Try(h.Context(), by, "another"); err != nil {
				h.Error(err)
			}
		})
	})
}
