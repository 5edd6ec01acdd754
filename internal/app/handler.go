package app

import (
	"context"
	"fmt"
	"net/url"

	"github.com/entregent/entregent/internal/api"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/office"
	"github.com/entregent/entregent/internal/office/contacts"
	"github.com/entregent/entregent/internal/office/documents"
	"github.com/entregent/entregent/internal/office/history"
	"github.com/entregent/entregent/internal/office/invoices"
	"github.com/entregent/entregent/internal/office/moderation"
	"github.com/entregent/entregent/internal/office/offers"
	"github.com/entregent/entregent/internal/office/requests"
	"github.com/entregent/entregent/internal/office/sending"
	"github.com/entregent/entregent/internal/office/settings"
	"github.com/entregent/entregent/internal/office/transfers"
	"github.com/entregent/entregent/internal/portal"
	"github.com/entregent/entregent/internal/portal/assist"
	"github.com/entregent/entregent/internal/portal/bell"
	owndocuments "github.com/entregent/entregent/internal/portal/documents"
	owninvoices "github.com/entregent/entregent/internal/portal/invoices"
	ownoffers "github.com/entregent/entregent/internal/portal/offers"
	"github.com/entregent/entregent/internal/public"
	"github.com/entregent/entregent/internal/public/deposits"
	"github.com/entregent/entregent/internal/quota"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/workspace"
)

// Site is what answers requests: the faces over the base, without a listener. Requests are observed, and /readyz says
// no while stopping is true; either may be nil.
func (b *Base) Site(baseURL *url.URL, observe func(web.Observation), stopping func() bool) (*web.Site, error) {
	c, desk := b.config.Server, b.desk()
	site, err := web.New(web.Options{
		DB: b.db, Secret: b.secret, BaseURL: baseURL, TrustedProxies: c.TrustedProxies, BodyLimit: c.BodyLimit,
		Pace:         web.Pace{Read: c.ReadTimeout.Duration(), Write: c.WriteTimeout.Duration(), Slowest: c.SlowestFile},
		KeptLifetime: c.KeptLifetime.Duration(), KeptLimit: c.KeptLimit, ToastLifetime: c.ToastLifetime.Duration(),
		FormParts: c.FormParts, Streams: web.Streams{Recheck: c.StreamRecheck.Duration(), Timeout: c.StreamTimeout.Duration(), Each: c.StreamsEach},
		Files: b.files, Log: b.log, Observe: observe, Desk: desk, Store: login.NewStore(b.db, b.limits(), b.log), Limits: b.limits(),
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfiguration, err)
	}
	post := b.post(baseURL)
	public.Mount(site, public.Options{Desk: desk, Secret: b.secret, Door: b.door(desk), Letters: !post.Waits(), Stopping: stopping})
	deposits.Mount(site, b.deposits())
	office.Mount(site)
	moderation.Mount(site)
	contacts.Mount(site, contacts.Options{Inviter: b.inviter(), Handovers: b.handovers(), Post: post})
	sending.Mount(site, sending.Options{Post: post, Follow: b.config.Mail.Followed.Duration()})
	offers.Mount(site)
	invoices.Mount(site)
	documents.Mount(site)
	requests.Mount(site)
	transfers.Mount(site, transfers.Options{Transfers: b.transfers()})
	history.Mount(site)
	settings.Mount(site, settings.Options{Post: post, Team: b.colleagues(), Webhooks: b.webhooks()})
	portal.Mount(site, portal.Options{Handovers: b.handovers(), Inviter: b.inviter(), Post: post, Notices: b.notices()})
	bell.Mount(site, b.notices(), notice.NewHub(b.db, b.config.Notices.Poll.Duration(), b.log))
	owninvoices.Mount(site)
	owndocuments.Mount(site)
	ownoffers.Mount(site)
	assist.Mount(site)
	api.Mount(site, api.Options{DB: b.db, Files: b.files, Desk: desk, Inviter: b.inviter(), Handovers: b.handovers(), Quota: quota.New(b.config.API.Requests, b.config.API.Window.Duration())})
	return site, site.Check()
}

// welcome tells the owner how to come in: by the demo's sign-ins, or to an empty installation by the set-up word.
func (a *App) welcome(ctx context.Context, o Options) error {
	if o.Demo {
		return a.base.demo(ctx, o.Out, a.BaseURL())
	}
	var empty bool
	err := a.base.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		empty, err = workspace.IsEmpty(ctx, tx)
		return err
	})
	if err != nil || !empty {
		return err
	}
	_, err = fmt.Fprintf(o.Out, "The installation is empty. Set it up at %s/setup with the word %s\n", a.BaseURL(), public.SetUpWord(a.base.secret))
	return err
}
