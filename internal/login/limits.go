package login

import (
	"time"

	"github.com/entregent/entregent/internal/config"
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
	Recoveries      int           // letters to one typed address in the window before delays begin
	AddressAsks     int           // forgotten passwords from one client address in the window before it waits for its end
	Renames         int           // refused acts of one person (Desk.Try) in the window before delays begin
	FailureWindow   time.Duration
	FirstDelay      time.Duration // after the last free try; each further one doubles it …
	LongestDelay    time.Duration // … up to this
	BrowserLifetime time.Duration // how long a browser that signed in keeps a count of its own
	PasswordLink    time.Duration // how long a link to choose a new password holds
	AddressLink     time.Duration // how long a link to confirm a new address holds
	LinkRetention   time.Duration // how long links are kept after they have expired
}

// LimitsOf are those that the configuration says.
func LimitsOf(c config.SignIn) Limits {
	return Limits{
		SessionLifetime: c.SessionLifetime.Duration(),
		SessionIdle:     c.SessionIdle.Duration(),
		SeenInterval:    c.SeenInterval.Duration(),
		Confirmed:       c.Confirmed.Duration(),
		Failures:        c.Failures,
		AddressFailures: c.AddressFailures,
		Recoveries:      c.Recoveries,
		AddressAsks:     c.AddressAsks,
		Renames:         c.Renames,
		FailureWindow:   c.FailureWindow.Duration(),
		FirstDelay:      c.FirstDelay.Duration(),
		LongestDelay:    c.LongestDelay.Duration(),
		BrowserLifetime: c.BrowserLifetime.Duration(),
		PasswordLink:    c.PasswordLink.Duration(),
		AddressLink:     c.AddressLink.Duration(),
		LinkRetention:   c.LinkRetention.Duration(),
	}
}

// DefaultLimits are those of a configuration that says nothing (product.md §5).
func DefaultLimits() Limits { return LimitsOf(config.Default().SignIn) }

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
