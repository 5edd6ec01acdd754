package locale

import (
	"strconv"
	"time"
)

// customs are a language's ways of writing that are no words.
type customs struct {
	group    string // between thousands
	decimal  string // before the fraction
	firstDay string // of a month
	clock    func(b []byte, hour, minute int) []byte
}

var customsOf = map[Language]*customs{
	French:  {group: "\u202f", decimal: ",", firstDay: "1er", clock: frenchClock},
	English: {group: ",", decimal: ".", firstDay: "1", clock: englishClock},
}

// Number prints n with the language's grouping: « 1 234 » (U+202F), "1,234".
func (p *Printer) Number(n int) string {
	var room [32]byte
	return string(p.appendNumber(room[:0], int64(n)))
}

func (p *Printer) appendNumber(b []byte, n int64) []byte {
	var room [24]byte
	digits := strconv.AppendInt(room[:0], n, 10)
	if digits[0] == '-' {
		b = append(b, '-')
		digits = digits[1:]
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, p.customs.group...)
		}
		b = append(b, d)
	}
	return b
}

// Decimal prints n that counts the last of so many decimals, grouped or not: 123456 with 2 is « 1 234,56 », "1,234.56".
func (p *Printer) Decimal(n int64, digits int, grouped bool) string {
	var room [40]byte
	b := room[:0]
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	unit := int64(1)
	for range digits {
		unit *= 10
	}
	if grouped {
		b = p.appendNumber(b, n/unit)
	} else {
		b = strconv.AppendInt(b, n/unit, 10)
	}
	if digits > 0 {
		b = append(b, p.customs.decimal...)
		b = append(b, strconv.FormatInt(unit+n%unit, 10)[1:]...)
	}
	return string(b)
}

// List joins items as a sentence does: « a, b et c », "a, b and c". No item gives "".
func (p *Printer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	first := items[0]
	for _, item := range items[1:last] {
		first += ", " + item
	}
	return p.Text("locale.list", "First", first, "Last", items[last])
}

var byteUnits = [...]string{"locale.bytes.b", "locale.bytes.kb", "locale.bytes.mb", "locale.bytes.gb", "locale.bytes.tb"}

// Bytes prints a size in steps of 1,000, with one decimal below ten: « 2,4 Mo », "38 kB".
func (p *Printer) Bytes(n int64) string {
	unit, tenths := 0, n // tenths of the unit once unit > 0
	if n >= 1000 {
		unit, tenths = 1, (n/10+5)/10
	}
	for unit > 0 && unit < len(byteUnits)-1 && tenths >= 9995 {
		unit, tenths = unit+1, (tenths+500)/1000
	}
	var room [32]byte
	b := room[:0]
	switch {
	case unit == 0:
		b = p.appendNumber(b, n)
	case tenths < 100 && tenths%10 != 0:
		b = p.appendNumber(b, tenths/10)
		b = append(b, p.customs.decimal...)
		b = strconv.AppendInt(b, tenths%10, 10)
	default:
		b = p.appendNumber(b, (tenths+5)/10)
	}
	return p.Text(byteUnits[unit], "Value", string(b))
}

var spans = [...]struct {
	key  string
	unit time.Duration
}{
	{"locale.duration.days", 24 * time.Hour},
	{"locale.duration.hours", time.Hour},
	{"locale.duration.minutes", time.Minute},
	{"locale.duration.seconds", time.Second},
}

// Duration prints a span in its two largest units, a begun smaller one counting whole, so that whoever waits
// that long has waited enough: « 7 jours », « 1 heure et 30 minutes ». A negative span counts as none.
func (p *Printer) Duration(d time.Duration) string {
	d = roundUp(max(d, 0), time.Second)
	for i, span := range spans[:len(spans)-1] {
		if d < span.unit {
			continue
		}
		next := spans[i+1]
		whole := roundUp(d, next.unit)
		if i > 0 && whole == spans[i-1].unit {
			return p.Count(spans[i-1].key, 1)
		}
		larger, rest := p.Count(span.key, int(whole/span.unit)), whole%span.unit
		if rest == 0 {
			return larger
		}
		return p.List([]string{larger, p.Count(next.key, int(rest/next.unit))})
	}
	return p.Count("locale.duration.seconds", int(d/time.Second))
}

func roundUp(d, unit time.Duration) time.Duration {
	if rest := d % unit; rest > 0 {
		return d + unit - rest
	}
	return d
}
