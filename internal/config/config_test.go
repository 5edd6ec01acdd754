package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/entregent/entregent/internal/config"
)

func parse(t *testing.T, args ...string) (config.Config, error) {
	t.Helper()
	var c config.Config
	k, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Parse(args)
	return c, err
}

func TestDefaults(t *testing.T) {
	t.Run("nothing said serves on this machine alone, with SQLite below ./var", func(t *testing.T) {
		c := config.Default()
		if c.Server.Addr != "127.0.0.1:8080" || c.Server.Base() != "http://127.0.0.1:8080" || c.Store.SQLite() != "var/entregent.db" || c.Store.Secret() != "var/secret" {
			t.Errorf("%+v", c)
		}
		if len(c.Server.TrustedProxies) != 0 || c.Server.MetricsAddr != "" || c.Store.Database != "" {
			t.Errorf("%+v", c)
		}
	})
	t.Run("Default does not look at the environment", func(t *testing.T) {
		t.Setenv("ENTREGENT_ADDR", "0.0.0.0:1")
		if c := config.Default(); c.Server.Addr != "127.0.0.1:8080" {
			t.Error(c.Server.Addr)
		}
	})
}

func TestSources(t *testing.T) {
	t.Run("the environment is read, and a flag goes before it", func(t *testing.T) {
		t.Setenv("ENTREGENT_ADDR", "127.0.0.1:1")
		t.Setenv("ENTREGENT_SESSION_LIFETIME", "0.5")
		t.Setenv("ENTREGENT_TRUSTED_PROXIES", "10.1.2.3/8, 192.0.2.7,2001:db8::/32")
		c, err := parse(t, "--addr=127.0.0.1:2")
		if err != nil {
			t.Fatal(err)
		}
		if c.Server.Addr != "127.0.0.1:2" || c.SignIn.SessionLifetime.Duration() != 500*time.Millisecond {
			t.Errorf("%+v", c)
		}
		want := "10.0.0.0/8 192.0.2.7/32 2001:db8::/32"
		var got []string
		for _, p := range c.Server.TrustedProxies {
			got = append(got, p.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("the secret's file is the one that is named", func(t *testing.T) {
		c, err := parse(t, "--data=/srv/e", "--secret-file=/run/key")
		if err != nil || c.Store.Secret() != "/run/key" || c.Store.SQLite() != "/srv/e/entregent.db" {
			t.Error(c.Store, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	for arg, want := range map[string]string{
		"--addr=8080":                            `--addr: "8080" is not HOST:PORT`,
		"--addr=127.0.0.1:99999":                 "is not HOST:PORT",
		"--metrics-addr=nowhere":                 "--metrics-addr",
		"--base-url=ftp://example.org":           "--base-url",
		"--base-url=https://example.org/contact": "without a path",
		"--base-url=https://a:b@example.org":     "--base-url",
		"--trusted-proxies=everybody":            `"everybody" is not a network`,
		"--session-lifetime=12h":                 `"12h" is not a number of seconds`,
		"--session-lifetime=-1":                  "is not a number of seconds",
		"--session-lifetime=NaN":                 "is not a number of seconds",
		"--session-lifetime=1e300":               "is not a number of seconds",
		"--session-lifetime=0":                   "must be more than 0 seconds",
		"--log-level=loud":                       "--log-level must be one of",
		"--log-format=xml":                       "--log-format must be one of",
		"--upload-limit=700":                     "--upload-limit",
		"--body-limit=ten":                       "--body-limit",
		"--password-memory=1":                    "--password-memory",
		"--job-workers=0":                        "--job-workers",
		"--data=":                                "--data",
		"--database=mysql://root:hush@db/e":      "--database",
		"--smtp=smtp://u:hush@mail.example.org":  "--smtp: needs --mail-from",
		"--smtp=smtp://u:hu%sh@mail.example.org": "is not smtp://user:password@host:587",
		"--smtp=http://u:hush@mail.example.org":  "is not smtp://user:password@host:587",
		"--smtp=smtp://u:hush@/":                 "names no host",
		"--smtp=smtp://u:hush@h/box":             "takes no path",
		"--smtp=smtp://u:hush@h:0":               "port",
		"--smtp=smtp://u:hush@h:99999":           "port",
		"--smtp=smtp://u:hush@h?tls=hush":        "tls must be starttls, implicit or none",
		"--smtp=smtp://u:hush@h?auth=hush":       "tls and nothing else",
		"--smtp=smtp://u:hush@h?tls=none":        "a password goes over TLS alone",
		"--smtp=smtp://hush@h":                   "has a user without a password",
		"--mail-from=contacts@example.org":       "--mail-from: needs --smtp",
		"--mail-from=Contacts@example.org":       "is not an address in small letters",
		"--smtp-timeout=0":                       "--smtp-timeout",
		"--smtp-dial-timeout=soon":               "is not a number of seconds",
		"--mail-parallel=0":                      "--mail-parallel",
		"--mail-attempts=0":                      "--mail-attempts",
		"--inbound=lmtp://127.0.0.1:2424":        "--inbound: needs --reply-domain",
		"--inbound=http://127.0.0.1:2424":        "is not lmtp://127.0.0.1:2424",
		"--inbound=lmtp://127.0.0.1":             "is not lmtp://127.0.0.1:2424",
		"--reply-domain=reply.example.org":       "--reply-domain: needs --inbound",
		"--reply-domain=Reply.example.org":       "is not a domain in small letters",
		"--inbound-limit=1":                      "--inbound-limit",
		"--inbound-connections=0":                "--inbound-connections",
		"--inbound-idle=0":                       "--inbound-idle",
		"--inbound-mails=0":                      "--inbound-mails",
		"--mail-retention=0":                     "--mail-retention",
		"--database-retry=0":                     "--database-retry",
		"--form-parts-limit=1":                   "--form-parts-limit",
		"--stream-recheck=0":                     "--stream-recheck",
		"--stream-timeout=0":                     "--stream-timeout",
		"--streams-per-login=0":                  "--streams-per-login",
		"--dispatch-follow=0":                    "--dispatch-follow",
		"--inbound-timeout=0":                    "--inbound-timeout",
		"--inbound-wrong-addresses=0":            "--inbound-wrong-addresses",
		"--kept-files-forms=0":                   "--kept-files-forms",
		"--abandoned-file-age=0":                 "--abandoned-file-age",
	} {
		t.Run(arg+" is refused on one line", func(t *testing.T) {
			_, err := parse(t, arg)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %q, want %q in it", err, want)
			}
		})
	}
	t.Run("everything that is wrong with a part is said at once", func(t *testing.T) {
		_, err := parse(t, "--addr=x", "--idle-timeout=0")
		if err == nil || !strings.Contains(err.Error(), "--addr") || !strings.Contains(err.Error(), "--idle-timeout") {
			t.Error(err)
		}
	})
}

func TestBase(t *testing.T) {
	for _, c := range []struct{ addr, given, want string }{
		{"127.0.0.1:18085", "", "http://127.0.0.1:18085"},
		{"127.0.0.1:0", "", "http://127.0.0.1:0"},
		{"127.8.9.1:80", "", "http://127.8.9.1:80"},
		{"localhost:9000", "", "http://localhost:9000"},
		{"[::1]:9000", "", "http://[::1]:9000"},
		{":9000", "", "http://127.0.0.1:9000"},
		{"0.0.0.0:8080", "", "http://127.0.0.1:8080"},
		{"192.0.2.7:8080", "", "http://127.0.0.1:8080"},
		{"127.0.0.1:18085", "https://contacts.example.org", "https://contacts.example.org"},
		{"127.0.0.1:18085", "http://127.0.0.1:8080", "http://127.0.0.1:8080"},
	} {
		t.Run(fmt.Sprintf("listening on %s, given %q: people come to %s", c.addr, c.given, c.want), func(t *testing.T) {
			got, err := parse(t, "--addr="+c.addr, "--base-url="+c.given)
			if err != nil || got.Server.Base() != c.want {
				t.Errorf("%s, %v", got.Server.Base(), err)
			}
		})
	}
}

func TestMailServer(t *testing.T) {
	for text, want := range map[string]config.MailServer{
		"smtp://u%40example.org:p%3Aq@mail.example.org": {Host: "mail.example.org", Port: 587, User: "u@example.org", Password: "p:q", TLS: "starttls"},
		"smtp://mail.example.org/?tls=implicit":         {Host: "mail.example.org", Port: 465, TLS: "implicit"},
		"smtp://[2001:db8::1]:2525?tls=starttls":        {Host: "2001:db8::1", Port: 2525, TLS: "starttls"},
		"smtp://127.0.0.1?tls=none":                     {Host: "127.0.0.1", Port: 25, TLS: "none"},
		"smtp://u:p@localhost:1025?tls=none":            {Host: "localhost", Port: 1025, User: "u", Password: "p", TLS: "none"},
		"":                                              {},
	} {
		t.Run("read: "+text, func(t *testing.T) {
			var got config.MailServer
			if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
				t.Errorf("%+v, %v", got.Host, err)
			}
			if got.IsZero() != (text == "") {
				t.Error("set or not?")
			}
		})
	}
	t.Run("the environment sets server and sender, and nothing prints the password", func(t *testing.T) {
		t.Setenv("ENTREGENT_SMTP", "smtp://u:hush@mail.example.org")
		t.Setenv("ENTREGENT_MAIL_FROM", "contacts@example.org")
		c, err := parse(t)
		if err != nil || c.Mail.SMTP.Password != "hush" || c.Mail.From != "contacts@example.org" {
			t.Error(err)
		}
		if text := fmt.Sprintf("%v %+v %#v %s", c, c, c.Mail, c.Mail.SMTP); strings.Contains(text, "hush") {
			t.Error(text)
		}
	})
}
