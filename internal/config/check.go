package config

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/email"
)

// Validate says on one line what is wrong with the values; kong calls it. It never repeats a DSN, which may
// hold a password.
func (s Store) Validate() error {
	var f faults
	f.unless(s.Data != "", "data", "names no directory")
	f.unless(s.Database == "" || isPostgres(s.Database), "database", "is neither postgres://… nor a list such as «host=… dbname=…»")
	f.unless(s.Readers >= 0 && s.Readers <= 1000, "database-readers", "must be 0 to 1000")
	f.positive("database-retry", s.Retry)
	f.unless(s.Attempts >= 1, "database-attempts", "must be 1 or more")
	return f.err()
}

// Validate, see Store.Validate.
func (s Server) Validate() error {
	var f faults
	f.unless(isAddress(s.Addr), "addr", "%q is not HOST:PORT", s.Addr)
	f.unless(s.MetricsAddr == "" || isAddress(s.MetricsAddr), "metrics-addr", "%q is not HOST:PORT", s.MetricsAddr)
	f.unless(s.BaseURL == "" || isBase(s.BaseURL), "base-url", "%q is not http://HOST or https://HOST, without a path", s.BaseURL)
	f.positive("header-timeout", s.HeaderTimeout)
	f.positive("read-timeout", s.ReadTimeout)
	f.positive("write-timeout", s.WriteTimeout)
	f.unless(s.SlowestFile >= 1, "slowest-file", "must be 1 byte a second or more")
	f.unless(s.FormParts >= 100, "form-parts-limit", "must be 100 or more")
	f.positive("stream-recheck", s.StreamRecheck)
	f.positive("stream-timeout", s.StreamTimeout)
	f.unless(s.StreamsEach >= 1, "streams-per-login", "must be 1 or more")
	f.positive("kept-form-lifetime", s.KeptLifetime)
	f.unless(s.KeptLimit >= 1, "kept-form-limit", "must be 1 byte or more")
	f.unless(s.ToastLifetime.Duration() >= time.Second, "toast-lifetime", "must be 1 second or more")
	f.positive("metrics-timeout", s.MetricsTimeout)
	f.positive("metrics-query-timeout", s.MetricsQuery)
	f.positive("idle-timeout", s.IdleTimeout)
	f.unless(s.HeaderLimit >= 4096, "header-limit", "must be 4096 bytes or more")
	f.unless(s.BodyLimit >= 65536, "body-limit", "must be 65536 bytes or more")
	return f.err()
}

// Validate, see Store.Validate.
func (a API) Validate() error {
	var f faults
	f.unless(a.Requests >= 0, "api-requests", "must be 0 or more")
	f.positive("api-window", a.Window)
	return f.err()
}

// Validate, see Store.Validate.
func (w Webhooks) Validate() error {
	var f faults
	f.unless(len(w.Delays) <= 100, "webhook-delays", "must be 100 at most")
	f.positive("webhook-give-up", w.GiveUp)
	f.positive("webhook-timeout", w.Timeout)
	f.positive("webhook-secret-overlap", w.Overlap)
	f.positive("webhook-retention", w.Retention)
	f.positive("webhook-poll", w.Poll)
	f.unless(w.Backlog >= 1, "webhook-backlog", "must be 1 or more")
	f.unless(w.Parallel >= 2 && w.Parallel <= 256, "webhook-parallel", "must be 2 to 256")
	return f.err()
}

// Validate, see Store.Validate.
func (s SignIn) Validate() error {
	var f faults
	f.positive("session-lifetime", s.SessionLifetime)
	f.positive("reauthentication-window", s.Confirmed)
	f.positive("failure-window", s.FailureWindow)
	f.positive("browser-lifetime", s.BrowserLifetime)
	f.unless(s.Failures > 0, "sign-in-failures", "must be 1 or more")
	f.unless(s.Renames > 0, "rename-failures", "must be 1 or more")
	f.unless(s.AddressFailures > 0, "address-failures", "must be 1 or more")
	f.unless(s.Recoveries > 0, "recovery-requests", "must be 1 or more")
	f.unless(s.AddressAsks > 0, "address-recovery-requests", "must be 1 or more")
	f.positive("password-link-lifetime", s.PasswordLink)
	f.positive("address-link-lifetime", s.AddressLink)
	f.unless(s.LongestDelay >= s.FirstDelay, "longest-delay", "must not be less than --first-delay")
	return f.err()
}

// Validate, see Store.Validate. A weak hash is the owner's choice (tests choose it), an impossible one is not.
func (p Passwords) Validate() error {
	var f faults
	f.unless(p.Passes >= 1, "password-passes", "must be 1 or more")
	f.unless(p.Threads >= 1, "password-threads", "must be 1 or more")
	f.unless(p.Memory >= 8*uint32(p.Threads) && p.Memory <= 4<<20, "password-memory", "must be 8 KiB a thread to 4194304 KiB")
	f.unless(p.Concurrent >= 1, "password-concurrent", "must be 1 or more")
	return f.err()
}

// Validate, see Store.Validate. Nobody's request is closed before they are reminded.
func (r Requests) Validate() error {
	var f faults
	f.positive("request-reminder", r.Reminder)
	f.unless(r.Closing >= r.Reminder, "request-closing", "must not be less than --request-reminder")
	return f.err()
}

// Validate, see Store.Validate.
func (d Deposits) Validate() error {
	var f faults
	f.positive("deposit-lifetime", d.Lifetime)
	f.positive("deposit-form-lifetime", d.Form)
	f.unless(d.PerAddress >= 1, "deposits-per-address", "must be 1 or more")
	f.unless(d.PerHour >= 1, "deposits-per-hour", "must be 1 or more")
	return f.err()
}

