package locale

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the binary carries the time zones, whatever the system has
)

// Zone is a time zone that forms offer.
type Zone struct {
	Name string // IANA's, the value to store: "Europe/Paris"
	Key  string // of the catalogue: the city's name, without the offset
}

var paris = func() *time.Location {
	zone, ok := ParseZone("Europe/Paris")
	if !ok {
		panic("locale: no Europe/Paris in the time zone data")
	}
	return zone
}()

// zoneName is the shape of IANA's names. It keeps out "Local", "" and the system's own files (posix/…,
// right/…, localtime), which other nodes need not have.
var zoneName = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}$`)

const longestZoneName = 40

// known keeps the zones read so far; there are some 600 at most.
var known sync.Map // name → *time.Location

// ParseZone reads the name of any IANA time zone; false for "", "Local" and what does not exist.
// A zone seen before costs no reading.
func ParseZone(name string) (*time.Location, bool) {
	if zone, ok := known.Load(name); ok {
		return zone.(*time.Location), true
	}
	if len(name) > longestZoneName || name == "Local" || name == "Factory" || !zoneName.MatchString(name) {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	known.Store(name, zone)
	return zone, true
}

// ZoneLabel names a time zone and its distance from UTC at that moment: « Paris (UTC+1) ». A zone that Zones
// does not list is named by the city of its name; a name that is no zone's comes back as it is.
func (p *Printer) ZoneLabel(name string, now time.Time) string {
	zone, ok := ParseZone(name)
	if !ok {
		return name
	}
	_, seconds := now.In(zone).Zone()
	return p.Text("locale.zone_label", "City", p.city(name), "Offset", offset(seconds))
}

func (p *Printer) city(name string) string {
	if key, ok := zoneKeys[name]; ok {
		return p.Text(key)
	}
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

// offset writes « UTC », « UTC+1 », « UTC−3:30 ».
func offset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	hours, minutes := seconds/3600, seconds%3600/60
	switch {
	case hours == 0 && minutes == 0:
		return "UTC"
	case minutes == 0:
		return "UTC" + sign + strconv.Itoa(hours)
	}
	return "UTC" + sign + strconv.Itoa(hours) + ":" + string(appendTwo(nil, minutes))
}

var zoneKeys = func() map[string]string {
	keys := make(map[string]string, len(zones))
	for _, z := range zones {
		keys[z.Name] = z.Key
	}
	return keys
}()
