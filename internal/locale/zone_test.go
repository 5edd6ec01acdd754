package locale

import (
	"strings"
	"testing"
	"time"
)

func TestParseZone(t *testing.T) {
	t.Run("any IANA zone is accepted", func(t *testing.T) {
		for _, name := range []string{"Europe/Paris", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "America/North_Dakota/New_Salem", "America/Port-au-Prince", "GB-Eire", "EST5EDT"} {
			if zone, ok := ParseZone(name); !ok || zone.String() != name {
				t.Errorf("ParseZone(%q) = %v, %v", name, zone, ok)
			}
		}
	})
	t.Run("Local, nothing, paths and inventions are refused", func(t *testing.T) {
		for _, name := range []string{"", "Local", "Factory", "local", "localtime", "posix/Europe/Paris", "right/UTC", "Europe", "Europe/",
			"/Europe/Paris", "../UTC", "Europe/../UTC", "Europe/Atlantis", "europe/paris", "Europe/Paris ", "Europe/Paris\x00", "UTC+1", strings.Repeat("A", 1_000_000)} {
			if _, ok := ParseZone(name); ok {
				t.Errorf("ParseZone(%.40q) is accepted", name)
			}
		}
	})
}

func TestZones(t *testing.T) {
	t.Run("each offered zone exists, once, with a label in both languages, Paris first", func(t *testing.T) {
		seen, keys := map[string]bool{}, map[string]bool{}
		for _, z := range Zones() {
			if _, ok := ParseZone(z.Name); !ok || seen[z.Name] || keys[z.Key] {
				t.Errorf("%s: unknown or twice", z.Name)
			}
			seen[z.Name], keys[z.Key] = true, true
			for _, l := range Languages() {
				if !For(l, Company, School, nil).Has(z.Key) {
					t.Errorf("%s: no %s label", z.Name, l)
				}
			}
		}
		if Zones()[0].Name != "Europe/Paris" {
			t.Error(Zones()[0])
		}
	})
	t.Run("the list is the caller's own", func(t *testing.T) {
		Zones()[0].Name = "Mars"
		wantText(t, Zones()[0].Name, "Europe/Paris")
	})
	t.Run("a label is the city with its distance from UTC at that moment", func(t *testing.T) {
		fr, en := For(French, Company, School, nil), For(English, Company, School, nil)
		winter, summer := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 15, 0, 0, 0, 0, time.UTC)
		wantText(t, fr.ZoneLabel("Europe/Paris", winter), "Paris (UTC+1)")
		wantText(t, fr.ZoneLabel("Europe/Paris", summer), "Paris (UTC+2)")
		wantText(t, fr.ZoneLabel("Indian/Reunion", winter), "La Réunion (UTC+4)")
		wantText(t, en.ZoneLabel("America/Martinique", winter), "Martinique (UTC−4)")
		wantText(t, en.ZoneLabel("Europe/London", winter), "London (UTC)")
		wantText(t, fr.ZoneLabel("Asia/Kolkata", winter), "Calcutta, Mumbai (UTC+5:30)")
		wantText(t, fr.ZoneLabel("America/St_Johns", winter), "St Johns (UTC−3:30)")
		wantText(t, fr.ZoneLabel("Mars/Olympus", winter), "Mars/Olympus")
	})
}
