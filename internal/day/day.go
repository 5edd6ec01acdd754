// Package day holds days of the calendar, as on an invoice: without hour and without time zone.
//
// A moment is sqldb.Time; which day it is depends on where the reader is, and Of says so.
package day

import (
	"strconv"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
)

// Day is a day as year, month and day with their zeros, «2026-11-20», so that days are ordered as their texts are. The zero value
// is none.
type Day string

// The years that are taken.
const (
	firstYear = 1990
	lastYear  = 2199
)

// Parse reads a day as people and programs write it: 2026-11-20, 20/11/2026, 20.11.2026, 20-11-2026. A day that the calendar does
// not have, and nothing at all, are a fault.Message.
func Parse(s string) (Day, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", fault.M("fault.required")
	}
	for _, form := range [...]string{time.DateOnly, "2/1/2006", "2.1.2006", "2-1-2006"} {
		t, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if t.Year() < firstYear || t.Year() > lastYear {
			return "", fault.M("day.range", "First", strconv.Itoa(firstYear), "Last", strconv.Itoa(lastYear))
		}
		return Of(t), nil
	}
	return "", fault.M("day.invalid")
}

// Of is the day on which t falls where its location is.
func Of(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Start is the first day of the year.
func Start(year int) Day { return Of(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)) }

// IsZero reports «none».
func (d Day) IsZero() bool { return d == "" }

// time is the day's noon in the zone, so that no change of hours moves it.
func (d Day) time(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t.Add(12 * time.Hour)
}

// Year is the year that the day is in.
func (d Day) Year() int { return d.time(time.UTC).Year() }

// Add is so many days later.
func (d Day) Add(days int) Day { return Of(d.time(time.UTC).AddDate(0, 0, days)) }

// Since is how many days have passed since the other.
func (d Day) Since(other Day) int {
	return int(d.time(time.UTC).Sub(other.time(time.UTC)) / (24 * time.Hour))
}

// In prints the day, JJ/MM/AAAA; "" for none.
func (d Day) In(p *locale.Printer) string {
	if d.IsZero() {
		return ""
	}
	return p.Date(d.time(p.Zone()))
}
