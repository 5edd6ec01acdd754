package webhook

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Input is a webhook as text. Kinds are those of events, «contact.*» or «*». Submission is the form's own number, zero = none.
type Input struct {
	URL, Description string
	Kinds            []string
	Version          int64 // that the form was filled from; not of a new one
	Submission       id.UUID
}

// Create makes a webhook that is told what happens from now on, and gives its secret, which is told never again. The same form
// posted once more tells the same as long as nothing was sent, for the answer may have been lost; afterwards it is a
// fault.Conflict «webhook.made». Permission: EditWebhooks.
func (d *Desk) Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in Input) (Webhook, string, error) {
	if err := by.Need(actor.EditWebhooks); err != nil {
		return Webhook{}, "", err
	}
	if err := tx.Lock(ctx, "workspace", "id = $1", by.Workspace); err != nil {
		return Webhook{}, "", err
	}
	all, err := Find(ctx, tx, by)
	if err != nil {
		return Webhook{}, "", err
	}
	for _, before := range all {
		if !in.Submission.IsZero() && before.submission == in.Submission {
			return d.again(ctx, tx, by, before)
		}
	}
	w, err := d.parse(in)
	if err != nil {
		return Webhook{}, "", err
	}
	if len(all) >= Max {
		return Webhook{}, "", fault.New(fault.Conflict, "webhook.full", "Max", Max)
	}
	if w.seq, err = journal.Latest(ctx, tx, by); err != nil {
		return Webhook{}, "", err
	}
	w.ID, w.secret, w.Enabled, w.Version, w.submission = id.NewWebhook(), id.NewWebhook().UUID, true, 1, in.Submission
	w.CreatedAt, w.CreatedBy = tx.Now(), by.Login
	err = tx.InsertAll(ctx, `webhook (workspace_id, `+columns+`)`, [][]any{{by.Workspace, w.ID, w.URL, w.Description, strings.Join(w.Kinds, " "), w.Enabled, w.seq, w.secret, w.old,
		w.OldUntil, w.strikes, w.FailingSince, w.StoppedAt, w.StoppedWhy, w.submission, w.renewal, w.Version, w.CreatedAt, w.CreatedBy}})
	if err != nil {
		return Webhook{}, "", err
	}
	return w, show(d.secretOf(w.ID, w.secret)), w.record(ctx, tx, by, "webhook.created", journal.Change{Field: "kinds", After: strings.Join(w.Kinds, ", ")})
}

