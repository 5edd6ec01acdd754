package locale

import (
	"strconv"
	"time"
)

// A person's moments are printed in the printer's zone. The zero time, which stands for «never», prints as "".

// Date prints the day, JJ/MM/AAAA in both languages: « 21/11/2026 ».
func (p *Printer) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	var room [16]byte
	year, month, day := t.In(p.zone).Date()
	b := append(appendTwo(room[:0], day), '/')
	b = append(appendTwo(b, int(month)), '/')
	return string(appendTwo(appendTwo(b, year/100%100), year%100))
}

// DateTime prints day and hour: « 21/11/2026 à 17 h 20 », "21/11/2026, 17:20".
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Text("locale.date_time", "Date", p.Date(t), "Time", p.clock(t.In(p.zone)))
}

// LongDate prints the day in words: « vendredi 20 novembre 2026 », "Friday 20 November 2026".
func (p *Printer) LongDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.zone)
	return p.Text("locale.long_date", "Weekday", p.Text(weekdays[t.Weekday()]), "Date", p.dayAndMonth(t, true))
}

// LongDateTime prints the day in words with the hour: « vendredi 20 novembre 2026 à 17 h 20 », "Friday 20 November
// 2026 at 17:20".
func (p *Printer) LongDateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Text("locale.long_date_time", "Date", p.LongDate(t), "Time", p.clock(t.In(p.zone)))
}

// Ago prints a moment as seen from now: « à l’instant », « il y a 18 minutes », « aujourd’hui à 9 h 55 »,
// « hier à 17 h 20 », then « le 12 octobre à 11 h 04 », with the year if it is another. Days are those of the
// printer's zone. A moment after now is told by its day and hour.
func (p *Printer) Ago(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(p.zone), now.In(p.zone)
	switch passed := now.Sub(t); {
	case passed > -time.Minute && passed < time.Minute:
		return p.Text("locale.ago.now")
	case passed > 0 && passed < time.Hour:
		return p.Count("locale.ago.minutes", int(passed/time.Minute))
	}
	clock := p.clock(t)
	switch t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return p.Text("locale.ago.today", "Time", clock)
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return p.Text("locale.ago.yesterday", "Time", clock)
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		return p.Text("locale.ago.tomorrow", "Time", clock)
	}
	return p.Text("locale.ago.date", "Date", p.dayAndMonth(t, t.Year() != now.Year()), "Time", clock)
}

func (p *Printer) dayAndMonth(t time.Time, withYear bool) string {
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = p.customs.firstDay
	}
	month := p.Text(months[t.Month()-1])
	if withYear {
		return p.Text("locale.day_month_year", "Day", day, "Month", month, "Year", strconv.Itoa(t.Year()))
	}
	return p.Text("locale.day_month", "Day", day, "Month", month)
}

func (p *Printer) clock(t time.Time) string {
	var room [16]byte
	return string(p.customs.clock(room[:0], t.Hour(), t.Minute()))
}

// frenchClock writes « 9 h 05 », with no-break spaces.
func frenchClock(b []byte, hour, minute int) []byte {
	b = strconv.AppendInt(b, int64(hour), 10)
	return appendTwo(append(b, "\u00a0h\u00a0"...), minute)
}

// englishClock writes "09:05".
func englishClock(b []byte, hour, minute int) []byte {
	return appendTwo(append(appendTwo(b, hour), ':'), minute)
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

var weekdays = [...]string{
	"locale.weekday.sunday", "locale.weekday.monday", "locale.weekday.tuesday", "locale.weekday.wednesday",
	"locale.weekday.thursday", "locale.weekday.friday", "locale.weekday.saturday",
}

var months = [...]string{
	"locale.month.january", "locale.month.february", "locale.month.march", "locale.month.april",
	"locale.month.may", "locale.month.june", "locale.month.july", "locale.month.august",
	"locale.month.september", "locale.month.october", "locale.month.november", "locale.month.december",
}
