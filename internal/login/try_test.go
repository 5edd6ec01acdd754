package login_test

import (
	"context"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
)

func TestTry(t *testing.T) {
	each(t, func(h house) {
		by := self(h.person("tries@brenval.example"))
		ctx := login.WithClient(h.Context(), login.Client{})
		try := func(h house) time.Duration {
			h.Helper()
			err := h.desk.Try(ctx, by, "rename")
			if err != nil && wait(err) == 0 {
				h.Fatal(err)
			}
			return wait(err)
		}
		undo := func(h house) {
			h.Helper()
			if err := h.desk.Undo(ctx, by, "rename"); err != nil {
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
		h.rule("Undo lifts the wait of its own Try, never that which another one has brought", func(h house) {
			by := self(h.person("twice@brenval.example"))
			slow := login.WithClient(h.Context(), login.Client{})
			count := func(ctx context.Context) time.Duration {
				return wait(h.desk.Try(ctx, by, "rename"))
			}
			for range 10 {
				count(ctx)
			}
			h.clock.Pass(30 * time.Second)
			count(slow) // brings a minute
			h.clock.Pass(time.Minute)
			count(ctx) // brings two
			if err := h.desk.Undo(slow, by, "rename"); err != nil {
				h.Fatal(err)
			}
			if got := count(slow); got != 2*time.Minute {
				h.Errorf("the other's wait became %v", got)
			}
			if err := h.desk.Undo(ctx, by, "rename"); err != nil {
				h.Fatal(err)
			}
			if got := count(ctx); got != 0 {
				h.Errorf("its own wait stayed: %v", got)
			}
		})
		h.rule("as many refusals are free as the configuration says of renamings, whatever it says of passwords", func(h house) {
			limits := login.DefaultLimits()
			limits.Failures, limits.Renames = 1, 3
			desk, by := login.NewDesk(h.db, secret.New(), limits, cheap), self(h.person("thrice@brenval.example"))
			for range 3 {
				if err := desk.Try(ctx, by, "rename"); err != nil {
					h.Fatal(err)
				}
			}
			if wait(desk.Try(ctx, by, "rename")) == 0 {
				h.Error("a fourth one was free")
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
