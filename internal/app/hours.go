package app

import (
	"time"

	"github.com/entregent/entregent/internal/locale"
)

// officeHours lay a story out over the working hours of its host: from Monday to Friday, 9 to 18 o'clock in Paris. What
// came earlier stays earlier.
type officeHours struct {
	days []time.Time   // 9 o'clock of each working day
	last time.Duration // of work on the last of them, so far
}

const workday = 9 * time.Hour

func newOfficeHours(now time.Time) officeHours {
	zone, _ := locale.ParseZone("Europe/Paris")
	h := officeHours{last: workday}
	y, m, d := now.Add(-founded).In(zone).Date()
	for ; ; d++ {
		nine := time.Date(y, m, d, 9, 0, 0, 0, zone)
		if !nine.Before(now) {
			break
		}
		if w := nine.Weekday(); w != time.Saturday && w != time.Sunday {
			h.days = append(h.days, nine)
			h.last = min(workday, now.Sub(nine))
		}
	}
	return h
}

// when is the moment at work that stands for «so long ago», between founded and now.
func (h officeHours) when(ago time.Duration) time.Time {
	whole := time.Duration(len(h.days)-1)*workday + h.last
	share := 1 - float64(min(max(ago, 0), founded))/float64(founded)
	at := time.Duration(share * float64(whole))
	day := min(int(at/workday), len(h.days)-1)
	return h.days[day].Add(at - time.Duration(day)*workday)
}
