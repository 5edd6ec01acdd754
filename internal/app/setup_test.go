package app

import "testing"

func TestAtOnce(t *testing.T) {
	t.Run("as many passwords are hashed at once as are configured, but one processor is left to the pages", func(t *testing.T) {
		for _, c := range []struct{ configured, processors, want int }{{2, 1, 1}, {2, 2, 1}, {2, 3, 2}, {2, 8, 2}, {1, 8, 1}, {16, 8, 7}} {
			if got := atOnce(c.configured, c.processors); got != c.want {
				t.Errorf("%d on %d processors: %d, want %d", c.configured, c.processors, got, c.want)
			}
		}
	})
}
