package app

import (
	"context"

	"github.com/entregent/entregent/internal/contact/logins"
	"github.com/entregent/entregent/internal/dispatch"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/idempotency"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
)

// runner has the rooms' jobs and the schedules, not yet started.
func (b *Base) runner(post *mail.Post) *job.Runner {
	c := b.config.Jobs
	r := job.New(b.db, job.Options{
		Workers: c.Workers, Poll: c.Poll.Duration(), Lease: c.Lease.Duration(), Attempts: c.Attempts, Retry: c.Retry.Duration(),
		LongestRetry: c.LongestRetry.Duration(),
		Retention:    c.Retention.Duration(), Sweep: c.SweepEvery.Duration(), Log: b.log,
	})
	r.Every("journal.seal", c.SealInterval.Duration(), b.seal)
	r.Every("journal.verify", c.VerifyInterval.Duration(), b.verify)
	r.Every("login.sweep", c.SweepEvery.Duration(), b.sweepLogins)
	s := b.transfers()
	s.Desk = b.desk()
	transfer.Register(r, s)
	dispatch.Register(r, b.inviter())
	post.Register(r)
	b.notices().Register(r, notice.Clockwork{Digest: b.config.Notices.Digest.Duration(), Sweep: c.SweepEvery.Duration()})
	r.Every("mail.sweep", c.SweepEvery.Duration(), b.sweepLetters)
	file.Register(r, b.files)
	r.Every("file.sweep", c.SweepEvery.Duration(), b.files.Sweep)
	r.Every("handover.sweep", c.SweepEvery.Duration(), func(ctx context.Context, db *sqldb.DB) error {
		return inBatches(ctx, db, sweepSize, func(tx *sqldb.Tx) (int64, error) { return handover.Sweep(ctx, tx, sweepSize) })
	})
	r.Every("request.sweep", c.SweepEvery.Duration(), func(ctx context.Context, db *sqldb.DB) error {
		return inBatches(ctx, db, sweepSize, func(tx *sqldb.Tx) (int64, error) {
			return request.Sweep(ctx, tx, request.PatienceOf(b.config.Requests), sweepSize)
		})
	})
	r.Every("idempotency.sweep", c.SweepEvery.Duration(), func(ctx context.Context, db *sqldb.DB) error {
		return inBatches(ctx, db, sweepSize, func(tx *sqldb.Tx) (int64, error) { return idempotency.Sweep(ctx, tx, sweepSize) })
	})
	deposits := b.deposits()
	r.Every("deposit.sweep", c.SweepEvery.Duration(), func(ctx context.Context, db *sqldb.DB) error {
		return inBatches(ctx, db, sweepSize, func(tx *sqldb.Tx) (int64, error) { return deposits.Sweep(ctx, tx, sweepSize) })
	})
	r.Every("invoice.overdue", c.SweepEvery.Duration(), func(ctx context.Context, db *sqldb.DB) error {
		return inBatches(ctx, db, sweepSize, func(tx *sqldb.Tx) (int64, error) { return invoice.Sweep(ctx, tx, sweepSize) })
	})
	hooks := b.webhooks()
	r.Every("webhook.sweep", c.SweepEvery.Duration(), func(ctx context.Context, db *sqldb.DB) error {
		return inBatches(ctx, db, sweepSize, func(tx *sqldb.Tx) (int64, error) { return hooks.Sweep(ctx, tx, sweepSize) })
	})
	r.Every("dispatch.sweep", c.SweepEvery.Duration(), func(ctx context.Context, db *sqldb.DB) error {
		return dispatch.Sweep(ctx, db, dispatch.Settings{Retention: b.config.Mail.Reports.Duration()})
	})
	r.Every("transfer.sweep", c.SweepEvery.Duration(), func(ctx context.Context, db *sqldb.DB) error {
		return transfer.Sweep(ctx, db, s)
	})
	return r
}

// sealSize and sweepSize are how many rows one transaction touches, so that nobody waits long for it.
const (
	sealSize  = 500
	sweepSize = 500
)

// sweepLogins removes dead sessions, counts of wrong tries and old links, and the logins that hold nothing more.
func (b *Base) sweepLogins(ctx context.Context, db *sqldb.DB) error {
	before := sqldb.At(db.Now()) // what is found to be needed waits for the next time
	err := inBatches(ctx, db, sqldb.Many, func(tx *sqldb.Tx) (int64, error) { return logins.Sweep(ctx, tx, before, sqldb.Many) })
	if err != nil {
		return err
	}
	return inBatches(ctx, db, sweepSize, func(tx *sqldb.Tx) (int64, error) { return login.Sweep(ctx, tx, b.limits(), sweepSize) })
}

// inBatches runs fn, a transaction each time, until it finds less than a full batch or ctx ends.
func inBatches(ctx context.Context, db *sqldb.DB, size int64, fn func(*sqldb.Tx) (int64, error)) error {
	for {
		var n int64
		err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = fn(tx)
			return err
		})
		if err != nil || n < size {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
