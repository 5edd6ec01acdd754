package login

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
)

// Device is an open session as its owner sees it under « Appareils connectés ».
type Device struct {
	Session         id.Session
	Browser, System string // proper names («Firefox», «Windows»), "" if the browser says nothing known
	Address         string // last seen there
	FirstSeen       sqldb.Time
	LastSeen        sqldb.Time // to within Limits.SeenInterval
	Current         bool       // the one that asks
}

// Name puts the device into words.
func (d Device) Name() fault.Message {
	switch {
	case d.Browser == "" && d.System == "":
		return fault.M("login.device.unknown")
	case d.Browser == "":
		return fault.M("login.device.system", "System", d.System)
	case d.System == "":
		return fault.M("login.device.browser", "Browser", d.Browser)
	}
	return fault.M("login.device.both", "Browser", d.Browser, "System", d.System)
}

// Sessions lists the caller's open sessions, the one seen last first.
func Sessions(ctx context.Context, tx *sqldb.Tx, by actor.Actor, current id.Session) ([]Device, error) {
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (d Device, err error) {
		var agent string
		err = row.Scan(&d.Session, &agent, &d.Address, &d.FirstSeen, &d.LastSeen)
		d.Browser, d.System = browserOf(agent), systemOf(agent)
		d.Current = d.Session == current
		return d, err
	}, `SELECT id, agent, address, created_at, seen_at FROM session WHERE login_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, id DESC`, by.Login, tx.Now())
}

// End ends one of the caller's sessions from its next request on, on every node. Another's, or one that has
// ended, is a fault.NotFound.
func End(ctx context.Context, tx *sqldb.Tx, by actor.Actor, session id.Session) error {
	n, err := tx.Exec(ctx, `DELETE FROM session WHERE id = $1 AND login_id = $2`, session, by.Login)
	if err == nil && n == 0 {
		return fault.Missing()
	}
	return err
}

// EndOthers ends all of the caller's sessions but the current one (zero: all), and says how many.
func EndOthers(ctx context.Context, tx *sqldb.Tx, by actor.Actor, current id.Session) (int64, error) {
	return endOthers(ctx, tx, by.Login, current)
}

func endOthers(ctx context.Context, tx *sqldb.Tx, login id.Login, current id.Session) (int64, error) {
	if current.IsZero() {
		return tx.Exec(ctx, `DELETE FROM session WHERE login_id = $1`, login)
	}
	return tx.Exec(ctx, `DELETE FROM session WHERE login_id = $1 AND id <> $2`, login, current)
}

// Sweep removes up to size sessions that are over, as many counts that have ended and as many links that are past their
// retention, and says how many it removed in all. A job calls it until nothing is left.
func Sweep(ctx context.Context, tx *sqldb.Tx, limits Limits, size int) (int64, error) {
	sessions, err := tx.Exec(ctx, `DELETE FROM session WHERE token IN (SELECT token FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`, tx.Now(), size)
	if err != nil {
		return 0, err
	}
	counts, err := tx.Exec(ctx, `DELETE FROM throttle WHERE key IN (SELECT key FROM throttle WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`, tx.Now(), size)
	if err != nil {
		return 0, err
	}
	links, err := link.Sweep(ctx, tx, tx.Now().Add(-limits.LinkRetention), size)
	return sessions + counts + links, err
}

// sign is a word of User-Agent and what it stands for.
type sign struct{ word, name string }

// Browsers name those that they descend from, so the youngest come first.
var browsers = []sign{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Opera", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"},
	{"YaBrowser/", "Yandex"}, {"DuckDuckGo/", "DuckDuckGo"}, {"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"},
	{"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"Trident/", "Internet Explorer"}, {"curl/", "curl"},
}

var systems = []sign{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
	{"Mac OS X", "macOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"}, {"FreeBSD", "FreeBSD"},
}

func browserOf(agent string) string { return first(browsers, agent) }
func systemOf(agent string) string  { return first(systems, agent) }

func first(signs []sign, agent string) string {
	for _, s := range signs {
		if strings.Contains(agent, s.word) {
			return s.name
		}
	}
	return ""
}
