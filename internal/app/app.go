// Package app is the one place where everything is wired: configuration, secret, database, faces, jobs, server,
// and stopped again. It also is what the command line calls: set-up, import, export, sample data.
//
// It decides nothing of the business and writes no SQL: it opens transactions and calls the rooms' verbs.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/web"
)

// Options are what the program knows besides its configuration.
type Options struct {
	Version string
	Demo    bool             // fill an empty database with two workspaces to try
	Out     io.Writer        // what the owner is told at the start: addresses, sign-ins, the set-up word
	Log     *slog.Logger     // see Logger
	Clock   func() time.Time // of all that happens in the database; nil = time.Now
}

// App is a running installation. Stop ends it.
type App struct {
	base     *Base
	baseURL  *url.URL
	pages    *server
	metrics  *server // nil = off
	mails    *mails  // nil = off
	jobs     *job.Runner
	courier  *courier
	site     *web.Site
	draining atomic.Bool
	broken   chan error
}

// Start opens everything and serves. It returns once requests are taken. A port 0 in the base URL becomes the
// port that is listened on. What another configuration would mend is an ErrConfiguration.
func Start(ctx context.Context, c config.Config, o Options) (_ *App, err error) {
	a := &App{broken: make(chan error, 1)}
	locale.OnDefect(func(d locale.Defect) {
		o.Log.Error("hole in the catalogue", "language", string(d.Language), "key", d.Key, "variable", d.Variable)
	})
	pages, err := listen(ctx, c.Server.Addr)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, pages.Close(), a.abandon())
		}
	}()
	if a.baseURL, err = baseURL(c.Server.Base(), pages.Addr()); err != nil {
		return nil, err
	}
	if a.base, err = open(ctx, c, o.Log, o.Clock); err != nil {
		return nil, err
	}
	if a.base.outbox, err = a.base.isDemo(ctx, o.Demo); err != nil {
		return nil, err
	}
	a.base.tellOfLetters()
	m := newMetrics(c.Server, o.Version, a.base.db)
	a.jobs = a.base.runner(a.base.post(a.baseURL))
	site, err := a.base.Site(a.baseURL, m.observe, a.draining.Load)
	if err != nil {
		return nil, err
	}
	if a.mails, err = a.base.takeMails(ctx, a.baseURL, m.registry, a.broken); err != nil {
		return nil, err
	}
	if c.Server.MetricsAddr != "" {
		l, err := listen(ctx, c.Server.MetricsAddr)
		if err != nil {
			return nil, err
		}
		a.metrics = serve(l, m.handler(), c.Server, o.Log, a.broken)
	}
	if err := a.welcome(ctx, o); err != nil {
		return nil, err
	}
	a.courier = a.base.courier(o.Version)
	a.jobs.Start()
	a.courier.Start()
	a.site, a.pages = site, serve(pages, site, c.Server, o.Log, a.broken)
	return a, nil
}

// abandon takes back what a failed Start has opened.
func (a *App) abandon() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := errors.Join(a.metrics.stop(ctx), a.mails.stop(ctx))
	if a.base != nil {
		err = errors.Join(err, a.base.Close())
	}
	return err
}

// BaseURL is where people reach the installation, without a slash at its end.
func (a *App) BaseURL() string { return a.baseURL.String() }

// Addr is the address that is listened on.
func (a *App) Addr() string { return a.pages.listener.Addr().String() }

// MetricsAddr is the address of /metrics, "" when it is off.
func (a *App) MetricsAddr() string {
	if a.metrics == nil {
		return ""
	}
	return a.metrics.listener.Addr().String()
}

// InboundAddr is the address where answers by mail come in, "" when they do not.
func (a *App) InboundAddr() string {
	if a.mails == nil {
		return ""
	}
	return a.mails.listener.Addr().String()
}

// Broken tells when the server has ended by itself; the caller then calls Stop.
func (a *App) Broken() <-chan error { return a.broken }

// Stop says no at /readyz, takes no new request, answers those in flight, has running jobs given back, and closes
// the database; all that within ctx. What is not done by then is cut off, and is an error.
func (a *App) Stop(ctx context.Context) error {
	a.draining.Store(true)
	a.pause(ctx, a.base.config.Server.ShutdownDelay.Duration())
	a.site.EndStreams()
	jobs := make(chan error, 1)
	go func() { jobs <- errors.Join(a.jobs.Stop(ctx), a.courier.stop(ctx)) }()
	err := errors.Join(a.pages.stop(ctx), a.mails.stop(ctx), <-jobs, a.metrics.stop(ctx))
	a.base.letters.Close()
	return errors.Join(err, a.base.Close())
}

// pause lets load balancers see that this node is going.
func (a *App) pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// baseURL reads the configured address; its port 0 stands for the one that was given to us.
func baseURL(s string, listening net.Addr) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("%w: base URL: %w", ErrConfiguration, err)
	}
	u.Path = ""
	if u.Port() == "0" {
		_, port, err := net.SplitHostPort(listening.String())
		if err != nil {
			return nil, err
		}
		u.Host = net.JoinHostPort(u.Hostname(), port)
	}
	return u, nil
}