// Validate, see Store.Validate.
func (i Invitations) Validate() error {
	var f faults
	f.positive("invitation-lifetime", i.Lifetime)
	f.unless(i.WrongCodes >= 1, "invitation-wrong-codes", "must be 1 or more")
	return f.err()
}

// Validate, see Store.Validate.
func (n Notices) Validate() error {
	var f faults
	f.positive("notice-retention", n.Retention)
	f.positive("notice-poll", n.Poll)
	f.positive("notice-digest-interval", n.Digest)
	return f.err()
}

// Validate, see Store.Validate.
func (h Handover) Validate() error {
	var f faults
	f.positive("handover-lifetime", h.Lifetime)
	return f.err()
}

// Validate, see Store.Validate.
func (j Jobs) Validate() error {
	var f faults
	f.unless(j.Workers >= 1 && j.Workers <= 64, "job-workers", "must be 1 to 64")
	f.unless(j.Attempts >= 1, "job-attempts", "must be 1 or more")
	f.positive("job-poll", j.Poll)
	f.positive("job-lease", j.Lease)
	f.positive("job-retry", j.Retry)
	f.positive("job-longest-retry", j.LongestRetry)
	f.positive("job-retention", j.Retention)
	f.positive("seal-interval", j.SealInterval)
	f.positive("journal-verify-interval", j.VerifyInterval)
	f.positive("sweep-interval", j.SweepEvery)
	return f.err()
}

// Validate, see Store.Validate. It never repeats the server's address, which may hold a password.
func (m Mail) Validate() error {
	var f faults
	from, err := email.Parse(m.From)
	f.unless(err == nil, "mail-from", "%q is not an address in small letters such as contacts@example.org", m.From)
	f.unless(m.SMTP.IsZero() || m.From != "", "smtp", "needs --mail-from, the address that letters come from")
	f.unless(err != nil || from.IsZero() || !m.SMTP.IsZero(), "mail-from", "needs --smtp, the mail server that takes the letters")
	f.positive("smtp-dial-timeout", m.Dial)
	f.positive("smtp-timeout", m.Answer)
	f.positive("smtp-idle", m.Idle)
	f.unless(m.Parallel >= 1 && m.Parallel <= 32, "mail-parallel", "must be 1 to 32")
	f.unless(m.Attempts >= 1, "mail-attempts", "must be 1 or more")
	f.positive("mail-retention", m.Retention)
	f.positive("dispatch-retention", m.Reports)
	f.positive("dispatch-follow", m.Followed)
	return f.err()
}

// Validate, see Store.Validate.
func (i Inbound) Validate() error {
	var f faults
	_, err := email.Parse("reply@" + i.Domain)
	f.unless(i.Domain == "" || err == nil && i.Domain == strings.ToLower(i.Domain), "reply-domain", "%q is not a domain in small letters such as reply.example.org", i.Domain)
	f.unless(i.Address.IsZero() || i.Domain != "", "inbound", "needs --reply-domain, the domain of the addresses that are answered")
	f.unless(i.Domain == "" || !i.Address.IsZero(), "reply-domain", "needs --inbound, where the mail server delivers the answers")
	f.unless(i.Largest >= 65536, "inbound-limit", "must be 65536 bytes or more")
	f.unless(i.Connections >= 1 && i.Connections <= 1000, "inbound-connections", "must be 1 to 1000")
	f.positive("inbound-idle", i.Idle)
	f.positive("inbound-timeout", i.Timeout)
	f.positive("inbound-lifetime", i.Lifetime)
	f.unless(i.Wrong >= 1, "inbound-wrong-addresses", "must be 1 or more")
	f.unless(i.Mails >= 1, "inbound-mails", "must be 1 or more")
	f.positive("inbound-window", i.Window)
	return f.err()
}

// Validate, see Store.Validate.
func (t Transfers) Validate() error {
	var f faults
	f.unless(t.UploadLimit >= 65536, "upload-limit", "must be 65536 bytes or more")
	f.positive("import-retention", t.Retention)
	f.positive("upload-retention", t.Abandoned)
	f.unless(t.Unpacked >= 65536, "import-unpacked-limit", "must be 65536 bytes or more")
	f.unless(t.Strings >= 65536, "import-strings-limit", "must be 65536 bytes or more")
	f.unless(t.Row >= 4096, "import-row-limit", "must be 4096 bytes or more")
	f.unless(t.Columns >= 1, "import-columns", "must be 1 or more")
	return f.err()
}

// Validate, see Store.Validate.
func (f Files) Validate() error {
	var wrong faults
	wrong.unless(f.Largest >= 65536, "file-limit", "must be 65536 bytes or more")
	wrong.unless(f.PerOwner >= 1 && f.PerOwner <= 100, "files-per-message", "must be 1 to 100")
	wrong.unless(f.Daily >= f.Largest, "files-per-day", "must not be less than --file-limit")
	wrong.positive("kept-file-lifetime", f.Kept)
	wrong.unless(f.KeptForms >= 1, "kept-files-forms", "must be 1 or more")
	wrong.positive("abandoned-file-age", f.Abandoned)
	return wrong.err()
}

// isAddress accepts HOST:PORT with a host that may be empty and a port of digits.
func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// isPostgres accepts both forms of libpq's connection strings.
func isPostgres(dsn string) bool {
	if scheme, _, ok := strings.Cut(dsn, "://"); ok {
		_, err := url.Parse(dsn)
		return err == nil && (scheme == "postgres" || scheme == "postgresql")
	}
	return strings.Contains(dsn, "=")
}

// isBase accepts a scheme and a host, with a port or without.
func isBase(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return false
	}
	bare := url.URL{Scheme: u.Scheme, Host: u.Host}
	return s == bare.String() || s == bare.String()+"/"
}
