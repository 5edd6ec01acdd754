package day_test

import (
	"errors"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
)

func TestParse(t *testing.T) {
	t.Run("a day is read as people and programs write it", func(t *testing.T) {
		for typed, want := range map[string]day.Day{
			"2026-11-20": "2026-11-20", "20/11/2026": "2026-11-20", "1/2/2026": "2026-02-01", "20.11.2026": "2026-11-20", " 20-11-2026 ": "2026-11-20", "29/02/2028": "2028-02-29",
		} {
			if d, err := day.Parse(typed); err != nil || d != want {
				t.Errorf("%q: %s, %v", typed, d, err)
			}
		}
	})
	t.Run("what the calendar does not have is refused", func(t *testing.T) {
		for typed, want := range map[string]string{
			"": "fault.required", "0000-00-00": "day.invalid", "2026-02-30": "day.invalid", "30/02/2026": "day.invalid", "29/02/2026": "day.invalid", "2026-13-01": "day.invalid",
			"0001-01-01": "day.range", "9999-12-31": "day.range", "demain": "day.invalid", "20/11/26": "day.invalid", "2026-11-20T10:00:00Z": "day.invalid", "<b>": "day.invalid",
		} {
			_, err := day.Parse(typed)
			var m fault.Message
			if !errors.As(err, &m) || m.Key != want {
				t.Errorf("%q: %v, want %s", typed, err, want)
			}
		}
	})
}

func TestDays(t *testing.T) {
	t.Run("which day it is depends on where one is", func(t *testing.T) {
		reunion, err := time.LoadLocation("Indian/Reunion")
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 20, 21, 0, 0, 0, time.UTC)
		if day.Of(at) != "2026-11-20" || day.Of(at.In(reunion)) != "2026-11-21" {
			t.Error(day.Of(at), day.Of(at.In(reunion)))
		}
	})
	t.Run("days are counted across a change of hours and a leap day", func(t *testing.T) {
		if n := day.Day("2028-03-01").Since("2028-02-28"); n != 2 {
			t.Error(n)
		}
		if n := day.Day("2026-03-30").Since("2026-03-28"); n != 2 {
			t.Error(n)
		}
		if d := day.Day("2026-12-31").Add(1); d != "2027-01-01" || d.Year() != 2027 {
			t.Error(d)
		}
	})
}