// again tells the secret once more, unless it is in use.
func (d *Desk) again(ctx context.Context, tx *sqldb.Tx, by actor.Actor, w Webhook) (Webhook, string, error) {
	_, used, err := sqldb.CountUpTo(ctx, tx, 0, `SELECT 1 FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 AND attempts > 0`, by.Workspace, w.ID)
	if err == nil && used {
		err = fault.New(fault.Conflict, "webhook.made")
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE webhook SET enabled = enabled WHERE workspace_id = $1 AND id = $2`, by.Workspace, w.ID)
	}
	return w, show(d.secretOf(w.ID, w.secret)), err
}

func (d *Desk) parse(in Input) (w Webhook, err error) {
	var faults fault.Fields
	w.URL, err = d.parseURL(in.URL)
	faults.Add("url", err)
	w.Description, err = name.Line(in.Description, MaxDescription)
	faults.Add("description", err)
	w.Kinds, err = d.parseKinds(in.Kinds)
	faults.Add("kinds", err)
	return w, faults.Err()
}

func (d *Desk) parseURL(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fault.M("fault.required")
	}
	if len([]rune(text)) > MaxURL {
		return "", fault.M("webhook.url.long", "Max", MaxURL)
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Fragment != "" || !isPort(u.Port()) {
		return "", fault.M("webhook.url.malformed")
	}
	at, _ := netip.ParseAddr(u.Hostname())
	switch {
	case u.User != nil:
		return "", fault.M("webhook.url.credentials")
	case u.Scheme == "http" && !d.o.HTTP:
		return "", fault.M("webhook.url.https")
	case at.IsValid() && d.o.network().Refuses(at):
		return "", fault.M("webhook.url.private")
	}
	return u.String(), nil
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && n > 0
}

// parseKinds leaves out what another of them holds already.
func (d *Desk) parseKinds(list []string) (kinds []string, err error) {
	for _, kind := range list {
		noun, all := strings.CutSuffix(kind, ".*")
		known := kind == "*" || slices.ContainsFunc(d.o.Kinds, func(k string) bool { return k == kind || all && strings.HasPrefix(k, noun+".") })
		if !known {
			return nil, fault.M("fault.choice")
		}
	}
	if slices.Contains(list, "*") {
		return []string{"*"}, nil
	}
	for _, kind := range list {
		noun, _, _ := strings.Cut(kind, ".")
		wider := slices.Contains(list, noun+".*") && kind != noun+".*"
		if !wider && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return nil, fault.M("webhook.no_kinds")
	}
	return kinds, nil
}

// Edit changes address, description and kinds; what is queued goes to the new address. A version that is no longer the current one is
// a fault.Conflict «fault.version» with the webhook as it is now. fault.NotFound. Permission: EditWebhooks.
func (d *Desk) Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook, in Input) (Webhook, error) {
	before, err := held(ctx, tx, by, webhook)
	if err != nil {
		return Webhook{}, err
	}
	after, err := d.parse(in)
	if err != nil {
		return Webhook{}, err
	}
	same := after.URL == before.URL && after.Description == before.Description && slices.Equal(after.Kinds, before.Kinds)
	if !same && before.Version != in.Version {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	version := before.Version
	if !same {
		version++
	}
	_, err = tx.Exec(ctx, `UPDATE webhook SET url = $3, description = $4, kinds = $5, version = $6 WHERE workspace_id = $1 AND id = $2`,
		by.Workspace, webhook, after.URL, after.Description, strings.Join(after.Kinds, " "), version)
	if err != nil || same {
		return before, err
	}
	after.ID, after.Version = webhook, version
	return after, after.record(ctx, tx, by, "webhook.edited", changes(before, after)...)
}

// changes are those that the history keeps; of addresses it keeps the hosts.
func changes(before, after Webhook) (list []journal.Change) {
	for _, c := range []journal.Change{
		{Field: "url", Before: before.Label(), After: after.Label()},
		{Field: "description", Before: before.Description, After: after.Description},
		{Field: "kinds", Before: strings.Join(before.Kinds, ", "), After: strings.Join(after.Kinds, ", ")},
	} {
		if c.Before != c.After {
			list = append(list, c)
		}
	}
	return list
}

// Renew gives another secret, told once; the one before is good for Settings.Overlap more, any older one no longer. The same form
// (submission) posted once more tells the same secret. fault.NotFound. Permission: EditWebhooks.
func (d *Desk) Renew(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook, submission id.UUID) (Webhook, string, error) {
	w, err := held(ctx, tx, by, webhook)
	if err != nil {
		return Webhook{}, "", err
	}
	repeated := !submission.IsZero() && w.renewal == submission
	if !repeated {
		w.old, w.OldUntil = w.secret, tx.Now().Add(d.o.Overlap)
		w.secret, w.renewal = id.NewWebhook().UUID, submission
	}
	_, err = tx.Exec(ctx, `UPDATE webhook SET secret_id = $3, old_secret_id = $4, old_until = $5, renewal = $6 WHERE workspace_id = $1 AND id = $2`,
		by.Workspace, webhook, w.secret, w.old, w.OldUntil, w.renewal)
	if err == nil && !repeated {
		err = w.record(ctx, tx, by, "webhook.renewed")
	}
	return w, show(d.secretOf(w.ID, w.secret)), err
}

// Switch switches a webhook on or off; one that is so already stays so. While it is off nothing is queued or sent. When it is
// switched on, what happened meanwhile and what waited is sent too if missed says so, else it begins with what happens from now
// on. fault.NotFound. Permission: EditWebhooks.
func Switch(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook, on, missed bool) error {
	w, err := held(ctx, tx, by, webhook)
	if err != nil {
		return err
	}
	if w.Enabled == on {
		_, err := tx.Exec(ctx, `UPDATE webhook SET enabled = enabled WHERE workspace_id = $1 AND id = $2`, by.Workspace, webhook)
		return err
	}
	if !on {
		_, err := tx.Exec(ctx, `UPDATE webhook SET enabled = 0, due_at = NULL WHERE workspace_id = $1 AND id = $2`, by.Workspace, webhook)
		if err != nil {
			return err
		}
		return w.record(ctx, tx, by, "webhook.disabled")
	}
	if !missed {
		if w.seq, err = journal.Latest(ctx, tx, by); err != nil {
			return err
		}
		if err := skip(ctx, tx, by.Workspace, webhook); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE webhook SET enabled = 1, seq = $3, due_at = $4, strikes = 0, failing_since = NULL, stopped_at = NULL, stopped_why = '' WHERE workspace_id = $1 AND id = $2`,
		by.Workspace, webhook, w.seq, tx.Now())
	if err != nil {
		return err
	}
	tx.Notify(topic)
	return w.record(ctx, tx, by, "webhook.enabled")
}

// skip gives up what waits.
func skip(ctx context.Context, tx *sqldb.Tx, of id.Workspace, webhook id.Webhook) error {
	_, err := tx.Exec(ctx, `UPDATE webhook_delivery SET state = 'failed', next_at = NULL, reason = $3, changed_at = $4 WHERE workspace_id = $1 AND webhook_id = $2 AND next_at IS NOT NULL`,
		of, webhook, Skipped, tx.Now())
	return err
}

// Delete ends a webhook, with what waits and its log; one that was deleted stays so. fault.NotFound. Permission: EditWebhooks.
func Delete(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook) error {
	w, err := held(ctx, tx, by, webhook)
	if fault.Is(err, fault.NotFound) {
		n, again := tx.Exec(ctx, `UPDATE webhook SET deleted_at = deleted_at WHERE workspace_id = $1 AND id = $2`, by.Workspace, webhook)
		if again == nil && n == 0 {
			again = err
		}
		return again
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE webhook SET deleted_at = $3, enabled = 0, due_at = NULL, url = '', description = '', submission = NULL WHERE workspace_id = $1 AND id = $2`,
		by.Workspace, webhook, tx.Now())
	if err != nil {
		return err
	}
	return w.record(ctx, tx, by, "webhook.deleted")
}
