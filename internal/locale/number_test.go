package locale

import (
	"math"
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	fr, en := For(French, Company, School, nil), For(English, Company, School, nil)
	t.Run("thousands are set apart as the language does", func(t *testing.T) {
		for n, want := range map[int][2]string{
			0: {"0", "0"}, 7: {"7", "7"}, 999: {"999", "999"}, -999: {"-999", "-999"},
			1234: {"1\u202f234", "1,234"}, -1234567: {"-1\u202f234\u202f567", "-1,234,567"},
			math.MinInt64: {"-9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808", "-9,223,372,036,854,775,808"},
		} {
			wantText(t, fr.Number(n), want[0])
			wantText(t, en.Number(n), want[1])
		}
	})
}

func TestList(t *testing.T) {
	fr, en := For(French, Company, School, nil), For(English, Company, School, nil)
	t.Run("the last item is joined by a word, without a comma", func(t *testing.T) {
		for _, row := range []struct {
			items  []string
			fr, en string
		}{
			{nil, "", ""},
			{[]string{"a"}, "a", "a"},
			{[]string{"a", "b"}, "a et b", "a and b"},
			{[]string{"a", "b", "c"}, "a, b et c", "a, b and c"},
		} {
			wantText(t, fr.List(row.items), row.fr)
			wantText(t, en.List(row.items), row.en)
		}
	})
}

func TestBytes(t *testing.T) {
	fr, en := For(French, Company, School, nil), For(English, Company, School, nil)
	t.Run("a size has one decimal below ten, none above", func(t *testing.T) {
		for n, want := range map[int64][2]string{
			0: {"0\u00a0o", "0\u00a0B"}, 999: {"999\u00a0o", "999\u00a0B"}, 1000: {"1\u00a0ko", "1\u00a0kB"},
			9_949: {"9,9\u00a0ko", "9.9\u00a0kB"}, 9_950: {"10\u00a0ko", "10\u00a0kB"}, 38_400: {"38\u00a0ko", "38\u00a0kB"},
			999_499: {"1\u00a0Mo", "1\u00a0MB"}, 999_400: {"999\u00a0ko", "999\u00a0kB"}, 2_400_000: {"2,4\u00a0Mo", "2.4\u00a0MB"},
			3_000_000_000: {"3\u00a0Go", "3\u00a0GB"}, 5_500_000_000_000: {"5,5\u00a0To", "5.5\u00a0TB"},
			math.MaxInt64: {"9\u202f223\u202f372\u00a0To", "9,223,372\u00a0TB"},
		} {
			wantText(t, fr.Bytes(n), want[0])
			wantText(t, en.Bytes(n), want[1])
		}
	})
}

func TestDuration(t *testing.T) {
	fr, en := For(French, Company, School, nil), For(English, Company, School, nil)
	for _, row := range []struct {
		rule   string
		d      time.Duration
		fr, en string
	}{
		{"none", 0, "0 seconde", "0 seconds"},
		{"a negative span counts as none", -time.Hour, "0 seconde", "0 seconds"},
		{"a begun second counts whole", time.Millisecond, "1 seconde", "1 second"},
		{"minutes", 15 * time.Minute, "15 minutes", "15 minutes"},
		{"minutes and seconds", 90 * time.Second, "1 minute et 30 secondes", "1 minute and 30 seconds"},
		{"one hour", time.Hour, "1 heure", "1 hour"},
		{"hours", 2 * time.Hour, "2 heures", "2 hours"},
		{"a begun minute counts whole beside hours", time.Hour + 29*time.Minute + time.Second, "1 heure et 30 minutes", "1 hour and 30 minutes"},
		{"nearly two hours", 2*time.Hour - time.Second, "2 heures", "2 hours"},
		{"nearly a day", 24*time.Hour - time.Second, "1 jour", "1 day"},
		{"less than a day", 23*time.Hour + 30*time.Minute, "23 heures et 30 minutes", "23 hours and 30 minutes"},
		{"days", 7 * 24 * time.Hour, "7 jours", "7 days"},
		{"days and hours", 36 * time.Hour, "1 jour et 12 heures", "1 day and 12 hours"},
		{"many days", 1500 * 24 * time.Hour, "1\u202f500 jours", "1,500 days"},
	} {
		t.Run(row.rule, func(t *testing.T) {
			wantText(t, fr.Duration(row.d), row.fr)
			wantText(t, en.Duration(row.d), row.en)
		})
	}
}
