package app

import (
	"errors"
	"io"
	"log/slog"
	"strings"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
)

// ErrConfiguration is wrapped by the errors that the owner mends by another configuration.
var ErrConfiguration = errors.New("configuration")

// Logger writes records to w as the configuration wants them.
func Logger(c config.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// IsCallers reports whether the error is for whoever called the program to mend: their configuration, or what they said.
func IsCallers(err error) bool {
	return errors.Is(err, ErrConfiguration) || fault.Is(err, fault.Invalid)
}

// Explain puts an error into English for the console: a refusal with all of its fields, anything else as it is.
func Explain(err error) string {
	f := fault.As(err)
	if f == nil {
		return err.Error()
	}
	p := locale.For(locale.English, locale.Organization, locale.School, nil)
	if len(f.Fields) == 0 {
		return p.Message(f.Message)
	}
	lines := make([]string, len(f.Fields))
	for i, x := range f.Fields {
		lines[i] = strings.ReplaceAll(x.Name, "_", " ") + ": " + p.Message(x.Message)
		if x.Proposal != "" {
			lines[i] += " (" + x.Proposal + "?)"
		}
	}
	return strings.Join(lines, "; ")
}
