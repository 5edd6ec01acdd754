package locale

import (
	"testing"
	"time"
)

func TestMoments(t *testing.T) {
	fr, en := For(French, Company, School, nil), For(English, Company, School, nil)
	at := time.Date(2026, 11, 20, 16, 20, 0, 0, time.UTC) // 17:20 in Paris

	t.Run("the day is written JJ/MM/AAAA in both languages, in the printer's zone", func(t *testing.T) {
		wantText(t, fr.Date(at), "20/11/2026")
		wantText(t, en.Date(at), "20/11/2026")
		wantText(t, fr.Date(time.Date(2026, 1, 2, 23, 30, 0, 0, time.UTC)), "03/01/2026")
		wantText(t, fr.Date(time.Date(476, 9, 4, 12, 0, 0, 0, time.UTC)), "04/09/0476")
	})
	t.Run("day and hour", func(t *testing.T) {
		wantText(t, fr.DateTime(at), "20/11/2026 à 17\u00a0h\u00a020")
		wantText(t, en.DateTime(at), "20/11/2026, 17:20")
		early := time.Date(2026, 7, 1, 7, 5, 0, 0, time.UTC)
		wantText(t, fr.DateTime(early), "01/07/2026 à 9\u00a0h\u00a005")
		wantText(t, en.DateTime(early), "01/07/2026, 09:05")
		reunion, _ := ParseZone("Indian/Reunion")
		wantText(t, fr.With(reunion).DateTime(at), "20/11/2026 à 20\u00a0h\u00a020")
	})
	t.Run("the day in words, the first of a month as each language says it", func(t *testing.T) {
		wantText(t, fr.LongDate(at), "vendredi 20 novembre 2026")
		wantText(t, en.LongDate(at), "Friday 20 November 2026")
		may := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		wantText(t, fr.LongDate(may), "vendredi 1er mai 2026")
		wantText(t, en.LongDate(may), "Friday 1 May 2026")
		wantText(t, fr.LongDateTime(at), "vendredi 20 novembre 2026 à 17\u00a0h\u00a020")
		wantText(t, en.LongDateTime(at), "Friday 20 November 2026 at 17:20")
	})
	t.Run("the zero time, never, is empty", func(t *testing.T) {
		var never time.Time
		for _, got := range []string{fr.Date(never), fr.DateTime(never), fr.LongDate(never), fr.LongDateTime(never), fr.Ago(never, at)} {
			wantText(t, got, "")
		}
	})
	t.Run("every month and weekday has a word", func(t *testing.T) {
		found := holes(t, func() {
			for day := range 366 {
				fr.LongDate(at.AddDate(0, 0, day))
				en.LongDate(at.AddDate(0, 0, day))
			}
		})
		if len(found) > 0 {
			t.Error(found)
		}
	})
}

func TestAgo(t *testing.T) {
	fr, en := For(French, Company, School, nil), For(English, Company, School, nil)
	now := time.Date(2026, 11, 21, 10, 13, 0, 0, paris)
	for _, row := range []struct {
		rule   string
		t      time.Time
		fr, en string
	}{
		{"less than a minute", now.Add(-59 * time.Second), "à l’instant", "just now"},
		{"a clock a little ahead", now.Add(59 * time.Second), "à l’instant", "just now"},
		{"one minute", now.Add(-119 * time.Second), "il y a 1 minute", "1 minute ago"},
		{"less than an hour", now.Add(-18 * time.Minute), "il y a 18 minutes", "18 minutes ago"},
		{"the same day", time.Date(2026, 11, 21, 8, 5, 0, 0, paris), "aujourd’hui à 8\u00a0h\u00a005", "today at 08:05"},
		{"later the same day", time.Date(2026, 11, 21, 23, 0, 0, 0, paris), "aujourd’hui à 23\u00a0h\u00a000", "today at 23:00"},
		{"the day before", time.Date(2026, 11, 20, 17, 20, 0, 0, paris), "hier à 17\u00a0h\u00a020", "yesterday at 17:20"},
		{"the day after", time.Date(2026, 11, 22, 17, 20, 0, 0, paris), "demain à 17\u00a0h\u00a020", "tomorrow at 17:20"},
		{"the same year", time.Date(2026, 10, 12, 11, 4, 0, 0, paris), "le 12 octobre à 11\u00a0h\u00a004", "on 12 October at 11:04"},
		{"the first of a month", time.Date(2026, 10, 1, 11, 4, 0, 0, paris), "le 1er octobre à 11\u00a0h\u00a004", "on 1 October at 11:04"},
		{"another year", time.Date(2025, 10, 12, 11, 4, 0, 0, paris), "le 12 octobre 2025 à 11\u00a0h\u00a004", "on 12 October 2025 at 11:04"},
	} {
		t.Run(row.rule, func(t *testing.T) {
			wantText(t, fr.Ago(row.t.UTC(), now.UTC()), row.fr)
			wantText(t, en.Ago(row.t.UTC(), now.UTC()), row.en)
		})
	}
	t.Run("today and yesterday are the printer's zone's", func(t *testing.T) {
		tokyo, _ := ParseZone("Asia/Tokyo")
		noon := time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC) // 0:30 on the 21st in Tokyo
		wantText(t, fr.With(tokyo).Ago(noon.Add(-2*time.Hour), noon), "hier à 22\u00a0h\u00a030")
		wantText(t, fr.Ago(noon.Add(-2*time.Hour), noon), "aujourd’hui à 14\u00a0h\u00a030")
	})
	t.Run("the change of the clocks makes no day vanish", func(t *testing.T) {
		monday := time.Date(2026, 3, 30, 0, 30, 0, 0, paris) // the night before was an hour short
		wantText(t, fr.Ago(time.Date(2026, 3, 29, 0, 10, 0, 0, paris), monday), "hier à 0\u00a0h\u00a010")
	})
}
