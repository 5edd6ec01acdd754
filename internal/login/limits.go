package login

import (
	"time"

	"github.com/entregent/entregent/internal/fault"
)

// Limits holds how long and how often, as the configuration says.
type Limits struct {
	SessionLifetime time.Duration // from signing in
	SessionIdle     time.Duration // without a page opened; 0 = no such limit
	SeenInterval    time.Duration // «last seen» is written this often at most
	Confirmed       time.Duration // how long a password counts as just typed
	Failures        int           // wrong tries for one login in the window before delays begin
	AddressFailures int           // wrong tries from one client address in the window before it waits for its end
	FailureWindow   time.Duration
	FirstDelay      time.Duration // after the last free try; each further one doubles it …
	LongestDelay    time.Duration // … up to this
	BrowserLifetime time.Duration // how long a browser that signed in keeps a count of its own
}

// DefaultLimits are those of product.md §5.
func DefaultLimits() Limits {
	return Limits{
		SessionLifetime: 12 * time.Hour,
		SeenInterval:    5 * time.Minute,
		Confirmed:       15 * time.Minute,
		Failures:        10,
		AddressFailures: 100,
		FailureWindow:   15 * time.Minute,
		FirstDelay:      30 * time.Second,
		LongestDelay:    15 * time.Minute,
		BrowserLifetime: 400 * 24 * time.Hour,
	}
}

// delay is how long one waits after so many tries beyond the free ones.
func (l Limits) delay(beyond int64) time.Duration {
	d := l.FirstDelay
	for range min(beyond, 32) {
		if d >= l.LongestDelay {
			break
		}
		d *= 2
	}
	return min(d, l.LongestDelay)
}

// tooMany rounds up to whole seconds, so that nobody is told to come back too early.
func tooMany(wait time.Duration) error {
	return fault.New(fault.TooMany, "fault.too_many", "Wait", (wait + time.Second - 1).Truncate(time.Second))
}
