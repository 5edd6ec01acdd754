package locale

import (
	"log/slog"
	"sync/atomic"
)

// Defect is a hole found while printing: a key that the catalogue does not have, or a variable that the caller
// gave no value for. It holds no personal data.
type Defect struct {
	Language Language
	Key      string
	Variable string // "" if it is the key that is missing
}

var (
	defects atomic.Int64
	report  atomic.Pointer[func(Defect)]
)

// Defects counts the holes met since the process began.
func Defects() int64 { return defects.Load() }

// OnDefect has f told of each hole from now on, in the goroutine that met it; a test lets f fail, a server logs
// and counts. Nil restores the beginning: a line in slog's default log.
func OnDefect(f func(Defect)) {
	if f == nil {
		report.Store(nil)
		return
	}
	report.Store(&f)
}

// defect reports a hole and gives what stands in its place.
func (p *Printer) defect(key, variable string) string {
	d := Defect{p.language, key, variable}
	defects.Add(1)
	if f := report.Load(); f != nil {
		(*f)(d)
	} else {
		slog.Error("hole in the catalogue", "language", string(d.Language), "key", d.Key, "variable", d.Variable)
	}
	if variable != "" {
		return "⟦" + variable + "⟧"
	}
	return "⟦" + key + "⟧"
}
